"""Hours by the clock on the wall, wherever the number's people may be, and when they come next.

Zones change their offset, so a wall clock may skip an hour or show it twice; an hour shown twice counts both times.
Whether a call is allowed can only begin to be so when some zone's hours open, or where a clock is put on or back: those
are the moments that are tried, in their order, and the first at which every zone agrees is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

Week = tuple[tuple[tuple[int, int], ...], ...]
"""For Monday to Sunday: spans from a minute since midnight to before another one."""

LOOKS_AHEAD: Final = 15
"""Days: longer than any row of holidays and Sundays."""
QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Holidays:
    """``years``: those that were looked up. What nobody looked up allows nothing."""

    country: str
    days: frozenset[date]
    years: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hours:
    """``holidays``: days without any call; None: days like others."""

    week: Week
    holidays: Holidays | None = None

    def allow(self, zone: str, at: datetime) -> bool:
        here = at.astimezone(ZoneInfo(zone))
        if self.holidays is not None and (here.year not in self.holidays.years or here.date() in self.holidays.days):
            return False
        minute = here.hour * 60 + here.minute
        return any(opens <= minute < closes for opens, closes in self.week[here.weekday()])

    def allow_all(self, zones: tuple[str, ...], at: datetime) -> bool:
        """No zone allows nothing: nobody knows what time it is there."""
        return bool(zones) and all(self.allow(zone, at) for zone in zones)

    def next(self, zones: tuple[str, ...], now: datetime) -> datetime | None:
        """The first moment from now on at which all zones allow a call; None if there is none within two weeks."""
        if self.allow_all(zones, now):
            return now
        return _next(self, zones, now.astimezone(UTC).replace(second=0, microsecond=0)) if zones else None


@lru_cache(maxsize=4096)
def _next(hours: Hours, zones: tuple[str, ...], minute: datetime) -> datetime | None:
    """Leads by the thousand share their zones and their minute."""
    for days in range(LOOKS_AHEAD):
        begins = datetime.combine(minute.date() + timedelta(days=days), time(), UTC)
        alike, changes = _alike(zones, begins)
        for at in _moments(hours, alike, begins, changes):
            if at >= minute and hours.allow_all(alike, at):
                return at
    return None


def _alike(zones: tuple[str, ...], begins: datetime) -> tuple[tuple[str, ...], bool]:
    """One zone for each way that the clocks go from then on for a day, and whether any is changed meanwhile."""
    found: dict[object, str] = {}
    changes = False
    for zone in zones:
        here = ZoneInfo(zone)
        first, last = (at.astimezone(here).utcoffset() for at in (begins, begins + timedelta(days=1)))
        changes = changes or first != last
        found.setdefault(first if first == last else zone, zone)
    return tuple(found.values()), changes


def _moments(hours: Hours, zones: tuple[str, ...], begins: datetime, changes: bool) -> list[datetime]:
    """Of a day, in their order. Offsets change at a quarter of an hour, so the quarters stand for all clock changes."""
    found = {begins + n * QUARTER for n in range(96 if changes else 1)}
    for zone in zones:
        for near in (-1, 0, 1):
            found.update(_openings(hours, zone, begins.date() + timedelta(days=near)))
    return sorted(at for at in found if begins <= at < begins + timedelta(days=1))


def _openings(hours: Hours, zone: str, day: date) -> Iterator[datetime]:
    for opens, _ in hours.week[day.weekday()]:
        yield from _walls(zone, day, opens)


def _walls(zone: str, day: date, minute: int) -> tuple[datetime, datetime]:
    """When the clock on the wall shows this: twice where it is put back, and around the gap where it is put on."""
    hour, minute = divmod(minute, 60)
    shown = (datetime.combine(day, time(hour, minute, fold=fold), ZoneInfo(zone)) for fold in (0, 1))
    first, last = sorted(wall.astimezone(UTC) for wall in shown)
    return first, last


@dataclass(frozen=True, slots=True)
class DayPart:
    """From ``begins`` (minutes since midnight) to where the next one of the day begins."""

    name: str
    begins: int


def part_of(parts: tuple[DayPart, ...], zone: str, at: datetime) -> tuple[date, int]:
    """The day by this zone's clock and which of its parts; before the first one begins it is the day before's last."""
    here = at.astimezone(ZoneInfo(zone))
    minute = here.hour * 60 + here.minute
    begun = [n for n, part in enumerate(parts) if part.begins <= minute]
    return (here.date(), begun[-1]) if begun else (here.date() - timedelta(days=1), len(parts) - 1)


def day_of(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def next_part(parts: tuple[DayPart, ...], zone: str, at: datetime) -> datetime:
    """When the part of the day after this one begins."""
    day, n = part_of(parts, zone, at)
    day, n = (day, n + 1) if n + 1 < len(parts) else (day + timedelta(days=1), 0)
    return _first(day, parts[n].begins, zone, lambda when: part_of(parts, zone, when) >= (day, n))


def next_day(zone: str, at: datetime) -> datetime:
    """When this zone's next day begins."""
    day = day_of(zone, at) + timedelta(days=1)
    return _first(day, 0, zone, lambda when: day_of(zone, when) >= day)


def _first(day: date, minute: int, zone: str, reached: Callable[[datetime], bool]) -> datetime:
    at, last = _walls(zone, day, minute)
    while at < last and not reached(at):
        at += timedelta(minutes=1)
    return at
