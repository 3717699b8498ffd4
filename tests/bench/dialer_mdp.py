"""The best rule there is where everything is exponential: for each number of busy agents, how many lines may ring.

A Markov decision process: ``busy`` of N agents, ``ringing`` lines; lines may be added at any time. A busy agent earns 1
a second, an abandoned call costs a price. An answer with nobody free is taken, at the chance that one of N talks ends
within two seconds, by that agent, else abandoned. Solved by value iteration; the price is found for the limit. The page
of figures plays the thresholds in the same worlds as all others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from routing.what_if.campaign.shift import Deaf, Shift
from routing.what_if.campaign.world import World


class Thresholds(Deaf):
    """``most``: how many lines may ring, by the number of busy agents."""

    def __init__(self, most: list[int]) -> None:
        self._most = most

    def launch(self, floor: Shift, now: float) -> int:
        busy = len(floor.talking) + len(floor.wrapping)
        return max(0, self._most[busy] - len(floor.ringing) - len(floor.waiting))


def thresholds(world: World, price: float, value: list[list[float]], rounds: int) -> list[int]:
    """``value`` is where iteration begins and is changed: what each (busy, ringing) is worth, relative."""
    agents, rate, lines = world.agents, world.rates[0][1], len(value[0]) - 1
    ends, rings = 1 / world.talk.mean, 1 / world.ring.mean
    pace = 1.0 / (agents * ends + lines * rings)
    saved = 1 - math.exp(-agents * ends * world.patience)
    for _ in range(rounds):
        best = _best(value)
        for busy in range(agents + 1):
            row, fewer = best[busy], best[max(0, busy - 1)]
            more = best[busy + 1] if busy < agents else None
            new = value[busy]
            down = busy * ends * pace
            for ringing in range(lines + 1):
                left = max(0, ringing - 1)
                answers = more[left] if more is not None else row[left] - price * (1 - saved)
                up = ringing * rings * pace
                after = rate * answers + (1 - rate) * row[left]
                new[ringing] = busy * pace + down * fewer[ringing] + up * after + (1 - down - up) * row[ringing]
        base = value[0][0]
        for row in value:
            for at in range(lines + 1):
                row[at] -= base
    return [max(range(lines + 1), key=row.__getitem__) for row in value]


def _best(value: list[list[float]]) -> list[list[float]]:
    """What each state is worth if lines are added at once where that is better."""
    found: list[list[float]] = []
    for row in value:
        best, kept = -1e300, [0.0] * len(row)
        for at in range(len(row) - 1, -1, -1):
            best = max(best, row[at])
            kept[at] = best
        found.append(kept)
    return found


def solve(world: World, prices: list[float], rounds: int = 300) -> Iterator[list[int]]:
    """The thresholds for each price, dearer ones first. Rings and talks are exponential, and there are no wrap-ups."""
    rate = world.rates[0][1]
    lines = round(world.agents * 1.2 * world.ring.mean / world.talk.mean / rate + 3.5 / rate + 2)
    value = [[float(busy) * 10 for _ in range(lines + 1)] for busy in range(world.agents + 1)]
    for number, price in enumerate(sorted(prices, reverse=True)):
        yield thresholds(world, price, value, rounds * (4 if number == 0 else 1))
