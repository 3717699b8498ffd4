"""How likely it is that nobody is free: the law of a sum of independent yes and no, each with its own chance.

``spare`` agents are there for certain, each of ``frees`` comes with its chance, each of ``takes`` takes one away with
its chance. Few of them are reckoned exactly; many by the normal law corrected for skewness, whose error is of the order
of one over their number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import mul
from typing import Final

EXACT: Final = 28
"""So many uncertain ones are still convolved one by one; of more, the normal law is quicker and good enough."""
SURE: Final = 0.002
"""Who comes with a smaller chance is not reckoned with."""
_ROOT: Final = 1 / math.sqrt(2.0)
_DENSITY: Final = 1 / math.sqrt(2 * math.pi)


class Tail:
    """The number of agents that will be free for one more call, as far as it is known."""

    __slots__ = ("_below", "_mean", "_skew", "_spare", "_spread", "_taken")

    def __init__(self, spare: int, frees: Iterable[float], takes: Sequence[float]) -> None:
        coming = [chance for chance in frees if chance > SURE]
        self._spare = spare
        self._taken: list[float] | None = None
        self._mean = self._spread = self._skew = 0.0
        if len(coming) + len(takes) <= EXACT:
            self._below, self._taken = list(accumulate(_law(coming))), _law(takes)
        else:
            free, free_spread, free_skew = _moments(coming)
            taken, taken_spread, taken_skew = _moments(takes)
            self._mean = free - taken
            self._spread, self._skew = free_spread + taken_spread, free_skew - taken_skew

    def take(self, chance: float) -> None:
        """One more may come that takes an agent."""
        if self._taken is not None:
            self._taken = _grown(self._taken, chance)
        else:
            spread = chance * (1.0 - chance)
            self._mean -= chance
            self._spread += spread
            self._skew -= spread * (1.0 - 2.0 * chance)

    def none(self) -> float:
        """The chance that there is no agent for one more."""
        if self._taken is not None:
            below, most = self._below, len(self._below) - 1
            after = enumerate(self._taken, -self._spare)
            return min(1.0, sum([chance * below[min(most, need)] for need, chance in after if need >= 0], 0.0))
        if self._spread < 1e-9:
            return 1.0 if self._spare + self._mean <= 0 else 0.0
        deviation = math.sqrt(self._spread)
        x = (0.5 - self._spare - self._mean) / deviation
        below_x = 0.5 * math.erfc(-x * _ROOT)
        bend = self._skew / (6.0 * deviation**3) * (1.0 - x * x) * _DENSITY * math.exp(-0.5 * x * x)
        return min(1.0, max(0.0, below_x + bend))


def _law(chances: Iterable[float]) -> list[float]:
    """How likely it is that none, one, two, … of them come."""
    law = [1.0]
    for chance in chances:
        law = _grown(law, chance)
    return law


def _grown(law: list[float], chance: float) -> list[float]:
    other = 1.0 - chance
    return [other * here + chance * before for here, before in zip([*law, 0.0], [0.0, *law], strict=True)]


def _moments(chances: Sequence[float]) -> tuple[float, float, float]:
    """Mean, variance and third central moment of their number."""
    squares = list(map(mul, chances, chances))
    first, second, third = sum(chances, 0.0), sum(squares, 0.0), sum(map(mul, squares, chances), 0.0)
    return first, first - second, first - 3 * second + 2 * third
