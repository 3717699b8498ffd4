"""Reports over HTTP: each figure is the number of calls behind its link; what is not meant is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import abandoned, answered
from tests.crm_store.test_calls import record

__all__ = ["site"]

PATH = f"{PREFIX}/reports/service-level"
DAY = "from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z"


async def test_a_figure_can_be_clicked_down_to_its_calls(site: Site, tmp_path: Path) -> None:
    facts = [*answered("a"), *abandoned("b", begin=100), *answered("c", begin=4000), *answered("d", begin=4100)]
    await record(site.store, tmp_path / "spool", facts)
    chief = await site.token("supervisor")
    status, said = await site.ask("GET", f"{PATH}?{DAY}&by=hour&queue=support&formula=asterisk", chief)
    assert (status, len(said["items"])) == (200, 24)
    full = [one for one in said["items"] if one["offered"]]
    counts = [(one["from"][11:16], one["offered"], one["answered_within"]) for one in full]
    assert counts == [("09:00", 1, 1), ("10:00", 2, 2)]
    assert {one["value"] for one in full} == {1.0}
    assert {one["value"] for one in said["items"] if not one["offered"]} == {None}
    for one in full:
        status, calls = await site.ask("GET", one["calls_url"], chief)
        assert (status, len(calls["items"])) == (200, one["offered"])
    status, said = await site.ask("GET", f"{PATH}?{DAY}", chief)
    [sales] = [one for one in said["items"] if one["queue"] == "sales"]
    assert (sales["offered"], sales["abandoned"], sales["value"]) == (1, 1, 0.0)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("to=2026-11-25T00:00:00Z", "Give from and to"),
        (f"{DAY}&formula=best", "formula: one of offered, asterisk"),
        (f"{DAY}&by=moon", "by: hour or day"),
        (f"{DAY}&time_zone=Mars/Olympus", "Europe/Tallinn"),
        (f"{DAY}&short_seconds=nan", "short_seconds"),
        (f"{DAY}&queue=a%00b", "no text"),
        ("from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z", "to must be later than from"),
        ("from=1990-01-01T00:00:00Z&to=1999-12-01T00:00:00Z&by=hour", "20,000 figures"),
    ],
)
async def test_what_is_not_meant_is_one_sentence(site: Site, query: str, says: str) -> None:
    status, said = await site.ask("GET", f"{PATH}?{query}", await site.token("supervisor"))
    assert (status, says in said["detail"], "\n" in said["detail"]) == (422, True, False), said


async def test_it_is_for_chiefs(site: Site) -> None:
    assert (await site.ask("GET", f"{PATH}?{DAY}", await site.token("agent")))[0] == 403
