"""The floor of a campaign, from the live board."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from routing.dialling.floor import floor_of, is_idle, together
from routing.facts import AgentChanged
from routing.picture import Picture

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def agent(name: str, *queues: str) -> AgentChanged:
    since = NOW - timedelta(seconds=30)
    return AgentChanged(name, since, "ready", "none", None, since, queues, None, True)


def picture(*agents: AgentChanged) -> Picture:
    return Picture(agents={each.agent: each for each in agents})


def test_who_is_idle_talks_and_wraps_up_and_since_when() -> None:
    free = agent("a", "sales")
    talks = replace(agent("b", "sales"), leg="talking")
    wraps = replace(agent("c", "sales"), availability="wrap_up")
    elsewhere = agent("d", "support")
    floor = floor_of(picture(free, talks, wraps, elsewhere), "sales", [(995.0, ("list 1",))], NOW, 1000.0)
    assert (floor.idle, floor.waiting, floor.talking, floor.wrapping) == (1, 0, [970.0], [970.0])
    assert floor.spare() == 0, "something rings for the one who is idle"


def test_who_could_not_be_rung_is_not_idle() -> None:
    free = agent("a", "sales")
    assert is_idle(free, "sales")
    for less in ({"reachable": False}, {"booked": "lunch"}, {"paused_in": ("sales",)}, {"phone_busy": True},
                 {"leg": "ringing"}, {"availability": "paused"}):  # fmt: skip
        assert not is_idle(replace(free, **less), "sales"), less


def test_campaigns_that_have_agents_in_common_share_them() -> None:
    floor = picture(agent("a", "x", "y"), agent("b", "y", "z"), agent("c", "w"))
    found = together(floor, {"1": "x", "2": "z", "3": "y", "4": "w", "5": "w"})
    assert sorted(map(sorted, found)) == [["1", "2", "3"], ["4", "5"]]
