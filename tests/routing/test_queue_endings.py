"""The five endings of a queue, with and without what only the dialplan knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from routing.events import Event, HangupAsked, MemberChanged, MemberGone, MemberSeen, QueueAsked, QueueTold, Snapshot
from tests.routing.told import PRODUCTION, RECEIVED, capture, play


def outcome(events: list[Event]) -> tuple[str | None, str | None]:
    (call,) = play(events).calls.values()
    return call.outcome, call.ended_by


def changed(name: str, *, status: str | None = None, timeout: int | None = None) -> list[Event]:
    """A capture with other words from the dialplan; ``status`` "" takes them away."""
    found: list[Event] = []
    for event in capture(name):
        if isinstance(event, QueueTold):
            if status is None:
                found.append(event)
            elif status:
                found.append(structs.replace(event, status=status))
        elif isinstance(event, QueueAsked):
            if timeout is not None:
                found.append(structs.replace(event, timeout=timeout))
        else:
            found.append(event)
    return found


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("TIMEOUT", "timed_out"),
        ("WITHDRAW", "withdrawn"),
        ("LEAVEEMPTY", "queue_empty"),
        ("LEAVEUNAVAIL", "queue_empty"),
        ("SOMETHINGNEW", "timed_out"),
    ],
)
def test_what_the_dialplan_says_is_believed(status: str, expected: str) -> None:
    assert outcome(changed("queue_timeout", status=status, timeout=11)) == (expected, "system")


@pytest.mark.parametrize(("timeout", "expected"), [(11, "timed_out"), (12, "timed_out"), (120, "withdrawn")])
def test_else_the_timeout_tells(timeout: int, expected: str) -> None:
    assert outcome(changed("queue_timeout", status="", timeout=timeout)) == (expected, "system")


def test_knowing_nothing_it_is_the_most_common() -> None:
    assert outcome(changed("queue_timeout", status="")) == ("timed_out", "system")


@pytest.mark.parametrize("name", ["queue_abandoned_ringing", "queue_abandoned_no_agent"])
def test_a_caller_who_hung_up_abandoned_whatever_the_rest_says(name: str) -> None:
    assert outcome(list(capture(name, PRODUCTION))) == ("abandoned", "caller")
    without_request = [event for event in capture(name) if not isinstance(event, HangupAsked)]
    assert outcome(without_request) == ("abandoned", "caller"), "the cause tells it too"


MEMBER = MemberSeen("short", "PJSIP/1009", "Nine", False, "", 1, False)


@pytest.mark.parametrize("how", ["removed", "paused", "unreachable"])
def test_the_last_member_went_and_the_caller_with_it(how: str) -> None:
    events = changed("queue_timeout", status="")
    left = next(place for place, event in enumerate(events) if type(event).__name__ == "QueueGivenUp")
    at = events[left].at  # type: ignore[union-attr]
    last: Event = MemberGone(at, "short", "PJSIP/1009")
    if how == "paused":
        last = MemberChanged(at, replace(MEMBER, paused=True))
    elif how == "unreachable":
        last = MemberChanged(at, replace(MEMBER, status=5))
    alone = [event for event in events if not isinstance(event, MemberChanged)]
    place = alone.index(events[left])
    begin = Snapshot(RECEIVED, None, (), ("short",), (MEMBER,), ())
    assert outcome([begin, *alone[:place], last, *alone[place:]]) == ("queue_empty", "system")
    assert outcome([begin, *alone]) == ("timed_out", "system")


def test_a_queue_that_nobody_serves_from_the_start_is_left_by_time() -> None:
    begin = Snapshot(RECEIVED, None, (), ("short",), (), ())
    alone = [event for event in changed("queue_timeout", status="") if not isinstance(event, MemberChanged)]
    assert outcome([begin, *alone]) == ("timed_out", "system")


def test_a_caller_who_never_got_in() -> None:
    """joinempty = no: there is no QueueCallerJoin at all."""
    events = list(capture("async_agi_commands"))
    place = next(i for i, event in enumerate(events) if type(event).__name__ == "HangupAsked")
    words = events[place].channel  # type: ignore[union-attr]
    at = events[place].at  # type: ignore[union-attr]
    asked = QueueAsked(at, words, "support", 60)
    told = QueueTold(at, words, "JOINEMPTY", "support")
    (call,) = play([*events[:place], asked, told, *events[place:]]).calls.values()
    assert (call.outcome, call.queue, call.waited_seconds()) == ("queue_empty", "support", 0.0)
