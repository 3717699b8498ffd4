"""``helin import leads`` beside the bare driver writing the same rows into the same tables, in the same run.

A million leads by default: a name, two numbers for a tenth of them, three columns more; one row in a hundred is to be
refused. The command runs in a process of its own, from reading the file to the last commit, and its memory is looked
at. Its rows are then read back and written once more into a fresh database of the same schema, indexes and all: by COPY
into PostgreSQL, by ``executemany`` into SQLite, all in one transaction; only the writing is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from crm_store.database import tune_sqlite
from crm_store.lead_import import LEAD_COLUMNS, NUMBER_COLUMNS, LeadFile, import_leads
from crm_store.migrate import migrate
from crm_store.store import Store
from tests.bench.table import Row, at_least, show
from tests.real.databases import end_postgres, start_postgres

PART = 50_000
WANTED = 0.25
MOST_MEGABYTES = 300
TABLES = (("leads", LEAD_COLUMNS, "id"), ("lead_numbers", NUMBER_COLUMNS, "lead_id"))


def write_list(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Id,Name,Phone,Mobile,Language,City,Car\n")
        for n in range(count):
            phone = "112" if n % 100 == 99 else f"+3725{n:07d}"
            mobile = f"+3712{n:07d}" if n % 10 == 5 else ""
            file.write(f"c{n},Given{n % 997} Family{n % 9973},{phone},{mobile},et,Tallinn,Volvo {n % 40}\n")


async def made(url: str) -> None:
    await migrate(url)
    async with await Store.open(url) as store:
        given: Any = {"name": "bench", "queue": "sales", "mode": "predictive", "profile": "EE"}
        await store.campaigns.add(given, "bench", datetime.now(UTC))


async def run_import(url: str, path: Path) -> dict[str, float]:
    """In the process of its own."""
    begun = time.perf_counter()
    async with await Store.open(url) as store:
        campaign = await store.campaigns.by_name("bench")
        assert campaign is not None
        file = LeadFile(path=path, campaign=campaign.id, list="bench", dedupe="system")
        report = await import_leads(store, file, datetime.now(UTC), refused=path.with_suffix(".refused.csv"))
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds, "megabytes": memory, "added": report.added, "same": report.same, "refused": report.refused,
    }  # fmt: skip


def imported(url: str, path: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "tests.bench.bench_import", "--import-into", url, "--file", str(path)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def sqlite_again(there: Path, here: Path) -> float:
    """Seconds of writing."""
    source, target = sqlite3.connect(there), sqlite3.connect(here, isolation_level=None)
    tune_sqlite(target)
    copy_head(source, target)
    seconds = 0.0
    target.execute("BEGIN IMMEDIATE")
    for table, columns, key in TABLES:
        cursor = source.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {key}")  # noqa: S608
        into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        while part := cursor.fetchmany(PART):
            begun = time.perf_counter()
            target.executemany(into, part)
            seconds += time.perf_counter() - begun
    begun = time.perf_counter()
    target.execute("COMMIT")
    seconds += time.perf_counter() - begun
    source.close()
    target.close()
    return seconds


def copy_head(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    for table in ("campaigns", "dial_lists"):
        for row in source.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608
            target.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


async def connected(url: str) -> Any:
    return await asyncpg.connect(url)  # type: ignore[no-untyped-call]


async def postgresql_again(there: str, here: str) -> float:
    """Seconds of writing."""
    source, target = await connected(there), await connected(here)
    await target.execute("DELETE FROM campaigns")
    for table in ("campaigns", "dial_lists"):
        rows = await source.fetch(f"SELECT * FROM {table}")  # noqa: S608
        await target.copy_records_to_table(table, records=map(tuple, rows), columns=list(rows[0].keys()))
    seconds = 0.0
    async with target.transaction(), source.transaction():
        for table, columns, key in TABLES:
            cursor = await source.cursor(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {key}")  # noqa: S608
            while part := [tuple(row) for row in await cursor.fetch(PART)]:
                begun = time.perf_counter()
                await target.copy_records_to_table(table, records=part, columns=columns)
                seconds += time.perf_counter() - begun
    await source.close()
    await target.close()
    return seconds


def measured(folder: Path, file: Path) -> Iterator[tuple[str, dict[str, float], list[float]]]:
    """What it is written into, how the import went, and how long the bare driver took, twice."""
    ours = f"sqlite:///{folder / 'ours.db'}"
    asyncio.run(made(ours))
    done = imported(ours, file)
    bare = []
    for n in range(2):
        asyncio.run(made(f"sqlite:///{folder / f'bare{n}.db'}"))
        bare.append(sqlite_again(folder / "ours.db", folder / f"bare{n}.db"))
    yield "SQLite, executemany", done, bare
    server = start_postgres()
    try:
        ours = asyncio.run(server.database())
        asyncio.run(made(ours))
        done = imported(ours, file)
        bare = []
        for _ in range(2):
            url = asyncio.run(server.database())
            asyncio.run(made(url))
            bare.append(asyncio.run(postgresql_again(ours, url)))
            asyncio.run(server.drop(url))
        yield "PostgreSQL, COPY", done, bare
    finally:
        end_postgres(server)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--import-into")
    parser.add_argument("--file", type=Path)
    args = parser.parse_args(words)
    if args.import_into:
        print(json.dumps(asyncio.run(run_import(args.import_into, args.file))))
        return 0
    rows = []
    with tempfile.TemporaryDirectory(prefix="helin-bench-") as folder:
        file = Path(folder) / "leads.csv"
        write_list(file, args.leads)
        for what, done, bare in measured(Path(folder), file):
            lost = args.leads - done["added"] - done["refused"]
            ratio = (sum(bare) / len(bare)) / done["seconds"]
            database = what.partition(",")[0]
            rows += [
                Row(f"{what}, the same rows", f"{done['added'] / min(bare):,.0f} leads/s, {min(bare):.1f} s"),
                at_least(
                    f"{database}: import", f"{args.leads / done['seconds']:,.0f} rows/s, {done['seconds']:.1f} s",
                    ratio, WANTED, "the bare driver",
                ),
                Row(
                    f"{database}: memory", f"{done['megabytes']:.0f} MB", None, f"under {MOST_MEGABYTES} MB",
                    done["megabytes"] < MOST_MEGABYTES,
                ),
                Row(f"{database}: rows of which nothing was said", f"{lost:,.0f}", None, "0", lost == 0),
            ]  # fmt: skip
    show(f"Import of {args.leads:,} leads, one row in a hundred refused", rows)
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
