"""A recorded day made playable: what is known of each call, and honest guesses for what is not.

Who was answered would have waited longer, nobody knows how long; who gave up would have talked, nobody knows how long.
For the first, patience is taken to be exponential, with the mean that makes the queue's day most likely: all seconds
that anybody waited, by the number who gave up. Such patience has no memory, so what is left of it after the wait that
was had is another draw. For the second, a talk of the same queue is drawn. The same day gives the same draws.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.requests import Class
from routing.what_if.day import Arrival, Day, Served, Shift

USUAL_TALK = 180.0
"""Seconds, for a queue in which nobody talked."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """Seconds since the day's beginning. ``agent`` None: gave up, or the queue's time was over."""

    at: float
    queue: str
    tier: str
    waited: float
    agent: str | None
    talked: float = 0.0


@dataclass(frozen=True, slots=True)
class PastState:
    """From ``at`` on the agent is at work for these queues; none: away. ``wraps``: is wrapping up."""

    at: float
    agent: str
    queues: tuple[str, ...]
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """``length``: seconds."""

    calls: tuple[PastCall, ...]
    states: tuple[PastState, ...]
    length: float


def shifts_of(past: Past) -> list[Shift]:
    """When somebody came, went on a pause, or changed queues, a shift ends and another may begin. Skills are queues."""
    made: list[Shift] = []
    open_: dict[str, tuple[float, tuple[str, ...]]] = {}

    def close(agent: str, at: float) -> None:
        since, queues = open_.pop(agent, (at, ()))
        begins, ends = max(0.0, since), min(past.length, at)
        if ends > begins:
            made.append(Shift(f"{agent}\0{len(made)}", frozenset(queues), begins, ends))

    for state in past.states:
        queues = open_[state.agent][1] if state.agent in open_ else ()
        if state.queues != queues:
            close(state.agent, state.at)
            if state.queues:
                open_[state.agent] = state.at, state.queues
    for agent in sorted(open_):
        close(agent, past.length)
    return made or _from_talks(past)


def _from_talks(past: Past) -> list[Shift]:
    """Where nobody said who was at work: from the first talk to the last."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    queues: defaultdict[str, set[str]] = defaultdict(set)
    for call in past.calls:
        if call.agent is not None:
            begin = call.at + call.waited
            first[call.agent] = min(begin, first.get(call.agent, begin))
            last[call.agent] = max(begin + call.talked, last.get(call.agent, 0.0))
            queues[call.agent].add(call.queue)
    return [Shift(agent, frozenset(queues[agent]), first[agent], last[agent] + 1.0) for agent in sorted(first)]


def wrap_up_of(past: Past) -> float:
    """Seconds of wrapping up for each answered call, on the average."""
    answered = sum(call.agent is not None for call in past.calls)
    spent, since = 0.0, dict[str, float]()
    for state in past.states:
        if (begun := since.pop(state.agent, None)) is not None:
            spent += max(0.0, state.at - max(0.0, begun))
        if state.wraps:
            since[state.agent] = state.at
    return spent / answered if answered else 0.0


def patience_of(calls: Iterable[PastCall]) -> float | None:
    """Seconds on the average; None: nobody gave up."""
    known = list(calls)
    gave_up = sum(call.agent is None for call in known)
    return sum(call.waited for call in known) / gave_up if gave_up else None


def arrivals_of(past: Past, seed: int = 1) -> list[Arrival]:
    """Each call asks for its queue."""
    dice, wrap = random.Random(seed), wrap_up_of(past)  # noqa: S311 - chance, not a secret
    by_queue: defaultdict[str, list[PastCall]] = defaultdict(list)
    for call in past.calls:
        by_queue[call.queue].append(call)
    mean = {queue: patience_of(calls) for queue, calls in by_queue.items()}
    talks = {queue: [call.talked for call in calls if call.agent is not None] for queue, calls in by_queue.items()}
    made = []
    for call in past.calls:
        of = Class(call.queue, call.tier, frozenset((call.queue,)))
        patient = mean[call.queue]
        if call.agent is None:
            talk = dice.choice(talks[call.queue] or [USUAL_TALK])
            made.append(Arrival(call.at, of, talk + wrap, call.waited))
        else:
            patience = None if patient is None else call.waited + dice.expovariate(1.0 / max(patient, 1.0))
            made.append(Arrival(call.at, of, call.talked + wrap, patience))
    return made


def as_it_was(past: Past, arrivals: Sequence[Arrival], shifts: Sequence[Shift]) -> Day:
    """The day itself, for the same figures."""
    served = [Served(arrival, call.waited, call.agent) for arrival, call in zip(arrivals, past.calls, strict=True)]
    worked = sum(arrival.service for arrival, call in zip(arrivals, past.calls, strict=True) if call.agent is not None)
    return Day(served, worked, sum(shift.ends - shift.begins for shift in shifts))
