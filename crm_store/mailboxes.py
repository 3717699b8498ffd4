"""How far each mailbox was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm_store.database import Database
from crm_store.schema import mailboxes
from crm_store.values import upsert


@dataclass(frozen=True, slots=True)
class ReadTo:
    """``uid_validity`` and UIDs as IMAP has them: under another validity the UIDs mean other mails."""

    uid_validity: int
    last_uid: int


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
