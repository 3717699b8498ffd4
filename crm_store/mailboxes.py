"""How far each mailbox was read, and which of them cannot be read now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from crm_store.database import Database
from crm_store.schema import mailbox_troubles, mailboxes
from crm_store.values import upsert


@dataclass(frozen=True, slots=True)
class ReadTo:
    """``uid_validity`` and UIDs as IMAP has them: under another validity the UIDs mean other mails."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class MailboxTrouble:
    """``text``: one sentence that says what to do."""

    name: str
    text: str
    since: datetime


class Mailboxes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> ReadTo | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(mailboxes).where(mailboxes.c.name == name))).first()
        return None if row is None else ReadTo(row.uid_validity, row.last_uid)

    async def put(self, name: str, read: ReadTo, now: datetime) -> None:
        row = {"name": name, "uid_validity": read.uid_validity, "last_uid": read.last_uid, "read_at": now}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, mailboxes, row, ("name",)), row)

    async def trouble(self, name: str, text: str, now: datetime) -> None:
        """It cannot be read now; an empty text: it can again."""
        gone = delete(mailbox_troubles).where(mailbox_troubles.c.name == name)
        async with self._database.writing() as connection:
            if not text:
                await connection.execute(gone)
                return
            row = {"name": name, "text": text[:1_000].replace("\0", ""), "since": now}
            await connection.execute(upsert(connection, mailbox_troubles, row, ("name",)), row)

    async def troubles(self) -> tuple[MailboxTrouble, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(mailbox_troubles).order_by(mailbox_troubles.c.name))).all()
        return tuple(MailboxTrouble(row.name, row.text, row.since) for row in rows)

    async def keep_troubles_of(self, names: Collection[str]) -> None:
        """Those of mailboxes that are no longer in the settings go."""
        async with self._database.writing() as connection:
            others = mailbox_troubles.c.name.not_in(tuple(names))
            await connection.execute(delete(mailbox_troubles).where(others))
