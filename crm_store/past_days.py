"""Recorded days as the what-if plays them: calls from their records, who was at work from the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.codec import decode_fact
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import calls, facts, segments
from routing.facts import AgentChanged
from routing.what_if.past import Past, PastCall, PastState

_KIND: Any = literal_column("'AgentChanged'")
"""Not a parameter: the partial index of ``facts`` is only used for what stands in the query."""
BEFORE = timedelta(hours=12)
"""So long before the day its first states are looked for."""
AT_ONCE = 5_000
LONGEST = timedelta(days=2)


class PastDays:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, begin: datetime, end: datetime, most: int) -> Past:
        """What came in to queues between these. Raises Refused where that is more than ``most`` calls."""
        if not timedelta() < end - begin <= LONGEST:
            raise Refused("day", "the time to play must be more than nothing and at most two days")
        async with self._database.reading() as connection:
            rows = await _calls(connection, begin, end, most)
            talks = await _talks(connection, begin, end)
            states = await _states(connection, begin, end)
        past = tuple(_call(row, talks.get(row.id, ()), begin) for row in rows)
        return Past(past, tuple(states), (end - begin).total_seconds())


async def _calls(connection: AsyncConnection, begin: datetime, end: datetime, most: int) -> Sequence[Any]:
    of = calls.c
    query = select(of.id, of.queue, of.tier, of.started_at, of.queued_at, of.unqueued_at, of.answered_at, of.ended_at)
    here = query.where(of.started_at >= begin, of.started_at < end, of.direction == "inbound", of.queue.is_not(None))
    rows = (await connection.execute(here.order_by(of.started_at, of.id).limit(most + 1))).all()
    if len(rows) > most:
        raise Refused("day", f"there are more than {most:,} calls in this time; choose a shorter one")
    return rows


async def _talks(connection: AsyncConnection, begin: datetime, end: datetime) -> dict[str, list[Any]]:
    of = segments.c
    joined = segments.join(calls, calls.c.id == of.call_id)
    query = select(of.call_id, of.agent, of.started_at, of.ended_at).select_from(joined)
    query = query.where(calls.c.started_at >= begin, calls.c.started_at < end, calls.c.direction == "inbound")
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(query.order_by(of.call_id, of.position)):
        found.setdefault(row.call_id, []).append(row)
    return found


def _call(row: Any, talks: Sequence[Any], begin: datetime) -> PastCall:
    came = row.queued_at or row.started_at
    left = talks[0].started_at if talks else row.unqueued_at or row.ended_at or came
    talked = sum((talk.ended_at - talk.started_at).total_seconds() for talk in talks if talk.ended_at is not None)
    waited = max(0.0, (left - came).total_seconds())
    agent = talks[0].agent if talks else None
    return PastCall((came - begin).total_seconds(), row.queue, row.tier or "", waited, agent, max(0.0, talked))


async def _states(connection: AsyncConnection, begin: datetime, end: datetime) -> list[PastState]:
    """In order; some thousands at a time are read as JSON beside the loop."""
    of, found, last = facts.c, list[PastState](), (begin - BEFORE, 0)
    query = select(of.id, of.at, of.kind, of.body).where(of.kind == _KIND, of.at < end).order_by(of.at, of.id)
    while True:
        at, id_ = last
        after = query.where((of.at > at) | ((of.at == at) & (of.id > id_)), of.at >= begin - BEFORE)
        rows = (await connection.execute(after.limit(AT_ONCE))).all()
        found += await asyncio.to_thread(_read, rows, begin)
        if len(rows) < AT_ONCE:
            return found
        last = rows[-1].at, rows[-1].id


def _read(rows: Sequence[Any], begin: datetime) -> list[PastState]:
    states = []
    for row in rows:
        fact = decode_fact(row.kind, row.body)
        if isinstance(fact, AgentChanged):
            here = fact.availability in ("ready", "wrap_up")
            queues = tuple(queue for queue in fact.queues if queue not in fact.paused_in) if here else ()
            at = (fact.at - begin).total_seconds()
            states.append(PastState(at, fact.agent, queues, fact.availability == "wrap_up"))
    return states
