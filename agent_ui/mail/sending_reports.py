"""Scheduled reports go out by SMTP with their figures as files, each once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import structlog

from agent_ui.mail.answering import SmtpPlan, deliver, one_line
from agent_ui.mail.blocking import in_thread
from crm_store.errors import Refused
from crm_store.report_files import KINDS, TYPES, Kind, written
from crm_store.reports import Report
from crm_store.saved_reports import SavedReport, due_wish
from crm_store.store import Store
from routing.commands import CHIEFS

log = structlog.get_logger("mail")


async def send_due(store: Store, plan: SmtpPlan | None, now: datetime) -> int:
    """Sends what is due; how many were. Raises StoreError."""
    if await store.saved_reports.lost(now):
        log.error("a report was being sent when the process ended; nobody knows whether it was")
    count = 0
    for one in await store.saved_reports.due(now):
        if await store.saved_reports.claim(one, now):
            trouble = await _sent(store, plan, one, now)
            if trouble is None:
                await store.saved_reports.sent(one, now)
                count += 1
            else:
                log.error("a report was not sent and is tried again", report=one.name, trouble=trouble)
                await store.saved_reports.failed(one, trouble, now)
    return count


async def _sent(store: Store, plan: SmtpPlan | None, one: SavedReport, now: datetime) -> str | None:
    """Why not; None: it was."""
    if plan is None:
        return "no mailbox sends mail; see smtp_host in [[mailboxes]]"
    owner = await store.users.by_login(one.owner)
    if owner is None or not owner.active or owner.role not in CHIEFS:
        return f"{one.owner} may no longer see reports; remove it, or save it as somebody who may"
    try:
        report = await store.reports.of(due_wish(one), now)
    except Refused as why:
        return str(why)
    message = await asyncio.to_thread(mail_of, one, report, plan, now)
    return await in_thread(lambda: deliver(plan, message), f"smtp {plan.mailbox}")


def mail_of(one: SavedReport, report: Report, plan: SmtpPlan, now: datetime) -> EmailMessage:
    """The same Message-ID however often it is tried."""
    name, own = parseaddr(plan.sender)
    wish = report.wish
    first, last = wish.from_.astimezone(wish.zone), wish.to.astimezone(wish.zone)
    when = f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M} {wish.zone.key}"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=own)
    message["To"] = ", ".join(one.recipients)
    message["Subject"] = f"{one_line(one.name)}, {first:%Y-%m-%d}"
    message["Date"] = format_datetime(now)
    due = (one.next_at or now).astimezone(UTC)
    message["Message-ID"] = f"<report-{one.id}-{due:%Y%m%d%H%M}@{own.rpartition('@')[2] or 'helin.invalid'}>"
    formulas = [f"{measure.key}: {measure.formula}" for measure in report.measures]
    files, without = _files(report, one.name)
    message.set_content("\n".join([one.name, when, "", *formulas, "", *report.left_out, *without, ""]))
    for kind, body in files:
        main, _, sub = TYPES[kind].partition("/")
        named, params = f"report-{first:%Y-%m-%d}.{kind}", {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(body, maintype=main, subtype=sub, filename=named, params=params)
    return message


def _files(report: Report, title: str) -> tuple[list[tuple[Kind, bytes]], list[str]]:
    """Of each kind, and why not of the others."""
    files, without = list[tuple[Kind, bytes]](), []
    for kind in KINDS:
        try:
            files.append((kind, written(report, kind, title)[0]))
        except Refused as why:
            without.append(f"There is no {kind.upper()}: {why}.")
    return files, without
