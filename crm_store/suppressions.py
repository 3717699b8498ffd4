"""Who must not be dialled by a campaign: our own list, a campaign's, those from outside, and who asked to be forgotten.

A list from outside is imported whole: the new one is written beside the old one and takes its place in one statement,
so at no moment is there none, and an import that was broken off changes nothing. How old a list is goes by the day
that the list itself says it is from, not by the day of its import.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from json import dumps
from pathlib import Path
from typing import Any, Final

import phonenumbers
from sqlalchemy import String, cast, delete, insert, literal, null, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import campaigns
from crm_store.database import Database
from crm_store.do_not_call import Suppressed
from crm_store.errors import BadFile, Refused
from crm_store.numbers import to_e164
from crm_store.schema import (
    campaign_do_not_call,
    do_not_call,
    erased_numbers,
    salts,
    suppressed_numbers,
    suppression_lists,
)
from crm_store.values import checked_text, key_of, needed_text, upsert
from routing.lawful import Listed, Suppression

BATCH: Final = 20_000
GONE_AT_ONCE: Final = 20_000
MOST_REFUSED_SHOWN: Final = 20
LONGEST_LINE: Final = 200
_MANY: Final = {
    "sqlite": "INSERT OR IGNORE INTO suppressed_numbers (list_id, number) SELECT :list, value FROM json_each(:numbers)",
    "postgresql": "INSERT INTO suppressed_numbers (list_id, number) SELECT :list, unnest(CAST(:numbers AS bigint[])) "
    "ON CONFLICT DO NOTHING",
}
"""A batch as one parameter: row by row it takes ten times as long."""
_SALT: Final = "erased_numbers"
_FIELDS: Final = str.maketrans(";\t|", ",,,")


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """A list from outside that is asked. ``campaign``: it is for this one alone."""

    name: str
    version: str
    as_of: date
    country: str | None
    campaign: str | None
    numbers: int
    imported_at: datetime
    imported_by: str


@dataclass(slots=True)
class ListReport:
    """``same``: numbers that were on it twice; ``refused``: the first lines that are none, with their places."""

    lines: int = 0
    numbers: int = 0
    same: int = 0
    refused_count: int = 0
    refused: list[str] = field(default_factory=list)

    def refuse(self, line: int, text: str) -> None:
        self.refused_count += 1
        if len(self.refused) < MOST_REFUSED_SHOWN:
            self.refused.append(f"line {line}: {text[:40]!r} is no telephone number")


class Suppressions:
    """``country`` reads numbers without an international prefix."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def lists(self) -> tuple[SuppressionList, ...]:
        """By name."""
        query = select(suppression_lists).where(suppression_lists.c.state == "ready").order_by(suppression_lists.c.name)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            SuppressionList(
                row.name, row.version, date.fromisoformat(row.as_of), row.country,
                str(row.campaign_id) if row.campaign_id else None, row.numbers, row.imported_at, row.imported_by,
            )
            for row in rows
        )  # fmt: skip

    async def against(self, numbers: Collection[str], campaign: str) -> dict[str, tuple[Suppression, ...]]:
        """What stands against a campaign's calls to these E.164 numbers; those that are free are left out."""
        async with self._database.reading() as connection:
            return await suppressions_of(connection, numbers, key_of(campaign) or 0)

    async def add_for_campaign(
        self, campaign: str, number: str, by: str, reason: str | None, now: datetime
    ) -> tuple[Suppressed, bool]:
        """This campaign dials it no more, and whether that is new: who said so first stays.

        Raises Refused for what is no number or no campaign.
        """
        of, found, key = campaign_do_not_call.c, self._number(number), key_of(campaign) or 0
        row = {"campaign_id": key, "number": found, "since": now, "by": by,
               "reason": checked_text("reason", reason, 500)}  # fmt: skip
        async with self._database.writing() as connection:
            if (await connection.execute(select(campaigns.c.id).where(campaigns.c.id == key))).first() is None:
                raise Refused("campaign", f"there is no campaign {campaign[:40]!r}")
            statement = upsert(connection, campaign_do_not_call, row, ("campaign_id", "number"), ())
            new = (await connection.execute(statement, row)).rowcount > 0
            query = select(campaign_do_not_call).where(of.campaign_id == key, of.number == found)
            kept = (await connection.execute(query)).one()
        return Suppressed(kept.number, "campaign", kept.since, kept.by, kept.reason), new

    async def remove_for_campaign(self, campaign: str, number: str) -> bool:
        """Raises Refused for what is no number."""
        of = campaign_do_not_call.c
        which = (of.campaign_id == (key_of(campaign) or 0)) & (of.number == self._number(number))
        async with self._database.writing() as connection:
            return (await connection.execute(delete(campaign_do_not_call).where(which))).rowcount > 0

    async def put_number(self, name: str, number: str, listed: bool) -> bool | None:
        """Adds one number to a list from outside, or takes it off; it has another version then, but the same date.

        Whether anything changed; None: there is no such list. The next import replaces the list, this number included.
        Raises Refused for what is no number.
        """
        of, on, found = suppression_lists.c, suppressed_numbers.c, int(self._number(number)[1:])
        there = select(suppression_lists).where(of.name == name, of.state == "ready").with_for_update()
        async with self._database.writing() as connection:
            row = (await connection.execute(there)).first()
            if row is None:
                return None
            one = {"list_id": row.id, "number": found}
            if listed:
                statement = upsert(connection, suppressed_numbers, one, ("list_id", "number"), ())
                changed = (await connection.execute(statement, one)).rowcount > 0
            else:
                gone = delete(suppressed_numbers).where(on.list_id == row.id, on.number == found)
                changed = (await connection.execute(gone)).rowcount > 0
            if changed:
                what = f"{row.version}{'+' if listed else '-'}{found}"
                values = {"version": hashlib.sha256(what.encode()).hexdigest()[:16],
                          "numbers": of.numbers + (1 if listed else -1)}  # fmt: skip
                await connection.execute(update(suppression_lists).where(of.id == row.id).values(**values))
        return changed

    def _number(self, text: str) -> str:
        number = to_e164(text, self._country)
        if number is None:
            raise Refused("number", f"{text[:40]!r} is not a telephone number")
        return number

    async def is_erased(self, number: str) -> bool:
        async with self._database.reading() as connection:
            hashed = await _hashes(connection, [number])
            query = select(erased_numbers.c.hash).where(erased_numbers.c.hash == hashed[number])
            return (await connection.execute(query)).first() is not None

    async def asked_to_be_called(self, number: str) -> bool:
        """Whoever was forgotten has given a number anew, and wants to be called; whether it was one of those."""
        async with self._database.writing() as connection:
            hashed = await _hashes(connection, [number])
            gone = delete(erased_numbers).where(erased_numbers.c.hash == hashed[number])
            return (await connection.execute(gone)).rowcount > 0

    async def import_list(
        self,
        path: Path,
        name: str,
        as_of: date,
        by: str,
        now: datetime,
        *,
        country: str | None = None,
        campaign: str | None = None,
        smaller: bool = False,
        progress: Callable[[int], None] = lambda lines: None,
    ) -> ListReport:
        """A file with a number a line becomes the list of this name, instead of the one that there was.

        The first column counts; area code and number may stand in two. ``smaller``: it may have less than half of the
        numbers that the old one has. ``progress(lines)``: how many were read.

        Raises:
            BadFile: it cannot be read, or is hardly the whole list; the list that was there stays.
            Refused: a name, date or campaign that cannot be.
            StoreAway: the database went away; the list that was there stays, and the same call again begins anew.
        """
        name = needed_text("list", name, 100)
        if as_of > now.date():
            raise Refused("as_of", f"a list of {as_of} is from the future; give the day that the list says it is from")
        report, digest = ListReport(), hashlib.sha256()
        key, had = await self._begin(name, as_of, by, now, country, campaign)
        try:
            numbers = _numbers(path, country or self._country, report, digest)
            while batch := list(islice(numbers, BATCH)):
                await self._write(key, batch, report)
                progress(report.lines)
            _check_whole(path, report, 0 if smaller else had)
        except BadFile:
            await self._forget([key])
            raise
        await self._take_over(key, name, digest.hexdigest()[:16], report.numbers)
        return report

    async def _begin(
        self, name: str, as_of: date, by: str, now: datetime, country: str | None, campaign: str | None
    ) -> tuple[int, int]:
        """The key of the new list, and how many numbers the one has that it is to replace."""
        of = suppression_lists.c
        there = select(suppression_lists).where(of.name == name, of.state == "ready")
        async with self._database.writing() as connection:
            whose = None if campaign is None else await _campaign(connection, campaign)
            had = (await connection.execute(there)).first()
            if had is not None and had.campaign_id != whose:
                raise Refused("campaign", f"the list {name} is there for other campaigns; give this one another name")
            if had is not None and had.as_of > as_of.isoformat():
                raise Refused("as_of", f"the list {name} that is there is newer: it is from {had.as_of}")
            row = {
                "name": name, "country": country, "campaign_id": whose, "as_of": as_of.isoformat(), "version": "",
                "state": "loading", "imported_at": now, "imported_by": by,
            }  # fmt: skip
            begun = insert(suppression_lists).values(**row).returning(of.id)
            return int((await connection.execute(begun)).scalar_one()), had.numbers if had else 0

    async def _write(self, key: int, batch: Sequence[int], report: ListReport) -> None:
        numbers: Any = sorted(batch)
        if self._database.dialect == "sqlite":
            numbers = dumps(numbers)
        async with self._database.writing() as connection:
            statement = text(_MANY[self._database.dialect])
            written = (await connection.execute(statement, {"list": key, "numbers": numbers})).rowcount
        report.numbers += written
        report.same += len(batch) - written

    async def _take_over(self, key: int, name: str, version: str, numbers: int) -> None:
        of = suppression_lists.c
        async with self._database.writing() as connection:
            ready = {"state": "ready", "version": version, "numbers": numbers}
            mine = update(suppression_lists).where(of.id == key, of.state == "loading").values(**ready)
            if (await connection.execute(mine)).rowcount == 0:
                raise Refused("list", f"another import of the list {name} came in between; import it again")
            await connection.execute(update(suppression_lists).where(of.name == name, of.id != key).values(state="old"))
            old = select(of.id).where(of.name == name, of.state == "old")
            gone = list((await connection.execute(old)).scalars())
        await self._forget(gone)

    async def _forget(self, keys: Sequence[int]) -> None:
        """In pieces: one statement over millions of rows would hold everybody up."""
        of = suppressed_numbers.c
        for key in keys:
            left = True
            while left:
                some = select(of.number).where(of.list_id == key).order_by(of.number).limit(GONE_AT_ONCE)
                async with self._database.writing() as connection:
                    last = (await connection.execute(some)).scalars().all()
                    if last:
                        await connection.execute(
                            delete(suppressed_numbers).where(of.list_id == key, of.number <= last[-1])
                        )
                left = len(last) == GONE_AT_ONCE
            async with self._database.writing() as connection:
                await connection.execute(delete(suppression_lists).where(suppression_lists.c.id == key))


def _check_whole(path: Path, report: ListReport, had: int) -> None:
    """Raises BadFile: half a list would let the others be called."""
    if not report.numbers:
        raise BadFile(f"{path} holds no telephone number; it needs one a line")
    if report.refused_count > report.numbers:
        raise BadFile(f"most lines of {path} are no telephone numbers; {report.refused[0]}")
    if report.numbers * 2 < had:
        raise BadFile(
            f"{path} has {report.numbers:,} numbers and the list that is there {had:,}; if it is whole, say --smaller"
        )


async def lists_for(connection: AsyncConnection, campaign: int) -> tuple[Listed, ...]:
    """The lists from outside that this campaign asks."""
    of = suppression_lists.c
    mine = or_(of.campaign_id.is_(None), of.campaign_id == campaign)
    rows = await connection.execute(
        select(of.name, of.version, of.as_of).where(of.state == "ready", mine).order_by(of.name)
    )
    return tuple(Listed(row.name, row.version, date.fromisoformat(row.as_of)) for row in rows)


async def lists_for_all(connection: AsyncConnection, asking: Collection[int]) -> dict[int, tuple[Listed, ...]]:
    """:func:`lists_for` of several campaigns, by one query."""
    of = suppression_lists.c
    theirs = or_(of.campaign_id.is_(None), of.campaign_id.in_(asking))
    query = select(of.name, of.version, of.as_of, of.campaign_id).where(of.state == "ready", theirs).order_by(of.name)
    rows = (await connection.execute(query)).all()
    return {
        one: tuple(
            Listed(row.name, row.version, date.fromisoformat(row.as_of))
            for row in rows
            if row.campaign_id in (None, one)
        )
        for one in asking
    }


async def suppressions_of(
    connection: AsyncConnection, numbers: Collection[str], campaign: int
) -> dict[str, tuple[Suppression, ...]]:
    """One query for all kinds (and one for the salt); see :meth:`Suppressions.against`."""
    hashed = await _hashes(connection, numbers)
    by_hash = {code: number for number, code in hashed.items()}
    found: dict[str, list[Suppression]] = {}
    for row in await connection.execute(_against(numbers, list(by_hash), campaign)):
        number = by_hash[row.number] if row.kind == "erased" else _e164(row.number)
        found.setdefault(number, []).append(Suppression(row.kind, row.name or ""))
    return {number: tuple(sorted(each, key=lambda one: (one.kind, one.name))) for number, each in found.items()}


def _against(numbers: Collection[str], hashes: Sequence[str], campaign: int) -> Any:
    own, mine, out, lists = do_not_call.c, campaign_do_not_call.c, suppressed_numbers.c, suppression_lists.c
    asked = or_(lists.campaign_id.is_(None), lists.campaign_id == campaign)
    joined = suppressed_numbers.join(suppression_lists, lists.id == out.list_id)
    digits = [int(number[1:]) for number in numbers]
    kind, number, name = "kind", "number", "name"
    return union_all(
        select(literal("own").label(kind), own.number.label(number), own.scope.label(name)).where(
            own.number.in_(numbers)
        ),
        select(literal("campaign"), mine.number, null()).where(mine.campaign_id == campaign, mine.number.in_(numbers)),
        select(literal("external"), cast(out.number, String), lists.name)
        .select_from(joined)
        .where(lists.state == "ready", asked, out.number.in_(digits)),
        select(literal("erased"), erased_numbers.c.hash, null()).where(erased_numbers.c.hash.in_(hashes)),
    )


def _e164(text: str) -> str:
    return text if text.startswith("+") else f"+{text}"


async def remember_erased(connection: AsyncConnection, numbers: Iterable[str], now: datetime) -> None:
    """In the transaction that forgets the person."""
    rows = [{"hash": code, "erased_at": now} for code in (await _hashes(connection, list(numbers))).values()]
    if rows:
        await connection.execute(upsert(connection, erased_numbers, rows[0], ("hash",), ()), rows)


async def _hashes(connection: AsyncConnection, numbers: Collection[str]) -> Mapping[str, str]:
    """Telephone numbers are few enough to try them all: without the salt, which never leaves, the hash says nothing."""
    query = select(salts.c.salt).where(salts.c.name == _SALT)
    salt = bytes((await connection.execute(query)).scalar_one())
    return {number: hmac.digest(salt, number.encode(), "sha256").hex() for number in numbers}


async def _campaign(connection: AsyncConnection, name: str) -> int:
    found = (await connection.execute(select(campaigns.c.id).where(campaigns.c.name == name))).scalar()
    if found is None:
        raise Refused("campaign", f"there is no campaign {name[:80]!r}")
    return int(found)


def _numbers(path: Path, country: str, report: ListReport, digest: Any) -> Iterator[int]:
    """Each number as an integer; what is none goes into the report. Raises BadFile."""
    read = _reader(country)
    try:
        with path.open("rb") as file:
            for line in _lines(file, digest):
                report.lines += 1
                text = line.decode("utf-8-sig" if report.lines == 1 else "utf-8", "replace").strip()
                number = read(text)
                if number is not None:
                    yield number
                elif text and not (report.lines == 1 and not any(letter.isdigit() for letter in text)):
                    report.refuse(report.lines, text)
    except OSError as problem:
        raise BadFile(f"{path} cannot be read: {problem.strerror}") from None


def _lines(file: Any, digest: Any) -> Iterator[bytes]:
    """A line that never ends is cut: whatever it is, it is no number."""
    while line := file.readline(LONGEST_LINE):
        digest.update(line)
        yield line


def _reader(country: str) -> Callable[[str], int | None]:
    """How a line of such a file becomes a number. Registers have them by the million, nearly all in one form."""
    code = str(phonenumbers.country_code_for_region(country))
    usual = {"1": 10, "44": 11}.get(code)

    def read(text: str) -> int | None:
        cells = [cell.strip(" \"'") for cell in text.translate(_FIELDS).split(",")]
        whole = cells[0] if len(cells[0]) > 5 else "".join(cells[:2])
        if usual is not None and len(whole) == usual and whole.isascii() and whole.isdigit():
            if code == "1" and whole[0] not in "01":
                return int(code + whole)
            if code == "44" and whole[0] == "0" and whole[1] != "0":
                return int(code + whole[1:])
        found = to_e164(whole, country)
        return int(found[1:]) if found is not None else None

    return read
