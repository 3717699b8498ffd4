"""Invented campaigns: their laws are what they say, and all who dial meet the same people."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from routing.what_if.campaign.laws import Law, quantiles
from routing.what_if.campaign.peers import Progressive
from routing.what_if.campaign.shift import Shift
from routing.what_if.campaign.world import HOUR, Draws, World

WORLD = World(10, ((0.0, 0.25),), hours=1.0)


@pytest.mark.parametrize(
    "law",
    [
        Law("exponential", 90.0),
        Law("lognormal", 90.0, 0.9),
        Law("bimodal", 90.0, 0.9),
        Law("bimodal", 200.0, 1.4),
        Law("gamma", 12.0, 0.43),
        Law("fixed", 25.0, 0.0),
    ],
)
def test_a_law_has_its_mean_and_its_deviation(law: Law) -> None:
    drawn = quantiles(law)
    assert statistics.fmean(drawn) == pytest.approx(law.mean, rel=0.03)
    assert statistics.pstdev(drawn) / law.mean == pytest.approx(law.cv, abs=0.08)


def test_a_law_may_be_cut_off() -> None:
    assert max(quantiles(Law("gamma", 12.0, 0.43, below=25.0))) < 25.0


def test_the_answer_rate_goes_in_straight_lines() -> None:
    world = replace(WORLD, rates=((1.0, 0.2), (3.0, 0.4)), hours=4.0)
    assert [world.rate_at(hour * HOUR, 0.0) for hour in (0, 1, 2, 3, 4)] == pytest.approx([0.2, 0.2, 0.3, 0.4, 0.4])
    assert world.mean_rate() == pytest.approx(0.3)


def test_the_same_seed_is_the_same_people() -> None:
    first, again, other = Draws(WORLD, "1/0"), Draws(WORLD, "1/0"), Draws(WORLD, "1/1")
    calls = [first.call() for _ in range(50)]
    assert calls == [again.call() for _ in range(50)]
    assert calls != [other.call() for _ in range(50)]


def test_agents_come_and_go_as_the_world_says() -> None:
    """Who leaves ends the talk first."""

    class Watching(Progressive):
        def __init__(self) -> None:
            self.there: dict[int, int] = {}

        def launch(self, floor: Shift, now: float) -> int:
            self.there[int(now)] = len(floor.idle) + len(floor.talking) + len(floor.wrapping)
            return super().launch(floor, now)

    watching = Watching()
    Shift(replace(WORLD, changes=((0.25, 4), (0.75, 12)), talk=Law("fixed", 60.0, 0.0)), "1", watching).run()
    assert (watching.there[890], watching.there[1100], watching.there[2701]) == (10, 4, 12)
