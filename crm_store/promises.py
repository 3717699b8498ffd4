"""Promises: what a customer was told that we would do, by whom and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.lists import Check, by_time, checked, contact_key, same_contact, with_names
from crm_store.records import Page
from crm_store.schema import promises
from crm_store.values import checked_text, key_of, needed_text


@dataclass(frozen=True, slots=True)
class Promise:
    """Open until ``kept_at``."""

    id: str
    contact: str
    contact_name: str
    text: str
    promised_by: str
    promised_at: datetime
    due_at: datetime
    kept_at: datetime | None
    call: str | None


_CHECKS: dict[str, Check] = {
    "text": lambda value: needed_text("text", value, 1_000),
    "due_at": lambda value: value,
    "kept": lambda value: value,
}


class Promises:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, contact: str | None = None, open: bool = False, after: str | None = None, limit: int = 50
    ) -> Page[Promise]:
        """Those that are due first come first. ``open``: only those that were not kept yet."""
        query = with_names(promises)
        if contact is not None:
            query = query.where(same_contact(promises.c.contact_id, contact))
        if open:
            query = query.where(promises.c.kept_at.is_(None))
        return await by_time(self._database, query, promises.c.due_at, promises.c.id, _promise, after, limit)

    async def get(self, id: str) -> Promise | None:
        async with self._database.reading() as connection:
            return await _read(connection, key_of(id))

    async def add(self, contact: str, by: str, text: str, due_at: datetime, call: str | None = None) -> Promise:
        """Raises Refused."""
        values = {
            "text": needed_text("text", text, 1_000),
            "promised_by": by,
            "promised_at": datetime.now(UTC),
            "due_at": due_at,
            "call_id": checked_text("call", call, 200),
        }
        async with self._database.writing() as connection:
            owner = await contact_key(connection, contact)
            made = insert(promises).values(contact_id=owner, **values).returning(promises.c.id)
            promise = await _read(connection, int((await connection.execute(made)).scalar_one()))
        assert promise is not None  # noqa: S101 - written a line ago
        return promise

    async def change(self, id: str, fields: Mapping[str, Any]) -> Promise | None:
        """``fields``: any of text, due_at, kept. None when there is no such promise. Raises Refused."""
        key, values = key_of(id), checked(fields, _CHECKS)
        async with self._database.writing() as connection:
            had = await _read(connection, key)
            if had is None:
                return None
            if "kept" in values:
                values["kept_at"] = (had.kept_at or datetime.now(UTC)) if values.pop("kept") else None
            if values:
                await connection.execute(update(promises).where(promises.c.id == key).values(**values))
            return await _read(connection, key)


async def _read(connection: AsyncConnection, key: int | None) -> Promise | None:
    row = (await connection.execute(with_names(promises).where(promises.c.id == (key or 0)))).first()
    return _promise(row) if row is not None else None


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        id=str(row.id),
        contact=str(row.contact_id),
        contact_name=row.contact_name,
        text=row.text,
        promised_by=row.promised_by,
        promised_at=row.promised_at,
        due_at=row.due_at,
        kept_at=row.kept_at,
        call=row.call_id,
    )
