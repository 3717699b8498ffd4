"""Limits, alarms that there were, and lost callers over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agent_ui.http.routes import PREFIX
from routing.facts import AlarmChanged, CallArrived, CallEnded, CallQueued, CallUnqueued, Fact
from tests.agent_ui.test_api import Site, site
from tests.crm_store.test_calls import record

__all__ = ["site"]

NOW = datetime.now(UTC).replace(microsecond=0)
ALARMS = f"{PREFIX}/queues/support/alarms"
LIMITS: list[tuple[Any, str]] = [
    ({"items": [{"measure": "happiness", "limit": 1}]}, "measure"),
    ({"items": [{"measure": "service_level", "limit": 80}]}, "between 0 and 1"),
    ({"items": [{"measure": "waiting", "limit": -1}]}, "limit"),
    ({"items": [{"measure": "waiting", "limit": 5}, {"measure": "waiting", "limit": 6}]}, "twice"),
    ({"items": [{"measure": "waiting", "limit": 5, "after_seconds": 4_000}]}, "after_seconds"),
    ({"items": [{"measure": "waiting", "limit": "'; DROP TABLE queues; --"}]}, "limit"),
]


def gives_up(call: str, begin: datetime, number: str | None, queue: str = "support") -> list[Fact]:
    over = begin + timedelta(seconds=40)
    return [
        CallArrived(call, begin, "main", "inbound", number, None, "600"),
        CallQueued(call, begin, queue),
        CallUnqueued(call, over, queue, "abandoned"),
        CallEnded(call, over, "abandoned", "caller"),
    ]


async def test_limits_are_set_seen_and_written_down(site: Site) -> None:
    await site.store.queues.put("support")
    boss, limit = await site.token("supervisor"), {"measure": "waiting", "limit": 5.0, "after_seconds": 10}
    assert (await site.ask("GET", ALARMS, boss))[1] == {"items": [], "next": None}
    for _ in range(2):
        status, said = await site.ask("PUT", ALARMS, boss, json={"items": [limit]})
        assert (status, said["items"]) == (200, [limit])
    assert (await site.ask("GET", ALARMS, boss))[1]["items"] == [limit]
    assert [plan.alarms[0].measure for plan in (await site.store.directory()).queues] == ["waiting"]
    deeds = (await site.store.audit.page(subject="alarms of support")).items
    assert [(one.who, one.detail) for one in deeds] == [("supervisor", {"waiting": 5.0})], "the same again is no deed"
    none = f"{PREFIX}/queues/none/alarms"
    for method, sent in (("GET", {}), ("PUT", {"json": {"items": []}})):
        assert (await site.ask(method, none, boss, **sent))[0] == 404


@pytest.mark.parametrize(("body", "says"), LIMITS)
async def test_a_limit_that_cannot_be_is_one_sentence(site: Site, body: Any, says: str) -> None:
    await site.store.queues.put("support")
    status, said = await site.ask("PUT", ALARMS, await site.token("supervisor"), json=body)
    assert (status, says in said["detail"]) == (422, True), said
    assert await site.store.queue_alarms.rules() == {}


async def test_alarms_that_there_were(site: Site, tmp_path: Path) -> None:
    up = [AlarmChanged(name, "waiting", NOW, "main", True, NOW, 6.0, 5.0) for name in ("support", "sales")]
    over = AlarmChanged("support", "waiting", NOW + timedelta(seconds=60), "main", False, NOW, 6.0, 5.0)
    await record(site.store, tmp_path / "spool", [*up, over])
    boss = await site.token("supervisor")

    async def seen(query: str = "") -> list[str]:
        status, said = await site.ask("GET", f"{PREFIX}/alarms{query}", boss)
        assert status == 200, said
        return [one["queue"] for one in said["items"]]

    assert await seen() == ["sales", "support"]
    assert (await seen("?open=true"), await seen("?open=false")) == (["sales"], ["support"])
    assert await seen("?queue=support") == ["support"]
    assert await seen(f"?queue={quote(chr(39))}%20OR%201=1") == []
    first = (await site.ask("GET", f"{PREFIX}/alarms?limit=1", boss))[1]
    assert await seen(f"?limit=1&cursor={first['next']}") == ["support"]
    for wrong in ("open=maybe", "limit=0", "cursor=x"):
        assert (await site.ask("GET", f"{PREFIX}/alarms?{wrong}", boss))[0] == 422, wrong
    assert (await site.ask("GET", f"{PREFIX}/alarms", await site.token("leader")))[0] == 403


async def test_lost_callers_are_listed_and_go_when_they_are_asked_back(site: Site, tmp_path: Path) -> None:
    await site.store.queues.put("support")
    earlier = NOW - timedelta(hours=2)
    facts = gives_up("a", earlier, "+37255501000") + gives_up("b", earlier, None)
    facts += gives_up("c", NOW - timedelta(days=5), "+37255502000")
    await record(site.store, tmp_path / "spool", facts)
    boss, path = await site.token("supervisor"), f"{PREFIX}/lost-callers"
    _, said = await site.ask("GET", path, boss)
    [one] = said["items"]
    assert (one["number"], one["queue"], one["calls"], one["waited_seconds"]) == ("+37255501000", "support", 1, 40.0)
    assert (said["withheld"], said["cut"], one["request"], said["next"]) == (1, False, None, None)
    since = quote((NOW - timedelta(days=6)).isoformat())
    assert len((await site.ask("GET", f"{path}?from={since}", boss))[1]["items"]) == 2, "three days if nothing is said"
    assert (await site.ask("GET", f"{path}?queue=sales", boss))[1]["items"] == []
    asked = await site.store.callbacks.ask("+37255501000", "support", NOW, earlier)
    assert (await site.ask("GET", path, boss))[1]["items"][0]["request"] == asked.request.id
    wrong = [("2020-01-01T00:00:00Z", "31 days"), ("2999-01-01T00:00:00Z", "later than now"), ("never", "from")]
    for begin, says in wrong:
        status, refused = await site.ask("GET", f"{path}?from={begin}", boss)
        assert (status, says in refused["detail"]) == (422, True), refused
    for role in ("agent", "leader", "viewer", "campaign_manager"):
        assert (await site.ask("GET", path, await site.token(role)))[0] == 403, role
