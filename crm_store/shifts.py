"""Shifts: kept one by one or from a CSV file, whose rows are each taken or refused with a sentence.

Two shifts of one agent do not overlap, nor do two breaks. The same shift again changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.records import Page, cursor, moment, place
from crm_store.schema import users
from crm_store.shift_schema import shifts
from crm_store.values import key_of
from routing.adherence import Planned, ShiftKind

LONGEST: Final = timedelta(hours=24)
FAR: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
MOST_ROWS: Final = 5_000
MOST_TOLD: Final = 100
"""Refused rows that a report names."""
COLUMNS: Final = ("agent", "begin", "end")
KINDS: Final[tuple[ShiftKind, ...]] = get_args(ShiftKind)


@dataclass(frozen=True, slots=True)
class Shift:
    """``agent``: a login. ``kind``: work, or a break in it."""

    id: str
    agent: str
    begins_at: datetime
    ends_at: datetime
    kind: ShiftKind


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """``line``: of the file, the header is the first. ``why``: one sentence."""

    line: int
    why: str


@dataclass(slots=True)
class ShiftReport:
    """What became of a file's rows. ``told``: the first MOST_TOLD of those that were ``refused``."""

    rows: int = 0
    added: int = 0
    same: int = 0
    refused: int = 0
    told: list[RefusedRow] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(RefusedRow(line, why))


class Shifts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, begin: datetime, end: datetime, among: Collection[str] | None, after: str | None = None, limit: int = 50
    ) -> Page[Shift]:
        """Those of these agents (None: of all) that have a part in this time, by their beginning."""
        of = shifts.c
        query = select(shifts).where(of.begins_at < end, of.ends_at > begin, of.begins_at > begin - LONGEST)
        query = query.where(of.agent.in_(among)) if among is not None else query
        if after:
            text, last = place(after, str, int)
            at = moment(text)
            query = query.where((of.begins_at > at) | ((of.begins_at == at) & (of.id > last)))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(of.begins_at, of.id).limit(limit + 1))).all()
        items = tuple(_shift(row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(items, cursor(items[-1].begins_at.isoformat(), int(items[-1].id)) if more else None)

    async def planned(self, begin: datetime, end: datetime, agent: str | None) -> list[Planned]:
        """The same, all of them, for figures."""
        of = shifts.c
        query = select(shifts).where(of.begins_at < end, of.ends_at > begin, of.begins_at > begin - LONGEST)
        query = query.where(of.agent == agent) if agent is not None else query
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [Planned(row.agent, row.begins_at, row.ends_at, row.kind) for row in rows]

    async def add(self, wanted: Planned) -> Shift:
        """Raises Refused, Conflict."""
        async with self._database.writing() as connection:
            had = await _put(connection, wanted, await _logins(connection))
            if had is None:
                raise Conflict("begins_at", "this shift is there already")
            return had

    async def remove(self, id: str) -> Shift | None:
        """The one that was there."""
        gone = delete(shifts).where(shifts.c.id == (key_of(id) or 0)).returning(shifts)
        async with self._database.writing() as connection:
            row = (await connection.execute(gone)).first()
        return _shift(row) if row is not None else None

    async def read(self, text: str, zone: ZoneInfo) -> ShiftReport:
        """Takes the rows of a CSV file with the columns agent, begin, end and maybe kind; times without a zone of their
        own are of ``zone``. Raises Refused for a file that is none."""
        report = ShiftReport()
        rows = rows_of(text)
        async with self._database.writing() as connection:
            known = await _logins(connection)
            for line, row in rows:
                report.rows += 1
                try:
                    added = await _put(connection, planned_of(row, zone), known)
                except Refused as why:
                    report.refuse(line, f"{str(why)[:1].upper()}{str(why)[1:]}.")
                else:
                    report.added += added is not None
                    report.same += added is None
        return report


def rows_of(text: str) -> list[tuple[int, dict[str, str]]]:
    """By line. Raises Refused."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    if "\0" in text:
        raise Refused("file", "the file holds a NUL character; save it as CSV, in UTF-8")
    reader = csv.reader(
        text.lstrip("\ufeff").splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True
    )
    found = list[tuple[int, dict[str, str]]]()
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        missing = [name for name in COLUMNS if name not in heads]
        if missing or len(set(heads)) < len(heads):
            raise Refused("file", "the first line must name the columns agent, begin, end and maybe kind, each once")
        for row in reader:
            if len(found) >= MOST_ROWS:
                raise Refused("file", f"the file has more than {MOST_ROWS:,} rows; split it")
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, dict(zip(heads, row, strict=False))))
    except csv.Error as why:
        raise Refused("file", f"line {reader.line_num} is no CSV ({why})") from None
    return found


def planned_of(row: dict[str, str], zone: ZoneInfo) -> Planned:
    """Raises Refused."""
    kind = (row.get("kind") or "work").strip().lower()
    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise Refused("kind", f"{kind[:20]!r} is no kind of shift: write work or break")
    begin, end = (_time(row.get(name, ""), name, zone) for name in ("begin", "end"))
    return Planned(row.get("agent", "").strip(), begin, end, known)


def _time(text: str, name: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(name, f"{text[:40]!r} is no time: write it like 2026-11-24 09:00") from None


async def _logins(connection: AsyncConnection) -> set[str]:
    return set((await connection.execute(select(users.c.login))).scalars())


async def _put(connection: AsyncConnection, wanted: Planned, logins: Iterable[str]) -> Shift | None:
    """None: it is there already. Raises Refused."""
    if wanted.agent not in logins:
        raise Refused("agent", f"there is no user {wanted.agent[:40]!r}")
    if not FAR[0] <= wanted.begin < wanted.end <= FAR[1]:
        raise Refused("end", "a shift ends after it begins, in this century")
    if wanted.end - wanted.begin > LONGEST:
        raise Refused("end", "a shift lasts for 24 hours at the most")
    of = shifts.c
    near = select(shifts).where(of.agent == wanted.agent, of.kind == wanted.kind)
    near = near.where(of.begins_at < wanted.end, of.begins_at > wanted.begin - LONGEST, of.ends_at > wanted.begin)
    others: Sequence[Row[Any]] = (await connection.execute(near)).all()
    if [(row.begins_at, row.ends_at) for row in others] == [(wanted.begin, wanted.end)]:
        return None
    if others:
        at = others[0].begins_at.strftime("%Y-%m-%d %H:%M")
        raise Refused("begin", f"it overlaps the {wanted.kind} of {wanted.agent[:40]!r} that begins at {at} UTC")
    row = {"agent": wanted.agent, "begins_at": wanted.begin, "ends_at": wanted.end, "kind": wanted.kind}
    return _shift((await connection.execute(insert(shifts).values(row).returning(shifts))).one())


def _shift(row: Any) -> Shift:
    return Shift(str(row.id), row.agent, row.begins_at, row.ends_at, row.kind)
