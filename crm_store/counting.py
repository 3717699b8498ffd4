"""How calls are counted, in SQL, once for reports, for what they keep summed up, and for the list behind a figure.

A call counts where it came in: in its queue, at its start. ``Rule`` says what *within* and *short* mean: each queue's
own, by the history of its rule, so that last year's figures keep last year's target. What a rule says of counting holds
from the first quarter of an hour that begins under it; before the first one that is known, the first holds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.rollup_schema import QUEUE_KEYS
from crm_store.schema import calls, queue_rules, queues, segments
from routing.figures import CALL_SUMS, MILLION, MOST, QUARTER, SUMS, TALK_SUMS, Span
from routing.measures import AGAIN_HOURS, AGAIN_SUMS
from routing.service_level import CountedBy

USUAL: Final = CountedBy()
KEYS: Final = (*QUEUE_KEYS, "agent")


@dataclass(frozen=True, slots=True)
class Rule:
    """``known``: of each queue, from which quarter of an hour (seconds since 1970) on it is counted by what, oldest
    first. ``given``, ``short_micros``: a target, and what is short, for all of them instead. ``known_until``: what came
    in later may still call again."""

    known: Mapping[str, Sequence[tuple[int, CountedBy]]] = field(default_factory=dict)
    given: float | None = None
    short_micros: int | None = None
    known_until: datetime | None = None

    def by(self, queue: str, at: datetime) -> CountedBy:
        """What came in at this time."""
        known = self.known.get(queue, ())
        held = [one for since, one in known if since <= at.timestamp()]
        return self.instead(held[-1] if held else known[0][1] if known else USUAL)

    def during(self, queue: str, begin: datetime, end: datetime) -> list[tuple[datetime, CountedBy]]:
        """What it was counted by in this time, and from when on, oldest first."""
        changes = [at for since, _ in self.known.get(queue, ()) if begin < (at := moment_at(since)) < end]
        return [(at, self.by(queue, at)) for at in (begin, *changes)]

    def instead(self, one: CountedBy) -> CountedBy:
        target = one.target_seconds if self.given is None else self.given
        short = one.short_seconds if self.short_micros is None else self.short_micros / MILLION
        return CountedBy(target, short, one.empty_interval)


async def read_counted_by(connection: AsyncConnection) -> dict[str, list[tuple[int, CountedBy]]]:
    """Of the queues that there are or ever were."""
    of = queue_rules.c
    found: dict[str, list[tuple[int, CountedBy]]] = {}
    rows = await connection.execute(select(of.queue, of.at, of.rule).order_by(of.queue, of.version))
    for row in rows:
        since, by = quarter_from(row.at), _counted_by(row.rule)
        known = found.setdefault(row.queue, [])
        while known and known[-1][0] >= since:
            known.pop()
        if not known or known[-1][1] != by:
            known.append((since, by))
    names = (queues.c.name, queues.c.target_seconds, queues.c.short_seconds, queues.c.empty_interval)
    for name, *values in await connection.execute(select(*names)):
        found.setdefault(name, [(0, CountedBy(*values))])
    return found


def _counted_by(rule: Mapping[str, Any]) -> CountedBy:
    """Rules older than what they lack had the usual."""
    return CountedBy(
        int(rule.get("target_seconds", USUAL.target_seconds)), int(rule.get("short_seconds", USUAL.short_seconds)),
        rule.get("empty_interval", USUAL.empty_interval),
    )  # fmt: skip


def quarter_from(at: datetime) -> int:
    """The first quarter of an hour that does not begin before: seconds since 1970."""
    return -(-round(at.timestamp() * MILLION) // (QUARTER * MILLION)) * QUARTER


@asynccontextmanager
async def call_by_call(connection: AsyncConnection) -> AsyncIterator[None]:
    """Talks are looked up call by call. PostgreSQL would rather read all that there ever were, for it takes pages that
    are in memory for pages on a disk."""
    ways = ("hashjoin", "mergejoin") if connection.dialect.name == "postgresql" else ()
    for way in ways:
        await connection.execute(text(f"SET enable_{way} = off"))
    yield
    for way in ways:
        await connection.execute(text(f"RESET enable_{way}"))


def target_of(rule: Rule) -> ColumnElement[Any]:
    """Microseconds."""
    if rule.given is not None:
        return literal(round(rule.given * MILLION), BigInteger)
    return _of_its_queue(rule, lambda one: one.target_seconds)


def short_of(rule: Rule) -> ColumnElement[Any]:
    """Microseconds."""
    if rule.short_micros is not None:
        return literal(rule.short_micros, BigInteger)
    return _of_its_queue(rule, lambda one: one.short_seconds)


def _of_its_queue(rule: Rule, seconds: Callable[[CountedBy], float]) -> ColumnElement[Any]:
    """By the queue and the start of a call, microseconds."""
    of, known = calls.c, []
    for queue, steps in rule.known.items():
        told = [(since, seconds(one)) for since, one in steps]
        changes = [step for n, step in enumerate(told) if n == 0 or step[1] != told[n - 1][1]]
        if len(changes) == 1 and changes[0][1] == seconds(USUAL):
            continue
        for n, (since, one) in reversed(list(enumerate(changes))):
            when = of.queue == queue if n == 0 else and_(of.queue == queue, of.started_at >= moment_at(since))
            known.append((when, literal(round(one * MILLION), BigInteger)))
    usual = literal(round(seconds(USUAL) * MILLION), BigInteger)
    return case(*known, else_=usual) if known else usual


def moment_at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def micros_at(micros: int) -> datetime:
    """Exactly: a float would round."""
    return datetime.fromtimestamp(micros // MILLION, UTC).replace(microsecond=micros % MILLION)


def conditions(rule: Rule, dialect: str) -> dict[str, ColumnElement[bool]]:
    """Which calls each count of CALL_SUMS counts."""
    of, waited = calls.c, waited_micros(dialect)
    offered = and_(of.direction == "inbound", of.queue.is_not(None))
    answered = and_(offered, of.answered_at.is_not(None))
    abandoned = and_(offered, of.outcome == "abandoned", of.answered_at.is_(None))
    target = target_of(rule)
    return {
        "calls": true(),
        "offered": offered,
        "answered": answered,
        "answered_within": and_(answered, waited <= target),
        "abandoned": abandoned,
        "abandoned_within": and_(abandoned, waited <= target),
        "abandoned_short": and_(abandoned, waited < short_of(rule)),
        "connected": of.answered_at.is_not(None),
        "open": of.ended_at.is_(None),
        "estimated": of.estimated.is_(True),
        "transferred": of.transfers > 0,
    }


def again(rule: Rule, dialect: str) -> dict[str, ColumnElement[bool]]:
    """Which calls each of AGAIN_SUMS counts. They ask about other calls, so nothing of it is kept summed up."""
    of, which = calls.c, conditions(rule, dialect)
    before, after = _came(dialect, earlier=True), _came(dialect, earlier=False)
    first = and_(which["answered"], of.number.is_not(None), ~before)
    if rule.known_until is not None:
        first = and_(first, of.started_at < rule.known_until)
    return {"repeats": and_(which["offered"], before), "firsts": first, "resolved": and_(first, ~after)}


def _came(dialect: str, *, earlier: bool) -> ColumnElement[bool]:
    """Whether the same number came in to a queue within AGAIN_HOURS before, or after."""
    other = calls.alias("earlier" if earlier else "later")
    first, second = (other.c.started_at, calls.c.started_at) if earlier else (calls.c.started_at, other.c.started_at)
    near = between(first, second, dialect) <= literal_column(str(AGAIN_HOURS * 3_600 * MILLION))
    order = or_(first < second, and_(first == second, other.c.id < calls.c.id if earlier else other.c.id > calls.c.id))
    same = and_(other.c.number == calls.c.number, other.c.direction == "inbound", other.c.queue.is_not(None))
    return exists().where(same, order, near)


def counted_again(
    keys: Sequence[str],
    where: Sequence[ColumnElement[bool]],
    agents: Sequence[str] | None,
    rule: Rule,
    dialect: str,
    length: int | None = QUARTER,
) -> Select[Any]:
    """Rows as of :func:`counted`, of AGAIN_SUMS."""  # fmt: skip
    first, which = segments.alias("first"), again(rule, dialect)
    groups = _groups(keys, first.c.agent, dialect, length)
    sums = [cast(func.sum(case((which[name], 1), else_=0)), BigInteger).label(name) for name in AGAIN_SUMS]
    query = select(*groups, *sums).where(*where)
    if "agent" in keys or agents is not None:
        query = query.select_from(calls.outerjoin(first, _first(first)))
        query = query.where(one_of(first.c.agent, agents)) if agents is not None else query
    return query.group_by(*_ordinals(groups))


def talked(
    agent: str | None, agents: Sequence[str] | None = None, outside: Sequence[str] | None = None
) -> dict[str, ColumnElement[bool]]:
    """Calls with such a talk, of this agent if one is said, of one of ``agents``, of nobody ``outside``'s: for the list
    behind a figure."""
    of = segments.c
    over, mine = of.ended_at.is_not(None), [of.call_id == calls.c.id]
    mine += [of.agent == agent] if agent is not None else []
    mine += [of.agent.in_(agents)] if agents is not None else []
    mine += [of.agent.not_in(outside)] if outside is not None else []
    return {
        "talked": exists().where(*mine),
        "talks": exists().where(*mine, over),
        "passed_on": exists().where(*mine, over, of.transferred_to.is_not(None)),
        "talking": exists().where(*mine, ~over),
    }


def _first(first: Any) -> ColumnElement[bool]:
    return and_(first.c.call_id == calls.c.id, first.c.position == 0)


def answered_by(agent: str) -> ColumnElement[bool]:
    """First; empty: by nobody."""
    of = segments.c
    here = (of.call_id == calls.c.id, of.position == 0)
    return exists().where(*here, of.agent == agent) if agent else ~exists().where(*here)


def answered_among(agents: Sequence[str]) -> ColumnElement[bool]:
    """First, by one of these."""
    of = segments.c
    return exists().where(of.call_id == calls.c.id, of.position == 0, of.agent.in_(agents))


def waited_micros(dialect: str) -> ColumnElement[int]:
    """Exactly: a wait of the target to the letter is in time. Null while it lasts."""
    of = calls.c
    until = func.coalesce(of.answered_at, of.unqueued_at, of.ended_at)
    return between(func.coalesce(of.queued_at, of.started_at), until, dialect)


def between(since: ColumnElement[Any], until: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Microseconds. SQLite's times are text of fixed width, whose fraction would be rounded."""
    if dialect == "postgresql":
        return cast(func.extract("epoch", until - since) * MILLION, BigInteger)
    return (epoch(until, dialect) - epoch(since, dialect)) * MILLION + _fraction(until) - _fraction(since)


def epoch(at: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Whole seconds since 1970."""
    if dialect == "postgresql":
        return cast(func.floor(func.extract("epoch", at)), BigInteger)
    return cast(func.strftime("%s", func.substr(at, 1, 19)), Integer)


def _fraction(at: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.substr(at, 21, 6), Integer)


def one_of(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Empty: none."""
    among = column.in_([value for value in values if value])
    return or_(column.is_(None), column == "", among) if "" in values else among


def inside(spans: Sequence[Span]) -> ColumnElement[bool]:
    """Calls that began in one of these (microseconds)."""
    at = calls.c.started_at
    return or_(*(and_(at >= micros_at(begin), at < micros_at(end)) for begin, end in spans))


def counted(
    keys: Sequence[str],
    where: Sequence[ColumnElement[bool]],
    agents: Sequence[str] | None,
    rule: Rule,
    dialect: str,
    length: int | None = QUARTER,
    names: Sequence[str] = SUMS,
) -> Select[Any]:
    """Rows of ``begin`` (of the block of ``length`` seconds; None: no such column), the keys, and these sums.

    ``where`` of calls. ``agents``: only calls that these answered first (empty: nobody), and talks of these.
    """  # fmt: skip
    some = []
    if set(names) & set(CALL_SUMS):
        some.append(_calls(keys, where, agents, rule, dialect, length))
    if set(names) & set(TALK_SUMS):
        some.append(_talks(keys, where, agents, dialect, length))
    parts = (union_all(*some) if len(some) > 1 else some[0]).subquery()
    columns = (*(("begin",) if length else ()), *keys)
    groups = [parts.c[name] for name in columns]
    sums = [_total(name, parts.c[name]) for name in names]
    return select(*groups, *sums).group_by(*groups) if groups else select(*sums)


def _total(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    total = func.max(column) if name in MOST else func.sum(column)
    return cast(func.coalesce(total, 0), BigInteger).label(name)


def _groups(keys: Sequence[str], agent: ColumnElement[Any], dialect: str, length: int | None) -> list[Any]:
    of = calls.c
    known = {"queue": of.queue, "direction": of.direction, "tier": of.tier, "agent": agent}
    block: Any = literal_column(str(length))  # not a parameter: the grouping must be seen to be the same expression
    empty: Any = literal_column("''")
    begin = [(_blocks(epoch(of.started_at, dialect), block)).label("begin")] if length else []
    return [*begin, *(func.coalesce(known[key], empty).label(key) for key in keys)]


def _blocks(seconds: ColumnElement[int], length: Any) -> ColumnElement[int]:
    block: ColumnElement[int] = seconds - seconds % length
    return block


def _calls(
    keys: Sequence[str], where: Sequence[ColumnElement[bool]], agents: Sequence[str] | None, rule: Rule, dialect: str,
    length: int | None,
) -> Select[Any]:  # fmt: skip
    which = conditions(rule, dialect)
    waited = waited_micros(dialect)
    first = segments.alias("first")
    sums: dict[str, ColumnElement[Any]] = {
        name: func.sum(case((which[name], 1), else_=0)) for name in CALL_SUMS if name in which
    }
    sums["answer_wait"] = func.sum(case((and_(which["answered"], waited > 0), waited), else_=0))
    sums["longest_wait"] = func.max(case((which["offered"], waited), else_=0))
    groups = _groups(keys, first.c.agent, dialect, length)
    query = select(*groups, *(sums[name].label(name) for name in CALL_SUMS), *_zeros(TALK_SUMS)).where(*where)
    if "agent" in keys or agents is not None:
        query = query.select_from(calls.outerjoin(first, _first(first)))
        query = query.where(one_of(first.c.agent, agents)) if agents is not None else query
    return query.group_by(*_ordinals(groups))


def _talks(
    keys: Sequence[str],
    where: Sequence[ColumnElement[bool]],
    agents: Sequence[str] | None,
    dialect: str,
    length: int | None,
) -> Select[Any]:
    of = segments.c
    by_agent = agents is not None or "agent" in keys
    over = of.ended_at.is_not(None)
    sums: dict[str, ColumnElement[Any]] = {
        "talked": func.count(distinct(of.call_id)) if by_agent else func.sum(case((of.position == 0, 1), else_=0)),
        "talks": func.sum(case((over, 1), else_=0)),
        "talk": func.sum(case((over, between(of.started_at, of.ended_at, dialect)), else_=0)),
        "hold": func.sum(case((over, cast(func.round(of.held_seconds * float(MILLION)), BigInteger)), else_=0)),
        "passed_on": func.sum(case((and_(over, of.transferred_to.is_not(None)), 1), else_=0)),
        "talking": func.sum(case((over, 0), else_=1)),
    }
    groups = _groups(keys, of.agent, dialect, length)
    query = select(*groups, *_zeros(CALL_SUMS), *(sums[name].label(name) for name in TALK_SUMS)).where(*where)
    query = query.select_from(segments.join(calls, calls.c.id == of.call_id))
    query = query.where(of.agent.in_(agents)) if agents is not None else query
    return query.group_by(*_ordinals(groups))


def _zeros(names: Sequence[str]) -> list[Any]:
    return [literal(0, BigInteger).label(name) for name in names]


def _ordinals(groups: Sequence[Any]) -> list[Any]:
    return [group.element for group in groups]
