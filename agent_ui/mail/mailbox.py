"""A mailbox whose mails become written requests: each once, by its Message-ID, also when two processes read it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from agent_ui.mail.blocking import in_thread
from agent_ui.mail.imap import Fetched, ImapPlan, Look, MailTrouble, look
from agent_ui.mail.reading import Attachment, Mail, read_mail
from crm_store import attachments
from crm_store.errors import Refused, StoreError
from crm_store.mailboxes import ReadTo
from crm_store.store import Store

LONGEST_PAUSE = 300.0

log = structlog.get_logger("mail")


@dataclass(frozen=True, slots=True)
class MailboxPlan:
    """A mailbox of the settings. ``attachment_bytes``: larger attachments are only listed."""

    imap: ImapPlan
    queue: str
    every: float = 30.0
    answer_within: timedelta = timedelta(hours=4)
    skills: Mapping[str, int] = field(default_factory=dict)
    attachment_bytes: int = 10_000_000

    @property
    def name(self) -> str:
        return self.imap.name


class MailboxReader:
    """``trouble``: why nothing is read now, in one sentence; empty when all is well."""

    def __init__(self, plan: MailboxPlan, store: Store) -> None:
        self.plan = plan
        self.trouble = ""
        self._store = store
        self._failures = 0
        self._begun: ReadTo | None = None
        self._told: str | None = None

    async def run(self) -> None:
        """For ever. After a failure it waits longer each time, up to five minutes."""
        while True:
            more = await self._once()
            await asyncio.sleep(0 if more else self._pause())

    def _pause(self) -> float:
        return min(LONGEST_PAUSE, self.plan.every * 2.0 ** min(self._failures, 12))

    async def _once(self) -> bool:
        """One look. True: there is more."""
        try:
            known = await self._store.mailboxes.get(self.plan.name)
            found = await in_thread(lambda: look(self.plan.imap, known, self._begun), f"mailbox {self.plan.name}")
            await self._keep(found)
        except MailTrouble as problem:
            self._failed(str(problem))
        except Refused as problem:
            self._failed(f"its mails cannot become requests: {problem}; correct queue and skills in [[mailboxes]]")
        except StoreError as away:
            self._failed(f"its mails wait in it: {away}")
        except Exception:
            log.exception("a mailbox was not read", mailbox=self.plan.name)
            self._failed("it could not be read; see the log")
        else:
            if self.trouble:
                log.info("the mailbox is read again", mailbox=self.plan.name)
            self.trouble, self._failures = "", 0
            await self._tell()
            return found.more
        await self._tell()
        return False

    async def _tell(self) -> None:
        """Panels are told by the store. One that is away is told of by itself."""
        if self.trouble == self._told:
            return
        with contextlib.suppress(StoreError):
            await self._store.mailboxes.trouble(self.plan.name, self.trouble, datetime.now(UTC))
            self._told = self.trouble

    def _failed(self, why: str) -> None:
        self._failures += 1
        if why != self.trouble:
            log.error("mailbox", mailbox=self.plan.name, trouble=why, next_try_seconds=round(self._pause(), 1))
        self.trouble = why

    async def _keep(self, found: Look) -> None:
        """Each mail, and then how far the box was read: what is killed in between is read again, and added once."""
        for mail in found.mails:
            await self._add(mail)
        if found.first and found.more:
            self._begun = found.read
        elif found.mails or found.first:
            await self._store.mailboxes.put(self.plan.name, found.read, datetime.now(UTC))

    async def _add(self, fetched: Fetched) -> None:
        plan, now = self.plan, datetime.now(UTC)
        mail = await in_thread(lambda: read_mail(fetched.raw), f"mail {plan.name}")
        digest = hashlib.sha256(mail.message_id.encode("utf-8", "replace")).hexdigest()
        wish: dict[str, Any] = {
            "name": mail.name, "email": mail.address, "text": _body(mail, fetched), "skills": plan.skills,
            "due_at": now + plan.answer_within, "details": _details(plan, mail, fetched),
        }  # fmt: skip
        added = await self._store.requests.add(
            "mail", plan.queue, mail.subject, now, wish, key=f"mail:{plan.name}:{digest}", attachments=_kept(plan, mail)
        )
        if added.new and not fetched.whole:
            log.warning("a mail is too large and stays in the mailbox", mailbox=plan.name, uid=fetched.uid,
                        megabytes=round(fetched.size / 1e6, 1))  # fmt: skip


def _body(mail: Mail, fetched: Fetched) -> str | None:
    if fetched.whole:
        return mail.text or None
    return f"[This mail has {fetched.size / 1e6:.0f} MB, more than Helin takes: read it in the mailbox.]"


def _keeps(plan: MailboxPlan, one: Attachment) -> bool:
    return 0 < len(one.body) <= plan.attachment_bytes


def _kept(plan: MailboxPlan, mail: Mail) -> list[attachments.Attachment]:
    numbered = enumerate(mail.attachments, 1)
    return [attachments.Attachment(n, one.name, one.body) for n, one in numbered if _keeps(plan, one)]


def _listed(plan: MailboxPlan, one: Attachment, n: int) -> dict[str, Any]:
    return {"n": n, "name": one.name, "type": one.type, "size": len(one.body), "kept": _keeps(plan, one)}


def _details(plan: MailboxPlan, mail: Mail, fetched: Fetched) -> dict[str, Any]:
    return {
        "mailbox": plan.name,
        "message_id": mail.message_id,
        "references": list(mail.references),
        "attachments": [_listed(plan, one, n) for n, one in enumerate(mail.attachments, 1)],
        "automatic": mail.automatic,
        "too_large": not fetched.whole,
        "bytes": fetched.size,
    }


@asynccontextmanager
async def reading(plans: Sequence[MailboxPlan], store: Store) -> AsyncIterator[tuple[MailboxReader, ...]]:
    """All mailboxes are read from entry to exit."""
    readers = tuple(MailboxReader(plan, store) for plan in plans)
    tasks = [asyncio.create_task(reader.run(), name=f"mailbox {reader.plan.name}") for reader in readers]
    try:
        yield readers
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
