"""What is written can be read back, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_store.exporting import CALL_COLUMNS, export_calls, export_contacts
from crm_store.importing import import_contacts
from crm_store.journal import Journal
from crm_store.records import CallFilter, ContactFields
from crm_store.spreadsheet import guarded, plain
from crm_store.store import Store
from tests.crm_store.story import answered, numbered

HARD = (
    "=1+1", "+372", "-5", "@SUM(A1)", "'=already harmless", "''=twice", "'tis", "a\tb", 'say "hi", he said',
    "two\nlines", "Õie; Öö", "Юрий", "=cmd|' /C calc'!A0",
)  # fmt: skip


async def exported(store: Store) -> str:
    out = io.StringIO(newline="")
    await export_contacts(store, out)
    return out.getvalue()


async def test_what_was_exported_is_imported_without_a_change(store: Store, tmp_path: Path) -> None:
    for n, text in enumerate(HARD):
        fields: ContactFields = {
            "name": f"Mari {n}", "account": text.replace("\n", " "), "note": text, "external_id": text,
            "open_tickets": n, "numbers": [f"+3725550{n:04}", f"+3725551{n:04}"], "email": f"m{n}@example.com",
            "language": "et",
        }  # fmt: skip
        await store.contacts.add(fields)
    before = (await store.contacts.search(limit=200)).items
    path = tmp_path / "contacts.csv"
    path.write_bytes((await exported(store)).encode())
    again = await import_contacts(store, path)
    assert (again.rows, again.same, again.refused) == (len(HARD), len(HARD), 0)
    for contact in before:
        await store.contacts.remove(contact.id)
    report = await import_contacts(store, path)
    assert (report.added, report.refused) == (len(HARD), 0)

    def told_of(contact: Any) -> tuple[Any, ...]:
        return (
            contact.name, contact.account, contact.numbers, contact.note, contact.external_id, contact.open_tickets,
            contact.email, contact.language, contact.tier,
        )  # fmt: skip

    after = (await store.contacts.search(limit=200)).items
    assert [told_of(contact) for contact in after] == [told_of(contact) for contact in before]


async def test_no_cell_is_a_formula_and_the_progress_ends_at_all(store: Store) -> None:
    for n, text in enumerate(HARD * 20):
        await store.contacts.add({"name": text, "external_id": str(n)})
    seen: list[tuple[int, int]] = []
    out = io.StringIO(newline="")
    count = await export_contacts(store, out, lambda done, total: seen.append((done, total)))
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert (count, len(rows)) == (260, 261)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert seen == [(0, 260), (200, 260), (260, 260)]


async def test_an_empty_store_gives_the_headers(store: Store) -> None:
    assert (
        await exported(store)
    ).strip() == "Name,Phone,Account,Tier,E-mail,Language,Note,External id,Preferred agent,Open tickets"


@given(st.text(alphabet="'=+-@\t\rab", max_size=6).map(str.strip))
def test_a_guarded_cell_comes_back(text: str) -> None:
    assert plain(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


async def test_calls(store: Store, tmp_path: Path) -> None:
    async with Journal(store, tmp_path / "spool") as journal:
        journal.append(numbered(answered("c1", contact="17")))
        assert await journal.settled(5)
    out = io.StringIO(newline="")
    assert await export_calls(store, out, CallFilter()) == 1
    header, row = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert tuple(header) == CALL_COLUMNS
    call = dict(zip(header, row, strict=True))
    assert (call["number"], call["started_at"]) == ("'+37255501000", "2026-11-24T09:00:00.123456Z")
    assert (call["agents"], call["talked_seconds"], call["outcome"]) == ("agent1", "55.000", "answered")
    nothing = CallFilter(to=datetime(2000, 1, 1, tzinfo=UTC))
    assert await export_calls(store, io.StringIO(), nothing) == 0
