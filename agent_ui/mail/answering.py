"""Agents' answers go out by SMTP, in the thread that the customer's mail began; written down first, sent once."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

import structlog

from agent_ui.mail.blocking import in_thread
from agent_ui.mail.imap import Tls
from crm_store.replies import Reply
from crm_store.requests import Request
from crm_store.store import Store

TIMEOUT = 20.0

log = structlog.get_logger("mail")


class CannotSend(Exception):
    """Nothing was sent; one sentence that says why."""


@dataclass(frozen=True, slots=True)
class SmtpPlan:
    """``mailbox`` and ``queue``: whose answers go out here. ``sender``: ``Support <help@shop.example>``."""

    mailbox: str
    queue: str
    sender: str
    host: str
    port: int
    tls: Tls
    username: str
    password: str


class Answering:
    def __init__(self, plans: Sequence[SmtpPlan], store: Store) -> None:
        self._plans = tuple(plans)
        self._store = store

    async def send(self, request: Request, agent: str, command: str, text: str) -> Reply:
        """What became of it: sent, or failed and why. The same command again sends nothing. Raises CannotSend, Refused.

        What was begun and never ended (the process died meanwhile) stays ``sending``: nobody knows whether it left.
        """
        plan = self._plan_for(request)
        if plan is None:
            raise CannotSend("No mailbox that sends mail is set up for this queue; see smtp_host in [[mailboxes]].")
        if not request.email:
            raise CannotSend("This request has no mail address to answer to.")
        message = answer_to(request, plan.sender, text, datetime.now(UTC))
        begun, new = await self._store.replies.begin(
            request.id, command, str(message["Message-ID"]), agent, text, datetime.now(UTC)
        )
        if not new:
            return begun
        trouble = await in_thread(lambda: deliver(plan, message), f"smtp {plan.mailbox}")
        if trouble is not None:
            log.error("an answer was not sent", mailbox=plan.mailbox, request=request.id, trouble=trouble)
        return await self._store.replies.ended(begun.id, trouble, datetime.now(UTC))

    def _plan_for(self, request: Request) -> SmtpPlan | None:
        """The mailbox that it came from, else one of its queue, else any."""
        box = request.details.get("mailbox")
        ranked = sorted(self._plans, key=lambda plan: (plan.mailbox != box, plan.queue != request.queue))
        return ranked[0] if ranked else None


def answer_to(request: Request, sender: str, text: str, now: datetime) -> EmailMessage:
    """The mail. Raises CannotSend for an address that is none."""
    name, own = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(name, addr_spec=own)
        message["To"] = Address(one_line(request.name or ""), addr_spec=request.email or "")
    except (ValueError, IndexError):
        raise CannotSend("The mail address of this request cannot be written to.") from None
    subject = one_line(request.subject)
    message["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=own.rpartition("@")[2] or "helin.invalid")
    answered = str(request.details.get("message_id") or "")
    if answered and answered.isascii() and answered.isprintable() and not answered.endswith("@helin.invalid>"):
        message["In-Reply-To"] = answered
        message["References"] = " ".join([*map(str, request.details.get("references") or ()), answered])
    message.set_content(text.replace("\r\n", "\n"))
    return message


def one_line(text: str) -> str:
    """One line: a header's text can begin no other header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def try_out(plan: SmtpPlan) -> str:
    """Why nothing can be sent; empty: the server lets us in. Nothing is sent. Blocks."""
    return deliver(plan, None) or ""


def deliver(plan: SmtpPlan, message: EmailMessage | None) -> str | None:
    """Why it was not sent; None: it was. Blocks."""
    try:
        with _connected(plan) as server:
            if plan.username:
                server.login(plan.username, plan.password)
            if message is not None:
                server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        return f"{plan.host} refused the login of {plan.username}; correct smtp_username and smtp_password"
    except smtplib.SMTPRecipientsRefused:
        return f"{plan.host} refuses to deliver to this address"
    except smtplib.SMTPException as problem:
        return f"{plan.host} did not take the mail: {' '.join(str(problem).split())[:200]}"
    except OSError as problem:
        return (
            f"{plan.host}:{plan.port} cannot be reached ({problem.strerror or problem}); see smtp_host in [[mailboxes]]"
        )
    return None


def _connected(plan: SmtpPlan) -> smtplib.SMTP:
    if plan.tls == "tls":
        return smtplib.SMTP_SSL(plan.host, plan.port, timeout=TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(plan.host, plan.port, timeout=TIMEOUT)
    if plan.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
