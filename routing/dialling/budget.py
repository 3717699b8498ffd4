"""What share of the next answered calls may be abandoned, so that the window as a whole stays inside its limit.

The law counts a whole window (30 days, a campaign). What was not spent may be spent, what was spent too much is saved
again, and a bound of confidence is kept to what chance may still do: with ``r`` the share to come, ``n`` answers to
come, ``a`` abandoned of ``m`` answered so far, and ``z`` deviations,

    a + n r + z √(n r) ≤ limit × (m + n)

``z`` grows where few are to come: abandoned calls come in bursts. The nearer the end, the fewer ``n`` and the less is
kept; with nothing left ``r`` is 0, and the dialer is progressive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """``limit``: 0.03 is three in a hundred answered by a person. ``answered`` and ``abandoned``: exact, in the window.
    ``left``: seconds of dialling until the window ends. ``deviations``: of confidence."""

    limit: float
    answered: int
    abandoned: int
    left: float
    deviations: float = 2.2

    def share(self, answers: float, at_stake: float = 0.0) -> float:
        """Of the next ``answers`` so many may be abandoned; at most twice the limit, however much is left. People are
        whole: where not even one more may be, none may, and where the rest of the window would not pay for two,
        one is kept in reserve. ``at_stake``: so many of the calls that ring or wait now are
        expected to be."""
        answers = max(1.0, answers)
        room = self.limit * (self.answered + answers) - self.abandoned - at_stake
        to_come = self.limit * answers
        if room < (1 if to_come >= 2 else 2):
            return 0.0
        half = (self.deviations + 1 / (1 + to_come)) / 2
        root = math.sqrt(half * half + room) - half
        return min(2 * self.limit, root * root / answers)


KEEP = 0.998
"""What is known of launches' risks fades by this at each launch: some hundreds of them count."""
DOUBT = 8.0
"""Expected abandoned calls that weigh like belief in the reckoning."""
HIGHEST = 0.5
"""No threshold is above: such a call would rather meet nobody than somebody."""


@dataclass(slots=True)
class Price:
    """The threshold: one more call leaves while the chance that nobody would be free for its answer is at most this.

    The last call is the riskiest, so the threshold lies above the share that is aimed at. How far is learned from what
    each launch was expected to cost, and whether that was true from the calls that were abandoned.
    """

    at_stake: float = 0.0
    """What was spent and cannot have shown yet: it fades with the time that a call takes to be answered."""
    _spent: float = 0.0
    _abandoned: int = 0
    _counted: int = -1
    _at: float = 0.0
    _risk: float = 5.0
    _weight: float = 10.0

    def passes(self, now: float, delay: float, abandoned: int) -> None:
        """Time has passed. ``delay``: seconds from dialling to being abandoned; ``abandoned``: in this window. What was
        abandoned before the first look, or in another window, was not this reckoning's doing."""
        self.at_stake *= math.exp(-max(0.0, now - self._at) / delay)
        self._at = now
        if 0 <= self._counted < abandoned:
            self._abandoned += abandoned - self._counted
        self._counted = abandoned

    def threshold(self, share: float) -> float:
        """Under which on the whole this share of the answered calls is abandoned."""
        return min(HIGHEST, share / self._truth() / (self._risk / self._weight))

    def launched(self, chance: float, risk: float, threshold: float) -> None:
        """A call left that is answered with ``chance`` and would then meet nobody with ``risk``."""
        self._spent += chance * risk
        self.at_stake += chance * risk
        self._risk = self._risk * KEEP + chance * risk / threshold
        self._weight = self._weight * KEEP + chance

    def _truth(self) -> float:
        """Abandoned calls for each that was expected."""
        return (self._abandoned + DOUBT) / (self._spent + DOUBT)
