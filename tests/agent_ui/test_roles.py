"""Who may do what: each socket command in each role, and each thing that is somebody's tried by somebody else.

All of it is generated from the two tables, so that a new route or command is tried without being named here. (Each
route in each role, and without a session: test_api.)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from agent_ui import wishes
from agent_ui.board import me
from agent_ui.bus.in_process import InProcessBus
from agent_ui.commands import COMMANDS, allowed_commands
from agent_ui.http import routes
from agent_ui.http.routes import PREFIX, ROUTES, Route
from agent_ui.web_server import running_web
from crm_store.store import Store
from routing.commands import Role
from tests.agent_ui.test_api import PASSWORD, ROLES, Site
from tests.agent_ui.test_socket import Shop, shop
from tests.crm_store.story import answered
from tests.crm_store.test_calls import record
from tests.crm_store.test_recordings import file_of, write_sound

__all__ = ["shop"]

SHARED = (
    "/contacts/{id}", "/tickets/{id}", "/orders/{id}", "/promises/{id}", "/articles/{id}", "/campaigns/{id}",
)  # fmt: skip
"""Things of the house, which whoever may use the route may use all of."""
OWN_BY_ITSELF = ("/leads/{id}/release",)
"""What is not kept for who asks is not there to give back: it says nothing and does nothing."""
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PUT", "/calls/{id}/draft"): {"text": "x"},
    ("PATCH", "/tasks/{id}"): {"done": True},
    ("PATCH", "/requests/{id}"): {"contact": "1"},
    ("POST", "/requests/{id}/replies"): {"text": "x"},
    ("PUT", "/requests/{id}/draft"): {"text": "x"},
}


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
async def test_every_command_in_this_role(shop: Shop, role: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may not is told so; whoever may is answered by the engine or the store, whatever they say of it."""
    monkeypatch.setattr(wishes, "JOURNAL_LAG", ())
    who = me("anna", "Anna", role, None, "browser")
    for name, (_, roles) in COMMANDS.items():
        if name == "snapshot" and role in roles:
            continue  # the socket itself answers it
        result = await shop.wishes.carry_out(who, f"try-{name}", name, {"until": "2099-01-01T00:00:00Z"})
        assert (result.code == "not_allowed") == (role not in roles), (name, result)
        assert result.message if not result.ok else True
    assert not (await shop.wishes.carry_out(who, "try-none", "no_such_command", {})).ok


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_is_offered_is_what_it_may(role: Role) -> None:
    assert set(allowed_commands(role)) == {name for name, (_, roles) in COMMANDS.items() if role in roles}
    if role == "partner":
        assert allowed_commands(role) == ()


async def test_a_command_that_names_no_role_is_nobody_s(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "new_thing", ("engine", frozenset()))
    for role in ROLES:
        who = me("anna", "Anna", role, None, "browser")  # type: ignore[arg-type]
        assert (await shop.wishes.carry_out(who, f"try-{role}", "new_thing", {})).code == "not_allowed"


def test_a_route_that_names_no_role_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = replace(ROUTES[-1], path="/new-thing", open=False)
    monkeypatch.setattr(routes, "ROUTES", (*ROUTES, forgotten))
    with pytest.raises(ValueError, match="/new-thing has no roles"):
        routes.add_routes(web.Application())


def test_open_routes_are_those_that_must_be() -> None:
    """A new one is a decision: name it here."""
    assert {(route.method, route.path) for route in ROUTES if route.open} == {
        ("POST", "/session"), ("POST", "/forms/{key}"), ("OPTIONS", "/forms/{key}"), ("GET", "/openapi.json"),
    }  # fmt: skip


def test_what_a_partner_may_is_next_to_nothing() -> None:
    may = {(route.method, route.path) for route in ROUTES if "partner" in route.roles}
    assert may == {
        ("DELETE", "/session"), ("GET", "/me"), ("GET", "/pause-reasons"), ("GET", "/me/preferences"),
        ("PUT", "/me/preferences"),
    }  # fmt: skip


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A call, its recording, a task and a request of agent1's; agent2 has nothing."""
    sounds = tmp_path / "sounds"
    async with await Store.open(sqlite_url) as store:
        await store.queues.put("support")
        await record(store, tmp_path / "spool", answered("a"), "a")
        write_sound(sounds / file_of("a"), 2.0)
        serving = running_web(
            "127.0.0.1", 0, "http://127.0.0.1:8080", store, InProcessBus(), {}, CollectorRegistry(), None, sounds
        )
        async with serving as web_:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            for login in ("agent1", "agent2"):
                await store.users.put(login, login, "agent", password_hash=hashed)
            yield Site(f"http://127.0.0.1:{web_.port}", store, web_)


async def owned(site: Site, token: str) -> dict[str, str]:
    """Ids of what is agent1's, by the beginning of the routes that give it."""
    now = datetime.now(UTC)
    later = (now + timedelta(hours=1)).isoformat()
    status, task = await site.ask("POST", f"{PREFIX}/tasks", token, json={"text": "Write", "due_at": later})
    assert status == 201
    request = (await site.store.requests.add("form", "support", "Price?", now, {"email": "mari@home.example"})).request
    assert await site.store.requests.move(request.id, "taken", now, was=("waiting",), agent="agent1")
    return {"/calls/{id}": "a", "/tasks/{id}": task["id"], "/requests/{id}": request.id}


def filled(route: Route, id_: str) -> str:
    return PREFIX + route.path.replace("{id}", id_).replace("{n}", "1")


async def test_what_is_another_agent_s_is_not_there(site: Site) -> None:
    one, two = [await site.token(login) for login in ("agent1", "agent2")]
    things = await owned(site, one)
    seen_by_owner = set()
    for route in ROUTES:
        if "{id}" not in route.path or "agent" not in route.roles or route.path.startswith((*SHARED, *OWN_BY_ITSELF)):
            continue
        ids = [id_ for start, id_ in things.items() if route.path.startswith(start)]
        assert ids, f"{route.path}: whose is it? Add it here to what is somebody's, or to SHARED"
        sent = {"json": BODIES[route.method, route.path]} if route.takes else {}
        headers = {"Idempotency-Key": "k"}
        status, _ = await site.ask(route.method, filled(route, ids[0]), two, headers=headers, **sent)
        assert status in (403, 404), (route.method, route.path, status)
        if route.method == "GET" and "attachments" not in route.path:
            # This call has no file and is no campaign's.
            if not route.path.endswith(("audio", "lead")):
                assert (await site.ask("GET", filled(route, ids[0]), one))[0] == 200, route.path
            seen_by_owner.add(route.path)
    assert {"/calls/{id}", "/calls/{id}/recordings/{n}/audio", "/tasks/{id}", "/requests/{id}"} <= seen_by_owner


async def test_lists_and_figures_hold_an_agent_to_what_is_own(site: Site) -> None:
    one, two = [await site.token(login) for login in ("agent1", "agent2")]
    await owned(site, one)
    for path in ("/calls", "/tasks", "/requests"):
        assert len((await site.ask("GET", PREFIX + path, one))[1]["items"]) == 1, path
        assert (await site.ask("GET", PREFIX + path, two))[1]["items"] == [], path
    for path in ("/calls?agent=agent1", "/tasks?owner=agent1", "/tasks?whose=all", "/agents/agent1/why"):
        assert (await site.ask("GET", PREFIX + path, two))[0] == 403, path
    assert [each["id"] for each in (await site.ask("GET", f"{PREFIX}/agents", two))[1]["items"]] == ["agent2"]
    reports = [route for route in ROUTES if route.path.startswith("/reports") and "agent" in route.roles]
    # tests/agent_ui/test_figures_api.py holds them to it.
    known = {"/reports/measures", "/reports/figures"}
    assert {each.path for each in reports} <= known, (
        "a new report that agents may see: is it held to their own figures?"
    )
