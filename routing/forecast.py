"""How many calls to expect of each half hour, from those of the past weeks. Pure.

A half hour's calls are taken as *level × shape*: the level is what an ordinary day of these weeks brings, and drifts;
the shape is what share of it this half hour of this weekday has (a seasonal index, the classical decomposition that
Makridakis, Wheelwright and Hyndman tell; for call centres Taylor 2008 finds nothing much better a week ahead). The
level is the exponentially weighted calls of ordinary days ÷ what their weekdays have of it, with the half-life that
would have told the days before best. A half hour that few weeks know leans on how all days go. Special days (public
holidays and exceptions of the queue's calendar) teach neither level nor shape; what they bring of an ordinary day, open
and closed, is learnt from those that were. Half hours are the wall clock's, so a day of 23 or 25 hours is right.

What comes is more scattered than chance alone (Poisson): the spread is what it was in the tested weeks, and the bands
are those of a negative binomial distribution.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from routing.calendars import Calendar, Holidays, plan_of
from routing.figures import intervals

DAYS_NEEDED: Final = 14
HALF_LIVES: Final = (7.0, 14.0, 28.0, 56.0)
"""Days, of the level."""
SHAPE_HALF_LIFE: Final = 42.0
LEANS: Final = 0.5
"""Weeks that the way all days go weighs beside the weekday's own."""
UNLIKE: Final = 3
"""A half hour in which nobody ever called on so many of this weekday is none in which others' calls count."""
TESTED_WEEKS: Final = 4
USUAL_SPREAD: Final = 0.15
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Half:
    """A half hour from ``at`` (UTC), shorter where it is cut. ``day``, ``slot``: of the wall clock, 0 to 47.

    ``special``: the name of the day's holiday or exception, a space if it has none; "": an ordinary day.
    """

    at: datetime
    until: datetime
    day: date
    slot: int
    open: bool = True
    special: str = ""

    @property
    def part(self) -> float:
        return (self.until - self.at).total_seconds() / 1800.0


@dataclass(frozen=True, slots=True)
class Model:
    """``level``: calls of an ordinary day; ``weekday``: what each has of it; ``shape``: what each (weekday, slot) has.

    ``special``: what a special day has of an ordinary one, while it is open, and closed.
    """

    level: float
    weekday: tuple[float, ...]
    shape: Mapping[tuple[int, int], float]
    special: Mapping[bool, float]
    half_life: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of weeks that were forecast from what was known before them. ``wape``: the errors of half hours, without their
    sign, ÷ the calls; ``naive``: the same of "as in this half hour a week before"; ``bias``: (forecast − calls) ÷
    calls.
    ``inside``: the share of half hours within the band. ``spread``: beyond chance, as a share of the forecast."""

    weeks: int
    calls: int
    wape: float
    naive: float
    bias: float
    inside: float
    spread: float


def halves(begin: datetime, end: datetime, zone: ZoneInfo, calendar: Calendar | None, holidays: Holidays) -> list[Half]:
    """In order, by the clock of ``zone``. Without a calendar every half hour is open and no day special."""
    found, plans = [], dict[date, tuple[str, tuple[tuple[int, int], ...]]]()
    for at, until in intervals(begin, end, "half_hour", zone):
        there = at.astimezone(zone)
        open_, special = True, ""
        if calendar is not None:
            theirs = at.astimezone(ZoneInfo(calendar.time_zone))
            if theirs.date() not in plans:
                plan = plan_of(calendar, theirs.date(), holidays)
                name = "" if plan.kind == "closed" else plan.name or " "
                plans[theirs.date()] = name, tuple((span.opens, span.closes) for span in plan.spans)
            special, spans = plans[theirs.date()]
            minute = theirs.hour * 60 + theirs.minute
            open_ = any(opens < minute + 30 and minute < closes for opens, closes in spans)
        found.append(Half(at, until, there.date(), there.hour * 2 + there.minute // 30, open_, special))
    return found


Past = Sequence[tuple[Half, int]]
"""Half hours and the calls that came in them, whole days, in order."""


def fit(past: Past) -> Model | None:
    """None: there are fewer than DAYS_NEEDED days with calls to learn from."""
    totals, special = _days(past)
    ordinary = [day for day in totals if day not in special]
    if len(ordinary) < DAYS_NEEDED or not any(totals[day] for day in ordinary):
        return None
    weekday, levels = _weekdays(ordinary, totals)
    half_life = min(HALF_LIVES, key=lambda life: _misses(ordinary, totals, weekday, life))
    level = _level(ordinary, totals, weekday, half_life, ordinary[-1] + timedelta(days=1))
    near = {day: _nearest(levels, day, level) for day in totals}
    shape = _shape(past, near, weekday, special, ordinary[-1])
    return Model(level, weekday, shape, _specials(past, near, shape, special, level), half_life)


def expected(model: Model, half: Half) -> float:
    """Calls of this half hour on the average."""
    calls = model.level * model.shape.get((half.day.weekday(), half.slot), 0.0) * half.part
    return calls * model.special[half.open] if half.special else calls


def backtest(past: Past, weeks: int = TESTED_WEEKS) -> Accuracy | None:
    """Forecasts each of the last weeks from what was known before it. None: there is too little past for one."""
    days = sorted({half.day for half, _ in past})
    by_half = {(half.day, half.slot): calls for half, calls in past}
    tested: list[list[tuple[float, int, float]]] = []
    for back in range(weeks, 0, -1):
        if len(days) < 7 * back + DAYS_NEEDED:
            continue
        origin, end = days[-7 * back], days[-7 * back] + timedelta(days=7)
        model = fit([one for one in past if one[0].day < origin])
        if model is None:
            continue
        week = timedelta(days=7)
        tested.append(
            [
                (expected(model, half), calls, by_half.get((half.day - week, half.slot), 0))
                for half, calls in past
                if origin <= half.day < end
            ]
        )
    return _accuracy(tested)


def band(calls: float, spread: float) -> tuple[int, int]:
    """Between these are nine of ten."""
    if calls <= 0:
        return 0, 0
    variance = calls + (spread * calls) ** 2
    if calls > 400:
        wide = 1.645 * math.sqrt(variance)
        return max(0, math.floor(calls - wide)), math.ceil(calls + wide)
    chance = _chances(calls, spread)
    low, total, n = -1, 0.0, 0
    while True:
        total += next(chance)
        if low < 0 and total >= LOW:
            low = n
        if total >= HIGH or n > calls + 20.0 * math.sqrt(variance) + 20.0:
            return max(0, low), n
        n += 1


def _chances(calls: float, spread: float) -> Iterator[float]:
    """Of 0, 1, 2 … calls: negative binomial, or Poisson without a spread."""
    if spread < 1e-3:
        chance, n = math.exp(-calls), 0
        while True:
            yield chance
            n += 1
            chance *= calls / n
    size = 1.0 / spread**2
    fail, chance, n = calls / (size + calls), math.exp(-size * math.log1p(calls / size)), 0
    while True:
        yield chance
        chance *= (size + n) / (n + 1) * fail
        n += 1


def _days(past: Past) -> tuple[dict[date, int], set[date]]:
    totals, special = dict[date, int](), set[date]()
    for half, calls in past:
        totals[half.day] = totals.get(half.day, 0) + calls
        if half.special:
            special.add(half.day)
    return totals, special


def _weekdays(ordinary: Sequence[date], totals: Mapping[date, int]) -> tuple[tuple[float, ...], dict[date, float]]:
    """What each weekday has of a day, and the level around each day; each from the other, some times over."""
    weekday = [1.0] * 7
    levels = dict[date, float]()
    for _ in range(4):
        for n, day in enumerate(ordinary):
            around = [near for near in ordinary[max(0, n - 6) : n + 7] if abs((near - day).days) <= 3]
            share = sum(weekday[near.weekday()] for near in around)
            levels[day] = sum(totals[near] for near in around) / share if share else 0.0
        for which in range(7):
            same = [day for day in ordinary if day.weekday() == which]
            level = sum(levels[day] for day in same)
            if same:
                weekday[which] = sum(totals[day] for day in same) / level if level else 0.0
    return tuple(weekday), levels


def _level(
    days: Sequence[date], totals: Mapping[date, int], weekday: Sequence[float], half_life: float, at: date
) -> float:
    weights = [(day, 0.5 ** ((at - day).days / half_life)) for day in days]
    share = sum(weight * weekday[day.weekday()] for day, weight in weights)
    return sum(weight * totals[day] for day, weight in weights) / share if share else 0.0


def _misses(days: Sequence[date], totals: Mapping[date, int], weekday: Sequence[float], half_life: float) -> float:
    """Of forecasts of each day from those a week and more before, without their sign."""
    missed, calls, share = 0.0, 0.0, 0.0
    fading, waiting, last = 0.5 ** (1.0 / half_life), list[date](), days[0]
    for day in days:
        fade = fading ** (day - last).days
        calls, share, last = calls * fade, share * fade, day
        while waiting and (day - waiting[0]).days >= 7:
            old = waiting.pop(0)
            weight = fading ** (day - old).days
            calls, share = calls + weight * totals[old], share + weight * weekday[old.weekday()]
        if share:
            missed += abs(totals[day] - weekday[day.weekday()] * calls / share)
        waiting.append(day)
    return missed


def _nearest(levels: Mapping[date, float], day: date, last: float) -> float:
    for away in range(15):
        for near in (day - timedelta(days=away), day + timedelta(days=away)):
            if near in levels:
                return levels[near]
    return last


def _shape(
    past: Past, near: Mapping[date, float], weekday: Sequence[float], special: set[date], last: date
) -> dict[tuple[int, int], float]:
    own_calls, own_level = defaultdict[tuple[int, int], float](float), defaultdict[tuple[int, int], float](float)
    all_calls, all_level = defaultdict[int, float](float), defaultdict[int, float](float)
    seen = defaultdict[tuple[int, int], int](int)
    for half, calls in past:
        if half.day in special:
            continue
        which, weight = (half.day.weekday(), half.slot), 0.5 ** ((last - half.day).days / SHAPE_HALF_LIFE)
        own_calls[which] += weight * calls
        own_level[which] += weight * near[half.day]
        seen[which] += 1
        all_calls[half.slot] += weight * calls
        all_level[half.slot] += weight * near[half.day] * weekday[half.day.weekday()]
    lean = LEANS * sum(near.values()) / len(near)
    found = dict[tuple[int, int], float]()
    for day in range(7):
        for slot in range(48):
            which, level = (day, slot), all_level[slot]
            usual = weekday[day] * all_calls[slot] / level if level else 0.0
            if seen[which] >= UNLIKE and not own_calls[which]:
                found[which] = 0.0
            elif own_level[which] + lean:
                found[which] = (own_calls[which] + lean * usual) / (own_level[which] + lean)
    return found


def _specials(
    past: Past, near: Mapping[date, float], shape: Mapping[tuple[int, int], float], special: set[date], level: float
) -> dict[bool, float]:
    """Unknown, an open one is like an ordinary day, and a closed one brings nothing."""
    came, due = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for half, calls in past:
        if half.day in special:
            came[half.open] += calls
            due[half.open] += near[half.day] * shape.get((half.day.weekday(), half.slot), 0.0)
    doubt = level / 4.0
    return {open_: (came[open_] + doubt * open_) / (due[open_] + doubt) for open_ in (True, False)}


def _accuracy(tested: Sequence[Sequence[tuple[float, int, float]]]) -> Accuracy | None:
    every = [one for week in tested for one in week]
    calls = sum(came for _, came, _ in every)
    if not calls:
        return None
    inside = many = 0
    for n, week in enumerate(tested):
        others = [one for m, other in enumerate(tested) if m != n or len(tested) == 1 for one in other]
        spread = _spread(others)
        for told, came, _ in week:
            if told >= 0.5 or came:
                low, high = band(told, spread)
                inside, many = inside + (low <= came <= high), many + 1
    return Accuracy(
        weeks=len(tested),
        calls=calls,
        wape=sum(abs(told - came) for told, came, _ in every) / calls,
        naive=sum(abs(before - came) for _, came, before in every) / calls,
        bias=(sum(told for told, _, _ in every) - calls) / calls,
        inside=inside / many if many else 1.0,
        spread=_spread(every),
    )


def _spread(tested: Iterable[tuple[float, int, float]]) -> float:
    """What is left of the errors' squares when chance has had its part."""
    beyond = square = 0.0
    for told, came, _ in tested:
        beyond += (told - came) ** 2 - told
        square += told**2
    return math.sqrt(max(0.0, beyond / square)) if square else 0.0


def after_first_call(past: Past) -> Past:
    """From the first day on which anybody called: before it there was nobody to count."""
    first = next((half.day for half, calls in past if calls), None)
    return [one for one in past if first is not None and one[0].day >= first]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
