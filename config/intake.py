"""Where written requests come from, as the settings say: web forms, mailboxes, tickets near breach; and their times."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from agent_ui.http.flood import FormPlan
from agent_ui.mail.answering import SmtpPlan
from agent_ui.mail.imap import ImapPlan
from agent_ui.mail.mailbox import MailboxPlan, MailboxReader, reading
from config.settings import Form, Mailbox, Settings, WrittenAt
from crm_store.errors import Refused, StoreError
from crm_store.store import Store

EVERY_SECONDS = 2.0
TICKETS_EVERY = 15.0
SWEEP_EVERY = 600.0

log = structlog.get_logger(__name__)


def form_plan(form: Form) -> FormPlan:
    return FormPlan(
        form.key,
        form.queue,
        form.name,
        frozenset(form.origins),
        form.thanks_url,
        form.skills,
        timedelta(minutes=form.answer_within_minutes),
        form.per_address,
        form.per_minute,
        form.kind,
        frozenset(form.queues),
    )


def mailbox_plan(box: Mailbox) -> MailboxPlan:
    imap = ImapPlan(
        box.name, box.imap_host, box.imap_port, box.imap_tls, box.username, box.password, box.folder,
        box.max_megabytes * 1_000_000,
    )  # fmt: skip
    within = timedelta(minutes=box.answer_within_minutes)
    return MailboxPlan(imap, box.queue, box.every_seconds, within, box.skills, box.attachment_megabytes * 1_000_000)


def smtp_plan(box: Mailbox) -> SmtpPlan:
    user = box.smtp_username or (box.username if box.smtp_tls != "none" else "")
    return SmtpPlan(
        box.name, box.queue, box.sender, box.smtp_host, box.smtp_port, box.smtp_tls, user,
        box.smtp_password or box.password,
    )  # fmt: skip


def senders(settings: Settings) -> tuple[SmtpPlan, ...]:
    return tuple(smtp_plan(box) for box in settings.mailboxes if box.smtp_host)


@asynccontextmanager
async def taking_in(settings: Settings, store: Store) -> AsyncIterator[tuple[MailboxReader, ...]]:
    """Mailboxes are read, tickets near breach become requests, and what is parked or too late has its time."""
    with contextlib.suppress(StoreError):
        await store.mailboxes.keep_troubles_of({box.name for box in settings.mailboxes})
    task = asyncio.create_task(_watch(settings.written, store), name="requests' times")
    try:
        async with reading([mailbox_plan(box) for box in settings.mailboxes], store) as readers:
            yield readers
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _watch(at: WrittenAt, store: Store) -> None:
    loop = asyncio.get_running_loop()
    tickets_at, swept_at, said = float("-inf"), float("-inf"), ""
    while True:
        try:
            await store.requests.time_up(datetime.now(UTC))
            if at.attachments_days and loop.time() - swept_at >= SWEEP_EVERY:
                swept_at = loop.time()
                await store.attachments.sweep(datetime.now(UTC) - timedelta(days=at.attachments_days))
            if at.tickets_queue and loop.time() - tickets_at >= TICKETS_EVERY:
                tickets_at = loop.time()
                within = timedelta(minutes=at.tickets_within_minutes)
                await store.requests.take_tickets(at.tickets_queue, datetime.now(UTC), within)
            said = ""
        except Refused as problem:
            if str(problem) != said:
                log.error("tickets cannot become requests", trouble=str(problem), setting="[written] tickets_queue")
            said = str(problem)
        except StoreError as away:
            log.debug("requests' times not looked at", why=str(away))
        except Exception:
            log.exception("the look at requests' times stumbled")
        await asyncio.sleep(EVERY_SECONDS)
