"""The splitter and the parser, against cuts, floods and forgeries."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import frames
from cti.frames import Splitter

HELLO = b"Asterisk Call Manager/11.0.0\r\n"
CHANNEL = (
    b"Event: Newchannel\r\nPrivilege: call,all\r\nTimestamp: 1795467409.563107\r\nChannel: PJSIP/trunk-1\r\n"
    b"ChannelState: 0\r\nChannelStateDesc: Down\r\nCallerIDNum: +3725550011\r\nCallerIDName: %s\r\n"
    b"Exten: 100\r\nUniqueid: lab-1.1\r\nLinkedid: lab-1.1"
)


def greeted() -> Splitter:
    splitter = Splitter()
    assert splitter.feed(HELLO) == []
    return splitter


def event(name: str) -> bytes:
    return CHANNEL % name.encode()


def test_greeting_is_taken_off_the_first_message() -> None:
    splitter = Splitter()
    assert splitter.feed(HELLO + b"Response: Success\r\n\r\n") == [b"Response: Success"]
    assert splitter.greeting == "Asterisk Call Manager/11.0.0"


@pytest.mark.parametrize("first", [b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01"])
def test_another_protocol_is_named(first: bytes) -> None:
    with pytest.raises(frames.NotAmi):
        Splitter().feed(first)


def test_cut_at_every_byte_also_inside_a_letter() -> None:
    stream = HELLO + b"Response: Success\r\n\r\n" + event("Tõnu Öö") + b"\r\n\r\n"
    whole = Splitter().feed(stream)
    for at in range(1, len(stream)):
        splitter = Splitter()
        assert splitter.feed(stream[:at]) + splitter.feed(stream[at:]) == whole
    assert frames.parse(whole[1])["CallerIDName"] == "Tõnu Öö"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_any_cuts_give_the_same_messages(sizes: list[int]) -> None:
    stream = HELLO + b"".join(event(f"n{i}") + frames.END for i in range(4))
    splitter, got, at = Splitter(), [], 0
    for size in [*sizes, len(stream)]:
        got += splitter.feed(stream[at : at + size])
        at += size
    assert got == Splitter().feed(stream)
    assert splitter.pending == 0


def test_an_endless_message_is_cut_at_the_bound_and_costs_little() -> None:
    splitter = Splitter(limit=8 << 20)
    splitter.feed(HELLO)
    started = time.process_time()
    for _ in range(1 << 10):
        splitter.feed(b"x" * 8192)
    with pytest.raises(frames.TooLong):
        splitter.feed(b"x")
    assert time.process_time() - started < 0.5


def test_a_whole_message_over_the_bound_is_refused_too() -> None:
    splitter = Splitter(limit=100)
    splitter.feed(HELLO)
    with pytest.raises(frames.TooLong):
        splitter.feed(b"x" * 101 + frames.END)


def test_name_decides_without_parsing() -> None:
    assert frames.name_of(event("x")) == b"Newchannel"
    assert frames.name_of(b"Response: Success\r\nEvent: Hangup") is None
    assert frames.value_of(event("x"), b"Timestamp") == b"1795467409.563107"
    assert frames.value_of(event("x"), b"ActionID") is None


def test_invalid_utf8_and_nul_are_replaced() -> None:
    assert frames.parse(CHANNEL % b"a\xff\x00b")["CallerIDName"] == "a\ufffd\ufffdb"


def test_colons_and_blanks_in_values_stay() -> None:
    assert frames.parse(event("Event: Hangup: x"))["CallerIDName"] == "Event: Hangup: x"
    assert frames.parse(b"Event: X\r\nReason: \r\nA:   b")["A"] == "  b"


def test_a_repeated_key_is_quarantined() -> None:
    with pytest.raises(frames.Repeated, match="Uniqueid"):
        frames.parse(event("x\r\nUniqueid: victim-1.1"))


def test_keys_that_may_repeat_may() -> None:
    frames.parse(b"Event: Status\r\nVariable: a=1\r\nVariable: b=2")
    frames.parse(b"Event: UserEvent\r\nChannel: a\r\nChannel: b")


def test_a_forged_message_leaves_a_cut_one_before_and_an_orphan_behind() -> None:
    forged = "x\r\n\r\nEvent: Hangup\r\nUniqueid: victim\r\nLinkedid: victim\r\n\r\nCallerIDName: y"
    first, inside, rest = greeted().feed(event(forged) + frames.END)
    with pytest.raises(frames.Cut):
        frames.parse(first)
    assert frames.parse(inside)["Uniqueid"] == "victim"
    with pytest.raises(frames.Orphan):
        frames.parse(rest)


def test_an_action_is_written_as_lines() -> None:
    assert frames.write([("Action", "Ping"), ("ActionID", "ö")]) == "Action: Ping\r\nActionID: ö\r\n\r\n".encode()
