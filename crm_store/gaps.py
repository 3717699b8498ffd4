"""Gaps: when nobody listened to an Asterisk, why, and what came of the comparison with its own records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select

from crm_store.database import Database
from crm_store.gap_schema import gaps
from crm_store.projection import read_calls
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import calls
from routing.story import Call
from routing.witness import Difference

MOST_DIFFERENCES = 200
TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Gap:
    """``why``: one sentence. ``troubles``: records that could not be read. ``witnessed``: calls that were compared.

    ``repaired``: differences that were made good as estimates; ``unexplained``: those that somebody should look at.
    """

    id: str
    asterisk: str
    begin: datetime
    end: datetime
    why: str
    looked_at: datetime
    sources: tuple[str, ...]
    troubles: tuple[str, ...]
    witnessed: int
    repaired: int
    unexplained: int
    differences: tuple[Difference, ...]


class Gaps:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        asterisk: str,
        begin: datetime,
        end: datetime,
        why: str,
        looked_at: datetime,
        sources: Sequence[str],
        troubles: Sequence[str],
        witnessed: int,
        differences: Sequence[Difference],
    ) -> Gap:
        """``differences``: those that are not repaired are kept first."""
        repaired = sum(one.repaired for one in differences)
        kept = sorted(differences, key=lambda one: one.repaired)[:MOST_DIFFERENCES]
        row: dict[str, Any] = {
            "asterisk": asterisk, "from_at": begin, "to_at": end, "why": why[:500], "looked_at": looked_at,
            "sources": list(sources), "troubles": list(troubles), "witnessed": witnessed, "repaired": repaired,
            "unexplained": len(differences) - repaired, "differences": [asdict(one) for one in kept],
        }  # fmt: skip
        async with self._database.writing() as connection:
            done = await connection.execute(insert(gaps).values(row).returning(gaps))
            return _gap(done.one())

    async def page(self, after: str | None = None, limit: int = 50) -> Page[Gap]:
        """Newest first."""
        size = page_size(limit)
        query = select(gaps).order_by(gaps.c.id.desc()).limit(size + 1)
        if after:
            query = query.where(gaps.c.id < place(after, int)[0])
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_gap(row) for row in rows[:size])
        return Page(items, cursor(int(items[-1].id)) if len(rows) > size else None)

    async def calls_in(self, asterisk: str, begin: datetime, end: datetime) -> tuple[Call, ...]:
        """All calls of this Asterisk that were up at any time from ``begin`` to ``end``."""
        up = or_(calls.c.ended_at.is_(None), calls.c.ended_at >= begin)
        query = select(calls.c.id).where(calls.c.asterisk == asterisk, calls.c.started_at <= end, up)
        async with self._database.reading() as connection:
            ids = list((await connection.execute(query.order_by(calls.c.started_at))).scalars())
            found: dict[str, Call] = {}
            for at in range(0, len(ids), TOGETHER):
                found |= await read_calls(connection, ids[at : at + TOGETHER])
        return tuple(found.values())

    async def boots(self, asterisk: str, begin: datetime, end: datetime) -> tuple[str, ...]:
        """The runs of this Asterisk that calls of about this time belonged to."""
        near = select(calls.c.id).where(calls.c.asterisk == asterisk, calls.c.started_at.between(begin, end))
        async with self._database.reading() as connection:
            ids = (await connection.execute(near)).scalars()
            return tuple(sorted({id_.removeprefix(f"{asterisk}-").partition("-")[0] for id_ in ids}))


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        str(row.id), row.asterisk, row.from_at, row.to_at, row.why, row.looked_at, tuple(row.sources),
        tuple(row.troubles), row.witnessed, row.repaired, row.unexplained,
        tuple(Difference(**one) for one in row.differences),
    )  # fmt: skip
