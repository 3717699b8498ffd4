"""What running campaigns' leads need from time to time: see the parts of the store that are named here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from crm_store.errors import StoreError
from crm_store.store import Store

OFTEN = 5.0
"""Seconds between two looks at reservations and callbacks, and at leads that are nobody's."""
SELDOM = 60
"""Looks from one to the next at segments and at what is recycled: these ask about all contacts, all leads."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping_leads(store: Store, often: float = OFTEN) -> AsyncIterator[None]:
    """From entry to exit. Two processes that do so do no harm: the second finds nothing to change."""
    task = asyncio.create_task(_again_and_again(store, often), name="leads")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _again_and_again(store: Store, often: float) -> None:
    count = 0
    while True:
        await asyncio.sleep(often)
        try:
            await keep(store, datetime.now(UTC), all_of_it=count % SELDOM == 0)
        except StoreError as problem:
            log.warning("leads were not looked after", why=str(problem))
        except Exception:
            log.exception("looking after leads stumbled")
        count += 1


async def keep(store: Store, now: datetime, *, all_of_it: bool) -> None:
    """Once. Raises StoreError."""
    for campaign in await store.campaigns.running():
        await store.leads.tidy(campaign.id, campaign.settings, now)
        if all_of_it:
            await store.segments.refresh(campaign.id, now)
            await store.leads.recycle(campaign.id, campaign.settings, now)
        await store.sharing_out.share(campaign, now)
