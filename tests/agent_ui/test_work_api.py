"""Tickets, orders, tasks, articles, drafts over HTTP: who may what, and that a refusal is a sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_ui.http.routes import PREFIX
from routing.events import Directory, Person, QueuePlan
from routing.facts import AgentChanged, CallAnswered, CallArrived, Recorded
from tests.agent_ui.test_api import Site, site
from tests.crm_store.campaign_rows import add_attempt, add_campaign, add_lead

__all__ = ["site"]

NOW = datetime.now(UTC)
LATER = (NOW + timedelta(hours=2)).isoformat()


async def mari(site: Site, token: str) -> str:
    made = await site.ask("POST", f"{PREFIX}/contacts", token, json={"name": "Mari", "numbers": ["5550 1000"]})
    return str(made[1]["id"])


async def done(site: Site, method: str, path: str, token: str, body: Any = None) -> Any:
    status, said = await site.ask(method, PREFIX + path, token, **({"json": body} if body is not None else {}))
    assert status in (200, 201, 204), said
    return said


async def refused(site: Site, method: str, path: str, token: str, body: Any = None) -> tuple[int, str]:
    status, said = await site.ask(method, PREFIX + path, token, **({"json": body} if body is not None else {}))
    return status, said["detail"]


async def test_a_contact_s_tickets_orders_and_promises(site: Site) -> None:
    token = await site.token("agent")
    contact = await mari(site, token)
    wish = {"contact": contact, "subject": "<b>Slow</b>", "kind": "bug", "due_at": "2026-12-01T10:00:00+02:00"}
    ticket = await done(site, "POST", "/tickets", token, wish)
    assert (ticket["subject"], ticket["due_at"], ticket["created_by"], ticket["contact_name"]) == (
        "<b>Slow</b>", "2026-12-01T08:00:00Z", "agent", "Mari",
    )  # fmt: skip
    assert (await done(site, "GET", f"/contacts/{contact}", token))["open_tickets"] == 1
    changed = await done(site, "PATCH", f"/tickets/{ticket['id']}", token, {"status": "solved", "due_at": None})
    assert (changed["status"], changed["due_at"], changed["subject"]) == ("solved", None, "<b>Slow</b>")
    assert (await done(site, "GET", "/tickets?open=true", token))["items"] == []
    lines = [{"product": "Router", "quantity": 2, "price": 50}]
    order = await done(site, "POST", "/orders", token, {"contact": contact, "lines": lines})
    assert (order["what"], order["total"], order["currency"]) == ("Router × 2", 100.0, "EUR")
    assert (await done(site, "GET", f"/orders?contact={contact}", token))["items"] == [order]
    wish = {"contact": contact, "text": "We call.", "due_at": LATER}
    promise = await done(site, "POST", "/promises", token, wish)
    kept = await done(site, "PATCH", f"/promises/{promise['id']}", token, {"kept": True})
    assert kept["kept_at"] is not None
    assert (await done(site, "GET", f"/promises?contact={contact}&open=true", token))["items"] == []


async def test_bad_bodies_are_refused(site: Site) -> None:
    token = await site.token("agent")
    contact = await mari(site, token)
    for path, body, says in (
        ("/tickets", {"contact": contact, "subject": ""}, "subject"),
        ("/tickets", {"contact": "99", "subject": "x"}, "no such contact"),
        ("/tickets", {"contact": contact, "subject": "x", "due_at": "2026-12-01T10:00:00"}, "due_at"),
        ("/tickets", {"contact": contact, "subject": "x", "due_at": 5}, "due_at"),
        ("/tickets", {"contact": contact, "subject": "x", "due_at": "9999-12-31T23:59:59-14:00"}, "year"),
        ("/tickets", {"contact": contact, "subject": "x", "owner": "nobody"}, "no user nobody"),
        ("/tickets", {"contact": contact, "subject": "x", "call_id": "c"}, "call_id"),
        ("/orders", {"contact": contact, "lines": []}, "lines"),
        ("/orders", {"contact": contact, "lines": [{"product": "x", "price": 1.001}]}, "two decimals"),
        ("/orders", {"contact": contact, "lines": [{"product": "x", "price": 1, "quantity": True}]}, "quantity"),
        ("/tasks", {"text": "x", "due_at": LATER, "time_zone": "Mars"}, "time_zone"),
    ):
        status, detail = await refused(site, "POST", path, token, body)
        assert status == 422, (path, body)
        assert says in detail
    for query in ("/tickets?open=odd", "/tasks?whose=odd", "/tasks?due_before=x", "/me/day?from=x"):
        assert (await refused(site, "GET", query, token))[0] == 422
    assert "before" in (await refused(site, "GET", "/me/day?from=2026-12-01&to=2026-11-01", token))[1]


async def test_tasks_are_one_s_own(site: Site) -> None:
    agent, other, boss = [await site.token(role) for role in ("agent", "campaign_manager", "supervisor")]
    mine = await done(site, "POST", "/tasks", agent, {"text": "Write", "due_at": LATER})
    anyone = await done(
        site, "POST", "/tasks", agent, {"text": "Call", "due_at": LATER, "owner": None, "kind": "callback"}
    )
    assert (mine["owner"], anyone["owner"]) == ("agent", None)
    assert [one["id"] for one in (await done(site, "GET", "/tasks", other))["items"]] == [anyone["id"]]
    assert (await refused(site, "GET", f"/tasks/{mine['id']}", other))[0] == 404
    assert (await refused(site, "PATCH", f"/tasks/{mine['id']}", other, {"done": True}))[0] == 404
    for bad in ("whose=all", "owner=campaign_manager"):
        assert (await refused(site, "GET", f"/tasks?{bad}", agent))[0] == 403
    give = {"text": "x", "due_at": LATER, "owner": "campaign_manager"}
    assert "supervisor" in (await refused(site, "POST", "/tasks", agent, give))[1]
    taken = await done(site, "PATCH", f"/tasks/{anyone['id']}", other, {"owner": "campaign_manager"})
    assert taken["owner"] == "campaign_manager"
    given = await done(site, "PATCH", f"/tasks/{anyone['id']}", boss, {"owner": "agent"})
    assert given["owner"] == "agent"
    assert len((await done(site, "GET", "/tasks?whose=all", boss))["items"]) == 2
    day = await done(site, "GET", f"/me/day?to={(NOW + timedelta(hours=3)).isoformat().replace('+', '%2B')}", agent)
    assert (day["callbacks_due"], day["tasks_due"], len(day["next"])) == (1, 1, 2)
    finished = await done(site, "PATCH", f"/tasks/{mine['id']}", agent, {"done": True})
    assert finished["done_by"] == "agent"


async def test_a_tier_is_set_by_hand_by_supervisors(site: Site) -> None:
    agent, boss = await site.token("agent"), await site.token("supervisor")
    made = await done(site, "POST", "/contacts", agent, {"name": "Mari"})
    path = f"/contacts/{made['id']}/tier"
    assert (await refused(site, "PUT", path, agent, {"tier": "A"}))[0] == 403
    assert (await refused(site, "PUT", path, boss, {"tier": "D"}))[0] == 422
    assert (await refused(site, "PUT", "/contacts/999/tier", boss, {"tier": "A"}))[0] == 404
    one = await done(site, "PUT", path, boss, {"tier": "A"})
    assert (one["tier"], one["tier_by"]) == ("A", "hand")
    assert (await done(site, "PUT", path, boss, {"tier": None}))["tier"] is None
    assert (await site.store.audit.of(f"contact:{made['id']}", "set tier"))[1].detail == {"tier": "A"}


async def test_the_tree_is_put_by_supervisors(site: Site) -> None:
    agent, boss = await site.token("agent"), await site.token("supervisor")
    seeded = (await done(site, "GET", "/dispositions", agent))["items"]
    assert seeded[0]["key"] == "resolved"
    tree = [{"key": "sold", "labels": {"en": "Sold"}, "outcome": "sale", "queues": ["sales"], "next": "task"}]
    put = await done(site, "PUT", "/dispositions", boss, {"items": tree})
    assert put["items"] == (await done(site, "GET", "/dispositions?queue=sales", agent))["items"]
    assert (await done(site, "GET", "/dispositions?queue=support", agent))["items"] == []
    bad = [{**tree[0], "parent": "sold"}]
    assert "below itself" in (await refused(site, "PUT", "/dispositions", boss, {"items": bad}))[1]
    assert [deed.what for deed in (await site.store.audit.page()).items][:1] == ["put"]


async def test_reasons_to_pause_are_put_by_admins_and_read_by_all(site: Site) -> None:
    agent, boss, admin = [await site.token(role) for role in ("agent", "supervisor", "admin")]
    seeded = (await done(site, "GET", "/pause-reasons", agent))["items"]
    assert [(one["key"], one["limit_minutes"]) for one in seeded[:2]] == [("lunch", 60), ("break", 15)]
    gym = {"key": "gym", "labels": {"en": "Gym", "et": "Trenn"}, "kind": "rest", "limit_minutes": 45, "position": 1}
    put = await done(site, "PUT", "/pause-reasons", admin, {"items": [gym]})
    assert put["items"] == (await done(site, "GET", "/pause-reasons", agent))["items"] == [{**gym, "active": True}]
    assert (await refused(site, "PUT", "/pause-reasons", boss, {"items": []}))[0] == 403
    for bad, says in (
        ({"key": "missed"}, "Helin's own"),
        ({"limit_minutes": 0}, "limit_minutes"),
        ({"labels": {}}, "label"),
    ):
        status, detail = await refused(site, "PUT", "/pause-reasons", admin, {"items": [{**gym, **bad}]})
        assert (status, says in detail) == (422, True), detail


async def test_why_no_calls_come_is_told_to_oneself_and_to_supervisors(site: Site) -> None:
    agent, boss = await site.token("agent"), await site.token("supervisor")
    own = await done(site, "GET", "/me/why", agent)
    assert (own["agent"], own["free"], [cause["code"] for cause in own["causes"]]) == ("agent", False, ["no_phone"])
    assert own["causes"][0]["text"].startswith("No phone is assigned")
    paused = AgentChanged("agent", NOW, "paused", "none", "lunch", NOW, ("support",), None, True, by="supervisor")
    site.web.hub.board.picture.apply(Recorded("s", 1, paused))
    site.web.hub.board.use(
        Directory((Person("agent", "Agent", "PJSIP/1", "1", ("support",)),), (QueuePlan("support"),))
    )
    cause = (await done(site, "GET", "/agents/agent/why", boss))["causes"][0]
    assert cause["params"] == {"reason": "lunch", "by": "supervisor", "since": NOW.isoformat().replace("+00:00", "Z")}
    assert cause["text"] == "Paused by supervisor: lunch."
    assert (await refused(site, "GET", "/agents/agent/why", agent))[0] == 403
    assert (await refused(site, "GET", "/agents/nobody/why", boss))[0] == 404


async def test_articles_are_written_by_supervisors_and_found_by_all(site: Site) -> None:
    agent, boss = await site.token("agent"), await site.token("supervisor")
    fields = {"section": "Internet", "title": "Router", "body": "Pull the plug.", "language": "en"}
    made = await done(site, "POST", "/articles", boss, fields)
    assert (await refused(site, "POST", "/articles", boss, fields))[0] == 409
    hits = (await done(site, "GET", "/articles?q=plu&language=en", agent))["items"]
    assert [(one["title"], one["excerpt"]) for one in hits] == [("Router", "Pull the plug.")]
    await done(site, "POST", f"/articles/{made['id']}/used", agent)
    voted = await done(site, "POST", f"/articles/{made['id']}/helpful", agent, {"yes": True})
    assert (voted["used"], voted["helpful"], voted["body"]) == (1, 1, "Pull the plug.")
    changed = await done(site, "PATCH", f"/articles/{made['id']}", boss, {"title": "Modem"})
    assert (changed["title"], changed["changed_by"]) == ("Modem", "supervisor")
    assert [one["title"] for one in (await done(site, "GET", "/articles", agent))["items"]] == ["Modem"]
    await done(site, "DELETE", f"/articles/{made['id']}", boss)
    assert (await refused(site, "GET", f"/articles/{made['id']}", agent))[0] == 404


async def test_a_draft_is_for_those_in_the_call(site: Site) -> None:
    board = site.web.hub.board
    for seq, fact in enumerate(
        (
            CallArrived("c1", NOW, "main", "inbound", "+3725550123", None, "600"),
            CallAnswered("c1", NOW, "agent", "leg"),
        ),
        1,
    ):
        assert board.picture.apply(Recorded("s1", seq, fact))
    agent, other, boss = [await site.token(role) for role in ("agent", "campaign_manager", "supervisor")]
    empty = await done(site, "GET", "/calls/c1/draft", agent)
    assert empty == {"call": "c1", "agent": None, "text": "", "changed_at": None}
    text = json.dumps({"note": "half"})
    kept = await done(site, "PUT", "/calls/c1/draft", agent, {"text": text})
    assert (await done(site, "GET", "/calls/c1/draft", boss)) == kept
    for method in ("GET", "PUT"):
        body = {"text": "x"} if method == "PUT" else None
        assert (await refused(site, method, "/calls/c1/draft", other, body))[0] == 404
        assert (await refused(site, method, "/calls/none/draft", boss, body))[0] == 404
    assert (await refused(site, "PUT", "/calls/c1/draft", agent, {"text": "ü" * 30_001}))[0] == 422


async def test_a_campaigns_lead_is_shown_again_after_a_reload(site: Site) -> None:
    campaign = await add_campaign(site.store, script={"first": "a", "steps": {}})
    lead = await add_lead(site.store, campaign, "+3725550123")
    channel = "helin-attempt-0000000000000001"
    answers = {"path": ["a"], "values": {"mail": "a@example.com"}}
    await add_attempt(site.store, campaign, lead, "+3725550123", NOW, channel=channel, answers=answers)
    for seq, fact in enumerate(
        (
            CallArrived(f"main-{channel}", NOW, "main", "outbound", "+3725550123", None, None),
            CallAnswered(f"main-{channel}", NOW, "agent", "leg"),
        ),
        1,
    ):
        assert site.web.hub.board.picture.apply(Recorded("s1", seq, fact))
    agent, other = [await site.token(role) for role in ("agent", "campaign_manager")]
    shown = await done(site, "GET", f"/calls/main-{channel}/lead", agent)
    assert (shown["campaign"]["name"], shown["campaign"]["currency"]) == ("autumn", "EUR")
    assert (shown["lead"]["number"], shown["lead"]["answers"]) == ("+3725550123", answers["values"])
    assert (await refused(site, "GET", f"/calls/main-{channel}/lead", other))[0] in (403, 404)


async def test_preferences_are_kept(site: Site) -> None:
    token = await site.token("partner")
    assert (await done(site, "GET", "/me/preferences", token)) == {"preferences": {}, "changed_at": None}
    given = {"theme": "dark", "keys": {"ready": "F2"}}
    await done(site, "PUT", "/me/preferences", token, {"preferences": given})
    assert (await done(site, "GET", "/me/preferences", token))["preferences"] == given
    assert (await refused(site, "PUT", "/me/preferences", token, {"preferences": {"x": "y" * 10_000}}))[0] == 422
