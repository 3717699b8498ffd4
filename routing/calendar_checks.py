"""Whether a calendar makes sense: what is refused, and what is only warned of, one clear sentence each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from routing.calendars import WEEKDAYS, Calendar, Holidays, Span, opens_next, text_of

MOST_SPANS: Final = 12
MOST_EXCEPTIONS: Final = 400
MOST_QUEUES: Final = 200
LONGEST_CLOSING: Final = 240
LONGEST_EMERGENCY: Final = timedelta(days=7)
_SOUND = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_/-]{0,79}", re.ASCII)
_NAME = re.compile(r"\w[\w .-]{0,79}")


class Contradiction(Exception):
    """``field``: which part of the calendar; the text is one sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def check(calendar: Calendar, others: Sequence[Calendar] = ()) -> None:
    """Raises Contradiction for what cannot be, by itself or beside the other calendars."""
    if not _NAME.fullmatch(calendar.name):
        raise Contradiction("name", "a calendar's name is 1 to 80 letters, digits, blanks, dots and dashes")
    _spans("hours", "", calendar)
    for field in ("closed_sound", "holiday_sound", "late_sound", "emergency_sound"):
        sound = getattr(calendar, field)
        if sound and not _SOUND.fullmatch(sound):
            raise Contradiction(field, f"{sound[:40]!r} is no sound's name: write it like helin/closed")
    if not 0 <= calendar.closing_minutes <= LONGEST_CLOSING:
        raise Contradiction("closing_minutes", f"closing_minutes must be between 0 and {LONGEST_CLOSING}")
    if not 0 <= calendar.overflow_after_seconds <= 86_400:
        raise Contradiction("overflow_after_seconds", "overflow_after_seconds must be between 0 and 86400")
    if len(calendar.queues) > MOST_QUEUES:
        raise Contradiction("queues", f"at most {MOST_QUEUES} queues can live by one calendar")
    _opens(calendar)
    _leads_somewhere(calendar, others)


def _spans(field: str, what: str, calendar: Calendar) -> None:
    days = [(name, spans) for name, spans in zip(WEEKDAYS, calendar.week, strict=True)]
    days += [("on_holidays", calendar.on_holidays)]
    days += [(one.day.isoformat(), one.spans) for one in calendar.exceptions]
    for name, spans in days:
        _of_day(name, spans)
    dates = sorted(one.day for one in calendar.exceptions)
    for one, next_ in pairwise(dates):
        if one == next_:
            raise Contradiction("exceptions", f"{one} stands among the exceptions twice; keep one")
    if len(dates) > MOST_EXCEPTIONS:
        raise Contradiction("exceptions", f"at most {MOST_EXCEPTIONS} exceptions; take out the past ones")


def _of_day(name: str, spans: Sequence[Span]) -> None:
    field = name if name == "on_holidays" else "hours" if name in WEEKDAYS else "exceptions"
    if len(spans) > MOST_SPANS:
        raise Contradiction(field, f"{name} has more than {MOST_SPANS} times")
    for one, next_ in pairwise(sorted(spans)):
        if next_.opens < one.closes:
            sentence = f"{name}: {text_of(one)} and {text_of(next_)} overlap; make them one"
            raise Contradiction(field, sentence)


def _opens(calendar: Calendar) -> None:
    if not any(calendar.week) and not any(one.spans for one in calendar.exceptions):
        sentence = "it is never open: give a weekday its hours, or switch the emergency message on when you must close"
        raise Contradiction("hours", sentence)


def _leads_somewhere(calendar: Calendar, others: Sequence[Calendar]) -> None:
    """No queue lives by two calendars, and no way of callers leads round in a circle."""
    for other in others:
        twice = sorted(set(other.queues) & set(calendar.queues)) if other.name != calendar.name else []
        if twice:
            sentence = f"queue {twice[0]} lives by calendar {other.name} already; take it out there first"
            raise Contradiction("queues", sentence)
    every = [other for other in others if other.name != calendar.name] + [calendar]
    for field in ("closed_queue", "overflow_queue"):
        ways = {queue: getattr(one, field) for one in every for queue in one.queues if getattr(one, field)}
        for queue in calendar.queues:
            _no_circle(field, queue, ways)


def _no_circle(field: str, queue: str, ways: dict[str, str]) -> None:
    seen, at = [queue], queue
    while (at := ways.get(at, "")) and len(seen) < 1_000:
        seen.append(at)
        if at == queue:
            raise Contradiction(field, f"{field} leads callers round in a circle: {' → '.join(seen)}")
        if at in seen[:-1]:
            return


def warnings(calendar: Calendar, now: datetime, holidays: Holidays) -> tuple[str, ...]:
    """What is allowed, and probably not meant."""
    found = []
    today = now.astimezone(ZoneInfo(calendar.time_zone)).date()
    if opens_next(calendar, now, holidays) is None:
        found.append("From today on it does not open within a year: all its exceptions are past, and no weekday opens.")
    if not calendar.queues:
        found.append("No queue lives by this calendar, so no caller meets it.")
    if calendar.overflow_queue and not calendar.overflow_after_seconds and not calendar.overflow_when_alone:
        found.append(f"Nobody comes to {calendar.overflow_queue}: say after how many seconds, or when nobody is there.")
    if not calendar.overflow_queue and (calendar.overflow_after_seconds or calendar.overflow_when_alone):
        found.append("When callers are to overflow is said, but not to which queue.")
    if calendar.on_holidays and not calendar.country:
        found.append("There are hours on holidays, but no country whose holidays they are.")
    if calendar.country and not holidays(calendar.country, calendar.region, today.year):
        found.append("No public holidays are known for this country.")
    past = [one.day for one in calendar.exceptions if one.day < today - timedelta(days=31)]
    if past:
        found.append(f"{len(past)} exceptions are past; they can be taken out.")
    return (*found, *_said_in_vain(calendar, today))


def _said_in_vain(calendar: Calendar, today: date) -> tuple[str, ...]:
    same = [
        one.day
        for one in calendar.exceptions
        if one.day >= today and not calendar.country and set(one.spans) == set(calendar.week[one.day.weekday()])
    ]
    return tuple(f"The exception on {day} says what its weekday says." for day in same[:3])
