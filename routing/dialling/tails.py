"""How likely it is that nobody is free: the law of a sum of independent yes and no, each with its own chance.

``spare`` agents are there for certain, each of ``frees`` comes with its chance, each of ``takes`` takes one away with
its chance. Few of them are reckoned exactly; many by the normal law corrected for skewness, whose error is of the order
of one over their number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

EXACT: Final = 28
"""So many uncertain ones are still convolved one by one."""
SURE: Final = 0.002
"""A chance below this (or this near to one) is taken for certain; what it is worth is added to the mean."""
_ROOT: Final = 1 / math.sqrt(2.0)
_DENSITY: Final = 1 / math.sqrt(2 * math.pi)


class Tail:
    """The number of agents that will be free for one more call, as far as it is known."""

    __slots__ = ("_chances", "_law", "_least", "_mean", "_skew", "_spread")

    def __init__(self, spare: int, frees: Iterable[float], takes: Iterable[float]) -> None:
        chances, least = [], spare
        for chance in frees:
            if chance > SURE:
                chances.append(chance)
        for chance in takes:
            least -= 1
            chances.append(1.0 - chance)
        self._least, self._chances = least, chances
        self._law: list[float] | None = None
        self._mean = self._spread = self._skew = 0.0
        if len(chances) <= EXACT:
            self._law = [1.0]
            for chance in chances:
                self._convolve(chance)
        else:
            for chance in chances:
                self._add(chance)

    def _convolve(self, chance: float) -> None:
        law, other = self._law or [], 1.0 - chance
        grown, before = [], 0.0
        for here in law:
            grown.append(other * here + chance * before)
            before = here
        grown.append(chance * before)
        self._law = grown

    def _add(self, chance: float) -> None:
        spread = chance * (1.0 - chance)
        self._mean += chance
        self._spread += spread
        self._skew += spread * (1.0 - 2.0 * chance)

    def take(self, chance: float) -> None:
        """One more may come that takes an agent."""
        self._least -= 1
        if self._law is not None:
            self._convolve(1.0 - chance)
        else:
            self._add(1.0 - chance)

    def none(self) -> float:
        """The chance that there is no agent for one more."""
        top = -self._least
        if top < 0:
            return 0.0
        if self._law is not None:
            return min(1.0, sum(self._law[: top + 1], 0.0))
        if self._spread < 1e-9:
            return 1.0 if self._mean <= top else 0.0
        deviation = math.sqrt(self._spread)
        x = (top + 0.5 - self._mean) / deviation
        below = 0.5 * math.erfc(-x * _ROOT)
        bend = self._skew / (6.0 * deviation**3) * (1.0 - x * x) * _DENSITY * math.exp(-0.5 * x * x)
        return min(1.0, max(0.0, below + bend))
