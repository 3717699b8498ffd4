"""Adherence: breaks cut out of shifts, time cut at the report's intervals, and what is planned for later left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from routing.adherence import Kept, Planned, pieces

DAY = datetime(2026, 11, 24, tzinfo=UTC)
MINUTE = 60_000_000


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


SHIFTS = [
    Planned("anna", at(9), at(17)),
    Planned("anna", at(12), at(13), "break"),
    Planned("anna", at(18), at(18.5), "break"),
    Planned("bob", at(9), at(10)),
    Planned("bob", at(10), at(11)),
]


def test_a_break_holds_in_the_shift_around_it() -> None:
    found = pieces(SHIFTS)
    assert [(one.begin.hour, one.end.hour, one.kind) for one in found["anna"]] == [
        (9, 12, "work"), (12, 13, "break"), (13, 17, "work"), (18, 18, "break"),
    ]  # fmt: skip
    assert found["bob"] == [Planned("bob", at(9), at(11))]


def test_the_time_in_the_scheduled_activity_by_interval() -> None:
    parts = [(at(hour), at(hour + 1)) for hour in range(9, 18)]
    kept = Kept(pieces(SHIFTS[:2]), parts, at(17))
    kept.was("anna", "ready", at(8), at(9.5))
    kept.was("anna", "paused", at(9.5), at(10))
    kept.was("anna", "in_talk", at(10), at(12.25))
    kept.was("anna", "paused", at(12.25), at(12.5))
    kept.was("anna", None, at(12.5), at(13.25))
    kept.was("anna", "wrap_up", at(13.25), at(20))
    kept.was("bob", "ready", at(9), at(17))
    minutes = [kept.adhered.get(("anna", place), 0) // MINUTE for place in range(9)]
    assert minutes == [30, 60, 60, 45, 45, 60, 60, 60, 0]
    assert [kept.scheduled.get(("anna", place), 0) // MINUTE for place in range(9)] == [60] * 8 + [0]
    assert {agent for agent, _ in kept.adhered} == {"anna"}, "work that nobody planned counts nowhere"


def test_what_is_planned_for_later_is_no_time_yet() -> None:
    kept = Kept(pieces(SHIFTS), [(at(0), at(24))], at(10.5))
    kept.was("anna", "ready", at(9), at(10.5))
    assert kept.scheduled == {("anna", 0): 90 * MINUTE, ("bob", 0): 90 * MINUTE}
    assert kept.adhered == {("anna", 0): 90 * MINUTE}
