"""The bus of one process: function calls. A fact is at the panels' sockets when ``publish`` returns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from agent_ui.bus.port import BEAT_EVERY, Desk, DirectoryChanged, Ear, EngineAway, Notice, PanelsOpen
from agent_ui.bus.words import decode_picture, encode_picture
from routing.commands import Command, Result
from routing.facts import Recorded
from routing.picture import Picture

log = structlog.get_logger("bus")


class InProcessBus:
    """Holds who is there; the ends below do the talking."""

    trouble = ""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.serving: list[InProcessEngine] = []
        self.ears: list[Ear] = []

    def engine(self, name: str) -> InProcessEngine:
        return InProcessEngine(self, name)

    def web(self, engines: Sequence[str]) -> InProcessWeb:
        return InProcessWeb(self)


class InProcessEngine:
    def __init__(self, bus: InProcessBus, name: str) -> None:
        self._bus = bus
        self._name = name
        self._stream = ""
        self._seq = 0

    def publish(self, facts: Sequence[Recorded]) -> None:
        for recorded in facts:
            for ear in self._bus.ears:
                try:
                    ear.heard(self._name, recorded)
                except Exception:
                    log.exception("a web node could not take a fact", kind=type(recorded.fact).__name__)
        if facts:
            self._stream, self._seq = facts[-1].stream, facts[-1].seq

    def tell(self, notice: Notice) -> None:
        for ear in self._bus.ears:
            ear.noticed(notice)

    @asynccontextmanager
    async def serve(self, desk: Desk) -> AsyncIterator[None]:
        self._bus.desks[self._name] = desk
        self._bus.serving.append(self)
        beating = asyncio.create_task(self._beat(), name=f"bus beat {self._name}")
        try:
            yield
        finally:
            self._bus.desks.pop(self._name, None)
            self._bus.serving.remove(self)
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating

    def beat(self, ear: Ear) -> None:
        ear.beat(self._name, self._stream, self._seq)

    async def _beat(self) -> None:
        while True:
            for ear in list(self._bus.ears):
                self.beat(ear)
            await asyncio.sleep(BEAT_EVERY)


class InProcessWeb:
    def __init__(self, bus: InProcessBus) -> None:
        self._bus = bus
        self._ear: Ear | None = None

    @asynccontextmanager
    async def listen(self, ear: Ear) -> AsyncIterator[None]:
        self._ear = ear
        self._bus.ears.append(ear)
        for engine in self._bus.serving:
            engine.beat(ear)
        try:
            yield
        finally:
            self._bus.ears.remove(ear)

    async def picture(self, engine: str) -> Picture:
        desk = self._bus.desks.get(engine)
        if desk is None:
            raise EngineAway(f"No engine serves {engine}.")
        return decode_picture(encode_picture(desk.picture()))

    async def ask(self, engine: str, command: Command, within: float) -> Result:
        desk = self._bus.desks.get(engine)
        if desk is None:
            return Result(command.id, False, "not_ready", f"No engine serves {engine} now; nothing was done.")
        try:
            async with asyncio.timeout(within):
                return await desk.submit(command)
        except TimeoutError:
            return Result(command.id, False, "no_answer", "Nobody answered in time; see what the panel shows.")

    def tell(self, notice: Notice) -> None:
        for desk in self._bus.desks.values():
            if isinstance(notice, DirectoryChanged):
                desk.directory_changed()
            elif isinstance(notice, PanelsOpen):
                desk.panels_open(notice.agents, notice.others)
        for ear in self._bus.ears:
            if ear is not self._ear:
                ear.noticed(notice)
