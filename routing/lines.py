"""Lines of requests that differ in nothing but their age, and how fast they are served."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
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
    offered it; ``placed``: it may still lie somewhere in its line from before; ``prefers``: agents who know the caller.
    """

    id: str
    of: Class
    since: float
    waits: bool = False
    wants: str | None = None
    until: float = -math.inf
    closed: dict[str, float] | None = None
    placed: bool = False
    prefers: tuple[str, ...] = ()

    def kept(self, now: float) -> bool:
        """For one agent, who may still come."""
        return self.waits and self.wants is not None and self.until > now

    def closed_to(self, agent: str, now: float) -> bool:
        return self.closed is not None and self.closed.get(agent, -math.inf) > now


@dataclass(slots=True)
class Kind:
    """All requests that ask for the same skills, of every queue and tier: how many wait, how fast they are served.

    ``since``: when the last of them was served, or when the first came to an empty line. ``able``: the share of the
    agents at work who can serve them. ``ahead``, ``crowd``: what the index needs of it, kept because it is asked for
    more often than it changes; ``limits`` by promise: from when one is due, and the longest wait.
    """

    waiting: int = 0
    every: float = FIRST_GUESS
    since: float = 0.0
    able: float = 1.0
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
        self.ahead, self.crowd = AHEAD * self.every, crowding(self.every * self.waiting) / self.able

    def limit(self, promise: Promise, late: float) -> tuple[float, float]:
        made = self.limits[late] = limits(promise, self.every, self.every * self.waiting)
        return made

    def pace(self) -> Pace:
        return Pace(self.every, self.waiting, self.able)


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
    kind: Kind = field(init=False)
    promise: Promise = field(init=False)
    value: float = field(init=False)

    def __post_init__(self) -> None:
        self.kind, self.promise, self.value = self.line.kind, self.line.promise, self.line.value

    def candidates(self, now: float, agent: str | None = None, skip: Collection[str] = ()) -> Iterable[Waiting]:
        return [one for one in self.line.candidates(now, agent, skip) if now - one.since >= self.after]

    def index(self, waited: float) -> float:
        return self.line.index(waited)


Group = list[Line | LateLine]


def grouped(lines: Iterable[Line | LateLine]) -> list[Group]:
    """Lines of one kind and one promise together, whose callers are worth most leading, as :func:`in_front` wants."""
    groups: dict[tuple[int, Promise], Group] = {}
    for line in lines:
        groups.setdefault((id(line.kind), line.promise), []).append(line)
    return [sorted(group, key=lambda line: -line.value) for group in groups.values()]


def in_front(groups: Iterable[Group], now: float, agent: str | None) -> list[tuple[Line | LateLine, Waiting]]:
    """Those among whom the most urgent is: a few, though each line is looked at, so that a decision takes little time.

    Who is worth no more than another of the same kind and promise, and has waited no longer, does not go before them:
    that holds among those who can still be answered in time (rule *misses*), and among all others.
    """
    front: list[tuple[Line | LateLine, Waiting]] = []
    for lines in groups:
        oldest = oldest_in_time = math.inf
        for line in lines:
            if isinstance(line, LateLine) or line.closed:
                front += [(line, one) for one in line.candidates(now, agent)]
                continue
            heads = line.heads
            while heads and not heads[0].waits:
                heads.popleft()
            if not heads:
                continue
            head = heads[0]
            if line.by_cost or now - head.since >= line.target:
                if head.since < oldest:
                    oldest = head.since
                    front.append((line, head))
                if line.by_cost or (fresh := line.in_time(now)) is None:
                    continue
                head = fresh
            if head.since < oldest_in_time:
                oldest_in_time = head.since
                front.append((line, head))
    return front


def most_urgent(found: Iterable[tuple[Line | LateLine, Waiting]], now: float) -> tuple[float, Waiting | None]:
    """And how urgent; among equals who came first, then who is worth most."""
    best, highest, equals = None, -math.inf, (0.0, 0.0)
    for line, head in found:
        urgency = line.index(now - head.since)
        if urgency >= highest and (urgency > highest or (-head.since, line.value) > equals):
            best, highest, equals = head, urgency, (-head.since, line.value)
    return highest, best


def lines_for(lines: Mapping[Class, Line], skills: Skills, channel: str | None) -> list[Group]:
    """What an agent with these skills can serve, now or later; ``channel``: only that."""
    found: list[Line | LateLine] = []
    for of in sorted(lines, key=by_name):
        line = lines[of]
        if channel not in (None, of.channel):
            continue
        if of.skills <= skills:
            found.append(line)
        elif (after := next((after for after, asked in line.steps if asked <= skills), None)) is not None:
            found.append(LateLine(line, after))
    return grouped(found)


def by_name(of: Class) -> tuple[str, str, list[str], str]:
    """An order of classes that does not depend on who came first: what is equal in all else is decided the same way."""
    return of.queue, of.tier, sorted(of.skills), of.channel
