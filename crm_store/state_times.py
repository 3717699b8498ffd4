"""How long agents were in which state, by interval: from their changes in the journal."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import literal_column, select

from crm_store.codec import decode_fact
from crm_store.database import Database
from crm_store.schema import facts
from routing.adherence import Kept
from routing.facts import AgentChanged

_KIND: Any = literal_column("'AgentChanged'")
"""Not a parameter: the partial index of ``facts`` is only used for what stands in the query."""
BEFORE: Final = timedelta(hours=24)
"""How long before its begin a time looks for the states that hold then."""
AT_ONCE: Final = 10_000
MICRO: Final = timedelta(microseconds=1)

Times = dict[tuple[str, str, str, int], int]
"""By agent, state (measures.STATE_SUMS), the pause's reason (else empty), the place of the interval: microseconds."""


class StateTimes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(
        self, parts: Sequence[tuple[datetime, datetime]], agent: str | None, now: datetime, kept: Kept | None = None
    ) -> Times:
        """What lasts still counts until ``now``. ``kept`` is told of every state too. Raises StoreAway."""
        begin, end = parts[0][0], min(parts[-1][1], now)
        spent = Spent(parts, kept)
        of, last = facts.c, (begin - BEFORE, 0)
        query = select(of.id, of.at, of.kind, of.body).where(of.kind == _KIND, of.at < end).order_by(of.at, of.id)
        if agent is not None:
            # The agent is the first field of the fact, so its text says whose it is without being read as JSON.
            mine = '{"agent":' + msgspec.json.encode(agent).decode() + ","
            query = query.where(of.body.startswith(mine, autoescape=True))
        async with self._database.reading() as connection:
            while True:
                at, id_ = last
                after = query.where(of.at >= at, (of.at > at) | (of.id > id_)).limit(AT_ONCE)
                rows = (await connection.execute(after)).all()
                await asyncio.to_thread(spent.add, rows)
                if len(rows) < AT_ONCE:
                    break
                last = rows[-1].at, rows[-1].id
        return spent.until(end)


class Spent:
    """Adds up, change by change, in order of time."""

    def __init__(self, parts: Sequence[tuple[datetime, datetime]], kept: Kept | None = None) -> None:
        self._kept = kept
        self._parts = parts
        self._begins = [begin for begin, _ in parts]
        self._known: dict[str, AgentChanged] = {}
        self._times: Times = {}

    def add(self, rows: Iterable[Any]) -> None:
        for row in rows:
            fact = decode_fact(row.kind, row.body)
            if isinstance(fact, AgentChanged):
                self.change(fact)

    def change(self, fact: AgentChanged) -> None:
        before = self._known.get(fact.agent)
        if before is not None:
            self._spend(before, fact.at)
        self._known[fact.agent] = fact

    def until(self, end: datetime) -> Times:
        for fact in self._known.values():
            self._spend(fact, end)
        return self._times

    def _spend(self, fact: AgentChanged, end: datetime) -> None:
        state = state_of(fact)
        begin, end = max(fact.at, self._parts[0][0]), min(end, self._parts[-1][1])
        if self._kept is not None and begin < end:
            self._kept.was(fact.agent, state, begin, end)
        if state is None or begin >= end:
            return
        reason = (fact.reason or "") if state == "paused" else ""
        place = bisect.bisect_right(self._begins, begin) - 1
        while begin < end:
            until = min(end, self._parts[place][1])
            key = (fact.agent, state, reason, place)
            self._times[key] = self._times.get(key, 0) + (until - begin) // MICRO
            begin, place = until, place + 1


def state_of(fact: AgentChanged) -> str | None:
    """One of measures.STATE_SUMS; None: the agent is away."""
    if fact.leg in ("talking", "hold"):
        return "in_talk"
    if fact.availability == "offline":
        return None
    if fact.availability == "ready":
        return "ringing" if fact.leg == "ringing" else "ready"
    return fact.availability
