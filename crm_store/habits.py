"""What each queue's records say of its calls: how long one takes, and how patient callers are. Read now and then, never
while somebody waits for the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from crm_store.database import Database
from crm_store.figures import Figures, FigureWish
from crm_store.schema import calls
from crm_store.state_times import StateTimes
from routing.figures import MILLION
from routing.outlook import Habits

TALKS_DAYS: Final = 28
LATEST: Final = 5_000
"""Calls that say how patient callers are, of at most so many days:"""
LATEST_DAYS: Final = 7
FEWEST: Final = 5
"""Talks, or callers who gave up: of fewer nothing is said."""


class QueueHabits:
    def __init__(self, database: Database, figures: Figures, state_times: StateTimes) -> None:
        self._database = database
        self._figures = figures
        self._state_times = state_times

    async def all(self, now: datetime) -> dict[str, Habits]:
        """By queue, without a forecast. Raises StoreAway."""
        wrap = await self._wrap_up(now)
        talks = await self._talks(now, now - timedelta(days=TALKS_DAYS), ("queue",))
        patience = await self._patience(now)
        names = {key[0] for key in talks} | set(patience)
        return {
            name: Habits(talks[(name,)] + wrap if (name,) in talks else None, patience.get(name))
            for name in names
            if name
        }

    async def _talks(self, now: datetime, since: datetime, keys: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        """Seconds of a talk on the average."""
        wish = FigureWish(since, now, keys=keys, only={"direction": ("inbound",)}, sums=("talk", "talks"))
        found = (await self._figures.of(wish)).cells
        return {
            key: sums["talk"] / sums["talks"] / MILLION for (key, _), sums in found.items() if sums["talks"] >= FEWEST
        }

    async def _wrap_up(self, now: datetime) -> float:
        """Seconds of wrapping up for each talk of the last day, of all queues together."""
        since = now - timedelta(days=1)
        times = await self._state_times.of([(since, now)], None, now)
        spent = sum(micros for (_, state, _, _), micros in times.items() if state == "wrap_up")
        talks = await self._figures.of(FigureWish(since, now, sums=("talks",)))
        many = sum(sums["talks"] for sums in talks.cells.values())
        return spent / many / MILLION if many else 0.0

    async def _patience(self, now: datetime) -> dict[str, float]:
        """All waits ÷ those who gave up: what is most likely where who was answered would have waited on (the estimate
        of censored exponential times)."""
        of = calls.c
        latest = (
            select(of.queue, of.outcome, of.started_at, of.queued_at, of.answered_at, of.unqueued_at, of.ended_at)
            .where(of.started_at >= now - timedelta(days=LATEST_DAYS), of.direction == "inbound")
            .where(of.queue.is_not(None), of.ended_at.is_not(None))
            .order_by(of.started_at.desc())
            .limit(LATEST)
        )
        waits, gave_up = dict[str, float](), dict[str, int]()
        async with self._database.reading() as connection:
            rows: Any = (await connection.execute(latest)).all()
        for row in rows:
            until = row.answered_at or row.unqueued_at or row.ended_at
            waited = max(0.0, (until - (row.queued_at or row.started_at)).total_seconds())
            waits[row.queue] = waits.get(row.queue, 0.0) + waited
            gave_up[row.queue] = gave_up.get(row.queue, 0) + (row.outcome == "abandoned")
        return {queue: max(1.0, waits[queue] / many) for queue, many in gave_up.items() if many >= FEWEST}
