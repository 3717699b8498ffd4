"""How long something lasts, learned while it goes on: the chance that it ends within the next seconds, given its age.

What is still going on counts as well (it has lasted so long and not ended), else a young campaign would only know its
short talks. Where few have reached an age, the law is pulled towards the exponential of the same mean: it forgets age.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from typing import Final

KEPT: Final = 1500
"""So many of the last are remembered."""
PULL: Final = 6.0
"""The exponential law weighs like so many observations at each age."""


class Durations:
    """``mean`` seconds are believed at first, like ``weight`` that were seen. ``step``: seconds of a bin."""

    def __init__(self, mean: float, weight: float, step: float, longest: float) -> None:
        self._prior, self._weight = mean, weight
        self._step, self._bins = step, int(longest / step)
        self._seen: deque[float] = deque(maxlen=KEPT)
        self._total = 0.0

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, seconds: float) -> None:
        if len(self._seen) == KEPT:
            self._total -= self._seen[0]
        self._seen.append(seconds)
        self._total += seconds

    def mean(self) -> float:
        return (self._total + self._prior * self._weight) / (len(self._seen) + self._weight)

    def survival(self, going_on: Iterable[float] = ()) -> list[float]:
        """The chance to last longer than 0, 1, 2, … steps. ``going_on``: ages of those that have not ended."""
        step, bins = self._step, self._bins
        ended, reached = [0] * (bins + 1), [0] * (bins + 2)
        exposure = self._total + self._prior * self._weight
        for seconds in self._seen:
            at = min(bins, int(seconds / step))
            ended[at] += 1
            reached[at] += 1
        for seconds in going_on:
            exposure += seconds
            at = min(bins, int(seconds / step))
            if at > 0:
                reached[at - 1] += 1
        for at in range(bins, -1, -1):
            reached[at] += reached[at + 1]
        flat = min(0.9, step * (len(self._seen) + self._weight) / exposure)
        left, curve = 1.0, [1.0]
        for at in range(bins):
            left *= 1.0 - (ended[at] + PULL * flat) / (reached[at] + PULL)
            curve.append(left)
        return curve


def within(survival: list[float], age: float, ahead: float, step: float) -> float:
    """The chance that what has lasted ``age`` ends within ``ahead`` seconds."""
    last = len(survival) - 1
    at = min(last - 1, int(age / step))
    there = survival[at]
    return 1.0 - survival[min(last, at + round(ahead / step))] / there if there > 1e-9 else 1.0


class Free:
    """The chance that an agent is free within ``ahead`` seconds, by the age of the talk or of the wrap-up."""

    def __init__(self, talk: list[float], step: float, wrap: list[float], ahead: float) -> None:
        """``talk``: survival in steps of ``step``; ``wrap``: survival in seconds."""
        self._step, self._survival = step, talk
        self._ahead, self._wrap, last = ahead, wrap, len(wrap) - 1
        self._parts = parts = max(1, round(ahead / step))
        self._done = [1.0 - wrap[min(last, max(0, round(ahead - (part + 0.5) * step)))] for part in range(parts)]
        self._talk: dict[int, float] = {}
        self._wrapped: dict[int, float] = {}

    def talking(self, age: float) -> float:
        at = int(age / self._step)
        if (found := self._talk.get(at)) is None:
            found = self._talk[at] = self._ends(min(len(self._survival) - self._parts - 1, at))
        return found

    def wrapping(self, age: float) -> float:
        at = int(age)
        if (found := self._wrapped.get(at)) is None:
            found = self._wrapped[at] = within(self._wrap, at, self._ahead, 1.0)
        return found

    def _ends(self, age: int) -> float:
        talk = self._survival
        there = talk[age]
        if there < 1e-6:
            return 0.5
        return sum((talk[age + n] - talk[age + n + 1]) * chance for n, chance in enumerate(self._done)) / there


def quantile(seen: list[float], share: float) -> float:
    """Of sorted values."""
    return seen[min(len(seen) - 1, int(share * len(seen)))]


def below(seen: list[float], value: float) -> float:
    """The share of sorted values below."""
    return bisect_left(seen, value) / len(seen)
