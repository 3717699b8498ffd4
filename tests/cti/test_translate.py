"""AMI's words in: every event of the captures is understood, and what is not AMI's is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import frames
from cti.translate import MARKS, WANTED, is_wanted, translate
from routing import events as said
from routing.places import held_for

CAPTURES = Path(__file__).parent.parent / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.txt"))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHANNEL = {
    "Channel": "PJSIP/trunk-00000001",
    "ChannelState": "4",
    "ChannelStateDesc": "Ring",
    "CallerIDNum": "+3725550011",
    "CallerIDName": "Ann",
    "ConnectedLineNum": "<unknown>",
    "ConnectedLineName": "<unknown>",
    "Context": "from-trunk",
    "Exten": "+3725550100",
    "Uniqueid": "lab-1.1",
    "Linkedid": "lab-1.1",
}
WORDS = said.Channel(
    "lab-1.1", "lab-1.1", "PJSIP/trunk-00000001", "Ring", "from-trunk", "+3725550100", "+3725550011", "Ann", ""
)
STAMP = {"Timestamp": "1795467039.309512"}
AT = datetime(2026, 11, 23, 20, 50, 39, 309512, tzinfo=UTC)


def messages(name: str) -> list[bytes]:
    return frames.Splitter().feed((CAPTURES / f"{name}.txt").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_every_wanted_event_of_a_capture_is_understood(name: str) -> None:
    for message in messages(name):
        event_name = frames.name_of(message)
        if event_name is None or not is_wanted(event_name, message):
            continue
        event = translate(frames.parse(message), NOW)
        assert not isinstance(event, said.Suspicious), event
        if event is None:
            assert event_name in (b"DialState", b"DeviceStateChange"), message


def test_what_is_not_wanted_says_nothing() -> None:
    """So nothing is lost by not parsing it."""
    for name in NAMES:
        for message in messages(name):
            event_name = frames.name_of(message)
            if event_name not in (None, b"TestEvent") and not is_wanted(event_name, message):
                assert translate(frames.parse(message), NOW) is None


def test_of_the_many_variables_only_one_is_wanted() -> None:
    wanted = b"Event: VarSet\r\nChannel: x\r\nVariable: QUEUESTATUS\r\nValue: TIMEOUT"
    assert is_wanted(b"VarSet", wanted)
    assert not is_wanted(b"VarSet", wanted.replace(b"QUEUESTATUS", b"DIALSTATUS"))
    assert not MARKS.keys() & WANTED


def test_a_channel_begins() -> None:
    event = translate({"Event": "Newchannel"} | STAMP | CHANNEL)
    assert event == said.ChannelStarted(
        AT, "lab-1.1", "lab-1.1", "PJSIP/trunk-00000001", "Ring", "from-trunk", "+3725550100", "+3725550011", "Ann"
    )


def test_a_channel_ends() -> None:
    event = translate({"Event": "Hangup", "Cause": "17", "Cause-txt": "User busy"} | STAMP | CHANNEL)
    assert isinstance(event, said.ChannelEnded)
    assert (event.cause, event.id, event.at) == (17, "lab-1.1", AT)


def test_a_dial_of_an_originate_has_no_dialler() -> None:
    dest = {f"Dest{key}": value for key, value in CHANNEL.items()}
    event = translate({"Event": "DialBegin", "DialString": "+3725550042@trunk"} | STAMP | dest)
    assert event == said.DialBegan(AT, None, WORDS, "+3725550042@trunk")


def test_the_queues_words() -> None:
    asked = {"Event": "Newexten", "Application": "Queue", "AppData": "support,t,,,120"}
    assert translate(asked | STAMP | CHANNEL) == said.QueueAsked(AT, WORDS, "support", 120)
    for data in ("support", "support,,,,", "support,,,,soon"):
        event = translate(asked | {"AppData": data} | STAMP | CHANNEL)
        assert event == said.QueueAsked(AT, WORDS, "support", None)
    told = {"Event": "VarSet", "Variable": "QUEUESTATUS", "Value": "WITHDRAW"}
    assert translate(told | STAMP | CHANNEL) == said.QueueTold(AT, WORDS, "WITHDRAW")
    assert translate(told | {"Value": ""} | STAMP | CHANNEL) is None
    shipped = {"Event": "UserEvent", "UserEvent": "HelinQueue", "Queue": "support", "Status": "TIMEOUT"}
    assert translate(shipped | STAMP | CHANNEL) == said.QueueTold(AT, WORDS, "TIMEOUT", "support")
    assert translate(shipped | {"UserEvent": "Other"} | STAMP | CHANNEL) is None


def test_the_words_of_the_hold() -> None:
    enters = {
        "Event": "BridgeEnter",
        "BridgeUniqueid": "b",
        "BridgeNumChannels": "1",
        "BridgeName": "helin-hold-support",
    }
    event = translate(enters | STAMP | CHANNEL)
    assert isinstance(event, said.BridgeEntered)
    assert (event.name, held_for(event.name)) == ("helin-hold-support", "support")
    assert held_for("helin-holding-1.1") == held_for("") == ""
    offer = {"Event": "UserEvent", "UserEvent": "HelinOffer", "Agent": "PJSIP/1001", "Status": "BUSY"}
    assert translate(offer | STAMP | CHANNEL) == said.OfferTold(AT, WORDS, "PJSIP/1001", "BUSY")


def test_who_answered_a_campaign() -> None:
    told = {"Event": "UserEvent", "UserEvent": "HelinDialled", "Status": "abandoned", "Campaign": "3", "Attempt": "17"}
    assert translate(told | STAMP | CHANNEL) == said.DialledTold(AT, WORDS, "abandoned")
    assert isinstance(translate(told | STAMP | CHANNEL | {"Status": "x"}), said.Suspicious)


def test_unknown_is_nothing() -> None:
    event = translate({"Event": "Newstate"} | STAMP | CHANNEL | {"CallerIDNum": "<unknown>"})
    assert isinstance(event, said.ChannelChanged)
    assert event.channel.number == ""


def test_without_asterisks_stamp_the_time_of_receipt_counts() -> None:
    event = translate({"Event": "Newstate"} | CHANNEL, NOW)
    assert isinstance(event, said.ChannelChanged)
    assert event.at == NOW


@pytest.mark.parametrize("missing", ["Uniqueid", "Channel"])
@pytest.mark.parametrize("name", ["Newchannel", "Hangup", "BridgeEnter", "QueueCallerJoin", "Hold"])
def test_an_event_without_its_keys_is_quarantined(name: str, missing: str) -> None:
    fields = {"Event": name, "BridgeUniqueid": "b", "BridgeNumChannels": "1", "Queue": "support", "Position": "1"}
    words = {key: value for key, value in CHANNEL.items() if key != missing}
    event = translate(fields | words, NOW)
    assert isinstance(event, said.Suspicious)
    assert missing in event.what
    assert event.channel == words.get("Uniqueid", "")


@pytest.mark.parametrize(
    ("key", "value"), [("BridgeNumChannels", "two"), ("BridgeNumChannels", "٢"), ("Timestamp", "x")]
)
def test_an_event_with_a_value_that_cannot_be_is_quarantined(key: str, value: str) -> None:
    fields = {"Event": "BridgeEnter", "BridgeUniqueid": "b", "BridgeNumChannels": "1"} | CHANNEL | {key: value}
    assert isinstance(translate(fields, NOW), said.Suspicious)


@pytest.mark.parametrize("stamp", ["nan", "inf", "-1e300", "1e18", ""])
def test_a_stamp_that_is_no_moment_is_quarantined(stamp: str) -> None:
    assert isinstance(translate({"Event": "Newstate", "Timestamp": stamp} | CHANNEL, NOW), said.Suspicious)


BLOCKS = ("", "Dest", "Transferer", "Transferee", "OrigTransferer", "LocalOne", "LocalTwo", "Spyer", "Spyee")
OTHERS = """Timestamp BridgeUniqueid BridgeNumChannels Queue Interface DialStatus Cause Reason HoldTime Position Status
Paused Wrapuptime Device State Newname AppData Application Variable Value Result Extension"""
KEYS = [block + key for block in BLOCKS for key in CHANNEL] + OTHERS.split()


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted({name.decode() for name in {*WANTED, *MARKS}})),
    st.dictionaries(
        st.sampled_from(KEYS), st.one_of(st.text(max_size=8), st.sampled_from(["1", "²", "Queue", "QUEUESTATUS"]))
    ),
)
def test_no_message_raises(name: str, fields: dict[str, str]) -> None:
    event = translate({"Event": name} | fields, NOW)
    assert event is None or event.at is None or abs(event.at - NOW) < timedelta(days=400_000)  # type: ignore[union-attr]
