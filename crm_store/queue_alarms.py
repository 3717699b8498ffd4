"""Limits of queues past which they raise an alarm, and every alarm that there was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import alarm_log, queue_alarms, queues
from routing.alarms import MEASURES, SHARES
from routing.events import AlarmRule, Measure
from routing.facts import AlarmChanged

LONGEST_SECONDS: Final = 3_600
MOST_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """``value``: the figure when it was raised. ``cleared_at`` None: it is up."""

    id: str
    queue: str
    measure: str
    asterisk: str
    raised_at: datetime
    cleared_at: datetime | None
    value: float
    limit: float


class QueueAlarms:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self) -> dict[str, tuple[AlarmRule, ...]]:
        """By queue."""
        async with self._database.reading() as connection:
            return await read_rules(connection)

    async def put(self, queue: str, rules: Sequence[AlarmRule]) -> bool:
        """The queue has these limits from now on; whether that is news. Raises Refused."""
        check(rules)
        async with self._database.writing() as connection:
            if (await connection.execute(select(queues.c.id).where(queues.c.name == queue))).first() is None:
                raise Refused("queue", f"there is no queue {queue}")
            had = (await read_rules(connection)).get(queue, ())
            if set(had) == set(rules):
                return False
            await connection.execute(delete(queue_alarms).where(queue_alarms.c.queue == queue))
            if rules:
                await connection.execute(insert(queue_alarms), [_row(queue, one) for one in rules])
        return True

    async def log(
        self, queue: str | None = None, after: str | None = None, limit: int = 50, up: bool | None = None
    ) -> Page[Alarm]:
        """Newest first. ``up``: only those that are, or that are not."""
        of, size = alarm_log.c, page_size(limit)
        query = select(alarm_log).order_by(of.id.desc()).limit(size + 1)
        if queue is not None:
            query = query.where(of.queue == queue)
        if up is not None:
            query = query.where(of.cleared_at.is_(None) if up else of.cleared_at.is_not(None))
        if after:
            query = query.where(of.id < place(after, int)[0])
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_alarm(row) for row in rows[:size])
        return Page(items, cursor(int(items[-1].id)) if len(rows) > size else None)

    async def open(self, asterisk: str) -> list[AlarmChanged]:
        """Those that this Asterisk's queues have up, as they were raised."""
        of = alarm_log.c
        async with self._database.reading() as connection:
            rows = await connection.execute(select(alarm_log).where(of.asterisk == asterisk, of.cleared_at.is_(None)))
            return [
                AlarmChanged(row.queue, row.measure, row.raised_at, asterisk, True, row.raised_at, row.value, row.limit)
                for row in rows
            ]


def check(rules: Sequence[AlarmRule]) -> None:
    """Raises Refused."""
    if len({one.measure for one in rules}) < len(rules):
        raise Refused("measure", "a measure stands there twice")
    for one in rules:
        if one.measure not in MEASURES:
            raise Refused("measure", f"measure: one of {', '.join(MEASURES)}")
        most = 1 if one.measure in SHARES else MOST_LIMIT
        if not 0 <= one.limit <= most:
            raise Refused("limit", f"{one.measure}: the limit must be between 0 and {most}")
        if not 0 <= one.after_seconds <= LONGEST_SECONDS:
            raise Refused("after_seconds", f"after_seconds must be between 0 and {LONGEST_SECONDS}")


async def read_rules(connection: AsyncConnection) -> dict[str, tuple[AlarmRule, ...]]:
    found: dict[str, tuple[AlarmRule, ...]] = {}
    for row in await connection.execute(select(queue_alarms).order_by(queue_alarms.c.queue, queue_alarms.c.measure)):
        rule = AlarmRule(cast(Measure, row.measure), row.limit, row.after_seconds)
        found[row.queue] = (*found.get(row.queue, ()), rule)
    return found


async def write_alarms(connection: AsyncConnection, facts: Sequence[AlarmChanged]) -> None:
    """Into the log; the same fact again changes nothing."""
    for one in facts:
        row = {
            "queue": one.queue, "measure": one.measure, "asterisk": one.asterisk, "raised_at": one.since,
            "cleared_at": None if one.on else one.at, "value": one.value, "limit": one.limit,
        }  # fmt: skip
        of = alarm_log.c
        mine = (of.queue == one.queue) & (of.measure == one.measure) & (of.raised_at == one.since)
        if one.on:
            if (await connection.execute(select(of.id).where(mine))).first() is None:
                await connection.execute(insert(alarm_log), row)
        else:
            await connection.execute(alarm_log.update().where(mine).values(cleared_at=one.at))


def _row(queue: str, rule: AlarmRule) -> dict[str, Any]:
    return {"queue": queue, **asdict(rule)}


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(str(row.id), row.queue, row.measure, row.asterisk, row.raised_at, row.cleared_at, row.value, row.limit)
