"""A day of calls through a policy: who came when, who served whom, who gave up.

The world knows what no policy may know (how long each call will take, how long each caller's patience lasts) and tells
a policy only what a real one would see: a request came, it left, an agent is free. Seconds since the day's beginning.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.requests import Class, Skills, Waiting


@dataclass(frozen=True, slots=True)
class Arrival:
    """``service``: seconds with an agent, wrap-up included; ``patience``: until the caller gives up, None never.

    ``prefers``: agents who know the caller, who comes first leading.
    """

    at: float
    of: Class
    service: float
    patience: float | None
    prefers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent at work from ``begins`` to ``ends``; a call that goes on then is ended properly."""

    agent: str
    skills: Skills
    begins: float
    ends: float


class Policy(Protocol):
    """Who serves whom. It is told everything in the order of time."""

    def came(self, agent: str, now: float) -> Waiting | None:
        """The agent is free (begins the shift, or a call has ended): what they serve next, or None to be idle."""

    def went(self, agent: str) -> None:
        """An idle agent's shift is over."""

    def arrived(self, request: Waiting, now: float) -> str | None:
        """A request came: the idle agent who serves it at once, or None when it waits (and its ``waits`` is True)."""

    def left(self, request: Waiting) -> None:
        """The one who waited gave up. From then on its ``waits`` is False, as it is of whom :meth:`came` returned."""

    def released(self, request: Waiting, now: float) -> str | None:
        """More agents may serve it from now on: the time is over for which it was kept for one (``until``), or what it
        asks for has become less (:meth:`relaxes`). Who serves it at once, or None."""

    def relaxes(self, request: Waiting) -> Iterable[float]:
        """Seconds of waiting after which it asks for less."""


@dataclass(slots=True, eq=False)
class Served:
    """What became of an arrival. ``agent`` None: it gave up, or the day ended."""

    arrival: Arrival
    waited: float
    agent: str | None


@dataclass(slots=True)
class Day:
    """``served``: in the order of arrivals. ``worked``, ``present``: seconds of talk and of shift, over all agents."""

    served: list[Served]
    worked: float
    present: float


BEGINS, ARRIVES, ENDS_CALL, GIVES_UP, GOES, RELEASED = range(6)
"""At one and the same moment: who becomes free is told before who comes, and nobody gives up who could be served."""
ORDER = {BEGINS: 0, ENDS_CALL: 1, RELEASED: 2, ARRIVES: 3, GIVES_UP: 4, GOES: 5}


def run(arrivals: Sequence[Arrival], shifts: Sequence[Shift], policy: Policy) -> Day:
    """Plays the day to its last call. ``arrivals`` in any order; their place is their request's id."""
    return _World(arrivals, shifts, policy).play()


class _World:
    def __init__(self, arrivals: Sequence[Arrival], shifts: Sequence[Shift], policy: Policy) -> None:
        self._arrivals, self._policy = arrivals, policy
        self._shift = {shift.agent: shift for shift in shifts}
        self._requests: list[Waiting] = []
        self._served: list[Served | None] = [None] * len(arrivals)
        self._idle: set[str] = set()
        self._worked = 0.0
        self._left_late = 0.0
        timed = [(arrival.at, ORDER[ARRIVES], n, ARRIVES) for n, arrival in enumerate(arrivals)]
        names = [shift.agent for shift in shifts]
        timed += [(shift.begins, ORDER[BEGINS], n, BEGINS) for n, shift in enumerate(shifts)]
        timed += [(shift.ends, ORDER[GOES], n, GOES) for n, shift in enumerate(shifts)]
        heapq.heapify(timed)
        self._timed, self._names = timed, names
        self._busy: dict[int, str] = {}
        self._requests = [
            Waiting(str(n), arrival.of, arrival.at, prefers=arrival.prefers) for n, arrival in enumerate(arrivals)
        ]

    def play(self) -> Day:
        steps: dict[int, Callable[[int, float], None]] = {
            BEGINS: self._begins, ARRIVES: self._arrives, ENDS_CALL: self._ends, GIVES_UP: self._gives_up,
            GOES: self._goes, RELEASED: self._released,
        }  # fmt: skip
        now = 0.0
        while self._timed:
            now, _, which, kind = heapq.heappop(self._timed)
            steps[kind](which, now)
        for n, request in enumerate(self._requests):
            if request.waits:
                self._served[n] = Served(self._arrivals[n], max(0.0, now - request.since), None)
        present = sum(shift.ends - shift.begins for shift in self._shift.values()) + self._left_late
        return Day([one for one in self._served if one is not None], self._worked, present)

    def _begins(self, which: int, now: float) -> None:
        self._free(self._names[which], now)

    def _free(self, agent: str, now: float) -> None:
        request = self._policy.came(agent, now)
        if request is None:
            self._idle.add(agent)
        else:
            self._serve(request, agent, now)

    def _arrives(self, which: int, now: float) -> None:
        request = self._requests[which]
        agent = self._policy.arrived(request, now)
        if agent is not None:
            self._idle.remove(agent)
            self._serve(request, agent, now)
            return
        if request.wants is not None:
            heapq.heappush(self._timed, (request.until, ORDER[RELEASED], which, RELEASED))
        for after in self._policy.relaxes(request):
            heapq.heappush(self._timed, (now + after, ORDER[RELEASED], which, RELEASED))
        patience = self._arrivals[which].patience
        if patience is not None:
            heapq.heappush(self._timed, (now + patience, ORDER[GIVES_UP], which, GIVES_UP))

    def _serve(self, request: Waiting, agent: str, now: float) -> None:
        which = int(request.id)
        arrival = self._arrivals[which]
        self._served[which] = Served(arrival, now - request.since, agent)
        self._busy[which] = agent
        self._worked += arrival.service
        heapq.heappush(self._timed, (now + arrival.service, ORDER[ENDS_CALL], which, ENDS_CALL))

    def _ends(self, which: int, now: float) -> None:
        agent = self._busy.pop(which)
        shift = self._shift[agent]
        if now < shift.ends:
            self._free(agent, now)
        else:
            self._left_late += now - shift.ends

    def _gives_up(self, which: int, now: float) -> None:
        request = self._requests[which]
        if request.waits:
            self._policy.left(request)
            self._served[which] = Served(self._arrivals[which], now - request.since, None)

    def _released(self, which: int, now: float) -> None:
        request = self._requests[which]
        agent = self._policy.released(request, now) if request.waits else None
        if agent is not None:
            self._idle.remove(agent)
            self._serve(request, agent, now)

    def _goes(self, which: int, now: float) -> None:
        agent = self._names[which]
        if agent in self._idle:
            self._idle.remove(agent)
            self._policy.went(agent)
