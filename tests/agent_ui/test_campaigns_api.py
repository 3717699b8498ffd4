"""A campaign manager's morning over HTTP: made, a list sent, looked at before launch, refused, started, paused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert

from agent_ui.http import leads as leads_module
from agent_ui.http import watch
from agent_ui.http.routes import PREFIX
from crm_store.campaign_schema import attempts
from crm_store.leads import LeadFilter
from tests.agent_ui.test_api import Site, site
from tests.crm_store.test_lawfulness import queries

__all__ = ["site"]

CAMPAIGN = {
    "name": "autumn",
    "queue": "sales",
    "mode": "progressive",
    "profile": "EE",
    "caller_number": "+3726001234",
    "company": "Kontor",
    "script": "Hello {name}!",
    "settings": {"value": 30, "ring_seconds": 20},
}
LIST = "Name,Phone,City\nMari,5550 1000,Tallinn\nJaan,5550 1001,Tartu\nPolice,112,Tallinn\nMari again,+372 5550 1000,\n"


class Desk:
    def __init__(self, site: Site, token: str) -> None:
        self.site, self.token = site, token

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        return await self.site.ask(method, f"{PREFIX}/campaigns{path}", self.token, **more)

    async def send(self, path: str, data: Any, kind: str = "text/csv") -> tuple[int, Any]:
        headers = {"Content-Type": kind} if kind else {}
        return await self.ask("POST", path, data=data, headers=headers)


@pytest.fixture
async def desk(site: Site) -> Desk:
    await site.store.queues.put("sales", mode="direct", agents=["agent"])
    return Desk(site, await site.token("campaign_manager"))


@pytest.fixture
async def at(desk: Desk) -> str:
    """The campaign's path."""
    status, made = await desk.ask("POST", "", json=CAMPAIGN)
    assert status == 201, made
    return f"/{made['id']}"


async def test_a_campaign_is_looked_at_before_it_starts(desk: Desk, at: str) -> None:
    status, refused = await desk.ask("POST", f"{at}/start")
    assert (status, refused["detail"]) == (
        422,
        "the campaign autumn cannot run: it has no active list; import leads first",
    )
    assert (await desk.ask("GET", at))[1]["faults"] == [
        {"field": "lists", "why": "it has no active list; import leads first", "code": "no_list", "params": {}}
    ]
    query = "?list=first&source=shop&cost=12.5&basis=legitimate_interest&basis_text=Customers"
    status, report = await desk.send(f"{at}/leads{query}", LIST)
    assert (status, report["rows"], report["added"], report["refused"]) == (200, 4, 2, 2)
    assert [row["row"] for row in report["refused_rows"]] == [4, 5]
    assert report["refused_rows"][0]["reason"] == "the telephone number is an emergency number ('112')"
    again = (await desk.send(f"{at}/leads{query}", LIST))[1]
    assert (again["added"], again["same"], again["refused"]) == (0, 2, 2)
    (first,) = (await desk.ask("GET", f"{at}/lists"))[1]["items"]
    assert (first["name"], first["leads"], first["states"], first["cost"]) == ("first", 2, {"open": 2}, 12.5)
    found = (await desk.ask("GET", f"{at}/leads?limit=1"))[1]
    assert (found["items"][0]["name"], found["items"][0]["fields"]) == ("Mari", {"City": "Tallinn"})
    assert (await desk.ask("GET", f"{at}/leads?cursor={found['next']}"))[1]["items"][0]["name"] == "Jaan"
    await desk.site.store.do_not_call.add("+37255501001", "all", "boss", None, datetime.now(UTC))
    preview = (await desk.ask("GET", f"{at}/preview"))[1]
    assert (preview["leads"], preview["judged"], preview["never"], preview["faults"]) == (2, 2, 1, [])
    assert preview["now"] + preview["later"] == 1
    lead_by_lead = (await desk.ask("GET", f"{at}/preview/leads"))[1]["items"]
    assert [one["when"] for one in lead_by_lead if one["name"] == "Jaan"] == ["never"]
    status, started = await desk.ask("POST", f"{at}/start")
    assert (status, started["state"]) == (200, "running")
    assert (await desk.ask("POST", f"{at}/pause"))[1]["state"] == "paused"
    assert (await desk.ask("POST", f"{at}/stop"))[1]["state"] == "stopped"
    assert [one["name"] for one in (await desk.ask("GET", "?state=stopped"))[1]["items"]] == ["autumn"]


async def test_settings_are_changed_one_by_one(desk: Desk, at: str) -> None:
    status, changed = await desk.ask("PATCH", at, json={"settings": {"amd": False}, "version": 1})
    assert (status, changed["version"]) == (200, 2)
    assert (changed["settings"]["amd"], changed["settings"]["ring_seconds"]) == (False, 20)
    assert (await desk.ask("PATCH", at, json={"company": "X", "version": 1}))[0] == 409
    assert (await desk.ask("PATCH", at, json={"settings": {"ring_seconds": 5}}))[0] == 422
    assert (await desk.ask("POST", "", json=CAMPAIGN))[0] == 409
    uk = {**CAMPAIGN, "name": "uk", "profile": "XX"}
    strange = (await desk.ask("POST", "", json=uk))[1]
    assert "profile" in {one["field"] for one in strange["faults"]}


async def test_a_file_is_looked_at_before_it_is_sent(desk: Desk, at: str) -> None:
    status, look = await desk.send(f"{at}/leads/look", "Nimi;Contact no;Linn\nMari;5550 1000;Tallinn\n")
    assert (status, look["header"]) == (200, ["Nimi", "Contact no", "Linn"])
    assert (look["columns"], look["first"]) == ({"name": ["Nimi"]}, [["Mari", "5550 1000", "Tallinn"]])
    mapped = (await desk.send(f"{at}/leads/look?map=number=Contact%20no", "Nimi;Contact no\nMari;1\n"))[1]
    assert mapped["columns"]["number"] == ["Contact no"]
    assert (await desk.send(f"{at}/leads/look?map=number=Phone", "Nimi;Contact no\nMari;1\n"))[0] == 422
    assert (await desk.send(f"{at}/leads/look", b"\x00\x01"))[0] == 422
    assert (await desk.ask("GET", f"{at}/lists"))[1]["items"] == []


async def test_files_that_cannot_be_used(desk: Desk, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await desk.send(f"{at}/leads", "{}", "application/json"))[0] == 415
    status, said = await desk.send(f"{at}/leads", "Name,Street\nMari,Pikk\n")
    assert (status, said["detail"][:52]) == (422, "the file has no column that is known to be a telepho")
    assert (await desk.send(f"{at}/leads", b""))[1]["detail"].startswith("The file is empty")
    assert (await desk.send(f"{at}/leads?dedupe=world", LIST))[0] == 422
    assert (await desk.send(f"{at}/leads?map=number", LIST))[0] == 422
    assert (await desk.send("/999/leads", LIST))[0] == 404
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", LIST, filename="spring list.csv", content_type="text/csv")
    status, report = await desk.ask("POST", f"{at}/leads", data=form)
    assert (status, report["added"]) == (200, 2), report
    assert (await desk.ask("GET", f"{at}/lists"))[1]["items"][0]["name"] == "spring list"
    monkeypatch.setattr(watch, "DONE_WITHIN", 0)
    assert (await desk.send(f"{at}/leads", LIST))[0] == 200, "it has more time than other requests"
    monkeypatch.setattr(watch, "DONE_WITHIN", 30)
    monkeypatch.setattr(leads_module, "LARGEST_FILE", 50)
    assert (await desk.send(f"{at}/leads", LIST))[0] == 413


async def test_lists_and_leads_are_changed_by_hand(desk: Desk, at: str) -> None:
    store = desk.site.store
    await store.contacts.add({"name": "Old Friend", "numbers": ["55502000"], "language": "et"})
    status, quiet = await desk.ask("POST", f"{at}/lists", json={"name": "quiet", "segment": {"language": "et"}})
    assert (status, quiet["leads"], quiet["segment"]) == (201, 1, {"language": ["et"]})
    assert (await desk.ask("PATCH", f"{at}/lists/{quiet['id']}", json={"active": False}))[1]["active"] is False
    (lead,) = (await desk.ask("GET", f"{at}/leads"))[1]["items"]
    path = f"{at}/leads/{lead['id']}"
    assert (await desk.ask("PATCH", path, json={"owner": "agent"}))[1]["owner"] == "agent"
    assert (await desk.ask("PATCH", path, json={"owner": "nobody"}))[0] == 422
    status, moved = await desk.ask("POST", f"{at}/hand-over", json={"from_agent": "agent", "to": None})
    assert (status, moved) == (200, {"leads": 1})
    await desk.ask("PATCH", at, json={"settings": {"share": "equally"}})
    assert (await desk.ask("POST", f"{at}/share"))[1] == {"leads": {}}
    await desk.ask("PATCH", f"{at}/lists/{quiet['id']}", json={"active": True})
    assert (await desk.ask("POST", f"{at}/share"))[1] == {"leads": {"agent": 1}}
    assert (await desk.ask("PATCH", path, json={"skip": True}))[1]["state"] == "skipped"
    assert (await desk.ask("PATCH", path, json={"skip": True}))[0] == 409
    assert (await desk.ask("GET", f"{at}/leads/999"))[0] == 404


async def test_what_came_of_it(desk: Desk, at: str) -> None:
    await desk.send(f"{at}/leads?list=first&cost=10", LIST)
    store = desk.site.store
    first, second = (await store.leads.page(at[1:], LeadFilter())).items
    row = {"campaign_id": int(at[1:]), "list_id": int(first.list_id), "mode": "progressive", "proof": {"x": 1}}
    moment = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    usual = {**row, "at": moment, "deadline": moment, "number": "+37255501000", "agent": None, "connected_at": None}
    over = {"ended_at": moment.replace(minute=31), "disposition": None}
    done = [
        {"channel": "a", "lead_id": int(first.id), "outcome": "no_answer"},
        {"channel": "b", "lead_id": int(first.id), "outcome": "person", "agent": "agent", "connected_at": moment,
         "disposition": "sale"},
        {"channel": "c", "lead_id": int(second.id), "outcome": "abandoned"},
    ]  # fmt: skip
    async with store.database.writing() as connection:
        await connection.execute(insert(attempts), [{**usual, **over, **one} for one in done])
    page = (await desk.ask("GET", f"{at}/attempts?limit=2"))[1]
    assert [one["channel"] for one in page["items"]] == ["c", "b"]
    assert page["items"][0]["proof"] == {"x": 1}
    rest = (await desk.ask("GET", f"{at}/attempts?cursor={page['next']}"))[1]
    assert [one["channel"] for one in rest["items"]] == ["a"]
    assert len((await desk.ask("GET", f"{at}/attempts?outcome=person&agent=agent"))[1]["items"]) == 1
    assert (await desk.ask("GET", f"{at}/attempts?outcome=maybe"))[0] == 422
    (whole,) = (await desk.ask("GET", f"{at}/results"))[1]["items"]
    names = ("leads", "tried", "reached", "attempts", "answered", "connected", "abandoned", "talk_seconds", "cost")
    assert [whole[name] for name in names] == [2, 2, 2, 3, 2, 1, 1, 60.0, 10.0]
    assert whole["outcomes"] == {"person": 1, "abandoned": 1, "no_answer": 1}
    sold = len([one for one in await store.dispositions.all() if one.key == "sale" and one.outcome == "sale"])
    assert (whole["sales"], whole["earned"], whole["gain"]) == (sold, 30.0 * sold, 30.0 * sold - 10)
    keys = {}
    for by in ("list", "agent", "hour", "attempt"):
        told = (await desk.ask("GET", f"{at}/results?by={by}"))[1]["items"]
        keys[by] = [(one["key"], one["attempts"]) for one in told]
    assert keys["list"] == [(first.list_id, 3)]
    assert keys["agent"] == [("", 2), ("agent", 1)]
    assert keys["hour"] == [("2026-11-24T10:00:00Z", 3)]
    assert keys["attempt"] == [("1", 2), ("2", 1)]
    assert (await desk.ask("GET", f"{at}/results?from=2026-11-25T00:00:00Z"))[1]["items"][0]["attempts"] == 0


async def test_many_campaigns_are_listed_with_as_many_queries_as_one(desk: Desk, at: str) -> None:
    await desk.send(f"{at}/leads?list=first", LIST)
    with queries() as one:
        (first,) = (await desk.ask("GET", "?figures=true"))[1]["items"]
    assert (first["standing"]["leads"], first["standing"]["done"], first["standing"]["total"]["leads"]) == (2, 0, 2)
    for n in range(8):
        others = {"name": f"other {n}", "queue": f"q{n}", "profile": ("EE", "UK", "XX")[n % 3]}
        assert (await desk.ask("POST", "", json={**CAMPAIGN, **others}))[0] == 201
    with queries() as many:
        items = (await desk.ask("GET", "?figures=true"))[1]["items"]
    assert len(items) == 9
    assert len(one) == len(many)
    codes = [[fault["code"] for fault in item["faults"]] for item in items]
    assert codes[-1] == []
    assert codes[-2] == ["queue_missing", "no_list"]
    assert codes[-3] == ["queue_missing", "no_list", "list_missing", "list_missing"]
    assert items[-3]["faults"][2]["params"] == {"list": "uk-tps"}
    assert codes[-4] == ["queue_missing", "no_list", "profile_unknown"]
    assert (await desk.ask("GET", ""))[1]["items"][0]["standing"] is None


async def test_country_profiles_are_told_with_their_versions(site: Site) -> None:
    status, told = await site.ask("GET", f"{PREFIX}/country-profiles", await site.token("agent"))
    known = {one["key"]: one for one in told["items"] if one["in_force"]}
    assert (status, set(known)) == (200, {"EE", "UK", "US"})
    assert (known["US"]["abandonment_limit"], known["US"]["own"], known["UK"]["countries"]) == (0.03, False, ["GB"])
    assert known["EE"]["effective_from"] <= "2026-11-28"
