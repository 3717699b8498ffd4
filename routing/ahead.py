"""The next half hour of a queue, from how it stands now: Erlang A that has not settled yet. Pure arithmetic.

:mod:`routing.staffing` says what a number of agents gives in the long run. Half an hour is no long run: who waits now,
who is free now and who comes back from a pause in ten minutes matter. So this reckons the same model, M/M/n+M (calls by
chance, talks and patience exponential, first come, first served; Palm 1957, Garnett, Mandelbaum and Reiman 2002), not
at its rest but on its way: the number of calls that talk or wait is a birth-death chain that begins at what is there
now, and its probabilities follow Kolmogorov's forward equations

    p'(k) = λ p(k-1) + d(k+1) p(k+1) - (λ + d(k)) p(k),    d(k) = min(k, n) μ + max(0, k - n) θ

with λ and n as they change in the half hour (forecast, ends of pauses), solved by SDIRK2 (Alexander 1977), which is of
second order and does not swing where it begins with certainty. A caller who comes while j wait before them meets n
agents and reaches one after the sum of j+1 exponential times of the rates nμ + iθ, i = 0..j. With c = nμ/θ, e to minus
θ times that sum is Beta(c, j+1); so they are answered within T with probability

    c / (c + j + 1) · P(Beta(c + 1, j + 1) ≥ e^(-θT))

and at all with c / (c + j + 1); their mean wait, given up or answered, is (j + 1) / ((c + j + 1) θ).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HORIZON: Final = 1800.0
"""Seconds that are looked ahead."""
STEP: Final = 30.0
GAMMA: Final = 1.0 - math.sqrt(0.5)
ENDLESS: Final = 1e7
"""Seconds of patience of those who never give up."""
MOST_PRESENT: Final = 4_000
"""States of the chain: more calls than so many at once are not told apart."""


@dataclass(frozen=True, slots=True)
class Present:
    """A queue now. ``waiting`` callers, ``free`` and ``busy`` agents; ``back``: in how many seconds each of the others
    returns. ``arrivals``: (seconds from now, calls a second from then on), the first at 0. ``handle``: seconds of talk
    and wrap-up, ``patience`` seconds on the average, None: nobody gives up. ``target``: seconds."""

    waiting: int
    free: int
    busy: int
    back: tuple[float, ...]
    arrivals: tuple[tuple[float, float], ...]
    handle: float
    patience: float | None
    target: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be expected of the half hour. ``offered``: calls that come; ``level``: the share of them that is
    answered within the target; ``wait``: their mean, ``longest``: that of who comes at the worst moment, in seconds,
    inf where nobody is there and nobody gives up; ``lost``: who gives up, those who wait now among them; ``busy``: the
    share of the agents' time. ``level`` and ``wait`` None: no calls are expected."""

    offered: float
    level: float | None
    wait: float | None
    longest: float
    lost: float
    busy: float | None


def ahead(now: Present, horizon: float = HORIZON) -> Ahead:
    """Raises nothing; a queue without agents is one that loses its callers."""
    states = _states(now, horizon)
    chain = [0.0] * states
    chain[min(now.busy + now.waiting, states - 1)] = 1.0
    patience = now.patience if now.patience is not None else ENDLESS
    total = _Total()
    for length, calls, agents in _stretches(now, horizon):
        arriving = _arriving(agents, now, patience, states)
        steps = max(1, math.ceil(length / STEP))
        solver = _Solver(calls, agents, 1.0 / now.handle, 1.0 / patience, states, length / steps)
        total.look(chain, arriving, calls, agents, 0.0)
        for n in range(steps):
            after = solver.step(chain)
            total.add(chain, after, length / steps, calls, agents, patience)
            total.look(after, arriving, calls, agents, length / steps * (1.0 if n + 1 < steps else 0.5))
            if n == 0:
                total.look(chain, arriving, calls, agents, length / steps * 0.5)
            chain = after
    return total.figures()


def _states(now: Present, horizon: float) -> int:
    """Enough for all that can be expected to be there at once, six deviations above the mean."""
    rate = max((calls for _, calls in now.arrivals), default=0.0)
    come = rate * horizon
    queued = now.waiting + come if now.patience is None else max(now.waiting, min(come, rate * now.patience))
    room = queued + 6.0 * math.sqrt(come if now.patience is None else queued) + 10.0
    return min(MOST_PRESENT, now.free + now.busy + len(now.back) + math.ceil(room)) + 1


def _stretches(now: Present, horizon: float) -> Iterator[tuple[float, float, int]]:
    """Stretches in which nothing changes: seconds, calls a second, agents."""
    ends = {at for at, _ in now.arrivals if 0 < at < horizon}
    ends |= {float(math.ceil(at)) for at in now.back if 0 < at < horizon}
    at = 0.0
    for end in sorted({*ends, horizon}):
        calls = next((rate for since, rate in reversed(now.arrivals) if since <= at), 0.0)
        yield end - at, calls, now.free + now.busy + sum(math.ceil(back) <= at for back in now.back)
        at = end


def _arriving(agents: int, now: Present, patience: float, states: int) -> tuple[list[float], list[float]]:
    """For who meets k calls: the chance to be answered in time, and the mean wait."""
    if agents == 0:
        never = patience if now.patience is not None else math.inf
        return [0.0] * states, [never] * states
    c = agents * patience / now.handle
    whole, short = math.exp(-now.target / patience), -math.expm1(-now.target / patience)
    in_time, waits = [1.0] * min(agents, states), [0.0] * min(agents, states)
    term, late = -(c + 1.0) * now.target / patience, 0.0
    for j in range(states - len(in_time)):
        if whole < 1.0:
            late += math.exp(term)
            term += math.log((c + 1.0 + j) / (j + 1.0) * short)
        served = c / (c + j + 1.0)
        in_time.append(served * max(0.0, 1.0 - late) if whole < 1.0 else 0.0)
        waits.append((j + 1.0) / (c + j + 1.0) * patience)
    return in_time, waits


class _Total:
    """What is added up along the way, by the trapezoidal rule."""

    def __init__(self) -> None:
        self._offered = self._in_time = self._waited = self._lost = self._worked = self._staffed = 0.0
        self._longest = 0.0

    def look(
        self, chain: Sequence[float], arriving: tuple[list[float], list[float]], calls: float, agents: int, span: float
    ) -> None:
        """Who comes at this moment; it stands for ``span`` seconds."""
        in_time, waits = arriving
        wait = sum(p * w for p, w in zip(chain, waits, strict=True) if p > 1e-12)
        self._longest = max(self._longest, wait)
        if span and calls:
            self._offered += calls * span
            self._in_time += calls * span * sum(p * share for p, share in zip(chain, in_time, strict=True))
            self._waited += calls * span * wait

    def add(
        self, before: Sequence[float], after: Sequence[float], span: float, calls: float, agents: int, patience: float
    ) -> None:
        for chain in (before, after):
            queued = sum((k - agents) * p for k, p in enumerate(chain) if k > agents)
            talking = sum(min(k, agents) * p for k, p in enumerate(chain))
            self._lost += queued / patience * span / 2.0
            self._worked += talking * span / 2.0
        self._staffed += agents * span

    def figures(self) -> Ahead:
        come = self._offered > 0
        return Ahead(
            self._offered,
            min(1.0, max(0.0, self._in_time / self._offered)) if come else None,
            self._waited / self._offered if come else None,
            self._longest,
            self._lost,
            min(1.0, self._worked / self._staffed) if self._staffed else None,
        )


class _Solver:
    """One step of SDIRK2 for p' = A p, where A is tridiagonal: (I - γhA) is taken apart once (Thomas's algorithm)."""

    def __init__(self, calls: float, agents: int, talk: float, gives_up: float, states: int, step: float) -> None:
        self._births = [calls] * (states - 1) + [0.0]
        self._deaths = [min(k, agents) * talk + max(0, k - agents) * gives_up for k in range(states)]
        self._step = step
        g = GAMMA * step
        self._below = [0.0, *(-g * birth for birth in self._births[:-1])]
        above = [*(-g * death for death in self._deaths[1:]), 0.0]
        self._ratio, self._inverse = [0.0] * states, [0.0] * states
        ratio = 0.0
        for k in range(states):
            pivot = 1.0 + g * (self._births[k] + self._deaths[k]) - self._below[k] * ratio
            self._inverse[k] = 1.0 / pivot
            self._ratio[k] = ratio = above[k] / pivot

    def step(self, chain: Sequence[float]) -> list[float]:
        first = self._solved(self._flow(chain))
        far = (1.0 - GAMMA) * self._step
        second = self._solved(self._flow([p + far * k for p, k in zip(chain, first, strict=True)]))
        near = GAMMA * self._step
        return [p + far * one + near * two for p, one, two in zip(chain, first, second, strict=True)]

    def _flow(self, chain: Sequence[float]) -> list[float]:
        births = [birth * p for birth, p in zip(self._births, chain, strict=True)]
        deaths = [death * p for death, p in zip(self._deaths, chain, strict=True)]
        into = zip(births, deaths, [0.0, *births], [*deaths[1:], 0.0], strict=False)
        return [come + gone - birth - death for birth, death, come, gone in into]

    def _solved(self, right: Sequence[float]) -> list[float]:
        found, last = [0.0] * len(right), 0.0
        for k, value in enumerate(right):
            found[k] = last = (value - self._below[k] * last) * self._inverse[k]
        for k in range(len(right) - 2, -1, -1):
            found[k] -= self._ratio[k] * found[k + 1]
        return found
