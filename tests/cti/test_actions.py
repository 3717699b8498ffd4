"""What may reach the wire, in which words, and what the answers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.actions import ToAsterisk, check_lines, outcome_of, steps_of, words_of
from cti.errors import NotSent
from routing.actions import (
    AddMember,
    ChangePriority,
    DialLead,
    GiveEntryPriority,
    HangUp,
    IssuePhonePassword,
    LogQueue,
    MuteRecording,
    Originate,
    PauseMember,
    Place,
    PlayDigits,
    RemoveMember,
    SendTo,
    ShowLife,
    TellPlace,
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
    assert words_of(ShowLife(1795774070)) == [
        ("Action", "Setvar"), ("Variable", "HELIN_BEAT"), ("Value", "1795774070"),
    ]  # fmt: skip
    assert words_of(TellPlace("PJSIP/trunk-00000001", 3, 2, 4))[1:] == [
        ("Channel", "PJSIP/trunk-00000001"), ("Variable", "HELIN_LINE"), ("Value", "3:2:4"),
    ]  # fmt: skip
    assert words_of(LogQueue("support", "main-1.1", "PJSIP/1001", "CONNECT", ("3", "main-1.2", "1"))) == [
        ("Action", "QueueLog"), ("Queue", "support"), ("Event", "CONNECT"), ("Uniqueid", "main-1.1"),
        ("Interface", "PJSIP/1001"), ("Message", "3|main-1.2|1"),
    ]  # fmt: skip
    assert ("Channel", "Local/1001@agents-00000001;1") in words_of(HangUp("Local/1001@agents-00000001;1"))


CHANNEL = "helin-attempt-0123456789abcdef"
LEAD = DialLead(CHANNEL, "PJSIP/+37255501234@trunk", "+3725550100", "support", "3", "17", 25, True, (CHANNEL, CHANNEL))


def test_a_lead_is_dialled_with_all_that_the_dialplan_must_know() -> None:
    words = words_of(LEAD)
    assert ("ChannelId", CHANNEL) in words
    assert ("Async", "true") in words
    assert ("Timeout", "25000") in words
    assert [value for key, value in words if key == "Variable"] == [
        "HELIN_QUEUE=support",
        "HELIN_CAMPAIGN=3",
        "HELIN_ATTEMPT=17",
        "HELIN_AMD=yes",
        "HELIN_MESSAGE=",
        f"HELIN_FORGET={CHANNEL}:{CHANNEL}",
        "CHANNEL(hangup_handler_push)=helin-dialled-gone\\,s\\,1",
    ]


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
        IssuePhonePassword("1001@agents", "0" * 32),
        Originate("helin-1", "PJSIP/1001", "1002", "PJSIP/1002&PJSIP/1003", True),
        Originate("helin-1", "PJSIP/1001", "1002,1", "PJSIP/1002", True),
        Originate("helin 1", "PJSIP/1001", "1002", "PJSIP/1002", True),
        IssuePhonePassword("1001", "0" * 31 + ","),
        replace(LEAD, channel="helin-1"),
        replace(LEAD, dial="PJSIP/+3725550123@trunk&PJSIP/1001"),
        replace(LEAD, dial="PJSIP/${EVIL}@trunk"),
        replace(LEAD, caller_number="5550123"),
        replace(LEAD, queue="support,HELIN_AMD=no"),
        replace(LEAD, campaign="1,2"),
        replace(LEAD, ring_seconds=0),
        replace(LEAD, message="helin/x&beep"),
        replace(LEAD, forget=("a,b",)),
        ChangePriority("support", "PJSIP/trunk-1", -1),
        GiveEntryPriority("PJSIP/trunk-1", 1_000_001),
        GiveEntryPriority("PJSIP/trunk-1", -1),
        GiveEntryPriority("PJSIP/trunk-1", 1.5),  # type: ignore[arg-type]
        GiveEntryPriority("PJSIP/trunk-1\r\nVariable: x", 1),
        TellPlace("PJSIP/trunk-1", -1, 2, 4),
        LogQueue("support", "main-1.1", "PJSIP/1001", "ADDMEMBER", ()),
        LogQueue("support", "main-1.1", "NONE", "ENTERQUEUE", ("", "1|1", "1")),
        LogQueue("support", "main-1.1", "NONE", "ENTERQUEUE", ("", "1\n", "1")),
        LogQueue("support", "1 1", "NONE", "ABANDON", ()),
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


@pytest.mark.parametrize(
    "action",
    [
        SendTo((Place("PJSIP/1001-1", "agents", "s"),)),
        SendTo((Place("PJSIP/1001-1", "helin-held", "s,1"),)),
        SendTo((Place("PJSIP/1001-1", "helin-held", "s", (("SHELL(id)", "x"),)),)),
        SendTo((Place("PJSIP/1001-1", "helin-held", "s", (("HELIN_TARGET", "${SHELL(id)}"),)),)),
        SendTo((Place("/PJSIP.*/", "helin-held", "s"),)),
        SendTo(()),
        PlayDigits("PJSIP/1001-1", "1,2"),
        PlayDigits("PJSIP/1001-1", ""),
    ],
)
def test_no_step_of_several_leaves_if_one_is_not_allowed(action: SendTo | PlayDigits) -> None:
    with pytest.raises(NotSent):
        steps_of(action)


def test_what_channels_must_know_comes_before_they_are_sent() -> None:
    held = Place("PJSIP/trunk-1", "helin-held", "s", (("HELIN_PEER", "PJSIP/1001-2"),))
    known, redirect = steps_of(SendTo((held, Place("PJSIP/1001-2", "helin-holding", "s"))))
    assert known == [
        ("Action", "Setvar"), ("Channel", "PJSIP/trunk-1"), ("Variable", "HELIN_PEER"), ("Value", "PJSIP/1001-2"),
    ]  # fmt: skip
    assert redirect == [
        ("Action", "Redirect"), ("Channel", "PJSIP/trunk-1"), ("Context", "helin-held"), ("Exten", "s"),
        ("Priority", "1"), ("ExtraChannel", "PJSIP/1001-2"), ("ExtraContext", "helin-holding"), ("ExtraExten", "s"),
        ("ExtraPriority", "1"),
    ]  # fmt: skip


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
