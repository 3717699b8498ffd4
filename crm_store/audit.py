"""Who did what to whom, for those who must be able to ask later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from crm_store.database import Database
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import audit

LISTENED_LIVE = "listened live"
"""What the journal writes of a stretch of listening that is over; its beginning is the command's own line."""


@dataclass(frozen=True, slots=True)
class Deed:
    """``subject`` is what it was done to, as ``kind:id``; never a secret in ``detail``."""

    id: str
    at: datetime
    who: str
    what: str
    subject: str
    detail: Mapping[str, Any]


class Audit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, at: datetime, who: str, what: str, subject: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        row = {"at": at, "who": who, "what": what, "subject": subject, "detail": dict(detail or {})}
        async with self._database.writing() as connection:
            await connection.execute(insert(audit).values(row))

    async def of(self, subject: str, what: str, limit: int = 200) -> tuple[Deed, ...]:
        """What was done so to this subject, newest first."""
        query = select(audit).where(audit.c.subject == subject, audit.c.what == what)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(audit.c.id.desc()).limit(limit))).all()
        return tuple(_deed(row) for row in rows)

    async def page(
        self,
        after: str | None = None,
        limit: int = 50,
        who: str | None = None,
        what: str | None = None,
        subject: str | None = None,
    ) -> Page[Deed]:
        """Newest first, of those given only."""
        query = select(audit).order_by(audit.c.id.desc()).limit(page_size(limit) + 1)
        for column, value in ((audit.c.who, who), (audit.c.what, what), (audit.c.subject, subject)):
            if value is not None:
                query = query.where(column == value)
        if after:
            query = query.where(audit.c.id < place(after, int)[0])
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_deed(row) for row in rows[: page_size(limit)])
        return Page(items, cursor(int(items[-1].id)) if len(rows) > len(items) else None)


def _deed(row: Row[Any]) -> Deed:
    return Deed(str(row.id), row.at, row.who, row.what, row.subject, row.detail)
