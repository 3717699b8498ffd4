"""The lists of a campaign: what they hold, whether they are dialled, and lists that are a search over contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_store.campaign_schema import attempts, campaigns, dial_lists, leads
from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.segments import checked_segment
from crm_store.values import checked_text, key_of, needed_text

MOST_LISTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class DialList:
    """``states``: how many leads are in which; ``tried``: of how many there was an attempt, so that ``tried / leads``
    is how far it was worked through. ``segment``: the search that it is; null: it was imported."""

    id: str
    campaign_id: str
    name: str
    source: str | None
    cost: float | None
    segment: Mapping[str, Any] | None
    active: bool
    imported_at: datetime
    version: int
    leads: int
    tried: int
    states: Mapping[str, int]


class ListFields(TypedDict, total=False):
    name: str
    source: str | None
    cost: float | None
    segment: Mapping[str, Any]
    active: bool


class DialLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, campaign: str) -> tuple[DialList, ...]:
        """By age."""
        return await self._read(dial_lists.c.campaign_id == (key_of(campaign) or 0))

    async def get(self, id: str) -> DialList | None:
        found = await self._read(dial_lists.c.id == (key_of(id) or 0))
        return found[0] if found else None

    async def add(self, campaign: str, given: ListFields, now: datetime) -> DialList:
        """A list that is a search over contacts: see crm_store.segments. Raises Refused, Conflict."""
        values = _checked(given)
        if "name" not in values or "segment" not in values:
            raise Refused("segment", "such a list needs a name and a segment; other lists are made by importing leads")
        row = {**values, "campaign_id": key_of(campaign) or 0, "imported_at": now}
        async with self._database.writing() as connection:
            known = select(campaigns.c.id).where(campaigns.c.id == row["campaign_id"])
            if (await connection.execute(known)).first() is None:
                raise Refused("campaign", "there is no such campaign")
            try:
                made = await connection.execute(insert(dial_lists).values(**row).returning(dial_lists.c.id))
                id = made.scalar_one()
            except IntegrityError:
                raise Conflict("name", f"the campaign has a list {values['name'][:80]} already") from None
        one = await self.get(str(id))
        assert one is not None  # noqa: S101 — it was just made
        return one

    async def change(self, id: str, given: ListFields) -> DialList | None:
        """What is not given stays. A list that is not ``active`` is not dialled. None: there is no such list."""
        values = _checked(given)
        here = dial_lists.c.id == (key_of(id) or 0)
        async with self._database.writing() as connection:
            had = (await connection.execute(select(dial_lists).where(here).with_for_update())).first()
            if had is None:
                return None
            if "segment" in values and had.segment is None:
                raise Refused("segment", "this list was imported; make another one that is a search")
            if any(getattr(had, name) != value for name, value in values.items()):
                try:
                    statement = update(dial_lists).where(here)
                    await connection.execute(statement.values(**values, version=had.version + 1))
                except IntegrityError:
                    raise Conflict("name", f"the campaign has a list {values['name'][:80]} already") from None
        return await self.get(id)

    async def _read(self, which: Any) -> tuple[DialList, ...]:
        query = select(dial_lists).where(which).order_by(dial_lists.c.id).limit(MOST_LISTS)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            ids = [row.id for row in rows]
            of = leads.c
            counted = select(of.list_id, of.state, func.count().label("n")).where(of.list_id.in_(ids))
            states: dict[int, dict[str, int]] = {}
            for row in await connection.execute(counted.group_by(of.list_id, of.state)):
                states.setdefault(row.list_id, {})[row.state] = row.n
            met = select(attempts.c.list_id, func.count(attempts.c.lead_id.distinct()).label("n"))
            met = met.where(attempts.c.list_id.in_(ids)).group_by(attempts.c.list_id)
            tried = {row.list_id: row.n for row in await connection.execute(met)}
        return tuple(_list(row, states.get(row.id, {}), tried.get(row.id, 0)) for row in rows)


def _checked(given: ListFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(given)
    if "name" in values:
        values["name"] = needed_text("name", values["name"], 200)
    if "source" in values:
        values["source"] = checked_text("source", values["source"], 200)
    if values.get("cost") is not None and not 0 <= values["cost"] <= 1e12:
        raise Refused("cost", "cost must be a number from 0")
    if "segment" in values:
        values["segment"] = checked_segment(values["segment"])
    return values


def _list(row: Row[Any], states: Mapping[str, int], tried: int) -> DialList:
    return DialList(
        str(row.id), str(row.campaign_id), row.name, row.source, row.cost, row.segment, bool(row.active),
        row.imported_at, row.version, sum(states.values()), tried, states,
    )  # fmt: skip
