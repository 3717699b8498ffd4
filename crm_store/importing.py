"""Contacts from a CSV file: read as a stream, checked row by row, written some hundred rows at a time.

Nothing is written before the columns are known to be right. A row that cannot be taken is put into the report with its
number and its reason, the others go on. Rows are known again by :meth:`crm_store.bulk.Person.identities`, so an import
that was broken off is simply started again, and the same file twice changes nothing. Memory holds one batch, whatever
the size of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from crm_store.bulk import Person, put_people
from crm_store.contacts import LONGEST, MOST_NUMBERS
from crm_store.errors import BadFile, Refused, StoreAway
from crm_store.numbers import to_e164
from crm_store.records import Tier
from crm_store.spreadsheet import Table, guarded, recognise, rows
from crm_store.store import Store
from crm_store.values import checked_text, needed_text

BATCH = 500
MOST_REASONS = 50
_BETWEEN_NUMBERS = re.compile(r"[;,/|\n]")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_TIERS: tuple[Tier, ...] = ("A", "B", "C")


@dataclass(slots=True)
class Report:
    """What became of the file's rows. ``columns``: field -> its headers; ``reasons``: how often each, if refused."""

    encoding: str
    delimiter: str
    columns: Mapping[str, tuple[str, ...]]
    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def refuse(self, why: str) -> None:
        self.refused += 1
        kind = why.partition(" (")[0]
        if kind in self.reasons or len(self.reasons) < MOST_REASONS:
            self.reasons[kind] = self.reasons.get(kind, 0) + 1


async def import_contacts(
    store: Store,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    *,
    country: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    refused: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Reads ``path`` into the store; ``refused`` gets the rows that were not taken, each with its reason.

    ``mapping``: field -> header, for what is not guessed right (fields: :data:`crm_store.spreadsheet.HEADERS`).
    ``country`` reads numbers without an international prefix (by default the store's). ``progress(done, total)``: rows.

    Raises:
        BadFile: the file or its columns cannot be used; nothing was written.
        StoreAway: the database went away; what was written stays, and the same call again goes on.
    """
    table = recognise(path, mapping, encoding, delimiter)
    columns = {name: tuple(table.header[place] for place in places) for name, places in table.columns.items()}
    report = Report(table.encoding, table.delimiter, columns)
    with ExitStack() as stack:
        refusals = _Refusals(stack, refused, table, report) if refused else None
        batch = _Batch(store, report)
        logins = {user.login for user in await store.users.all()} if "preferred_agent" in columns else set()
        total = max(0, table.lines - table.skipped - 1)
        for number, cells, why in rows(table):
            report.rows += 1
            try:
                if cells is None:
                    raise Refused("row", why)
                await batch.add(_person(table, cells, country or store.country, logins))
            except Refused as problem:
                report.refuse(str(problem))
                if refusals is not None:
                    refusals.add(number, str(problem), cells or [])
            if report.rows % BATCH == 0:
                progress(report.rows, max(total, report.rows))
        await batch.flush()
    progress(report.rows, report.rows)
    return report


class _Batch:
    def __init__(self, store: Store, report: Report) -> None:
        self._store = store
        self._report = report
        self._people: list[Person] = []
        self._identities: set[tuple[str, ...]] = set()

    async def add(self, person: Person) -> None:
        """Two rows about one person never share a batch: the second must find the first in the store."""
        identities = person.identities()
        if len(self._people) >= BATCH or identities & self._identities:
            await self.flush()
        self._people.append(person)
        self._identities |= identities

    async def flush(self) -> None:
        people, self._people, self._identities = self._people, [], set()
        if not people:
            return
        try:
            async with self._store.database.writing() as connection:
                outcomes = await put_people(connection, people)
        except StoreAway as away:
            done = self._report.added + self._report.changed + self._report.same
            raise StoreAway(f"{away}; {done} rows are in, run the same import again to go on") from away
        self._report.added += outcomes.count("added")
        self._report.changed += outcomes.count("changed")
        self._report.same += outcomes.count("same")


class _Refusals:
    """The report's file: made at once, so that it is known to be possible, and taken away if it stays empty."""

    def __init__(self, stack: ExitStack, path: Path, table: Table, report: Report) -> None:
        try:
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
        except OSError as problem:
            raise BadFile(f"the report {path} cannot be written: {problem.strerror}") from None
        stack.callback(lambda: None if report.refused else path.unlink(missing_ok=True))
        self._writer = csv.writer(file, delimiter=table.delimiter)
        self._writer.writerow(["row", "reason", *table.header])

    def add(self, number: int, why: str, cells: Sequence[str]) -> None:
        self._writer.writerow([number, why, *map(guarded, cells)])


def _person(table: Table, cells: Sequence[str], country: str, logins: Collection[str]) -> Person:
    """Raises Refused with the reason. ``logins``: of all users."""
    if any(cell for cell in cells[len(table.header) :]):
        raise Refused("row", f"the row has more cells than there are columns ({len(cells)} for {len(table.header)})")
    given = {
        name: [cells[place] for place in places if place < len(cells) and cells[place]]
        for name, places in table.columns.items()
    }
    one = {name: values[0] if values else None for name, values in given.items()}
    name = one.get("name") or " ".join(filter(None, (one.get("first_name"), one.get("last_name"))))
    name = needed_text("name", " ".join(name.split()), LONGEST["name"])
    tier = checked_text("tier", (one.get("tier") or "").upper(), 1, _TIERS)
    person = Person(
        name=name,
        numbers=_numbers(given.get("number", ()), country),
        account=_text(one, "account") or (name if tier else None),
        tier=tier,
        email=_text({name: (value or "").lower() for name, value in one.items()}, "email"),
        language=_text(one, "language"),
        note=_text(one, "note"),
        external_id=_text(one, "external_id"),
        preferred_agent=_text(one, "preferred_agent"),
    )
    if person.preferred_agent is not None and person.preferred_agent not in logins:
        raise Refused("preferred_agent", f"nobody has the preferred agent's login ({person.preferred_agent[:60]!r})")
    if person.email and not _ADDRESS.fullmatch(person.email):
        raise Refused("email", f"the e-mail address is none ({person.email[:60]!r})")
    if not person.identities():
        raise Refused("row", "there is neither a telephone number nor an e-mail address nor an id")
    return person


def _text(one: Mapping[str, str | None], field: str) -> str | None:
    return checked_text(field, one.get(field), LONGEST[field])


def _numbers(cells: Sequence[str], country: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in (part.strip() for cell in cells for part in _BETWEEN_NUMBERS.split(cell)):
        if not text:
            continue
        e164 = to_e164(text, country)
        if e164 is None:
            raise Refused("number", f"the telephone number is none ({text[:40]!r})")
        found[e164] = None
    if len(found) > MOST_NUMBERS:
        raise Refused("number", f"a contact has at most {MOST_NUMBERS} numbers")
    return tuple(found)
