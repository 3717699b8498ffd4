"""What the service level is made of, from the calls' records: counted by queue and time in the database.

A call counts where it came in: in its queue, at its start. So each count is a list of calls (``GET /calls`` with the
same queue, times and direction), and a rebuilt journal gives the same.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, Row, Select, and_, case, cast, func, literal, select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import calls, queues
from routing.service_level import SHORT_SECONDS, By, Counts, intervals

MOST_CELLS = 20_000
LONGEST = timedelta(days=366 * 10)
GREENWICH = ZoneInfo("UTC")
USUAL_TARGET = 20
"""Seconds, for a queue that is no more."""
QUARTER = 900
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """``from_`` ≤ started < ``to``. ``by`` hours or days of ``zone``, None: all in one. ``queue`` None: each."""

    from_: datetime
    to: datetime
    queue: str | None = None
    by: By | None = None
    zone: ZoneInfo = GREENWICH
    short_seconds: float = SHORT_SECONDS


@dataclass(frozen=True, slots=True)
class Cell:
    """One queue in one interval. ``target_seconds``: the queue's, now."""

    queue: str
    from_: datetime
    to: datetime
    target_seconds: int
    counts: Counts


class ServiceLevels:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, wish: Wish) -> list[Cell]:
        """By queue, then by time; every interval, also an empty one. Raises Refused."""
        if wish.to <= wish.from_:
            raise Refused("to", "to must be later than from")
        if wish.to - wish.from_ > LONGEST:
            raise Refused("to", "ask for ten years at most")
        parts = intervals(wish.from_, wish.to, wish.by, wish.zone)
        async with self._database.reading() as connection:
            known = await connection.execute(select(queues.c.name, queues.c.target_seconds))
            targets: dict[str, int] = {row.name: row.target_seconds for row in known}
            if wish.queue is not None:
                targets = {wish.queue: targets.get(wish.queue, USUAL_TARGET)}
            _fits(len(parts), len(targets))
            rows = (await connection.execute(_counted(wish, targets, self._database.dialect))).all()
        return _cells(rows, parts, targets)


def _fits(parts: int, many: int) -> None:
    if parts * max(1, many) > MOST_CELLS:
        raise Refused("by", f"that is more than {MOST_CELLS:,} figures; ask for a shorter time, for days, or one queue")


def _counted(wish: Wish, targets: Mapping[str, int], dialect: str) -> Select[Any]:
    """Rows by queue and quarter of an hour: no clock's hours begin anywhere else."""
    call = _offered(wish, targets, dialect).subquery().c
    answered, abandoned = call.answered_at.is_not(None), and_(call.outcome == "abandoned", call.answered_at.is_(None))
    counted = {
        "answered": answered,
        "answered_within": and_(answered, call.waited <= call.target),
        "abandoned": abandoned,
        "abandoned_within": and_(abandoned, call.waited <= call.target),
        "abandoned_short": and_(abandoned, call.waited < round(wish.short_seconds * _MILLION)),
    }
    sums = [func.sum(case((which, 1), else_=0)).label(name) for name, which in counted.items()]
    return select(call.queue, call.quarter, func.count().label("offered"), *sums).group_by(call.queue, call.quarter)


def _offered(wish: Wish, targets: Mapping[str, int], dialect: str) -> Select[Any]:
    """Each call that counts, with its wait and its queue's target in microseconds."""
    of = calls.c
    known = [(of.queue == name, seconds * _MILLION) for name, seconds in targets.items()]
    target = case(*known, else_=USUAL_TARGET * _MILLION) if known else literal(USUAL_TARGET * _MILLION)
    quarter = _epoch(of.started_at, dialect) // QUARTER
    query = select(
        of.queue, of.outcome, of.answered_at, quarter.label("quarter"), _waited(dialect).label("waited"),
        target.label("target"),
    )  # fmt: skip
    query = query.where(of.started_at >= wish.from_, of.started_at < wish.to, of.direction == "inbound")
    return query.where(of.queue == wish.queue if wish.queue is not None else of.queue.is_not(None))


def _waited(dialect: str) -> ColumnElement[int]:
    """Microseconds, exactly: a wait of the target to the letter is in time. Null while it lasts."""
    of = calls.c
    until = func.coalesce(of.answered_at, of.unqueued_at, of.ended_at)
    since = func.coalesce(of.queued_at, of.started_at)
    if dialect == "postgresql":
        return cast(func.extract("epoch", until - since) * _MILLION, BigInteger)
    seconds = _epoch(until, dialect) - _epoch(since, dialect)
    return seconds * _MILLION + _fraction(until) - _fraction(since)


def _epoch(at: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Whole seconds since 1970. SQLite's times are text of fixed width, whose fraction would be rounded."""
    if dialect == "postgresql":
        return cast(func.floor(func.extract("epoch", at)), BigInteger)
    return cast(func.strftime("%s", func.substr(at, 1, 19)), Integer)


def _fraction(at: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.substr(at, 21, 6), Integer)


def _cells(
    rows: Sequence[Row[Any]], parts: Sequence[tuple[datetime, datetime]], targets: Mapping[str, int]
) -> list[Cell]:
    begins = [begin for begin, _ in parts]
    counts: defaultdict[tuple[str, int], Counts] = defaultdict(Counts)
    for row in rows:
        quarter = datetime.fromtimestamp(int(row.quarter) * QUARTER, UTC)
        place = max(0, bisect.bisect_right(begins, quarter) - 1)
        counts[row.queue, place] += Counts(*(int(getattr(row, field.name)) for field in fields(Counts)))
    gone = {queue for queue, _ in counts} - set(targets)
    return [
        Cell(queue, begin, end, targets.get(queue, USUAL_TARGET), counts[queue, place])
        for queue in sorted({*targets, *gone})
        for place, (begin, end) in enumerate(parts)
    ]
