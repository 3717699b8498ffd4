"""The played day: known small ones by hand, and what must hold for any day under any policy."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.requests import Class
from routing.what_if.contest import NAMES, Contest, UnknownPolicy, orders
from routing.what_if.day import Arrival, Day, Shift, run
from routing.what_if.figures import quantile
from routing.what_if.policies import FirstCome
from routing.worth import DUE_SHARE, Pace, Promise, bound
from tests.bench.clairvoyant import least_cost, least_misses

X = frozenset("x")
VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}


def arrival(at: float, service: float, patience: float | None = None, tier: str = "C") -> Arrival:
    return Arrival(at, Class("q", tier, X), service, patience)


def busy_day(seed: int) -> Contest:
    """An hour at about full load: three kinds of calls, overlapping skills, a shift that ends in the middle."""
    dice = random.Random(seed)
    skills = [frozenset("x"), frozenset("y"), frozenset("xy"), frozenset("xy")]
    shifts = [Shift(f"a{n}", of, 0, 1800 if n == 3 else 3600) for n, of in enumerate(skills)]
    arrivals = [
        Arrival(
            dice.uniform(0, 3600),
            Class(dice.choice("pq"), dice.choice("ABC"), frozenset(dice.choice("xy"))),
            dice.expovariate(1 / 90),
            dice.choice([None, dice.expovariate(1 / 120)]),
        )
        for _ in range(150)
    ]
    return Contest(arrivals, shifts, {"p": Promise(20, 300), "q": Promise(60, 600)}, VALUES)


def test_a_small_day_by_hand() -> None:
    """One agent: served at once; waits 10 s; gives up after 5; the agent stays until the last call is over."""
    calls = [arrival(0, 20), arrival(10, 30), arrival(12, 1, patience=5)]
    day = run(calls, [Shift("one", X, 0, 30)], FirstCome([Shift("one", X, 0, 30)]))
    assert [(one.waited, one.agent) for one in day.served] == [(0, "one"), (10, "one"), (5, None)]
    assert (day.worked, day.present) == (50, 50)


def test_who_still_waits_when_all_have_gone_was_not_served() -> None:
    day = run([arrival(5, 1)], [Shift("one", X, 0, 4)], FirstCome([Shift("one", X, 0, 4)]))
    assert [(one.waited, one.agent) for one in day.served] == [(0, None)]


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("priorities")])
@pytest.mark.parametrize("seed", range(4))
def test_nobody_does_two_things_at_once_and_nobody_is_lost(name: str, seed: int) -> None:
    contest = busy_day(seed)
    day = contest.play(name)
    assert len(day.served) == len(contest.arrivals)
    skills = {shift.agent: shift for shift in contest.shifts}
    talks: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in day.served:
        if one.agent is None:
            continue
        begins = one.arrival.at + one.waited
        assert one.arrival.of.skills <= skills[one.agent].skills
        assert begins <= skills[one.agent].ends
        assert one.arrival.patience is None or one.waited <= one.arrival.patience
        talks[one.agent].append((begins, begins + one.arrival.service))
    for spans in talks.values():
        spans.sort()
        assert all(before[1] <= after[0] + 1e-9 for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize("seed", range(4))
def test_no_agent_is_idle_while_somebody_waits_whom_they_can_serve(seed: int) -> None:
    """Work conservation: a wait means that everyone who could have served was busy or away all that time."""
    contest = busy_day(seed)
    day = contest.play("helin")
    for one in day.served:
        if one.waited > 0:
            for shift in contest.shifts:
                if one.arrival.of.skills <= shift.skills:
                    assert _busy(day, shift, one.arrival.at, one.arrival.at + one.waited)


def _busy(day: Day, shift: Shift, begins: float, ends: float) -> bool:
    """Between the two moments, as far as they lie in the shift."""
    at, ends = max(begins, shift.begins), min(ends, shift.ends)
    talks = sorted(
        (one.arrival.at + one.waited, one.arrival.at + one.waited + one.arrival.service)
        for one in day.served
        if one.agent == shift.agent
    )
    for from_, to in talks:
        if from_ <= at + 1e-9 and to > at:
            at = to
    return at >= ends - 1e-9


def test_the_same_day_twice_is_the_same() -> None:
    assert busy_day(1).result("app_queue:random") == busy_day(1).result("app_queue:random")


def test_the_best_static_priorities_are_no_worse_than_none() -> None:
    contest = busy_day(2)
    best = contest.result("app_queue:rrmemory:priorities")["value_weighted_cost"]
    assert best <= contest.result("app_queue:rrmemory")["value_weighted_cost"]


def test_value_is_served_sooner_and_the_figures_add_up() -> None:
    result = busy_day(3).result("helin")
    assert result["offered"] == result["answered"] + result["abandoned"] == 150
    assert sum(tier["offered"] for tier in result["tiers"].values()) == 150
    assert result["tiers"]["A"]["wait_mean"] < result["tiers"]["C"]["wait_mean"]
    assert 0 < result["occupancy"] <= 1


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownPolicy, match=r"'best'; there are helin, helin:misses, fifo, app_queue:rrmemory"):
        busy_day(1).result("best")


def test_orders_with_ties() -> None:
    assert [sum(1 for _ in orders("abcd"[:many])) for many in (1, 2, 3, 4)] == [1, 3, 13, 75]


def test_quantiles() -> None:
    assert [quantile([1.0, 2.0, 3.0, 4.0], share) for share in (0.0, 0.25, 0.5, 0.51, 1.0)] == [1, 1, 2, 3, 4]
    assert quantile([], 0.5) == 0


@given(some.integers(0, 10**6), some.sampled_from(["helin", "helin:misses"]))
@settings(max_examples=30, deadline=None)
def test_while_somebody_waits_beyond_the_longest_wait_nobody_else_is_served_first(seed: int, name: str) -> None:
    """Two agents for far too many: who was served before one past the bound was past theirs as well."""
    dice = random.Random(seed)
    calls = [
        Arrival(dice.uniform(0, 600), Class("q", dice.choice("ABC"), X), dice.expovariate(1 / 30), None)
        for _ in range(dice.randint(1, 60))
    ]
    contest = Contest(calls, [Shift(f"a{n}", X, 0, 9000) for n in range(2)], {"q": Promise(20, 120)}, VALUES)
    served = [(one.arrival.at, one.arrival.at + one.waited) for one in contest.play(name).served]
    worst = bound(Promise(20, 120), Pace(max(talk.service for talk in calls), len(calls)))
    for came, begins in served:
        assert begins - came <= worst
        for other, before in served:
            if came + worst < before < begins:
                assert before - other >= 120 * DUE_SHARE


@given(some.integers(0, 10**6), some.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_what_happens_at_one_moment_may_be_told_in_any_order(seed: int, dice: random.Random) -> None:
    """Calls that come into the line at the same tick, told in another order: calls of the same kind wait as long."""
    made = random.Random(seed)
    calls = [Arrival(float(made.randint(0, 30)), Class("q", made.choice("ABC"), X), 20.0, None) for _ in range(40)]
    shifts = [Shift(f"a{n}", X, 30.5, 9000) for n in range(2)]
    shuffled = dice.sample(calls, len(calls))
    waits = [
        sorted((one.arrival.at, one.arrival.of.tier, one.waited) for one in day.served)
        for told in (calls, shuffled)
        for day in [Contest(told, shifts, {"q": Promise(20, 300)}, VALUES).play("helin")]
    ]
    assert waits[0] == waits[1]


@given(some.integers(0, 10**6), some.sampled_from(["helin", "helin:misses", "fifo", "app_queue:rrmemory"]))
@settings(max_examples=15, deadline=None)
def test_no_order_goes_below_what_is_said_to_be_the_least(seed: int, name: str) -> None:
    dice = random.Random(seed)
    calls = [
        Arrival(
            dice.uniform(0, 1200), Class("q", dice.choice("ABC"), X), dice.expovariate(1 / 60), dice.uniform(5, 300)
        )
        for _ in range(60)
    ]
    contest = Contest(calls, [Shift(f"a{n}", X, 0, 9000) for n in range(3)], {"q": Promise(20, 300)}, VALUES)
    day, reached = contest.play(name), contest.result(name)
    assert least_cost(day, Promise(20, 300), VALUES) <= reached["value_weighted_cost"] + 1e-9
    assert least_misses(day, Promise(20, 300), VALUES) <= reached["value_weighted_misses"] + 1e-9
