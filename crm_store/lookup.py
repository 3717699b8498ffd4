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
import os
import queue
import sqlite3
import threading
from collections import deque
from typing import Any, Protocol

from crm_store.database import Database, tune_sqlite
from crm_store.records import NOBODY, Found

PEOPLE = 20
"""At most so many owners of one number are given: a switchboard's number may be thousands of people's."""
HISTORY = 10
LATEST = 3
"""Tickets, orders and promises of each owner."""
PRODUCTS = 10
CACHE_MEGABYTES = 64
NOTE = 300
"""Characters of each note: the pop shows the beginning, the contact's page the whole."""

CALLS_WITHIN_DAYS = 7
LAST_AGENT_WITHIN_DAYS = 7
"""Who talked with them longer ago than that knows no more of it than anybody else."""


def _moment(column: str) -> str:
    """A time of PostgreSQL's as JSON has it everywhere."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


PREFERRED = "(SELECT CASE WHEN count(DISTINCT preferred) = 1 THEN min(preferred) END FROM mine)"

POSTGRESQL = f"""
WITH mine AS (
  SELECT c.id, c.name, a.name AS account, coalesce(a.tier, c.tier) AS tier, c.open_tickets, c.language,
    coalesce(c.time_zone, m.time_zone) AS zone, coalesce(c.preferred_agent, a.preferred_agent) AS preferred
  FROM contact_numbers n JOIN contacts c ON c.id = n.contact_id JOIN numbers m ON m.e164 = n.e164
    LEFT JOIN accounts a ON a.id = c.account_id
  WHERE n.e164 = $1 ORDER BY c.id LIMIT {PEOPLE})
SELECT (SELECT string_agg(id::text, ',' ORDER BY id) FROM mine), (SELECT min(tier) FROM mine), {PREFERRED},
  (SELECT l.agent FROM mine CROSS JOIN LATERAL (
      SELECT i.agent, i.at, i.id FROM interactions i WHERE i.contact_id = mine.id AND i.agent IS NOT NULL
        AND i.channel = 'call' AND i.at > now() - interval '{LAST_AGENT_WITHIN_DAYS} days'
      ORDER BY i.at DESC, i.id DESC LIMIT 1) l
    ORDER BY l.at DESC, l.id DESC LIMIT 1), json_build_object(
  'contacts', coalesce((SELECT json_agg(json_build_object('id', id::text, 'name', name, 'account', account,
      'tier', tier, 'open_tickets', open_tickets, 'language', language, 'time_zone', zone,
      'tickets', (SELECT coalesce(json_agg(json_build_object('id', t.id::text, 'subject', t.subject, 'kind', t.kind,
          'status', t.status, 'priority', t.priority, 'due_at', {_moment("t.due_at")})
          ORDER BY t.due_at NULLS LAST, t.id DESC), '[]')
        FROM (SELECT * FROM service_tickets s WHERE s.contact_id = mine.id AND s.status IN ('open', 'waiting')
          ORDER BY s.due_at NULLS LAST, s.id DESC LIMIT {LATEST}) t),
      'orders', (SELECT coalesce(json_agg(json_build_object('id', o.id::text, 'at', {_moment("o.at")}, 'what', o.what,
          'total', round(o.total_cents / 100.0, 2), 'currency', o.currency, 'status', o.status)
          ORDER BY o.at DESC, o.id DESC), '[]')
        FROM (SELECT * FROM orders r WHERE r.contact_id = mine.id ORDER BY r.at DESC, r.id DESC LIMIT {LATEST}) o),
      'owns', (SELECT coalesce(json_agg(p.product ORDER BY p.at DESC, p.product), '[]')
        FROM (SELECT l.product, max(r.at) AS at FROM orders r JOIN order_lines l ON l.order_id = r.id
          WHERE r.contact_id = mine.id AND r.status <> 'cancelled'
          GROUP BY l.product ORDER BY max(r.at) DESC, l.product LIMIT {PRODUCTS}) p),
      'promises', (SELECT coalesce(json_agg(json_build_object('id', p.id::text, 'text', left(p.text, {NOTE}),
          'promised_by', p.promised_by, 'due_at', {_moment("p.due_at")}) ORDER BY p.due_at, p.id), '[]')
        FROM (SELECT * FROM promises d WHERE d.contact_id = mine.id AND d.kept_at IS NULL
          ORDER BY d.due_at, d.id LIMIT {LATEST}) p),
      'calls_7d', (SELECT count(*) FROM interactions i WHERE i.contact_id = mine.id
          AND i.at > now() - interval '{CALLS_WITHIN_DAYS} days' AND i.channel = 'call' AND i.direction = 'inbound'),
      'last_agent', (SELECT i.agent FROM interactions i WHERE i.contact_id = mine.id AND i.agent IS NOT NULL
          AND i.channel = 'call' ORDER BY i.at DESC, i.id DESC LIMIT 1)) ORDER BY id) FROM mine), '[]'),
  'history', coalesce((SELECT json_agg(json_build_object('at', {_moment("at")}, 'channel', channel,
      'direction', direction, 'agent', agent, 'disposition', disposition, 'note', left(note, {NOTE}),
      'contact', contact_id::text) ORDER BY at DESC, id DESC)
    FROM (SELECT h.* FROM mine CROSS JOIN LATERAL (
        SELECT * FROM interactions i WHERE i.contact_id = mine.id ORDER BY i.at DESC, i.id DESC LIMIT {HISTORY}) h
      ORDER BY h.at DESC, h.id DESC LIMIT {HISTORY}) latest), '[]'))::text
"""  # noqa: S608 — only the constants above are put in

# Not a join with interactions: for that the planner reads the whole table into a Bloom filter first.
SQLITE = f"""
WITH mine AS MATERIALIZED (
  SELECT c.id, c.name, a.name AS account, coalesce(a.tier, c.tier) AS tier, c.open_tickets, c.language,
    coalesce(c.time_zone, m.time_zone) AS zone, coalesce(c.preferred_agent, a.preferred_agent) AS preferred
  FROM contact_numbers n JOIN contacts c ON c.id = n.contact_id JOIN numbers m ON m.e164 = n.e164
    LEFT JOIN accounts a ON a.id = c.account_id
  WHERE n.e164 = ?1 ORDER BY c.id LIMIT {PEOPLE})
SELECT (SELECT group_concat(id) FROM mine), (SELECT min(tier) FROM mine), {PREFERRED},
  (SELECT substr(max(latest), instr(max(latest), ' ') + 1) FROM (
    SELECT (SELECT i.at || ' ' || i.agent FROM interactions i WHERE i.contact_id = mine.id AND i.agent IS NOT NULL
        AND i.channel = 'call' AND i.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{LAST_AGENT_WITHIN_DAYS} days')
      ORDER BY i.at DESC, i.id DESC LIMIT 1) AS latest FROM mine)), json_object(
  'contacts', (SELECT json_group_array(json_object('id', CAST(id AS TEXT), 'name', name, 'account', account,
      'tier', tier, 'open_tickets', open_tickets, 'language', language, 'time_zone', zone,
      'tickets', (SELECT json_group_array(json_object('id', CAST(t.id AS TEXT), 'subject', t.subject, 'kind', t.kind,
          'status', t.status, 'priority', t.priority, 'due_at', t.due_at))
        FROM (SELECT * FROM service_tickets s WHERE s.contact_id = mine.id AND s.status IN ('open', 'waiting')
          ORDER BY s.due_at NULLS LAST, s.id DESC LIMIT {LATEST}) t),
      'orders', (SELECT json_group_array(json_object('id', CAST(o.id AS TEXT), 'at', o.at, 'what', o.what,
          'total', o.total_cents / 100.0, 'currency', o.currency, 'status', o.status))
        FROM (SELECT * FROM orders r WHERE r.contact_id = mine.id ORDER BY r.at DESC, r.id DESC LIMIT {LATEST}) o),
      'owns', (SELECT json_group_array(p.product)
        FROM (SELECT l.product FROM orders r JOIN order_lines l ON l.order_id = r.id
          WHERE r.contact_id = mine.id AND r.status <> 'cancelled'
          GROUP BY l.product ORDER BY max(r.at) DESC, l.product LIMIT {PRODUCTS}) p),
      'promises', (SELECT json_group_array(json_object('id', CAST(p.id AS TEXT), 'text', substr(p.text, 1, {NOTE}),
          'promised_by', p.promised_by, 'due_at', p.due_at))
        FROM (SELECT * FROM promises d WHERE d.contact_id = mine.id AND d.kept_at IS NULL
          ORDER BY d.due_at, d.id LIMIT {LATEST}) p),
      'calls_7d', (SELECT count(*) FROM interactions i WHERE i.contact_id = mine.id
          AND i.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{CALLS_WITHIN_DAYS} days')
          AND i.channel = 'call' AND i.direction = 'inbound'),
      'last_agent', (SELECT i.agent FROM interactions i WHERE i.contact_id = mine.id AND i.agent IS NOT NULL
          AND i.channel = 'call' ORDER BY i.at DESC, i.id DESC LIMIT 1))) FROM mine),
  'history', (SELECT json_group_array(json_object(
      'at', at, 'channel', channel, 'direction', direction, 'agent', agent, 'disposition', disposition,
      'note', substr(note, 1, {NOTE}), 'contact', CAST(contact_id AS TEXT)))
    FROM (SELECT i.* FROM mine CROSS JOIN interactions i ON i.id IN (
        SELECT h.id FROM interactions h WHERE h.contact_id = mine.id ORDER BY h.at DESC, h.id DESC LIMIT {HISTORY})
      ORDER BY i.at DESC, i.id DESC LIMIT {HISTORY})))
"""  # noqa: S608 — only the constants above are put in


_Question = tuple[str, asyncio.Future[Found]]


class LookUp(Protocol):
    """Raises the driver's own errors; :class:`crm_store.store.Store` translates them."""

    async def ask(self, e164: str) -> Found: ...

    async def close(self) -> None: ...


def look_up_of(database: Database) -> LookUp:
    """The way for this database. Connects at the first question."""
    return PostgresqlLookUp(database) if database.dialect == "postgresql" else SqliteLookUp(database)


class PostgresqlLookUp:
    """Lends connections by hand: asyncpg's own pool costs a third of the query for what one statement does not need."""

    CONNECTIONS = 4

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Semaphore(self.CONNECTIONS)
        self._idle: list[tuple[Any, Any]] = []

    async def ask(self, e164: str) -> Found:
        async with self._turn:
            connection, statement = self._taken() or await self._made()
            try:
                row = await statement.fetchrow(e164)
            except BaseException:
                connection.terminate()
                await self.close()
                raise
            self._idle.append((connection, statement))
        return _found(*row)

    async def close(self) -> None:
        while self._idle:
            self._idle.pop()[0].terminate()

    def _taken(self) -> tuple[Any, Any] | None:
        while self._idle:
            lent = self._idle.pop()
            if not lent[0].is_closed():
                return lent
        return None

    async def _made(self) -> tuple[Any, Any]:
        connection = await self._database.connect_driver()
        try:
            return connection, await connection.prepare(POSTGRESQL)
        except BaseException:
            connection.terminate()
            raise


class SqliteLookUp:
    """One thread reads. It wakes the loop through a pipe of its own, which costs two thirds of call_soon_threadsafe."""

    AT_ONCE = 16
    """Answers handed back together: as many as are read in about a millisecond."""

    def __init__(self, database: Database) -> None:
        self._path = database.url.database or ""
        self._asked: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._answered: deque[list[tuple[asyncio.Future[Found], Found | Exception]]] = deque()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop
        self._ends: tuple[int, int]

    async def ask(self, e164: str) -> Found:
        if self._thread is None:
            self._start()
        answer: asyncio.Future[Found] = self._loop.create_future()
        self._asked.put((e164, answer))
        return await answer

    async def close(self) -> None:
        if self._thread is None:
            return
        self._asked.put(None)
        await asyncio.to_thread(self._thread.join)
        self._thread = None
        self._loop.remove_reader(self._ends[0])
        for end in self._ends:
            os.close(end)

    def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._loop.add_reader(self._ends[0], self._deliver)
        self._thread = threading.Thread(target=self._read, name="look-up", daemon=True)
        self._thread.start()

    def _deliver(self) -> None:
        os.read(self._ends[0], 4096)
        while self._answered:
            for future, answer in self._answered.popleft():
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _read(self) -> None:
        """The thread: answers what is asked until None comes. The connection is made when first needed."""
        connection: sqlite3.Connection | None = None
        while batch := self._taken():
            answers: list[tuple[asyncio.Future[Found], Found | Exception]] = []
            for e164, future in batch:
                try:
                    connection = connection or self._connected()
                    answers.append((future, _found(*connection.execute(SQLITE, (e164,)).fetchone())))
                except sqlite3.Error as problem:
                    answers.append((future, problem))
            self._answered.append(answers)
            with contextlib.suppress(BlockingIOError):  # the pipe is full: the loop will wake
                os.write(self._ends[1], b"\0")
        if connection is not None:
            connection.close()

    def _taken(self) -> list[_Question]:
        """Waits for a question and takes what else is there; [] at the end."""
        batch: list[_Question] = []
        question = self._asked.get()
        while question is not None:
            batch.append(question)
            if len(batch) == self.AT_ONCE or self._asked.empty():
                return batch
            question = self._asked.get()
        if batch:
            self._asked.put(None)
        return batch

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        tune_sqlite(connection, CACHE_MEGABYTES)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _found(ids: str | None, tier: str | None, preferred: str | None, last: str | None, pop: str) -> Found:
    return Found(tuple(ids.split(",")), tier, pop, preferred, last) if ids else NOBODY
