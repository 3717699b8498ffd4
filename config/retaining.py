"""The daily job that erases recordings and records of dialling which were kept long enough."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog

from config.settings import RecordingsAt
from crm_store.attempt_records import retain_attempts
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
    """Daily from entry to exit; without a folder nothing happens to recordings."""
    task = asyncio.create_task(_daily(at, store), name="retention")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _daily(at: RecordingsAt, store: Store) -> None:
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        if at.folder is not None:
            await _tried("recordings", _recordings(at, store))
        await _tried("attempts", _attempts(store))
        await asyncio.sleep(DAY_SECONDS)


async def _tried(what: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except StoreError as problem:
        log.error("not retained", what=what, why=str(problem))
    except Exception:
        log.exception("retention stumbled", what=what)


async def _recordings(at: RecordingsAt, store: Store) -> None:
    done = await retain(store, SoundFolder(at.folder), at.keep_days, datetime.now(UTC))
    log.info("recordings retained", erased=done.erased, gone=done.gone, failed=len(done.failed))
    for sentence in done.failed[:20]:
        log.error("a recording was not erased", what=sentence)


async def _attempts(store: Store) -> None:
    gone = await retain_attempts(store.database, store.lawfulness.profiles, datetime.now(UTC))
    log.info("attempts retained", erased=gone)
