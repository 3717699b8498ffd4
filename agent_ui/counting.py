"""Keeps today's figures of a web node true: filled once from the records, then by facts, and as time passes.

SQL is asked only after a start, after the picture had a hole, and when a queue's target or zone has changed; never for
a figure that is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from agent_ui.hub import Hub
from crm_store.errors import StoreError
from crm_store.store import Store

TIME_PASSES_SECONDS = 5.0
SETTLES_SECONDS = 1.0
"""The records are read so long after what made it needful: the journal writes behind the facts."""
AGAIN_SECONDS = 5.0

log = structlog.get_logger("counting")


async def keep_counting(hub: Hub, store: Store, clock: Callable[[], datetime]) -> None:
    """Until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_pass_time(hub))
        tasks.create_task(_count(hub, store, clock))


async def _pass_time(hub: Hub) -> None:
    while True:
        hub.time_passed()
        await asyncio.sleep(TIME_PASSES_SECONDS)


async def _count(hub: Hub, store: Store, clock: Callable[[], datetime]) -> None:
    while True:
        await hub.to_count.wait()
        await asyncio.sleep(SETTLES_SECONDS)
        hub.to_count.clear()
        try:
            await store.todays_calls.count(hub.board.today, clock())
        except StoreError as away:
            log.debug("today is not counted yet", why=str(away))
            hub.to_count.set()
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            hub.counted()
