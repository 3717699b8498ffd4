"""The daily job that erases recordings which were kept long enough."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from config.settings import RecordingsAt
from crm_store.errors import StoreError
from crm_store.retention import retain
from crm_store.sound import SoundFolder
from crm_store.store import Store

FIRST_SECONDS = 600.0
"""Not at once: whoever starts Helin with a wrong number of days has time to see it."""
DAY_SECONDS = 86_400.0

log = structlog.get_logger(__name__)


@asynccontextmanager
async def retaining(at: RecordingsAt, store: Store) -> AsyncIterator[None]:
    """Daily from entry to exit; nothing happens without a folder."""
    task = asyncio.create_task(_daily(at, store), name="retention") if at.folder is not None else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _daily(at: RecordingsAt, store: Store) -> None:
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            done = await retain(store, SoundFolder(at.folder), at.keep_days, datetime.now(UTC))
            log.info("recordings retained", erased=done.erased, gone=done.gone, failed=len(done.failed))
            for sentence in done.failed[:20]:
                log.error("a recording was not erased", what=sentence)
        except StoreError as problem:
            log.error("recordings were not retained", why=str(problem))
        except Exception:
            log.exception("the retention of recordings stumbled")
        await asyncio.sleep(DAY_SECONDS)
