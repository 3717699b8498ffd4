"""Users and queues over HTTP: what an administrator sets is there at once, and a refusal is one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from agent_ui.http.routes import PREFIX
from tests.agent_ui.test_api import Site, site

__all__ = ["site"]

QUEUE = {
    "name": "billing",
    "target_seconds": 15,
    "wrap_up_seconds": 45,
    "wrap_up_required": True,
    "skills": {"estonian": 3},
    "agents": ["agent"],
    "recording_keep_days": 30,
    "pop_on": "answer",
    "pop_url": "https://crm.example/find?number={number}",
    "auto_pause": False,
}


@pytest.fixture
async def admin(site: Site) -> str:
    return await site.token("admin")


async def put(site: Site, token: str, method: str, path: str, body: Any) -> tuple[int, Any]:
    return await site.ask(method, PREFIX + path, token, json=body)


async def test_a_queue_s_life(site: Site, admin: str) -> None:
    status, made = await put(site, admin, "POST", "/queues", QUEUE)
    assert (status, made["mode"], made["asterisk"]) == (201, "assist", None)
    assert {key: made[key] for key in QUEUE} == QUEUE
    assert await site.ask("GET", f"{PREFIX}/queues/billing", await site.token("supervisor")) == (200, made)
    status, said = await put(site, admin, "POST", "/queues", QUEUE)
    assert (status, said["detail"]) == (409, "there is a queue billing already")

    status, changed = await put(
        site, admin, "PATCH", "/queues/billing", {"target_seconds": 30, "recording_keep_days": 0}
    )
    assert (status, changed["target_seconds"], changed["recording_keep_days"]) == (200, 30, 0)
    assert changed["agents"] == ["agent"]
    late = {"target_seconds": 5, "version": made["version"]}
    for method in ("PATCH", "PUT"):
        status, said = await put(site, admin, method, "/queues/billing", late)
        assert (status, said["detail"]) == (
            409, "somebody else has changed the queue billing meanwhile; read it again",
        )  # fmt: skip
    status, whole = await put(site, admin, "PUT", "/queues/billing", {"version": changed["version"]})
    assert (status, whole["target_seconds"], whole["agents"], whole["pop_url"]) == (200, 20, [], None)
    assert (await put(site, admin, "PUT", "/queues/sales", {}))[0] == 201

    assert (await site.ask("DELETE", f"{PREFIX}/queues/billing", admin))[0] == 204
    assert (await put(site, admin, "PATCH", "/queues/billing", {}))[0] == 404
    deeds = [(deed.who, deed.what, deed.subject) for deed in (await site.store.audit.page()).items]
    assert deeds[:2] == [("admin", "removed", "queue:billing"), ("admin", "put", "queue:sales")]
    assert [deed.detail for deed in await site.store.audit.of("queue:billing", "put")][1] == {
        "changed": ["target_seconds", "recording_keep_days"]
    }


async def test_a_supervisor_changes_the_rule_and_nothing_else(site: Site, admin: str) -> None:
    await put(site, admin, "POST", "/queues", QUEUE)
    boss = await site.token("supervisor")
    rule = {
        "rule": "helin:misses", "tiers": {"A": 9}, "weights": {"estonian": 30.0}, "last_agent_seconds": 20,
        "short_seconds": 7, "empty_interval": "left_out",
        "relax": [{"after_seconds": 60, "skills": {"estonian": 1}}, {"after_seconds": 120, "skills": {}}],
    }  # fmt: skip
    status, made = await put(site, boss, "PATCH", "/queues/billing/rule", rule)
    assert (status, made["rule_version"], made["agents"]) == (200, 2, ["agent"])
    assert {key: made[key] for key in rule} == rule
    assert (await put(site, boss, "PATCH", "/queues/billing/rule", rule))[1]["rule_version"] == 2
    assert (await put(site, boss, "PATCH", "/queues/billing", {"mode": "direct"}))[0] == 403
    assert (await put(site, await site.token("agent"), "PATCH", "/queues/billing/rule", {}))[0] == 403
    assert (await put(site, boss, "PATCH", "/queues/none/rule", {}))[0] == 404
    status, said = await put(site, boss, "PATCH", "/queues/billing/rule", {"target_seconds": 5, "version": "old"})
    assert (status, "somebody else" in said["detail"]) == (409, True)
    await put(site, admin, "PATCH", "/queues/billing", {"mode": "direct"})
    status, history = await site.ask("GET", f"{PREFIX}/queues/billing/rules", boss)
    assert [(one["version"], one["by"], one["rule"]["rule"]) for one in history["items"]] == [
        (2, "supervisor", "helin:misses"), (1, "admin", "helin"),
    ]  # fmt: skip
    assert history["items"][1]["rule"]["skills"] == {"estonian": 3}
    await site.ask("DELETE", f"{PREFIX}/queues/billing", admin)
    assert (await put(site, admin, "POST", "/queues", QUEUE))[1]["rule_version"] == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rule": "odd"}, "rule"),
        ({"tiers": {"D": 1}}, "there is no tier 'D'"),
        ({"tiers": {"A": 0}}, "what tier A is worth"),
        ({"weights": {"estonian": -1}}, "the weight of estonian"),
        ({"relax": [{"after_seconds": 0}]}, "later than the one before"),
        ({"relax": [{"after_seconds": 9}, {"after_seconds": 9}]}, "later than the one before"),
        ({"relax": [{"after_seconds": 9, "skills": {"estonian": 4}}]}, "asks for more estonian"),
        ({"relax": [{"after_seconds": 9, "skills": {"estonian": 3}}]}, "asks for the same"),
        ({"last_agent_seconds": 601}, "last_agent_seconds must be between"),
        ({"short_seconds": -1}, "short_seconds must be between 0 and 600"),
    ],
)
async def test_a_rule_that_cannot_be(site: Site, admin: str, wrong: dict[str, Any], says: str) -> None:
    await put(site, admin, "POST", "/queues", QUEUE)
    for method, path in (("PATCH", "/queues/billing/rule"), ("POST", "/queues/billing/rule/preview")):
        status, said = await put(site, admin, method, path, wrong)
        assert status == 422
        assert says in said["detail"]
    assert (await site.store.queues.all())[0].rule_version == 1


async def test_who_would_be_next_is_shown_before_the_rule_is_saved(site: Site, admin: str) -> None:
    await put(site, admin, "POST", "/queues", QUEUE)
    boss = await site.token("supervisor")
    status, seen = await put(site, boss, "POST", "/queues/billing/rule/preview", {"rule": "helin:misses"})
    assert (status, seen["sample"], seen["waiting"]) == (200, True, 9)
    assert [one["edited"]["position"] for one in seen["line"]] == list(range(1, 10))
    assert sorted(one["now"]["position"] for one in seen["line"]) == list(range(1, 10))
    for one in seen["line"]:
        for place in (one["now"], one["edited"]):
            assert sum(each["points"] for each in place["reasons"]) == pytest.approx(place["score"], abs=1e-3)
    near, first = seen["line"][0], seen["line"][1]
    assert near["waited_seconds"] > 280
    assert (first["tier"], first["waited_seconds"] < 15) == ("A", True)
    assert first["now"]["position"] > first["edited"]["position"]
    assert seen["doubts"] == [{"code": "nobody_has", "params": {"skill": "estonian", "level": 3}}]
    odd = {"max_wait_seconds": 10, "skills": {"latin": 4}, "tiers": {"C": 50}, "weights": {"latin": 1}}
    _, seen = await put(site, boss, "POST", "/queues/billing/rule/preview", odd)
    assert {one["code"] for one in seen["doubts"]} == {
        "longest_before_target", "nobody_has", "direct_only", "tiers_upside_down",
    }  # fmt: skip
    assert (await site.store.queues.all())[0].rule_version == 1


async def test_a_new_queue_is_on_the_panels_at_once(site: Site, admin: str) -> None:
    await put(site, admin, "POST", "/queues", QUEUE)
    for _ in range(500):
        _, said = await site.ask("GET", f"{PREFIX}/queues", admin)
        if said["items"]:
            break
    assert [(one["name"], one["pop_on"], one["wrap_up_required"]) for one in said["items"]] == [
        ("billing", "answer", True)
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "a,b"}, "a queue's name is made of letters"),
        ({"name": "x\n[general]"}, "a queue's name is made of letters"),
        ({"mode": "odd"}, "mode"),
        ({"target_seconds": 0}, "target_seconds must be between 1 and"),
        ({"max_wait_seconds": 10**30}, "max_wait_seconds must be between 1 and"),
        ({"wrap_up_seconds": -1}, "wrap_up_seconds must be between 0 and"),
        ({"recording_keep_days": 36_501}, "recording_keep_days must be between"),
        ({"skills": {"estonian": 101}}, "the level of estonian"),
        ({"agents": ["nobody"]}, "there is no user nobody"),
        ({"pop_url": "javascript:alert(1)"}, "pop_url must be an address like"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_queue_that_cannot_be(site: Site, admin: str, wrong: dict[str, Any], says: str) -> None:
    status, said = await put(site, admin, "POST", "/queues", QUEUE | wrong)
    assert status == 422
    assert says in said["detail"]
    assert "\n" not in said["detail"]
    assert await site.store.queues.all() == ()


async def test_a_user_with_skills_queues_and_a_language(site: Site, admin: str) -> None:
    await put(site, admin, "POST", "/queues", {"name": "support"})
    user = {"login": "mari", "name": "Mari", "password": "a-good-password", "skills": {"estonian": 5},
            "queues": ["support"], "language": "et", "phone": "sip"}  # fmt: skip
    status, made = await put(site, admin, "POST", "/users", user)
    assert (status, made["queues"], made["language"], made["skills"], made["phone"]) == (
        201, ["support"], "et", {"estonian": 5}, "sip",
    )  # fmt: skip
    assert (await site.ask("GET", f"{PREFIX}/queues/support", admin))[1]["agents"] == ["mari"]
    status, changed = await put(site, admin, "PATCH", "/users/mari", {"language": "ru", "queues": []})
    assert (status, changed["queues"], changed["language"], changed["name"]) == (200, [], "ru", "Mari")
    assert (await site.store.audit.of(f"user:{made['id']}", "put"))[0].detail == {"changed": ["queues", "language"]}
    status, said = await put(site, admin, "PATCH", "/users/mari", {"name": "M", "version": made["version"]})
    assert (status, "somebody else" in said["detail"]) == (409, True)
    _, listed = await site.ask("GET", f"{PREFIX}/users", admin)
    assert changed in listed["items"]
    status, said = await put(site, admin, "PATCH", "/users/mari", {"queues": ["none"]})
    assert (status, said["detail"]) == (422, "there is no queue none")
    assert (await put(site, admin, "PATCH", "/users/nobody", {}))[0] == 404


async def test_a_new_password_ends_the_old_sign_in(site: Site, admin: str) -> None:
    agent = await site.token("agent")
    assert (await put(site, admin, "PATCH", "/users/agent", {"language": "et"}))[0] == 200
    assert (await site.ask("GET", f"{PREFIX}/me", agent))[0] == 200
    assert (await put(site, admin, "PATCH", "/users/agent", {"password": "another-password"}))[0] == 200
    assert (await site.ask("GET", f"{PREFIX}/me", agent))[0] == 401


async def test_nobody_takes_the_own_rights_away(site: Site, admin: str) -> None:
    for wrong in ({"role": "agent"}, {"active": False}):
        status, said = await put(site, admin, "PATCH", "/users/admin", wrong)
        assert (status, said["detail"]) == (409, "You cannot take your own rights away; another administrator can.")
    assert (await site.ask("GET", f"{PREFIX}/me", admin))[1]["role"] == "admin"
