"""Worlds for the dialer: how many agents, who answers, how long it rings and how long people talk.

Everything is drawn by the call's number from one seed, so that two ways of pacing meet the same people. Durations come
from tables of 4,096 quantiles: as exact as is needed here, and ten times as quick as drawing them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

Talks = Literal["exponential", "log-normal", "bimodal"]
QUANTILES: Final = 4096
TALK, WRAP, RING = 90.0, 15.0, 12.0
"""Means in seconds."""
HOUR: Final = 3600.0
RINGS_OUT: Final = 25.0


@dataclass(frozen=True, slots=True)
class Kind:
    """``share`` of the leads answer ``factor`` times as often as all, and bear ``traits`` that a dialer may see."""

    share: float
    factor: float
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """``drift``: the answer rate goes up and down by this share in four hours. ``markov``: rings, talks with their
    wrap-up are exponential, so that the optimum can be reckoned. ``churn``: agents take breaks, and at half time three
    fifths go to lunch together."""

    agents: int
    rate: float = 0.25
    talks: Talks = "log-normal"
    drift: float = 0.0
    churn: bool = False
    markov: bool = False
    kinds: tuple[Kind, ...] = (Kind(1.0, 1.0, ()),)
    hours: float = 4.0

    def name(self) -> str:
        words = [f"{self.agents} agents", f"{self.rate:.0%}", "Markov" if self.markov else self.talks]
        words += ["drifting"] * (self.drift > 0) + ["breaks"] * self.churn + ["leads differ"] * (len(self.kinds) > 1)
        return ", ".join(words)

    def rate_at(self, now: float, phase: float) -> float:
        return min(1.0, self.rate * (1 + self.drift * math.sin(2 * math.pi * (now / (4 * HOUR) + phase))))

    def only_answers(self) -> World:
        """Where each number that is dialled answers: what a dialer could do that knew who would."""
        return replace(self, rate=1.0, drift=0.0, kinds=(Kind(1.0, 1.0, ()),))


@cache
def table(draw: Callable[[random.Random], float]) -> list[float]:
    dice = random.Random(7)
    drawn = sorted(draw(dice) for _ in range(QUANTILES * 8))
    return drawn[4::8]


def exponential(mean: float) -> list[float]:
    return [-mean * math.log(1 - (n + 0.5) / QUANTILES) for n in range(QUANTILES)]


def _answer(dice: random.Random) -> float:
    return min(RINGS_OUT - 0.1, 3 + dice.gammavariate(3, 3))


def _wrap(dice: random.Random) -> float:
    return dice.gammavariate(4, WRAP / 4)


def _unanswered(dice: random.Random) -> float:
    """A quarter fail or are busy at once, a third reach a machine, the rest ring out."""
    luck = dice.random()
    if luck < 0.25:
        return 1 + min(dice.expovariate(1 / 3), 12.0)
    return dice.uniform(15, 24) if luck < 0.6 else RINGS_OUT


def _bimodal(dice: random.Random) -> float:
    """Three fifths say no within half a minute, two fifths talk for three minutes."""
    return max(3.0, dice.gauss(25, 8)) if dice.random() < 0.6 else max(20.0, dice.gauss(187.5, 45))


def _log_normal(dice: random.Random) -> float:
    return dice.lognormvariate(math.log(TALK) - 0.32, 0.8)


class Draws:
    """The next call's luck: always as many draws for each call, whoever dials."""

    def __init__(self, world: World, seed: int) -> None:
        self._dice, self._leads = random.Random(seed), random.Random(seed + 2_000_003)
        self.shifts = random.Random(seed + 1_000_003)
        self.phase = random.Random(seed + 3_000_017).random()
        if world.markov:
            self._answered = self._failed = exponential(RING)
            self._talk, self._wrap = exponential(TALK + WRAP), [0.0] * QUANTILES
        else:
            self._answered, self._failed, self._wrap = table(_answer), table(_unanswered), table(_wrap)
            draw = {"log-normal": _log_normal, "bimodal": _bimodal}
            self._talk = exponential(TALK) if world.talks == "exponential" else table(draw[world.talks])
        self._kinds = [kind for kind in world.kinds for _ in range(round(kind.share * 20))]

    def kind(self) -> Kind:
        return self._kinds[int(self._leads.random() * len(self._kinds))]

    def call(self) -> tuple[float, float, float, float, float]:
        """Luck of answering, seconds to the answer, seconds to the failure, of talk, of wrap-up."""
        roll = self._dice.random
        return (
            roll(),
            self._answered[int(roll() * QUANTILES)],
            self._failed[int(roll() * QUANTILES)],
            self._talk[int(roll() * QUANTILES)],
            self._wrap[int(roll() * QUANTILES)],
        )
