"""The journal: what happened, first on the local disk, then in the database, each fact once.

``append`` is called between an AMI byte and a panel's next one, so it only writes lines to the spool (a system call of
some microseconds) and returns. One task takes them from there and writes them to the database in batches, one
transaction each: the facts, the projections that follow from them, proofs of life. Everything goes this one way, also
what a former process left behind, so that there is nothing special about a start after a crash, or about an outage: the
spool is just longer. A batch whose end is not known (the connection died during COMMIT) is written again; facts that
are there already are known by (stream, seq) and change nothing.

What may go wrong: the database is away or broken (the task tries again, ever more seldom, at least every ``SELDOM``
seconds); the spool is full (``append`` refuses, counts and says so; the facts are lost to the journal, not to the
panels); one fact of a batch cannot be written whatever one does (the facts are tried one by one and the bad one is put
aside in the spool's ``refused.txt``).
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from msgspec.structs import replace
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.audit import LISTENED_LIVE
from crm_store.codec import CodecError, decode, encode, encode_fact
from crm_store.errors import StoreAway
from crm_store.problems import is_databases
from crm_store.projection import Projection, is_call_fact
from crm_store.queue_alarms import write_alarms
from crm_store.schema import audit, facts, links
from crm_store.spool import Spool, sync
from crm_store.store import Store
from crm_store.values import storable, upsert
from routing.facts import (
    AlarmChanged,
    CallerKnown,
    LinkAlive,
    ListenChanged,
    Recorded,
    WrittenChanged,
    WrittenRanked,
)

log = structlog.get_logger("journal")

BATCH = 200
"""Facts in one transaction: about two milliseconds of this process between two turns of the loop."""
GATHER = 0.05
SOON, SELDOM = 0.1, 2.0
SYNC_EVERY = 0.2
LAST_WORDS = 3.0
REPLAY_SECONDS = 30.0
SAY_EVERY = 10.0
MOST_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """``lag_seconds``: how long the oldest fact has waited for the database. ``refusing``: the spool is full, facts are
    lost. ``set_aside``: facts that the database will never take."""

    lag_seconds: float
    spool_bytes: int
    away_since: datetime | None
    why: str
    refusing: bool
    refused: int
    set_aside: int
    written: int


class Journal:
    """An async context; ``append`` from inside it. ``most_bytes`` bounds the spool in ``folder``."""

    def __init__(self, store: Store, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._database = store.database
        self._folder = folder
        self._most_bytes = most_bytes
        self._projection = Projection()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._away = asyncio.Event()
        self._away_since: datetime | None = None
        self._why = ""
        self._appended = self._taken = 0
        self._marks: deque[tuple[int, float]] = deque()
        self._one_by_one = 0
        self._refused = self._set_aside = self._written = 0
        self._refusing = False
        self._said_at = 0.0
        self._spool: Spool
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Journal:
        """Takes over what the spool holds: the database has it on return, unless it is away or takes too long.

        So whoever asks next for the open calls learns of those that a killed process had just begun. Raises SpoolInUse.
        """
        self._loop = asyncio.get_running_loop()
        self._spool = await asyncio.to_thread(Spool, self._folder, self._most_bytes)
        self._appended = self._spool.size
        if self._appended:
            self._marks.append((self._appended, self._loop.time()))
            log.info("the spool holds facts of an earlier run", bytes=self._appended)
        self._tasks = (self._loop.create_task(self._write_behind()), self._loop.create_task(self._sync_behind()))
        if self._appended:
            await self._replayed()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the database a little time to take the rest; what it does not take stays in the spool."""
        if not await self.settled(LAST_WORDS):
            log.warning("facts stay in the spool for the next start", bytes=self._spool.size)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(sync, self._spool.to_sync())
        self._spool.close()

    def append(self, recorded: Sequence[Recorded]) -> None:
        """Writes the facts down on this machine, and behind that in the database. Never raises, never waits for it."""
        lines = b"".join(encode(_without_pop(each)) + b"\n" for each in recorded)
        if not lines:
            return
        if not self._spool.append(lines):
            self._refuse(len(recorded))
            return
        self._refusing = False
        now = self._loop.time()
        self._appended += len(lines)
        if not self._marks or now - self._marks[-1][1] >= 1:
            self._marks.append((self._appended, now))
        self._settled.clear()
        self._wake.set()

    async def _replayed(self) -> None:
        waits = [self._loop.create_task(event.wait()) for event in (self._settled, self._away)]
        await asyncio.wait(waits, timeout=REPLAY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not self._settled.is_set():
            log.warning("the spool is not empty yet; it is written behind", bytes=self._spool.size, why=self._why)

    async def settled(self, seconds: float) -> bool:
        """Waits until the database has all that was appended; False when it does not within ``seconds``."""
        try:
            await asyncio.wait_for(self._settled.wait(), seconds)
        except TimeoutError:
            return False
        return True

    @property
    def status(self) -> JournalStatus:
        return JournalStatus(
            lag_seconds=max(0.0, self._loop.time() - self._marks[0][1]) if self._marks else 0.0,
            spool_bytes=self._spool.size,
            away_since=self._away_since,
            why=self._why,
            refusing=self._refusing,
            refused=self._refused,
            set_aside=self._set_aside,
            written=self._written,
        )

    def _refuse(self, count: int) -> None:
        self._refused += count
        now = self._loop.time()
        if not self._refusing or now - self._said_at > SAY_EVERY:
            self._said_at = now
            log.error("the spool is full or its disk is: facts are not written down", refused=self._refused)
        self._refusing = True

    async def _write_behind(self) -> None:
        tries = 0
        while True:
            lines = self._spool.lend(1 if self._one_by_one else BATCH)
            if not lines:
                self._all_taken()
                await self._wake.wait()
                await asyncio.sleep(GATHER)
                self._wake.clear()
                continue
            recorded, broken = _understood(lines)
            try:
                await self._write(recorded)
            except Exception as problem:
                if isinstance(problem, StoreAway) or is_databases(problem):
                    self._is_away(str(problem))
                    tries += 1
                    await asyncio.sleep(min(SOON * 2 ** min(tries, 8), SELDOM) * random.uniform(0.5, 1))  # noqa: S311 - spread
                    continue
                if len(lines) > 1:
                    self._one_by_one = len(lines)
                    continue
                self._put_aside(lines[0], problem)
            for line, reason in broken:
                self._put_aside(line, reason)
            tries = 0
            self._is_back()
            self._cut(lines)
            if len(lines) < BATCH and not self._one_by_one:
                await asyncio.sleep(GATHER)

    def _cut(self, lines: Sequence[bytes]) -> None:
        self._spool.cut()
        self._one_by_one = max(0, self._one_by_one - 1)
        self._written += len(lines)
        self._taken += sum(map(len, lines)) + len(lines)
        while self._marks and self._marks[0][0] <= self._taken:
            self._marks.popleft()

    def _all_taken(self) -> None:
        self._marks.clear()
        self._settled.set()

    def _put_aside(self, line: bytes, problem: Exception) -> None:
        self._set_aside += 1
        self._spool.refuse(line, f"{type(problem).__name__}: {problem}")
        log.error("a fact cannot be stored and was put aside in the spool's refused.txt", why=str(problem)[:300])

    async def _write(self, recorded: Sequence[Recorded]) -> None:
        try:
            async with self._database.writing() as connection:
                fresh = await _fresh(connection, recorded)
                rows = [_row(each) for each in fresh if not isinstance(each.fact, LinkAlive | WrittenRanked)]
                if rows:
                    await connection.execute(insert(facts), rows)
                heard = [each.fact for each in fresh if isinstance(each.fact, ListenChanged)]
                if deeds := [_listened(fact, fact.until) for fact in heard if fact.until is not None]:
                    await connection.execute(insert(audit), deeds)
                await write_alarms(connection, [each.fact for each in fresh if isinstance(each.fact, AlarmChanged)])
                await _write_links(connection, [each.fact for each in fresh if isinstance(each.fact, LinkAlive)])
                after = await self._projection.project(connection, (each.fact for each in fresh))
        except BaseException:
            self._projection.forget()  # it may have been committed all the same
            raise
        self._projection.keep(after)

    def _is_away(self, why: str) -> None:
        if self._away_since is None:
            self._away_since = datetime.now(UTC)
            log.error("the database is away; facts go to the spool", why=why)
        self._why = why
        self._away.set()

    def _is_back(self) -> None:
        if self._away_since is not None:
            away = datetime.now(UTC) - self._away_since
            log.info("the database is back", away_seconds=round(away.total_seconds(), 1), bytes=self._spool.size)
        self._away_since, self._why = None, ""
        self._away.clear()

    async def _sync_behind(self) -> None:
        """While the database is away the disk must be the safe place: many facts, one sync."""
        synced = -1
        while True:
            await self._away.wait()
            if synced != self._appended:
                synced = self._appended
                try:
                    await asyncio.to_thread(sync, self._spool.to_sync())
                except OSError as problem:
                    log.error("the spool cannot be put on the disk", why=str(problem))
            await asyncio.sleep(SYNC_EVERY)


def _understood(lines: Sequence[bytes]) -> tuple[list[Recorded], list[tuple[bytes, CodecError]]]:
    """The facts of these lines, and the lines that are none."""
    found: list[Recorded] = []
    broken: list[tuple[bytes, CodecError]] = []
    for line in lines:
        try:
            found.append(decode(line))
        except CodecError as problem:
            broken.append((line, problem))
    return found, broken


async def _fresh(connection: AsyncConnection, recorded: Sequence[Recorded]) -> list[Recorded]:
    """Those that the journal lacks, each once."""
    spans: dict[str, list[int]] = {}
    for each in recorded:
        spans.setdefault(each.stream, []).append(each.seq)
    had: set[tuple[str, int]] = set()
    for stream, seqs in spans.items():
        query = select(facts.c.seq).where(facts.c.stream == stream, facts.c.seq.between(min(seqs), max(seqs)))
        had.update((stream, seq) for seq in (await connection.execute(query)).scalars())
    fresh = []
    for each in recorded:
        if (each.stream, each.seq) not in had:
            had.add((each.stream, each.seq))
            fresh.append(each)
    return fresh


async def _write_links(connection: AsyncConnection, alive: Sequence[LinkAlive]) -> None:
    for fact in {fact.asterisk: fact for fact in alive}.values():
        row = {"asterisk": storable(fact.asterisk), "boot": storable(fact.boot), "alive_at": fact.at}
        await connection.execute(upsert(connection, links, row, ("asterisk",)), row)


def _listened(fact: ListenChanged, until: datetime) -> dict[str, Any]:
    """A stretch of listening that is over, for the audit trail: who, whom, in what call, from when until when."""
    detail = {
        "call": fact.call,
        "mode": fact.mode,
        "from": fact.since.isoformat(),
        "until": until.isoformat(),
        "estimated": fact.estimated,
    }
    subject = storable(f"agent:{fact.agent}"[:200])
    return {"at": until, "who": storable(fact.listener), "what": LISTENED_LIVE, "subject": subject, "detail": detail}


def _row(recorded: Recorded) -> dict[str, Any]:
    fact = recorded.fact
    return {
        "stream": recorded.stream,
        "seq": recorded.seq,
        "call_id": fact.call if is_call_fact(fact) else None,
        "at": fact.at,
        "kind": type(fact).__name__,
        "body": encode_fact(fact).decode(),
    }


def _without_pop(recorded: Recorded) -> Recorded:
    """What is shown of a contact is in the CRM; the journal must not keep a copy of it for ever."""
    if isinstance(recorded.fact, CallerKnown) and recorded.fact.pop:
        return replace(recorded, fact=replace(recorded.fact, pop=""))
    if isinstance(recorded.fact, WrittenChanged):
        return replace(recorded, fact=replace(recorded.fact, name=None, title=""))
    return recorded
