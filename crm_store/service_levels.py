"""What the service level is made of, by queue and time.

A call counts where it came in: in its queue, at its start. So each count is a list of calls (``GET /calls`` with the
same queue, times and direction), and a rebuilt journal gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.figures import GREENWICH, MOST_CELLS, Counted, Figures, FigureWish, checked_parts, too_many
from crm_store.schema import queues
from routing.figures import MILLION, SERVICE_LEVEL_SUMS, Sums
from routing.service_level import SHORT_SECONDS, By, Counts


@dataclass(frozen=True, slots=True)
class Wish:
    """``from_`` ≤ started < ``to``. ``by`` hours or days of ``zone``, None: all in one. ``queue`` None: each.

    ``target_seconds`` None: each queue's own, as it was at the time.
    """

    from_: datetime
    to: datetime
    queue: str | None = None
    by: By | None = None
    zone: ZoneInfo = GREENWICH
    short_seconds: float = SHORT_SECONDS
    target_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One queue in one interval. ``target_seconds``: the queue's, at the end of the interval."""

    queue: str
    from_: datetime
    to: datetime
    target_seconds: float
    counts: Counts


class ServiceLevels:
    def __init__(self, database: Database, figures: Figures) -> None:
        self._database = database
        self._figures = figures

    async def of(self, wish: Wish) -> list[Cell]:
        """By queue, then by time; every interval, also an empty one. Raises Refused."""
        asked = FigureWish(
            wish.from_, wish.to, wish.by, wish.zone, ("queue",), _only(wish), wish.target_seconds,
            round(wish.short_seconds * MILLION), sums=SERVICE_LEVEL_SUMS,
        )  # fmt: skip
        many = len(checked_parts(asked))
        async with self._database.reading() as connection:
            names = {str(name) for name in (await connection.execute(select(queues.c.name))).scalars()}
        if many * max(1, len(names) if wish.queue is None else 1) > MOST_CELLS:
            raise Refused("by", too_many())
        return _cells(await self._figures.of(asked), names if wish.queue is None else {wish.queue})


def _only(wish: Wish) -> dict[str, tuple[str, ...]]:
    return {"direction": ("inbound",), **({"queue": (wish.queue,)} if wish.queue is not None else {})}


def _cells(found: Counted, names: set[str]) -> list[Cell]:
    named = {queue for (queue,), _ in found.cells if queue} | names
    return [
        Cell(
            queue, begin, end, found.rule.target(queue, _last(begin, end)), _counts(found.cells.get(((queue,), place)))
        )
        for queue in sorted(named)
        for place, (begin, end) in enumerate(found.parts)
    ]


def _last(begin: datetime, end: datetime) -> datetime:
    """The last moment that is inside."""
    return max(begin, end - datetime.resolution)


def _counts(sums: Sums | None) -> Counts:
    if sums is None:
        return Counts()
    return Counts(*(sums[name] for name in SERVICE_LEVEL_SUMS))
