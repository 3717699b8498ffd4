"""The order between channels does not matter, a repeated event changes nothing, a lost one is made up for.

Each property is tried on every capture, in each place; random ones are drawn by hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import frames
from routing.events import ChannelSeen, EntrySeen, Event, Snapshot
from routing.exchange import Exchange
from routing.facts import Fact
from routing.knowledge import Chan
from tests.routing.told import (
    CAPTURES,
    NAMES,
    PRODUCTION,
    RECEIVED,
    capture,
    events_of,
    may_swap,
    new_switchboard,
    play,
    unlike,
    without,
)

WITH_CALLS = [name for name in NAMES if play(capture(name)).calls]
ONLY_EVIDENCE = {
    ("amd_human", "DialBegan"): "only it names the number; the channel's caller id is our own",
    ("amd_machine", "DialBegan"): "the same",
    ("originate_customer_first_queue", "DialBegan"): "the same",
    ("originate_early_media", "DialBegan"): "the same",
    ("originate_agent_no_answer", "OriginateEnded"): "the customer was never dialled, only it says who was meant",
}
"""Events whose loss no other event and no snapshot makes up for, and why."""
LATE = {
    ("async_agi_commands", "ChannelChanged"): "that the dialplan answered is next said when the channel ends",
    ("queue_priority_withdraw", "QueueEntered"): "that the caller waits is next said when an agent is called",
    ("attended_transfer_ami", "BridgeEntered"): "whom a Local channel leads to is next said when the transfer is done",
}
"""Events whose loss is made up for, but later: a stamp is wrong unless a snapshot comes."""


@pytest.mark.thorough
@pytest.mark.thorough
@pytest.mark.thorough
@pytest.mark.thorough
@pytest.mark.parametrize("name", WITH_CALLS)
def test_each_event_twice(name: str) -> None:
    events = capture(name)
    calls = play(events).calls
    assert unlike(calls, play([each for event in events for each in (event, event)]).calls) == []


@pytest.mark.parametrize("name", WITH_CALLS)
def test_the_stream_heard_again(name: str) -> None:
    """As a whole afterwards, and from its beginning in the middle of it."""
    events = capture(name)
    calls = play(events).calls
    again = play([*events, *events])
    assert unlike(calls, again.calls) == []
    for place in range(0, len(events), 7):
        assert unlike(calls, play([*events[:place], *events[:place], *events[place:]]).calls) == [], place


@pytest.mark.parametrize("name", WITH_CALLS)
def test_neighbours_that_share_no_channel_swapped(name: str) -> None:
    events = list(capture(name))
    calls = play(events).calls
    for place in range(len(events) - 1):
        if may_swap(events[place], events[place + 1]):
            swapped = [*events[:place], events[place + 1], events[place], *events[place + 2 :]]
            assert unlike(calls, play(swapped).calls) == [], (place, events[place], events[place + 1])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WITH_CALLS), st.sampled_from([None, PRODUCTION]), st.randoms(use_true_random=False))
def test_any_order_that_keeps_the_channels(name: str, classes: frozenset[str] | None, random: Random) -> None:
    """Many swaps: events wander far, only the order within each channel stays."""
    events = list(capture(name, classes))
    calls = play(events).calls
    for _ in range(2 * len(events)):
        place = random.randrange(len(events) - 1)
        if may_swap(events[place], events[place + 1]):
            events[place], events[place + 1] = events[place + 1], events[place]
    assert unlike(calls, play(events).calls) == []


@pytest.mark.parametrize("name", WITH_CALLS)
def test_one_event_lost_and_then_a_snapshot(name: str) -> None:
    """The snapshot shows what Asterisk has at that moment, as one that heard everything knows it."""
    events = capture(name)
    calls = play(events).calls
    snapshots = all_snapshots(events)
    for place, event in enumerate(events):
        if (name, type(event).__name__) in ONLY_EVIDENCE:
            continue
        healed = [*events[:place], snapshots[place], *events[place + 1 :]]
        assert unlike(calls, play(healed).calls) == [], (place, event)


@pytest.mark.parametrize("name", WITH_CALLS)
def test_one_event_lost_and_nothing_notices_until_the_end(name: str) -> None:
    """Most lost events are made up for by others, before any snapshot."""
    events = capture(name)
    calls = play(events).calls
    for place, event in enumerate(events):
        kind = type(event).__name__
        if (name, kind) in ONLY_EVIDENCE:
            continue
        differences = unlike(calls, play(without(events, place)).calls)
        if (name, kind) in LATE:
            differences = [
                line for line in differences if not line.startswith(("queued_at", "answered_at", "segment:"))
            ]
        assert differences == [], (place, event)


def test_the_list_of_irreplaceable_events_is_no_longer_than_it_must_be() -> None:
    for name, kind in ONLY_EVIDENCE:
        events = capture(name)
        calls = play(events).calls
        places = [place for place, event in enumerate(events) if type(event).__name__ == kind]
        assert any(unlike(calls, play(without(events, place)).calls) for place in places), (name, kind)


@pytest.mark.parametrize("name", WITH_CALLS)
def test_cut_at_every_byte(name: str) -> None:
    """Byte by byte: a cut at every place at once. The same messages, so the same calls."""
    data = (CAPTURES / f"{name}.txt").read_bytes()
    splitter = frames.Splitter()
    messages = [message for place in range(len(data)) for message in splitter.feed(data[place : place + 1])]
    assert messages == frames.Splitter().feed(data)


def test_reads_of_nothing_between_the_bytes_of_an_end() -> None:
    splitter = frames.Splitter()
    reads = (b"Asterisk Call Manager/11.0.0\r\n", b"Event: A\r\n", b"", b"", b"\r", b"", b"\n")
    assert [message for read in reads for message in splitter.feed(read)] == [b"Event: A"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(WITH_CALLS), st.data())
def test_cut_anywhere_the_calls_are_the_same(name: str, draw: st.DataObject) -> None:
    data = (CAPTURES / f"{name}.txt").read_bytes()
    places = sorted(draw.draw(st.lists(st.integers(1, len(data) - 1), min_size=1, max_size=6)))
    splitter = frames.Splitter()
    messages = [
        message
        for start, end in zip([0, *places], [*places, len(data)], strict=True)
        for message in splitter.feed(data[start:end])
    ]
    assert messages == frames.Splitter().feed(data)
    rejoined = splitter.greeting.encode() + b"\r\n" + b"".join(message + frames.END for message in messages)
    assert unlike(play(events_of(data)).calls, play(events_of(rejoined)).calls) == []


def all_snapshots(events: Sequence[Event]) -> list[Snapshot]:
    """What Asterisk has after each event."""
    board = new_switchboard()
    found = []
    facts: list[Fact] = []
    for event in events:
        at = getattr(event, "at", None) or RECEIVED
        facts += board.receive(event, at)[0]
        found.append(snapshot_of(board._exchange, at + timedelta(microseconds=1)))
    return found


def snapshot_of(exchange: Exchange, at: datetime) -> Snapshot:
    """As CoreShowChannels and QueueStatus would list it."""
    channels = [seen_of(chan, at) for chan in exchange.channels.values()]
    entries = [
        EntrySeen(chan.stay.queue, chan.id, 1, round((at - chan.stay.began_at).total_seconds()), 0)
        for chan in exchange.channels.values()
        if chan.stay is not None and chan.stay.left_at is None
    ]
    return Snapshot(at, None, tuple(channels), ("support", "short", "sales"), (), tuple(entries))


def seen_of(chan: Chan, at: datetime) -> ChannelSeen:
    return ChannelSeen(
        id=chan.id,
        linked=chan.linked,
        name=chan.name,
        state="Up" if chan.up else ("Ringing" if chan.rang_at else ("Down" if chan.dialled else "Ring")),
        context=chan.context,
        exten=chan.exten,
        number=chan.number,
        caller_name=chan.caller_name,
        connected="",
        bridge=chan.bridge,
        application="ChanSpy" if chan.spy else ("AppDial" if chan.dialled else ""),
        application_data="",
        seconds=int((at - chan.started_at).total_seconds()),
    )
