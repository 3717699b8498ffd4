"""Caller look-up with its history: the store's ``look_up`` beside the raw driver running the same SQL in the same run.

SQLite and PostgreSQL, a million contacts and five million interactions by default, callers at random. The data is made
by the database itself, in parts, without indexes and foreign keys, which come after. Both sides are measured in turns,
several times; the figures are medians.

``alone``: one question at a time, as when calls come one by one. ``16 at once``: a burst of calls, over as many
connections for the raw driver as the store uses.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crm_store.database import tune_sqlite
from crm_store.lookup import CACHE_MEGABYTES, POSTGRESQL, SQLITE, PostgresqlLookUp
from crm_store.migrate import migrate
from crm_store.store import Store
from tests.bench.table import Row, at_least, show
from tests.real.databases import end_postgres, start_postgres

PART = 250_000
ROUNDS = 7
ROUND_SECONDS = 1.0
AT_ONCE = 16
SEED = 1

ACCOUNTS = """
INSERT INTO accounts (id, name, tier, created_at)
SELECT n, 'Account ' || n, substr('ABC', 1 + n % 3, 1), {now} FROM {series}"""
CONTACTS = """
INSERT INTO contacts (id, name, account_id, open_tickets, language, created_at, changed_at)
SELECT n, 'Given' || (n % 997) || ' Family' || (n % 9973), 1 + n % {accounts}, n % 4, 'et', {now}, {now}
FROM {series}"""
NUMBERS = "INSERT INTO numbers (e164, region) SELECT {e164}, 'EE' FROM {series}"
OWNERS = "INSERT INTO contact_numbers (e164, contact_id, position) SELECT {e164}, n, 0 FROM {series}"
INTERACTIONS = """
INSERT INTO interactions (id, contact_id, at, channel, direction, agent, disposition, note)
SELECT n, 1 + (CAST(n AS bigint) * 7919) % {contacts}, {moment}, 'call', 'inbound', 'agent' || (n % 20), 'resolved',
  'Asked about the invoice of last month; will call again if it happens once more. Ref ' || n
FROM {series}"""
SQLITE_WORDS = {
    "now": "'2026-01-01T00:00:00.000000Z'",
    "e164": "'+3725' || printf('%07d', n)",
    "moment": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1700000000 + n * 10, 'unixepoch')",
    "series": "(WITH RECURSIVE s(n) AS (SELECT {a} UNION ALL SELECT n + 1 FROM s WHERE n < {b}) SELECT n FROM s) AS t",
}
POSTGRESQL_WORDS = {
    "now": "timestamptz '2026-01-01T00:00:00Z'",
    "e164": "'+3725' || lpad(n::text, 7, '0')",
    "moment": "to_timestamp(1700000000 + n * 10)",
    "series": "generate_series({a}, {b}) AS t(n)",
}


def statements(words: dict[str, str], contacts: int, interactions: int) -> Iterator[tuple[str, int]]:
    """Each with the number of rows it makes."""
    accounts = max(1, contacts // 10)
    for what, count in (
        (ACCOUNTS, accounts),
        (CONTACTS, contacts),
        (NUMBERS, contacts),
        (OWNERS, contacts),
        (INTERACTIONS, interactions),
    ):
        for first in range(1, count + 1, PART):
            last = min(first + PART - 1, count)
            series = words["series"].format(a=first, b=last)
            yield what.format(**{**words, "series": series}, accounts=accounts, contacts=contacts), last - first + 1


def fill_sqlite(path: Path, contacts: int, interactions: int, said: Callable[[int], None]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -262144")
    index = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'interactions' AND type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in index:
        connection.execute(f"DROP INDEX {name}")
    for statement, rows in statements(SQLITE_WORDS, contacts, interactions):
        connection.execute(statement)
        said(rows)
    for _, sql in index:
        connection.execute(sql)
    connection.execute("ANALYZE")
    connection.close()


async def fill_postgresql(url: str, contacts: int, interactions: int, said: Callable[[int], None]) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
    index = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'interactions' AND indexname LIKE 'ix_%'"
    )
    for name, _ in index:
        await connection.execute(f"DROP INDEX {name}")
    for statement, rows in statements(POSTGRESQL_WORDS, contacts, interactions):
        await connection.execute(statement)
        said(rows)
    for _, definition in index:
        await connection.execute(definition)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def per_second(ask: Callable[[str], Awaitable[Any]], numbers: list[str], at_once: int) -> float:
    """Questions answered in a second, ``at_once`` of them in flight."""
    until = time.perf_counter() + ROUND_SECONDS
    waiting = iter(numbers)

    async def one_after_the_other() -> int:
        count = 0
        while time.perf_counter() < until:
            await ask(next(waiting))
            count += 1
        return count

    begun = time.perf_counter()
    done = sum(await asyncio.gather(*(one_after_the_other() for _ in range(at_once))))
    return done / (time.perf_counter() - begun)


def sync_per_second(ask: Callable[[str], Any], numbers: list[str]) -> float:
    begun = time.perf_counter()
    until = begun + ROUND_SECONDS
    count = 0
    for number in numbers:
        ask(number)
        count += 1
        if time.perf_counter() >= until:
            break
    return count / (time.perf_counter() - begun)


class Callers:
    """Numbers at random; the same sequence for both sides of a round."""

    def __init__(self, contacts: int) -> None:
        self._contacts = contacts
        self._random = random.Random(SEED)

    def some(self, count: int = 100_000) -> list[str]:
        return [f"+3725{self._random.randint(1, self._contacts):07d}" for _ in range(count)]


async def measure_sqlite(path: Path, callers: Callers) -> list[Row]:
    raw = sqlite3.connect(path, isolation_level=None)
    tune_sqlite(raw, CACHE_MEGABYTES)
    ours: dict[int, list[float]] = {1: [], AT_ONCE: []}
    theirs: list[float] = []
    async with await Store.open(f"sqlite:///{path}") as store:
        for _ in range(ROUNDS):
            numbers = callers.some()
            theirs.append(sync_per_second(lambda number: raw.execute(SQLITE, (number,)).fetchone(), numbers))
            for at_once, found in ours.items():
                found.append(await per_second(store.look_up, numbers, at_once))
    raw.close()
    floor = statistics.median(theirs)
    return [
        Row("SQLite: sqlite3, the same SQL", f"{floor:,.0f}/s"),
        *(
            at_least(f"SQLite: look_up, {name(at_once)}", f"{statistics.median(found):,.0f}/s", ratio, 0.35, "sqlite3")
            for at_once, found in ours.items()
            for ratio in [statistics.median(o / t for o, t in zip(found, theirs, strict=True))]
        ),
    ]


async def measure_postgresql(url: str, callers: Callers) -> list[Row]:
    rows = []
    alone = await asyncpg.connect(url)
    free = [await asyncpg.connect(url) for _ in range(PostgresqlLookUp.CONNECTIONS)]
    turn = asyncio.Semaphore(len(free))

    async def one_of_several(number: str) -> Any:
        async with turn:
            connection = free.pop()
            try:
                return await connection.fetchrow(POSTGRESQL, number)
            finally:
                free.append(connection)

    peers: dict[int, Callable[[str], Awaitable[Any]]] = {
        1: lambda number: alone.fetchrow(POSTGRESQL, number),
        AT_ONCE: one_of_several,
    }
    async with await Store.open(url) as store:
        for at_once, peer in peers.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                numbers = callers.some()
                theirs.append(await per_second(peer, numbers, at_once))
                ours.append(await per_second(store.look_up, numbers, at_once))
            ratio = statistics.median(o / t for o, t in zip(ours, theirs, strict=True))
            rows += [
                Row(f"PostgreSQL: asyncpg, the same SQL, {name(at_once)}", f"{statistics.median(theirs):,.0f}/s"),
                at_least(
                    f"PostgreSQL: look_up, {name(at_once)}", f"{statistics.median(ours):,.0f}/s", ratio, 0.6, "asyncpg"
                ),
            ]
    for connection in (alone, *free):
        await connection.close()
    return rows


def name(at_once: int) -> str:
    return "alone" if at_once == 1 else f"{at_once} at once"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--interactions", type=int, default=5_000_000)
    args = parser.parse_args(words)
    total = args.contacts // 10 + args.contacts * 3 + args.interactions
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    callers = Callers(args.contacts)
    server = start_postgres()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="helin-bench-") as folder,
            Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        ):
            path = Path(folder) / "bench.db"
            bar = progress.add_task("SQLite: making rows", total=total)
            asyncio.run(migrate(f"sqlite:///{path}"))
            fill_sqlite(path, args.contacts, args.interactions, lambda rows: progress.advance(bar, rows))
            progress.update(bar, description="SQLite: measuring")
            rows = asyncio.run(measure_sqlite(path, callers))
            progress.reset(bar, description="PostgreSQL: making rows")
            url = asyncio.run(server.database())
            asyncio.run(migrate(url))
            said = lambda rows: progress.advance(bar, rows)  # noqa: E731
            asyncio.run(fill_postgresql(url, args.contacts, args.interactions, said))
            progress.update(bar, description="PostgreSQL: measuring")
            rows += asyncio.run(measure_postgresql(url, callers))
    finally:
        end_postgres(server)
    show(f"Caller look-up with history: {args.contacts:,} contacts, {args.interactions:,} interactions", rows)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
