"""Opening hours: when a calendar is open, and why it is closed when it is not.

A calendar speaks in the wall clock of its zone, and the zone's changes of the clock are taken as people take them:
what opens or closes within the hour that is skipped does so at the change; in the hour that comes twice, what opens
does so the first time and what closes the second, so that no caller is sent away too early. Moments outside are aware
UTC. Which days are public holidays is told by whoever asks (:data:`Holidays`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Holidays = Callable[[str, str, int], Mapping[date, str]]
"""The public holidays of (country, region or "", year) with their names. A country nobody knows has none."""
Kind = Literal["open", "closed", "holiday", "exception"]
Then = Literal["hang_up", "wait"]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY: Final = 24 * 60


def no_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    return {}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``opens`` to ``closes``: minutes since midnight by the wall clock, 0 to 1440."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not like its weekday. No spans: closed all day."""

    day: date
    spans: tuple[Span, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Emergency:
    """A message that every caller hears first, ``since`` a supervisor switched it on, at the longest ``until``."""

    since: datetime
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """When queues are open, and what callers meet when they are not.

    ``week``: seven days' spans, Monday first. ``country`` (ISO 3166, "" for none) and ``region`` say which public
    holidays there are, ``on_holidays`` what is open then. ``exceptions`` go before holidays, those before the week.
    ``closing_minutes``: so long after closing are those served who already wait.
    Sounds are named as Asterisk names them, "" for the dialplan's own. ``closed_queue``: where callers go after the
    message while it is closed, "" hangs up. ``overflow_queue``: where those go who waited ``overflow_after_seconds``
    (0: as long as the dialplan lets them), or at once when nobody is logged in and ``overflow_when_alone``.
    """

    name: str
    time_zone: str
    queues: tuple[str, ...] = ()
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    country: str = ""
    region: str = ""
    on_holidays: tuple[Span, ...] = ()
    exceptions: tuple[SpecialDay, ...] = ()
    closing_minutes: int = 0
    closed_sound: str = ""
    holiday_sound: str = ""
    late_sound: str = ""
    closed_queue: str = ""
    overflow_queue: str = ""
    overflow_after_seconds: int = 0
    overflow_when_alone: bool = False
    emergency_sound: str = ""
    emergency_then: Then = "hang_up"
    emergency: Emergency | None = None

    def in_emergency(self, now: datetime) -> bool:
        return self.emergency is not None and self.emergency.since <= now < self.emergency.until


@dataclass(frozen=True, slots=True)
class Stretch:
    """``kind`` and ``name`` from ``start`` to before ``end``: for an open one too, what kind of day made it so is
    ``day_kind`` (``closed`` for an ordinary day)."""

    start: datetime
    end: datetime
    kind: Kind
    name: str = ""

    @property
    def open(self) -> bool:
        return self.kind == "open"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What holds on one day of the calendar's zone."""

    day: date
    spans: tuple[Span, ...]
    kind: Kind
    name: str = ""


def span_of(text: str) -> Span:
    """``09:00-17:00``, at the latest ``24:00``. Raises ValueError with one sentence."""
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError(f"{text[:20]!r} must look like 09:00-17:00")
    span = Span(_minutes(opens, text), _minutes(closes, text))
    if span.opens >= span.closes:
        raise ValueError(
            f"{text[:20]!r} closes before it opens; over midnight write two: {opens.strip()}-24:00, and "
            f"00:00-{closes.strip()} on the next day"
        )
    return span


def _minutes(text: str, whole: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    digits = all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hours, minutes))
    if not colon or not digits or len(minutes) != 2:
        raise ValueError(f"{whole[:20]!r} must look like 09:00-17:00")
    value = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or value > DAY:
        raise ValueError(f"{whole[:20]!r} has a time that no clock shows")
    return value


def text_of(span: Span) -> str:
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (span.opens, span.closes))


def plan_of(calendar: Calendar, day: date, holidays: Holidays) -> DayPlan:
    """What holds on this day: its exception, else its holiday, else its weekday."""
    for special in calendar.exceptions:
        if special.day == day:
            return DayPlan(day, special.spans, "exception", special.name)
    name = holidays(calendar.country, calendar.region, day.year).get(day) if calendar.country else None
    if name is not None:
        return DayPlan(day, calendar.on_holidays, "holiday", name)
    return DayPlan(day, calendar.week[day.weekday()], "closed")


def moment(day: date, minutes: int, zone: ZoneInfo, closing: bool = False) -> datetime:
    """When the wall clock shows this on that day: see the module's text for the hours of a change."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    at = wall.replace(tzinfo=zone, fold=int(closing)).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return _change(before, after, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, to the second, in which the zone's clock jumps between these two."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, zone).utcoffset() == old
        low, high = (middle, high) if same else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def stretches(calendar: Calendar, start: datetime, end: datetime, holidays: Holidays) -> Iterator[Stretch]:
    """From ``start`` to ``end`` without a gap. Open ones that touch are one; closed ones are cut at midnight where the
    reason changes."""
    zone = ZoneInfo(calendar.time_zone)
    day, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    joined: Stretch | None = None
    while day <= last:
        for piece in _of_day(plan_of(calendar, day, holidays), zone):
            clipped = Stretch(max(piece.start, start), min(piece.end, end), piece.kind, piece.name)
            if clipped.start >= clipped.end:
                continue
            if joined is not None and (joined.kind, joined.name) == (clipped.kind, clipped.name):
                joined = Stretch(joined.start, clipped.end, joined.kind, joined.name)
                continue
            if joined is not None:
                yield joined
            joined = clipped
        day += timedelta(days=1)
    if joined is not None:
        yield joined


def _of_day(plan: DayPlan, zone: ZoneInfo) -> Iterator[Stretch]:
    """The whole day, in order, without a gap."""
    at, end = moment(plan.day, 0, zone), moment(plan.day, DAY, zone)
    for span in sorted(plan.spans):
        opens = max(at, moment(plan.day, span.opens, zone))
        closes = min(end, moment(plan.day, span.closes, zone, closing=span.closes < DAY))
        if opens >= closes:
            continue
        if at < opens:
            yield Stretch(at, opens, plan.kind, plan.name)
        yield Stretch(opens, closes, "open")
        at = closes
    if at < end:
        yield Stretch(at, end, plan.kind, plan.name)


LOOKS_AHEAD: Final = timedelta(days=400)
"""So far a next opening is looked for."""


def now_in(calendar: Calendar, now: datetime, holidays: Holidays) -> Stretch:
    """What holds now, and until when at least."""
    return next(stretches(calendar, now, now + timedelta(days=15), holidays))


def opens_next(calendar: Calendar, now: datetime, holidays: Holidays) -> datetime | None:
    """When it is open next: now, if it is. None when that is not within a year."""
    for one in stretches(calendar, now, now + LOOKS_AHEAD, holidays):
        if one.open:
            return one.start
    return None


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed from ``start`` to ``end``. ``late``: when callers are told who wait since before it: None if it opens
    again sooner, and nothing else closes within what is looked at."""

    start: datetime
    end: datetime
    kind: Kind
    late: datetime | None


def closures(calendar: Calendar, now: datetime, end: datetime, holidays: Holidays) -> tuple[Closure, ...]:
    """Those that are not over at ``now`` and begin before ``end``, in order."""
    return _with_late(tuple(stretches(calendar, now, end, holidays)), timedelta(minutes=calendar.closing_minutes))


def _with_late(found: Sequence[Stretch], grace: timedelta) -> tuple[Closure, ...]:
    """From the end: who waits when a closure begins is told then, or is still waiting when the next one begins."""
    made: list[Closure] = []
    late: datetime | None = None
    closed_until: datetime | None = None
    for one in reversed(found):
        if one.open:
            closed_until = None
            continue
        closed_until = closed_until or one.end
        late = one.start + grace if one.start + grace < closed_until else late
        made.append(Closure(one.start, one.end, one.kind, late))
    return tuple(reversed(made))
