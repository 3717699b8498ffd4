"""Reports that people saved: their own, or shared with all who may see reports; sent by mail at fixed times.

A sending is claimed before the mail leaves and ended when the server took it. One that failed is tried again, ever
more seldom, until it is sent: it is about the same time however late it is. One that was claimed and never ended (the
process died) is not sent again, because nobody knows whether it left; that is said in ``trouble``, and the next one is
due.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select, update

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.reports import ONLY, ReportWish, checked
from crm_store.rollup_schema import saved_reports
from crm_store.values import key_of, needed_text
from crm_store.zones import checked_zone
from routing.figures import BYS, By
from routing.report_times import EVERY, Every, next_due, time_of
from routing.service_level import FORMULAS

MOST_REPORTS: Final = 200
"""Of one person."""
MOST_RECIPIENTS: Final = 20
MOST_LOOKED_AT: Final = 1_000
WAITS: Final = (60, 120, 300, 900, 3_600)
"""Seconds between tries; the last one for ever."""
LOST_AFTER: Final = timedelta(minutes=10)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class SavedReport:
    """``wish``: measures, by, each, only, formula. ``every`` None: it is not sent; ``at``: 07:30, in ``time_zone``.

    ``next_at``: which one is due next; ``trouble``: why that, or the one before, was not sent.
    """

    id: str
    owner: str
    name: str
    wish: Mapping[str, Any]
    shared: bool
    every: Every | None
    at: str
    time_zone: str
    recipients: tuple[str, ...]
    next_at: datetime | None
    sent_at: datetime | None
    trouble: str | None


class SavedReports:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, login: str) -> tuple[SavedReport, ...]:
        """Own and shared ones, by name."""
        seen = or_(saved_reports.c.owner == login, saved_reports.c.shared.is_(True))
        query = select(saved_reports).where(seen).order_by(saved_reports.c.name, saved_reports.c.id)
        async with self._database.reading() as connection:
            return tuple(_saved(row) for row in await connection.execute(query))

    async def get(self, id: str) -> SavedReport | None:
        async with self._database.reading() as connection:
            row = (
                await connection.execute(select(saved_reports).where(saved_reports.c.id == (key_of(id) or 0)))
            ).first()
        return _saved(row) if row is not None else None

    async def add(self, owner: str, given: Mapping[str, Any], now: datetime) -> SavedReport:
        """Raises Refused."""
        if len([one for one in await self.all(owner) if one.owner == owner]) >= MOST_REPORTS:
            raise Refused("name", f"you have {MOST_REPORTS} reports; remove one")
        row = {"owner": owner, **_checked(given, now)}
        async with self._database.writing() as connection:
            made = await connection.execute(insert(saved_reports).values(**row).returning(saved_reports))
            return _saved(made.one())

    async def put(self, id: str, owner: str, given: Mapping[str, Any], now: datetime) -> SavedReport | None:
        """The owner's report is so from now on; None: there is none of theirs. Raises Refused."""
        row = {**_checked(given, now), "tries": 0, "trouble": None, "sending_at": None}
        async with self._database.writing() as connection:
            changed = update(saved_reports).where(_own(id, owner)).values(**row).returning(saved_reports)
            found = (await connection.execute(changed)).first()
        return _saved(found) if found is not None else None

    async def remove(self, id: str, owner: str) -> bool:
        async with self._database.writing() as connection:
            return bool((await connection.execute(delete(saved_reports).where(_own(id, owner)))).rowcount)

    async def due(self, now: datetime) -> tuple[SavedReport, ...]:
        """To be sent now; each must be claimed."""
        of = saved_reports.c
        query = select(saved_reports).where(of.try_at <= now, of.sending_at.is_(None)).order_by(of.try_at)
        async with self._database.reading() as connection:
            return tuple(_saved(row) for row in await connection.execute(query.limit(50)))

    async def scheduled(self) -> tuple[SavedReport, ...]:
        """Everybody's that are sent at fixed times, by name."""
        query = select(saved_reports).where(saved_reports.c.every.is_not(None)).order_by(saved_reports.c.name)
        async with self._database.reading() as connection:
            return tuple(_saved(row) for row in await connection.execute(query.limit(MOST_LOOKED_AT)))

    async def claim(self, one: SavedReport, now: datetime) -> bool:
        """False: somebody else sends it, or it was changed."""
        of = saved_reports.c
        which = and_(of.id == key_of(one.id), of.next_at == one.next_at, of.try_at <= now, of.sending_at.is_(None))
        async with self._database.writing() as connection:
            return bool((await connection.execute(update(saved_reports).where(which).values(sending_at=now))).rowcount)

    async def sent(self, one: SavedReport, now: datetime) -> None:
        await self._end(one, now, {"sent_at": now, "trouble": None})

    async def failed(self, one: SavedReport, trouble: str, now: datetime) -> None:
        """The same is tried again."""
        of = saved_reports.c
        which = and_(of.id == key_of(one.id), of.next_at == one.next_at)
        async with self._database.writing() as connection:
            tries = (await connection.execute(select(of.tries).where(which))).scalar_one_or_none()
            if tries is not None:
                wait = timedelta(seconds=WAITS[min(int(tries), len(WAITS) - 1)])
                again = {"sending_at": None, "tries": tries + 1, "try_at": now + wait, "trouble": trouble[:500]}
                await connection.execute(update(saved_reports).where(which).values(**again))

    async def lost(self, now: datetime) -> int:
        """Ends what was claimed and never ended; how many."""
        of = saved_reports.c
        query = select(saved_reports).where(of.sending_at < now - LOST_AFTER)
        async with self._database.reading() as connection:
            found = [_saved(row) for row in await connection.execute(query)]
        for one in found:
            due = f"{one.next_at:%Y-%m-%d %H:%M} UTC"
            said = f"nobody knows whether the report due at {due} was sent; it is not sent again"
            await self._end(one, now, {"trouble": said})
        return len(found)

    async def _end(self, one: SavedReport, now: datetime, more: Mapping[str, Any]) -> None:
        of = saved_reports.c
        due = next_due(one.every or "day", _minute(one.at), ZoneInfo(one.time_zone), now)
        which = and_(of.id == key_of(one.id), of.next_at == one.next_at)
        row = {"sending_at": None, "tries": 0, "next_at": due, "try_at": due, **more}
        async with self._database.writing() as connection:
            await connection.execute(update(saved_reports).where(which).values(**row))


def wish_of(one: SavedReport, begin: datetime, end: datetime) -> ReportWish:
    of, zone = one.wish, ZoneInfo(one.time_zone)
    measures, by = tuple(of["measures"]), tuple(of["by"])
    return ReportWish(begin, end, measures, by, of["each"], zone, of["only"], of["formula"])


def due_wish(one: SavedReport) -> ReportWish:
    """What the one that is due next is about."""
    zone = ZoneInfo(one.time_zone)
    return wish_of(one, *time_of(one.every or "day", zone, one.next_at or datetime.now(zone)))


def _own(id: str, owner: str) -> ColumnElement[bool]:
    return and_(saved_reports.c.id == (key_of(id) or 0), saved_reports.c.owner == owner)


def _minute(at: str) -> int:
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", at)
    if found is None:
        raise Refused("at", "at must be a time of the day like 07:30")
    return int(found[1]) * 60 + int(found[2])


def _checked(given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    zone = checked_zone(given.get("time_zone")) or "UTC"
    each: By | None = given.get("each")
    if each is not None and each not in BYS:
        raise Refused("each", f"each must be one of {', '.join(BYS)}")
    formula = given.get("formula") or "offered"
    if formula not in FORMULAS:
        raise Refused("formula", f"formula must be one of {', '.join(FORMULAS)}")
    only = {name: needed_text(name, value, 200) for name, value in (given.get("only") or {}).items() if name in ONLY}
    measures, by = tuple(given["measures"]), tuple(given.get("by") or ())
    checked(ReportWish(now - timedelta(days=1), now, measures, by, each, only=only, formula=formula))
    wish = {"measures": measures, "by": by, "each": each, "only": only, "formula": formula}
    every: Every | None = given.get("every")
    if every is not None and every not in EVERY:
        raise Refused("every", f"every must be one of {', '.join(EVERY)}")
    minute, recipients = _minute(given.get("at") or "07:00"), _addresses(given.get("recipients") or ())
    if every is not None and not recipients:
        raise Refused("recipients", "say to which addresses the report is sent")
    due = next_due(every, minute, ZoneInfo(zone), now) if every is not None else None
    return {
        "name": needed_text("name", given.get("name"), 120), "wish": wish, "shared": bool(given.get("shared")),
        "every": every, "minute": minute, "time_zone": zone, "recipients": recipients, "next_at": due, "try_at": due,
    }  # fmt: skip


def _addresses(given: Sequence[str]) -> list[str]:
    if len(given) > MOST_RECIPIENTS:
        raise Refused("recipients", f"at most {MOST_RECIPIENTS} addresses")
    for address in given:
        if not _ADDRESS.fullmatch(address):
            raise Refused("recipients", f"{address[:80]!r} is no mail address")
    return list(dict.fromkeys(given))


def _saved(row: Row[Any]) -> SavedReport:
    at = f"{row.minute // 60:02}:{row.minute % 60:02}"
    return SavedReport(
        str(row.id), row.owner, row.name, row.wish, row.shared, row.every, at, row.time_zone, tuple(row.recipients),
        row.next_at, row.sent_at, row.trouble,
    )  # fmt: skip
