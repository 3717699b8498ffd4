"""The dialer's door: what it launches, when it falls back, what it says; a shift played to the end."""

from __future__ import annotations

import copy
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.dialer import Budget, Floor, Launch, Pacing, Traits
from routing.dialling.sharing import Campaign, share_out
from routing.what_if.campaign.helin import Helin
from routing.what_if.campaign.laws import Law
from routing.what_if.campaign.peers import Progressive
from routing.what_if.campaign.shift import Shift
from routing.what_if.campaign.world import World

NOW = 10_000.0
PLENTY = Budget(0.03, 1000, 10, 4 * 3600.0)
LEADS: list[Traits] = [()] * 40


def experienced(rate: float = 0.25, seed: int = 1, traits: Traits = ()) -> Pacing:
    """That has seen 400 calls and 200 talks of 90 s."""
    dice, pacing = random.Random(seed), Pacing()
    for n in range(400):
        answered = dice.random() < rate
        since = NOW - 4_100 + 10 * n
        pacing.heard(traits, since, since + (dice.uniform(4, 20) if answered else 25.0), answered)
    for _ in range(200):
        pacing.handled(dice.expovariate(1 / 90), dice.uniform(5, 25))
    return pacing


def floor(idle: int = 0, ringing: int = 0, waiting: int = 0, talking: int = 0, age: float = 40.0) -> Floor:
    return Floor(idle, waiting, [NOW - age] * talking, [], [(NOW - 5.0, ())] * ringing)


def decided(pacing: Pacing, seen: Floor, budget: Budget = PLENTY, now: float = NOW) -> Launch:
    return pacing.decide(seen, budget, LEADS, now)


def test_a_young_campaign_is_progressive() -> None:
    told = decided(Pacing(), floor(idle=5, ringing=2))
    assert (told.count, told.mode) == (3, "progressive")
    assert "too little is known" in told.why


def test_with_experience_it_dials_ahead_of_the_agents() -> None:
    told = decided(experienced(), floor(idle=3, talking=7))
    assert told.mode == "predictive"
    assert told.count > 3
    assert "10 of 1000 answered calls abandoned, 3.0% is the limit" in told.why


def test_more_ring_where_fewer_answer() -> None:
    seen = floor(idle=5, talking=5)
    assert decided(experienced(0.1), seen).count > decided(experienced(0.5), seen).count


def test_a_spent_budget_is_progressive_until_it_is_made_good() -> None:
    pacing, seen = experienced(), floor(idle=2, talking=8)
    told = decided(pacing, seen, Budget(0.03, 1000, 70, 3600.0))
    assert (told.count, told.mode) == (2, "progressive")
    assert "the budget is spent" in told.why
    assert decided(pacing, seen, Budget(0.03, 2000, 50, 3600.0)).mode == "predictive"


def test_agents_who_leave_together_make_it_progressive_for_a_while() -> None:
    pacing = experienced()
    assert decided(pacing, floor(idle=5, talking=15)).mode == "predictive"
    left = floor(idle=1, talking=9, ringing=12)
    told = decided(pacing, left, now=NOW + 1)
    assert (told.count, told.mode) == (0, "progressive")
    assert "left together" in told.why
    later = [decided(pacing, left, now=NOW + 1 + n).mode for n in range(1, 300)]
    assert later[-1] == "predictive"


def test_who_waits_takes_an_agent_first() -> None:
    pacing = experienced()
    assert decided(copy.deepcopy(pacing), floor(idle=0, waiting=2, talking=3)).count == 0
    fewer, more = floor(idle=6, waiting=3, talking=4), floor(idle=6, talking=4)
    assert decided(copy.deepcopy(pacing), fewer).count < decided(pacing, more).count


def test_a_lower_limit_dials_less() -> None:
    seen = floor(idle=2, talking=18)
    bold = decided(experienced(), seen, Budget(0.05, 3000, 0, 9e4))
    shy = decided(experienced(), seen, Budget(0.002, 3000, 0, 9e4))
    assert bold.threshold > shy.threshold
    assert bold.count > shy.count


def test_a_campaign_like_another_believes_its_rate_but_is_still_progressive() -> None:
    old = experienced(0.6)
    decided(old, floor(idle=1))
    young = Pacing.like(old)
    assert young.chance(()) > 0.5
    assert decided(young, floor(idle=3)).mode == "progressive"


counts = some.integers(0, 12)
ages = some.lists(some.floats(0, 4000), max_size=12)


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(counts, counts, ages, ages, ages, some.integers(0, 60), some.integers(0, 2000), some.integers(0, 30))
def test_whatever_the_floor_nobody_stays_idle_and_no_lead_is_invented(
    idle: int,
    waiting: int,
    talking: list[float],
    wrapping: list[float],
    ringing: list[float],
    abandoned: int,
    answered: int,
    leads: int,
) -> None:
    seen = Floor(
        idle,
        waiting,
        [NOW - age for age in talking],
        [NOW - age for age in wrapping],
        [(NOW - age, ()) for age in ringing],
    )
    budget = Budget(0.03, answered, abandoned, 3600.0)
    pacing = copy.deepcopy(KNOWING)
    again = copy.deepcopy(pacing)
    told = pacing.decide(seen, budget, LEADS[:leads], NOW)
    assert min(leads, max(0, seen.spare())) <= told.count <= leads
    if told.mode == "progressive":
        assert told.count <= max(0, seen.spare())
    assert again.decide(seen, budget, LEADS[:leads], NOW) == told


KNOWING = experienced()


QUARTER = World(10, ((0.0, 0.25),), hours=1.0)


@pytest.mark.parametrize("world", [QUARTER, replace(QUARTER, talk=Law("bimodal", 90.0, 0.9), drift=0.5, churn=True)])
def test_a_shift_keeps_its_limit_and_agents_talk_more_than_with_a_call_for_each(world: World) -> None:
    played, plain = Shift(world, "3", Helin(0.03)).run(), Shift(world, "3", Progressive()).run()
    assert played.abandonment <= 0.03
    assert played.talk > 1.1 * plain.talk


def campaign(pacing: Pacing, seen: Floor, weight: float = 1.0, had: float = 0.0) -> Campaign:
    return Campaign(pacing, seen, PLENTY, LEADS, weight, had)


def test_campaigns_share_their_agents_by_weight() -> None:
    seen = floor(idle=9)
    told = share_out({"a": campaign(Pacing(), seen, 2.0), "b": campaign(Pacing(), seen)}, NOW)
    assert {name: one.count for name, one in told.items()} == {"a": 6, "b": 3}


def test_who_had_much_lately_comes_last() -> None:
    seen = floor(idle=2)
    told = share_out({"a": campaign(Pacing(), seen, had=900.0), "b": campaign(Pacing(), seen)}, NOW)
    assert {name: one.count for name, one in told.items()} == {"a": 0, "b": 2}


def test_two_campaigns_together_dial_about_as_much_as_one() -> None:
    seen = floor(idle=4, talking=6)
    alone = decided(experienced(), seen).count
    told = share_out({name: campaign(experienced(), seen) for name in "ab"}, NOW)
    assert abs(sum(one.count for one in told.values()) - alone) <= 1
    assert {one.mode for one in told.values()} == {"predictive"}
