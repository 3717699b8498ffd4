"""The forecast on invented days whose truth is known: weekdays, drift, a holiday, clocks that change."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.calendars import Calendar, Span, SpecialDay, no_holidays
from routing.forecast import Half, backtest, band, expected, fit, halves, midnight

TALLINN = ZoneInfo("Europe/Tallinn")
WEEK = (Span(8 * 60, 20 * 60),)
WEEKDAYS = (1.3, 1.1, 1.0, 0.95, 0.9, 0.45, 0.3)
HOLIDAY, SHORT = date(2026, 2, 24), date(2026, 1, 6)
CALENDAR = Calendar(
    "shop", "Europe/Tallinn", week=(WEEK,) * 7,
    exceptions=(SpecialDay(HOLIDAY, (), "Independence day"), SpecialDay(SHORT, (Span(8 * 60, 12 * 60),), "short")),
)  # fmt: skip
BEGIN = date(2025, 12, 15)


def truth(half: Half) -> float:
    """Two humps a day, 1 % more each week, nothing when closed."""
    if not half.open:
        return 0.0
    hour, weeks = half.slot / 2, (half.day - BEGIN).days / 7
    humps = math.exp(-(((hour - 10.5) / 2) ** 2)) + 0.7 * math.exp(-(((hour - 15) / 2.5) ** 2))
    return 30 * humps * WEEKDAYS[half.day.weekday()] * 1.01**weeks


def days(first: date, count: int) -> list[Half]:
    end = midnight(first + timedelta(days=count), TALLINN)
    return halves(midnight(first, TALLINN), end, TALLINN, CALENDAR, no_holidays)


def counted(some: list[Half], seed: int = 3) -> list[tuple[Half, int]]:
    """By chance, and each day a little busier or quieter than it should be."""
    dice, moods, found = random.Random(seed), dict[date, float](), []
    for half in some:
        mood = moods.setdefault(half.day, math.exp(dice.gauss(0, 0.08)))
        mean, calls = truth(half) * mood, 0
        left = dice.expovariate(1.0)
        while left < mean:
            left, calls = left + dice.expovariate(1.0), calls + 1
        found.append((half, calls))
    return found


def test_it_beats_the_same_half_hour_of_last_week_and_says_by_how_much() -> None:
    accuracy = backtest(counted(days(BEGIN, 12 * 7)))
    assert accuracy is not None
    assert accuracy.weeks == 4
    assert accuracy.wape < 0.85 * accuracy.naive
    assert accuracy.wape < 0.25
    assert abs(accuracy.bias) < 0.06
    assert accuracy.inside == pytest.approx(0.9, abs=0.06)
    assert accuracy.spread == pytest.approx(0.1, abs=0.07)


def test_the_weeks_to_come_are_near_the_truth() -> None:
    model = fit(counted(days(BEGIN, 12 * 7)))
    assert model is not None
    ahead = days(BEGIN + timedelta(days=84), 7)
    told, true = [expected(model, half) for half in ahead], [truth(half) for half in ahead]
    assert sum(told) == pytest.approx(sum(true), rel=0.06)
    missed = sum(abs(a - b) for a, b in zip(told, true, strict=True)) / sum(true)
    assert missed < 0.12, "what is left is mostly chance"


def test_a_holiday_teaches_nothing_to_its_weekday_and_is_told_before_it_comes() -> None:
    past = counted(days(BEGIN, 9 * 7 + 5))
    model = fit(past)
    assert model is not None
    sunday, tuesday = date(2026, 2, 22), date(2026, 3, 3)
    assert sum(expected(model, half) for half in days(HOLIDAY, 1)) < 5
    for day in (sunday, tuesday):
        true = sum(truth(half) for half in days(day, 1))
        assert sum(expected(model, half) for half in days(day, 1)) == pytest.approx(true, rel=0.15)
    blind = fit([(Half(h.at, h.until, h.day, h.slot), calls) for h, calls in counted(days(BEGIN, 11 * 7))])
    seeing = fit(counted(days(BEGIN, 11 * 7)))
    assert blind is not None
    assert seeing is not None
    assert blind.weekday[1] < seeing.weekday[1] - 0.03
    shapes = [sum(one.shape[1, slot] for slot in range(48)) for one in (blind, seeing)]
    assert shapes[1] == pytest.approx(seeing.weekday[1], rel=0.04), "the shape is that of ordinary Tuesdays"
    assert shapes[0] < shapes[1]
    mornings = sum(truth(half) for half in days(SHORT + timedelta(days=7), 1) if 16 <= half.slot < 24)
    assert sum(expected(model, half) for half in days(SHORT, 1)) == pytest.approx(mornings, rel=0.25)


@pytest.mark.parametrize(("day", "many"), [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 6, 1), 48)])
def test_a_day_has_as_many_half_hours_as_its_clock(day: date, many: int) -> None:
    found = days(day, 1)
    assert len(found) == many
    assert [half.slot for half in found] == sorted(half.slot for half in found) or many == 50
    assert all(half.day == day for half in found)
    nine = next(half for half in found if half.slot == 18)
    assert nine.at.astimezone(TALLINN).hour == 9, "what people do, they do by the clock"


def test_a_clock_that_changed_moves_no_calls() -> None:
    model = fit(counted(days(date(2026, 1, 19), 9 * 7)))
    assert model is not None
    summer = {half.slot: expected(model, half) for half in days(date(2026, 3, 30), 1)}
    assert summer[15] == 0
    assert summer[21] > 30


def test_a_new_queue_has_no_forecast_yet() -> None:
    assert fit([]) is None
    assert fit(counted(days(BEGIN, 13))) is None
    assert fit([(half, 0) for half in days(BEGIN, 60)]) is None
    assert backtest(counted(days(BEGIN, 20))) is None
    one = backtest(counted(days(BEGIN, 21)))
    assert one is not None
    assert one.weeks == 1


def test_nine_of_ten_lie_within_the_band() -> None:
    dice = random.Random(5)
    for mean, spread in ((0.4, 0.0), (6.0, 0.0), (40.0, 0.3), (900.0, 0.1)):
        low, high = band(mean, spread)
        inside = 0
        for _ in range(2000):
            left, calls = dice.expovariate(1.0), 0
            rate = dice.gammavariate(1 / spread**2, spread**2) * mean if spread else mean
            while left < rate:
                left, calls = left + dice.expovariate(1.0), calls + 1
            inside += low <= calls <= high
        assert 0.87 < inside / 2000 < 0.999
        assert low <= mean <= high or mean < 1
    assert band(0, 0.2) == (0, 0)


def test_a_zone_with_a_quarter_hour_has_half_hours_of_its_own() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    found = halves(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC), zone, None, no_holidays)
    assert [half.part for half in found] == [0.5, 1, 1, 1, 0.5]
