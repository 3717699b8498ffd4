"""Who answers: a chance for each lead by what is known of it, and how long it rings.

The chance is a logistic sum of a base, which wanders through the day, and a weight for each *trait* of the lead (its
list, the hour, which attempt it is, what kind of number). Each weight is a mean and a variance, moved by every outcome
(a Kalman step): a trait that was seen seldom stays near nothing, so a young list is dialled like the campaign.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, insort
from collections import deque
from typing import Final

from routing.dialling.durations import below, quantile

Traits = tuple[str, ...]
RINGS: Final = 40
"""Seconds; who rings longer is not expected to answer."""
WANDERS: Final = 0.3 / 3600
"""Variance that the base gains a second: half an hour moves it by 0.4."""
FIRST, FIRST_SPREAD, TRAIT_SPREAD = 0.2, 0.7, 0.3
KEPT: Final = 1500
CAUTION: Final = 0.5
"""A chance is taken so many deviations of its base higher than it is believed."""


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


class Answers:
    """Outcomes come in the order of dialling: who answers is known sooner than who does not."""

    def __init__(self, rate: float = FIRST) -> None:
        """``rate``: what is believed at first."""
        self._base, self._spread, self._at = math.log(rate / (1.0 - rate)), FIRST_SPREAD, 0.0
        self._weights: dict[str, tuple[float, float]] = {}
        self._late: list[tuple[float, int, Traits, bool]] = []
        self._rings = (Rings(), Rings())
        self._count = 0

    def heard(self, traits: Traits, since: float, now: float, answered: bool) -> None:
        """One call has ended ringing. ``answered``: by a person."""
        self._count += 1
        self._rings[answered].add(now - since)
        heapq.heappush(self._late, (since, self._count, traits, answered))

    def settle(self, now: float) -> None:
        """Learn from all that were dialled so long ago that their outcomes are known."""
        while self._late and self._late[0][0] <= now - RINGS:
            since, _, traits, answered = heapq.heappop(self._late)
            self._learn(traits, since, answered)

    def _learn(self, traits: Traits, at: float, answered: bool) -> None:
        self._spread = min(FIRST_SPREAD, self._spread + WANDERS * max(0.0, at - self._at))
        self._at = max(at, self._at)
        known = [self._weights.get(trait, (0.0, TRAIT_SPREAD)) for trait in traits]
        chance = sigmoid(self._base + sum(mean for mean, _ in known))
        slope = chance * (1.0 - chance)
        total = self._spread + sum(spread for _, spread in known)
        step = (answered - chance) / (1.0 + slope * total)
        shrink = slope / (1.0 + slope * total)
        self._base += self._spread * step
        self._spread -= self._spread * self._spread * shrink
        for trait, (mean, spread) in zip(traits, known, strict=True):
            self._weights[trait] = (mean + spread * step, spread - spread * spread * shrink)

    def chance(self, traits: Traits) -> float:
        """That a lead answers, a little on the high side while little is known."""
        weights = self._weights
        mean = self._base + sum(weights[trait][0] for trait in traits if trait in weights)
        return sigmoid(mean + CAUTION * math.sqrt(self._spread))

    def rate(self) -> float:
        """Of a lead of which nothing is known."""
        return sigmoid(self._base)

    def doubt(self) -> float:
        """The deviation of the base: 0.3 is a chance of 20 % that may as well be 16 or 25 %."""
        return math.sqrt(self._spread)

    def curves(self, horizons: tuple[float, ...]) -> list[tuple[float, float, list[float]]]:
        """For each second of ringing: the share of answers still to come, of failures still to come, and the shares of
        answers that come within each horizon from then."""
        failed, answered = self._rings
        found = []
        for age in range(RINGS + 1):
            done = answered.before(age)
            found.append(
                (1.0 - done, 1.0 - failed.before(age), [answered.before(age + ahead) - done for ahead in horizons])
            )
        return found

    def horizons(self, shares: tuple[float, ...]) -> tuple[float, ...]:
        """Seconds after which these shares of the answers have come."""
        return tuple(self._rings[True].quantile(share) for share in shares)


class Rings:
    """Seconds of ringing, sorted; begun with a few that any campaign could have."""

    def __init__(self) -> None:
        self._order: deque[float] = deque(2.0 * n + 2.0 for n in range(12))
        self._sorted = sorted(self._order)

    def add(self, seconds: float) -> None:
        if len(self._order) >= KEPT:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]
        self._order.append(seconds)
        insort(self._sorted, seconds)

    def before(self, seconds: float) -> float:
        return below(self._sorted, seconds)

    def quantile(self, share: float) -> float:
        return quantile(self._sorted, share)
