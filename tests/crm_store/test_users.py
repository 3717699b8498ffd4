"""Users, queues, sessions, tickets, the audit: as helin apply and the sign-in use them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from crm_store.errors import Conflict, Refused
from crm_store.records import User
from crm_store.store import Store
from routing.events import Directory, Person, QueuePlan, Step
from tests.crm_store.story import at

BAD_TEMPLATES = (
    "javascript:alert(1)", "ftp://x/y", "https://", "https://{number}.example/", "https://x.example@{number}/", "/x",
    "https://x.example/{name}", "https://x.example/{number", "https://x.example/}", "https://x.example/ a",
    "https://x.example/<b>", "https://x.example/\x7f", "HTTPS:x",
)  # fmt: skip
"""Addresses that must not open with a pop."""
AGENT = {
    "login": "agent1",
    "name": "Agent One",
    "role": "agent",
    "extension": "1001",
    "interface": "PJSIP/1001",
    "skills": {"estonian": 5},
}


async def test_the_same_user_again_changes_nothing(store: Store) -> None:
    made = await store.users.put(**AGENT, password_hash="hash")  # type: ignore[arg-type]
    assert "login" in made.changed
    assert (await store.users.put(**AGENT)).changed == ()  # type: ignore[arg-type]
    changed = await store.users.put(**{**AGENT, "name": "Agent Uno", "skills": {"estonian": 4}})  # type: ignore[arg-type]
    assert changed.changed == ("name", "skills")
    assert changed.value.id == made.value.id
    assert await store.users.get(made.value.id) == changed.value
    assert await store.users.by_login("agent1") == changed.value
    assert await store.users.all() == (changed.value,)
    assert await store.users.password_hash("agent1") == "hash"
    assert (await store.users.put(**AGENT, password_hash="other")).changed == ("name", "skills", "password_hash")  # type: ignore[arg-type]
    assert await store.users.password_hash("agent1") == "other"


async def test_refuses_users_that_cannot_be(store: Store) -> None:
    with pytest.raises(Refused, match="needs a password"):
        await store.users.put("agent1", "Agent One", "agent")
    with pytest.raises(Refused, match="role must be one of"):
        await store.users.put("agent1", "Agent One", "king", password_hash="x")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="level of x"):
        await store.users.put("agent1", "Agent One", "agent", skills={"x": 101}, password_hash="x")
    await store.users.put(**AGENT, password_hash="x")  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="extension or interface"):
        await store.users.put("agent2", "Two", "agent", interface="PJSIP/1001", password_hash="x")
    assert [user.login for user in await store.users.all()] == ["agent1"]


async def test_teams_and_the_roles_that_came_with_them(store: Store) -> None:
    await store.users.put("lea", "Lea", "leader", team=" North ", password_hash="x")
    await store.users.put("wall", "Wall", "viewer", password_hash="x")
    await store.users.put(**AGENT, team="North", password_hash="x")  # type: ignore[arg-type]
    assert await store.users.teams() == {"lea": "North", "agent1": "North"}
    assert [(one.login, one.team) for one in (await store.directory()).people] == [("agent1", "North")]
    assert (await store.users.put(**AGENT)).changed == ("team",)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="leads a team: say which one"):
        await store.users.put("lea", "Lea", "leader")


async def test_who_is_not_active_cannot_sign_in(store: Store) -> None:
    user = (await store.users.put(**AGENT, password_hash="x")).value  # type: ignore[arg-type]
    await store.sessions.open(user, "token", at(0), at(3600))
    await store.users.put(**AGENT, active=False)  # type: ignore[arg-type]
    assert await store.users.password_hash("agent1") is None
    assert await store.users.password_hash("agent1", active_only=False) == "x"
    assert await store.sessions.find("token", at(1)) is None
    assert (await store.directory()).people == ()


async def test_queues_name_their_agents(store: Store) -> None:
    for n in (1, 2):
        await store.users.put(f"agent{n}", f"A {n}", "agent", str(n), f"PJSIP/{n}", password_hash="x")
    await store.users.put("boss", "Boss", "supervisor", password_hash="x")
    plan = {"target_seconds": 15, "wrap_up_required": True, "skills": {"billing": 1}}
    made = await store.queues.put("support", agents=("agent2", "agent1", "agent2"), **plan)  # type: ignore[arg-type]
    assert made.value.agents == ("agent1", "agent2")
    assert (await store.queues.put("support", agents=("agent1", "agent2"), **plan)).changed == ()  # type: ignore[arg-type]
    assert (await store.queues.put("support", agents=("agent1",), **plan)).changed == ("agents",)  # type: ignore[arg-type]
    await store.queues.put("sales", mode="direct")
    assert await store.directory() == Directory(
        (Person("agent1", "A 1", "PJSIP/1", "1", ("support",)), Person("agent2", "A 2", "PJSIP/2", "2", ())),
        (
            QueuePlan("sales", "direct"),
            QueuePlan("support", "assist", 15, wrap_up_required=True, skills=(("billing", 1),)),
        ),
    )
    url = "https://crm.example/find?number={number}&of={contact}&{call}&{queue}"
    put = await store.queues.put("sales", mode="direct", pop_on="answer", pop_url=url)
    assert (put.changed, put.value.pop_on, put.value.pop_url) == (("pop_on", "pop_url"), "answer", url)
    assert (await store.directory()).queues[0] == QueuePlan("sales", "direct", pop_on="answer", pop_url=url)
    for bad in BAD_TEMPLATES:
        with pytest.raises(Refused, match="pop_url"):
            await store.queues.put("sales", pop_url=bad)
    with pytest.raises(Refused, match="no user nobody"):
        await store.queues.put("support", agents=("nobody",))
    with pytest.raises(Refused):
        await store.queues.put("support", mode="odd")
    with pytest.raises(Refused):
        await store.queues.put("support", target_seconds=0)
    assert (await store.queues.by_name("support")) is not None
    assert await store.users.remove("agent1")
    assert (await store.queues.by_name("support")).agents == ()  # type: ignore[union-attr]
    assert await store.queues.remove("support")
    assert not await store.queues.remove("support")
    assert [queue.name for queue in await store.queues.all()] == ["sales"]


async def test_a_rule_is_kept_with_every_version(store: Store) -> None:
    await store.queues.put("support", skills={"billing": 3}, by="admin")
    rule = {"rule": "helin:misses", "relax": [{"after_seconds": 60, "skills": {"billing": 1}}], "tiers": {"A": 8}}
    put = await store.queues.change("support", rule, by="boss")
    assert put is not None
    assert (put.value.rule_version, set(put.changed)) == (2, {"rule", "relax", "tiers"})
    assert (await store.queues.change("support", {"auto_pause": False}, by="admin")).value.rule_version == 2  # type: ignore[union-attr]
    plan = (await store.directory()).queues[0]
    assert (plan.rule, plan.tiers, plan.relax, plan.rule_version) == (
        "helin:misses", (("A", 8.0),), (Step(60, (("billing", 1),)),), 2,
    )  # fmt: skip
    versions = (await store.rules.of("support", limit=1)).items + (
        await store.rules.of("support", (await store.rules.of("support", limit=1)).next)
    ).items
    assert [(one.version, one.by, one.rule["rule"], one.rule["relax"]) for one in versions] == [
        (2, "boss", "helin:misses", rule["relax"]), (1, "admin", "helin", []),
    ]  # fmt: skip


@pytest.fixture
async def user(store: Store) -> User:
    return (await store.users.put(**AGENT, password_hash="x")).value  # type: ignore[arg-type]


async def test_a_session_lasts_until_its_end(store: Store, user: User) -> None:
    session = await store.sessions.open(user, "token", at(0), at(3600))
    assert await store.sessions.find("token", at(1)) == session
    assert await store.sessions.find("Token", at(1)) is None
    assert (await store.sessions.find("token", at(100))) is not None
    assert (await store.sessions.find("token", at(101))).seen_at == at(100)  # type: ignore[union-attr]
    assert await store.sessions.find("token", at(3600)) is None
    assert await store.sessions.count(at(1)) == 1
    assert await store.sessions.sweep(at(3600)) == 1
    assert await store.sessions.count(at(1)) == 0


async def test_no_token_is_in_the_database(store: Store, user: User) -> None:
    session = await store.sessions.open(user, "very-secret", at(0), at(3600))
    assert "very-secret" not in session.key


async def test_signing_out_ends_the_session_and_its_tickets(store: Store, user: User) -> None:
    session = await store.sessions.open(user, "one", at(0), at(3600))
    other = await store.sessions.open(user, "two", at(0), at(3600))
    assert await store.sessions.issue_ticket("ticket", session, at(0))
    assert await store.sessions.close("one")
    assert not await store.sessions.close("one")
    assert await store.sessions.redeem("ticket", at(1)) is None
    assert not await store.sessions.issue_ticket("late", session, at(1))
    assert await store.sessions.find("two", at(1)) == other
    assert await store.sessions.close_all(user.id) == 1
    assert await store.sessions.find("two", at(1)) is None


async def test_a_ticket_is_for_one_use_within_thirty_seconds(store: Store, user: User) -> None:
    session = await store.sessions.open(user, "token", at(0), at(3600))
    for ticket in ("a", "b"):
        await store.sessions.issue_ticket(ticket, session, at(0))
    results = await asyncio.gather(*(store.sessions.redeem("a", at(1)) for _ in range(4)))
    assert sorted(result is not None for result in results) == [False, False, False, True]
    assert await store.sessions.redeem("b", at(0) + timedelta(seconds=30)) is None
    assert await store.sessions.redeem("b", at(1)) is None


async def test_the_audit_remembers(store: Store) -> None:
    for n in range(3):
        await store.audit.add(at(n), "boss", "user.changed", "user:1", {"n": n})
    page = await store.audit.page(limit=2)
    assert [deed.detail["n"] for deed in page.items] == [2, 1]
    assert [deed.detail["n"] for deed in (await store.audit.page(page.next, 2)).items] == [0]


async def test_many_at_once_are_answered_each_for_itself(store: Store, user: User) -> None:
    one = await store.sessions.open(user, "one", at(0), at(3600))
    two = await store.sessions.open(user, "two", at(0), at(3600))
    await store.sessions.close("two")
    assert await store.sessions.find_all(["none", "one", "two", "one"], at(1)) == [None, one, None, one]
    assert await store.sessions.issue_tickets([("a", one), ("b", two), ("c", one)], at(1)) == [True, False, True]
    assert await store.sessions.redeem_all(["a", "b", "a", "c"], at(2)) == [one, None, None, one]
    assert await store.sessions.redeem_all(["a", "c"], at(2)) == [None, None]
