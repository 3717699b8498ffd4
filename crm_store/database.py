"""One database, SQLite or PostgreSQL: connections, transactions, and the one place that knows what "away" means.

Reads run in autocommit: no round trips for a transaction. Writes run in one transaction each; on SQLite it begins
IMMEDIATE, because one that begins by reading and then wants to write is refused at once when another process wrote in
between, whatever the busy timeout says. After ``REBUILD_AFTER`` failures in a row the engine is made anew: a pool can
keep dead connections, cached plans and resolved addresses of a server that came back elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from asyncpg.exceptions import _base as asyncpg_base
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from crm_store.errors import StoreAway, StoreError
from crm_store.problems import first_line, is_away

CONNECT_SECONDS = 3.0
COMMAND_SECONDS = 5.0
BUSY_SECONDS = 5.0
POOL_SIZE = 5
REBUILD_AFTER = 3

_READ = "helin_read"
"""Our execution option for SQLite: do not begin. (The driver's own autocommit switch costs two hops to its thread.)"""


def driver_url(url: str) -> URL:
    """``sqlite:///FILE`` or ``postgresql://user@host/db`` with the driver that Helin uses; StoreError for others."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError("[store] url must be sqlite:///FILE or postgresql://user@host/database") from None
    kind = found.drivername.partition("+")[0]
    if kind == "sqlite" and found.database not in (None, "", ":memory:"):
        return found.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+asyncpg")
    raise StoreError("[store] url must be sqlite:///FILE or postgresql://user@host/database")


def shown(url: str) -> str:
    """The url without its password, for messages."""
    return make_url(url).render_as_string(hide_password=True)


class Database:
    """``reading()`` and ``writing()`` lend a connection; StoreAway instead of the driver's many ways to say so."""

    def __init__(self, url: str) -> None:
        self.url = driver_url(url)
        self.shown = shown(url)
        self._engine = self._made()
        self._failures = 0
        self._read_options = {_READ: True} if self.dialect == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._old: set[asyncio.Task[None]] = set()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.url.get_backend_name()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection in autocommit."""
        async with self._told(), self._engine.connect() as connection:
            yield await connection.execution_options(**self._read_options)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back by any exception."""
        async with self._told(), self._engine.begin() as connection:
            yield connection

    async def connect_driver(self, *_: Any, **settings: Any) -> Any:
        """A bare asyncpg connection. The url's query is libpq's (``?sslmode=require``), unknown to SQLAlchemy."""
        try:
            return await asyncpg.connect(  # type: ignore[no-untyped-call]
                self.url.set(drivername="postgresql").render_as_string(hide_password=False),
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                server_settings={"application_name": "helin"},
                **settings,
            )
        except (asyncpg_base.PostgresError, asyncpg_base.InterfaceError) as problem:
            raise ConnectionError(str(problem)) from problem  # whatever the reason, nobody can work with it

    async def close(self) -> None:
        await self._engine.dispose()
        await asyncio.gather(*self._old, return_exceptions=True)

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as problem:
            self.explain(problem)
            raise
        else:
            self._failures = 0

    def explain(self, problem: Exception) -> None:
        """Raises StoreAway when that is what the problem means, and counts it; else nothing."""
        if isinstance(problem, StoreError) or not is_away(problem):
            return
        self._failed()
        raise StoreAway(f"the database {self.shown} cannot be reached: {first_line(problem)}") from problem

    def _failed(self) -> None:
        self._failures += 1
        if self._failures % REBUILD_AFTER:
            return
        old, self._engine = self._engine, self._made()
        task = asyncio.get_running_loop().create_task(_dispose(old))
        self._old.add(task)
        task.add_done_callback(self._old.discard)

    def _made(self) -> AsyncEngine:
        if self.dialect == "postgresql":
            return create_async_engine(
                "postgresql+asyncpg://",
                hide_parameters=True,
                async_creator=self.connect_driver,
                pool_size=POOL_SIZE,
                max_overflow=POOL_SIZE,
                pool_timeout=CONNECT_SECONDS,
                pool_pre_ping=True,
            )
        folder = Path(self.url.database or "").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreAway(f"the folder {folder} of the database cannot be made: {problem.strerror}") from None
        engine = create_async_engine(
            self.url,
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS + BUSY_SECONDS,
        )
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine


def tune_sqlite(connection: Any, cache_megabytes: int = 8) -> None:
    """The settings of each SQLite connection: WAL, foreign keys, wait for a writer, a commit is on the disk.

    The file is not mapped into memory: a disk error would then kill the process instead of failing a statement.
    """
    cursor = connection.cursor()
    for line in (
        f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
        "PRAGMA journal_mode = WAL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA synchronous = FULL",
        f"PRAGMA cache_size = -{cache_megabytes * 1024}",
    ):
        cursor.execute(line)
    cursor.close()


def _tune_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    tune_sqlite(connection)


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(_READ):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _dispose(engine: AsyncEngine) -> None:
    """A dead server may not even let its connections be closed in time."""
    try:
        await asyncio.wait_for(engine.dispose(), COMMAND_SECONDS)
    except (TimeoutError, OSError, DBAPIError, asyncpg_base.PostgresError, asyncpg_base.InterfaceError):
        await engine.dispose(close=False)
