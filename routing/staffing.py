"""How many agents it takes: Erlang C (everybody waits for ever) and Erlang A (callers give up). Pure arithmetic.

Calls come by chance at a steady rate, talks and patience are exponential, first come, first served. Erlang C grows
without end where agents are fewer than the work; Erlang A does not, and says how many give up. For calls that are
patient the two agree. Erlang A by the integrals of Zeltyn and Mandelbaum (2005, *Call centers with impatient
customers*), for which patience could be of any kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

MOST_AGENTS = 10_000
NOTHING = 45.0
"""e to minus this is as good as nothing."""
STEPS = 4_000


@dataclass(frozen=True, slots=True)
class Load:
    """``calls``: per second; ``talk``, ``patience``: seconds on the average, wrap-up included; None: never gives up."""

    calls: float
    talk: float
    patience: float | None = None

    @property
    def work(self) -> float:
        """In erlangs: how many agents would be busy if there were always one free."""
        return self.calls * self.talk


@dataclass(frozen=True, slots=True)
class Service:
    """What so many agents give. Shares of all calls; ``wait``: seconds on the average, over all calls."""

    agents: int
    in_time: float
    waits: float
    abandoned: float
    wait: float
    occupancy: float


def erlang_b(agents: int, work: float) -> float:
    """The share of calls that find all agents busy where none may wait."""
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1.0 + inverse * n / work if work else math.inf
    return 1.0 / inverse


def erlang_c(agents: int, work: float) -> float:
    """The share of calls that wait; 1 where the work is more than the agents can do."""
    if agents <= work:
        return 1.0
    blocked = erlang_b(agents, work)
    return blocked / (1.0 - work / agents * (1.0 - blocked))


def service(load: Load, agents: int, target: float) -> Service:
    """What ``agents`` give this load; ``target``: seconds within which a call should be answered."""
    if load.calls <= 0:
        return Service(agents, 1.0, 0.0, 0.0, 0.0, 0.0)
    return _patient(load, agents, target) if load.patience is None else _impatient(load, load.patience, agents, target)


def _patient(load: Load, agents: int, target: float) -> Service:
    spare = agents - load.work
    if spare <= 0:
        return Service(agents, 0.0, 1.0, 0.0, math.inf, 1.0)
    waits = erlang_c(agents, load.work)
    in_time = 1.0 - waits * math.exp(-spare * target / load.talk)
    return Service(agents, in_time, waits, 0.0, waits * load.talk / spare, load.work / agents)


def _impatient(load: Load, patience: float, agents: int, target: float) -> Service:
    if agents == 0:
        return Service(0, 0.0, 1.0, 1.0, patience, 0.0)
    blocked = erlang_b(agents - 1, load.work)
    if blocked == 0.0:
        return Service(agents, 1.0, 0.0, 0.0, 0.0, load.work / agents)
    served = agents / load.talk

    def exponent(wait: float) -> float:
        return load.calls * patience * -math.expm1(-wait / patience) - served * wait

    top = max(0.0, patience * math.log(load.calls / served)) if load.calls > served else 0.0
    scale = exponent(top)
    end = top + load.talk / agents
    while exponent(end) > scale - NOTHING:
        end *= 2.0
    free = math.exp(-scale) / blocked
    all_waits = _integral(lambda wait: math.exp(exponent(wait) - scale), 0.0, end)
    whole = free + load.calls * all_waits
    abandoned = (math.exp(-scale) + (load.calls - served) * all_waits) / whole
    late = _integral(lambda wait: math.exp(exponent(wait) - wait / patience - scale), target, max(end, target))
    abandoned = min(1.0, max(0.0, abandoned))
    in_time = max(0.0, 1.0 - abandoned - load.calls * late / whole)
    busy = load.work * (1.0 - abandoned) / agents
    return Service(agents, in_time, load.calls * all_waits / whole, abandoned, abandoned * patience, busy)


def _integral(of: Callable[[float], float], begin: float, end: float) -> float:
    """Simpson's rule."""
    width = (end - begin) / STEPS
    inner = sum(of(begin + n * width) * (4 if n % 2 else 2) for n in range(1, STEPS))
    return (of(begin) + inner + of(end)) * width / 3.0


def enough(load: Load, target: float, in_time: float, abandoned: float = 1.0) -> Service | None:
    """The fewest agents with whom at least ``in_time`` are answered in time and at most ``abandoned`` give up.

    None: not even :data:`MOST_AGENTS`.
    """

    def does(agents: int) -> bool:
        given = service(load, agents, target)
        return given.in_time >= in_time and given.abandoned <= abandoned

    low, high = 0, 1
    while not does(high):
        low, high = high, high * 2
        if low > MOST_AGENTS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return service(load, high, target)


def enough_for_each(loads: Iterable[Load], target: float, in_time: float) -> dict[Load, int]:
    """The fewest agents for each of some loads of one kind of call, each reckoned on from the smaller one before it."""
    found, agents = dict[Load, int](), 0
    for load in sorted(loads, key=lambda one: one.calls):
        while agents < MOST_AGENTS and service(load, agents, target).in_time < in_time:
            agents += 1
        found[load] = agents if load.calls > 0 else 0
    return found


def around(load: Load, target: float, agents: int, fewer: int = 4, more: int = 4) -> Iterator[Service]:
    """What some fewer and some more would give."""
    for count in range(max(1, agents - fewer), agents + more + 1):
        yield service(load, count, target)
