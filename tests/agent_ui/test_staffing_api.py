"""Staffing over HTTP: how many agents it takes, from figures or from a recorded half hour; refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import abandoned, answered
from tests.crm_store.test_calls import record

__all__ = ["site"]

WISH = {"calls": 100, "interval_minutes": 30, "handle_seconds": 180, "target_seconds": 20, "in_time": 0.8}


async def ask(site: Site, token: str, **more: Any) -> tuple[int, Any]:
    return await site.ask("POST", f"{PREFIX}/staffing", token, json={**WISH, **more})


async def test_it_says_how_many_and_what_a_few_more_or_fewer_give(site: Site) -> None:
    chief = await site.token("supervisor")
    status, said = await ask(site, chief, absent=0.3)
    assert (status, said["formula"], said["agents"], said["agents_on_the_list"]) == (200, "Erlang C", 14, 20)
    assert said["work_erlangs"] == pytest.approx(10)
    assert [one["agents"] for one in said["around"]] == list(range(11, 20))
    assert said["around"][3]["in_time"] == pytest.approx(0.888, abs=0.001)
    status, said = await ask(site, chief, handle_seconds=252)
    assert said["around"][0]["wait_seconds"] is not None
    status, said = await ask(site, chief, handle_seconds=1.8, calls=1)
    assert [one["agents"] for one in said["around"]] == list(range(1, 7))
    status, said = await ask(site, chief, patience_seconds=60)
    assert (said["formula"], said["agents"]) == ("Erlang A", 12)
    status, said = await ask(site, chief, in_time=0, calls=1000)
    assert said["around"][0]["wait_seconds"] is None, "too few agents: waits grow without end"
    assert (await site.ask("POST", f"{PREFIX}/staffing", await site.token("agent"), json=WISH))[0] == 403


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"calls": 0}, "calls"),
        ({"calls": "many"}, "calls"),
        ({"calls": 1e12}, "calls"),
        ({"calls": 100_000, "handle_seconds": 3_600}, "work for more than 2,000 agents"),
        ({"handle_seconds": -1}, "handle_seconds"),
        ({"patience_seconds": 0}, "patience_seconds"),
        ({"in_time": 1}, "in_time"),
        ({"in_time": 80}, "in_time"),
        ({"absent": 1}, "absent"),
        ({"interval_minutes": 0}, "interval_minutes"),
    ],
)
async def test_what_cannot_be_reckoned_with_is_one_sentence(site: Site, wrong: dict[str, Any], says: str) -> None:
    status, said = await ask(site, await site.token("supervisor"), **wrong)
    assert (status, says in said["detail"], "\n" in said["detail"]) == (422, True, False)


async def test_a_recorded_half_hour_gives_the_figures(site: Site, tmp_path: Path) -> None:
    chief = await site.token("supervisor")
    await site.store.queues.put("support", target_seconds=15)
    facts = [fact for n in range(6) for fact in answered(f"a{n}", begin=n * 20)]
    later = [fact for n in range(2) for fact in answered(f"l{n}", begin=7200 + n * 20)]
    await record(site.store, tmp_path / "spool", [*facts, *later, *abandoned("b", begin=130)])
    path = f"{PREFIX}/queues/support/half-hours?time_zone=Europe/Tallinn&date="
    status, said = await site.ask("GET", path + "2026-11-24", chief)
    assert status == 200
    first, second = said["items"]
    assert (first["calls"], second["calls"], first["target_seconds"]) == (6, 2, 15)
    assert first["handle_seconds"] > 0
    assert first["patience_seconds"] is None
    assert first["at"].endswith(":00:00Z") or first["at"].endswith(":30:00Z")
    assert (await site.ask("GET", path + "1999-01-01", chief))[1]["items"] == []
    for wrong in ("soon", "", "9999-12-31"):
        assert (await site.ask("GET", path + wrong, chief))[0] == 422
    assert (await site.ask("GET", f"{PREFIX}/queues/nowhere/half-hours?date=2026-11-24", chief))[0] == 404
