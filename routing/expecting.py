"""How long a caller will wait, said honestly: a span within which most do, or nothing.

Agents come free for a kind of requests every ``pace.every`` seconds on the average, at no regular times. Who is n-th in
line waits for the n-th of them: with independent times between them that is a gamma distribution of shape n. What is
told is what eight of ten wait, in whole minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from routing.worth import Pace

EIGHT_OF_TEN: Final = 1.2816
"""Standard deviations of a normal distribution between which eight of ten lie."""
LONGEST_MINUTES: Final = 30
"""What is longer is no answer to anybody."""


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes; ``low`` 0: less than ``high``."""

    low: int
    high: int


def quantile(shape: float, deviations: float) -> float:
    """Of a gamma distribution of scale 1 (Wilson and Hilferty 1931), so many standard deviations from the middle."""
    cube = 1 - 1 / (9 * shape) + deviations / (3 * math.sqrt(shape))
    return shape * max(0.0, cube) ** 3


def expected(position: int, pace: Pace) -> tuple[float, float]:
    """Seconds between which eight of ten wait who are at this place in line (from 1)."""
    low, high = (quantile(position, side * EIGHT_OF_TEN) * pace.every for side in (-1, 1))
    return low, high


def span(position: int, pace: Pace) -> Span | None:
    """The same to be said; None: nothing that would help anybody is known."""
    low, high = expected(position, pace)
    minutes = Span(int(low // 60), max(1, math.ceil(high / 60)))
    return minutes if pace.every > 0 and minutes.high <= LONGEST_MINUTES else None
