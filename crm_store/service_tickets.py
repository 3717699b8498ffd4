"""Service tickets: what customers asked of us. (A panel's tickets are in :mod:`crm_store.sessions`.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.lists import Check, checked, contact_key, known_owner, newest_first, same_contact, with_names
from crm_store.records import Page
from crm_store.schema import contacts, service_tickets
from crm_store.values import checked_text, key_of, needed_text

TicketKind = Literal["bug", "wish", "question"]
TicketStatus = Literal["open", "waiting", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
OPEN: tuple[TicketStatus, ...] = ("open", "waiting")
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class ServiceTicket:
    """What a customer asked of us. It counts as open while its status is open or waiting."""

    id: str
    kind: TicketKind
    status: TicketStatus
    priority: Priority
    subject: str
    text: str | None
    contact: str
    contact_name: str
    call: str | None
    owner: str | None
    due_at: datetime | None
    created_by: str
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketFilter:
    contact: str | None = None
    status: str | None = None
    kind: str | None = None
    owner: str | None = None
    open: bool = False


_CHECKS: dict[str, Check] = {
    "subject": lambda value: needed_text("subject", value, LONGEST_SUBJECT),
    "text": lambda value: checked_text("text", value, 10_000),
    "kind": partial(needed_text, "kind", longest=10, among=get_args(TicketKind)),
    "status": partial(needed_text, "status", longest=10, among=get_args(TicketStatus)),
    "priority": partial(needed_text, "priority", longest=10, among=get_args(Priority)),
    "owner": lambda value: checked_text("owner", value, 200),
    "due_at": lambda value: value,
    "call_id": lambda value: checked_text("call", value, 200),
}


class ServiceTickets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, want: TicketFilter, after: str | None = None, limit: int = 50) -> Page[ServiceTicket]:
        """Newest first."""
        of = service_tickets.c
        query = with_names(service_tickets)
        if want.contact is not None:
            query = query.where(same_contact(of.contact_id, want.contact))
        for column, value in ((of.status, want.status), (of.kind, want.kind), (of.owner, want.owner)):
            if value is not None:
                query = query.where(column == value)
        if want.open:
            query = query.where(of.status.in_(OPEN))
        return await newest_first(self._database, query, of.id, _ticket, after, limit)

    async def get(self, id: str) -> ServiceTicket | None:
        async with self._database.reading() as connection:
            return await _read(connection, key_of(id))

    async def add(self, contact: str, created_by: str, fields: Mapping[str, Any]) -> ServiceTicket:
        """``fields``: subject, and any of kind, status, priority, text, due_at, owner, call_id. Raises Refused."""
        async with self._database.writing() as connection:
            key = await add_ticket(connection, await contact_key(connection, contact), created_by, fields)
            ticket = await _read(connection, key)
        assert ticket is not None  # noqa: S101 - written a line ago
        return ticket

    async def change(self, id: str, fields: Mapping[str, Any]) -> ServiceTicket | None:
        """Sets the given fields only; None when there is no such ticket. Raises Refused."""
        key, values, now = key_of(id), checked(fields, _CHECKS), datetime.now(UTC)
        async with self._database.writing() as connection:
            if "owner" in values:
                await known_owner(connection, values["owner"])
            had = await _read(connection, key)
            if had is None:
                return None
            if "status" in values:
                open_now = values["status"] in OPEN
                values["closed_at"] = None if open_now else had.closed_at or now
            mine = service_tickets.c.id == key
            await connection.execute(update(service_tickets).where(mine).values(changed_at=now, **values))
            await count_open(connection, int(had.contact))
            return await _read(connection, key)


async def add_ticket(
    connection: AsyncConnection, contact: int, created_by: str, fields: Mapping[str, Any], command: str | None = None
) -> int:
    """In the caller's transaction; the ticket's key. ``command``: the panel's that wants it."""
    now = datetime.now(UTC)
    values = {"kind": "question", "status": "open", "priority": "normal", **fields}
    values = checked(values, _CHECKS)
    values["subject"] = needed_text("subject", values.get("subject"), LONGEST_SUBJECT)
    await known_owner(connection, values.get("owner"))
    values |= {"closed_at": None if values["status"] in OPEN else now, "command": command}
    made = insert(service_tickets).values(
        contact_id=contact, created_by=created_by, created_at=now, changed_at=now, **values
    )
    key = int((await connection.execute(made.returning(service_tickets.c.id))).scalar_one())
    await count_open(connection, contact)
    return key


async def count_open(connection: AsyncConnection, contact: int) -> None:
    """Makes the contact's ``open_tickets`` what it is. The row is locked first: two at once would miscount."""
    lock = select(contacts.c.id).where(contacts.c.id == contact).with_for_update(key_share=True)
    await connection.execute(lock)
    of = service_tickets.c
    count = select(func.count()).select_from(service_tickets).where(of.contact_id == contact, of.status.in_(OPEN))
    await connection.execute(
        update(contacts).where(contacts.c.id == contact).values(open_tickets=count.scalar_subquery())
    )


async def _read(connection: AsyncConnection, key: int | None) -> ServiceTicket | None:
    if key is None:
        return None
    row = (await connection.execute(with_names(service_tickets).where(service_tickets.c.id == key))).first()
    return _ticket(row) if row is not None else None


def _ticket(row: Row[Any]) -> ServiceTicket:
    return ServiceTicket(
        id=str(row.id),
        kind=row.kind,
        status=row.status,
        priority=row.priority,
        subject=row.subject,
        text=row.text,
        contact=str(row.contact_id),
        contact_name=row.contact_name,
        call=row.call_id,
        owner=row.owner,
        due_at=row.due_at,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
    )
