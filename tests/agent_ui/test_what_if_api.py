"""The what-if over HTTP: a recorded day and a file, played beside the service, and refused with a sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agent_ui.http.routes import PREFIX
from agent_ui.playing import Busy, Job, Playing
from routing.what_if.scenarios import Scenario
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import abandoned, answered
from tests.crm_store.test_calls import record

__all__ = ["site"]

HEAD = "arrived_seconds,queue,tier,skills,service_seconds,patience_seconds\n"
CSV = HEAD + "".join(f"{n * 5},q,{'ABC'[n % 3]},,60,{120 if n % 2 else ''}\n" for n in range(100))
TWO = [{"name": "now"}, {"name": "other", "policy": "helin:misses", "target_seconds": 10, "agents": 2}]


async def ask(site: Site, token: str, body: Any) -> tuple[int, Any]:
    return await site.ask("POST", f"{PREFIX}/what-if", token, json=body)


async def test_a_file_and_a_recorded_day_are_played(site: Site, tmp_path: Path) -> None:
    boss = await site.token("supervisor")
    status, done = await ask(site, boss, {"csv": CSV, "agents": 11, "scenarios": TWO})
    assert (status, done["calls"], done["agents"], done["recorded"]) == (200, 100, 11, None)
    now, other = done["results"]
    assert (now["policy"], other["policy"], now["offered"]) == ("rules", "helin:misses", 100)
    assert other["occupancy"] < now["occupancy"]
    assert set(now["tiers"]) == {"A", "B", "C"}

    facts = [fact for n in range(6) for fact in answered(f"a{n}", begin=n * 20)]
    await record(site.store, tmp_path / "spool", [*facts, *abandoned("b", begin=130)])
    await site.store.queues.put("support", rule="helin:misses", tiers={"A": 9})
    body = {"date": "2026-11-24", "time_zone": "Europe/Tallinn", "scenarios": TWO}
    status, done = await ask(site, boss, body)
    assert (status, done["calls"], done["agents"]) == (200, 7, 1)
    assert (done["recorded"]["answered"], done["recorded"]["abandoned"]) == (6, 1)
    assert done["patience"] == {"sales": 8.0, "support": None}
    assert done["results"][0]["offered"] == 7


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"scenarios": TWO}, 422, "either the date of a recorded day or a CSV"),
        ({"date": "2026-11-24", "csv": CSV, "scenarios": TWO}, 422, "either the date"),
        ({"date": "soon", "scenarios": TWO}, 422, "write a day like"),
        ({"date": "2026-11-24", "time_zone": "../../etc/passwd", "scenarios": TWO}, 422, "time_zone"),
        ({"date": "1999-01-01", "scenarios": TWO}, 422, "There is no call in this time"),
        ({"csv": HEAD + "1,q,A,,x,\n", "scenarios": TWO}, 422, "Line 2: service_seconds 'x' is no number"),
        ({"csv": "a,b\n", "scenarios": TWO}, 422, "Lacks the column arrived_seconds"),
        ({"csv": CSV, "agents": 0, "scenarios": TWO}, 422, "Nobody was at work"),
        ({"csv": CSV, "agents": 3, "scenarios": [{"agents": -3}]}, 422, "leave out fewer"),
        ({"csv": HEAD + "1,q,A,,1,\n" * 20_001, "scenarios": TWO}, 422, "more than 20,000 calls"),
        ({"csv": CSV, "scenarios": []}, 422, "scenarios"),
        ({"csv": CSV, "scenarios": [{"policy": "app_queue:random:priorities"}]}, 422, "policy"),
    ],
)
async def test_what_cannot_be_played_is_one_sentence(site: Site, body: dict[str, Any], status: int, says: str) -> None:
    got, said = await ask(site, await site.token("supervisor"), body)
    assert got == status
    assert says in said["detail"]
    assert "\n" not in said["detail"]


async def test_the_service_answers_while_a_day_is_played(site: Site) -> None:
    boss, busy = await site.token("supervisor"), HEAD + "".join(f"{n},q,A,,300,\n" for n in range(15_000))
    body = {"csv": busy, "agents": 250, "scenarios": [{}, {"policy": "helin:misses"}]}
    first = asyncio.create_task(ask(site, boss, body))
    seen = 0
    while not first.done():
        assert (await site.ask("GET", f"{PREFIX}/me", boss))[0] == 200
        seen += 1
    assert seen > 3
    assert (await first)[0] == 200


async def test_one_day_at_a_time_and_who_goes_away_makes_room() -> None:
    playing = Playing()
    csv = HEAD + "".join(f"{n},q,A,,300,\n" for n in range(19_000))
    job = Job(csv=csv, agents=300, promises={}, values={}, own={}, scenarios=[Scenario("", "helin")] * 4)
    task = asyncio.create_task(playing.play(job))
    await asyncio.sleep(0.3)
    with pytest.raises(Busy):
        await playing.play(job)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    done = await playing.play(Job(csv=CSV, agents=9, promises={}, values={}, own={}, scenarios=[Scenario("", "fifo")]))
    assert done.results[0]["offered"] == 100
