"""What the lists of tickets, orders, promises and tasks have in common: pages, contacts' names, checked fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.records import Page, cursor, moment, page_size, place
from crm_store.schema import Stamp, contacts, users
from crm_store.values import key_of

T = TypeVar("T")
Check = Callable[[Any], Any]


def with_names(table: Any, *, outer: bool = False) -> Select[Any]:
    """The table's rows with their contact's ``contact_name``."""
    joined = table.join(contacts, table.c.contact_id == contacts.c.id, isouter=outer)
    return select(table, contacts.c.name.label("contact_name")).select_from(joined)


async def newest_first(
    database: Database,
    query: Select[Any],
    id: Column[int],
    make: Callable[[Row[Any]], T],
    after: str | None,
    limit: int,
) -> Page[T]:
    """A page of ``query`` in falling order of the key."""
    size = page_size(limit)
    if after:
        query = query.where(id < place(after, int)[0])
    async with database.reading() as connection:
        rows = (await connection.execute(query.order_by(id.desc()).limit(size + 1))).all()
    items = tuple(make(row) for row in rows[:size])
    return Page(items, cursor(rows[size - 1].id) if len(rows) > size else None)


async def by_time(
    database: Database,
    query: Select[Any],
    at: Column[datetime],
    id: Column[int],
    make: Callable[[Row[Any]], T],
    after: str | None,
    limit: int,
    *,
    falling: bool = False,
) -> Page[T]:
    """A page in rising (or falling) order of a time, the key among equal ones."""
    size = page_size(limit)
    here = tuple_(at, id)
    if after:
        when, key = place(after, str, int)
        there = tuple_(literal(moment(when), Stamp), literal(key))
        query = query.where(here < there if falling else here > there)
    query = query.order_by(at.desc(), id.desc()) if falling else query.order_by(at, id)
    async with database.reading() as connection:
        rows = (await connection.execute(query.limit(size + 1))).all()
    items = tuple(make(row) for row in rows[:size])
    last = rows[size - 1] if len(rows) > size else None
    return Page(items, cursor(getattr(last, at.key).isoformat(), last.id) if last is not None else None)


def checked(fields: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """The given fields as they are stored. A name that has no check is a mistake of the caller's."""
    return {name: checks[name](value) for name, value in fields.items()}


def same_contact(column: Column[int], contact: str) -> ColumnElement[bool]:
    """Of this contact; of nobody for an id that is none."""
    return column == (key_of(contact) or 0)


async def contact_key(connection: AsyncConnection, contact: str | None) -> int:
    """Raises Refused unless there is such a contact."""
    key = key_of(contact or "")
    known = select(contacts.c.id).where(contacts.c.id == key)
    if key is None or (await connection.execute(known)).first() is None:
        raise Refused("contact", "there is no such contact")
    return key


async def known_owner(connection: AsyncConnection, owner: str | None) -> str | None:
    """Raises Refused for a login that is no active user's."""
    if not owner:
        return None
    known = select(users.c.id).where(users.c.login == owner, users.c.active)
    if (await connection.execute(known)).first() is None:
        raise Refused("owner", f"there is no user {owner[:80]}")
    return owner
