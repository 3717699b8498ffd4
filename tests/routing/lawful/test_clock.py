"""Hours by the clock on the wall: every zone of the United States, and days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from routing.lawful.clock import DayPart, Holidays, Hours, day_of, next_day, next_part, part_of
from tests.routing.lawful.people import ALL_DAYS

US_ZONES = (
    "America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello",
    "America/Indiana/Indianapolis", "America/Indiana/Vincennes", "America/Indiana/Winamac", "America/Indiana/Marengo",
    "America/Indiana/Petersburg", "America/Indiana/Vevay", "America/Chicago", "America/Indiana/Tell_City",
    "America/Indiana/Knox", "America/Menominee", "America/North_Dakota/Center", "America/North_Dakota/New_Salem",
    "America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome",
    "America/Adak", "Pacific/Honolulu",
)  # fmt: skip
DAYS = (
    date(2026, 1, 15), date(2026, 7, 15),
    date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9),
    date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2),
)  # fmt: skip
"""Winter, summer, and the days around both changes in the United States."""
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("zone", US_ZONES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_from_eight_to_nine_on_the_wall(zone: str, day: date) -> None:
    opens = datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    closes = datetime(day.year, day.month, day.day, 21, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    said = [ALL_DAYS.allow(zone, at) for at in (opens - SECOND, opens, closes - SECOND, closes)]
    assert said == [False, True, True, False]
    assert ALL_DAYS.next((zone,), opens - 6 * 60 * MINUTE) == opens
    assert ALL_DAYS.next((zone,), opens - SECOND) == opens


@pytest.mark.parametrize(
    ("zone", "now", "opens"),
    [
        # Clocks are put on in the night: eight comes an hour sooner. In Arizona they are not.
        ("America/New_York", "2026-03-07T12:30", "2026-03-07T13:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T12:00"),
        ("America/New_York", "2026-11-01T02:30", "2026-11-01T13:00"),
        ("America/Phoenix", "2026-03-08T05:30", "2026-03-08T15:00"),
        ("America/Phoenix", "2026-11-01T05:30", "2026-11-01T15:00"),
        # Europe changes on other days.
        ("Europe/Tallinn", "2026-03-28T20:00", "2026-03-29T05:00"),
        ("Europe/Tallinn", "2026-10-24T19:00", "2026-10-25T06:00"),
        ("Europe/London", "2026-03-28T23:00", "2026-03-29T07:00"),
    ],
)
def test_when_clocks_change(zone: str, now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert ALL_DAYS.next((zone,), at) == datetime.fromisoformat(opens).replace(tzinfo=UTC)


def test_hours_that_open_inside_a_skipped_hour_or_one_shown_twice() -> None:
    """Half past two is skipped in March and shown twice in November, when it counts both times."""
    night = Hours((((150, 200),),) * 7)
    before = datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert night.next(("America/New_York",), before) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    twice = Hours((((90, 110),),) * 7)
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert twice.next(("America/New_York",), first - MINUTE) == first
    assert twice.next(("America/New_York",), first + 20 * MINUTE) == first + 60 * MINUTE


def test_holidays_are_days_there_and_a_year_that_nobody_looked_up_allows_nothing() -> None:
    hours = Hours(ALL_DAYS.week, Holidays("EE", frozenset({date(2026, 12, 24)}), frozenset({2026})))
    eve = datetime(2026, 12, 23, 22, tzinfo=UTC)
    assert hours.next(("Europe/Tallinn",), eve) == datetime(2026, 12, 25, 6, tzinfo=UTC)
    # It is the holiday already in Tallinn and not yet in New York.
    assert not hours.allow("Europe/Tallinn", datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert hours.next(("Europe/Tallinn",), datetime(2026, 12, 31, 20, tzinfo=UTC)) is None


def test_zones_that_never_agree() -> None:
    assert ALL_DAYS.next(("Europe/Tallinn", "Pacific/Pago_Pago"), datetime(2026, 7, 1, tzinfo=UTC)) is not None
    office = Hours((((540, 1020),),) * 7)
    assert office.next(("Europe/Tallinn", "Pacific/Pago_Pago"), datetime(2026, 7, 1, tzinfo=UTC)) is None
    assert ALL_DAYS.next((), datetime(2026, 7, 1, 12, tzinfo=UTC)) is None


ZONES = some.sampled_from((*US_ZONES, "Europe/Tallinn", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham"))
MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=some.just(UTC))
SPANS = some.tuples(some.integers(0, 1_439), some.integers(1, 1_440)).filter(lambda span: span[0] < span[1])
WEEKS = some.lists(some.lists(SPANS, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)


@given(WEEKS, some.lists(ZONES, min_size=1, max_size=3, unique=True).map(tuple), MOMENTS, some.integers(1, 10_000))
def test_the_next_moment_is_allowed_and_none_before_it_is(
    week: tuple[tuple[tuple[int, int], ...], ...], zones: tuple[str, ...], now: datetime, minutes: int
) -> None:
    hours = Hours(week)
    begins = hours.next(zones, now)
    until = begins if begins is not None else now + timedelta(days=14)
    if begins is not None:
        assert hours.allow_all(zones, begins)
        assert begins >= now
        assert begins == now or not hours.allow_all(zones, begins - timedelta(microseconds=1))
    between = now + (until - now) * (minutes / 10_001)
    assert between >= until or not hours.allow_all(zones, between)


PARTS = (DayPart("morning", 8 * 60), DayPart("afternoon", 12 * 60), DayPart("evening", 17 * 60))


@given(ZONES, MOMENTS)
def test_the_next_part_of_the_day_and_the_next_day_begin_when_they_do(zone: str, now: datetime) -> None:
    then = next_part(PARTS, zone, now)
    assert then > now
    assert part_of(PARTS, zone, then) > part_of(PARTS, zone, now) == part_of(PARTS, zone, then - SECOND)
    tomorrow = next_day(zone, now)
    assert day_of(zone, tomorrow) == day_of(zone, now) + timedelta(days=1)
    assert day_of(zone, tomorrow - SECOND) == day_of(zone, now)
