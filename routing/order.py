"""The order in which callers of one queue are served, and what another rule would make of it. Pure.

The live line (:mod:`routing.waiting`) and the preview of a rule that is being edited use the same :func:`in_order`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from routing.events import QueuePlan
from routing.priority import Request, score, urgency, values_of
from routing.worth import Pace

SAMPLE: Final = (("C", 4.5), ("C", 2.0), ("B", 1.5), ("A", 1.25), ("C", 0.75), ("A", 0.5), ("B", 0.25), ("A", 0.1))
"""Tiers, and how many targets each has waited: a line in which rules differ."""
SAMPLE_EVERY: Final = 10.0
LATE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller stands under a rule; 1 is served first."""

    position: int
    score: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A caller's place under the rule that is in force, and under the other one."""

    request: Request
    waited: float
    now: Place
    other: Place


def in_order(
    waiting: Iterable[Request], plan: QueuePlan | None, values: Mapping[str, float], now: datetime, pace: Pace
) -> list[Request]:
    """Who is served first leads; ``values``: the shop's tiers."""
    return sorted(waiting, key=lambda request: (-urgency(request, plan, values, now, pace), request.since))


def beside(
    waiting: Sequence[Request],
    present: QueuePlan,
    other: QueuePlan,
    values: Mapping[str, float],
    now: datetime,
    pace: Pace,
) -> list[Moved]:
    """Everybody's place under both rules, in the order of the other one."""
    had = {request.call: place for request, place in _places(waiting, present, values, now, pace)}
    return [
        Moved(request, max(0.0, (now - request.since).total_seconds()), had[request.call], place)
        for request, place in _places(waiting, other, values, now, pace)
    ]


def _places(
    waiting: Sequence[Request], plan: QueuePlan, values: Mapping[str, float], now: datetime, pace: Pace
) -> list[tuple[Request, Place]]:
    line = in_order(waiting, plan, values, now, pace)
    return [
        (request, Place(position, *score(request, plan, values, now, pace))) for position, request in enumerate(line, 1)
    ]


def sample_line(plan: QueuePlan, now: datetime) -> tuple[list[Request], Pace]:
    """A line that nobody stands in, as long as the plan's own times make it; one is near the longest wait."""
    waits = [(tier, targets * plan.target_seconds) for tier, targets in SAMPLE]
    waits.append(("C", plan.max_wait_seconds * LATE))
    line = [
        Request(f"sample-{n}", plan.name, "", now - timedelta(seconds=waited), tier)
        for n, (tier, waited) in enumerate(waits, 1)
    ]
    return line, Pace(SAMPLE_EVERY, len(line))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is allowed and yet may not be meant. ``code`` for the panel's languages, ``params`` for its places."""

    code: str
    params: Mapping[str, str | int]


def doubts(plan: QueuePlan, agents: Iterable[Mapping[str, int]], values: Mapping[str, float]) -> list[Doubt]:
    """What a supervisor should think about before this rule is saved. ``agents``: their skills."""
    found: list[Doubt] = []
    if plan.max_wait_seconds <= plan.target_seconds:
        times = {"target": plan.target_seconds, "longest": plan.max_wait_seconds}
        found.append(Doubt("longest_before_target", times))
    able = list(agents)
    if not any(_can(has, plan.skills) for has in able):
        lacking = [each for each in plan.skills if not any(_can(has, [each]) for has in able)]
        found += [Doubt("nobody_has", {"skill": skill, "level": level}) for skill, level in lacking]
        found += [] if lacking or not able else [Doubt("nobody_has_all", {})]
    if any(step.after_seconds >= plan.max_wait_seconds for step in plan.relax):
        found.append(Doubt("relaxes_late", {"longest": plan.max_wait_seconds}))
    if plan.mode == "assist" and (plan.relax or plan.weights or plan.last_agent_seconds):
        found.append(Doubt("direct_only", {}))
    worth = values_of(plan, values)
    if not worth.get("A", 1.0) >= worth.get("B", 1.0) >= worth.get("C", 1.0):
        found.append(Doubt("tiers_upside_down", {}))
    return found


def _can(has: Mapping[str, int], asked: Iterable[tuple[str, int]]) -> bool:
    return all(has.get(skill, 0) >= level for skill, level in asked)
