"""The job that sends scheduled reports."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from agent_ui.mail.sending_reports import send_due
from config.intake import senders
from config.settings import Settings
from crm_store.errors import StoreError
from crm_store.store import Store

EVERY = 30.0

log = structlog.get_logger(__name__)


@asynccontextmanager
async def sending_reports(settings: Settings, store: Store) -> AsyncIterator[None]:
    """From entry to exit, through the first mailbox that sends. Two processes that do so send none twice."""
    plan = next(iter(senders(settings)), None)

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                if count := await send_due(store, plan, datetime.now(UTC)):
                    log.info("reports sent", count=count)
            except StoreError as away:
                log.warning("reports were not sent", why=str(away))
            except Exception:
                log.exception("sending reports stumbled")

    task = asyncio.create_task(again_and_again(), name="reports")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
