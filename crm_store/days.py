"""An agent's own day: calls and times from the journal and its projections, against the average of the team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.codec import decode_fact
from crm_store.database import Database
from crm_store.schema import calls, facts, legs, segments
from routing.facts import AgentChanged

_KIND: Any = literal_column("'AgentChanged'")
"""Not a parameter: the partial index of ``facts`` is only used for what stands in the query."""
BEFORE = timedelta(hours=24)
"""How long before its begin a day looks for the state that the agent was in then."""


@dataclass(frozen=True, slots=True)
class Team:
    """The average of ``agents``: all who talked in that time. Seconds; hold counts as talk."""

    agents: int
    answered: float
    talk_seconds: float
    average_talk_seconds: float | None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """``missed``: rang at the agent and was not answered; ``placed``: calls that went out.

    Who talks is *ready* meanwhile, so ready time holds talk time.
    """

    answered: int
    missed: int
    placed: int
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    pause_seconds: float
    ready_seconds: float
    average_talk_seconds: float | None
    team: Team


class Days:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, agent: str, begin: datetime, end: datetime, now: datetime) -> Day:
        """What began between ``begin`` and ``end``. A talk and a state that last still count until ``now``."""
        async with self._database.reading() as connection:
            talks = await _talks(connection, begin, end, now)
            missed, placed = await _rings(connection, agent, begin, end)
            spent = state_seconds(await _states(connection, agent, begin, end), begin, min(end, now))
        mine = talks.get(agent, _Sum())
        answered = mine.calls - placed
        return Day(
            answered=max(0, answered),
            missed=missed,
            placed=placed,
            talk_seconds=round(mine.seconds, 1),
            hold_seconds=round(mine.held, 1),
            wrap_up_seconds=round(spent.get("wrap_up", 0.0), 1),
            pause_seconds=round(spent.get("paused", 0.0), 1),
            ready_seconds=round(spent.get("ready", 0.0), 1),
            average_talk_seconds=mine.average,
            team=_team(talks.values()),
        )


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    seconds: float = 0.0
    held: float = 0.0

    @property
    def average(self) -> float | None:
        return round(self.seconds / self.calls, 1) if self.calls else None


def _team(sums: Iterable[_Sum]) -> Team:
    all_ = [one for one in sums if one.calls]
    count, total = sum(one.calls for one in all_), sum(one.seconds for one in all_)
    return Team(
        agents=len(all_),
        answered=round(count / len(all_), 1) if all_ else 0.0,
        talk_seconds=round(total / len(all_), 1) if all_ else 0.0,
        average_talk_seconds=round(total / count, 1) if count else None,
    )


async def _talks(connection: AsyncConnection, begin: datetime, end: datetime, now: datetime) -> dict[str, _Sum]:
    of = segments.c
    query = select(of.agent, of.call_id, of.started_at, of.ended_at, of.held_seconds)
    sums: dict[str, _Sum] = {}
    seen: set[tuple[str, str]] = set()
    for row in await connection.execute(query.where(of.started_at >= begin, of.started_at < end)):
        one = sums.setdefault(row.agent, _Sum())
        one.seconds += max(0.0, ((row.ended_at or now) - row.started_at).total_seconds())
        one.held += row.held_seconds
        if (row.agent, row.call_id) not in seen:
            seen.add((row.agent, row.call_id))
            one.calls += 1
    return sums


async def _rings(connection: AsyncConnection, agent: str, begin: datetime, end: datetime) -> tuple[int, int]:
    """Calls that rang in vain at the agent, and talks in calls that went out."""
    of = legs.c
    mine = select(of.call_id, func.max(of.answered_at).label("answered"), func.max(of.ended_at).label("ended"))
    mine = mine.where(of.agent == agent, of.started_at >= begin, of.started_at < end).group_by(of.call_id)
    rung = mine.subquery()
    missed = select(func.count()).select_from(rung).where(rung.c.answered.is_(None), rung.c.ended.is_not(None))
    talked = select(segments.c.call_id).where(
        segments.c.agent == agent, segments.c.started_at >= begin, segments.c.started_at < end
    )
    placed = select(func.count()).select_from(calls).where(calls.c.id.in_(talked), calls.c.direction == "outbound")
    return int((await connection.execute(missed)).scalar_one()), int((await connection.execute(placed)).scalar_one())


async def _states(connection: AsyncConnection, agent: str, begin: datetime, end: datetime) -> list[AgentChanged]:
    """The agent's states in order, with the last one before ``begin``."""
    of = facts.c
    # The agent is the first field of the fact, so its text says whose it is without being read as JSON.
    mine = '{"agent":' + msgspec.json.encode(agent).decode() + ","
    query = select(of.kind, of.body).where(of.kind == _KIND, of.body.startswith(mine, autoescape=True))
    inside = query.where(of.at >= begin, of.at < end).order_by(of.at, of.id)
    before = query.where(of.at >= begin - BEFORE, of.at < begin).order_by(of.at.desc(), of.id.desc()).limit(1)
    rows: list[Any] = [*(await connection.execute(before)).all(), *(await connection.execute(inside)).all()]
    found = [decode_fact(row.kind, row.body) for row in rows]
    return [fact for fact in found if isinstance(fact, AgentChanged)]


def state_seconds(states: Iterable[AgentChanged], begin: datetime, end: datetime) -> dict[str, float]:
    """How long the agent was in each state between these two times."""
    spent: dict[str, float] = {}
    known: AgentChanged | None = None
    since = begin
    for fact in states:
        until = min(max(fact.at, begin), end)
        if known is not None:
            spent[known.availability] = spent.get(known.availability, 0.0) + (until - since).total_seconds()
        known, since = fact, until
    if known is not None and end > since:
        spent[known.availability] = spent.get(known.availability, 0.0) + (end - since).total_seconds()
    return spent
