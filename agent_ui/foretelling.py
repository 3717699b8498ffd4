"""A queue's forecast: its past weeks from the store, its calendar's days, and the pure reckoning in a thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crm_store.public_holidays import holidays_of, make_ready
from crm_store.store import Store
from routing.calendars import Calendar
from routing.forecast import (
    Accuracy,
    Half,
    Model,
    Past,
    after_first_call,
    backtest,
    expected,
    fit,
    halves,
    midnight,
)

WEEKS: Final = 12
MOST_WEEKS: Final = 26
NEAR_AHEAD: Final = timedelta(hours=8)
NEAR_BEHIND: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """``accuracy`` None: the past is too short to test the forecast by."""

    zone: ZoneInfo
    halves: list[tuple[Half, float]]
    accuracy: Accuracy | None
    half_life: float


async def foretell(
    store: Store, queue: str, begin: datetime, end: datetime, zone: str, weeks: int, now: datetime
) -> Told | None:
    """Half hours from ``begin`` to ``end``; ``zone``: where the queue has no calendar. None: too little is known yet.

    Raises Refused, StoreAway.
    """
    calendar = next((one for one in await store.calendars.all() if queue in one.queues), None)
    where = ZoneInfo(calendar.time_zone if calendar is not None else zone)
    today = now.astimezone(where).date()
    first, last = midnight(today - timedelta(weeks=weeks), where), midnight(today, where)
    if calendar is not None:
        for year in sorted({first.year, last.year, end.year}):
            await make_ready([(calendar.country, calendar.region)], year)
    came = await store.loads.of(queue, first, last, where)
    return await asyncio.to_thread(_told, came, (first, last), (begin, end), where, calendar)


async def near(store: Store, queue: str, now: datetime) -> tuple[tuple[datetime, float], ...]:
    """The half hours around this moment, for the look ahead; empty where there is no forecast."""
    whole = now.replace(minute=0, second=0, microsecond=0)
    told = await foretell(store, queue, whole - NEAR_BEHIND, whole + NEAR_AHEAD, "UTC", WEEKS, now)
    return tuple((half.at, calls) for half, calls in told.halves) if told is not None else ()


def _told(
    came: list[int],
    past: tuple[datetime, datetime],
    future: tuple[datetime, datetime],
    zone: ZoneInfo,
    calendar: Calendar | None,
) -> Told | None:
    known: Past = list(zip(halves(*past, zone, calendar, holidays_of), came, strict=True))
    known = after_first_call(known)
    model: Model | None = fit(known)
    if model is None:
        return None
    asked = halves(*future, zone, calendar, holidays_of)
    return Told(zone, [(half, expected(model, half)) for half in asked], backtest(known), model.half_life)
