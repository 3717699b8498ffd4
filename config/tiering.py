"""The nightly job that reckons customers' tiers from their orders."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from crm_store.errors import StoreError
from crm_store.store import Store

log = structlog.get_logger(__name__)


def until_hour(hour: int, now: datetime) -> float:
    """Seconds from ``now`` until the next time it is this hour, UTC."""
    at = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (at + timedelta(days=0 if at > now else 1) - now).total_seconds()


@asynccontextmanager
async def reckoning_tiers(hour: int, store: Store) -> AsyncIterator[None]:
    """Nightly from entry to exit. Two processes that do so do no harm: the second finds nothing to change."""
    task = asyncio.create_task(_nightly(hour, store), name="tiers")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _nightly(hour: int, store: Store) -> None:
    while True:
        await asyncio.sleep(until_hour(hour, datetime.now(UTC)))
        try:
            done = await store.tiers.reckon(datetime.now(UTC))
            log.info("tiers reckoned", changed=done.changed, **done.have)
        except StoreError as problem:
            log.error("tiers were not reckoned", why=str(problem))
        except Exception:
            log.exception("the reckoning of tiers stumbled")
