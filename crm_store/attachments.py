"""Attachments of mails: kept with the request, in one step with it, until they are old and the request is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.schema import attachments, requests
from crm_store.values import key_of

SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Attachment:
    """``n``: from 1. ``name``: one line, as its sender says. ``body``: nobody has looked into it."""

    n: int
    name: str
    body: bytes


async def keep(connection: AsyncConnection, request: int, given: Sequence[Attachment], now: datetime) -> None:
    """In the transaction that adds the request."""
    for one in given:
        row = {"request_id": request, "n": one.n, "name": one.name, "body": one.body, "at": now}
        await connection.execute(insert(attachments).values(row))


class Attachments:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, request: str, n: int) -> Attachment | None:
        of = attachments.c
        query = select(of.n, of.name, of.body).where(of.request_id == (key_of(request) or 0), of.n == n)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Attachment(row.n, row.name, row.body) if row is not None else None

    async def sweep(self, before: datetime) -> int:
        """Those that came before then go if their request is over; how many."""
        of, over = attachments.c, requests.c.ended_at.is_not(None)
        old = select(of.request_id, of.n).join(requests, requests.c.id == of.request_id).where(of.at < before, over)
        gone = 0
        async with self._database.reading() as connection:
            rows = (await connection.execute(old.limit(SWEPT_AT_ONCE))).all()
        async with self._database.writing() as connection:
            for row in rows:
                this = (of.request_id == row.request_id) & (of.n == row.n)
                gone += (await connection.execute(delete(attachments).where(this))).rowcount
        return gone
