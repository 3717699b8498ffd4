"""The job that sends scheduled reports."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from agent_ui.mail.sending_reports import send_due
from config.findings import Finding
from config.intake import senders
from config.settings import Settings
from crm_store.errors import StoreError
from crm_store.store import Store

EVERY = 30.0

log = structlog.get_logger(__name__)


async def findings(settings: Settings, store: Store) -> list[Finding]:
    """The doctor's: reports that should be sent and are not. Raises StoreError."""
    scheduled = await store.saved_reports.scheduled()
    if scheduled and not senders(settings):
        what = f"{len(scheduled)} reports are to be sent by mail, and no mailbox sends."
        return [Finding("fail", what, "give one of [[mailboxes]] an smtp_host and a sender")]
    found = [
        Finding("warn", f"Report {one.name} of {one.owner} was not sent: {one.trouble}.", "see Reports in the panel")
        for one in scheduled
        if one.trouble
    ]
    return found or [Finding("ok", f"{len(scheduled)} reports are sent by mail.")] if scheduled else []


@asynccontextmanager
async def sending_reports(settings: Settings, store: Store) -> AsyncIterator[dict[str, str]]:
    """From entry to exit, through the first mailbox that sends. Two processes that do so send none twice.

    Gives what could not be sent as of the last look, by report: it changes.
    """
    plan = next(iter(senders(settings)), None)
    unsent: dict[str, str] = {}

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                if count := await send_due(store, plan, datetime.now(UTC)):
                    log.info("reports sent", count=count)
                scheduled = await store.saved_reports.scheduled()
                unsent.clear()
                unsent.update({f"report {one.name}": one.trouble for one in scheduled if one.trouble})
            except StoreError as away:
                log.warning("reports were not sent", why=str(away))
            except Exception:
                log.exception("sending reports stumbled")

    task = asyncio.create_task(again_and_again(), name="reports")
    try:
        yield unsent
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
