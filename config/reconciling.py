"""After each gap, and nightly: what Asterisk wrote down of its calls beside what we did, and what came of it.

A gap is the time from the last proof of life to READY: Helin was not running, or the link was down. Reading the records
takes a while and waits for nobody: it stands beside the telephony and is written through the journal like all else.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from config.settings import Asterisk
from config.tiering import until_hour
from crm_store.errors import StoreError
from crm_store.gaps import Gap
from crm_store.numbers import to_e164
from crm_store.store import Store
from cti import witness
from routing.facts import CallArrived, CallerKnown, CallFact, LinkAlive, LinkChanged, Recorded
from routing.witness import Findings, Ground, Witnessed, compare, safe

log = structlog.get_logger("reconciling")

SETTLES = 5.0
"""Seconds after READY until the records are read: Asterisk writes a call's when it ends, we ours a moment later."""
NIGHTLY_HOUR = 2
NIGHT = timedelta(hours=25)
LONGEST = timedelta(days=31)
MARGIN = timedelta(seconds=2)
AGAIN_SECONDS = 60.0

Append = Callable[[Sequence[Recorded]], object]
Settled = Callable[[float], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Hole:
    """Nobody listened from ``begin`` to ``end``."""

    begin: datetime
    end: datetime
    why: str


class Gaps:
    """``hear`` is one of an engine's. ``alive_at``: the last proof of life of the run before, None: there was none."""

    def __init__(self, alive_at: datetime | None) -> None:
        self._since = alive_at
        self._why = "Helin was not running"
        self._alive: datetime | None = None
        self.found: asyncio.Queue[Hole] = asyncio.Queue()

    def hear(self, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            if isinstance(one.fact, LinkAlive):
                self._alive = one.fact.at
            elif isinstance(one.fact, LinkChanged):
                self._link(one.fact)

    def _link(self, fact: LinkChanged) -> None:
        if fact.state != "ready":
            if self._since is None and self._alive is not None:
                self._since, self._why = self._alive, fact.reason or f"the link was {fact.state}"
        elif self._since is not None:
            self.found.put_nowait(Hole(self._since, fact.at, self._why))
            self._since = None


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Of one Asterisk. ``append``, ``settled``: the journal's."""

    asterisk: Asterisk
    country: str
    store: Store
    append: Append
    settled: Settled

    async def run(self, gaps: Gaps) -> None:
        """Until it is cancelled. Where no records can be read the gaps are written down all the same."""
        while True:
            try:
                async with asyncio.timeout(until_hour(NIGHTLY_HOUR, datetime.now(UTC))):
                    hole = await gaps.found.get()
            except TimeoutError:
                now = datetime.now(UTC)
                hole = Hole(now - NIGHT, now - timedelta(minutes=1), "nightly")
            await asyncio.sleep(SETTLES)
            await self._surely(hole)

    async def _surely(self, hole: Hole) -> None:
        while True:
            try:
                gap = await self.look(hole)
                log.info("reconciled", why=gap.why, repaired=gap.repaired, unexplained=gap.unexplained)
                return
            except StoreError as away:
                log.info("a gap waits for the database", why=str(away))
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                log.exception("the reconciliation stumbled")
                return

    async def look(self, hole: Hole) -> Gap:
        """Compares, repairs, and writes the gap down. Raises StoreError."""
        begin, now = max(hole.begin, hole.end - LONGEST) - MARGIN, datetime.now(UTC)
        await self.settled(30)
        records = await self._records(begin, hole.end)
        found = await self._compared(records, begin, hole.end, now) if records.sources else Findings(0, (), ())
        if found.facts:
            stream = f"{self.asterisk.name}-reconciled-{secrets.token_hex(6)}"
            facts = [fact for one in found.facts for fact in await self._with_caller(one)]
            self.append([Recorded(stream, seq, fact) for seq, fact in enumerate(facts, 1)])
            await self.settled(30)
        return await self.store.gaps.add(
            self.asterisk.name, hole.begin, hole.end, hole.why, now, records.sources, records.troubles,
            found.witnessed, found.differences,
        )  # fmt: skip

    async def _records(self, begin: datetime, end: datetime) -> witness.Records:
        if not self.asterisk.records:
            return witness.Records((), (), ("the settings do not say where its records are",), False, None)
        reading = partial(witness.read, Path(self.asterisk.records), begin, end, self.asterisk.records_utc)
        return await asyncio.to_thread(reading)

    async def _compared(self, records: witness.Records, begin: datetime, end: datetime, now: datetime) -> Findings:
        name = self.asterisk.name
        ours = await self.store.gaps.calls_in(name, begin - MARGIN, end + MARGIN)
        link = (await self.store.calls.links()).get(name)
        day = timedelta(days=1)
        boots = {*await self.store.gaps.boots(name, begin - day, end + day), *((link.boot,) if link else ())}
        users = await self.store.users.all()
        ground = Ground(
            name, begin, end, now, {user.interface: user.login for user in users if user.interface},
            frozenset(self.asterisk.inbound_contexts),
            partial(_call_id, name, tuple(boots)), lambda text: to_e164(text, self.country), records.complete,
            records.covered_from,
        )  # fmt: skip
        return compare(records.calls, ours, ground)

    async def _with_caller(self, fact: CallFact) -> tuple[CallFact, ...]:
        """Behind a call's beginning whose it is, if its number tells."""
        if not isinstance(fact, CallArrived) or fact.number is None:
            return (fact,)
        with contextlib.suppress(StoreError):
            found = await self.store.look_up(fact.number)
            contact = found.contacts[0] if len(found.contacts) == 1 else None
            return fact, CallerKnown(fact.call, fact.at, contact, found.tier)
        return (fact,)


def _call_id(asterisk: str, boots: Sequence[str], one: Witnessed) -> str | None:
    """As the engine would have made it: with the run of Asterisk that the call was in."""
    began = [(at, boot) for boot in boots if (at := _boot_at(boot)) is not None]
    before = [(at, boot) for at, boot in began if at <= one.started_at + MARGIN]
    boot = max(before)[1] if before else boots[0] if len(boots) == 1 else None
    return None if boot is None else f"{asterisk}-{boot}-{safe(one.linked)}"


def _boot_at(boot: str) -> datetime | None:
    """When that run began: it is told in the zone of Asterisk, which is taken for this machine's."""
    try:
        return datetime.strptime(boot, "%Y%m%dT%H%M%S").astimezone(UTC)
    except ValueError:
        return None
