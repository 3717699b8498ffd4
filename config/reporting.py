"""``helin report``: the same figures as over the API, as a table or as CSV."""

from __future__ import annotations

import csv as csv_format
import sys
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from config.errors import HelinError
from crm_store.errors import Refused
from crm_store.service_levels import Cell, Wish, shown
from crm_store.spreadsheet import guarded
from crm_store.store import Store
from crm_store.zones import checked_zone
from routing.service_level import By, Formula, shown_level

HEADS = (
    "queue", "from", "to", "formula", "target_seconds", "offered", "answered", "answered_within", "abandoned",
    "abandoned_within", "value", "short_seconds", "empty_interval",
)  # fmt: skip


async def service_level_report(
    store: Store,
    console: Console,
    when: tuple[str, str, str],
    queue: str | None,
    by: By | None,
    formula: Formula,
    short_seconds: float | None,
    csv: bool,
) -> None:
    """``when``: from, to, and the zone whose times they are. Raises HelinError with one sentence."""
    begin, end, name = when
    try:
        zone = ZoneInfo(checked_zone(name) or "UTC")
        wish = Wish(moment("--from", begin, zone), moment("--to", end, zone), queue, by, zone, short_seconds)
        cells, left_out = shown(await store.service_levels.of(wish))
    except Refused as why:
        raise HelinError(str(why)) from None
    rows = [_row(cell, formula, zone) for cell in cells]
    if csv:
        writer = csv_format.writer(sys.stdout)
        writer.writerow(HEADS)
        writer.writerows([guarded(row[0]), *row[1:]] for row in rows)
    else:
        console.print(_table(rows, formula))
        for line in left_out:
            console.print(line, markup=False)


def moment(option: str, text: str, zone: ZoneInfo) -> datetime:
    """What an option of the command line says. Raises HelinError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise HelinError(f"{option}: write a time like 2026-11-24 or 2026-11-24T08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _row(cell: Cell, formula: Formula, zone: ZoneInfo) -> list[str]:
    of, by = cell.counts, cell.by
    value = shown_level(formula, of, by.empty_interval)
    return [
        cell.queue, *(at.astimezone(zone).isoformat(timespec="minutes") for at in (cell.from_, cell.to)), formula,
        f"{by.target_seconds:g}", str(of.offered), str(of.answered), str(of.answered_within), str(of.abandoned),
        str(of.abandoned_within), "" if value is None else f"{value:.4f}",
        f"{by.short_seconds:g}", by.empty_interval,
    ]  # fmt: skip


def _table(rows: Sequence[Sequence[str]], formula: Formula) -> Table:
    """Without what all rows have, so that it fits a narrow terminal."""
    table = Table(title=f"Service level, formula {formula}", title_justify="left", box=SIMPLE_HEAD, padding=0)
    for head in ("queue", "from", "target", "offered", "answered", "in time", "given up", "level"):
        table.add_column(
            head, justify="left" if head in ("queue", "from") else "right", no_wrap=head != "queue", min_width=8
        )
    for queue, begin, _, _, target, offered, answered, within, abandoned, _, value, *_ in rows:
        level = f"{float(value):.1%}" if value else "–"
        table.add_row(queue, begin[:16].replace("T", " "), f"{target} s", offered, answered, within, abandoned, level)
    return table
