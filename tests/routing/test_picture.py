"""``reduce(picture, facts) == later picture``; a hole is noticed; the ended leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.events import CallerFound, Event, MemberSeen, Snapshot, Tick
from routing.facts import CallerKnown, CallQueued, LinkAlive, LinkChanged, QueueSeen, Recorded
from routing.picture import Picture
from tests.routing.told import NAMES, RECEIVED, capture, new_switchboard

MEMBERS = (MemberSeen("support", "PJSIP/1001", "Agent One", False, "", 1, False),)
BEGIN = Snapshot(RECEIVED, None, (), ("support", "short"), MEMBERS, ())


def stream(name: str) -> tuple[list[Recorded], Picture]:
    """The numbered facts of a capture and the engine's own picture after them."""
    board = new_switchboard()
    recorded: list[Recorded] = []
    picture = Picture()
    now = RECEIVED
    events: list[Event] = [BEGIN, *capture(name)]
    for event in events:
        now = max(now, getattr(event, "at", None) or now)
        for fact in board.receive(event, now)[0]:
            recorded.append(Recorded("s", len(recorded) + 1, fact))
            assert picture.apply(recorded[-1])
        assert picture.calls == board.calls()
        assert picture.agents == board.agents()
    return recorded, picture


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_of_the_facts_is_the_switchboards_own(name: str) -> None:
    recorded, picture = stream(name)
    assert picture.calls == {}
    assert picture.streams == ({"s": len(recorded)} if recorded else {})


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["attended_transfer_refer", "queue_priority_withdraw", "redirect_both_to_conference"]), st.data()
)
def test_whoever_joins_later_sees_the_same(name: str, draw: st.DataObject) -> None:
    recorded, last = stream(name)
    place = draw.draw(st.integers(1, len(recorded)))
    engine = Picture()
    assert all(engine.apply(each) for each in recorded[:place])
    panel = Picture()
    panel.adopt(engine)
    again = draw.draw(st.integers(0, place))
    assert all(panel.apply(each) for each in recorded[again:])
    assert (panel.calls, panel.agents, panel.queues, panel.streams) == (
        last.calls,
        last.agents,
        last.queues,
        last.streams,
    )


def test_a_hole_changes_nothing_and_says_so() -> None:
    recorded, _ = stream("queue_answered_caller_hangup")
    picture = Picture()
    assert picture.apply(recorded[0])
    before = dict(picture.calls)
    assert not picture.apply(recorded[2])
    assert picture.calls == before
    assert picture.apply(recorded[1])
    assert picture.apply(recorded[0]), "an old one again is no hole"


def test_an_unknown_stream_is_a_hole() -> None:
    recorded, _ = stream("queue_answered_caller_hangup")
    picture = Picture()
    assert picture.apply(recorded[0])
    assert not picture.apply(Recorded("another", 1, recorded[0].fact))


def test_the_end_can_still_be_seen_once() -> None:
    recorded, _ = stream("queue_answered_caller_hangup")
    picture = Picture()
    for each in recorded:
        picture.apply(each)
        if type(each.fact).__name__ == "CallEnded":
            ended = picture.after(each.fact.call)
            assert ended is not None
            assert ended.outcome == "answered"
            assert each.fact.call not in picture.calls
            return
    pytest.fail("it did not end")


def test_a_pop_stays_as_long_as_its_call() -> None:
    board = new_switchboard()
    picture = Picture()
    count = 0
    for event in capture("queue_answered_caller_hangup"):
        facts, _ = board.receive(event, event.at)
        if picture.calls and not picture.pops:
            found = CallerFound(event.at, next(iter(picture.calls)), ("c1",), "A", '{"contacts": []}')
            facts += board.receive(found, event.at)[0]
        for fact in facts:
            count += 1
            assert picture.apply(Recorded("s", count, fact))
            if type(fact) is CallerKnown:
                assert picture.pops == {fact.call: '{"contacts": []}'}
    assert picture.pops == {}


def test_a_fresh_picture_replaces_its_own_asterisk_only() -> None:
    ours, theirs = Picture(), Picture()
    for picture, name in ((ours, "one"), (theirs, "two")):
        picture.apply(Recorded(name, 1, LinkChanged(name, RECEIVED, "ready", "")))
        picture.apply(Recorded(name, 2, QueueSeen(f"queue-{name}", RECEIVED, name, ())))
        picture.apply(Recorded(name, 3, LinkAlive(name, RECEIVED, "0")))
    ours.adopt(theirs)
    assert set(ours.queues) == {"queue-one", "queue-two"}
    fresh = Picture()
    fresh.apply(Recorded("two", 1, LinkChanged("two", RECEIVED, "ready", "")))
    ours.adopt(fresh)
    assert set(ours.queues) == {"queue-one"}


def test_facts_about_calls_that_are_gone_leave_no_trace() -> None:
    picture = Picture()
    assert picture.apply(Recorded("s", 1, CallQueued("nobody", RECEIVED, "support")))
    assert picture.calls == {}


def test_queues_that_asterisk_drops_leave_the_board() -> None:
    board = new_switchboard()
    picture = Picture()
    recorded = []
    for event in (BEGIN, Tick(RECEIVED), Snapshot(RECEIVED + timedelta(seconds=9), None, (), ("short",), (), ())):
        recorded += board.receive(event, RECEIVED)[0]
    for number, fact in enumerate(recorded, 1):
        assert picture.apply(Recorded("s", number, fact))
    assert set(picture.queues) == {"short"}
    assert picture.agents["agent1"].availability == "offline"
