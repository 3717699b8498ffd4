"""Keeps one Asterisk's link: connects, boots, takes the snapshot, watches for death and doubt, and begins again.

It decides nothing about calls. What it learns goes into the engine's mailbox as the small values below, in one line
with the messages, so that their order is the order in which they are merged. One session, one attempt at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from cti import snapshot
from cti.account import Hearing, check_account
from cti.actions import Words
from cti.errors import LinkError, Lost, NoAnswer, Refused
from cti.gauges import Gauges
from cti.link import AsteriskAddress, Counts, Link, Reply
from cti.mailbox import Mailbox
from cti.pace import Backoff, Pace
from cti.ports import State
from cti.snapshot import NoSnapshot, Taken

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """The link's state changed."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session is logged in; its first messages may already be behind this."""


@dataclass(frozen=True, slots=True)
class Booted:
    boot: str


@dataclass(frozen=True, slots=True)
class Fenced:
    stamp: float | None


@dataclass(frozen=True, slots=True)
class Synced:
    """``first`` of its session: from here on the link is ready. ``taken`` None: a later one was given up."""

    taken: Taken | None
    first: bool


@dataclass(frozen=True, slots=True)
class Alive:
    """Asterisk answered a Ping. ``ahead``: its clock less ours in seconds, as far as known."""

    ahead: float | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over, or was never begun."""

    reason: str
    opened: bool


class Keeper:
    """``run`` it for ever; ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        address: AsteriskAddress,
        mailbox: Mailbox,
        counts: Counts,
        gauges: Gauges,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._address = address
        self._mailbox = mailbox
        self._counts = counts
        self._gauges = gauges
        self._pace = pace
        self._clock = clock
        self._backoff = Backoff(pace)
        self._wake = asyncio.Event()
        self._in_doubt = False
        self._lacks: tuple[str, ...] = ()
        self.link: Link | None = None
        self.hearing = Hearing(counts.wanted)

    def doubt(self) -> None:
        """Something contradicts what is known: take a fresh snapshot, as soon as the pace allows."""
        self._in_doubt = True
        self._wake.set()

    async def run(self) -> None:
        self._mailbox.put(Said("connecting", f"connecting to {self._address.host}:{self._address.port}"))
        while True:
            try:
                await self._session()
            except LinkError as error:
                pause = self._backoff.after(error)
                if isinstance(error, Refused):
                    log.error(
                        "refused", asterisk=self._address.name, reason=str(error), next_try_seconds=round(pause, 1)
                    )
            except Exception:
                log.exception("the keeper failed", asterisk=self._address.name)
                pause = self._backoff.after(Lost("failed"))
            self._gauges.reconnects += 1
            await asyncio.sleep(pause)

    async def _session(self) -> None:
        """One session from connect to loss. Always ends with a LinkError, its reason already told."""
        self._in_doubt = False
        link = Link(self._address, self._counts, self._mailbox.put_messages, lambda _: self._wake.set())
        opened = False
        reason = f"the link to {self._address.name} was closed by Helin"
        self.hearing = Hearing(self._counts.wanted)
        self._mailbox.put(Opened())
        try:
            await link.open()
            opened = True
            await self._boot(link)
            ready_at = asyncio.get_running_loop().time()
            self.link = link
            await self._watch(link, ready_at)
        except LinkError as error:
            reason = str(error)
            raise
        finally:
            self.link = None
            link.close(reason)
            self._mailbox.put(Ended(reason, opened))

    async def _boot(self, link: Link) -> None:
        self._mailbox.put(Said("syncing", "logged in, waiting until Asterisk is fully booted"))
        lacks = ""
        try:
            async with asyncio.timeout(self._pace.boot):
                await link.booted.wait()
        except TimeoutError:
            lacks = "Asterisk does not say that it is booted: give the AMI account read=system"
        if link.ended is not None:
            raise Lost(link.ended)
        self._mailbox.put(Booted(await snapshot.boot_of(link.ask)))
        self._lacks = (*([lacks] if lacks else []), *await check_account(link.ask))
        self._mailbox.put(Synced(await self._take(link), True))

    async def _take(self, link: Link) -> Taken:
        taken = await snapshot.take(link.ask, self._fenced, self._clock)
        return replace(taken, lacks=(*self._lacks, *taken.lacks))

    def _fenced(self, stamp: float | None) -> None:
        self._mailbox.put(Fenced(stamp))

    async def _watch(self, link: Link, ready_at: float) -> None:
        """Until the link is lost or dead. Fresh snapshots on doubt, each a longer pause after the last."""
        now = asyncio.get_running_loop().time
        pause, resynced_at, pinged_at, alive_at = self._pace.resync_first, ready_at, float("-inf"), float("-inf")
        unbooted = not link.booted.is_set()
        while link.ended is None:
            if now() - ready_at > self._pace.steady:
                self._backoff.reset()
            if now() - pinged_at >= self._pace.ping:
                pinged_at = now()
                ahead = await self._ping(link)
                if now() - alive_at >= self._pace.alive:
                    alive_at = now()
                    self._mailbox.put(Alive(ahead))
            if lacks := await self.hearing.lacks(self._ask_within(link), now()):
                self._lacks, self._in_doubt = (*self._lacks, *lacks), True
            if unbooted and link.booted.is_set():
                unbooted, self._in_doubt, self._lacks = False, True, self._lacks[1:]
            if self._in_doubt and now() - resynced_at >= pause:
                calm = now() - resynced_at > 4 * pause
                pause = self._pace.resync_first if calm else min(pause * 2, self._pace.resync_most)
                await self._resync(link)
                resynced_at = now()
            until = pinged_at + self._pace.ping
            await self._sleep((min(until, resynced_at + pause) if self._in_doubt else until) - now())
        raise Lost(link.ended)

    async def _sleep(self, seconds: float) -> None:
        """Until then, or until the link is lost or something is in doubt."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.01, seconds)):
                await self._wake.wait()
        self._wake.clear()

    async def _ping(self, link: Link) -> float | None:
        """Asterisk's clock less ours. Raises Lost when nothing at all was heard since it was sent.

        A loop that was blocked must not take its peer for dead: then the deadline itself comes late.
        """
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            stamp = await snapshot.server_time(self._ask_within(link))
        except NoAnswer:
            late = loop.time() - asked_at - self._pace.ping_answer
            if link.heard_at > asked_at or late > self._pace.ping_answer / 4:
                return None
            link.close("dead")
            raise Lost(f"Asterisk has not said a word for {self._pace.ping_answer:g} s; the link was cut") from None
        return None if stamp is None else stamp - self._clock()

    def _ask_within(self, link: Link) -> snapshot.Ask:
        async def ask(words: Words, _: float) -> Reply:
            return await link.ask(words, self._pace.ping_answer)

        return ask

    async def _resync(self, link: Link) -> None:
        self._in_doubt = False
        self._gauges.resyncs += 1
        try:
            self._mailbox.put(Synced(await self._take(link), False))
        except (NoSnapshot, NoAnswer) as error:
            log.warning("no fresh snapshot", asterisk=self._address.name, reason=str(error))
            self._mailbox.put(Synced(None, False))
            self._in_doubt = True
