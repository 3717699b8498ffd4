"""Opening hours over HTTP: kept, previewed, refused in one sentence; the emergency is one click."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site

__all__ = ["site"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
SHOP = {
    "name": "shop",
    "time_zone": "Europe/Tallinn",
    "queues": ["support"],
    "hours": {day: ["09:00-12:00", "13:00-17:00"] for day in DAYS},
    "country": "EE",
    "exceptions": [{"date": "2026-12-31", "hours": ["09:00-13:00"], "name": "Short day"}],
    "closing_minutes": 10,
    "closed_sound": "helin/closed",
    "overflow_queue": "reception",
    "overflow_after_seconds": 60,
}


@pytest.fixture
async def chief(site: Site) -> str:
    await site.store.queues.put("support")
    return await site.token("supervisor")


async def test_a_calendar_s_life(site: Site, chief: str) -> None:
    status, made = await site.ask("POST", f"{PREFIX}/calendars", chief, json=SHOP)
    assert status == 201, made
    assert {key: made[key] for key in SHOP} == SHOP
    assert (made["emergency"], made["warnings"]) == (None, [])
    assert (await site.ask("POST", f"{PREFIX}/calendars", chief, json=SHOP))[0] == 409
    fields = {key: value for key, value in SHOP.items() if key != "name"} | {"closing_minutes": 5}
    status, changed = await site.ask(
        "PUT", f"{PREFIX}/calendars/shop", chief, json={**fields, "version": made["version"]}
    )
    assert (status, changed["closing_minutes"]) == (200, 5)
    status, late = await site.ask("PUT", f"{PREFIX}/calendars/shop", chief, json={**fields, "version": made["version"]})
    assert (status, late["detail"]) == (409, "somebody else has changed the calendar shop meanwhile; read it again")
    assert (await site.ask("GET", f"{PREFIX}/calendars", await site.token("agent")))[1]["items"] == [changed]
    agent = await site.ask("PUT", f"{PREFIX}/calendars/shop/emergency", await site.token("agent"), json={"on": True})
    assert agent[0] == 403
    assert (await site.ask("DELETE", f"{PREFIX}/calendars/shop", chief))[0] == 204
    assert (await site.ask("GET", f"{PREFIX}/calendars/shop", chief))[0] == 404


async def test_the_preview_says_why_it_is_closed_and_what_a_caller_hears(site: Site, chief: str) -> None:
    wish = {"calendar": SHOP, "at": "2026-12-24T08:30:00Z", "days": 8}
    status, said = await site.ask("POST", f"{PREFIX}/calendars/preview", chief, json=wish)
    assert status == 200, said
    assert [(day["date"], day["kind"], day["name"]) for day in said["days"]][:3] == [
        ("2026-12-24", "holiday", "jõululaupäev"),
        ("2026-12-25", "holiday", "esimene jõulupüha"),
        ("2026-12-26", "holiday", "teine jõulupüha"),
    ]
    assert said["days"][7]["kind"] == "exception"
    assert [one["kind"] for one in said["days"][4]["stretches"]] == ["closed", "open", "closed", "open", "closed"]
    assert [(one["kind"], one["sound"], one["why"]) for one in said["hears"]] == [
        ("message", "helin/closed", "holiday"),
        ("hang_up", "", ""),
    ]
    assert (await site.ask("GET", f"{PREFIX}/calendars", chief))[1]["items"] == []
    await site.ask("POST", f"{PREFIX}/calendars", chief, json=SHOP)
    at = f"{PREFIX}/calendars/shop/preview?at=2026-12-28T08:30:00Z&days=1"
    status, said = await site.ask("GET", at, await site.token("agent"))
    assert [(one["kind"], one["queue"], one["seconds"], one["at"]) for one in said["hears"]] == [
        ("queue", "support", 0, None),
        ("overflow", "reception", 60, None),
        ("late", "", 0, "2026-12-28T10:10:00Z"),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hours": {}, "exceptions": []}, "calendar shop: it is never open"),
        ({"hours": {"monday": ["09:00-12:00", "11:00-13:00"]}}, "monday: 09:00-12:00 and 11:00-13:00 overlap"),
        ({"overflow_queue": "support"}, "round in a circle: support → support"),
        ({"hours": {"monday": ["9-17"]}}, "must look like 09:00-17:00"),
        ({"exceptions": [{"date": "2026-02-30"}]}, "exceptions.0.date"),
    ],
)
async def test_what_cannot_be_is_refused(site: Site, chief: str, change: dict[str, object], says: str) -> None:
    for method, path, wish in (
        ("POST", "/calendars", {**SHOP, **change}),
        ("POST", "/calendars/preview", {"calendar": {**SHOP, **change}}),
    ):
        status, said = await site.ask(method, PREFIX + path, chief, json=wish)
        assert status == 422
        assert says in said["detail"]


async def test_the_emergency_is_one_click(site: Site, chief: str) -> None:
    await site.ask("POST", f"{PREFIX}/calendars", chief, json=SHOP)
    path = f"{PREFIX}/calendars/shop/emergency"
    status, said = await site.ask("PUT", path, chief, json={"on": True})
    assert (status, said["emergency"]["by"]) == (200, "supervisor")
    until = datetime.fromisoformat(said["emergency"]["until"])
    assert timedelta(hours=3) < until - datetime.now(UTC) <= timedelta(hours=4)
    _, heard = await site.ask("GET", f"{PREFIX}/calendars/shop/preview", chief)
    assert [(one["kind"], one["why"]) for one in heard["hears"]] == [("message", "emergency"), ("hang_up", "")]
    status, said = await site.ask("PUT", path, chief, json={"on": True, "until": "2099-01-01T00:00:00Z"})
    assert (status, said["detail"]) == (422, "an emergency message ends within seven days; switch it on again then")
    assert (await site.ask("PUT", path, chief, json={"on": False}))[1]["emergency"] is None
    deeds = [deed.what for deed in (await site.store.audit.page()).items if deed.subject == "calendar:shop"]
    assert deeds == ["emergency off", "emergency on", "put"]
