"""The fold: first terminal state wins, nothing is ever taken back, no fact raises."""

from __future__ import annotations

import typing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from routing import facts as said
from routing.story import Call, end_is_estimated, fold, leg_of

T0 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ARRIVED = said.CallArrived("c", T0, "main", "inbound", "+3725550011", "Ann", "+3725550100")


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def told(*more: said.CallFact) -> Call:
    call: Call | None = None
    for fact in (ARRIVED, *more):
        call = fold(call, fact)
    assert call is not None
    return call


ANSWERED = (
    said.CallQueued("c", at(0), "support"),
    said.LegStarted("c", at(0), "1", "caller", None, "+3725550011"),
    said.LegStarted("c", at(1), "2", "agent", "ann", None),
    said.AgentRinging("c", at(1), "ann", "2"),
    said.LegAnswered("c", at(3), "2"),
    said.CallUnqueued("c", at(3), "support", "answered"),
    said.CallAnswered("c", at(3), "ann", "2"),
)


def test_before_its_arrival_there_is_no_call() -> None:
    assert fold(None, said.CallQueued("c", T0, "support")) is None


def test_an_answered_call() -> None:
    call = told(*ANSWERED)
    assert (call.answered_at, call.waited_seconds(), call.ringing, call.waiting) == (at(3), 3.0, (), False)
    assert leg_of(call, "ann") == "talking"
    ended = fold(call, said.CallEnded("c", at(9), "answered", "caller"))
    assert ended is not None
    assert [(each.agent, each.talked_seconds, each.ended_by) for each in ended.segments] == [("ann", 6.0, "caller")]
    assert leg_of(ended, "ann") == "none"


def test_the_first_end_is_the_end() -> None:
    call = told(
        said.CallEnded("c", at(5), "abandoned", "caller"), said.CallEnded("c", at(9), "answered", "agent", True)
    )
    assert (call.ended_at, call.outcome, call.ended_by, call.estimated) == (at(5), "abandoned", "caller", False)


def test_after_the_end_only_what_lacked_is_added() -> None:
    ended = told(*ANSWERED, said.CallEnded("c", at(9), "answered", "caller"))
    late = told(
        *ANSWERED,
        said.CallEnded("c", at(9), "answered", "caller"),
        said.LegEnded("c", at(10), "1", 16),
        said.CallerKnown("c", at(10), "contact-7", "A"),
        said.CallQueued("c", at(11), "sales"),
        said.AgentRinging("c", at(11), "bob", "3"),
        said.CallAnswered("c", at(11), "bob", "3"),
        said.RequestRanked("c", at(11), 5.0, ()),
    )
    assert (late.contact, late.legs[0].cause) == ("contact-7", 16)
    assert late.version > ended.version
    same = replace(late, version=ended.version, contact=None, tier=None, legs=ended.legs)
    assert same == ended


AGAIN = [fact for fact in ANSWERED if not isinstance(fact, said.CallQueued | said.AgentRinging)]
"""A second wait or ring after the first was over is no repetition."""


@pytest.mark.parametrize("again", AGAIN, ids=lambda fact: type(fact).__name__)
def test_what_is_known_already_changes_nothing_but_the_version(again: said.CallFact) -> None:
    before = told(*ANSWERED)
    after = fold(before, again)
    assert after is not None
    assert replace(after, version=before.version) == before
    assert after.version == before.version + 1


def test_hold_is_reckoned_inside_the_segment() -> None:
    call = told(*ANSWERED, said.CallHeld("c", at(5), "ann", "2"))
    assert leg_of(call, "ann") == "hold"
    call = told(*ANSWERED, said.CallHeld("c", at(5), "ann", "2"), said.CallResumed("c", at(7), "ann", "2"))
    assert (call.segments[0].held_seconds, leg_of(call, "ann")) == (2.0, "talking")
    held = told(*ANSWERED, said.CallHeld("c", at(5), "ann", "2"), said.SegmentEnded("c", at(9), "ann", "2", "caller"))
    assert held.segments[0].held_seconds == 4.0


def test_a_second_queue_before_the_answer_keeps_the_whole_wait() -> None:
    call = told(
        said.CallQueued("c", at(0), "support"),
        said.CallUnqueued("c", at(20), "support", "timed_out"),
        said.CallQueued("c", at(21), "reception"),
    )
    assert (call.queue, call.waiting_in, call.waiting_since) == ("support", "reception", at(21))
    assert (call.queued_at, call.unqueued_at, call.waited_seconds(at(30))) == (at(0), None, 30.0)


def test_sent_back_into_a_queue_it_waits_again_but_the_report_stays() -> None:
    call = told(
        *ANSWERED,
        said.SegmentEnded("c", at(8), "ann", "2", "agent", "sales"),
        said.CallTransferred("c", at(8), "ann", "sales", "blind"),
        said.CallQueued("c", at(9), "sales"),
    )
    assert (call.queue, call.waiting_in, call.waited_seconds(), call.transfers) == ("support", "sales", 3.0, 1)


def test_a_merged_call_is_gone() -> None:
    assert fold(told(), said.CallMerged("c", at(3), "d")) is None


def test_an_internal_call_turns_out_to_go_outside() -> None:
    call = fold(None, said.CallArrived("c", T0, "main", "internal", None, None, None))
    call = fold(call, said.CallArrived("c", T0, "main", "outbound", "+3725550042", None, None))
    assert call is not None
    assert (call.direction, call.number) == ("outbound", "+3725550042")


def test_what_the_dialplan_answered_was_answered_when_the_line_was() -> None:
    call = told(
        said.LegStarted("c", at(0), "1", "caller", None, None),
        said.LegAnswered("c", at(2), "1"),
        said.CallEnded("c", at(5), "answered", "caller"),
    )
    assert (call.answered_at, call.segments) == (at(2), ())


moments = st.integers(0, 50).map(at)


def of(kind: type) -> st.SearchStrategy[typing.Any]:
    hints = typing.get_type_hints(kind)
    values: dict[str, st.SearchStrategy[object]] = {}
    for name, hint in hints.items():
        if name == "call":
            values[name] = st.just("c")
        elif name in ("leg", "agent"):
            values[name] = st.sampled_from(["1", "2", "3"])
        elif name == "queue":
            values[name] = st.sampled_from(["support", "sales"])
        elif hint is datetime:
            values[name] = moments
        elif hint == datetime | None:
            values[name] = st.none() | moments
        elif name == "talks":
            values[name] = st.lists(of(said.TalkReconciled), max_size=3).map(tuple)
        elif name in ("score",):
            values[name] = st.floats(0, 10)
        elif name == "reasons":
            values[name] = st.just(())
        else:
            values[name] = st.from_type(hint)
    return st.builds(kind, **values)  # type: ignore[arg-type]


some_facts = st.lists(st.one_of([of(kind) for kind in said.CALL_FACTS if kind is not said.CallMerged]), max_size=30)


@settings(max_examples=60, deadline=None)
@given(some_facts)
def test_no_order_of_facts_raises_or_goes_back(facts: list[said.CallFact]) -> None:
    call: Call | None = None
    for fact in facts:
        before, call = call, fold(call, fact)
        if before is None or call is None:
            continue
        assert call.version == before.version + 1
        mended = isinstance(fact, said.CallReconciled) and before.estimated
        moved = mended and end_is_estimated(before)
        assert before.active or moved or (call.ended_at, call.outcome) == (before.ended_at, before.outcome)
        assert len(call.legs) >= len(before.legs)
        assert len(call.segments) >= len(before.segments)
        assert mended or before.answered_at is None or call.answered_at == before.answered_at
        assert call.active or not (call.ringing or call.waiting)
        assert all(each.ended_at is None or each.ended_at >= each.started_at for each in call.segments)
        assert {leg_of(call, agent) for agent in "123"} <= {"none", "ringing", "talking", "hold"}
