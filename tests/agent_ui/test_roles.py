"""Who may do what: each socket command in each role, and each thing that is somebody's tried by somebody else.

All of it is generated from the two tables, so that a new route or command is tried without being named here. (Each
route in each role, and without a session: test_api.)
"""

from __future__ import annotations

import json
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
from agent_ui.bus.port import Message
from agent_ui.commands import COMMANDS, STEERING, Policy, allowed_commands
from agent_ui.http import routes
from agent_ui.http.routes import PREFIX, ROUTES, Route
from agent_ui.web_server import running_web
from crm_store.store import Store
from routing.commands import Role
from routing.events import Directory, Person, QueuePlan
from routing.facts import AgentChanged, CallAnswered, CallArrived, CallQueued, Recorded
from tests.agent_ui.test_api import PASSWORD, ROLES, Site
from tests.agent_ui.test_socket import NOW, Shop, shop
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


FOREIGN: tuple[dict[str, str], ...] = ({"agent": "ben"}, {"call": "c2"}, {"agent": "anna", "call": "c2"})
OWN: tuple[dict[str, str], ...] = ({"agent": "anna"}, {"call": "c1"}, {"agent": "anna", "call": "c1"})


async def test_a_leader_s_commands_end_at_the_team(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that reaches an engine or another agent; what the engine then says of it is another matter."""
    monkeypatch.setattr(wishes, "JOURNAL_LAG", ())
    north, south = (Person(login, login, "x", "1", team=team) for login, team in (("anna", "North"), ("ben", "South")))
    shop.hub.use(Directory((north, south)))
    await shop.call("c1")
    for seq, fact in enumerate((CallArrived("c2", NOW, "main", "inbound", None, None, "6"),
                                CallAnswered("c2", NOW, "ben", "leg")), 5):  # fmt: skip
        assert shop.picture.apply(Recorded("s1", seq, fact))
    who = me("lea", "Lea", "leader", None, "browser", team="North")
    tried = [
        name
        for name, (place, roles) in COMMANDS.items()
        if "leader" in roles and (place == "engine" or name in STEERING)
    ]
    assert {"listen", "take_over", "force_state", "move_agent", "message", "pause_recording", "accept"} <= set(tried)
    for name in tried:
        for expected, cases in (("not_allowed", FOREIGN), (None, OWN)):
            for n, args in enumerate(cases):
                result = await shop.wishes.carry_out(who, f"{name}-{expected}-{n}", name, {"text": "x", **args})
                assert (result.code == "not_allowed") == (expected == "not_allowed"), (name, args, result)
    assert shop.engine.roles == {"supervisor"}


async def test_a_leader_without_a_team_leads_nobody(shop: Shop) -> None:
    shop.hub.use(Directory((Person("anna", "Anna", "x", "1"),)))
    who = me("lea", "Lea", "leader", None, "browser")
    assert (await shop.wishes.carry_out(who, "c", "listen", {"agent": "anna"})).code == "not_allowed"


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


def test_a_screen_on_a_wall_may_show_figures_and_nothing_else() -> None:
    may = {(route.method, route.path) for route in ROUTES if "viewer" in route.roles}
    assert may == {
        ("DELETE", "/session"), ("GET", "/me"), ("GET", "/pause-reasons"), ("GET", "/me/preferences"),
        ("PUT", "/me/preferences"), ("POST", "/panel-ticket"), ("GET", "/colleagues"),
    }  # fmt: skip
    assert allowed_commands("viewer") == ("snapshot",)


async def test_a_screen_on_a_wall_is_told_of_no_call_and_of_nobody_who_calls(shop: Shop) -> None:
    shop.hub.use(Directory((Person("anna", "Anna", "x", "1", ("support",)),), (QueuePlan("support"),)))
    wall = await shop.connect("wall", "viewer", panel="tab-12345")
    other = await shop.connect("wall", "viewer", panel="tab-54321")
    await shop.call("c1")
    talks = AgentChanged("anna", NOW, "ready", "talking", None, NOW, ("support",), "c1", True, None, "chief")
    for seq, fact in enumerate((CallArrived("c2", NOW, "main", "inbound", "+3725550199", None, "6"),
                                CallQueued("c2", NOW, "support"), talks), 5):  # fmt: skip
        before = shop.picture.calls.get("c2")
        assert shop.picture.apply(Recorded("s1", seq, fact))
        if isinstance(fact, AgentChanged):
            shop.hub.changed(fact)
        else:
            shop.hub.call_changed(fact, before, shop.picture.after("c2"))
    await shop.hub.send_gathered()
    shop.hub.noticed(Message("m1", NOW, "chief", "Hold the fort"))
    for talk in (wall, other):
        told = await talk.hears("agent.state")
        assert (told["agent"]["leg"], told["agent"]["call"], told["agent"]["by"]) == ("talking", None, None)
        assert (await talk.hears("queue.changed"))["queue"]["waiting"] == 1
        talk.say("snapshot")
        again = await talk.hears("snapshot")
        assert (again["calls"], again["waiting"], again["requests"], again["in_charge"]) == ([], [], [], True)
        assert again["queues"][0]["waiting"] == 1
        assert "+372555" not in json.dumps([again, told, *talk.heard])
        assert "Hold the fort" not in json.dumps(talk.heard)


PEOPLE: tuple[tuple[str, Role, str | None], ...] = (
    ("agent1", "agent", "North"), ("agent2", "agent", "South"), ("lea", "leader", "North"), ("leo", "leader", "South"),
)  # fmt: skip


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
            for login, role, team in PEOPLE:
                await store.users.put(login, login, role, password_hash=hashed, team=team)
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


@pytest.mark.parametrize(("own", "foreign"), [("agent1", "agent2"), ("agent1", "leo"), ("lea", "leo")])
async def test_what_is_another_agent_s_is_not_there(site: Site, own: str, foreign: str) -> None:
    """Nor is what is another team's, for who leads one; what is the own team's is."""
    one, two = [await site.token(login) for login in (own, foreign)]
    things = await owned(site, await site.token("agent1"))
    site.web.hub.use(await site.store.directory())
    seen_by_owner = set()
    for route in ROUTES:
        role = {"leo": "leader"}.get(foreign, "agent")
        if "{id}" not in route.path or role not in route.roles or route.path.startswith((*SHARED, *OWN_BY_ITSELF)):
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


async def test_lists_hold_a_leader_to_the_team(site: Site, tmp_path: Path) -> None:
    await owned(site, await site.token("agent1"))
    await record(site.store, tmp_path / "spool", answered("b", begin=100, agent="agent2"))
    for n, (login, team) in enumerate((("agent1", "North"), ("agent2", "South"))):
        await site.store.users.put(login, login, "agent", str(n), f"PJSIP/{n}", team=team, queues=["support"])
    site.web.hub.use(await site.store.directory())
    lea, leo = [await site.token(login) for login in ("lea", "leo")]

    async def listed(path: str, token: str, key: str = "id") -> list[str]:
        status, said = await site.ask("GET", f"{PREFIX}{path}", token)
        assert status == 200, (path, said)
        return sorted(one[key] for one in said["items"])

    assert (await listed("/calls", lea), await listed("/calls", leo)) == (["a"], ["b"])
    assert await listed("/calls?team=North", lea) == ["a"]
    assert await listed("/calls?team=South", lea) == [] == await listed("/calls?team=South&counted=calls", lea)
    assert await listed("/agents", lea) == ["agent1", "lea"]
    assert await listed("/users", lea, "login") == ["agent1", "lea"]
    assert await listed("/queues", lea, "name") == ["support"]
    assert len(await listed("/requests?agent=agent1", lea)) == 1
    assert len(await listed("/tasks?owner=agent1", lea)) == 1
    for path in ("/calls?agent=agent1", "/tasks?owner=agent1", "/tasks?whose=all", "/calls/a", "/agents/agent1/why"):
        assert (await site.ask("GET", PREFIX + path, leo))[0] in (403, 404), path
    assert (await site.ask("GET", f"{PREFIX}/agents/agent1/why", lea))[0] == 200
    assert await listed("/requests?agent=agent1", leo) == []


async def test_where_leaders_may_not_hear_they_hear_nothing(site: Site) -> None:
    lea, recordings = await site.token("lea"), f"{PREFIX}/calls/a/recordings"
    assert (await site.ask("GET", recordings, lea))[0] == 200
    site.web.hub.board.policy = Policy(leaders_hear=False)
    assert [(await site.ask("GET", f"{recordings}{path}", lea))[0] for path in ("", "/1/audio", "/1/peaks")] == [
        404
    ] * 3
    assert (await site.ask("GET", f"{PREFIX}/calls/a", lea))[0] == 200


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
