"""An invented campaign: how many agents when, who answers, how long it rings and how long people talk.

Everything is drawn by the call's number from one seed, so that two ways of pacing meet the same people.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Final

from routing.what_if.campaign.laws import Law, quantiles

HOUR: Final = 3600.0
RINGS_OUT: Final = 25.0
RING: Final = Law("gamma", 12.0, 0.43, RINGS_OUT)
FAILS: Final = Law("fixed", RINGS_OUT)
TALK: Final = Law("lognormal", 90.0, 0.95)
WRAP: Final = Law("gamma", 15.0, 0.5)
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """``share`` of the leads answer ``factor`` times as often as all, and bear ``traits`` that a dialer may see."""

    share: float
    factor: float
    traits: tuple[str, ...]


ALIKE: Final = (Kind(1.0, 1.0, ()),)


@dataclass(frozen=True, slots=True)
class World:
    """``rates``: the chance to be answered at these hours, in straight lines between them. ``changes``: from these
    hours on so many agents. ``patience``: seconds that who answered waits for an agent, before it counts as abandoned.

    Drawn anew for each seed: ``drift``: the rate goes up and down by this share in four hours; ``churn``: agents come
    late and take breaks, and at half time three fifths go to lunch together.
    """

    agents: int
    rates: Points
    hours: float = 4.0
    ring: Law = RING
    fails: Law = FAILS
    talk: Law = TALK
    wrap: Law = WRAP
    patience: float = 2.0
    changes: Points = ()
    kinds: tuple[Kind, ...] = ALIKE
    drift: float = 0.0
    churn: bool = False

    def rate_at(self, now: float, phase: float) -> float:
        """The chance that a call dialled at ``now`` seconds is answered. ``phase``: of the drift, 0 to 1."""
        rate = self.rates[0][1] if len(self.rates) == 1 else between(self.rates, now / HOUR)
        if self.drift:
            rate *= 1 + self.drift * math.sin(2 * math.pi * (now / (4 * HOUR) + phase))
        return min(1.0, rate)

    def mean_rate(self) -> float:
        parts = 200
        return sum(self.rate_at((n + 0.5) / parts * self.hours * HOUR, 0.0) for n in range(parts)) / parts

    def calls(self) -> float:
        """About so many are dialled in a window, by a dialer that keeps agents busy."""
        most = max([self.agents, *(int(agents) for _, agents in self.changes)])
        return 0.75 * most * self.hours * HOUR / (self.talk.mean + self.wrap.mean + 5) / max(0.01, self.mean_rate())

    def only_answers(self) -> World:
        """Where each number that is dialled answers: what a dialer could do that knew who would."""
        return replace(self, rates=((0.0, 1.0),), drift=0.0, kinds=ALIKE)


def between(points: Points, hour: float) -> float:
    """In straight lines from point to point; before the first and after the last as they are."""
    at = bisect_right(points, hour, key=lambda point: point[0])
    if at == 0 or at == len(points):
        return points[max(0, at - 1)][1]
    (begin, low), (end, high) = points[at - 1], points[at]
    return low + (high - low) * (hour - begin) / (end - begin)


class Draws:
    """The next call's luck: always as many draws for each call, whoever dials."""

    def __init__(self, world: World, seed: str) -> None:
        def dice(of: str) -> random.Random:
            return random.Random(f"{seed}/{of}")  # noqa: S311 - chance, not a secret

        self._dice, self._leads, self.shifts = dice("calls"), dice("leads"), dice("shifts")
        self.phase = dice("phase").random()
        self._tables = [quantiles(law) for law in (world.ring, world.fails, world.talk, world.wrap)]
        self._kinds = [kind for kind in world.kinds for _ in range(max(1, round(kind.share * 100)))]

    def kind(self) -> Kind:
        return self._kinds[int(self._leads.random() * len(self._kinds))]

    def call(self) -> tuple[float, float, float, float, float]:
        """Luck of answering, seconds to the answer, seconds to the failure, of talk, of wrap-up."""
        roll = self._dice.random
        answers, fails, talk, wrap = self._tables
        size = len(answers)
        return (
            roll(),
            answers[int(roll() * size)],
            fails[int(roll() * size)],
            talk[int(roll() * size)],
            wrap[int(roll() * size)],
        )
