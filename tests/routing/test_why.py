"""Why an agent gets no calls: each cause alone, their order, and that none lacks a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace as changed

from routing.events import Person, QueuePlan
from routing.facts import AgentChanged
from routing.why import Cause, Floor, sentence, why

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
ANNA = Person("anna", "Anna", "PJSIP/1001", "1001", ("support", "sales"), skills=(("estonian", 5),))
FREE = AgentChanged("anna", NOW, "ready", "none", None, NOW - timedelta(seconds=40), ("sales", "support"), None, True)
PLANS = {
    "support": QueuePlan("support"),
    "sales": QueuePlan("sales"),
    "german": QueuePlan("german", skills=(("estonian", 3), ("german", 3))),
}


def floor(*agents: AgentChanged, **waiting: int) -> Floor:
    return Floor({agent.agent: agent for agent in agents}, PLANS, waiting)


def causes(agent: AgentChanged | None, **waiting: int) -> list[Cause]:
    found = list(why("anna", ANNA, floor(*([agent] if agent else []), **waiting), NOW))
    for cause in found:
        assert sentence(cause)
    return found


@pytest.mark.parametrize(
    ("agent", "codes", "says"),
    [
        (None, ["logged_out"], "Not logged in to a queue (support, sales)."),
        (changed(FREE, availability="paused", reason="lunch", by="anna"), ["paused"], "Paused by the agent: lunch."),
        (changed(FREE, availability="paused", reason="help", by="boss"), ["paused_by"], "Paused by boss: help."),
        (changed(FREE, availability="paused", reason="x", by="system"), ["paused_by_helin"], "Paused by Helin: x."),
        (changed(FREE, availability="paused"), ["paused_outside"],
         "Paused in Asterisk, not through Helin: no reason given."),
        (changed(FREE, availability="paused", reason="missed", by="system"), ["missed"],
         "Paused because a call was not answered."),
        (changed(FREE, availability="wrap_up", until=NOW + timedelta(seconds=12)), ["wrap_up"],
         "Wrapping up: 12 s are left."),
        (changed(FREE, availability="wrap_up", until=NOW, booked="lunch"), ["wrap_up_due", "booked"],
         "The wrap-up is not finished; calls come when it is."),
        (changed(FREE, leg="talking"), ["on_call"], "On a call for 40 s."),
        (changed(FREE, leg="ringing", booked="lunch"), ["booked", "ringing"],
         "A pause is booked and begins when the call is over: lunch."),
        (changed(FREE, phone_busy=True), ["phone_busy"], "The phone is in use, but not by a call that Helin knows."),
        (changed(FREE, reachable=False), ["phone_away"], "The phone is not registered: it cannot ring."),
    ],
)  # fmt: skip
def test_what_stops_the_calls(agent: AgentChanged | None, codes: list[str], says: str) -> None:
    found = causes(agent)
    assert [cause.code for cause in found] == codes
    assert all(cause.stops for cause in found)
    assert sentence(found[0]) == says


def test_nothing_stops_them_and_nobody_waits() -> None:
    found = causes(FREE)
    assert [cause.code for cause in found] == ["no_callers", "next", "next", "free"]
    assert not any(cause.stops for cause in found)


def test_who_is_free_for_longer_goes_first() -> None:
    longer = changed(FREE, agent="ben", since=NOW - timedelta(seconds=90))
    busy = changed(longer, agent="cleo", leg="talking")
    elsewhere = changed(longer, agent="dan", paused_in=("support",), queues=("support", "sales"))
    away = changed(longer, agent="eve", reachable=False)
    shop = floor(FREE, longer, busy, elsewhere, away, support=2)
    found = why("anna", ANNA, shop, NOW)
    assert found[0] == Cause("in_line", {"queue": "support", "place": 2, "free": 2, "ahead": 1})


def test_callers_who_wait_for_others() -> None:
    (_, other, *_) = causes(FREE, german=3)
    assert other == Cause("other_skills", {"queues": ("german",), "waiting": 3, "skills": ("german",)})
    (_, other, *_) = causes(FREE, elsewhere=1)
    assert other.code == "other_queues"
    half = causes(changed(FREE, queues=("support",), paused_in=()), sales=4)
    assert half[0] == Cause("not_in", {"queues": ("sales",), "waiting": 4})


def test_a_fuller_queue_goes_first_where_helin_chooses() -> None:
    direct = {name: replace(plan, mode="direct") for name, plan in PLANS.items()}
    shop = Floor({"anna": FREE}, direct, {"support": 1, "sales": 5})
    assert why("anna", ANNA, shop, NOW)[0].params["queue"] == "sales"
    assert [cause.code for cause in causes(FREE, support=1, sales=5)] == ["next", "next", "free"]


def test_what_nobody_can_know_is_said() -> None:
    shop = Floor({"anna": FREE}, PLANS, {}, ("main",))
    assert why("anna", ANNA, shop, NOW) == (Cause("no_picture", {"asterisks": ("main",)}, True),)
    assert why("anna", None, floor(), NOW) == (Cause("no_phone", {}, True),)
    assert why("anna", replace(ANNA, queues=()), floor(), NOW) == (Cause("no_queue", {}, True),)
