"""Delivery: one task for each receiver, so that a dead one keeps nobody waiting, least of all the telephony.

A receiver's task reads the journal behind its place, tells what it wants to know, and moves the place on when all of a
part is told. Events of one call, agent or request are told one after the other; up to eight of these lines at once. So
a process that dies tells some again, with the same ids, and leaves out none.

What does not get through is tried again after 1, 2, 4, … seconds, at most ten minutes, each drawn between half of that
and all of it. A receiver that cannot be reached holds its place; after three days it is turned off, and turned on again
it goes on from there. An event that the receiver refuses is put aside, so that it does not stop the rest: after five
tries when it was called bad (400, 422, …), after twelve, some twenty minutes, when the receiver stumbled over it (500).
It can be replayed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from agent_ui.webhooks.addresses import Network
from agent_ui.webhooks.sending import LANES, Answer, Sender
from crm_store.errors import StoreError
from crm_store.store import Store
from crm_store.webhooks import Receiver, Replay, Told, settled
from routing.outward import line_of

log = structlog.get_logger("webhooks")

HELD_SECONDS = 10.0
LOOK_SECONDS = 3.0
"""How often it is looked who is to be told, and said that this process still does it."""
POLL_SECONDS = 0.3
HOLE_SECONDS = 30.0
"""A number that is missing for so long belongs to a transaction that failed."""
KEEP_SECONDS = 10.0
"""A place that moved over nothing to tell is written down so seldom."""
LONGEST_WAIT = 600.0
OFF_AFTER = timedelta(days=3)


@dataclass(slots=True)
class Counts:
    """Of one receiver, since this process began."""

    delivered: int = 0
    tries_failed: int = 0
    put_aside: int = 0
    away: bool = False
    oldest: datetime | None = None
    """When the oldest happened that is not told yet."""


class Delivery:
    """``counts`` by webhook, for the metrics."""

    def __init__(self, store: Store, inside: Sequence[Network], pace: float = 1.0) -> None:
        """``pace``: all waits are so many times as long; 1 but for tests."""
        self._store = store
        self._inside = inside
        self.pace = pace
        self.holder = uuid.uuid4().hex
        self.counts: dict[str, Counts] = {}
        self._running: dict[int, tuple[Receiver, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                try:
                    await self._look()
                except StoreError as away:
                    log.debug("who is to be told cannot be read", why=str(away))
                await asyncio.sleep(LOOK_SECONDS * self.pace)
        finally:
            await self._stop(tuple(self._running))
            with contextlib.suppress(StoreError):
                await self._store.webhooks.let_go(self.holder)

    async def _look(self) -> None:
        # Only who had ended before the table was read: one that is turned off meanwhile stands in what was read as on.
        ended = {id_ for id_, (_, task) in self._running.items() if task.done()}
        taken = await self._store.webhooks.take(self.holder, datetime.now(UTC), HELD_SECONDS)
        now = {one.id: one for one in taken}
        over = [id_ for id_, (had, _) in self._running.items() if id_ in ended or not _same(had, now.get(id_))]
        await self._stop(over)
        for id_, one in now.items():
            if id_ not in self._running:
                counts = self.counts.setdefault(one.name, Counts())
                errand = Errand(self._store, one, self.holder, counts, self.pace)
                self._running[id_] = (one, asyncio.create_task(self._tell(errand), name=f"webhook {one.name}"))
        names = {one.name for one in taken}
        for name in [name for name in self.counts if name not in names]:
            del self.counts[name]

    async def _tell(self, errand: Errand) -> None:
        try:
            async with Sender(errand.receiver, self._inside) as sender:
                await errand.run(sender)
        except StoreError as away:
            log.info("a webhook waits for the database", webhook=errand.receiver.name, why=str(away))
        except Exception:
            log.exception("a webhook stumbled and begins again", webhook=errand.receiver.name)

    async def _stop(self, ids: Sequence[int]) -> None:
        tasks = [self._running.pop(id_)[1] for id_ in ids]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _same(one: Receiver, other: Receiver | None) -> bool:
    return other is not None and (one.url, one.secret, one.kinds) == (other.url, other.secret, other.kinds)


@dataclass(slots=True)
class Errand:
    """The way of one receiver through the journal. Raises StoreError when the database is away."""

    store: Store
    receiver: Receiver
    holder: str
    counts: Counts
    pace: float
    place: int = 0
    _clear: int = 0
    _kept_at: float = 0.0
    _hole_since: float | None = None
    _failures: int = 0
    _away_since: datetime | None = None
    _refusals: dict[int, int] = field(default_factory=dict)

    async def run(self, sender: Sender) -> None:
        """Until it is cancelled, turned off, or taken over by another process."""
        self.place = self._clear = self.receiver.place
        self._away_since = self.receiver.away_since
        while True:
            moved = await self._live(sender)
            replayed = await self._again(sender)
            if moved is None or replayed is None:
                return
            if not (moved or replayed):
                await asyncio.sleep(POLL_SECONDS * self.pace)

    async def _live(self, sender: Sender) -> bool | None:
        """Whether there was anything; None: it is over."""
        last = await self._settled()
        if last == self.place:
            return False
        told, place = await self.store.webhooks.stretch(self.receiver.kinds, self.place, last)
        if told and not await self._deliver(sender, told):
            return None
        self.place = place
        now = asyncio.get_running_loop().time()
        if told or now - self._kept_at > KEEP_SECONDS:
            self._kept_at = now
            at = datetime.now(UTC) if told else None
            return True if await self.store.webhooks.came_to(self.receiver.id, self.holder, place, at) else None
        return True

    async def _settled(self) -> int:
        """Up to which number all that will ever be there is there."""
        if self._clear > self.place:
            return self._clear
        numbers = await self.store.webhooks.numbers(self.place)
        now = asyncio.get_running_loop().time()
        old = self._hole_since is not None and now - self._hole_since > HOLE_SECONDS * self.pace
        self._clear = settled(numbers, self.place, old)
        stuck = bool(numbers) and self._clear == self.place
        self._hole_since = (self._hole_since or now) if stuck else None
        return self._clear

    async def _again(self, sender: Sender) -> bool | None:
        """One step of the oldest replay: whether there was one; None: it is over."""
        for replay in await self.store.webhooks.replays(self.receiver.id):
            told, place = await self._part_of(replay)
            if told and not await self._deliver(sender, told):
                return None
            done = datetime.now(UTC) if place >= replay.last else None
            await self.store.webhooks.replayed(replay.id, place, len(told), done)
            return True
        return False

    async def _part_of(self, replay: Replay) -> tuple[tuple[Told, ...], int]:
        return await self.store.webhooks.stretch(
            self.receiver.kinds, replay.place, replay.last, replay.begin, replay.end
        )

    async def _deliver(self, sender: Sender, told: Sequence[Told]) -> bool:
        """Tries until each is told or put aside. False: it was turned off."""
        lines: dict[str, list[Told]] = {}
        for one in told:
            lines.setdefault(line_of(one.fact), []).append(one)
        left = list(lines.values())
        lanes = asyncio.Semaphore(LANES)
        while left:
            self.counts.oldest = min(line[0].fact.at for line in left)
            before = sum(map(len, left))
            answers = await asyncio.gather(*(self._line(sender, lanes, line) for line in left))
            left = [line for line in left if line]
            bad = [answer for answer in answers if answer is not None]
            if not await self._judge(bad, sum(map(len, left)) < before):
                return False
            if left:
                await asyncio.sleep(wait(self._failures) * self.pace)
        self.counts.oldest = None
        return True

    async def _line(self, sender: Sender, lanes: asyncio.Semaphore, line: list[Told]) -> Answer | None:
        """Tells from the front, taking off what is done; the answer that stopped it, None at the end."""
        async with lanes:
            while line:
                answer = await sender.send(line[0])
                if answer.came != "taken":
                    self.counts.tries_failed += 1
                    if answer.came != "refused" or not await self._enough(line[0], answer):
                        return answer
                else:
                    self.counts.delivered += 1
                self._refusals.pop(line.pop(0).id, None)
        return None

    async def _enough(self, told: Told, answer: Answer) -> bool:
        """Whether it was refused so often that it is put aside."""
        tries = self._refusals.get(told.id, 0) + 1
        self._refusals[told.id] = tries
        if tries < answer.tries:
            return False
        log.warning("a webhook refuses an event, which is put aside", webhook=self.receiver.name, why=answer.why)
        self.counts.put_aside += 1
        await self.store.webhooks.failed(self.receiver.id, told.id, datetime.now(UTC), answer.why)
        return True

    async def _judge(self, bad: Sequence[Answer], progress: bool) -> bool:
        """What these answers say of the receiver. False: it is off now."""
        why = next((answer for answer in bad if answer.came != "refused"), None)
        self._failures = 0 if progress or not bad else self._failures + 1
        self.counts.away = why is not None and not progress
        if why is None or progress:
            self._away_since = None
            return True
        now = datetime.now(UTC)
        since, self._away_since = self._away_since, self._away_since or now
        off = why.came == "gone" or now - self._away_since > OFF_AFTER
        if since is None or off or self._failures % 10 == 0:
            log.warning("a webhook's receiver cannot be reached", webhook=self.receiver.name, why=why.why, off=off)
        await self.store.webhooks.is_away(self.receiver.id, self.holder, why.why, self._away_since, off)
        return not off


def wait(failures: int) -> float:
    """Seconds until the next try, after so many without any success."""
    return min(2.0 ** max(0, failures - 1), LONGEST_WAIT) * random.uniform(0.5, 1)  # noqa: S311 - spread, no secret


@asynccontextmanager
async def delivering(store: Store, inside: Sequence[Network]) -> AsyncIterator[Delivery]:
    """Delivers from entry to exit."""
    delivery = Delivery(store, inside)
    task = asyncio.create_task(delivery.run(), name="webhooks")
    try:
        yield delivery
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
