"""What the service level is made of, by queue and time.

A call counts where it came in: in its queue, at its start. So each count is a list of calls (``GET /calls`` with the
same queue, times and direction), and a rebuilt journal gives the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.figures import GREENWICH, MOST_CELLS, Counted, Figures, FigureWish, checked_parts, too_many
from crm_store.schema import queues
from routing.figures import MILLION, SERVICE_LEVEL_SUMS, Sums
from routing.service_level import By, CountedBy, Counts


@dataclass(frozen=True, slots=True)
class Wish:
    """``from_`` ≤ started < ``to``. ``by`` hours or days of ``zone``, None: all in one. ``queue`` None: each.

    ``target_seconds``, ``short_seconds`` None: each queue's own, as it was at the time.
    """

    from_: datetime
    to: datetime
    queue: str | None = None
    by: By | None = None
    zone: ZoneInfo = GREENWICH
    short_seconds: float | None = None
    target_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One queue in one interval. ``by``: what the queue was counted by at the end of the interval."""

    queue: str
    from_: datetime
    to: datetime
    by: CountedBy
    counts: Counts


class ServiceLevels:
    def __init__(self, database: Database, figures: Figures) -> None:
        self._database = database
        self._figures = figures

    async def of(self, wish: Wish) -> list[Cell]:
        """By queue, then by time; every interval, also an empty one (:func:`shown`). Raises Refused."""
        asked = FigureWish(
            wish.from_, wish.to, wish.by, wish.zone, ("queue",), _only(wish), wish.target_seconds,
            None if wish.short_seconds is None else round(wish.short_seconds * MILLION), sums=SERVICE_LEVEL_SUMS,
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
        Cell(queue, begin, end, found.rule.by(queue, last_of(begin, end)), _counts(found.cells.get(((queue,), place))))
        for queue in sorted(named)
        for place, (begin, end) in enumerate(found.parts)
    ]


def shown(cells: Sequence[Cell]) -> tuple[list[Cell], list[str]]:
    """Those that are a line of a report, and what was left out by the queues' rules: sentences."""
    gone = Counter(cell.queue for cell in cells if _is_left_out(cell))
    return [cell for cell in cells if not _is_left_out(cell)], [left_out(*one) for one in gone.items()]


def left_out(queue: str, many: int) -> str:
    what = "1 interval" if many == 1 else f"{many} intervals"
    return f"{what} of {queue} without a call left out, as its rule says."


def _is_left_out(cell: Cell) -> bool:
    return cell.by.empty_interval == "left_out" and cell.counts.offered == 0


def last_of(begin: datetime, end: datetime) -> datetime:
    """The last moment that is inside."""
    return max(begin, end - datetime.resolution)


def _counts(sums: Sums | None) -> Counts:
    if sums is None:
        return Counts()
    return Counts(*(sums[name] for name in SERVICE_LEVEL_SUMS))
