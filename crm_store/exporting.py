"""Contacts and calls as CSV, some hundred rows at a time.

The contacts' file is one that :mod:`crm_store.importing` reads back as it was written: its headers are known there, and
a cell that a spreadsheet would take for a formula has an apostrophe before it, which is taken off again.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TextIO

from crm_store.records import MOST_IN_A_PAGE, CallFilter, Contact
from crm_store.spreadsheet import guarded
from crm_store.store import Store
from routing.story import Call

Progress = Callable[[int, int], None]

CONTACT_COLUMNS = (
    "Name", "Phone", "Account", "Tier", "E-mail", "Language", "Note", "External id", "Preferred agent", "Open tickets",
)  # fmt: skip
CALL_COLUMNS = (
    "id", "asterisk", "direction", "state", "number", "did", "queue", "started_at", "queued_at", "answered_at",
    "ended_at", "outcome", "ended_by", "estimated", "waited_seconds", "talked_seconds", "agents", "transfers",
    "contact",
)  # fmt: skip
"""As in the API; ``agents`` in the order they talked, ``talked_seconds`` all of them together."""


async def export_contacts(store: Store, out: TextIO, progress: Progress = lambda done, total: None) -> int:
    """All contacts in the order they were made; how many. ``progress(done, total)`` after each part.

    ``out`` must not translate line ends (``newline=""``). Several numbers stand in one cell with ``;`` between them.
    """
    parts = _contacts(store)
    return await _write(out, CONTACT_COLUMNS, parts, await store.contacts.count(), progress)


async def export_calls(
    store: Store, out: TextIO, want: CallFilter, progress: Progress = lambda done, total: None
) -> int:
    """The calls that are wanted, newest first; how many. Times are RFC 3339, UTC."""
    return await _write(out, CALL_COLUMNS, _calls(store, want), await store.calls.count(want), progress)


async def _write(
    out: TextIO, columns: Sequence[str], parts: AsyncIterator[list[list[str]]], total: int, progress: Progress
) -> int:
    writer = csv.writer(out)
    writer.writerow(columns)
    done = 0
    progress(0, total)
    async for part in parts:
        writer.writerows([guarded(cell) for cell in row] for row in part)
        done += len(part)
        progress(done, max(done, total))
    return done


async def _contacts(store: Store) -> AsyncIterator[list[list[str]]]:
    after: str | None = None
    while True:
        page = await store.contacts.search(after=after, limit=MOST_IN_A_PAGE)
        yield [_contact(each) for each in page.items]
        after = page.next
        if after is None:
            return


async def _calls(store: Store, want: CallFilter) -> AsyncIterator[list[list[str]]]:
    after: str | None = None
    while True:
        page = await store.calls.page(want, after, MOST_IN_A_PAGE)
        yield [_call(each) for each in page.items]
        after = page.next
        if after is None:
            return


def _contact(one: Contact) -> list[str]:
    told = (one.account, one.tier, one.email, one.language, one.note, one.external_id, one.preferred_agent)
    return [one.name, ";".join(one.numbers), *(text or "" for text in told), str(one.open_tickets)]


def _call(one: Call) -> list[str]:
    talked = [segment.talked_seconds for segment in one.segments]
    return [
        one.id, one.asterisk, one.direction, "active" if one.active else "ended", one.number or "", one.did or "",
        one.queue or "", _at(one.started_at), _at(one.queued_at), _at(one.answered_at), _at(one.ended_at),
        one.outcome or "", one.ended_by or "", "true" if one.estimated else "false", _seconds(one.waited_seconds()),
        _seconds(sum(each for each in talked if each is not None)),
        ";".join(segment.agent for segment in one.segments), str(one.transfers), one.contact or "",
    ]  # fmt: skip


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat().replace("+00:00", "Z")


def _seconds(span: float | None) -> str:
    return "" if span is None else f"{span:.3f}"
