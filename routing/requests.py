"""Everything that waits for an agent, in one ordered list of classes, and who serves it best.

:class:`Requests` holds the lines; :meth:`Requests.take_for` chooses the request for an agent who has become free, and
:class:`Idle` the agent for a request that has just come. Both look at classes and groups of agents, never at everyone
who waits.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.worth import AHEAD, DUE_SHARE, HASTE, IN_TIME, Pace, Promise, crowd, index

Skills = frozenset[str]
FIRST_GUESS = 10.0
"""Seconds from one agent to the next, before any was seen."""
LEARNT = 1 / 16
"""What one more observation changes of it."""


class Class(NamedTuple):
    """Requests that differ in nothing but their age."""

    queue: str
    tier: str
    skills: Skills


@dataclass(slots=True, eq=False)
class Waiting:
    """In line. ``since``: seconds on the caller's clock; ``waits``: it is in the line now."""

    id: str
    of: Class
    since: float
    waits: bool = False


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
    if not heads or heads[-1].since <= request.since:
        heads.append(request)
    else:
        heads.insert(next(n for n, one in enumerate(heads) if one.since > request.since), request)


@dataclass(slots=True)
class _Line:
    """``fresh``: those who can still be answered within the target, as far as one has looked (rule *misses*)."""

    promise: Promise
    value: float
    kind: Kind
    heads: deque[Waiting] = field(default_factory=deque)
    fresh: deque[Waiting] = field(default_factory=deque)

    def put(self, request: Waiting) -> None:
        _insert(self.heads, request)
        if self.promise.rule == "misses":
            _insert(self.fresh, request)

    def candidates(self, now: float) -> Iterable[Waiting]:
        """The head, and the oldest that can still be answered in time where that counts."""
        head = _head(self.heads)
        if head is None:
            return ()
        if self.promise.rule == "cost" or now - head.since < self.promise.target_seconds:
            return (head,)
        while (fresh := _head(self.fresh)) is not None and now - fresh.since >= self.promise.target_seconds:
            self.fresh.popleft()
        return (head,) if fresh is None else (head, fresh)

    def index(self, waited: float) -> float:
        """:func:`routing.worth.index`, with what is the same for all heads worked out before."""
        promise, target = self.promise, self.promise.target_seconds
        if waited >= promise.max_wait_seconds * DUE_SHARE:
            return index(promise, self.value, waited, self.kind.pace())
        if promise.rule == "misses" and waited < target:
            return IN_TIME + self.value * (1.0 + HASTE * waited / target)
        return self.value * (2.0 * waited + self.kind.ahead) / (target * target) * self.kind.crowd


def _by_name(of: Class) -> tuple[str, str, list[str]]:
    """An order of classes that does not depend on who came first: what is equal in all else is decided the same way."""
    return of.queue, of.tier, sorted(of.skills)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``waiting``: id, class, since when, in the lines' order. ``kinds``: skills, pace, since when that runs."""

    waiting: tuple[tuple[str, Class, float], ...]
    kinds: tuple[tuple[Skills, float, float], ...]


class Requests:
    """``promises`` by queue, ``values`` by tier; what is not named there gets the defaults (Promise(), 1)."""

    def __init__(self, promises: Mapping[str, Promise], values: Mapping[str, float]) -> None:
        self._promises = promises
        self._values = values
        self._lines: dict[Class, _Line] = {}
        self._kinds: dict[Skills, Kind] = {}
        self._for: dict[Skills, list[_Line]] = {}

    def put(self, request: Waiting, now: float) -> None:
        """At its place by age: one that comes back (a phone that was not answered) stands where it stood."""
        line = self._lines.get(request.of)
        if line is None:
            line = self._lines[request.of] = self._made(request.of)
            self._for.clear()
        line.kind.came(now)
        request.waits = True
        line.put(request)

    def _made(self, of: Class) -> _Line:
        kind = self._kinds.setdefault(of.skills, Kind())
        return _Line(self._promises.get(of.queue, Promise()), self._values.get(of.tier, 1.0), kind)

    def pace(self, skills: Skills) -> Pace:
        """How those who ask for exactly these skills are being served."""
        return self._kinds.get(skills, Kind()).pace()

    def snapshot(self) -> Snapshot:
        """All that decides what comes next; :meth:`restored` goes on from it alike."""
        waiting = tuple((one.id, one.of, one.since) for line in self._lines.values() for one in line.heads if one.waits)
        kinds = tuple((skills, kind.every, kind.since) for skills, kind in self._kinds.items())
        return Snapshot(waiting, kinds)

    @classmethod
    def restored(
        cls, snapshot: Snapshot, promises: Mapping[str, Promise], values: Mapping[str, float]
    ) -> tuple[Requests, list[Waiting]]:
        """And the requests that wait in it."""
        made = cls(promises, values)
        requests = [Waiting(*each) for each in snapshot.waiting]
        for request in requests:
            made.put(request, request.since)
        for skills, every, since in snapshot.kinds:
            kind = made._kinds.setdefault(skills, Kind())
            kind.every, kind.since = every, since
            kind.changed()
        return made, requests

    def left(self, request: Waiting) -> None:
        """It gave up, or somebody else has it. Once more changes nothing."""
        if request.waits:
            request.waits = False
            self._lines[request.of].kind.left()

    def take_for(self, skills: Skills, now: float) -> Waiting | None:
        """The request that an agent with these skills gets now; it is out of the line, nobody else gets it."""
        best = self.best_for(skills, now)
        if best is not None:
            best.waits = False
            self._lines[best.of].kind.served(now)
        return best

    def best_for(self, skills: Skills, now: float) -> Waiting | None:
        """The request that an agent with these skills should have. It stays in line."""
        best, highest, among_equals = None, -math.inf, (0.0, 0.0)
        for line in self._served_by(skills):
            for head in line.candidates(now):
                urgency = line.index(now - head.since)
                if urgency >= highest and (urgency > highest or (-head.since, line.value) > among_equals):
                    best, highest, among_equals = head, urgency, (-head.since, line.value)
        return best

    def _served_by(self, skills: Skills) -> list[_Line]:
        lines = self._for.get(skills)
        if lines is None:
            able = sorted((of for of in self._lines if of.skills <= skills), key=_by_name)
            lines = self._for[skills] = [self._lines[of] for of in able]
        return lines


class Idle:
    """Agents who are free, in groups of equal skills. An agent goes out of a group longest idle first.

    A request is served by the group that others need least: the sum, over what it can serve, of how much of that comes
    for each agent who can serve it. So somebody who speaks only Estonian takes the Estonian call, and who speaks three
    languages stays free for the next.
    """

    def __init__(self, staff: Iterable[Skills]) -> None:
        self._staff: dict[Skills, int] = {}
        for skills in staff:
            self._staff[skills] = self._staff.get(skills, 0) + 1
        self._free: dict[Skills, deque[str]] = {}
        self._asked: dict[Skills, float] = {}
        self._needed: dict[Skills, float] = {}
        self._count = 0

    def add(self, agent: str, skills: Skills) -> None:
        self._free.setdefault(skills, deque()).append(agent)

    def remove(self, agent: str, skills: Skills) -> None:
        self._free[skills].remove(agent)

    def asked_for(self, skills: Skills) -> None:
        """A request of this kind came: what is asked for often makes those who can do it precious."""
        self._asked[skills] = self._asked.get(skills, 0.0) + 1.0
        self._count += 1
        if self._count & (self._count - 1) == 0 or self._count % 256 == 0:
            self._needed.clear()

    def best_for(self, skills: Skills) -> str | None:
        """Takes an agent out, or None when nobody who can do it is free."""
        groups = [group for group, free in self._free.items() if free and skills <= group]
        if not groups:
            return None
        return self._free[min(groups, key=self.needed)].popleft()

    def needed(self, group: Skills) -> float:
        """How much is asked of each agent of this group, by all it could serve."""
        known = self._needed.get(group)
        if known is None:
            known = sum(
                count / max(1, sum(many for able, many in self._staff.items() if asked <= able))
                for asked, count in self._asked.items()
                if asked <= group
            )
            self._needed[group] = known
        return known
