"""Sums of calls by time and by what they have in common: from what is kept summed up, and call by call for the rest."""

from __future__ import annotations

import bisect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Select, Table, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.counting import Rule, call_by_call, counted, counted_again, inside, one_of, read_counted_by
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.rollup_schema import agent_rollups, queue_rollups, stale_rollups
from crm_store.rollups import KEYS_OF, LENGTHS
from crm_store.schema import calls
from routing.figures import DAY, HOUR, MILLION, MOST, QUARTER, SUMS, By, Span, Sums, add, cover, intervals
from routing.measures import AGAIN_SUMS

MOST_CELLS: Final = 20_000
LONGEST: Final = timedelta(days=366 * 10)
GREENWICH: Final = ZoneInfo("UTC")
FIRST: Final = DAY * MILLION
LEAST: Final = HOUR * MILLION
SLOW: Final = 1.5
"""So much time (microseconds) is counted call by call in the first query, and in the shortest; seconds that one should
take at most: the next one is for more time, or for less."""
MOST_SPANS: Final = 60
FAR: Final = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class FigureWish:
    """``from_`` ≤ started < ``to``. ``keys``: by what (of counting.KEYS); ``only``: what they must be (empty: none).

    ``target_seconds``, ``short_micros``: instead of the queues' own; ``exactly``: call by call, whatever is kept summed
    up. ``sums``: of routing.figures, what is asked for.
    """

    from_: datetime
    to: datetime
    by: By | None = None
    zone: ZoneInfo = GREENWICH
    keys: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] | None = None
    target_seconds: float | None = None
    short_micros: int | None = None
    exactly: bool = False
    sums: tuple[str, ...] = SUMS


@dataclass(frozen=True, slots=True)
class Again:
    """Sums of measures.AGAIN_SUMS, by the same keys and places."""

    cells: Mapping[tuple[tuple[str, ...], int], Sums]


@dataclass(frozen=True, slots=True)
class Counted:
    """``cells``: by the values of the keys and the place in ``parts``; what is not there is nothing. ``stale``:
    whether something was counted call by call because it changed of late."""

    parts: tuple[tuple[datetime, datetime], ...]
    cells: Mapping[tuple[tuple[str, ...], int], Sums]
    rule: Rule


class Figures:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, wish: FigureWish) -> Counted:
        """Raises Refused for a time that is none, or too many figures; StoreAway."""
        parts = checked_parts(wish)
        async with self._database.reading() as connection:
            rule = Rule(await read_counted_by(connection), wish.target_seconds, wish.short_micros)
            rows = await self._rows(connection, wish, parts, rule)
        return Counted(tuple(parts), _cells(rows, parts, wish.keys, wish.sums), rule)

    async def again(self, wish: FigureWish, known_until: datetime) -> Again:
        """Who called again; always call by call. Raises as ``of``."""
        parts = checked_parts(wish)
        async with self._database.reading() as connection:
            rule = Rule({}, wish.target_seconds, wish.short_micros, known_until)
            spans = [(micros(parts[0][0]), micros(parts[-1][1]))]
            rows = await _raw(connection, wish, spans, rule, len(parts) > 1, counted_again)
        return Again(_cells(rows, parts, wish.keys, AGAIN_SUMS))

    async def _rows(
        self, connection: AsyncConnection, wish: FigureWish, parts: Sequence[tuple[datetime, datetime]], rule: Rule
    ) -> list[Any]:
        spans = [(micros(begin), micros(end)) for begin, end in parts]
        table = None if wish.exactly else _table(wish)
        if table is None:
            return await _raw(connection, wish, [(spans[0][0], spans[-1][1])], rule, len(parts) > 1)
        hours, days = await _stale(connection, spans[0][0] // MILLION, spans[-1][1] // MILLION)
        found = cover(spans, LENGTHS[table.name], hours, days)
        rows: list[Any] = []
        query = _summed(table, found.blocks, wish, len(parts) > 1)
        if query is not None:
            rows += (await connection.execute(query)).all()
        return rows + await _raw(connection, wish, found.raw, rule, len(parts) > 1)


def checked_parts(wish: FigureWish) -> list[tuple[datetime, datetime]]:
    """The cells' times. Raises Refused."""
    if wish.to <= wish.from_:
        raise Refused("to", "to must be later than from")
    if wish.to - wish.from_ > LONGEST:
        raise Refused("to", "ask for ten years at most")
    if not (FAR[0] <= wish.from_ and wish.to <= FAR[1]):
        raise Refused("from", "ask for times between 1970 and 2200")
    shortest = {"half_hour": 1_800, "hour": HOUR, "day": DAY}.get(wish.by or "", 7 * DAY)
    if wish.by is not None and (wish.to - wish.from_).total_seconds() / shortest > MOST_CELLS:
        raise Refused("by", too_many())
    return intervals(wish.from_, wish.to, wish.by, wish.zone)


def too_many() -> str:
    return f"that is more than {MOST_CELLS:,} figures; ask for a shorter time, for days, or one queue"


def micros(at: datetime) -> int:
    return int(at.replace(microsecond=0).timestamp()) * MILLION + at.microsecond


def _table(wish: FigureWish) -> Table | None:
    """Where it is kept; None: it is not, what short means or the target is another one."""
    if wish.target_seconds is not None or wish.short_micros is not None:
        return None
    asked = {*wish.keys, *(wish.only or {})}
    return next((one for one in (queue_rollups, agent_rollups) if asked <= set(KEYS_OF[one.name])), None)


async def _stale(connection: AsyncConnection, begin: int, end: int) -> tuple[list[int], list[int]]:
    of = stale_rollups.c
    query = select(of.span, of.begin).where(of.begin > begin - DAY, of.begin < end)
    rows = (await connection.execute(query)).all()
    return [row.begin for row in rows if row.span == HOUR], [row.begin for row in rows if row.span == DAY]


def _summed(table: Table, blocks: Mapping[int, Sequence[Span]], wish: FigureWish, by_time: bool) -> Select[Any] | None:
    of = table.c
    when = [
        and_(of.span == length, or_(*(and_(of.begin >= begin, of.begin < end) for begin, end in spans)))
        for length, spans in blocks.items()
        if spans
    ]
    if not when:
        return None
    groups = [*([of.begin] if by_time else []), *(of[key] for key in wish.keys)]
    sums = [
        cast(func.max(of[name]) if name in MOST else func.sum(of[name]), BigInteger).label(name) for name in wish.sums
    ]
    wanted = [of[key].in_(values) for key, values in (wish.only or {}).items()]
    return select(*groups, *sums).where(or_(*when), *wanted).group_by(*groups)


async def _raw(
    connection: AsyncConnection,
    wish: FigureWish,
    spans: Sequence[Span],
    rule: Rule,
    by_time: bool,
    count: Callable[..., Select[Any]] | None = None,
) -> list[Any]:
    """Call by call, some time at once."""
    agents = (wish.only or {}).get("agent")
    where = [one_of(calls.c[key], values) for key, values in (wish.only or {}).items() if key != "agent"]
    rows: list[Any] = []
    left, length = list(reversed(spans)), FIRST
    while left:
        some, begun = _next(left, length), time.perf_counter()
        asked = [*where, inside(some)]
        about = (wish.keys, asked, agents, rule, connection.dialect.name, QUARTER if by_time else None)
        query = count(*about) if count else counted(*about, wish.sums)
        async with call_by_call(connection):
            rows += (await connection.execute(query)).all()
        took = time.perf_counter() - begun
        length = max(LEAST, length // 2) if took > SLOW else length * 2 if took < SLOW / 4 else length
    return rows


def _next(left: list[Span], length: int) -> list[Span]:
    """Takes so much time off the end of ``left``."""
    found: list[Span] = []
    while left and length > 0 and len(found) < MOST_SPANS:
        begin, end = left.pop()
        if end - begin > length:
            left.append((begin + length, end))
            end = begin + length
        found.append((begin, end))
        length -= end - begin
    return found


def _cells(
    rows: Sequence[Any],
    parts: Sequence[tuple[datetime, datetime]],
    keys: Sequence[str],
    names: Sequence[str] = SUMS,
) -> dict[tuple[tuple[str, ...], int], Sums]:
    begins = [micros(begin) // MILLION for begin, _ in parts]
    many, width = len(parts) > 1, len(keys)
    found: dict[tuple[tuple[str, ...], int], Sums] = {}
    for row in rows:
        line = tuple(row)
        place = max(0, bisect.bisect_right(begins, line[0]) - 1) if many else 0
        values = line[1:] if many else line
        key = (tuple(values[:width]), place)
        sums = found.get(key)
        if sums is None:
            found[key] = dict(zip(names, map(_whole, values[width:]), strict=True))
        else:
            add(sums, dict(zip(names, map(_whole, values[width:]), strict=True)))
    return {key: sums for key, sums in found.items() if any(sums.values())}


def _whole(value: Any) -> int:
    return int(value or 0)
