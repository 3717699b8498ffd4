"""What came of a campaign: its attempts one by one, and counted into a funnel by list, agent, hour or attempt.

All is counted from the attempts, so it is the same whenever it is asked and whoever was killed in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, case, extract, func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import attempts, dial_lists, leads
from crm_store.campaigns import OVER, Campaign
from crm_store.database import Database
from crm_store.lists import newest_first
from crm_store.records import Page
from crm_store.schema import dispositions, orders
from crm_store.values import key_of, needed_text

By = Literal["all", "list", "agent", "hour", "attempt"]
BY: Final[tuple[By, ...]] = get_args(By)
OUTCOMES: Final = (
    "person", "machine", "abandoned", "no_answer", "busy", "congestion", "unreachable", "refused", "failed",
    "cancelled", "unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFile:
    """One dialling, with its proof. ``campaign``, ``list``, ``lead``: ids. ``outcome`` null: it is under way.

    ``answers``: to the script, see crm_store.answers; null: none were kept."""

    id: str
    channel: str
    campaign: str
    list: str
    lead: str
    number: str
    mode: str
    agent: str | None
    at: datetime
    deadline: datetime
    outcome: str | None
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    cause: int | None
    call: str | None
    disposition: str | None
    estimated: bool
    answers: Mapping[str, Any] | None
    proof: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptWish:
    """``from_`` ≤ at < ``to``; ``list``, ``lead``: ids; ``outcome``: one of OUTCOMES; ``agent``: a login."""

    from_: datetime | None = None
    to: datetime | None = None
    list: str | None = None
    lead: str | None = None
    agent: str | None = None
    outcome: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A line of the funnel. ``key``: a list's id, a login, an hour (RFC 3339, UTC), the number of the attempt; empty
    for the whole campaign. ``leads``: in the list, or the campaign; else those that were tried.

    ``tried``, ``reached``: leads with an attempt, and with one that a person answered. ``answered``: attempts that a
    person answered; ``connected``: those that got an agent; ``abandoned``: those that did not. ``sales``, ``refusals``:
    by the outcome class of the disposition; ``orders``: calls in which something was ordered and not cancelled.
    ``conversion``: sales of the connected. ``cost``, ``earned``, ``gain``: in the campaign's currency. Earned is what
    was ordered in that currency, and the setting ``value`` for each sale without an order; null where there is neither,
    as the cost is where nobody said it.
    """

    key: str
    name: str
    leads: int
    tried: int
    reached: int
    attempts: int
    answered: int
    connected: int
    abandoned: int
    outcomes: Mapping[str, int]
    sales: int
    refusals: int
    orders: int
    talk_seconds: float
    conversion: float | None
    cost: float | None
    earned: float | None
    gain: float | None


class Results:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def attempts(
        self, campaign: str, want: AttemptWish, after: str | None = None, limit: int = 50
    ) -> Page[AttemptFile]:
        """Newest first."""
        if want.outcome is not None:
            needed_text("outcome", want.outcome, 20, among=OUTCOMES)
        of = attempts.c
        query = select(attempts).where(of.campaign_id == (key_of(campaign) or 0))
        for column, value in ((of.agent, want.agent), (of.outcome, want.outcome), (of.number, want.number)):
            query = query.where(column == value) if value else query
        for column_, id in ((of.list_id, want.list), (of.lead_id, want.lead)):
            query = query.where(column_ == (key_of(id) or 0)) if id else query
        query = query.where(of.at >= want.from_) if want.from_ else query
        query = query.where(of.at < want.to) if want.to else query
        return await newest_first(self._database, query, of.id, _attempt, after, limit)

    async def of(
        self, campaign: Campaign, by: By = "all", from_: datetime | None = None, to: datetime | None = None
    ) -> tuple[Result, ...]:
        """The funnel of attempts at or after ``from_`` and before ``to``, in order of the key."""
        async with self._database.reading() as connection:
            tried = _tried([campaign], _key(by, self._database.dialect), from_, to)
            rows = (await connection.execute(_counted(tried, [campaign], self._database.dialect))).all()
            sizes = (await _sizes(connection, [campaign])).get(campaign.id, {})
        if by == "list":
            keys = {str(row.key): row for row in rows}
            return tuple(_result(campaign, by, id, keys.get(id), sizes) for id in sizes)
        if by == "all":
            return (_result(campaign, by, "", rows[0] if rows else None, sizes),)
        found = [_result(campaign, by, str(row.key or ""), row, sizes) for row in rows]
        return tuple(sorted(found, key=lambda one: int(one.key) if by == "attempt" else one.key))

    async def totals(self, campaigns: Sequence[Campaign]) -> dict[str, Result]:
        """The whole funnel of each, by its id: two queries, however many they are."""
        if not campaigns:
            return {}
        async with self._database.reading() as connection:
            tried = _tried(campaigns, attempts.c.campaign_id, None, None)
            counted = _counted(tried, campaigns, self._database.dialect)
            rows = {str(row.key): row for row in await connection.execute(counted)}
            sizes = await _sizes(connection, campaigns)
        return {one.id: _result(one, "all", "", rows.get(one.id), sizes.get(one.id, {})) for one in campaigns}

    async def far(self, campaigns: Sequence[Campaign]) -> dict[str, tuple[int, int]]:
        """Of each, by its id: leads in its active lists, and how many of them are called no more. One query."""
        lists, of = dial_lists.c, leads.c
        done = func.sum(case((of.state.in_(OVER), 1), else_=0))
        query = select(lists.campaign_id, func.count(of.id), done)
        query = query.select_from(dial_lists.join(leads, of.list_id == lists.id))
        query = query.where(_of_them(lists.campaign_id, campaigns), lists.active).group_by(lists.campaign_id)
        async with self._database.reading() as connection:
            rows = {str(row[0]): (int(row[1]), int(row[2])) for row in await connection.execute(query)}
        return {one.id: rows.get(one.id, (0, 0)) for one in campaigns}


@dataclass(frozen=True, slots=True)
class _Size:
    name: str
    cost: float | None
    leads: int


def _key(by: By, dialect: str) -> ColumnElement[Any]:
    of = attempts.c
    if by == "hour":
        if dialect == "sqlite":
            return func.substr(literal_column("attempts.at"), 1, 13)
        return func.to_char(func.timezone("UTC", of.at), 'YYYY-MM-DD"T"HH24')
    if by == "attempt":
        return func.row_number().over(partition_by=of.lead_id, order_by=of.id)
    return {"list": of.list_id, "agent": of.agent}.get(by, literal(""))


def _tried(campaigns: Sequence[Campaign], key: ColumnElement[Any], from_: datetime | None, to: datetime | None) -> Any:
    """Each attempt with its key. The time is looked at outside, so that an attempt keeps its number."""
    every = select(attempts, key.label("key")).where(_of_them(attempts.c.campaign_id, campaigns)).subquery()
    query = select(every)
    query = query.where(every.c.at >= from_) if from_ else query
    return (query.where(every.c.at < to) if to else query).subquery()


def _of_them(column: Any, campaigns: Sequence[Campaign]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_([int(one.id) for one in campaigns])
    return found


def _ordered(campaigns: Sequence[Campaign]) -> Any:
    """What was ordered in a call, by currency."""
    of = orders.c
    calls = select(attempts.c.call_id).where(_of_them(attempts.c.campaign_id, campaigns))
    query = select(of.call_id, of.currency, func.sum(of.total_cents).label("cents"))
    return query.where(of.call_id.in_(calls), of.status != "cancelled").group_by(of.call_id, of.currency).subquery()


def _counted(tried: Any, campaigns: Sequence[Campaign], dialect: str) -> Select[Any]:
    of, ordered = tried.c, _ordered(campaigns)
    person = of.outcome.in_(("person", "abandoned"))
    talked = func.coalesce(of.ended_at, of.connected_at)
    classes = {name: dispositions.c.outcome == name for name in ("sale", "refused")}

    def count(which: Any) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((which, 1), else_=0)), 0)

    joined = tried.outerjoin(dispositions, dispositions.c.key == of.disposition)
    money = case({int(one.id): one.settings.currency for one in campaigns}, value=of.campaign_id)
    joined = joined.outerjoin(ordered, (ordered.c.call_id == of.call_id) & (ordered.c.currency == money))
    return (
        select(
            of.key,
            func.count().label("attempts"),
            func.count(of.lead_id.distinct()).label("tried"),
            func.count(case((person, of.lead_id)).distinct()).label("reached"),
            count(person).label("answered"),
            count(of.connected_at.is_not(None)).label("connected"),
            *(count(of.outcome == name).label(f"of_{name}") for name in OUTCOMES),
            count(classes["sale"]).label("sales"),
            count(classes["refused"]).label("refusals"),
            count(ordered.c.cents.is_not(None)).label("orders"),
            count(classes["sale"] & ordered.c.cents.is_(None)).label("plain_sales"),
            func.coalesce(func.sum(ordered.c.cents), 0).label("cents"),
            _seconds(of.connected_at, talked, dialect).label("talked"),
        )
        .select_from(joined)
        .group_by(of.key)
    )


def _seconds(begin: ColumnElement[Any], end: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return func.sum((func.julianday(end) - func.julianday(begin)) * 86_400.0)
    return func.sum(extract("epoch", end - begin))


async def _sizes(connection: AsyncConnection, campaigns: Sequence[Campaign]) -> dict[str, dict[str, _Size]]:
    """The lists of each campaign, by their ids."""
    here = _of_them(dial_lists.c.campaign_id, campaigns)
    query = select(dial_lists, func.count(leads.c.id).label("n")).outerjoin(leads, leads.c.list_id == dial_lists.c.id)
    rows = await connection.execute(query.where(here).group_by(dial_lists.c.id).order_by(dial_lists.c.id))
    found: dict[str, dict[str, _Size]] = {}
    for row in rows:
        found.setdefault(str(row.campaign_id), {})[str(row.id)] = _Size(row.name, row.cost, row.n)
    return found


def _result(campaign: Campaign, by: By, key: str, row: Row[Any] | None, sizes: Mapping[str, _Size]) -> Result:
    sold, spent, size = _of(row, "sales"), _cost(by, key, sizes), _of(row, "tried")
    connected, value = _of(row, "connected"), campaign.settings.value
    if by == "list":
        size = sizes[key].leads
    elif by == "all":
        size = sum(one.leads for one in sizes.values())
    ordered = _of(row, "orders")
    earned = (value or 0.0) * _of(row, "plain_sales") + _of(row, "cents") / 100
    gained = earned if value is not None or ordered else None
    return Result(
        key=_hour(key) if by == "hour" else key,
        name=sizes[key].name if by == "list" else "",
        leads=size,
        tried=_of(row, "tried"),
        reached=_of(row, "reached"),
        attempts=_of(row, "attempts"),
        answered=_of(row, "answered"),
        connected=connected,
        abandoned=_of(row, "of_abandoned"),
        outcomes={name: count for name in OUTCOMES if (count := _of(row, f"of_{name}"))},
        sales=sold,
        refusals=_of(row, "refusals"),
        orders=ordered,
        talk_seconds=round(float(row.talked or 0), 3) if row is not None else 0.0,
        conversion=round(sold / connected, 4) if connected else None,
        cost=spent,
        earned=gained,
        gain=None if gained is None or spent is None else gained - spent,
    )


def _of(row: Row[Any] | None, name: str) -> int:
    return int(getattr(row, name)) if row is not None else 0


def _cost(by: By, key: str, sizes: Mapping[str, _Size]) -> float | None:
    """What is known of it; a list's cost cannot be told apart by agent or hour."""
    if by == "list":
        return sizes[key].cost
    known = [one.cost for one in sizes.values() if one.cost is not None]
    return sum(known) if by == "all" and known else None


def _hour(key: str) -> str:
    return f"{key}:00:00Z"


def _attempt(row: Row[Any]) -> AttemptFile:
    return AttemptFile(
        id=str(row.id), channel=row.channel, campaign=str(row.campaign_id), list=str(row.list_id),
        lead=str(row.lead_id), number=row.number, mode=row.mode, agent=row.agent, at=row.at, deadline=row.deadline,
        outcome=row.outcome, answered_at=row.answered_at, connected_at=row.connected_at, ended_at=row.ended_at,
        cause=row.cause, call=row.call_id, disposition=row.disposition, estimated=bool(row.estimated),
        answers=row.answers, proof=row.proof,
    )  # fmt: skip
