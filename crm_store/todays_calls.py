"""The ended calls since some midnight, for counts that are kept in memory and begin anew with each start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import literal, select, tuple_

from crm_store.database import Database
from crm_store.schema import Stamp, calls
from routing.today import Ended, Today

PAGE = 5_000


class TodaysCalls:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, today: Today, now: datetime) -> None:
        """Counts all of today anew. Raises StoreAway; then the figures stay as they were."""
        fresh = today.warming()
        async for page in self.since(today.begins(now)):
            fresh.take(page)
            await asyncio.sleep(0)
        today.warmed(fresh)
        today.advance(now)

    async def since(self, begin: datetime) -> AsyncIterator[list[Ended]]:
        """Those that began at or after it, oldest first, in pages; each page is read when the one before is done with.

        Raises StoreAway.
        """
        of = calls.c
        columns = (
            of.id, of.direction, of.queue, of.started_at, of.queued_at, of.answered_at, of.unqueued_at, of.ended_at,
            of.outcome,
        )  # fmt: skip
        query = select(*columns).where(of.direction == "inbound", of.queue.is_not(None), of.ended_at.is_not(None))
        query = query.order_by(of.started_at, of.id).limit(PAGE)
        at, last = begin, ""
        while True:
            async with self._database.reading() as connection:
                page = query.where(
                    of.started_at >= at, tuple_(of.started_at, of.id) > tuple_(literal(at, Stamp), literal(last))
                )
                rows = (await connection.execute(page)).all()
            if rows:
                yield [Ended(*row) for row in rows]
            if len(rows) < PAGE:
                return
            at, last = rows[-1].started_at, rows[-1].id
