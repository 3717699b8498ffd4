"""The log of calls: pages of it, one call with all its facts, and what was open when the service stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union

from crm_store.codec import decode_fact
from crm_store.counting import Rule, again, answered_among, answered_by, conditions, read_counted_by, talked
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.projection import calls_of, read_calls
from crm_store.records import CallFile, CallFilter, Page, cursor, moment, page_size, place
from crm_store.schema import Stamp, calls, facts, legs, links, segments
from crm_store.values import key_of
from routing.facts import Recorded
from routing.figures import MILLION
from routing.measures import AGAIN_HOURS
from routing.story import Call


@dataclass(frozen=True, slots=True)
class Link:
    """The last proof of life of one Asterisk: which run of it, and when."""

    boot: str
    alive_at: datetime


class Calls:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, want: CallFilter, after: str | None = None, limit: int = 50) -> Page[Call]:
        """Newest first, by their start."""
        size = page_size(limit)
        query = (await self._behind(want)).order_by(calls.c.started_at.desc(), calls.c.id.desc()).limit(size + 1)
        if after:
            at, id = place(after, str, str)
            query = query.where(
                tuple_(calls.c.started_at, calls.c.id) < tuple_(literal(moment(at), Stamp), literal(id))
            )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            items = tuple((await calls_of(connection, rows[:size])).values())
        more = len(rows) > size
        return Page(items, cursor(items[-1].started_at.isoformat(), items[-1].id) if more else None)

    async def count(self, want: CallFilter) -> int:
        query = select(func.count()).select_from((await self._behind(want)).subquery())
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _behind(self, want: CallFilter) -> Select[Any]:
        """Raises Refused for a figure that there is not."""
        query, dialect = _filtered(want), self._database.dialect
        if want.counted is None:
            return query
        async with self._database.reading() as connection:
            known = await read_counted_by(connection)
        short = None if want.short_seconds is None else round(want.short_seconds * MILLION)
        known_until = datetime.now(UTC) - timedelta(hours=AGAIN_HOURS)
        rule = Rule(known, want.target_seconds, short, known_until)
        which = {**conditions(rule, dialect), **again(rule, dialect), **_talked(want)}
        if want.counted not in which:
            raise Refused("counted", f"counted: one of {', '.join(which)}")
        return query.where(which[want.counted])

    async def get(self, id: str) -> CallFile | None:
        query = select(facts).where(facts.c.call_id == id).order_by(facts.c.id)
        async with self._database.reading() as connection:
            call = (await read_calls(connection, [id])).get(id)
            if call is None:
                return None
            rows = await connection.execute(query)
            return CallFile(call, tuple(Recorded(row.stream, row.seq, decode_fact(row.kind, row.body)) for row in rows))

    async def open_calls(self, asterisk: str) -> tuple[Call, ...]:
        """The calls that this Asterisk has up, as far as the journal goes; oldest first."""
        query = select(calls).where(calls.c.asterisk == asterisk, calls.c.ended_at.is_(None))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(calls.c.started_at, calls.c.id))).all()
            return tuple((await calls_of(connection, rows)).values())

    async def links(self) -> dict[str, Link]:
        """By Asterisk."""
        async with self._database.reading() as connection:
            return {row.asterisk: Link(row.boot, row.alive_at) for row in await connection.execute(select(links))}


def _talked(want: CallFilter) -> dict[str, ColumnElement[bool]]:
    return talked(want.talked_by, want.talked_among, want.talked_outside)


def _filtered(want: CallFilter) -> Select[Any]:
    query = select(calls)
    if want.from_ is not None:
        query = query.where(calls.c.started_at >= want.from_)
    if want.to is not None:
        query = query.where(calls.c.started_at < want.to)
    if want.queue is not None:
        query = query.where(calls.c.queue == want.queue)
    if want.queues is not None:
        query = query.where(calls.c.queue.in_(want.queues))
    if want.not_queues:
        query = query.where(or_(calls.c.queue.is_(None), calls.c.queue.not_in(want.not_queues)))
    if want.tier is not None:
        query = query.where(calls.c.tier == want.tier)
    if want.answered_by is not None:
        query = query.where(answered_by(want.answered_by))
    if (want.talked_by, want.talked_among, want.talked_outside) != (None, None, None):
        query = query.where(_talked(want)["talked"])
    if want.answered_among is not None:
        query = query.where(answered_among(want.answered_among))
    if want.answered_outside is not None:
        query = query.where(~answered_among(want.answered_outside))
    for name in want.without:
        query = query.where(answered_by("") if name == "agent" else calls.c[name].is_(None))
    if want.direction is not None:
        query = query.where(calls.c.direction == want.direction)
    if want.number is not None:
        query = query.where(calls.c.number == want.number)
    if want.contact is not None:
        query = query.where(calls.c.contact_id == key_of(want.contact))
    for agents in (want.among, (want.agent,) if want.agent is not None else None):
        if agents is not None:
            took_part = union(
                select(legs.c.call_id).where(legs.c.agent.in_(agents)),
                select(segments.c.call_id).where(segments.c.agent.in_(agents)),
            )
            query = query.where(calls.c.id.in_(took_part))
    if want.state is not None:
        query = query.where(calls.c.ended_at.is_(None) if want.state == "active" else calls.c.ended_at.is_not(None))
    return query
