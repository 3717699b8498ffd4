"""A web node's copy of the live picture, kept true by what the bus says.

For each engine the follower is in one of three states, and only here:

* *away*: nothing was heard for SILENT_AFTER seconds (or ever). What is shown is the last that was known.
* *syncing*: it was heard, but this copy has a hole (first contact, another stream, a number left out, or a beat that is
  ahead of us). A fresh picture is being fetched; facts that come meanwhile are kept and put on top of it by number.
* *true*: every fact is applied as it comes, synchronously, and passed on with the call as it was before.

The watcher (the hub) hears of facts only in *true*; after *syncing* it is told that everything is new.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from agent_ui.bus.port import SILENT_AFTER, EngineAway, Notice, WebBus
from routing.facts import (
    AgentChanged,
    AlarmChanged,
    CallFact,
    Drifted,
    HelpChanged,
    LinkAlive,
    LinkChanged,
    ListenChanged,
    QueueGone,
    QueueSeen,
    Recorded,
    WrittenChanged,
    WrittenRanked,
)
from routing.picture import Picture
from routing.story import Call

log = structlog.get_logger("follow")

MOST_KEPT = 20_000
TRY_AGAIN = 0.5
OtherFact = (
    AgentChanged
    | QueueSeen
    | QueueGone
    | LinkChanged
    | LinkAlive
    | Drifted
    | WrittenChanged
    | WrittenRanked
    | ListenChanged
    | HelpChanged
    | AlarmChanged
)
NOT_ABOUT_A_CALL = (
    AgentChanged, QueueSeen, QueueGone, LinkChanged, LinkAlive, Drifted, WrittenChanged, WrittenRanked,
    ListenChanged, HelpChanged, AlarmChanged,
)  # fmt: skip


class Watcher(Protocol):
    """Synchronous; must not raise."""

    def call_changed(self, fact: CallFact, before: Call | None, after: Call | None) -> None:
        """The picture has taken this fact. ``after`` may have ended, or be None: merged into another call."""

    def changed(self, fact: OtherFact) -> None:
        """The picture has taken this fact, which is about no call."""

    def renewed(self) -> None:
        """The picture was replaced, wholly or for one engine."""

    def engine_seen(self, engine: str, alive: bool) -> None: ...

    def noticed(self, notice: Notice) -> None: ...


@dataclass(slots=True)
class _Engine:
    heard_at: float | None = None
    alive: bool = False
    true: bool = False
    syncing: asyncio.Task[None] | None = None
    kept: deque[Recorded] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))


class Follower:
    """An :class:`agent_ui.bus.port.Ear`. ``engines`` are the names of all Asterisks that there should be."""

    def __init__(self, bus: WebBus, engines: tuple[str, ...], watcher: Watcher) -> None:
        self.picture = Picture()
        self._bus = bus
        self._watcher = watcher
        self._engines = {name: _Engine() for name in engines}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._bus.listen(self):
            watching = asyncio.create_task(self._watch(), name="follow")
            try:
                yield
            finally:
                tasks = [watching, *(engine.syncing for engine in self._engines.values() if engine.syncing)]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def away(self) -> list[str]:
        """Engines that are not heard now, or whose picture is not true yet."""
        return [name for name, engine in self._engines.items() if not (engine.alive and engine.true)]

    # What the bus calls

    def heard(self, engine: str, recorded: Recorded) -> None:
        known = self._seen(engine)
        if not known.true:
            known.kept.append(recorded)
        elif not self._take(recorded):
            known.kept.append(recorded)
            self._sync(engine)

    def beat(self, engine: str, stream: str, seq: int) -> None:
        known = self._seen(engine)
        behind = bool(stream) and self.picture.streams.get(stream, -1) < seq
        if known.true and behind:
            self._sync(engine)

    def noticed(self, notice: Notice) -> None:
        self._watcher.noticed(notice)

    # Inside

    def _seen(self, engine: str) -> _Engine:
        known = self._engines.setdefault(engine, _Engine())
        known.heard_at = asyncio.get_running_loop().time()
        if not known.alive:
            known.alive = True
            self._watcher.engine_seen(engine, True)
            self._sync(engine)
        return known

    def _take(self, recorded: Recorded) -> bool:
        picture, fact = self.picture, recorded.fact
        if recorded.seq <= picture.streams.get(recorded.stream, 0):
            return True
        if isinstance(fact, NOT_ABOUT_A_CALL):
            if not picture.apply(recorded):
                return False
            self._watcher.changed(fact)
            return True
        before = picture.calls.get(fact.call)
        if not picture.apply(recorded):
            return False
        self._watcher.call_changed(fact, before, picture.after(fact.call))
        return True

    def _sync(self, engine: str) -> None:
        known = self._engines[engine]
        known.true = False
        if known.syncing is None:
            known.syncing = asyncio.create_task(self._fetch(engine, known), name=f"follow {engine}")

    async def _fetch(self, engine: str, known: _Engine) -> None:
        """Until the copy is true, or the engine is silent again (then its next sign of life begins anew)."""
        try:
            while known.alive and not known.true:
                try:
                    fresh = await self._bus.picture(engine)
                except EngineAway:
                    await asyncio.sleep(TRY_AGAIN)
                    continue
                except Exception:
                    log.exception("a picture could not be fetched", engine=engine)
                    await asyncio.sleep(TRY_AGAIN)
                    continue
                self.picture.adopt(fresh)
                known.true = self._catch_up(known)
                log.info("picture fetched", engine=engine, calls=len(fresh.calls), true=known.true)
        finally:
            known.syncing = None
        if known.true:
            self._watcher.renewed()

    def _catch_up(self, known: _Engine) -> bool:
        """Puts the kept facts on top of a fresh picture. Those of a stream that it does not know are from before it."""
        while known.kept:
            recorded = known.kept.popleft()
            if recorded.stream in self.picture.streams and not self.picture.apply(recorded):
                return False
        return True

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            for name, engine in self._engines.items():
                if engine.alive and loop.time() - (engine.heard_at or 0.0) > SILENT_AFTER:
                    engine.alive = engine.true = False
                    engine.kept.clear()
                    log.warning("engine is silent", engine=name)
                    self._watcher.engine_seen(name, False)
            await asyncio.sleep(1)
