"""Who owns this number: one query that returns what the agent's screen shows, as JSON made by the database.

It runs once for each call, beside the path, and its answer should be there before the first phone rings. So it takes
the shortest way there is: the driver itself, a prepared statement, no transaction. PostgreSQL gets a small pool of
asyncpg connections of its own, which no slow report can use up. SQLite is read by one thread of its own: what is asked
while it is busy is handed over together, and answers come back together, because the hop between threads costs as much
as the query.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from typing import Any, Protocol

import asyncpg

from crm_store.database import Database, tune_sqlite
from crm_store.records import NOBODY, Found

PEOPLE = 20
"""At most so many owners of one number are given: a switchboard's number may be thousands of people's."""
HISTORY = 10
NOTE = 300
"""Characters of each note: the pop shows the beginning, the contact's page the whole."""

POSTGRESQL = f"""
WITH mine AS (
  SELECT c.id, c.name, a.name AS account, a.tier, c.open_tickets, c.language
  FROM contact_numbers n JOIN contacts c ON c.id = n.contact_id LEFT JOIN accounts a ON a.id = c.account_id
  WHERE n.e164 = $1 ORDER BY c.id LIMIT {PEOPLE})
SELECT (SELECT string_agg(id::text, ',' ORDER BY id) FROM mine), (SELECT min(tier) FROM mine), json_build_object(
  'contacts', coalesce((SELECT json_agg(json_build_object('id', id::text, 'name', name, 'account', account,
      'tier', tier, 'open_tickets', open_tickets, 'language', language) ORDER BY id) FROM mine), '[]'),
  'history', coalesce((SELECT json_agg(json_build_object(
      'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'channel', channel,
      'direction', direction, 'agent', agent, 'disposition', disposition, 'note', left(note, {NOTE}),
      'contact', contact_id::text) ORDER BY at DESC, id DESC)
    FROM (SELECT h.* FROM mine CROSS JOIN LATERAL (
        SELECT * FROM interactions i WHERE i.contact_id = mine.id ORDER BY i.at DESC, i.id DESC LIMIT {HISTORY}) h
      ORDER BY h.at DESC, h.id DESC LIMIT {HISTORY}) latest), '[]'))::text
"""  # noqa: S608 — only the constants above are put in

SQLITE = f"""
WITH mine AS MATERIALIZED (
  SELECT c.id, c.name, a.name AS account, a.tier, c.open_tickets, c.language
  FROM contact_numbers n JOIN contacts c ON c.id = n.contact_id LEFT JOIN accounts a ON a.id = c.account_id
  WHERE n.e164 = ?1 ORDER BY c.id LIMIT {PEOPLE})
SELECT (SELECT group_concat(id) FROM mine), (SELECT min(tier) FROM mine), json_object(
  'contacts', (SELECT json_group_array(json_object('id', CAST(id AS TEXT), 'name', name, 'account', account,
      'tier', tier, 'open_tickets', open_tickets, 'language', language)) FROM mine),
  'history', (SELECT json_group_array(json_object(
      'at', at, 'channel', channel, 'direction', direction, 'agent', agent, 'disposition', disposition,
      'note', substr(note, 1, {NOTE}), 'contact', CAST(contact_id AS TEXT)))
    FROM (SELECT i.* FROM mine CROSS JOIN interactions i ON i.id IN (
        SELECT h.id FROM interactions h WHERE h.contact_id = mine.id ORDER BY h.at DESC, h.id DESC LIMIT {HISTORY})
      ORDER BY i.at DESC, i.id DESC LIMIT {HISTORY})))
"""  # noqa: S608 — only the constants above are put in


class LookUp(Protocol):
    """Raises the driver's own errors; :class:`crm_store.store.Store` translates them."""

    async def ask(self, e164: str) -> Found: ...

    async def close(self) -> None: ...


def look_up_of(database: Database) -> LookUp:
    """The way for this database. Connects at the first question."""
    return PostgresqlLookUp(database) if database.dialect == "postgresql" else SqliteLookUp(database)


class PostgresqlLookUp:
    CONNECTIONS = 4

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool: Any = None
        self._making = asyncio.Lock()

    async def ask(self, e164: str) -> Found:
        pool = self._pool or await self._made()
        try:
            row = await pool.fetchrow(POSTGRESQL, e164)
        except Exception:
            await pool.expire_connections()
            raise
        return _found(row[0], row[1], row[2])

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()

    async def _made(self) -> Any:
        async with self._making:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(  # type: ignore[no-untyped-call]
                    connect=self._database.connect_driver, reset=_nothing, min_size=1, max_size=self.CONNECTIONS
                )
            return self._pool


async def _nothing(_connection: Any) -> None:
    """Our one statement leaves nothing behind, so the pool's own reset (a round trip) has nothing to undo."""


class SqliteLookUp:
    AT_ONCE = 16
    """Answers handed back together: as many as are read in about a millisecond."""

    def __init__(self, database: Database) -> None:
        self._path = database.url.database or ""
        self._asked: queue.SimpleQueue[tuple[str, asyncio.Future[Found]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def ask(self, e164: str) -> Found:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, args=(loop,), name="look-up", daemon=True)
            self._thread.start()
        self._asked.put((e164, answer))
        return await answer

    async def close(self) -> None:
        if self._thread is not None:
            self._asked.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """The thread: answers what is asked until None comes. The connection is made when first needed."""
        connection: sqlite3.Connection | None = None
        while True:
            batch, going_on = self._taken()
            answers: list[tuple[asyncio.Future[Found], Found | Exception]] = []
            for e164, future in batch:
                try:
                    connection = connection or self._connected()
                    row = connection.execute(SQLITE, (e164,)).fetchone()
                    answers.append((future, _found(*row)))
                except sqlite3.Error as problem:
                    answers.append((future, problem))
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits for an answer
                loop.call_soon_threadsafe(_deliver, answers)
            if not going_on:
                break
        if connection is not None:
            connection.close()

    def _taken(self) -> tuple[list[tuple[str, asyncio.Future[Found]]], bool]:
        batch: list[tuple[str, asyncio.Future[Found]]] = []
        item = self._asked.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= self.AT_ONCE:
                return batch, True
            try:
                item = self._asked.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        tune_sqlite(connection)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _deliver(answers: list[tuple[asyncio.Future[Found], Found | Exception]]) -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)


def _found(ids: str | None, tier: str | None, pop: str) -> Found:
    return Found(tuple(ids.split(",")), tier, pop) if ids else NOBODY
