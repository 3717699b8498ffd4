"""Sums of calls by time, kept beside the calls: what makes reports over months quick, and never another truth.

Whoever changes a call marks its hour stale, in the same transaction. A report counts stale hours call by call, so it
is right at every moment; ``roll`` sums them up again, some hours in a transaction: it takes their marks away first, so
that a change that comes meanwhile waits and marks the hour anew. Killed anywhere, the mark is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.counting import USUAL, Rule, call_by_call, counted, inside, moment_at, read_counted_by
from crm_store.database import Database
from crm_store.rollup_schema import AGENT_KEYS, QUEUE_KEYS, agent_rollups, queue_rollups, stale_rollups
from crm_store.schema import calls
from crm_store.values import upsert
from routing.figures import DAY, HOUR, MILLION, MOST, QUARTER, SUMS, joined

SETTLED: Final = timedelta(minutes=10)
"""So long after its end an hour is not summed up yet: calls that began in it end, and it would be done many times."""
TOGETHER: Final = 24
"""Hours in one transaction, of at most so many calls:"""
MOST_CALLS: Final = 40_000
LENGTHS: Final = {queue_rollups.name: (DAY, HOUR, QUARTER), agent_rollups.name: (DAY, HOUR)}
COUNTED_BY: Final = ("target_seconds", "short_seconds")
"""Kept with each sum."""
KEYS_OF: Final = {queue_rollups.name: QUEUE_KEYS, agent_rollups.name: AGENT_KEYS}


class Rollups:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def roll(self, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Sums up every stale hour, and day, that is over for ``SETTLED``; how many. Raises StoreAway."""
        until = int((now - SETTLED).timestamp())
        hours, done = await self._stale(HOUR, until - HOUR), 0
        while done < len(hours):
            some = await self._some(hours[done : done + TOGETHER])
            await self._roll_hours(some)
            done += len(some)
            progress(done, len(hours))
        for day in await self._stale(DAY, until - DAY):
            done += await self._roll_day(day)
        return done

    async def forget(self) -> None:
        """Everything is to be summed up again; until then reports count call by call. Raises StoreAway."""
        async with self._database.writing() as connection:
            for table in (queue_rollups, agent_rollups, stale_rollups):
                await connection.execute(delete(table))
            first, last = (
                await connection.execute(select(func.min(calls.c.started_at), func.max(calls.c.started_at)))
            ).one()
            if first is not None:
                await mark_stale(connection, range(hour_of(first), hour_of(last) + HOUR, HOUR))

    async def stale(self) -> int:
        """How many hours wait to be summed up, the latest ones among them."""
        query = select(func.count()).select_from(stale_rollups).where(stale_rollups.c.span == HOUR)
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _stale(self, span: int, last: int) -> list[int]:
        of = stale_rollups.c
        query = select(of.begin).where(of.span == span, of.begin <= last).order_by(of.begin)
        async with self._database.reading() as connection:
            return [int(begin) for begin in (await connection.execute(query)).scalars()]

    async def _some(self, hours: list[int]) -> list[int]:
        """As many of them as hold a number of calls that is soon counted."""
        at = calls.c.started_at
        query = select(func.count()).where(at >= moment_at(hours[0]), at < moment_at(hours[-1] + HOUR))
        async with self._database.reading() as connection:
            many = int((await connection.execute(query)).scalar_one())
        return hours[: max(1, len(hours) * MOST_CALLS // max(many, MOST_CALLS))]

    async def _roll_hours(self, hours: list[int]) -> None:
        async with self._database.writing() as connection:
            taken = [hour for hour in hours if await _take(connection, HOUR, hour)]
            if not taken:
                return
            rule = Rule(await read_counted_by(connection))
            where = [inside(joined((hour * MILLION, (hour + HOUR) * MILLION) for hour in taken))]
            for table, length in ((queue_rollups, QUARTER), (agent_rollups, HOUR)):
                blocks = [at for hour in taken for at in range(hour, hour + HOUR, QUARTER)]
                await connection.execute(delete(table).where(table.c.begin.in_(blocks), table.c.span < DAY))
                rows = counted(KEYS_OF[table.name], where, None, rule, connection.dialect.name, length)
                async with call_by_call(connection):
                    await _put(connection, table, length, taken, rule, rows)
            await _sum_up(connection, queue_rollups, QUARTER, HOUR, taken)
            await _mark(connection, DAY, sorted({hour // DAY * DAY for hour in taken}))

    async def _roll_day(self, begin: int) -> bool:
        """Not while one of its hours is stale."""
        async with self._database.writing() as connection:
            of = stale_rollups.c
            hours = select(of.begin).where(of.span == HOUR, of.begin >= begin, of.begin < begin + DAY).limit(1)
            if (await connection.execute(hours)).first() or not await _take(connection, DAY, begin):
                return False
            for table in (queue_rollups, agent_rollups):
                await connection.execute(delete(table).where(table.c.span == DAY, table.c.begin == begin))
                await _sum_up(connection, table, HOUR, DAY, [begin])
        return True


async def _take(connection: AsyncConnection, span: int, begin: int) -> bool:
    """Waits for whoever is just marking it."""
    mark = delete(stale_rollups).where(stale_rollups.c.span == span, stale_rollups.c.begin == begin)
    return bool((await connection.execute(mark)).rowcount)


async def _put(
    connection: AsyncConnection, table: Table, length: int, hours: Sequence[int], rule: Rule, rows: Any
) -> None:
    found = rows.subquery().c
    keys = KEYS_OF[table.name]
    names = ("span", "begin", *keys, *COUNTED_BY, *SUMS)
    by = [_counted_by(found, length, hours, rule, one) for one in COUNTED_BY]
    columns = [literal(length), found.begin, *(found[key] for key in keys), *by]
    await connection.execute(insert(table).from_select(names, select(*columns, *(found[name] for name in SUMS))))


def _counted_by(found: Any, length: int, hours: Sequence[int], rule: Rule, name: str) -> ColumnElement[Any]:
    """That of COUNTED_BY with which these rows were counted; null where there is none, or more than one."""
    known = [(found.queue == "", null())]
    for queue in rule.known:
        held = {
            begin: _held(queue, begin, length, rule, name)
            for hour in hours
            for begin in range(hour, hour + HOUR, length)
        }
        if len(set(held.values())) == 1:
            known.append((found.queue == queue, _known(next(iter(held.values())))))
        else:
            known += [(and_(found.queue == queue, found.begin == begin), _known(one)) for begin, one in held.items()]
    return case(*known, else_=literal(getattr(USUAL, name), Integer))


def _held(queue: str, begin: int, length: int, rule: Rule, name: str) -> int | None:
    held = {int(getattr(rule.by(queue, moment_at(at)), name)) for at in range(begin, begin + length, QUARTER)}
    return held.pop() if len(held) == 1 else None


def _known(seconds: int | None) -> Any:
    return null() if seconds is None else literal(seconds, Integer)


async def _sum_up(connection: AsyncConnection, table: Table, short: int, long: int, begins: Sequence[int]) -> None:
    """The long blocks from their short ones."""
    of, keys = table.c, KEYS_OF[table.name]
    block = of.begin - of.begin % literal_column(str(long))
    sums = [(func.max(of[name]) if name in MOST else func.sum(of[name])).label(name) for name in SUMS]
    by = [_alike(of[name]) for name in COUNTED_BY]
    columns = [literal(long), block, *(of[key] for key in keys), *by]
    parts = [at for begin in begins for at in range(begin, begin + long, short)]
    rows = select(*columns, *sums).where(of.span == short, of.begin.in_(parts))
    names = ("span", "begin", *keys, *COUNTED_BY, *SUMS)
    await connection.execute(insert(table).from_select(names, rows.group_by(block, *(of[key] for key in keys))))


def _alike(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The one value of all rows; null where there are several, or none."""
    one = (func.count() == func.count(column)) & (func.min(column) == func.max(column))
    return case((one, func.min(column)))


def hour_of(at: datetime) -> int:
    """The beginning of its hour, in seconds since 1970."""
    return int(at.timestamp()) // HOUR * HOUR


async def mark_stale(connection: AsyncConnection, hours: Collection[int]) -> None:
    """In the transaction that changes calls of these hours."""
    if hours:
        await _mark(connection, HOUR, sorted(set(hours)))


async def _mark(connection: AsyncConnection, span: int, begins: Iterable[int]) -> None:
    """A mark that is there is written again: so its row is locked until the change behind it can be seen."""
    statement = upsert(connection, stale_rollups, {"span": span, "begin": 0}, ("span", "begin"), ("marks",))
    rows = [{"span": span, "begin": begin, "marks": 1} for begin in begins]
    await connection.execute(statement, rows)


async def mark_queue(connection: AsyncConnection, queue: str, since: datetime | None) -> None:
    """What the queue is counted by changed: what was summed up with the old from then on (None: ever) is stale."""
    of = queue_rollups.c
    query = select(of.begin).where(of.span == HOUR, of.queue == queue)
    query = query.where(of.begin >= hour_of(since)) if since is not None else query
    await mark_stale(connection, [int(begin) for begin in (await connection.execute(query.distinct())).scalars()])
