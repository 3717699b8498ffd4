"""Leads from a CSV or XLSX file into a campaign's list: read as a stream, checked, thousands written at once.

Nothing is written before the columns are known to be right. A row that is not taken is reported with its number and its
reason. A lead is known again by its id in the file, or else by its numbers; so the same file again goes on where an
import was broken off, by whatever, and changes nothing that is in. Memory holds two batches, whatever the file's size.

Within one run a second row about the same lead is a duplicate: leads made by this run have keys from ``first`` on, and
of older ones a bit each remembers that this run has met them.
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, get_args

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import campaigns, dial_lists, leads
from crm_store.errors import BadFile, Refused, StoreAway
from crm_store.importing import MOST_REASONS
from crm_store.lead_rows import LEAD_HEADERS, NEEDED, Reader, Row, usual_consent
from crm_store.schema import stamp_text
from crm_store.spreadsheet import Table, guarded, recognise, rows
from crm_store.store import Store
from crm_store.values import checked_text, key_of, needed_text, upsert
from crm_store.workbook import is_workbook, write_csv

Scope = Literal["list", "campaign", "system"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
BATCH: Final = 5_000
LOOKED_AT: Final = 3
MOST_OF_CELL: Final = 200
MOST_SHOWN: Final = 1_000
_LOCK: Final = 0x4C656164
"""PostgreSQL's advisory lock (the letters "Lead"): of two imports at once each sees what the other has written."""

_SLOW_WAYS: Final = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""Some thousands of keys are looked up one by one in their indexes. What PostgreSQL knows of tables that grow as fast
as here is old, and it would rather read them whole."""
LETS_OTHERS: Final = 0.02
"""Seconds between two batches in SQLite, where nobody else can write while one is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFile:
    """What is to be read, and how. ``mapping``: field -> header, for what is not guessed right (fields: LEAD_HEADERS).

    ``list``: its name, made where there is none. ``dedupe``: no number of a lead may be another lead's of the same
    list, the same campaign, or at all. ``country`` reads numbers without an international prefix. ``cost``: of the
    list. ``basis``: why those may be called of whom the file does not say it; ``basis_text``: to what they agreed, or
    which interest was weighed.
    """

    path: Path
    campaign: str
    list: str
    dedupe: Scope = "campaign"
    mapping: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    source: str | None = None
    cost: float | None = None
    basis: str | None = None
    basis_text: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """``row``: as a spreadsheet counts."""

    row: int
    reason: str


@dataclass(slots=True)
class LeadReport:
    """What became of the rows. ``list_id``: where they are; ``same``: were in already. ``reasons``: how often each, if
    refused; ``refused_rows``: the first thousand of them."""

    list_id: str
    encoding: str
    delimiter: str
    columns: Mapping[str, tuple[str, ...]]
    rows: int = 0
    added: int = 0
    same: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    refused_rows: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: int, why: str) -> None:
        self.refused += 1
        kind = why.partition(" (")[0]
        if kind in self.reasons or len(self.reasons) < MOST_REASONS:
            self.reasons[kind] = self.reasons.get(kind, 0) + 1
        if len(self.refused_rows) < MOST_SHOWN:
            self.refused_rows.append(RefusedRow(row, why))


async def import_leads(
    store: Store,
    file: LeadFile,
    now: datetime,
    *,
    refused: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> LeadReport:
    """Reads the file into the campaign's list; ``refused`` gets the rows that were not taken, each with its reason.

    ``progress(done, total)``: rows.

    Raises:
        BadFile: the file or its columns cannot be used; nothing was written.
        Refused: there is no such campaign, or the list cannot be so.
        StoreAway: the database went away; what was written stays, and the same call again goes on.
    """
    async with _as_csv(file) as text_file:
        return await _import(store, text_file, now, refused, progress)


@asynccontextmanager
async def _as_csv(file: LeadFile) -> AsyncIterator[LeadFile]:
    with TemporaryDirectory(prefix="helin-list-") as folder:
        if is_workbook(file.path):
            path = Path(folder) / "sheet.csv"
            await asyncio.to_thread(write_csv, file.path, path)
            file = replace(file, path=path, encoding="utf-8", delimiter=",")
        yield file


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file would be read. ``columns``: field -> headers; it needs a ``number`` to be imported. ``first``: some
    rows below the ``header``, as they are."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    first: tuple[tuple[str, ...], ...]


async def look_at(file: LeadFile) -> FileLook:
    """Writes nothing. Raises BadFile for a file that is no table; one without numbers may be looked at."""
    async with _as_csv(file) as text_file:
        return await asyncio.to_thread(_look, text_file)


def _look(file: LeadFile) -> FileLook:
    table = recognise(file.path, file.mapping, file.encoding, file.delimiter, known=LEAD_HEADERS, needed={})
    some = (cells for _, cells, _ in islice(rows(table), LOOKED_AT) if cells is not None)
    first = tuple(tuple(cell[:MOST_OF_CELL] for cell in cells) for cells in some)
    return FileLook(table.encoding, table.delimiter, table.header, _headers(table), first)


def _headers(table: Table) -> dict[str, tuple[str, ...]]:
    return {name: tuple(table.header[at] for at in places) for name, places in table.columns.items()}


async def _import(
    store: Store, file: LeadFile, now: datetime, refused: Path | None, progress: Callable[[int, int], None]
) -> LeadReport:
    table = await asyncio.to_thread(
        recognise, file.path, file.mapping, file.encoding, file.delimiter, known=LEAD_HEADERS, needed=NEEDED
    )
    logins = frozenset(user.login for user in await store.users.all())
    place = await _place(store, file, now)
    report = LeadReport(str(place.list), table.encoding, table.delimiter, _headers(table))
    total = max(0, table.lines - table.skipped - 1)
    with ExitStack() as stack:
        told = _Refusals(stack, refused, table, report)
        lines = rows(table)
        usual = usual_consent(file.basis, file.basis_text, now)
        read = Reader(table, file.country or store.country, logins, usual).made()
        batch = await asyncio.to_thread(_prepared, lines, read)
        while batch.count:
            after = asyncio.create_task(asyncio.to_thread(_prepared, lines, read))
            try:
                await _write(store, place, batch, now)
            except StoreAway as away:
                done = report.added + report.same
                raise StoreAway(f"{away}; {done} rows are in, run the same import again to go on") from away
            finally:
                following = await after
            told.count(batch)
            if store.database.dialect == "sqlite":
                await asyncio.sleep(LETS_OTHERS)
            progress(report.rows, max(total, report.rows))
            batch = following
    progress(report.rows, report.rows)
    return report


@dataclass(slots=True)
class _Place:
    """Where the leads go. ``first``: the key of the first lead that this run can make; ``met``: a bit for each key of
    the list from ``begin`` to ``first``."""

    campaign: int
    list: int
    dedupe: Scope
    begin: int
    first: int
    met: bytearray

    def meets(self, id: int) -> bool:
        """Whether this run has met this lead before."""
        if id >= self.first:
            return True
        byte, bit = divmod(id - self.begin, 8)
        before = self.met[byte] >> bit & 1
        self.met[byte] |= 1 << bit
        return bool(before)


@dataclass(slots=True)
class _Batch:
    """``bad``: row number, reason, cells. ``cells``: of the good ones, for the report should they be refused yet."""

    good: list[tuple[int, Row, list[str]]] = field(default_factory=list)
    bad: list[tuple[int, str, list[str]]] = field(default_factory=list)
    count: int = 0
    added: int = 0
    same: int = 0


def _prepared(lines: Iterator[tuple[int, list[str] | None, str]], read: Callable[[list[str]], Row]) -> _Batch:
    batch = _Batch()
    for number, cells, why in islice(lines, BATCH):
        batch.count += 1
        if cells is None:
            batch.bad.append((number, why, []))
            continue
        try:
            batch.good.append((number, read(cells), cells))
        except Refused as problem:
            batch.bad.append((number, str(problem), cells))
    return batch


class _Refusals:
    """The report's file: made at once, so that it is known to be possible, and taken away if it stays empty."""

    def __init__(self, stack: ExitStack, path: Path | None, table: Table, report: LeadReport) -> None:
        self._report = report
        self._writer: Any = None
        if path is None:
            return
        try:
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
        except OSError as problem:
            raise BadFile(f"the report {path} cannot be written: {problem.strerror}") from None
        stack.callback(lambda: None if report.refused else path.unlink(missing_ok=True))
        self._writer = csv.writer(file, delimiter=table.delimiter)
        self._writer.writerow(["row", "reason", *table.header])

    def count(self, batch: _Batch) -> None:
        self._report.rows += batch.count
        self._report.added += batch.added
        self._report.same += batch.same
        for number, why, cells in sorted(batch.bad, key=lambda one: one[0]):
            self._report.refuse(number, why)
            if self._writer is not None:
                self._writer.writerow([number, why, *map(guarded, cells)])


async def _place(store: Store, file: LeadFile, now: datetime) -> _Place:
    """The list, made where there is none."""
    scope = needed_text("dedupe", file.dedupe, 20, among=SCOPES)
    name, source = needed_text("list", file.list, 200), checked_text("source", file.source, 200)
    if file.cost is not None and not 0 <= file.cost <= 1e12:
        raise Refused("cost", "cost must be a number from 0")
    campaign = key_of(file.campaign) or 0
    given = {key: value for key, value in (("source", source), ("cost", file.cost)) if value is not None}
    async with store.database.writing() as connection:
        if (await connection.execute(select(campaigns.c.id).where(campaigns.c.id == campaign))).first() is None:
            raise Refused("campaign", "there is no such campaign")
        row = {"campaign_id": campaign, "name": name, "imported_at": now, **given}
        await connection.execute(upsert(connection, dial_lists, row, ("campaign_id", "name"), tuple(given)), row)
        here = (dial_lists.c.campaign_id == campaign) & (dial_lists.c.name == name)
        found = (await connection.execute(select(dial_lists.c.id, dial_lists.c.segment).where(here))).one()
        if found.segment is not None:
            raise Refused("list", f"the list {name[:80]} is a search over contacts; import into another one")
        begin = select(func.min(leads.c.id)).where(leads.c.list_id == found.id)
        begun = (await connection.execute(begin)).scalar_one() or 0
        first = ((await connection.execute(select(func.max(leads.c.id)))).scalar_one() or 0) + 1
    bits = bytearray((first - begun) // 8 + 1) if begun else bytearray()
    return _Place(campaign, found.id, scope, begun, first, bits)  # type: ignore[arg-type]


async def _write(store: Store, place: _Place, batch: _Batch, now: datetime) -> None:
    """One transaction. Sets what became of each row."""
    async with store.database.writing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            for way in _SLOW_WAYS:
                await connection.execute(text(f"SET LOCAL {way} = off"))
        fresh = await _fresh(connection, place, batch)
        if fresh:
            put = _copy if connection.dialect.name == "postgresql" else _put
            await put(connection, place, fresh, now)
            changed = update(dial_lists).where(dial_lists.c.id == place.list)
            await connection.execute(changed.values(version=dial_lists.c.version + 1, imported_at=now))
    batch.added = len(fresh)


async def _fresh(connection: AsyncConnection, place: _Place, batch: _Batch) -> list[Row]:
    """Those that are not in yet; of the others the batch is told."""
    known = await _known_keys(connection, place, [row.key for _, row, _ in batch.good])
    owners = await _owners(connection, place, [number for _, row, _ in batch.good for number in row.numbers])
    keys: dict[str, int] = {}
    numbers: dict[str, int] = {}
    fresh: list[Row] = []
    for at, row, cells in batch.good:
        id = known.get(row.key)
        if id is not None and not place.meets(id):
            batch.same += 1
            continue
        why = "the lead is in the list twice" if id is not None else _twice(row, keys, numbers, owners)
        if why:
            batch.bad.append((at, why, cells))
            continue
        keys[row.key] = at
        for number in row.numbers:
            numbers[number] = at
        fresh.append(row)
    return fresh


def _twice(row: Row, keys: Mapping[str, int], numbers: Mapping[str, int], owners: Mapping[str, str]) -> str:
    if row.key in keys:
        return f"the lead is in the list twice (row {keys[row.key]})"
    for number in row.numbers:
        if number in numbers:
            return f"the telephone number is another lead's ({number}: row {numbers[number]})"
        if number in owners:
            return f"the telephone number is another lead's ({number}: list {owners[number][:60]!r})"
    return ""


async def _known_keys(connection: AsyncConnection, place: _Place, keys: Sequence[str]) -> dict[str, int]:
    sql = f"SELECT key, id FROM leads WHERE list_id = :list AND key {_among(connection)}"  # noqa: S608 — no value in it
    found = await connection.execute(text(sql), {"list": place.list, "some": _some(connection, keys)})
    return {row.key: row.id for row in found}


async def _owners(connection: AsyncConnection, place: _Place, numbers: Sequence[str]) -> dict[str, str]:
    """Number -> the name of the list whose lead has it."""
    where = {"list": "AND l.list_id = :here", "campaign": "AND l.campaign_id = :here", "system": ""}[place.dedupe]
    sql = (
        "SELECT n.number, d.name FROM lead_numbers n JOIN leads l ON l.id = n.lead_id "  # noqa: S608
        f"JOIN dial_lists d ON d.id = l.list_id WHERE n.number {_among(connection)} {where}"
    )
    here = {"list": {"here": place.list}, "campaign": {"here": place.campaign}, "system": {}}[place.dedupe]
    found = await connection.execute(text(sql), {"some": _some(connection, numbers), **here})
    return {row.number: row.name for row in found}


def _among(connection: AsyncConnection) -> str:
    """Thousands of values as one."""
    if connection.dialect.name == "postgresql":
        return "= ANY(CAST(:some AS text[]))"
    return "IN (SELECT value FROM json_each(:some))"


def _some(connection: AsyncConnection, values: Sequence[str]) -> Any:
    return list(values) if connection.dialect.name == "postgresql" else json.dumps(values)


LEAD_COLUMNS: Final = (
    "id", "campaign_id", "list_id", "key", "name", "fields", "language", "time_zone", "consent", "owner", "rank",
    "state", "next_at", "created_at", "changed_at",
)  # fmt: skip
NUMBER_COLUMNS: Final = ("lead_id", "n", "number")


def _records(place: _Place, ids: Sequence[int], fresh: Sequence[Row], at: Any) -> tuple[list[Any], list[Any]]:
    made = [
        (
            id, place.campaign, place.list, row.key, row.name, row.fields, row.language, row.time_zone, row.consent,
            row.owner, row.rank, "open", at, at, at,
        )
        for id, row in zip(ids, fresh, strict=True)
    ]  # fmt: skip
    owned = [(id, n, number) for id, row in zip(ids, fresh, strict=True) for n, number in enumerate(row.numbers)]
    return made, owned


async def _copy(connection: AsyncConnection, place: _Place, fresh: Sequence[Row], now: datetime) -> None:
    """By COPY, in the connection's own transaction."""
    taken = text("SELECT nextval(pg_get_serial_sequence('leads', 'id')) FROM generate_series(1, :count)")
    ids = list((await connection.execute(taken, {"count": len(fresh)})).scalars())
    made, owned = _records(place, ids, fresh, now)
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table("leads", records=made, columns=LEAD_COLUMNS)
    await driver.copy_records_to_table("lead_numbers", records=owned, columns=NUMBER_COLUMNS)


async def _put(connection: AsyncConnection, place: _Place, fresh: Sequence[Row], now: datetime) -> None:
    """Straight to the driver: SQLAlchemy would look at each value of each row."""
    last = text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'leads'")
    begin = int((await connection.execute(last)).scalar_one()) + 1
    made, owned = _records(place, range(begin, begin + len(fresh)), fresh, stamp_text(now))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    for table, columns, records in (("leads", LEAD_COLUMNS, made), ("lead_numbers", NUMBER_COLUMNS, owned)):
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 — names of ours
        await (await driver.executemany(sql, records)).close()
