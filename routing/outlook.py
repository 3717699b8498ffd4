"""What the next half hour of each queue is reckoned from: the floor as it is,
in the words of :mod:`routing.ahead`. Pure.

A queue shares its agents with others. Its line is reckoned as one with all that its agents have to serve: of another
queue as much as the share of that queue's agents that are in both. That is exact where all agents serve the same queues
and where they share none; between the two it takes the work to be spread evenly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from routing.ahead import HORIZON, Ahead, Present, ahead
from routing.events import QueuePlan
from routing.facts import AgentChanged

USUAL_HANDLE: Final = 180.0
"""Seconds, of a queue of which no talk is on record."""
USUAL_WRAP_UP: Final = 15.0
"""Seconds, where no clock runs."""
OWN_MIND: Final = 20.0
"""Calls: so many that came weigh as much as the forecast, where a day is busier or quieter than it should be."""
RECENT: Final = 1800.0
"""Seconds in which ``recent`` calls came."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a queue's records say. ``handle``: seconds of talk and wrap-up; ``patience``: seconds; None: not known.

    ``forecast``: calls by half hour, each by its beginning, in order and without a hole; empty: there is none.
    """

    handle: float | None = None
    patience: float | None = None
    forecast: tuple[tuple[datetime, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """``waiting``: callers by queue; ``callbacks``: those that are due; ``recent``: calls of the last half hour, a
    queue that is not there is not counted yet. ``limits``: minutes of a pause, by its reason, where that is set."""

    now: datetime
    agents: Mapping[str, AgentChanged]
    plans: Mapping[str, QueuePlan]
    waiting: Mapping[str, int]
    callbacks: Mapping[str, int] = field(default_factory=dict)
    recent: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    habits: Mapping[str, Habits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """Agents of a queue: ``free``, ``busy`` with a call, ``back``: in how many seconds, ``away``: nobody knows."""

    free: frozenset[str]
    busy: frozenset[str]
    back: Mapping[str, float]
    away: frozenset[str]
    talked: tuple[float, ...] = ()
    """Seconds that each busy one has been in the call by now."""

    @property
    def counted(self) -> frozenset[str]:
        return self.free | self.busy | self.back.keys()


@dataclass(frozen=True, slots=True)
class Outlook:
    """``figures`` None: how many calls come is not known yet. ``own``: the share of the line that is this queue's;
    ``drift``: how much busier than forecast it is, None: there is no forecast."""

    queue: str
    hands: Hands
    waiting: int
    callbacks: int
    recent: int | None
    expected: float | None
    drift: float | None
    handle: float
    handle_known: bool
    patience: float | None
    target: float
    own: float
    figures: Ahead | None


def outlook(floor: Floor, queue: str) -> Outlook:
    """``figures.offered`` and ``.lost`` are this queue's own."""
    hands = hands_of(floor, queue)
    plan, habits = floor.plans.get(queue) or QueuePlan(queue), floor.habits.get(queue, Habits())
    rates = arrivals(floor, queue)
    mine = Share(floor.waiting.get(queue, 0), floor.callbacks.get(queue, 0), rates or (), habits.handle or USUAL_HANDLE)
    whole = [(1.0, mine), *_rivals(floor, queue, hands)]
    expected = None if rates is None else _over(rates)
    calls = sum(part * _over(one.rates) for part, one in whole)
    line = sum(part * (one.waiting + one.callbacks) for part, one in whole) + calls
    own = (mine.waiting + (expected or 0.0)) / line if line else 1.0
    work = sum(part * (_over(one.rates) + one.waiting + one.callbacks) * one.handle for part, one in whole)
    present = Present(
        round(sum(part * (one.waiting + one.callbacks) for part, one in whole)),
        len(hands.free),
        len(hands.busy),
        tuple(sorted(hands.back.values())),
        _together(whole),
        work / line if line else mine.handle,
        habits.patience,
        plan.target_seconds,
    )
    figures = None if expected is None else _own(ahead(present), expected, own)
    drift = None if rates is None or not habits.forecast else _drift(floor, queue, habits)
    return Outlook(
        queue, hands, mine.waiting, mine.callbacks, floor.recent.get(queue), expected, drift, mine.handle,
        habits.handle is not None, habits.patience, plan.target_seconds, own, figures,
    )  # fmt: skip


def paused(floor: Floor, login: str, reason: str) -> Floor:
    """The floor if this agent paused now; a call that they are in goes with them."""
    agent = floor.agents[login]
    away = replace(agent, availability="paused", leg="none", reason=reason, since=floor.now, booked=None)
    return Floor(
        floor.now, {**floor.agents, login: away}, floor.plans, floor.waiting, floor.callbacks, floor.recent,
        floor.limits, floor.habits,
    )  # fmt: skip


def hands_of(floor: Floor, queue: str) -> Hands:
    """Who rings is free still: their caller waits. Who has booked a pause is gone with the call that they are in."""
    free, busy, away = set[str](), set[str](), set[str]()
    back, talked = dict[str, float](), list[float]()
    for login, agent in floor.agents.items():
        if queue not in agent.queues or agent.availability == "offline":
            continue
        returns = _back(floor, queue, agent)
        if returns is not None:
            back[login] = returns
        elif agent.availability != "ready" or queue in agent.paused_in or agent.booked or not agent.reachable:
            away.add(login)
        elif agent.leg in ("talking", "hold") or agent.phone_busy:
            busy.add(login)
            talked.append(max(0.0, (floor.now - agent.since).total_seconds()))
        else:
            free.add(login)
    return Hands(frozenset(free), frozenset(busy), back, frozenset(away), tuple(sorted(talked, reverse=True)))


def _back(floor: Floor, queue: str, agent: AgentChanged) -> float | None:
    """Seconds until this one comes back, where that can be told."""
    if agent.availability == "wrap_up" and not agent.booked:
        plan = floor.plans.get(queue) or QueuePlan(queue)
        until = agent.until or agent.since + timedelta(seconds=plan.wrap_up_seconds or USUAL_WRAP_UP)
        return max(1.0, (until - floor.now).total_seconds())
    limit = floor.limits.get(agent.reason or "") if agent.availability == "paused" else None
    left = (agent.since + timedelta(minutes=limit) - floor.now).total_seconds() if limit else 0.0
    return left if 0.0 < left <= HORIZON else None


def arrivals(floor: Floor, queue: str) -> tuple[tuple[float, float], ...] | None:
    """Calls a second, by seconds from now on: the forecast, as much above or below as the last half hour was; without
    one as in the last half hour. None: neither is known."""
    habits, recent = floor.habits.get(queue, Habits()), floor.recent.get(queue)
    starts = [(at, calls) for at, calls in habits.forecast if _from_now(floor, at) < HORIZON]
    starts = [one for n, one in enumerate(starts) if n + 1 == len(starts) or _from_now(floor, starts[n + 1][0]) > 0]
    if not starts or _from_now(floor, starts[0][0]) > 0:
        return None if recent is None else ((0.0, recent / RECENT),)
    drift = _drift(floor, queue, habits)
    return tuple((max(0.0, _from_now(floor, at)), calls / 1800.0 * drift) for at, calls in starts)


def _drift(floor: Floor, queue: str, habits: Habits) -> float:
    """The mean of a gamma-Poisson estimate: 1 before anything came, what came ÷ what was to come after a busy day."""
    recent = floor.recent.get(queue)
    if recent is None:
        return 1.0
    due = 0.0
    for at, calls in habits.forecast:
        begin = max(_from_now(floor, at), -RECENT)
        due += calls * max(0.0, min(_from_now(floor, at) + 1800.0, 0.0) - begin) / 1800.0
    return (recent + OWN_MIND) / (due + OWN_MIND)


def _from_now(floor: Floor, at: datetime) -> float:
    return (at - floor.now).total_seconds()


@dataclass(frozen=True, slots=True)
class Share:
    """What one queue brings to a line."""

    waiting: int
    callbacks: int
    rates: tuple[tuple[float, float], ...]
    handle: float


def _rivals(floor: Floor, queue: str, hands: Hands) -> list[tuple[float, Share]]:
    """Other queues, each with the share of its agents that serve this one too."""
    found = []
    for name in {one for login in hands.counted for one in floor.agents[login].queues} - {queue}:
        theirs = hands_of(floor, name).counted
        both = len(theirs & hands.counted)
        if both:
            handle = floor.habits.get(name, Habits()).handle or USUAL_HANDLE
            line = Share(floor.waiting.get(name, 0), floor.callbacks.get(name, 0), arrivals(floor, name) or (), handle)
            found.append((both / len(theirs), line))
    return found


def _over(rates: tuple[tuple[float, float], ...]) -> float:
    """Calls of the half hour."""
    ends = [*(at for at, _ in rates[1:]), HORIZON]
    return sum(rate * (end - at) for (at, rate), end in zip(rates, ends, strict=True)) if rates else 0.0


def _together(whole: list[tuple[float, Share]]) -> tuple[tuple[float, float], ...]:
    marks = sorted({0.0, *(at for _, one in whole for at, _ in one.rates)})
    return tuple((mark, sum(part * _rate(one.rates, mark) for part, one in whole)) for mark in marks)


def _rate(rates: tuple[tuple[float, float], ...], at: float) -> float:
    return next((rate for since, rate in reversed(rates) if since <= at), 0.0)


def _own(all_: Ahead, expected: float, own: float) -> Ahead:
    """A line's figures are each queue's; of the counts it has its share."""
    some = expected > 0
    return Ahead(
        expected, all_.level if some else None, all_.wait if some else None, all_.longest, all_.lost * own, all_.busy
    )
