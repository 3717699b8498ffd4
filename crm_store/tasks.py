"""Tasks and callbacks: what somebody has to do at a time. Without an owner anyone may take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args

from sqlalchemy import Row, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.lists import Check, by_time, checked, contact_key, known_owner, same_contact, with_names
from crm_store.numbers import to_e164
from crm_store.records import Page
from crm_store.schema import tasks
from crm_store.values import checked_text, key_of, needed_text
from crm_store.zones import checked_zone, zone_of

TaskKind = Literal["task", "callback"]


@dataclass(frozen=True, slots=True)
class Task:
    """``owner`` None: anyone may do it. ``time_zone`` is the customer's."""

    id: str
    kind: TaskKind
    text: str
    due_at: datetime
    time_zone: str | None
    owner: str | None
    contact: str | None
    contact_name: str | None
    number: str | None
    call: str | None
    created_by: str
    created_at: datetime
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """``owners``: logins, with None for anyone's; () means everybody's."""

    owners: tuple[str | None, ...] = ()
    kind: str | None = None
    contact: str | None = None
    done: bool = False
    due_before: datetime | None = None


_CHECKS: dict[str, Check] = {
    "kind": partial(needed_text, "kind", longest=10, among=get_args(TaskKind)),
    "text": lambda value: needed_text("text", value, 1_000),
    "due_at": lambda value: value,
    "time_zone": checked_zone,
    "owner": lambda value: checked_text("owner", value, 200),
    "call_id": lambda value: checked_text("call", value, 200),
    "number": lambda value: value,
    "done": lambda value: value,
}


class Tasks:
    """``country`` reads numbers without an international prefix."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def page(self, want: TaskFilter, after: str | None = None, limit: int = 50) -> Page[Task]:
        """Those that are due first come first."""
        of = tasks.c
        query = with_names(tasks, outer=True)
        query = query.where(of.done_at.is_not(None) if want.done else of.done_at.is_(None))
        logins = [owner for owner in want.owners if owner is not None]
        if want.owners:
            mine = of.owner.in_(logins)
            query = query.where(mine | of.owner.is_(None) if None in want.owners else mine)
        if want.kind is not None:
            query = query.where(of.kind == want.kind)
        if want.contact is not None:
            query = query.where(same_contact(of.contact_id, want.contact))
        if want.due_before is not None:
            query = query.where(of.due_at < want.due_before)
        return await by_time(self._database, query, of.due_at, of.id, _task, after, limit)

    async def get(self, id: str) -> Task | None:
        async with self._database.reading() as connection:
            return await _read(connection, key_of(id))

    async def add(
        self, created_by: str, text: str, due_at: datetime, contact: str | None, fields: Mapping[str, Any]
    ) -> Task:
        """``fields``: any of kind, time_zone, owner, number, call_id. Raises Refused."""
        given = {**fields, "text": text, "due_at": due_at}
        if given.get("number"):
            given["number"] = to_e164(given["number"], self._country)
            if given["number"] is None:
                raise Refused("number", "number is not a telephone number")
        async with self._database.writing() as connection:
            key = await contact_key(connection, contact) if contact else None
            task = await _read(connection, await add_task(connection, key, created_by, given))
        assert task is not None  # noqa: S101 - written a line ago
        return task

    async def change(self, id: str, by: str, fields: Mapping[str, Any], owner_was: str | None) -> Task | None:
        """``fields``: any of text, due_at, time_zone, owner, done. None when there is no such task.

        Raises Refused; Conflict when its owner is not ``owner_was`` any more: somebody was faster.
        """
        key, values = key_of(id), checked(fields, _CHECKS)
        async with self._database.writing() as connection:
            if "owner" in values:
                await known_owner(connection, values["owner"])
            had = await _read(connection, key, lock=True)
            if had is None:
                return None
            if had.owner != owner_was:
                raise Conflict("owner", "somebody else has taken this task")
            if "done" in values:
                done = values.pop("done")
                values["done_at"] = (had.done_at or datetime.now(UTC)) if done else None
                values["done_by"] = (had.done_by or by) if done else None
            if values:
                await connection.execute(update(tasks).where(tasks.c.id == key).values(**values))
            return await _read(connection, key)


async def add_task(
    connection: AsyncConnection,
    contact: int | None,
    created_by: str,
    fields: Mapping[str, Any],
    command: str | None = None,
) -> int:
    """In the caller's transaction; the task's key. ``command``: the panel's that wants it."""
    values = checked({"kind": "task", **fields}, _CHECKS)
    values["time_zone"] = values.get("time_zone") or (zone_of(values["number"]) if values.get("number") else None)
    await known_owner(connection, values.get("owner"))
    made = insert(tasks).values(
        contact_id=contact, created_by=created_by, created_at=datetime.now(UTC), command=command, **values
    )
    return int((await connection.execute(made.returning(tasks.c.id))).scalar_one())


async def _read(connection: AsyncConnection, key: int | None, *, lock: bool = False) -> Task | None:
    query = with_names(tasks, outer=True).where(tasks.c.id == (key or 0))
    row = (await connection.execute(query.with_for_update(of=tasks) if lock else query)).first()
    return _task(row) if row is not None else None


def _task(row: Row[Any]) -> Task:
    return Task(
        id=str(row.id),
        kind=row.kind,
        text=row.text,
        due_at=row.due_at,
        time_zone=row.time_zone,
        owner=row.owner,
        contact=str(row.contact_id) if row.contact_id is not None else None,
        contact_name=row.contact_name,
        number=row.number,
        call=row.call_id,
        created_by=row.created_by,
        created_at=row.created_at,
        done_at=row.done_at,
        done_by=row.done_by,
    )
