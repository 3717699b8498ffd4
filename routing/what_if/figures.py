"""The figures of a day: what was promised, what was kept, for whom, and what the waiting cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from routing.what_if.day import Day, Served
from routing.worth import Promise


def figures(day: Day, promises: Mapping[str, Promise], values: Mapping[str, float]) -> dict[str, Any]:
    """One policy's result.

    ``value_weighted_cost``: mean of value × (waited ÷ target)² over all offered. ``value_weighted_misses``: the share
    of all value that was not answered within its target, who gave up included. ``occupancy``: talk (with wrap-up)
    ÷ presence.
    """

    def promise(one: Served) -> Promise:
        return promises.get(one.arrival.of.queue, Promise())

    def value(one: Served) -> float:
        return values.get(one.arrival.of.tier, 1.0)

    worth = sum(map(value, day.served)) or 1.0
    missed = sum(value(one) for one in day.served if not in_time(one, promise(one)))
    cost = sum(value(one) * (one.waited / promise(one).target_seconds) ** 2 for one in day.served)
    return counts(day.served, promise) | {
        "value_weighted_misses": missed / worth,
        "value_weighted_cost": cost / max(1, len(day.served)),
        "occupancy": day.worked / day.present if day.present else 0.0,
        "tiers": by(day.served, lambda one: one.arrival.of.tier, promise),
        "queues": by(day.served, lambda one: one.arrival.of.queue, promise),
    }


def in_time(one: Served, promise: Promise) -> bool:
    return one.agent is not None and one.waited <= promise.target_seconds


def counts(served: Iterable[Served], promise: Callable[[Served], Promise]) -> dict[str, Any]:
    served = list(served)
    answered = [one for one in served if one.agent is not None]
    waits = sorted(one.waited for one in served)
    return {
        "offered": len(served),
        "answered": len(answered),
        "abandoned": len(served) - len(answered),
        "within_target": sum(in_time(one, promise(one)) for one in served),
        "wait_mean": sum(waits) / len(waits) if waits else 0.0,
        "wait_p50": quantile(waits, 0.5),
        "wait_p90": quantile(waits, 0.9),
        "wait_p99": quantile(waits, 0.99),
    }


def by(
    served: Iterable[Served], key: Callable[[Served], str], promise: Callable[[Served], Promise]
) -> dict[str, dict[str, Any]]:
    groups: defaultdict[str, list[Served]] = defaultdict(list)
    for one in served:
        groups[key(one)].append(one)
    return {name: counts(groups[name], promise) for name in sorted(groups)}


def quantile(ordered: list[float], share: float) -> float:
    """The smallest value that at least this share does not exceed (of sorted values); 0 for none."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))]


def over_time(day: Day, promises: Mapping[str, Promise], length: float, parts: int = 48) -> list[dict[str, Any]]:
    """The day in equal parts, by when calls came; a part without any has null for its share and wait."""
    step = max(length, 1.0) / parts
    groups: list[list[Served]] = [[] for _ in range(parts)]
    for one in day.served:
        groups[min(parts - 1, max(0, int(one.arrival.at / step)))].append(one)

    def part(n: int, served: list[Served]) -> dict[str, Any]:
        within = sum(in_time(one, promises.get(one.arrival.of.queue, Promise())) for one in served)
        return {
            "at": n * step,
            "offered": len(served),
            "in_time": within / len(served) if served else None,
            "wait_mean": sum(one.waited for one in served) / len(served) if served else None,
        }

    return [part(n, served) for n, served in enumerate(groups)]
