"""Figures over HTTP: behind each are exactly its calls; whoever asks for what there is not is told so in a sentence."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from agent_ui.http.routes import PREFIX
from crm_store.workbook import write_csv
from routing.facts import AgentChanged, CallArrived, CallQueued
from routing.measures import measures
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import abandoned, answered, at
from tests.crm_store.test_calls import record
from tests.crm_store.test_rollups import LATER, some_days

__all__ = ["site"]

PATH = f"{PREFIX}/reports/figures"
DAYS = "from=2026-11-24T00:00:00Z&to=2026-11-28T00:00:00Z"
COUNTS = {key: one.needs[0] for key, one in measures().items() if one.unit == "count"}
SEGMENTS = {"talks", "transfers"}
"""These count talks; a call may have several."""


async def read(site: Site, path: str, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as http, http.get(site.url + path, headers=headers) as answer:
        assert answer.status == 200
        return await answer.read()


async def behind(site: Site, url: str, token: str) -> int:
    found, after = 0, ""
    while True:
        status, said = await site.ask("GET", f"{url}&limit=200{after}", token)
        assert status == 200, said
        found += len(said["items"])
        if said["next"] is None:
            return found
        after = f"&cursor={said['next']}"


@pytest.mark.parametrize(
    "query", ["by=queue", "by=agent", "by=tier,direction", "by=skill", "by=team",
              "team=North&by=agent", "each=day&agent=agent1&time_zone=Asia/Kathmandu",
              "queue=support&target_seconds=5&short_seconds=20"],
)  # fmt: skip
async def test_behind_each_figure_are_its_calls(site: Site, tmp_path: Path, query: str) -> None:
    await site.store.queues.put("support", target_seconds=20, skills={"billing": 1, "estonian": 2})
    await site.store.users.put("agent1", "One", "agent", team="North", password_hash="x")
    await record(site.store, tmp_path / "spool", some_days(90))
    await site.store.rollups.roll(LATER)
    chief = await site.token("supervisor")
    some = [key for key in sorted(COUNTS)[:19] if query != "by=team" or key != "talked"]
    status, said = await site.ask("GET", f"{PATH}?{DAYS}&{query}&measures={','.join(some)}", chief)
    assert status == 200, said
    told = 0
    for row in said["rows"]:
        for key, figure in row["figures"].items():
            listed = await behind(site, figure["calls_url"], chief)
            assert figure["value"] == figure["counts"][COUNTS[key]]
            assert listed == figure["value"] or (key in SEGMENTS and 0 < listed <= figure["value"]), (row["keys"], key)
            told += listed
    assert told > 50


async def test_agents_times_are_cut_where_the_interval_ends(site: Site, tmp_path: Path) -> None:
    def state(seconds: float, availability: str, leg: str = "none", reason: str | None = None) -> AgentChanged:
        return AgentChanged("agent1", at(seconds), availability, leg, reason, at(seconds), ("support",), None, True)  # type: ignore[arg-type]

    facts = [
        state(-3600, "ready"), state(600, "ready", "talking"), state(1200, "wrap_up"),
        state(1500, "paused", "none", "lunch"), state(5100, "ready"), state(8700, "offline"), *answered("a", begin=600),
    ]  # fmt: skip
    await record(site.store, tmp_path / "spool", facts)
    asked = "measures=ready,in_talk,wrap_up,paused,occupancy,aht&by=agent&each=hour"
    status, said = await site.ask("GET", f"{PATH}?from={hour(0)}&to={hour(3)}&{asked}", await site.token("supervisor"))
    assert status == 200, said
    first, second, third = ({key: one["value"] for key, one in row["figures"].items()} for row in said["rows"])
    assert (round(first["ready"]), first["wrap_up"], round(first["paused"])) == (600, 300, 2100)
    assert first["occupancy"] == pytest.approx(900 / 1500, abs=0.001)
    assert first["aht"] == pytest.approx(55 + 300)
    assert round(second["paused"]) == 1500
    assert (round(third["ready"]), third["in_talk"], third["aht"]) == (1500, 0, None)
    asked = "measures=paused&by=agent,reason"
    status, said = await site.ask("GET", f"{PATH}?from={hour(0)}&to={hour(3)}&{asked}", await site.token("supervisor"))
    assert [(row["keys"]["reason"], row["figures"]["paused"]["value"]) for row in said["rows"]] == [("lunch", 3600.0)]


def hour(n: int) -> str:
    return f"2026-11-24T{9 + n:02}:00:00Z"


async def test_who_called_again(site: Site, tmp_path: Path) -> None:
    facts = [*answered("a"), *answered("b", begin=3600), *answered("c", begin=200_000), *abandoned("d", begin=100)]
    await record(site.store, tmp_path / "spool", facts)
    asked = "measures=repeats,repeat_share,first_contact_resolution"
    status, said = await site.ask("GET", f"{PATH}?{DAYS}&{asked}", await site.token("supervisor"))
    assert status == 200, said
    figures = said["rows"][0]["figures"]
    assert (figures["repeats"]["value"], figures["repeat_share"]["value"]) == (1, 0.25)
    assert figures["first_contact_resolution"]["counts"] in ({"resolved": 1, "firsts": 2}, {"resolved": 0, "firsts": 1})
    assert await behind(site, figures["repeats"]["calls_url"], await site.token("supervisor")) == 1


async def test_a_leader_sees_the_team_s_figures(site: Site, tmp_path: Path) -> None:
    facts = [*answered("a"), *answered("b", begin=100, agent="agent2"), *abandoned("c")]
    for who in ("agent1", "agent2"):
        facts.append(AgentChanged(who, at(0), "paused", "none", "lunch", at(0), ("support",), None, True))
    await record(site.store, tmp_path / "spool", facts)
    for login, team in (("agent1", "North"), ("agent2", "South")):
        await site.store.users.put(login, login, "agent", team=team, password_hash="x")
    token = await site.token("leader")
    for wish in ("measures=calls,talks,paused&by=agent", "measures=calls,talks,paused&by=agent&team=North"):
        status, said = await site.ask("GET", f"{PATH}?{DAYS}&{wish}", token)
        assert (status, [row["keys"]["agent"] for row in said["rows"]]) == (200, ["agent1"])
        assert await behind(site, said["rows"][0]["figures"]["calls"]["calls_url"], token) == 1
    (row,) = (await site.ask("GET", f"{PATH}?{DAYS}&measures=calls,paused", token))[1]["rows"]
    assert row["figures"]["calls"]["value"] == 1
    by_team = (await site.ask("GET", f"{PATH}?{DAYS}&measures=paused&by=team", await site.token("admin")))[1]
    paused = {one["keys"]["team"]: one["figures"]["paused"]["value"] for one in by_team["rows"]}
    assert paused["North"] == row["figures"]["paused"]["value"] > 0
    assert set(paused) == {"North", "South"}
    assert "Teams are those of today" in " ".join(by_team["left_out"])
    for foreign in ("agent=agent2", "team=South", "agent=agent2&team=North"):
        assert (await site.ask("GET", f"{PATH}?{DAYS}&measures=calls&{foreign}", token))[0] == 403, foreign
    assert (await site.ask("GET", f"{PATH}?{DAYS}&measures=calls&team=North", await site.token("agent")))[0] == 403


async def test_an_agent_sees_own_figures(site: Site, tmp_path: Path) -> None:
    await record(
        site.store, tmp_path / "spool", [*answered("a"), *answered("b", begin=100, agent="agent2"), *abandoned("c")]
    )
    token = await site.token("agent")
    me = (await site.ask("GET", f"{PREFIX}/me", token))[1]["login"]
    status, said = await site.ask("GET", f"{PATH}?{DAYS}&measures=calls,talks&by=agent", token)
    assert status == 200
    assert {row["keys"]["agent"] for row in said["rows"]} <= {me}
    assert (await site.ask("GET", f"{PATH}?{DAYS}&measures=calls&agent=agent2", token))[0] == (
        403 if me != "agent2" else 200
    )
    assert (await site.ask("GET", f"{PATH}?{DAYS}&measures=calls", await site.token("partner")))[0] == 403


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("measures=calls", "Give from and to"),
        (f"{DAYS}", "choose from 1 to 20 measures"),
        (f"{DAYS}&measures=happiness", "there is no measure 'happiness'"),
        (f"{DAYS}&measures=adherence&by=queue", "ask for it by agent, team and time"),
        (f"{DAYS}&measures=talked&by=team", "once for each agent"),
        (f"{DAYS}&measures=calls&by=moon", "there is no dimension 'moon'"),
        (f"{DAYS}&measures=calls&by=queue,queue", "once"),
        (f"{DAYS}&measures=calls&each=second", "each: half_hour"),
        (f"{DAYS}&measures=service_level&formula=best", "formula: one of"),
        (f"{DAYS}&measures=calls&time_zone=Mars/Olympus", "Europe/Tallinn"),
        (f"{DAYS}&measures=occupancy&by=queue", "belong to no call"),
        (f"{DAYS}&measures=calls&by=reason", "only paused is known by reason"),
        (f"{DAYS}&measures=calls&target_seconds=soon", "target_seconds"),
        (f"{DAYS}&measures=calls&direction=sideways", "direction"),
        (f"{DAYS}&measures=calls&format=exe", "format: json, csv"),
        ("from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z&measures=calls", "later than from"),
        ("from=2016-01-01T00:00:00Z&to=2025-12-01T00:00:00Z&measures=calls&each=hour", "20,000 figures"),
        ("from=1900-01-01T00:00:00Z&to=2025-12-01T00:00:00Z&measures=calls", "ten years"),
        ("from=2025-01-01T00:00:00Z&to=2025-12-01T00:00:00Z&measures=ready", "100 days"),
        (f"{DAYS}&measures=calls{',calls' * 1000}", "choose from 1 to 20"),
        (f"{DAYS}&measures=calls&by=queue{',queue' * 1000}", "once"),
        (f"{DAYS}&measures=calls&queue=%00", "no text"),
        (f"{DAYS}&measures=calls&agent=a%00b", "no text"),
        (f"{DAYS}&measures=calls&skill={'x' * 201}", "longer than 200"),
        (f"{DAYS}&measures=calls&format=pdf&short_seconds=-1", "short_seconds"),
        ("from=0000-00-00&to=9999-99-99&measures=calls", "write a time like"),
        ("from=2026-11-24T00:00:00Z&to=9999-12-31T23:59:59Z&measures=calls", "ten years"),
    ],
)
async def test_what_is_not_meant_is_one_sentence(site: Site, query: str, says: str) -> None:
    status, said = await site.ask("GET", f"{PATH}?{query}", await site.token("supervisor"))
    assert (status, says in said["detail"], "\n" in said["detail"]) == (422, True, False), said


async def test_sql_in_a_filter_is_only_a_name_that_nobody_has(site: Site, tmp_path: Path) -> None:
    await record(site.store, tmp_path / "spool", answered("a"))
    chief = await site.token("supervisor")
    for name in ("queue", "agent", "tier", "skill"):
        wish = urlencode({name: "x' OR 1=1; DROP TABLE calls; --", "measures": "calls"})
        status, said = await site.ask("GET", f"{PATH}?{DAYS}&{wish}", chief)
        assert (status, said["rows"][0]["figures"]["calls"]["value"]) == (200, 0)
    for wrong in ("counted=calls;--", "counted=%00", "queue=%00", "limit=-1", "cursor=-5", "without=queue;--",
                  "target_seconds=1;--", "short_seconds=-1", "direction=x'--"):  # fmt: skip
        assert (await site.ask("GET", f"{PREFIX}/calls?{wrong}", chief))[0] == 422, wrong
    _, said = await site.ask("GET", f"{PATH}?{DAYS}&measures=calls", chief)
    assert said["rows"][0]["figures"]["calls"]["value"] == 1


async def test_files_say_the_same(site: Site, tmp_path: Path) -> None:
    """And no cell is a formula, whatever a queue is called."""
    facts = [CallArrived("e", at(5), "main", "inbound", None, None, None), CallQueued("e", at(5), "=1+1")]
    await record(site.store, tmp_path / "spool", [*answered("a"), *abandoned("b"), *facts])
    chief = await site.token("supervisor")
    query = f"{PATH}?{DAYS}&measures=offered,asa,service_level&by=queue"
    _, said = await site.ask("GET", query, chief)
    rows = [
        [
            row["keys"]["queue"].replace("=", "'="),
            *("" if one["value"] is None else repr(one["value"]) for one in row["figures"].values()),
        ]
        for row in said["rows"]
    ]
    text = await read(site, f"{query}&format=csv", chief)
    [head, *lines] = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert head == ["queue", "from", "to", "offered", "asa", "service_level"]
    assert [[line[0], *line[3:]] for line in lines] == rows
    (tmp_path / "report.xlsx").write_bytes(await read(site, f"{query}&format=xlsx", chief))
    write_csv(tmp_path / "report.xlsx", tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as table:
        found = list(csv.reader(table))
    assert [[line[0], *map(number, line[3:6])] for line in found[-len(rows) :]] == [
        [row[0], *map(number, row[1:])] for row in rows
    ]


def number(cell: str) -> float | None:
    return float(cell) if cell else None
