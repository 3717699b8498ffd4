"""When a scheduled report is due, and which time it is about: the whole day, week or month before. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

Every = Literal["day", "week", "month"]
EVERY: Final[tuple[Every, ...]] = get_args(Every)


def next_due(every: Every, minute: int, zone: ZoneInfo, after: datetime) -> datetime:
    """The first time after ``after`` that it is ``minute`` minutes past midnight in ``zone``: of any day, of a Monday,
    of a first of the month. UTC."""
    day = after.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for _ in range(40):
        if (every != "week" or day.weekday() == 0) and (every != "month" or day.day == 1):
            due = day.replace(hour=minute // 60, minute=minute % 60).astimezone(UTC)
            if due > after:
                return due
        day = (day + timedelta(days=1)).replace(hour=0, minute=0)
    raise AssertionError("every month has a first day")


def time_of(every: Every, zone: ZoneInfo, due: datetime) -> tuple[datetime, datetime]:
    """What a report that was due then is about: from, to; UTC."""
    end = due.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if every == "week":
        end -= timedelta(days=end.weekday())
    if every == "month":
        end = end.replace(day=1)
    begin = end - timedelta(days={"day": 1, "week": 7, "month": 1}[every])
    if every == "month":
        begin = begin.replace(day=1)
    return begin.astimezone(UTC), end.astimezone(UTC)
