"""What no order of serving can go below, even one that knows the future: lower bounds for the two figures of a day.

Both take from a day that was played what the order of serving does not change: how many wait at each moment, and at
which moments an agent takes the next. (Nobody knows how long a talk will be, and patience is drawn alike for all, so it
is chance that differs from order to order, not the order. Who picks short talks by prophecy is not a peer.)

*cost*: of all who have come and whose patience is not over, those wait at each moment who cost least by waiting on,
anew at each moment: who was served a minute ago may wait again if that is cheaper.

*misses*: each of the moments goes to one caller who waits then and is within the target, so that the most value is
served in time; the best such choice is found exactly (the sets that can be served are a transversal matroid).
"""

from __future__ import annotations

import bisect
import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence

from routing.requests import Skills
from routing.what_if.day import Arrival, Day, Shift, run
from routing.what_if.policies import FirstCome
from routing.worth import Promise


def everyone_can_do_everything(arrivals: Sequence[Arrival], shifts: Sequence[Shift]) -> Day:
    """The day as it would be with agents who all have all skills: fewer wait than in any order with those there are."""
    every: Skills = frozenset[str]().union(*(one.skills for one in shifts))
    able = [Shift(one.agent, every, one.begins, one.ends) for one in shifts]
    return run(arrivals, able, FirstCome(able))


def least_cost(day: Day, promise: Promise, values: Mapping[str, float]) -> float:
    """At least this much ``value_weighted_cost``."""
    total = 0.0
    for (begins, many), (ends, _) in itertools.pairwise(_waiting(day)):
        if many:
            present = [one.arrival for one in day.served if one.arrival.at <= begins < _patient_until(one.arrival)]
            # what they cost is concave in time (the least of straight lines), so the trapezium lies below it
            total += (_least(present, many, begins, values) + _least(present, many, ends, values)) / 2 * (ends - begins)
    return total / promise.target_seconds**2 / max(1, len(day.served))


def _waiting(day: Day) -> Iterator[tuple[float, int]]:
    """Moments, and how many wait from then on."""
    steps: dict[float, int] = {}
    for one in day.served:
        if one.waited > 0:
            steps[one.arrival.at] = steps.get(one.arrival.at, 0) + 1
            steps[one.arrival.at + one.waited] = steps.get(one.arrival.at + one.waited, 0) - 1
    many = 0
    for at in sorted(steps):
        many += steps[at]
        yield at, many


def _patient_until(arrival: Arrival) -> float:
    return arrival.at + (float("inf") if arrival.patience is None else arrival.patience)


def _least(present: Sequence[Arrival], many: int, at: float, values: Mapping[str, float]) -> float:
    return sum(heapq.nsmallest(many, (2.0 * values[one.of.tier] * (at - one.at) for one in present)))


def least_misses(day: Day, promise: Promise, values: Mapping[str, float]) -> float:
    """At least this share of ``value_weighted_misses``."""
    moments = sorted(one.arrival.at + one.waited for one in day.served if one.agent is not None)
    taken: dict[int, Arrival] = {}
    calls = sorted((one.arrival for one in day.served), key=lambda one: -values[one.of.tier])

    def spans(one: Arrival) -> range:
        last = min(one.at + promise.target_seconds, _patient_until(one))
        return range(bisect.bisect_left(moments, one.at), bisect.bisect_right(moments, last))

    def place(one: Arrival, seen: set[int]) -> bool:
        """Finds it a moment, moving others where that helps (an augmenting path)."""
        for moment in spans(one):
            if moment in seen:
                continue
            seen.add(moment)
            if moment not in taken or place(taken[moment], seen):
                taken[moment] = one
                return True
        return False

    all_value = sum(values[one.of.tier] for one in calls)
    return 1.0 - sum(values[one.of.tier] for one in calls if place(one, set())) / (all_value or 1.0)
