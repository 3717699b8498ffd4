"""Changing values in a configuration text."""

from __future__ import annotations

import pytest

from config.asterisk_folder.conf import NoSuchSection, value_of, with_values

TEXT = """\
; port = 1 is not a value
[general]
port = 5038   ; the usual one
secret = a\\;b
[1001](softphone)
aors = 1001
[1001](aor)
contact => sip:old
[empty] ; nothing yet
"""


def test_a_value_is_replaced_in_its_own_section_only() -> None:
    changed = with_values(TEXT, {("[general]", "port"): "6000", ("[1001](aor)", "contact"): "sip:new"})
    assert changed == TEXT.replace("port = 5038   ; the usual one", "port = 6000").replace(
        "contact => sip:old", "contact = sip:new"
    )


def test_a_missing_key_is_added_and_a_plus_always_adds() -> None:
    changed = with_values(TEXT, {("[empty]", "+match"): "a", ("[1001](softphone)", "webrtc"): "no"})
    assert changed.endswith("[empty] ; nothing yet\nmatch = a\n")
    assert "[1001](softphone)\nwebrtc = no\naors" in changed
    twice = with_values(changed, {("[empty]", "+match"): "b"})
    assert twice.endswith("match = b\nmatch = a\n")


@pytest.mark.parametrize(
    ("header", "key", "value"),
    [("[general]", "port", "5038"), ("[general]", "secret", "a\\;b"), ("[1001](aor)", "contact", "sip:old")],
)
def test_a_value_is_read_without_its_comment(header: str, key: str, value: str) -> None:
    assert value_of(TEXT, header, key) == value


def test_no_value_and_no_section() -> None:
    assert value_of(TEXT, "[empty]", "port") is None
    with pytest.raises(NoSuchSection):
        with_values(TEXT, {("[1001]", "aors"): "x"})
