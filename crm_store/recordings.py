"""Recordings as the store knows them: which file is whose, what was erased on purpose, what must not be erased.

The sound itself is in a folder (:mod:`crm_store.sound`). That a recording began, was paused and ended is in the journal
and in the call's record; what became of its file afterwards is here, where no rebuild touches it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select

from crm_store.database import Database
from crm_store.schema import calls, erased_recordings, legal_holds, queues, recordings
from crm_store.values import upsert

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """When and by whom something was erased or held."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording with its call. ``ended``: the call is over; ``erased``: its file is gone on purpose."""

    call: str
    file: str
    queue: str | None
    started_at: datetime
    ended: bool
    erased: bool


class Recordings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def erased(self, files: Sequence[str]) -> dict[str, Mark]:
        """Those of the files that were erased on purpose."""
        query = select(erased_recordings).where(erased_recordings.c.file.in_(files))
        async with self._database.reading() as connection:
            return {row.file: Mark(row.at, row.by) for row in await connection.execute(query)}

    async def mark_erased(self, file: str, at: datetime, by: str) -> None:
        await self._mark(erased_recordings, "file", file, at, by)

    async def held(self, call: str) -> Mark | None:
        """The legal hold on the call's recordings."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(legal_holds).where(legal_holds.c.call_id == call))).first()
        return Mark(row.at, row.by) if row else None

    async def hold(self, call: str, at: datetime, by: str) -> None:
        """From now on nobody may erase them. An earlier hold stays as it is."""
        await self._mark(legal_holds, "call_id", call, at, by)

    async def release(self, call: str) -> bool:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(legal_holds).where(legal_holds.c.call_id == call))).rowcount > 0

    async def _mark(self, table: Any, key: str, value: str, at: datetime, by: str) -> None:
        row = {key: value, "at": at, "by": by}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, table, row, (key,), change=()), row)

    async def all(self) -> AsyncIterator[Kept]:
        """Every recording, by file."""
        last = ""
        while True:
            query = _kept().where(recordings.c.file > last).order_by(recordings.c.file).limit(AT_ONCE)
            found = await self._read(query)
            for each in found:
                yield each
            if len(found) < AT_ONCE:
                return
            last = found[-1].file

    async def overdue(self, now: datetime, keep_days: int) -> tuple[Kept, ...]:
        """The oldest recordings that have been kept long enough and that no hold protects, at most AT_ONCE.

        ``keep_days`` is for calls of queues that have no number of their own; 0 means for ever.
        """
        async with self._database.reading() as connection:
            own = await connection.execute(
                select(queues.c.name, queues.c.recording_keep_days).where(queues.c.recording_keep_days.is_not(None))
            )
            days: dict[str, int] = {row.name: row.recording_keep_days for row in own}
        old = [_older(calls.c.queue == queue, now, kept) for queue, kept in days.items() if kept > 0]
        if keep_days > 0:
            others = or_(calls.c.queue.is_(None), calls.c.queue.not_in(list(days)))
            old.append(_older(others, now, keep_days))
        if not old:
            return ()
        query = _kept().outerjoin(legal_holds, legal_holds.c.call_id == calls.c.id)
        query = query.where(legal_holds.c.call_id.is_(None), erased_recordings.c.file.is_(None), or_(*old))
        query = query.where(calls.c.ended_at.is_not(None))
        return await self._read(query.order_by(calls.c.started_at, recordings.c.file).limit(AT_ONCE))

    async def _read(self, query: Select[Any]) -> tuple[Kept, ...]:
        async with self._database.reading() as connection:
            return tuple(
                Kept(row.id, row.file, row.queue, row.started_at, row.ended_at is not None, row.erased_at is not None)
                for row in await connection.execute(query)
            )


def _kept() -> Select[Any]:
    columns = (calls.c.id, recordings.c.file, calls.c.queue, calls.c.started_at, calls.c.ended_at)
    joined = recordings.join(calls, calls.c.id == recordings.c.call_id)
    joined = joined.outerjoin(erased_recordings, erased_recordings.c.file == recordings.c.file)
    return select(*columns, erased_recordings.c.at.label("erased_at")).select_from(joined)


def _older(which: ColumnElement[bool], now: datetime, days: int) -> ColumnElement[bool]:
    return which & (calls.c.started_at < now - timedelta(days=days))
