"""Leads: who of a campaign is to be called next, whose they are, and what becomes of them between two attempts.

A lead is ``open`` until it is called out, ``reserved`` while an agent looks at it, ``dialling`` and ``talking`` while a
call is up, ``callback`` when one was promised, ``done`` or ``skipped`` when it is over. A reservation that ran out
needs nobody to end it: the lead counts as open again. Whoever changes a lead says in the same statement what it must
have been, so of two who are equally fast one gets nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select, text, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import dial_lists, lead_numbers, leads
from crm_store.campaign_settings import CampaignSettings
from crm_store.database import Database
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import Stamp
from crm_store.values import checked_text, key_of, needed_text

WAITING: Final = ("open", "reserved", "callback")
LeadState = Literal["open", "reserved", "dialling", "talking", "callback", "done", "skipped"]
LEAD_STATES: Final[tuple[str, ...]] = get_args(LeadState)
MOST_AT_ONCE: Final = 1_000
HIGHEST_RANK: Final = 100
"""And lowest, below zero: the ranks in use are walked through one by one."""


@dataclass(frozen=True, slots=True)
class LeadNumber:
    """``n``: its place in the lead's own order, from 0. ``bad``: why it is not tried again."""

    n: int
    number: str
    attempts: int = 0
    bad: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A line of a dial list. ``contact_id``: which contact it is, if it is one. ``fields``: what else the list said, by
    its headers. ``consent``: ``{"basis", "at", "text"}``. ``callback_for``: a login, null: anyone's."""

    id: str
    campaign_id: str
    list_id: str
    contact_id: str | None
    name: str
    numbers: tuple[LeadNumber, ...]
    fields: Mapping[str, Any]
    language: str | None
    time_zone: str | None
    consent: Mapping[str, Any] | None
    owner: str | None
    rank: int
    state: LeadState
    next_at: datetime
    attempts: int
    outcome: str | None
    disposition: str | None
    reserved_by: str | None
    reserved_until: datetime | None
    callback_for: str | None
    callback_until: datetime | None
    recycled: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    state: str | None = None
    list: str | None = None
    owner: str | None = None
    number: str | None = None


class Leads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str) -> Lead | None:
        async with self._database.reading() as connection:
            found = await read_leads(connection, leads.c.id == (key_of(id) or 0))
        return found[0] if found else None

    async def page(self, campaign: str, want: LeadFilter, after: str | None = None, limit: int = 50) -> Page[Lead]:
        """In the order in which they came."""
        if want.state is not None:
            needed_text("state", want.state, 20, among=LEAD_STATES)
        size, which = page_size(limit), leads.c.campaign_id == (key_of(campaign) or 0)
        for column, value in ((leads.c.state, want.state), (leads.c.owner, want.owner)):
            which = and_(which, column == value) if value else which
        if want.list:
            which = and_(which, leads.c.list_id == (key_of(want.list) or 0))
        if want.number:
            owners = select(lead_numbers.c.lead_id).where(lead_numbers.c.number == want.number)
            which = and_(which, leads.c.id.in_(owners))
        if after:
            which = and_(which, leads.c.id > place(after, int)[0])
        async with self._database.reading() as connection:
            found = await read_leads(connection, which, size + 1)
        return Page(found[:size], cursor(int(found[size - 1].id)) if len(found) > size else None)

    async def next_leads(
        self, campaign: str, now: datetime, limit: int, *, agent: str | None = None
    ) -> tuple[Lead, ...]:
        """Who is due, at most ``limit``: callbacks first, then by rank, the longest due first.

        For an agent (preview): own callbacks and anyone's, then own leads, then those that are nobody's. Without one:
        what any agent may get, so nobody's own callbacks and leads of none that has an owner. They are not reserved.
        """
        limit = max(0, min(limit, MOST_AT_ONCE))
        async with self._database.reading() as connection:
            lists = await _active_lists(connection, campaign)
            if not lists or not limit:
                return ()
            ids = await _due_callbacks(connection, lists, now, limit, agent)
            for whose in (leads.c.owner == agent, leads.c.owner.is_(None)) if agent else (leads.c.owner.is_(None),):
                if len(ids) < limit:
                    ids += await _due_again(connection, lists, now, limit - len(ids), whose)
                ids += await open_leads(connection, campaign, limit - len(ids), whose, now)
            order = {id: n for n, id in enumerate(ids)}
            found = await read_leads(connection, leads.c.id.in_(ids))
        return tuple(sorted(found, key=lambda one: order[int(one.id)]))

    async def reserve(self, id: str, agent: str, now: datetime, seconds: int) -> Lead | None:
        """For this agent until then; again by the same agent it lasts anew. None: it is not free (any more)."""
        until = now + timedelta(seconds=seconds)
        mine = and_(leads.c.state == "reserved", leads.c.reserved_by == agent)
        for_me = or_(leads.c.callback_for.is_(None), leads.c.callback_for == agent)
        free = or_(mine, _ran_out(now), and_(leads.c.state == "callback", for_me), leads.c.state == "open")
        values = {"state": "reserved", "reserved_by": agent, "reserved_until": until, "changed_at": now}
        return await self._move(id, free, values)

    async def release(self, id: str, agent: str, now: datetime) -> Lead | None:
        """The agent does not call it: it is as it was before. None: it was not reserved for this agent."""
        mine = and_(leads.c.state == "reserved", leads.c.reserved_by == agent)
        return await self._move(id, mine, {**_FREE, "state": _as_before(), "changed_at": now})

    async def skip(self, id: str, now: datetime) -> Lead | None:
        """It is called no more. None where a call is up, or it is over already."""
        values = {**_FREE, "state": "skipped", "callback_for": None, "callback_until": None, "changed_at": now}
        return await self._move(id, leads.c.state.in_(("open", "reserved", "callback")), values)

    async def call_back(
        self, id: str, at: datetime, agent: str | None, settings: CampaignSettings, now: datetime
    ) -> Lead | None:
        """A callback was promised for ``at``: ``agent``'s own, or anyone's (None). None: there is no such lead."""
        values = {
            **_FREE,
            "state": "callback",
            "next_at": at,
            "callback_for": checked_text("agent", agent, 200),
            "callback_until": at + timedelta(hours=settings.callback_hours),
            "changed_at": now,
        }
        return await self._move(id, true(), values)

    async def tidy(self, campaign: str, settings: CampaignSettings, now: datetime) -> int:
        """Reservations that ran out end, callbacks that are too old become leads again, those that their agent let
        pass become anyone's. How many leads changed."""
        late = now - timedelta(minutes=settings.callback_mine_minutes)
        waits = leads.c.state == "callback"
        return await self._change(
            campaign,
            now,
            (_ran_out(now), {**_FREE, "state": _as_before()}),
            (
                and_(waits, leads.c.callback_until <= now),
                {"state": "open", "callback_for": None, "callback_until": None},
            ),
            (and_(waits, leads.c.callback_for.is_not(None), leads.c.next_at <= late), {"callback_for": None}),
        )

    async def recycle(self, campaign: str, settings: CampaignSettings, now: datetime) -> int:
        """Makes leads open again as the campaign's settings say. How many."""
        again = {"state": "open", "next_at": now, "recycled": leads.c.recycled + 1}
        every = [(_recycled(key, hours, settings, now), again) for key, hours in settings.recycle.items()]
        return await self._change(campaign, now, *every)

    async def _change(
        self, campaign: str, now: datetime, *changes: tuple[ColumnElement[bool], Mapping[str, Any]]
    ) -> int:
        """Looks first: where nothing is to be changed, nobody waits for a writer."""
        async with self._database.reading() as connection:
            lists = await _lists(connection, campaign)
            wanted = []
            for which, values in changes:
                here = and_(leads.c.list_id.in_(lists), which)
                if (await connection.execute(select(leads.c.id).where(here).limit(1))).first() is not None:
                    wanted.append(update(leads).where(here).values(**values, changed_at=now))
        if not wanted:
            return 0
        async with self._database.writing() as connection:
            return sum([(await connection.execute(statement)).rowcount for statement in wanted])

    async def own(self, ids: Collection[str], owner: str | None, now: datetime) -> int:
        """Hands these over to ``owner`` (a login), or to nobody; own callbacks go with them. How many there were."""
        keys = [key for key in map(key_of, ids) if key is not None]
        async with self._database.writing() as connection:
            here = leads.c.id.in_(keys)
            waits = and_(here, leads.c.state == "callback", leads.c.callback_for == leads.c.owner)
            await connection.execute(update(leads).where(waits).values(callback_for=owner))
            changed = update(leads).where(here).values(owner=owner, changed_at=now)
            return (await connection.execute(changed)).rowcount

    async def left(self, campaign: str) -> int:
        """How many may still be called: free, kept for an agent, or to be called back."""
        async with self._database.reading() as connection:
            here = and_(leads.c.list_id.in_(await _lists(connection, campaign)), leads.c.state.in_(WAITING))
            return int((await connection.execute(select(func.count()).select_from(leads).where(here))).scalar_one())

    async def hand_over(self, campaign: str, from_: str, to: str | None, now: datetime) -> int:
        """All that ``from_`` has in the campaign and that is not over, callbacks too; a call that is up stays."""
        async with self._database.writing() as connection:
            here = and_(leads.c.list_id.in_(await _lists(connection, campaign)), leads.c.state.in_(WAITING))
            theirs = update(leads).where(here, leads.c.callback_for == from_)
            await connection.execute(theirs.values(callback_for=to, changed_at=now))
            owned = update(leads).where(here, leads.c.owner == from_).values(owner=to, changed_at=now)
            return (await connection.execute(owned)).rowcount

    async def _move(self, id: str, was: ColumnElement[bool], values: Mapping[str, Any]) -> Lead | None:
        one = leads.c.id == (key_of(id) or 0)
        async with self._database.writing() as connection:
            moved = await connection.execute(update(leads).where(one, was).values(**values))
            return (await read_leads(connection, one))[0] if moved.rowcount else None


_FOR_EVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
_FREE: Final[Mapping[str, Any]] = {"reserved_by": None, "reserved_until": None}


def _as_before() -> Any:
    """The state of a lead that is not reserved any more."""
    return case((leads.c.callback_until.is_not(None), "callback"), else_="open")


def _ran_out(now: datetime) -> ColumnElement[bool]:
    return and_(leads.c.state == "reserved", leads.c.reserved_until <= now)


def _recycled(disposition: str, hours: int, settings: CampaignSettings, now: datetime) -> ColumnElement[bool]:
    return and_(
        leads.c.state == "done",
        leads.c.disposition == disposition,
        leads.c.recycled < settings.recycle_times,
        leads.c.changed_at <= now - timedelta(hours=hours),
    )


async def _lists(connection: AsyncConnection, campaign: str) -> list[int]:
    query = select(dial_lists.c.id).where(dial_lists.c.campaign_id == (key_of(campaign) or 0))
    return list((await connection.execute(query)).scalars())


async def _active_lists(connection: AsyncConnection, campaign: str) -> list[int]:
    here = dial_lists.c.campaign_id == (key_of(campaign) or 0)
    return list((await connection.execute(select(dial_lists.c.id).where(here, dial_lists.c.active))).scalars())


async def _due_callbacks(
    connection: AsyncConnection, lists: Sequence[int], now: datetime, limit: int, agent: str | None
) -> list[int]:
    anyone = leads.c.callback_for.is_(None)
    whose = or_(anyone, leads.c.callback_for == agent) if agent else and_(anyone)
    due = and_(leads.c.list_id.in_(lists), leads.c.state == "callback", leads.c.next_at <= now, whose)
    mine = leads.c.callback_for.is_not(None).desc()
    query = select(leads.c.id).where(due).order_by(mine, leads.c.next_at, leads.c.id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def _due_again(
    connection: AsyncConnection, lists: Sequence[int], now: datetime, limit: int, whose: ColumnElement[bool]
) -> list[int]:
    """Reserved ones that nobody called in time."""
    due = and_(leads.c.list_id.in_(lists), _ran_out(now), leads.c.callback_until.is_(None), whose)
    query = select(leads.c.id).where(due).order_by(leads.c.rank.desc(), leads.c.next_at, leads.c.id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def open_leads(
    connection: AsyncConnection, campaign: str, limit: int, whose: ColumnElement[bool], due: datetime = _FOR_EVER
) -> list[int]:
    """Of active lists, due by then, by rank, the longest due first."""
    ids: list[int] = []
    lists = await _active_lists(connection, campaign)
    for level in await _levels(connection, lists) if lists else ():
        if len(ids) >= limit:
            break
        ids += await _due(connection, level, due, limit - len(ids), whose)
    return ids


_LEVELS: Final = """
WITH RECURSIVE level(list_id, rank) AS (
  SELECT d.id, (SELECT max(l.rank) FROM leads l WHERE l.list_id = d.id AND l.state = 'open')
  FROM dial_lists d WHERE d.id IN ({lists})
  UNION ALL
  SELECT v.list_id,
    (SELECT max(l.rank) FROM leads l WHERE l.list_id = v.list_id AND l.state = 'open' AND l.rank < v.rank)
  FROM level v WHERE v.rank IS NOT NULL
)
SELECT rank, list_id FROM level WHERE rank IS NOT NULL ORDER BY rank DESC, list_id"""
"""From rank to rank down the index, whatever lies between: a million leads of the same rank are one step."""


async def _levels(connection: AsyncConnection, lists: Sequence[int]) -> list[list[tuple[int, int]]]:
    """(rank, list), the highest ranks together and first."""
    found: dict[int, list[tuple[int, int]]] = {}
    for rank, id in await connection.execute(text(_LEVELS.format(lists=", ".join(map(str, map(int, lists)))))):
        found.setdefault(rank, []).append((rank, id))
    return list(found.values())


async def _due(
    connection: AsyncConnection,
    level: Sequence[tuple[int, int]],
    now: datetime,
    limit: int,
    whose: ColumnElement[bool],
) -> list[int]:
    """Open ones of one rank. Each list by itself, as its index has them; then the first of all."""
    at = literal(now, Stamp)
    parts: list[Select[Any]] = []
    for rank, id in level:
        due = and_(leads.c.list_id == id, leads.c.state == "open", leads.c.rank == rank, leads.c.next_at <= at, whose)
        part = select(leads.c.id, leads.c.next_at).where(due).order_by(leads.c.next_at, leads.c.id).limit(limit)
        parts.append(select(part.subquery()))
    every = union_all(*parts).subquery()
    query = select(every.c.id).order_by(every.c.next_at, every.c.id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def read_leads(
    connection: AsyncConnection, which: ColumnElement[bool], limit: int = MOST_AT_ONCE
) -> tuple[Lead, ...]:
    """By id, each with its numbers."""
    rows = (await connection.execute(select(leads).where(which).order_by(leads.c.id).limit(limit))).all()
    if not rows:
        return ()
    of = lead_numbers.c
    theirs = select(lead_numbers).where(of.lead_id.in_([row.id for row in rows])).order_by(of.lead_id, of.n)
    numbers: dict[int, list[LeadNumber]] = {}
    for row in await connection.execute(theirs):
        numbers.setdefault(row.lead_id, []).append(LeadNumber(row.n, row.number, row.attempts, row.bad))
    return tuple(lead_of(row, numbers.get(row.id, ())) for row in rows)


def lead_of(row: Row[Any], numbers: Sequence[LeadNumber]) -> Lead:
    """Of a row of leads."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    for name in ("id", "campaign_id", "list_id", "contact_id"):
        values[name] = str(values[name]) if values[name] is not None else None
    return Lead(**values, numbers=tuple(numbers))


_COLUMNS: Final = tuple(one.name for one in fields(Lead) if one.name != "numbers")
