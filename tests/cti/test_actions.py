"""What may reach the wire, in which words, and what the answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.actions import ToAsterisk, check_lines, outcome_of, words_of
from cti.errors import NotSent
from routing.actions import (
    AddMember,
    ChangePriority,
    GiveEntryPriority,
    HangUp,
    MuteRecording,
    PauseMember,
    RemoveMember,
)


def test_words() -> None:
    assert words_of(AddMember("support", "PJSIP/1001", "Õie Öö", True)) == [
        ("Action", "QueueAdd"), ("Queue", "support"), ("Interface", "PJSIP/1001"), ("MemberName", "Õie Öö"),
        ("Paused", "true"),
    ]  # fmt: skip
    assert words_of(RemoveMember("support", "PJSIP/1001"))[0] == ("Action", "QueueRemove")
    assert ("Paused", "false") in words_of(PauseMember("PJSIP/1001", False, ""))
    assert words_of(ChangePriority("support", "PJSIP/trunk-00000001", 7))[1:] == [
        ("Queue", "support"), ("Caller", "PJSIP/trunk-00000001"), ("Priority", "7"), ("Immediate", "yes"),
    ]  # fmt: skip
    assert words_of(GiveEntryPriority("PJSIP/trunk-00000001", 10)) == [
        ("Action", "Setvar"), ("Channel", "PJSIP/trunk-00000001"), ("Variable", "HELIN_PRIO"), ("Value", "10"),
    ]  # fmt: skip
    assert words_of(MuteRecording("main-1795774070.0", True)) == [
        ("Action", "MixMonitorMute"), ("Channel", "main-1795774070.0"), ("Direction", "both"), ("State", "1"),
    ]  # fmt: skip
    assert ("Channel", "Local/1001@agents-00000001;1") in words_of(HangUp("Local/1001@agents-00000001;1"))


@pytest.mark.parametrize(
    "action",
    [
        AddMember("a&b", "PJSIP/1001", "x", False),
        AddMember("", "PJSIP/1001", "x", False),
        AddMember("support", "PJSIP/1001&PJSIP/1002", "x", False),
        AddMember("support", "Local/1001@agents", "x", False),
        AddMember("support", "PJSIP/٣", "x", False),
        AddMember("support", "PJSIP/1001\r\nAction: x", "x", False),
        AddMember("support", "PJSIP/1001", "x" * 81, False),
        AddMember("support", "PJSIP/1001", "a\u202eb\x07", False),
        PauseMember("PJSIP/1001", True, "lunch\r\nPaused: false"),
        HangUp("/^PJSIP.*/"),
        HangUp(""),
        MuteRecording("1.1\r\nState: 0", True),
        HangUp("PJSIP/1 -1"),
        ChangePriority("support", "all\0", 1),
        ChangePriority("support", "PJSIP/trunk-1", -1),
        GiveEntryPriority("PJSIP/trunk-1", 1_000_001),
        GiveEntryPriority("PJSIP/trunk-1", -1),
        GiveEntryPriority("PJSIP/trunk-1", 1.5),  # type: ignore[arg-type]
        GiveEntryPriority("PJSIP/trunk-1\r\nVariable: x", 1),
    ],
)
def test_what_is_not_allowed_is_refused_not_changed(action: ToAsterisk) -> None:
    with pytest.raises(NotSent):
        words_of(action)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_given_either_is_refused_or_is_one_action(queue: str, interface: str, name: str) -> None:
    try:
        words = words_of(AddMember(queue, interface, name, False))
        check_lines(words)
    except NotSent:
        return
    assert [value for key, value in words if key in ("Queue", "Interface", "MemberName")] == [queue, interface, name]
    assert not any(mark in value for _, value in words for mark in "\r\n\0")


ADD = AddMember("support", "PJSIP/1001", "x", False)


@pytest.mark.parametrize(
    ("action", "message", "code"),
    [
        (ADD, "Unable to add interface: Already there", ""),
        (RemoveMember("support", "PJSIP/1001"), "Unable to remove interface: Not there", ""),
        (HangUp("1.1"), "No such channel", "not_possible"),
        (MuteRecording("1.1", True), "Cannot set mute flag", "not_possible"),
        (ADD, "Unable to add interface to queue: No such queue", "not_possible"),
        (ADD, "Permission denied", "failed"),
        (ADD, "", "failed"),
    ],
)
def test_errors_become_one_sentence(action: ToAsterisk, message: str, code: str) -> None:
    outcome = outcome_of(action, False, message)
    assert (outcome.ok, outcome.code) == (not code, code)
    assert bool(outcome.message) == bool(code)
