"""The next half hour: beside a simulation that begins as it does, and beside the long run where it has settled."""

from __future__ import annotations

import heapq
import math
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from routing.ahead import HORIZON, Present, ahead
from routing.events import QueuePlan
from routing.facts import AgentChanged
from routing.outlook import Floor, Habits, outlook, paused
from routing.staffing import Load, service

NOW = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)
CASES = [
    pytest.param(
        Present(5, 0, 8, (100.0, 400.0), ((0, 1 / 25), (900, 1 / 15)), 180, 120, 20), id="a line, two come back"
    ),
    pytest.param(Present(0, 6, 2, (), ((0, 1 / 18),), 180, 90, 20), id="quiet, then too much"),
    pytest.param(Present(20, 0, 60, (), ((0, 1 / 3),), 180, 100, 20), id="many"),
    pytest.param(Present(3, 1, 3, (), ((0, 1 / 60),), 120, None, 20), id="nobody gives up"),
]


def simulated(now: Present, days: int) -> tuple[float, float, float]:
    """Level, mean wait, lost, by playing the half hour: it shares nothing with what it tests but the model."""
    dice = random.Random(7)
    offered = in_time = waited = lost = 0.0
    patience = now.patience or 1e9
    for _ in range(days):
        line = [(0.0, dice.expovariate(1 / patience), False) for _ in range(now.waiting)]
        for n, (begin, rate) in enumerate(now.arrivals):
            end, at = now.arrivals[n + 1][0] if n + 1 < len(now.arrivals) else HORIZON, begin
            while (at := at + dice.expovariate(rate)) < end:
                line.append((at, at + dice.expovariate(1 / patience), True))
        free = [0.0] * now.free + [dice.expovariate(1 / now.handle) for _ in range(now.busy)] + list(now.back)
        heapq.heapify(free)
        for at, until, new in line:
            start = max(at, free[0])
            if start <= until:
                heapq.heapreplace(free, start + dice.expovariate(1 / now.handle))
            lost += start > until and until <= HORIZON
            if new:
                offered += 1
                in_time += start <= until and start - at <= now.target
                waited += min(start, until) - at
    return in_time / offered, waited / offered, lost / days


@pytest.mark.parametrize("now", CASES)
def test_beside_a_simulated_half_hour(now: Present) -> None:
    level, wait, lost = simulated(now, 400 if now.busy > 20 else 1500)
    found = ahead(now)
    assert found.level == pytest.approx(level, abs=0.02)
    assert found.wait == pytest.approx(wait, rel=0.06, abs=0.5)
    assert found.lost == pytest.approx(lost, rel=0.05, abs=0.2)
    assert found.longest >= (found.wait or 0)


@pytest.mark.parametrize(("agents", "patience"), [(6, 90), (10, 90), (14, 300)])
def test_in_the_long_run_it_is_erlang_a(agents: int, patience: float) -> None:
    found = ahead(Present(0, agents, 0, (), ((0, 1 / 18),), 180, patience, 20), horizon=100_000)
    given = service(Load(1 / 18, 180, patience), agents, 20)
    assert found.level == pytest.approx(given.in_time, abs=0.003)
    assert found.wait == pytest.approx(given.wait, rel=0.01, abs=0.05)
    assert found.lost / found.offered == pytest.approx(given.abandoned, abs=0.003)
    assert found.busy == pytest.approx(given.occupancy, abs=0.003)


def test_a_large_floor_is_reckoned_in_no_time_and_extremes_give_figures() -> None:
    begun = time.process_time()
    found = ahead(Present(40, 0, 1000, tuple(float(n) for n in range(1, 60)), ((0, 6.0),), 180, 60, 20))
    assert 0.5 < (found.level or 0) <= 1
    assert time.process_time() - begun < 10, "it is tenths of a second; a machine may be slow"
    alone = ahead(Present(4, 0, 0, (), ((0, 0.01),), 180, 60, 20))
    assert (alone.level, alone.wait, alone.busy) == (0.0, pytest.approx(60.0), None)
    assert alone.lost == pytest.approx(22 - 0.6, abs=0.1), "all give up; of the last ones some wait still"
    endless = ahead(Present(4, 0, 0, (), ((0, 0.01),), 180, None, 20))
    assert (endless.level, endless.wait, endless.longest) == (0.0, math.inf, math.inf)
    quiet = ahead(Present(0, 2, 0, (), ((0, 0.0),), 180, 60, 0))
    assert (quiet.offered, quiet.level, quiet.wait, quiet.lost) == (0, None, None, 0)
    assert ahead(Present(0, 0, 300, (), ((0, 5.0),), 180, 60, 9_000)).level == pytest.approx(0.32, abs=0.3)


def agent(login: str, *queues: str, **more: Any) -> AgentChanged:
    since = NOW - timedelta(seconds=more.pop("ago", 60))
    free = AgentChanged(login, NOW, "ready", "none", None, since, queues or ("support",), None, True)
    return replace(free, **more)


def floor(agents: list[AgentChanged], **more: Any) -> Floor:
    plans = {name: QueuePlan(name) for name in ("support", "sales")}
    given = {"waiting": {"support": 2}, "recent": {"support": 40, "sales": 10}, "limits": {"lunch": 10}, **more}
    return Floor(NOW, {one.agent: one for one in agents}, plans, **given)


def test_who_is_counted_as_what() -> None:
    hands = outlook(
        floor(
            [
                agent("free"),
                agent("rings", leg="ringing"),
                agent("talks", leg="talking", ago=75),
                agent("leaves", leg="talking", booked="lunch"),
                agent("wraps", availability="wrap_up", until=NOW + timedelta(seconds=12)),
                agent("eats", availability="paused", reason="lunch", ago=240),
                agent("late", availability="paused", reason="lunch", ago=900),
                agent("busy", availability="paused", reason="meeting"),
                agent("lost", reachable=False),
                agent("here", "support", "sales", paused_in=("support",)),
                agent("sells", "sales"),
                agent("gone", availability="offline"),
            ]
        ),
        "support",
    ).hands
    assert (hands.free, hands.busy, hands.talked) == ({"free", "rings"}, {"talks"}, (75.0,))
    assert hands.back == {"wraps": 12.0, "eats": 360.0}
    assert hands.away == {"leaves", "late", "busy", "lost", "here"}


def test_arrivals_are_the_forecast_moved_by_how_the_day_is() -> None:
    forecast = tuple((NOW.replace(hour=8, minute=30) + timedelta(minutes=30 * n), 30.0 * (n + 1)) for n in range(5))
    habits = {"support": Habits(200.0, 90.0, forecast)}
    plain = outlook(floor([agent("a")], habits=habits, recent={}), "support")
    assert (plain.expected, plain.drift, plain.handle) == (pytest.approx(60 * 20 / 30 + 90 * 10 / 30), 1.0, 200.0)
    due = 30 * 20 / 30 + 60 * 10 / 30
    busy = outlook(floor([agent("a")], habits=habits, recent={"support": 80}), "support")
    assert busy.drift == pytest.approx((80 + 20) / (due + 20))
    assert busy.expected == pytest.approx(plain.expected * 100 / (due + 20))
    assert outlook(floor([agent("a")]), "support").expected == 40, "no forecast: as in the last half hour"
    unknown = outlook(floor([agent("a")], recent={}), "support")
    assert (unknown.expected, unknown.figures) == (None, None)


def test_agents_of_two_queues_serve_both() -> None:
    both = [agent(f"b{n}", "support", "sales") for n in range(6)]
    shared = floor(both, waiting={"support": 2, "sales": 1}, habits={"support": Habits(180.0, 90.0)})
    one, two = outlook(shared, "support"), outlook(shared, "sales")
    assert one.own == pytest.approx((2 + 40) / (3 + 50))
    alone = outlook(floor(both, waiting={"support": 3}, recent={"support": 50}, habits=shared.habits), "support")
    assert one.figures is not None
    assert alone.figures is not None
    assert one.figures.level == pytest.approx(alone.figures.level), "all serve both: it is one line"
    assert one.figures.lost == pytest.approx(alone.figures.lost * one.own)
    assert (two.figures is not None, two.expected) == (True, 10)
    apart = outlook(floor([*both, *(agent(f"s{n}", "sales") for n in range(6))], habits=shared.habits), "support")
    assert apart.figures is not None
    assert (apart.figures.level or 0) > (one.figures.level or 0), "half of what sales brings is others' work"


def test_a_pause_costs_what_one_agent_less_costs() -> None:
    here = floor([agent(f"a{n}") for n in range(5)] + [agent("t", leg="talking")], habits={"support": Habits(180, 90)})
    levels = [
        found.level
        for found in (
            outlook(which, "support").figures
            for which in (
                here,
                paused(here, "a0", "lunch"),
                paused(here, "a0", "meeting"),
                paused(here, "t", "meeting"),
            )
        )
        if found is not None
    ]
    usual, ten_minutes, long, after_call = (level or 0.0 for level in levels)
    assert usual > ten_minutes > long
    assert after_call > long, "who talks takes their caller along"
    less = floor([agent(f"a{n}") for n in range(4)] + [agent("t", leg="talking")], habits=here.habits)
    assert outlook(less, "support").figures == outlook(paused(here, "a0", "meeting"), "support").figures
