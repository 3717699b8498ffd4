"""Who gets whom when several wait and several are free: at a start, and whenever time has opened something.

Time opens: what is asked for has relaxed, a request was held long enough, a rejection is long ago. The pairs depend
only on who waits and who is free, not on the order in which that became so: the most urgent request that some free
agent can serve goes first, to the agent whom :class:`routing.requests.Idle` gives it, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routing.levels import Scale
from routing.requests import Free, Idle, Requests, Skills, Waiting

Weigh = Callable[[Skills], float]


@dataclass(frozen=True, slots=True)
class Need:
    """What a queue asks for, and what one level above counts, in seconds of idleness."""

    skills: Mapping[str, int]
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Pair:
    """``reasons``: why this agent, in words; their points add up to ``score``, in seconds of idleness."""

    request: Waiting
    agent: str
    score: float
    reasons: tuple[tuple[str, float], ...]


class Pairing:
    """``needs`` by queue."""

    def __init__(self, requests: Requests, idle: Idle, scale: Scale, needs: Mapping[str, Need]) -> None:
        self._requests, self._idle, self._scale, self._needs = requests, idle, scale, needs

    def weigh(self, queue: str) -> Weigh | None:
        """None where the queue weighs no levels."""
        need = self._needs.get(queue)
        if need is None or not need.weights:
            return None
        return lambda group: sum(points for _, points in self._scale.above(group, need.skills, need.weights))

    def agent_for(self, request: Waiting, now: float) -> Pair | None:
        """The free agent who gets this request, which is in line or has been; they are free no longer."""
        weigh = self.weigh(request.of.queue)
        free = self._idle.choose(self._requests.asks(request, now), self._requests.closed_to(request, now), weigh)
        return None if free is None else Pair(request, free.agent, *self._why(request.of.queue, free, now))

    def _why(self, queue: str, free: Free, now: float) -> tuple[float, tuple[tuple[str, float], ...]]:
        need, idle = self._needs.get(queue), max(0.0, now - free.since)
        reasons = [(f"free for {idle:.0f} s", idle)]
        if need is not None:
            reasons += self._scale.above(free.group, need.skills, need.weights)
        return sum(points for _, points in reasons), tuple(reasons)

    def pairs(self, now: float, channel: str | None = None) -> list[Pair]:
        """Takes both out, pair by pair, until nobody who waits can be served by anybody who is free."""
        found: list[Pair] = []
        while (pair := self._next(now, channel)) is not None:
            self._requests.took(pair.request, now)
            found.append(pair)
        return found

    def _next(self, now: float, channel: str | None) -> Pair | None:
        skip: set[str] = set()
        while (first := self._first(now, channel, skip)) is not None:
            if first.wants is not None:
                self._idle.remove(first.wants)
                return Pair(first, first.wants, 0.0, (("waited for this agent", 0.0),))
            pair = self.agent_for(first, now)
            if pair is not None:
                return pair
            skip.add(first.id)  # all who are free have just rejected it
        return None

    def _first(self, now: float, channel: str | None, skip: set[str]) -> Waiting | None:
        held = [
            one
            for one in self._requests.held(now)
            if one.wants is not None and one.wants in self._idle and channel in (None, one.of.channel)
        ]
        open_to_all = self._requests.most_urgent(self._idle.groups(), now, channel, skip)
        heads = held if open_to_all is None else [*held, open_to_all]
        return min(heads, key=lambda head: self._requests.rank(head, now), default=None)
