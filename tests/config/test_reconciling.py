"""When nobody listened, as the engine's facts tell it, and what the doctor says of Asterisk's records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from config.errors import HelinError
from config.reconciled import findings, reconcile
from config.reconciling import Gaps, Hole
from config.settings import Asterisk, Settings
from crm_store.store import Store
from routing.facts import Fact, LinkAlive, LinkChanged, Recorded
from tests.crm_store.conftest import database_url, sqlite_template, sqlite_url, store

__all__ = ["database_url", "sqlite_template", "sqlite_url", "store"]

BEGIN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def link(seconds: float, state: Literal["connecting", "syncing", "ready", "down"], reason: str = "") -> LinkChanged:
    return LinkChanged("main", at(seconds), state, reason)


def holes(alive_at: datetime | None, *facts: Fact) -> list[Hole]:
    gaps = Gaps(alive_at)
    gaps.hear([Recorded("s", seq, fact) for seq, fact in enumerate(facts, 1)])
    return [gaps.found.get_nowait() for _ in range(gaps.found.qsize())]


def test_a_gap_is_from_the_last_proof_of_life_to_ready() -> None:
    started = (link(60, "connecting"), link(61, "syncing"), link(62, "ready"))
    assert holes(at(0), *started) == [Hole(at(0), at(62), "Helin was not running")]
    assert holes(None, *started) == [], "the first start ever has missed nothing of ours"
    cut = (LinkAlive("main", at(65), "b"), link(71, "down", "the link was cut"), link(72, "connecting"))
    back = (link(73, "ready"), LinkAlive("main", at(75), "b"))
    assert holes(None, *started, *cut, *back) == [Hole(at(65), at(73), "the link was cut")]
    lacks = link(80, "ready", "no read class agent")
    assert holes(None, *started, *cut, *back, lacks) == [Hole(at(65), at(73), "the link was cut")]


def test_the_doctor_says_which_records_are_there(tmp_path: Path) -> None:
    (nowhere,) = findings(Asterisk(secret="x"))
    assert (nowhere.level, "set records" in nowhere.do) == ("warn", True)
    mine = Asterisk(secret="x", records=str(tmp_path))
    assert [one.level for one in findings(mine)] == ["warn"]
    (tmp_path / "cdr-csv").mkdir()
    (tmp_path / "cdr-csv/Master.csv").write_text("")
    assert [one.level for one in findings(mine)] == ["ok"]


def settings_of(folder: Path, records: str = "") -> Settings:
    return Settings.model_validate(
        {
            "store": {"url": f"sqlite:///{folder}/helin.db"},
            "asterisk": [{"name": "main", "secret": "x", "records": records}],
        }
    )


@pytest.mark.parametrize(
    ("begin", "end", "zone", "records", "why"),
    [
        ("2026-11-24", "2026-11-25", "Moon", "/var/log/asterisk", "--time-zone"),
        ("yesterday", "2026-11-25", "UTC", "/var/log/asterisk", "--from"),
        ("2026-11-25", "2026-11-24", "UTC", "/var/log/asterisk", "later than --from"),
        ("2026-11-24", "2099-01-01", "UTC", "/var/log/asterisk", "still to come"),
        ("2026-11-24", "2026-11-25", "UTC", "", "records"),
    ],
)
async def test_what_cannot_be_compared_is_refused_in_a_sentence(
    begin: str, end: str, zone: str, records: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(HelinError, match=why):
        await reconcile(settings_of(tmp_path, records), Console(), begin, end, zone)


async def test_asked_for_by_hand_it_says_what_it_found_and_writes_the_gap_down(
    store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    """Asterisk's CDR has a call that we have not, and of no run that we know: nobody can say which call it was."""
    (tmp_path / "log/cdr-csv").mkdir(parents=True)
    stamps = "2026-11-24 09:10:00", "2026-11-24 09:10:05", "2026-11-24 09:11:00"
    linked = f"{at(600).timestamp():.0f}.1"
    row = (
        "", "+37255501000", "600", "from-trunk", "Mari", "PJSIP/carrier-1", "PJSIP/1001-2", "Queue", "support", *stamps,
        "60", "55", "ANSWERED", "DOCUMENTATION", linked, "", "", linked, "1",
    )  # fmt: skip
    (tmp_path / "log/cdr-csv/Master.csv").write_text(",".join(f'"{each}"' for each in row) + "\n")
    shown = Console(file=StringIO(), width=200)
    settings = settings_of(tmp_path, str(tmp_path / "log"))
    with pytest.raises(HelinError, match="1 differences that nothing here explains"):
        await reconcile(settings, shown, "2026-11-24T11:00", "2026-11-24T12:00", "Europe/Tallinn")
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert ("1 calls in its records (cdr), 0 repaired" in text, "look at" in text) == (True, True), text
    [gap] = (await store.gaps.page()).items
    assert (gap.why, gap.begin, gap.end, gap.witnessed) == ("asked for", at(0), at(3600), 1)
    assert [(one.kind, one.repaired) for one in gap.differences] == [("missing_here", False)]
