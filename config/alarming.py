"""Watches an engine's queues: once a second their figures are held against their limits.

:mod:`routing.alarms` decides; what it decides goes through the switchboard as facts, so that the journal, the panels
and whoever else hears facts learn of it alike. Figures come from the live picture and from counts kept in memory; the
records are read once after a start, for what came before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import structlog

from crm_store.errors import StoreError
from crm_store.store import Store
from cti.engine import Engine
from routing.alarms import QueueAlarms, measured
from routing.events import Directory
from routing.facts import AlarmChanged, Recorded
from routing.story import Call
from routing.today import Today, terms_of

EVERY_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Alarming:
    """``hear`` is one of an engine's. ``open_``: alarms that were up when the engine before this one ended."""

    def __init__(self, store: Store, engine: Engine, directory: Directory, open_: Sequence[AlarmChanged] = ()) -> None:
        self._store = store
        self._engine = engine
        self._today = Today(terms_of(directory.queues, directory.calendars))
        self._alarms = QueueAlarms(engine.asterisk.name, open_)
        engine.restore_alarms(open_)
        self._plans = {plan.name: plan for plan in directory.queues}
        self._calls: dict[str, Call] = dict(engine.picture().calls)
        self._today.only(self._calls.values())
        self._uncounted = asyncio.Event()
        self._uncounted.set()

    def use(self, directory: Directory) -> None:
        """Queues and their limits as they are now."""
        self._plans = {plan.name: plan for plan in directory.queues}
        if self._today.use(terms_of(directory.queues, directory.calendars)):
            self._uncounted.set()

    def hear(self, recorded: Sequence[Recorded]) -> None:
        picture = self._engine.picture()
        for id in dict.fromkeys(getattr(one.fact, "call", None) for one in recorded):
            if not isinstance(id, str):
                continue
            before, after = self._calls.get(id), picture.after(id)
            self._today.changed(before, after)
            if after is not None and after.active:
                self._calls[id] = after
            else:
                self._calls.pop(id, None)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._count())
            tasks.create_task(self._watch())

    async def _count(self) -> None:
        while True:
            await self._uncounted.wait()
            await asyncio.sleep(EVERY_SECONDS)
            self._uncounted.clear()
            try:
                await self._store.todays_calls.count(self._today, datetime.now(UTC))
            except StoreError as away:
                log.debug("today is not counted yet", why=str(away))
                self._uncounted.set()
                await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self) -> None:
        while True:
            if self._engine.status.ready:
                self.look(datetime.now(UTC))
            await asyncio.sleep(EVERY_SECONDS)

    def look(self, now: datetime) -> None:
        """What is raised or over now is told to the engine."""
        self._today.advance(now)
        picture = self._engine.picture()
        waiting: dict[str, list[Call]] = {}
        for call in picture.calls.values():
            if call.waiting_in is not None:
                waiting.setdefault(call.waiting_in, []).append(call)
        news: list[AlarmChanged] = []
        for name, plan in self._plans.items():
            if name in picture.queues:
                figures = self._today.figures(name)
                values = measured(name, waiting.get(name, ()), picture.agents.values(), figures, now)
                news += self._alarms.judge(name, plan.alarms, values, now)
        if news:
            self._engine.tell_alarms(news)
