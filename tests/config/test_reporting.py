"""``helin report``: the same figures as over the API, as CSV that no spreadsheet takes for formulas, or as a table."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.errors import HelinError
from config.reporting import service_level_report
from crm_store.store import Store
from tests.crm_store.conftest import database_url, sqlite_template, sqlite_url, store
from tests.crm_store.test_service_levels import a_day

__all__ = ["database_url", "sqlite_template", "sqlite_url", "store"]

WHEN = ("2026-11-24T11:00", "2026-11-24T13:00", "Europe/Tallinn")


async def test_csv_and_table(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await a_day(store, tmp_path / "spool")
    out = Console(file=StringIO(), width=80)
    await service_level_report(store, out, WHEN, "support", "hour", "genesys", 5.0, csv=True)
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert [(row["from"], row["offered"], row["value"]) for row in rows] == [
        ("2026-11-24T11:00+02:00", "41", "0.6400"),
        ("2026-11-24T12:00+02:00", "27", "0.6000"),
    ]
    await service_level_report(store, out, WHEN, "support", None, "offered", 5.0, csv=False)
    shown = out.file.getvalue()  # type: ignore[attr-defined]
    assert [word in shown for word in ("support", "68", "offered")] == [True, True, True]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (("yesterday", "2026-11-24", "UTC"), "--from: write a time"),
        (("2026-11-24", "2026-11-23", "UTC"), "later than from"),
        (("2026-11-23", "2026-11-24", "Moon"), "Europe/Tallinn"),
    ],
)
async def test_what_is_not_meant_is_one_sentence(store: Store, when: tuple[str, str, str], why: str) -> None:
    with pytest.raises(HelinError, match=why):
        await service_level_report(store, Console(), when, None, None, "offered", 5.0, csv=False)
