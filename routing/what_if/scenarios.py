"""The same day under other rules, promises and staff, side by side: what the panel and the command line play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from routing.what_if.contest import Contest
from routing.what_if.day import Arrival, Day, Shift
from routing.what_if.figures import figures, over_time
from routing.worth import Promise

MOST_CALLS = 20_000
MOST_AGENTS = 2_000
MOST_SCENARIOS = 4


class NotPlayable(Exception):
    """One sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """``policy`` as in :data:`routing.what_if.contest.NAMES`. What is None stays as the queues have it.

    ``agents``: so many more at work all day for all queues, or so many fewer, spread over the list.
    """

    name: str
    policy: str = "helin"
    target_seconds: float | None = None
    max_wait_seconds: float | None = None
    agents: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """What all scenarios have in common."""

    arrivals: Sequence[Arrival]
    shifts: Sequence[Shift]
    promises: Mapping[str, Promise]
    values: Mapping[str, float]
    length: float
    own: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def staffed(base: Base, agents: int) -> list[Shift]:
    """With so many more or fewer. Raises NotPlayable when nobody would be left."""
    shifts = list(base.shifts)
    if agents >= 0:
        skills = frozenset().union(*(shift.skills for shift in shifts), *(one.of.skills for one in base.arrivals))
        return [*shifts, *(Shift(f"more {n}", skills, 0.0, base.length) for n in range(agents))]
    people = sorted({shift.agent.partition("\0")[0] for shift in shifts})
    if -agents >= len(people):
        raise NotPlayable(f"there were {len(people)} agents; leave out fewer than that")
    every = len(people) / -agents
    gone = {people[int(n * every)] for n in range(-agents)}
    return [shift for shift in shifts if shift.agent.partition("\0")[0] not in gone]


def promised(base: Base, scenario: Scenario) -> dict[str, Promise]:
    def one(promise: Promise) -> Promise:
        target = promise.target_seconds if scenario.target_seconds is None else scenario.target_seconds
        longest = promise.max_wait_seconds if scenario.max_wait_seconds is None else scenario.max_wait_seconds
        return replace(promise, target_seconds=target, max_wait_seconds=longest)

    return {queue: one(promise) for queue, promise in base.promises.items()}


def play(base: Base, scenario: Scenario) -> dict[str, Any]:
    """The figures (:func:`routing.what_if.figures.figures`) and the day in parts, as plain values."""
    promises = promised(base, scenario)
    shifts = staffed(base, scenario.agents)
    contest = Contest(base.arrivals, shifts, promises, base.values, base.own)
    if scenario.policy.endswith(":priorities"):
        return {"name": scenario.name, "policy": scenario.policy, **contest.result(scenario.policy)}
    return told(scenario.name, scenario.policy, contest.play(scenario.policy), base, promises)


def told(name: str, policy: str, day: Day, base: Base, promises: Mapping[str, Promise]) -> dict[str, Any]:
    return {
        "name": name,
        "policy": policy,
        **figures(day, promises, base.values),
        "over_time": over_time(day, promises, base.length),
    }


def check(base: Base) -> None:
    """Raises NotPlayable with one sentence."""
    if not base.arrivals:
        raise NotPlayable("there is no call in this time; choose another day")
    if not base.shifts:
        raise NotPlayable("nobody was at work in this time; choose another day, or say how many agents there are")
    if len(base.arrivals) > MOST_CALLS:
        raise NotPlayable(f"there are more than {MOST_CALLS:,} calls; play a part of them, or use helin simulate day")
    if len(base.shifts) > MOST_AGENTS * 10:
        raise NotPlayable("agents came and went too often to be played here; use helin simulate")
