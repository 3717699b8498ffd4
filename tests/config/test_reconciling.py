"""When nobody listened, as the engine's facts tell it, and what the doctor says of Asterisk's records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from config.reconciled import findings
from config.reconciling import Gaps, Hole
from config.settings import Asterisk
from routing.facts import Fact, LinkAlive, LinkChanged, Recorded

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
