"""Reports over months of PostgreSQL from what is kept summed up, beside the same sums over the calls, in the same run.

Ten million calls of 92 days by default, made in SQL: ten queues, 200 agents, four tiers; nine of ten come in to a
queue, three of four of these are answered. Then every hour is summed up. Both ways of a report run through the same
code, and must give the same figures: the service level by queue and hour over a month, and by agent over the quarter.

The upkeep: an hour of calls goes through the journal as facts, and is then summed up once; its share is what summing it
up takes of that.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from crm_store import database
from crm_store.counting import Rule, counted, inside, read_counted_by
from crm_store.figures import FigureWish, _cells, checked_parts, micros
from crm_store.journal import Journal
from crm_store.migrate import migrate
from crm_store.schema import calls
from crm_store.store import Store
from routing.facts import (
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    CallUnqueued,
    Fact,
    LegEnded,
    LegStarted,
    Recorded,
    SegmentEnded,
)
from routing.figures import SERVICE_LEVEL_SUMS
from tests.bench.table import Row, at_least, show
from tests.real.databases import end_postgres, start_postgres

BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 92
MONTH = timedelta(days=30)
WANTED = 20.0
MOST_SHARE = 0.05
ZONE = ZoneInfo("Europe/Tallinn")

CALLS = """
INSERT INTO calls (id, asterisk, direction, number, queue, started_at, queued_at, unqueued_at, answered_at, ended_at,
    outcome, ended_by, estimated, tier, reasons, ringing, transfers, version)
SELECT 'b' || n, 'main', CASE WHEN n % 10 = 9 THEN 'outbound' ELSE 'inbound' END, '+3725' || lpad((n % 900000)::text, 7,
    '0'), CASE WHEN n % 10 = 9 THEN NULL ELSE 'queue' || (n % 7919 % 10) END, at, at + interval '1 s',
    at + interval '1 s' + wait, CASE WHEN n % 4 <> 1 THEN at + interval '1 s' + wait END, at + interval '200 s' + wait,
    CASE WHEN n % 4 <> 1 THEN 'answered' ELSE 'abandoned' END, 'caller', false, (ARRAY['A', 'B', 'C', NULL])[1 + n % 4],
    '[]', '[]', 0, 9
FROM (SELECT n, $1::timestamptz + n * ($2::float8 * interval '1 s') AS at,
    (n * 7907 % 60) * interval '1 s' AS wait FROM generate_series($3::bigint, $4::bigint) n) made
"""
TALKS = """
INSERT INTO segments (call_id, position, agent, leg, started_at, ended_at, ended_by, held_seconds, estimated)
SELECT id, 0, 'agent' || (hashtext(id) & 2147483647) % 200, id || '.2', answered_at, ended_at, 'caller', 0, false
FROM calls WHERE answered_at IS NOT NULL AND started_at >= $1 AND started_at < $2
"""
PART = 200_000


async def made(url: str, count: int) -> float:
    """Seconds."""
    await migrate(url)
    begun = time.perf_counter()
    connection = await asyncpg.connect(url)  # type: ignore[no-untyped-call]
    every = DAYS * 86_400 / count
    for first in range(0, count, PART):
        await connection.execute(CALLS, BEGIN, every, first, min(first + PART, count) - 1)
    for day in range(DAYS + 1):
        await connection.execute(TALKS, BEGIN + timedelta(days=day), BEGIN + timedelta(days=day + 1))
    await connection.execute("VACUUM ANALYZE calls")
    await connection.execute("VACUUM ANALYZE segments")
    await connection.execute(
        "INSERT INTO stale_rollups (span, begin) SELECT 3600, extract(epoch FROM $1::timestamptz)::bigint + 3600 * h "
        "FROM generate_series(0, $2::int) h", BEGIN, DAYS * 24,
    )  # fmt: skip
    size = await connection.fetchval("SELECT pg_database_size(current_database())")
    await connection.close()
    print(f"{size / 1e9:.1f} GB of database", file=sys.stderr)
    return time.perf_counter() - begun


async def reported(store: Store, wish: FigureWish, times: int) -> tuple[float, Any]:
    """The least of some goes, in seconds, and the figures."""
    least, cells = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        cells = (await store.figures.of(wish)).cells
        least = min(least, time.perf_counter() - begun)
    return least, cells


async def plainly(store: Store, wish: FigureWish) -> tuple[float, Any]:
    """The same sums in one query over the calls, as PostgreSQL likes it best; the figures."""
    begun = time.perf_counter()
    parts = checked_parts(wish)
    async with store.database.reading() as connection:
        rule = Rule(await read_counted_by(connection))
        where = [inside([(micros(wish.from_), micros(wish.to))]), calls.c.direction == "inbound"]
        query = counted(wish.keys, where, None, rule, "postgresql", 3600 if wish.by else None, wish.sums)
        rows = (await connection.execute(query)).all()
    return time.perf_counter() - begun, _cells(rows, parts, wish.keys, wish.sums)


async def compared(store: Store, what: str, **wish: Any) -> Iterator[Row]:
    quick, kept = await reported(store, FigureWish(**wish), 5)
    slow, plain = await plainly(store, FigureWish(**wish))
    same = kept == plain
    return iter([
        Row(f"{what}: call by call", f"{slow:,.2f} s"),
        at_least(f"{what}: from sums", f"{quick * 1000:,.0f} ms", slow / quick, WANTED, "the same over the calls"),
        Row(f"{what}: the same {len(plain):,} figures", "yes" if same else "no", None, "yes", same),
    ])  # fmt: skip


def an_hour(count: int, begin: datetime) -> Iterator[Fact]:
    dice = random.Random(3)
    for n in range(count):
        call, at = f"up{n}", begin + timedelta(seconds=3600 * n / count)
        over = at + timedelta(seconds=dice.uniform(1, 40))
        agent, end = f"agent{n % 200}", over + timedelta(seconds=120)
        yield CallArrived(call, at, "main", "inbound", f"+3725{n:07d}", None, "600")
        yield LegStarted(call, at, f"{call}.1", "caller", None, f"+3725{n:07d}")
        yield CallQueued(call, at, f"queue{n % 10}")
        yield LegStarted(call, over, f"{call}.2", "agent", agent, None)
        yield AgentRinging(call, over, agent, f"{call}.2")
        yield CallUnqueued(call, over, f"queue{n % 10}", "answered")
        yield CallAnswered(call, over, agent, f"{call}.2")
        yield SegmentEnded(call, end, agent, f"{call}.2", "caller")
        yield LegEnded(call, end, f"{call}.2", 16)
        yield CallEnded(call, end, "answered", "caller")
        yield LegEnded(call, end, f"{call}.1", 16)


async def upkeep(store: Store, folder: Path, count: int) -> Iterator[Row]:
    begin = BEGIN + timedelta(days=DAYS + 10)
    recorded = [Recorded("bench", n, fact) for n, fact in enumerate(an_hour(count, begin), 1)]
    async with Journal(store, folder) as journal:
        begun = time.perf_counter()
        for first in range(0, len(recorded), 2_000):
            journal.append(recorded[first : first + 2_000])
        assert await journal.settled(3_600)
        ingest = time.perf_counter() - begun
    begun = time.perf_counter()
    hours = await store.rollups.roll(begin + timedelta(hours=3))
    rolled = time.perf_counter() - begun
    share = rolled / (ingest + rolled)
    return iter([
        Row(f"{count:,} calls into the journal", f"{ingest:,.1f} s, marks and all"),
        Row(
            "summing their hours up", f"{rolled * 1000:,.0f} ms, {hours} of them", share, f"under {MOST_SHARE:.0%}",
            share < MOST_SHARE,
        ),
    ])  # fmt: skip


async def measured(url: str, count: int, folder: Path) -> list[Row]:
    seconds = await made(url, count)
    rows = [Row(f"{count:,} calls made in SQL", f"{seconds:,.0f} s")]
    async with await Store.open(url) as store:
        begun = time.perf_counter()
        hours = await store.rollups.roll(BEGIN + timedelta(days=DAYS + 2))
        rows.append(Row("all of it summed up", f"{time.perf_counter() - begun:,.0f} s, {hours:,} hours and days"))
        month = {"from_": BEGIN + timedelta(days=15), "to": BEGIN + timedelta(days=15) + MONTH}
        of = {"only": {"direction": ("inbound",)}, "sums": SERVICE_LEVEL_SUMS}
        rows += await compared(
            store, "by queue and hour, a month", **month, by="hour", zone=ZONE, keys=("queue",), **of
        )
        whole = {"from_": BEGIN, "to": BEGIN + timedelta(days=DAYS)}
        rows += await compared(store, "by agent, a quarter", **whole, keys=("agent",), **of)
        rows += await upkeep(store, folder, max(200, min(20_000, count // 100)))
    return rows


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000_000)
    args = parser.parse_args(words)
    database.COMMAND_SECONDS = 3_600.0  # the peer takes as long as it takes
    server = start_postgres()
    try:
        url = asyncio.run(server.database())
        with tempfile.TemporaryDirectory(prefix="helin-bench-") as folder:
            rows = asyncio.run(measured(url, args.calls, Path(folder)))
    finally:
        end_postgres(server)
    show(f"Reports over {args.calls:,} calls of {DAYS} days, PostgreSQL", rows)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
