"""Policies by name, each on the same day: what ``helin simulate day`` and the benchmark compare."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from routing.requests import Step
from routing.what_if.app_queue import STRATEGIES, AppQueue, Key
from routing.what_if.day import Arrival, Day, Policy, Shift, run
from routing.what_if.figures import figures
from routing.what_if.policies import FirstCome, HelinPolicy
from routing.worth import Promise, Rule

T = TypeVar("T")
NAMES: Final = (
    "helin", "helin:misses", "fifo",
    *(f"app_queue:{strategy}{more}" for strategy in STRATEGIES for more in ("", ":priorities")),
    "rules",
)  # fmt: skip
RULES: Final[Mapping[str, Rule | None]] = {"helin": "cost", "helin:misses": "misses", "rules": None}
SEARCHED = 400
"""At most so many settings of priorities and weights are tried for the best static one."""


class UnknownPolicy(Exception):
    """One sentence that names what there is."""


class Contest:
    """One day, its staff, what the queues promise and what the tiers are worth; ``own``: in single queues; ``relax`` by
    queue: the steps by which its callers ask for less, which only Helin's own routing knows.

    Policy ``rules``: each queue by the rule of its promise.
    """

    def __init__(
        self,
        arrivals: Sequence[Arrival],
        shifts: Sequence[Shift],
        promises: Mapping[str, Promise],
        values: Mapping[str, float],
        own: Mapping[str, Mapping[str, float]] | None = None,
        relax: Mapping[str, tuple[Step, ...]] | None = None,
    ) -> None:
        self.own, self.relax = own, relax
        self.arrivals, self.shifts, self.promises, self.values = arrivals, shifts, promises, values

    def result(self, name: str) -> dict[str, Any]:
        """The figures of this policy, :func:`routing.what_if.figures.figures`. Raises UnknownPolicy."""
        if name.endswith(":priorities") and name in NAMES:
            return min(self.static(name.split(":")[1]), key=lambda result: result["value_weighted_cost"])
        return self._figures(self.play(name))

    def play(self, name: str) -> Day:
        """The day under this policy; not for those that are searched for. Raises UnknownPolicy."""
        if name not in NAMES or name.endswith(":priorities"):
            raise UnknownPolicy(f"there is no policy {name[:60]!r}; there are {', '.join(NAMES)}")
        return run(self.arrivals, self.shifts, self._policy(name))

    def _policy(self, name: str) -> Policy:
        if name == "fifo":
            return FirstCome(self.shifts)
        if name in RULES:
            return HelinPolicy(self.shifts, self.promises, self.values, RULES[name], self.own, self.relax)
        return AppQueue(self.shifts, name.split(":")[1])

    def static(self, strategy: str) -> Iterator[dict[str, Any]]:
        """app_queue with each setting of priorities by tier and weights by queue: hindsight, on this very day."""
        tiers = sorted({arrival.of.tier for arrival in self.arrivals})
        queues: list[Key] = sorted({(one.of.queue, one.of.skills) for one in self.arrivals}, key=repr)
        settings = itertools.product(orders(tiers), orders(queues))
        for priorities, weights in itertools.islice(settings, SEARCHED):
            policy = AppQueue(self.shifts, strategy, priorities, weights)
            yield self._figures(run(self.arrivals, self.shifts, policy))

    def _figures(self, day: Day) -> dict[str, Any]:
        return figures(day, self.promises, self.values)


def orders(things: Sequence[T]) -> Iterator[dict[T, int]]:
    """Every way to rank them, ties allowed: 13 for three."""
    seen: set[tuple[int, ...]] = set()
    for places in itertools.product(range(len(things)), repeat=len(things)):
        used = sorted(set(places))
        ranks = tuple(used.index(place) for place in places)
        if ranks not in seen:
            seen.add(ranks)
            yield dict(zip(things, ranks, strict=True))
