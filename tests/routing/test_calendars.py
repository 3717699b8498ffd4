"""Opening hours: the week, holidays, exceptions, the days on which the clock changes, what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.actions import SayHours
from routing.calendar_checks import Contradiction, check, warnings
from routing.calendars import (
    Calendar,
    Emergency,
    SpecialDay,
    closures,
    moment,
    no_holidays,
    now_in,
    opens_next,
    span_of,
    stretches,
    text_of,
)
from routing.hours import AGAIN, Hours

TALLINN, NEW_YORK = ZoneInfo("Europe/Tallinn"), ZoneInfo("America/New_York")
WORK = (span_of("09:00-12:00"), span_of("13:00-17:00"))
SHOP = Calendar("shop", "Europe/Tallinn", ("support",), (*(WORK,) * 5, (), ()), country="EE", closing_minutes=10)


def holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    return {date(year, 12, 24): "Christmas Eve", date(year, 12, 25): "Christmas Day"} if country == "EE" else {}


def at(text: str, zone: ZoneInfo = TALLINN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "kind", "until"),
    [
        ("2026-11-27 08:59", "closed", "2026-11-27 09:00"),
        ("2026-11-27 09:00", "open", "2026-11-27 12:00"),
        ("2026-11-27 12:30", "closed", "2026-11-27 13:00"),
        ("2026-11-27 17:00", "closed", "2026-11-30 09:00"),
        ("2026-12-24 10:00", "holiday", "2026-12-25 00:00"),
        ("2026-12-31 10:00", "exception", "2027-01-01 00:00"),
    ],
)
def test_what_holds_at_a_moment(when: str, kind: str, until: str) -> None:
    calendar = replace(SHOP, exceptions=(SpecialDay(date(2026, 12, 31), (), "Stocktaking"),))
    now = now_in(calendar, at(when), holidays)
    assert (now.kind, now.end) == (kind, at(until))


def test_an_exception_goes_before_a_holiday_and_a_holiday_may_have_hours() -> None:
    short = replace(SHOP, on_holidays=(span_of("10:00-12:00"),))
    assert now_in(short, at("2026-12-24 11:00"), holidays).open
    opened = replace(short, exceptions=(SpecialDay(date(2026, 12, 24), (span_of("15:00-16:00"),), "Late"),))
    assert now_in(opened, at("2026-12-24 11:00"), holidays).kind == "exception"
    assert now_in(opened, at("2026-12-24 15:30"), holidays).open
    assert opens_next(SHOP, at("2026-12-23 18:00"), holidays) == at("2026-12-28 09:00")


def test_over_midnight_it_is_one_stretch() -> None:
    late = replace(SHOP, week=((span_of("22:00-24:00"),), (span_of("00:00-02:00"),), *((),) * 5))
    night = now_in(late, at("2026-11-30 23:00"), no_holidays)
    assert (night.kind, night.end) == ("open", at("2026-12-01 02:00"))


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        # Skipped: 3 to 4 in Tallinn, 2 to 3 in New York. What lies between happens at the change.
        (TALLINN, date(2026, 3, 29), ("02:30-03:30"), ("00:30", "01:00")),
        (TALLINN, date(2026, 3, 29), ("03:30-05:00"), ("01:00", "02:00")),
        (NEW_YORK, date(2026, 3, 8), ("02:30-04:00"), ("07:00", "08:00")),
        # Twice: 3 to 4 in Tallinn, 1 to 2 in New York. Opened the first time, closed the second.
        (TALLINN, date(2026, 10, 25), ("03:30-05:00"), ("00:30", "03:00")),
        (TALLINN, date(2026, 10, 25), ("02:00-03:30"), ("23:00", "01:30")),
        (NEW_YORK, date(2026, 11, 1), ("01:15-01:45"), ("05:15", "06:45")),
    ],
)
def test_when_the_clock_changes(zone: ZoneInfo, day: date, wall: str, utc: tuple[str, str]) -> None:
    span = span_of(wall)
    found = (moment(day, span.opens, zone), moment(day, span.closes, zone, closing=True))
    assert tuple(f"{one:%H:%M}" for one in found) == utc
    calendar = Calendar("night", zone.key, week=((span,),) * 7)
    open_ = [
        one for one in stretches(calendar, at(str(day), zone), found[1] + timedelta(hours=1), no_holidays) if one.open
    ]
    assert [(one.start, one.end) for one in open_] == [found]


def test_a_shop_that_opens_only_in_the_hour_that_is_skipped_stays_shut_that_day() -> None:
    calendar = Calendar("odd", "Europe/Tallinn", week=((span_of("03:00-04:00"),),) * 7)
    day = list(stretches(calendar, at("2026-03-29"), at("2026-03-30"), no_holidays))
    assert [one.kind for one in day] == ["closed"]
    assert day[0].end - day[0].start == timedelta(hours=23)


TIMES = st.lists(st.integers(0, 96), min_size=2, max_size=8, unique=True).map(sorted)
WEEKS = st.lists(TIMES, min_size=7, max_size=7)


@settings(deadline=None, max_examples=50)
@given(
    WEEKS,
    st.sampled_from(["Europe/Tallinn", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo"]),
    st.integers(0, 365 * 24 * 4),
)
def test_stretches_leave_no_gap_and_agree_with_a_look_at_each_moment(
    week: list[list[int]], zone: str, quarter: int
) -> None:
    spans = tuple(
        tuple(
            span_of(f"{a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}")
            for a, b in zip(day[::2], day[1::2], strict=False)
        )
        for day in week
    )
    calendar = Calendar("any", zone, week=spans)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    end = start + timedelta(days=4)
    found = list(stretches(calendar, start, end, no_holidays))
    assert found[0].start == start
    assert found[-1].end == end
    assert all(one.end == two.start and one.kind != two.kind for one, two in pairwise(found))
    for one in found:
        middle = one.start + (one.end - one.start) / 2
        assert now_in(calendar, middle, no_holidays).kind == one.kind


def test_who_waits_at_closing_time_is_served_some_minutes_longer() -> None:
    lunch, evening, *_ = closures(SHOP, at("2026-11-27 10:00"), at("2026-11-29"), holidays)
    assert lunch.late == at("2026-11-27 12:10")
    assert evening.late == at("2026-11-27 17:10")
    # Open again before the patience ends: the lunch break tells nobody anything.
    patient = replace(SHOP, closing_minutes=90)
    lunch, evening, *_ = closures(patient, at("2026-11-27 10:00"), at("2026-11-29"), holidays)
    assert lunch.late == evening.late == at("2026-11-27 18:30")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"week": ((),) * 7}, "hours", "it is never open"),
        ({"week": ((span_of("09:00-12:00"), span_of("11:00-13:00")), *((),) * 6)}, "hours", "monday: .* overlap"),
        ({"exceptions": (SpecialDay(date(2026, 1, 1)), SpecialDay(date(2026, 1, 1)))}, "exceptions", "twice"),
        ({"overflow_queue": "support"}, "overflow_queue", "circle: support → support"),
        ({"closed_queue": "night"}, "closed_queue", "circle: support → night → support"),
        ({"queues": ("support", "night")}, "queues", "queue night lives by calendar night already"),
        ({"closed_sound": "a&b"}, "closed_sound", "no sound's name"),
        ({"closing_minutes": 9_999}, "closing_minutes", "between 0 and 240"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(change: dict[str, object], field: str, says: str) -> None:
    night = Calendar("night", "Europe/Tallinn", ("night",), (WORK,) * 7, closed_queue="support")
    check(SHOP, [replace(night, closed_queue="")])
    with pytest.raises(Contradiction, match=says) as refused:
        check(replace(SHOP, **change), [night])  # type: ignore[arg-type]
    assert refused.value.field == field
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["9-17", "09:00", "17:00-09:00", "09:00-25:00", "09:61-10:00", "٠٩:00-10:00", "09:00-09:00"]
)
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|closes before|no clock"):
        span_of(text)


def test_times_are_written_as_they_were_read() -> None:
    assert [text_of(span_of(text)) for text in ("9:05-17:00", "00:00-24:00")] == ["09:05-17:00", "00:00-24:00"]


def test_what_is_probably_not_meant_is_warned_of() -> None:
    past = Calendar("past", "Europe/Tallinn", (), exceptions=(SpecialDay(date(2020, 1, 1), WORK),))
    found = warnings(past, at("2026-11-27"), holidays)
    assert any("does not open within a year" in one for one in found)
    assert any("No queue lives by" in one for one in found)
    assert warnings(SHOP, at("2026-11-27"), holidays) == ()


# -- what Asterisk is told ---------------------------------------------------------------------------------------------


def ready(*calendars: Calendar) -> Hours:
    hours = Hours(holidays)
    hours.use(["support", "sales"], calendars)
    hours.link(ready=True)
    return hours


def test_closures_are_written_ahead_and_again() -> None:
    hours, now = ready(SHOP), at("2026-11-27 17:30")
    support, sales = hours.due(now)
    assert support.queue == "support"
    assert [(one.start, one.end) for one in support.closed[:2]] == [
        (0, at("2026-11-30 09:00").timestamp()),
        (at("2026-11-30 12:00").timestamp(), at("2026-11-30 13:00").timestamp()),
    ]
    assert sales == SayHours("sales")
    assert hours.due(now + AGAIN / 2) == []
    # A dialplan that was reloaded has forgotten; a queue without hours needs nothing.
    assert hours.due(now + AGAIN) == [support]
    hours.use(["support", "sales"], [])
    assert hours.due(now + AGAIN) == [SayHours("support")]


def test_nothing_is_said_to_an_asterisk_that_is_away() -> None:
    hours = ready(SHOP)
    hours.link(ready=False)
    assert hours.due(at("2026-11-27 10:00")) == []
    hours.link(ready=True)
    assert len(hours.due(at("2026-11-27 10:00"))) == 2


def test_an_emergency_is_said_at_once_and_ends_by_itself() -> None:
    hours, now = ready(SHOP), at("2026-11-27 10:00")
    hours.due(now)
    until = now + timedelta(hours=4)
    hours.use(["support", "sales"], [replace(SHOP, emergency=Emergency(now, until, "chief"))])
    assert [one.emergency_until for one in hours.due(now)] == [until.timestamp()]
    assert [one.emergency_until for one in hours.due(until)] == [0]
