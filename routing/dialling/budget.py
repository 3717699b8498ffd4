"""What share of the next answered calls may be abandoned, so that the window as a whole stays inside its limit.

The law counts a whole window (30 days, a campaign). What was not spent may be spent, what was spent too much is saved
again, and a bound of confidence is kept to what chance may still do before anything can be made good: of ``m`` answered
so far ``a`` were abandoned, ``n`` are to come; so many more may be abandoned as are expected, ``e``, and ``z``
deviations of the number ``s`` that is expected within the next minutes,

    e + z √s ≤ whole part of (limit × (m + n) - a) - 1,      s ≤ e

The one is kept back because two that ring together may be abandoned together. What rings and waits now is among the
expected; the rest, by ``n``, is the share to come. In the last minutes ``s`` is all that is to come; with nothing left
the share is 0, and the dialer is progressive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

DEVIATIONS: Final = 2.2
"""Of confidence: abandoned calls come in bursts, which spread wider than independent ones, where 1.64 would do."""
KEPT_BACK: Final = 1
"""People, for the very end: nothing can be made good there."""
AT_MOST: Final = 2.0
"""Limits that the share may be, however much is left: what is spent fast is spent on the riskiest calls."""


@dataclass(frozen=True, slots=True)
class Budget:
    """``limit``: 0.03 is three in a hundred answered by a person. ``answered`` and ``abandoned``: exact, in the window.
    ``left``: seconds of dialling until the window ends."""

    limit: float
    answered: int
    abandoned: int
    left: float

    def share(self, answers: float, soon: float = math.inf, at_stake: float = 0.0) -> float:
        """Of the next ``answers`` so many may be abandoned. ``soon``: so many of them come before anything could be
        made good. ``at_stake``: so many of the calls that ring or wait now are expected to be abandoned. People are
        whole: where not one more may be abandoned and one is kept back, none is risked."""
        answers = max(1.0, answers)
        room = math.floor(self.limit * (self.answered + answers) - self.abandoned) - KEPT_BACK
        if room < 1:
            return 0.0
        all_soon = (math.sqrt(DEVIATIONS**2 / 4 + room) - DEVIATIONS / 2) ** 2
        expected = max(all_soon, room - DEVIATIONS * math.sqrt(self.limit * soon))
        return min(AT_MOST * self.limit, max(0.0, expected - at_stake) / answers)


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
