"""The job that sums up, for reports, the hours whose calls changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from crm_store.errors import StoreError
from crm_store.store import Store

EVERY = 300.0
SAY_FROM = 24
"""Hours at once that are worth a line in the log."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def rolling_up(store: Store, every: float = EVERY) -> AsyncIterator[None]:
    """From entry to exit. Two processes that do so do no harm: an hour is one's, the other finds nothing to do."""
    task = asyncio.create_task(_again_and_again(store, every), name="roll-ups")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _again_and_again(store: Store, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            done = await store.rollups.roll(datetime.now(UTC))
            if done >= SAY_FROM:
                log.info("summed up for reports", hours=done)
        except StoreError as problem:
            log.warning("hours were not summed up; reports count their calls one by one", why=str(problem))
        except Exception:
            log.exception("summing up hours stumbled")
