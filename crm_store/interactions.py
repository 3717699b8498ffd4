"""Interactions: anything that happened with a contact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, literal, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.records import Interaction, Page, cursor, moment, page_size, place
from crm_store.schema import Stamp, calls, contacts, interactions
from crm_store.values import checked_text, key_of, needed_text, upsert

LONGEST_NOTE = 10_000


class Interactions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_contact(self, contact: str, after: str | None = None, limit: int = 50) -> Page[Interaction]:
        """Newest first."""
        key = key_of(contact)
        if key is None:
            return Page(())
        order = tuple_(interactions.c.at, interactions.c.id)
        query = select(interactions).where(interactions.c.contact_id == key)
        query = query.order_by(interactions.c.at.desc(), interactions.c.id.desc()).limit(page_size(limit) + 1)
        if after:
            at, id = place(after, str, int)
            query = query.where(order < tuple_(literal(moment(at), Stamp), literal(id)))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_interaction(row) for row in rows[: page_size(limit)])
        more = len(rows) > len(items)
        return Page(items, cursor(items[-1].at.isoformat(), int(items[-1].id)) if more else None)

    async def add(
        self,
        contact: str,
        channel: str,
        at: datetime,
        direction: str | None = None,
        agent: str | None = None,
        disposition: str | None = None,
        note: str | None = None,
    ) -> Interaction:
        """Raises Refused for an unknown contact or a value that cannot be."""
        values = {
            "contact_id": key_of(contact),
            "at": at,
            "channel": needed_text("channel", channel, 40),
            "direction": checked_text("direction", direction, 8, among=("inbound", "outbound", "internal")),
            "agent": checked_text("agent", agent, 200),
            "disposition": checked_text("disposition", disposition, 200),
            "note": checked_text("note", note, LONGEST_NOTE),
        }
        if values["contact_id"] is None:
            raise Refused("contact", "there is no such contact")
        async with self._database.writing() as connection:
            try:
                made = await connection.execute(insert(interactions).values(values).returning(interactions))
            except IntegrityError:
                raise Refused("contact", "there is no such contact") from None
            return _interaction(made.one())

    async def note_call(
        self,
        call: str,
        agent: str | None,
        disposition: str | None = None,
        note: str | None = None,
        contact: str | None = None,
        at: datetime | None = None,
        caller: str | None = None,
    ) -> Interaction | None:
        """Puts a disposition or a note (None: leave as it is) to the call's interaction, also before the call ended.

        ``contact`` says whose call it was where the number alone did not (several people share it, or nobody had it).
        ``caller`` is whose it is if nobody has said so and the call's record is not there yet; ``at`` then stands for
        the call's start. None when it is nobody's call.
        """
        async with self._database.writing() as connection:
            return await put_note(connection, call, agent, disposition, note, contact, at, caller)


async def put_note(
    connection: AsyncConnection,
    call: str,
    agent: str | None,
    disposition: str | None,
    note: str | None,
    contact: str | None,
    at: datetime | None,
    caller: str | None,
) -> Interaction | None:
    """:meth:`Interactions.note_call` in the caller's transaction."""
    given = {
        "disposition": checked_text("disposition", disposition, 200),
        "note": checked_text("note", note, LONGEST_NOTE),
    }
    record = (await connection.execute(select(calls).where(calls.c.id == call))).first()
    had = (await connection.execute(select(interactions).where(interactions.c.call_id == call))).first()
    known_by = had or record
    key = key_of(contact) if contact else known_by.contact_id if known_by else None
    key = key_of(caller) if key is None and caller else key
    known = select(contacts.c.id).where(contacts.c.id == key)
    if key is None or (await connection.execute(known)).first() is None:
        return None
    values: dict[str, Any] = {
        "contact_id": key,
        "at": record.started_at if record else (at or datetime.now(UTC)),
        "channel": "call",
        "direction": record.direction if record else None,
        "agent": agent,
        "call_id": call,
    }
    values |= {name: value for name, value in given.items() if value is not None}
    change = [name for name in values if name in given or name == "contact_id"]
    statement = upsert(connection, interactions, values, key=("call_id",), change=change)
    return _interaction((await connection.execute(statement.returning(interactions), values)).one())


def _interaction(row: Row[Any]) -> Interaction:
    return Interaction(
        id=str(row.id),
        contact=str(row.contact_id),
        at=row.at,
        channel=row.channel,
        direction=row.direction,
        agent=row.agent,
        disposition=row.disposition,
        note=row.note,
        call=row.call_id,
    )
