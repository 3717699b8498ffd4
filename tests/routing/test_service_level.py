"""The four formulas by hand, and hours and days by the clock on the wall."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from routing.service_level import FORMULAS, By, Counts, intervals, service_level

DAY = Counts(offered=100, answered=80, answered_within=60, abandoned=18, abandoned_within=8, abandoned_short=5)


@pytest.mark.parametrize(
    ("formula", "level"),
    [("offered", 60 / 100), ("asterisk", 60 / 80), ("asterisk2", 68 / 98), ("genesys", 60 / 93)],
)
def test_each_formula_by_hand(formula: str, level: float) -> None:
    assert service_level(formula, DAY) == pytest.approx(level)  # type: ignore[arg-type]


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_has_no_level(formula: str) -> None:
    assert service_level(formula, Counts()) is None  # type: ignore[arg-type]
    assert DAY + Counts() == DAY


def hours(day: str, zone: str, by: By | None = "hour") -> list[tuple[datetime, datetime]]:
    there = ZoneInfo(zone)
    begin = datetime.fromisoformat(day).replace(tzinfo=there)
    return intervals(begin, begin + timedelta(days=1), by, there)


@pytest.mark.parametrize(
    ("day", "zone", "many"),
    [
        ("2026-10-25", "Europe/Tallinn", 25),
        ("2026-03-29", "Europe/Tallinn", 23),
        ("2026-11-24", "Europe/Tallinn", 24),
        ("2026-11-01", "America/New_York", 25),
        ("2026-11-24", "Asia/Kathmandu", 24),
        ("2026-04-05", "Australia/Lord_Howe", 25),
    ],
)
def test_a_day_has_the_hours_of_its_clock(day: str, zone: str, many: int) -> None:
    """Lord Howe moves its clock by half an hour: one of its hours is half as long as the others."""
    found = hours(day, zone)
    assert len(found) == many
    assert [begin.astimezone(ZoneInfo(zone)).minute for begin, _ in found].count(0) >= many - 1
    assert len(hours(day, zone, "day")) == len(hours(day, zone, None)) == 1


def test_the_first_and_the_last_are_cut() -> None:
    begin, end = (datetime(2026, 11, 24, hour, 20, tzinfo=UTC) for hour in (8, 10))
    found = intervals(begin, end, "hour", ZoneInfo("UTC"))
    assert [(one.hour, one.minute) for one, _ in found] == [(8, 20), (9, 0), (10, 0)]
    assert found[-1][1] == end


@given(
    some.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=some.just(UTC)),
    some.timedeltas(timedelta(seconds=1), timedelta(days=9)),
    some.sampled_from(["UTC", "Europe/Tallinn", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    some.sampled_from(["hour", "day"]),
)
def test_no_moment_is_left_out_or_counted_twice(begin: datetime, length: timedelta, zone: str, by: By) -> None:
    found = intervals(begin, begin + length, by, ZoneInfo(zone))
    assert (found[0][0], found[-1][1]) == (begin, begin + length)
    assert all(one[1] == two[0] for one, two in itertools.pairwise(found))
    assert all(timedelta() < until - at <= timedelta(hours=1 if by == "hour" else 25) for at, until in found)
