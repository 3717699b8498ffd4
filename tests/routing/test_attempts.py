"""What became of an attempt, from the record of its call and from what the dialplan wrote down at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from routing.attempts import Course, channel_of, course_of, course_told, is_attempt
from routing.facts import (
    AttemptHeard,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    Heard,
    LegAnswered,
    LegEnded,
    LegStarted,
    SegmentEnded,
)
from routing.story import Call, fold

BEGAN = datetime(2026, 11, 27, 10, tzinfo=UTC)
CHANNEL = "helin-attempt-0123456789abcdef"
CALL = f"main-20261127T000000-{CHANNEL}"


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def record(*facts: CallFact) -> Call:
    call: Call | None = None
    arrived = CallArrived(CALL, at(0), "main", "outbound", "+37255500001", None, None)
    for fact in (arrived, LegStarted(CALL, at(0), CHANNEL, "outside", None, "+37255500001"), *facts):
        call = fold(call, fact)
    assert call is not None
    return call


ANSWERED = LegAnswered(CALL, at(5), CHANNEL)
TALK = (
    LegStarted(CALL, at(5.1), "a", "agent", "mari", None),
    CallAnswered(CALL, at(5.6), "mari", "a"),
)


def heard(what: Heard) -> AttemptHeard:
    return AttemptHeard(CALL, at(5), what)


def ended(cause: int | None, *, estimated: bool = False) -> tuple[CallFact, ...]:
    return (LegEnded(CALL, at(20), CHANNEL, cause, estimated), CallEnded(CALL, at(20), "answered", None, estimated))


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(17, "busy"), (21, "refused"), (1, "unreachable"), (20, "unreachable"), (34, "congestion"), (38, "congestion"),
     (16, "no_answer"), (18, "no_answer"), (19, "no_answer"), (127, "no_answer"), (0, "no_answer"), (58, "failed")],
)  # fmt: skip
def test_nobody_answered(cause: int, outcome: str) -> None:
    assert course_of(record(*ended(cause)), CHANNEL) == Course(outcome, ended_at=at(20), cause=cause)  # type: ignore[arg-type]


def test_somebody_answered() -> None:
    assert course_of(record(), CHANNEL).outcome is None
    assert course_of(record(ANSWERED, heard("person")), CHANNEL) == Course(None, at(5))
    talked = course_of(record(ANSWERED, heard("person"), *TALK), CHANNEL)
    assert talked == Course("person", at(5), at(5.6), "mari")
    over = (SegmentEnded(CALL, at(20), "mari", "a", "caller"), *ended(16))
    assert course_of(record(ANSWERED, heard("person"), *TALK, *over), CHANNEL).outcome == "person"
    assert course_of(record(ANSWERED, heard("machine")), CHANNEL).outcome == "machine"
    assert course_of(record(ANSWERED, heard("person"), heard("abandoned")), CHANNEL).outcome == "abandoned"


def test_who_hangs_up_before_an_agent_came_counts_as_abandoned() -> None:
    assert course_of(record(ANSWERED, heard("person"), *ended(16)), CHANNEL).outcome == "abandoned"


def test_an_end_that_nobody_saw_is_unknown_until_the_dialplan_is_asked() -> None:
    for before in ((), (ANSWERED, heard("person"))):
        assert course_of(record(*before, *ended(None, estimated=True)), CHANNEL).outcome == "unknown"


def test_what_the_dialplan_wrote_down() -> None:
    told = course_told("connected:16:1764264000.123:1764263990.5")
    assert told is not None
    assert (told.outcome, told.cause, told.estimated) == ("person", 16, True)
    assert told.connected_at == datetime.fromtimestamp(1764263990.5, UTC)
    kinds = {said: course_told(f"{said}:17:1764264000.123:") for said in ("", "person", "abandoned", "machine")}
    assert [each and each.outcome for each in kinds.values()] == ["busy", "abandoned", "abandoned", "machine"]
    for nonsense in ("", "x", "connected:16:never:", "connected:a:1764264000.1:", ":::", "a:b:c:d:e"):
        assert course_told(nonsense) is None


def test_an_attempt_is_known_by_its_channel() -> None:
    assert channel_of(CALL) == CHANNEL
    assert channel_of("main-20261127T000000-1764264000.12") is None
    assert is_attempt(CHANNEL)
    assert not is_attempt("1764264000.12")
