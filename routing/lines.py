"""Lines of requests that differ in nothing but their age, and how fast they are served."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.worth import AHEAD, DUE_SHARE, HASTE, IN_TIME, Pace, Promise, crowd, due_from, index

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
    index needs of it, kept because it is asked for more often than it changes.
    """

    waiting: int = 0
    every: float = FIRST_GUESS
    since: float = 0.0
    ahead: float = 0.0
    crowd: float = 1.0

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
        pace = self.pace()
        self.ahead, self.crowd = AHEAD * pace.every, crowd(pace)

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

    ``steps``: skills that are enough after so long a wait. ``closed``: how many in it are closed to somebody.
    """

    promise: Promise
    value: float
    kind: Kind
    steps: tuple[Step, ...] = ()
    closed: int = 0
    heads: deque[Waiting] = field(default_factory=deque)
    fresh: deque[Waiting] = field(default_factory=deque)

    def put(self, request: Waiting) -> None:
        if request.placed:
            self._clear(request)
        request.placed = True
        _insert(self.heads, request)
        if self.promise.rule == "misses":
            _insert(self.fresh, request)

    def take(self, request: Waiting) -> None:
        """It waits no longer. At the head it goes at once, elsewhere when it comes there."""
        request.waits = False
        if self.heads and self.heads[0] is request:
            self.heads.popleft()
            request.placed = self.promise.rule == "misses"

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
        if self.promise.rule == "cost" or now - head.since < self.promise.target_seconds:
            return (head,)
        while (fresh := _head(self.fresh)) is not None and now - fresh.since >= self.promise.target_seconds:
            self.fresh.popleft()
        return (head,) if fresh is None else (head, fresh)

    def _open(self, now: float, fits: Callable[[Waiting], bool]) -> Iterable[Waiting]:
        first = second = None
        for one in self.heads:
            if not one.waits or not fits(one):
                continue
            if first is None:
                first = one
            if self.promise.rule == "cost" or now - one.since < self.promise.target_seconds:
                second = one
                break
        return tuple(one for one in ((first,) if first is second else (first, second)) if one is not None)

    def index(self, waited: float) -> float:
        """:func:`routing.worth.index`, with what is the same for all heads worked out before."""
        promise, target = self.promise, self.promise.target_seconds
        if waited >= promise.max_wait_seconds * DUE_SHARE:
            return index(promise, self.value, waited, self.kind.pace())
        if promise.rule == "misses" and waited < target:
            return IN_TIME + self.value * (1.0 + HASTE * waited / target)
        return self.value * (2.0 * waited + self.kind.ahead) / (target * target) * self.kind.crowd


@dataclass(slots=True)
class LateLine:
    """A line for agents who can serve it only from a wait of ``after`` on."""

    line: Line
    after: float

    @property
    def value(self) -> float:
        return self.line.value

    def candidates(self, now: float, agent: str | None = None, skip: Collection[str] = ()) -> Iterable[Waiting]:
        return [one for one in self.line.candidates(now, agent, skip) if now - one.since >= self.after]

    def index(self, waited: float) -> float:
        return self.line.index(waited)


def by_name(of: Class) -> tuple[str, str, list[str], str]:
    """An order of classes that does not depend on who came first: what is equal in all else is decided the same way."""
    return of.queue, of.tier, sorted(of.skills), of.channel
