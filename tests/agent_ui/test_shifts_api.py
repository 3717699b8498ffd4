"""Shifts over HTTP: planned one by one and from a file, hostile input, and the adherence that follows from states."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_ui.http.routes import PREFIX
from routing.facts import AgentChanged
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import at
from tests.crm_store.test_calls import record

__all__ = ["site"]

DAY = "from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z"
FILE = """agent;begin;end;kind
agent;2026-11-24 11:00;2026-11-24 15:00;
agent;2026-11-24 12:00;2026-11-24 12:30;break
api;2026-11-24T09:00:00Z;2026-11-24T17:00:00Z;work
"""


async def plan(
    site: Site, token: str, text: str | bytes, zone: str = "Europe/Tallinn", kind: str = "text/csv"
) -> tuple:  # type: ignore[type-arg]
    data = text.encode() if isinstance(text, str) else text
    path = f"{PREFIX}/shifts/file?time_zone={zone}"
    return await site.ask("POST", path, token, data=data, headers={"Content-Type": kind})


async def test_shifts_from_a_file_are_kept_once_and_each_row_answers_for_itself(site: Site) -> None:
    chief = await site.token("supervisor")
    assert (await plan(site, chief, FILE))[1] == {"rows": 3, "added": 3, "same": 0, "refused": 0, "told": []}
    more = FILE + "\n".join(
        (
            "nobody;2026-11-24 09:00;2026-11-24 10:00;work",
            "agent;soon;2026-11-24 10:00;work",
            "agent;2026-11-24 10:00;2026-11-24 09:00;work",
            "agent;2026-11-24 14:00;2026-11-24 16:00;work",
            "agent;2026-11-20 09:00;2026-11-24 09:00;work",
            "agent;2026-11-26 09:00;2026-11-26 10:00;holiday",
            "<script>;0001-01-01;9999-12-31",
            "agent;2026-11-27 09:00;2026-11-27 10:00;work",
        )
    )
    status, said = await plan(site, chief, more)
    assert (status, said["rows"], said["added"], said["same"], said["refused"]) == (200, 11, 1, 3, 7)
    assert [one["line"] for one in said["told"]] == [5, 6, 7, 8, 9, 10, 11]
    assert all(one["why"].endswith(".") and "\n" not in one["why"] for one in said["told"])
    for one, says in zip(said["told"], ("no user 'nobody'", "'soon' is no time", "ends after it begins",
                                        "overlaps the work of 'agent'", "24 hours", "write work or break"),
                         strict=False):  # fmt: skip
        assert says in one["why"]
    status, listed = await site.ask("GET", f"{PREFIX}/shifts?{DAY}", chief)
    assert [(one["agent"], one["kind"]) for one in listed["items"]] == [
        ("agent", "work"), ("api", "work"), ("agent", "break"),
    ]  # fmt: skip
    assert listed["items"][0]["begins_at"] == "2026-11-24T09:00:00Z", "the file's times were Tallinn's"
    first = await site.ask("GET", f"{PREFIX}/shifts?{DAY}&limit=2", chief)
    rest = await site.ask("GET", f"{PREFIX}/shifts?{DAY}&limit=2&cursor={first[1]['next']}", chief)
    assert [*first[1]["items"], *rest[1]["items"]] == listed["items"]


@pytest.mark.parametrize(
    ("text", "zone", "kind", "status", "says"),
    [
        ("", "UTC", "text/csv", 422, "first line must name"),
        ("who,when\n", "UTC", "text/csv", 422, "first line must name"),
        ("agent,begin,end\n\0", "UTC", "text/csv", 422, "NUL"),
        (b"agent,begin,end\n\xff\xfe", "UTC", "text/csv", 422, "UTF-8"),
        ('agent,begin,end\n"a"b,c,d', "UTC", "text/csv", 422, "is no CSV"),
        ("agent,begin,end\n" + "a,b,c\n" * 5_001, "UTC", "text/csv", 422, "more than 5,000 rows"),
        ("agent,begin,end\n", "Moon/Base", "text/csv", 422, "time_zone"),
        ("agent,begin,end\n", "UTC", "application/json", 415, "CSV"),
    ],
)
async def test_a_file_that_is_none_is_refused(
    site: Site, text: str | bytes, zone: str, kind: str, status: int, says: str
) -> None:
    got, said = await plan(site, await site.token("supervisor"), text, zone, kind)
    assert (got, says in said["detail"], "\n" in said["detail"]) == (status, True, False), said


async def test_one_by_one_and_who_may(site: Site) -> None:
    chief, agent = await site.token("supervisor"), await site.token("agent")
    wish = {"agent": "agent", "begins_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T10:00:00Z"}
    status, made = await site.ask("POST", f"{PREFIX}/shifts", chief, json=wish)
    assert (status, made["kind"]) == (201, "work")
    assert (await site.ask("POST", f"{PREFIX}/shifts", chief, json=wish))[0] == 409
    assert (await site.ask("POST", f"{PREFIX}/shifts", agent, json=wish))[0] == 403
    await site.ask("POST", f"{PREFIX}/shifts", chief, json={**wish, "agent": "api"})
    assert [one["agent"] for one in (await site.ask("GET", f"{PREFIX}/shifts?{DAY}", agent))[1]["items"]] == ["agent"]
    assert (await site.ask("GET", f"{PREFIX}/shifts?{DAY}&agent=api", agent))[0] == 403
    for query in (
        "from=2026-11-24T00:00:00Z&to=2026-11-23T00:00:00Z",
        "from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
    ):
        assert (await site.ask("GET", f"{PREFIX}/shifts?{query}", chief))[0] == 422
    assert (await site.ask("DELETE", f"{PREFIX}/shifts/{made['id']}", chief))[0] == 204
    assert (await site.ask("DELETE", f"{PREFIX}/shifts/{made['id']}", chief))[0] == 404


async def test_adherence_follows_from_the_plan_and_the_states(site: Site, tmp_path: Path) -> None:
    def state(seconds: float, availability: str, leg: str = "none") -> AgentChanged:
        return AgentChanged("agent", at(seconds), availability, leg, None, at(seconds), ("support",), None, True)  # type: ignore[arg-type]

    facts = [
        state(0, "ready"), state(1800, "paused"), state(2700, "ready", "talking"), state(3600, "paused"),
        state(7200, "ready"), state(9000, "offline"),
    ]  # fmt: skip
    await record(site.store, tmp_path / "spool", facts)
    chief = await site.token("supervisor")
    rows = "agent,begin,end,kind\nagent,2026-11-24 09:00,2026-11-24 12:00,work\n"
    rows += "agent,2026-11-24 10:00,2026-11-24 10:30,break\nagent,2026-11-24 11:30,2026-11-24 11:45,break\n"
    assert (await plan(site, chief, rows + "api,2026-11-24 09:00,2026-11-24 10:00,work\n", "UTC"))[1]["added"] == 4
    path = f"{PREFIX}/reports/figures?from=2026-11-24T09:00:00Z&to=2026-11-24T12:00:00Z&measures=adherence,scheduled"
    status, said = await site.ask("GET", f"{path}&by=agent&each=hour", chief)
    assert status == 200, said
    found = {(row["keys"]["agent"], row["from"][11:13]): row["figures"]["adherence"]["value"] for row in said["rows"]}
    assert found["agent", "09"] == pytest.approx(0.75, abs=0.001)
    assert found["agent", "10"] == pytest.approx(0.5, abs=0.001), "half an hour of break, and it lasted an hour"
    assert found["agent", "11"] == pytest.approx(0.75, abs=0.001), "logged out for a break, and not back from it"
    assert (found["api", "09"], found["api", "10"]) == (0.0, None), "who never came kept to nothing"
    whole = (await site.ask("GET", path, chief))[1]["rows"][0]["figures"]
    assert whole["adherence"]["value"] == pytest.approx((45 + 30 + 45) / 240, abs=0.001)
    assert whole["scheduled"]["value"] == 4 * 3600
    own = (await site.ask("GET", f"{path}&by=agent", await site.token("agent")))[1]["rows"]
    assert [row["keys"]["agent"] for row in own] == ["agent"]
