"""Lines of requests that differ in nothing but their age, and how fast they are served."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.worth import AHEAD, DUE, DUE_SHARE, HASTE, IN_TIME, Pace, Promise, crowding, due_from, limits

Skills = frozenset[str]
Step = tuple[float, Skills]
"""From so long a wait on, in seconds, these skills are enough."""
FIRST_GUESS = 10.0
"""Seconds from one agent to the next, before any was seen."""
LEARNT = 1 / 16
"""What one more observation changes of it."""


class Class(NamedTuple):
    """Requests that differ in nothing but their age."""

    queue: str
    tier: str
    skills: Skills
    channel: str = "call"


@dataclass(slots=True, eq=False)
class Waiting:
    """In line. ``since``: seconds on the caller's clock; ``waits``: it is in the line now.

    ``wants``, ``until``: the agent for whom it is held, and how long; ``closed``: by agent, until when they are not
    offered it; ``placed``: it may still lie somewhere in its line from before.
    """

    id: str
    of: Class
    since: float
    waits: bool = False
    wants: str | None = None
    until: float = -math.inf
    closed: dict[str, float] | None = None
    placed: bool = False

    def closed_to(self, agent: str, now: float) -> bool:
        return self.closed is not None and self.closed.get(agent, -math.inf) > now


@dataclass(slots=True)
class Kind:
    """All requests that ask for the same skills, of every queue and tier: how many wait, how fast they are served.

    ``since``: when the last of them was served, or when the first came to an empty line. ``ahead``, ``crowd``: what the
    index needs of it, kept because it is asked for more often than it changes; ``limits`` by promise: from when one is
    due, and the longest wait.
    """

    waiting: int = 0
    every: float = FIRST_GUESS
    since: float = 0.0
    ahead: float = 0.0
    crowd: float = 1.0
    limits: dict[float, tuple[float, float]] = field(default_factory=dict)

    def came(self, now: float) -> None:
        if not self.waiting:
            self.since = now
        self.waiting += 1
        self.changed()

    def served(self, now: float) -> None:
        self.waiting -= 1
        self.every += (max(0.0, now - self.since) - self.every) * LEARNT
        self.since = now
        self.changed()

    def left(self) -> None:
        self.waiting -= 1
        self.changed()

    def changed(self) -> None:
        if self.limits:
            self.limits.clear()
        self.ahead, self.crowd = AHEAD * self.every, crowding(self.every * self.waiting)

    def limit(self, promise: Promise, late: float) -> tuple[float, float]:
        made = self.limits[late] = limits(promise, self.every, self.every * self.waiting)
        return made

    def pace(self) -> Pace:
        return Pace(self.every, self.waiting)


def _head(heads: deque[Waiting]) -> Waiting | None:
    while heads and not heads[0].waits:
        heads.popleft()
    return heads[0] if heads else None


def _insert(heads: deque[Waiting], request: Waiting) -> None:
    if not heads or heads[-1].since < request.since:
        heads.append(request)
        return
    age = request.since, request.id
    if (heads[-1].since, heads[-1].id) < age:
        heads.append(request)
    else:
        heads.insert(next(n for n, one in enumerate(heads) if (one.since, one.id) >= age), request)


@dataclass(slots=True)
class Line:
    """``fresh``: those who can still be answered within the target, as far as one has looked (rule *misses*).

    ``steps``: skills that are enough after so long a wait. ``closed``: how many in it are closed to somebody. The rest
    is worked out once, because it is asked for at each decision: ``late`` is the wait from which one may be due,
    ``square`` that of the target.
    """

    promise: Promise
    value: float
    kind: Kind
    steps: tuple[Step, ...] = ()
    closed: int = 0
    heads: deque[Waiting] = field(default_factory=deque)
    fresh: deque[Waiting] = field(default_factory=deque)
    by_cost: bool = field(init=False)
    target: float = field(init=False)
    square: float = field(init=False)
    late: float = field(init=False)

    def __post_init__(self) -> None:
        self.by_cost, self.target = self.promise.rule == "cost", self.promise.target_seconds
        self.square = self.target * self.target
        self.late = self.promise.max_wait_seconds * DUE_SHARE or math.inf

    def put(self, request: Waiting) -> None:
        if request.placed:
            self._clear(request)
        request.placed = True
        _insert(self.heads, request)
        if not self.by_cost:
            _insert(self.fresh, request)

    def take(self, request: Waiting) -> None:
        """It waits no longer. At the head it goes at once, elsewhere when it comes there."""
        request.waits = False
        if self.heads and self.heads[0] is request:
            self.heads.popleft()
            request.placed = not self.by_cost

    def _clear(self, request: Waiting) -> None:
        """One that comes back must not lie in the line twice."""
        for entries in (self.heads, self.fresh):
            with suppress(ValueError):
                entries.remove(request)

    def candidates(self, now: float, agent: str | None = None, skip: Collection[str] = ()) -> Iterable[Waiting]:
        """The head, and the oldest that can still be answered in time where that counts.

        For ``agent`` what is not closed to them; without those of ``skip``, by id.
        """
        if skip:
            return self._open(now, lambda one: one.id not in skip)
        if self.closed and agent is not None:
            due = due_from(self.promise, self.kind.pace())
            return self._open(now, lambda one: now - one.since >= due or not one.closed_to(agent, now))
        head = _head(self.heads)
        if head is None:
            return ()
        if self.by_cost or now - head.since < self.target:
            return (head,)
        fresh = self.in_time(now)
        return (head,) if fresh is None else (head, fresh)

    def in_time(self, now: float) -> Waiting | None:
        """The oldest that can still be answered within the target."""
        entries, target = self.fresh, self.target
        while entries:
            first = entries[0]
            if first.waits and now - first.since < target:
                return first
            entries.popleft()
        return None

    def _open(self, now: float, fits: Callable[[Waiting], bool]) -> Iterable[Waiting]:
        first = second = None
        for one in self.heads:
            if not one.waits or not fits(one):
                continue
            if first is None:
                first = one
            if self.by_cost or now - one.since < self.target:
                second = one
                break
        return tuple(one for one in ((first,) if first is second else (first, second)) if one is not None)

    def foremost(self, now: float, agent: str | None = None) -> tuple[float, Waiting] | None:
        """The most urgent of the candidates, and how urgent."""
        urgencies = [(self.index(now - one.since), one) for one in self.candidates(now, agent)]
        return max(urgencies, key=lambda each: each[0], default=None)

    def index(self, waited: float) -> float:
        """:func:`routing.worth.index`, with what is the same for all heads worked out before."""
        if waited >= self.late:
            due, longest = self.kind.limits.get(self.late) or self.kind.limit(self.promise, self.late)
            if waited >= due:
                return DUE + waited - longest
        if not self.by_cost and waited < self.target:
            return IN_TIME + self.value * (1.0 + HASTE * waited / self.target)
        return self.value * (2.0 * waited + self.kind.ahead) / self.square * self.kind.crowd


@dataclass(slots=True)
class LateLine:
    """A line for agents who can serve it only from a wait of ``after`` on. ``closed``: nobody's head as it stands."""

    line: Line
    after: float
    closed: int = 1

    @property
    def value(self) -> float:
        return self.line.value

    def candidates(self, now: float, agent: str | None = None, skip: Collection[str] = ()) -> Iterable[Waiting]:
        return [one for one in self.line.candidates(now, agent, skip) if now - one.since >= self.after]

    def foremost(self, now: float, agent: str | None = None) -> tuple[float, Waiting] | None:
        enough = [(self.line.index(now - one.since), one) for one in self.candidates(now, agent)]
        return max(enough, key=lambda each: each[0], default=None)


def foremost_of(lines: Iterable[Line | LateLine], now: float, agent: str | None) -> tuple[float, Waiting | None]:
    """The most urgent in all these lines, and how urgent; among equals who came first, then who is worth most.

    Each line is asked at each decision. So what :meth:`Line.foremost` says is written out here for the lines in which
    nobody is closed to anybody, which are nearly all: it takes half the time.
    """
    best, highest, since, value = None, -math.inf, 0.0, 0.0
    for line in lines:
        if line.closed:
            found = line.foremost(now, agent)
            if found is None:
                continue
            urgency, head = found
        else:
            heads = line.heads
            while heads and not heads[0].waits:
                heads.popleft()
            if not heads:
                continue
            head, kind = heads[0], line.kind
            waited = now - head.since
            due, longest = line.late, 0.0
            if waited >= due:
                due, longest = kind.limits.get(due) or kind.limit(line.promise, due)
            if waited >= due:
                urgency = DUE + waited - longest
            elif line.by_cost or waited >= line.target:
                urgency = line.value * (2.0 * waited + kind.ahead) / line.square * kind.crowd
                if not line.by_cost and (fresh := line.in_time(now)) is not None:
                    in_time = IN_TIME + line.value * (1.0 + HASTE * (now - fresh.since) / line.target)
                    if in_time > urgency:
                        urgency, head = in_time, fresh
            else:
                urgency = IN_TIME + line.value * (1.0 + HASTE * waited / line.target)
        if urgency >= highest and (urgency > highest or (-head.since, line.value) > (-since, value)):
            best, highest, since, value = head, urgency, head.since, line.value
    return highest, best


def by_name(of: Class) -> tuple[str, str, list[str], str]:
    """An order of classes that does not depend on who came first: what is equal in all else is decided the same way."""
    return of.queue, of.tier, sorted(of.skills), of.channel
