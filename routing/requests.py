"""Everything that waits for an agent, in one ordered list of classes.

:class:`Requests` holds the lines; :meth:`Requests.take_for` chooses the request for an agent who has become free.
:class:`Idle` chooses the agent for a request that has just come. Both look at classes and groups of agents, never at
everyone who waits.

What a request asks for may become less with its age: then an agent who cannot serve the newcomers of a class may still
serve its head. A request may be *held* for one agent for some seconds: it stands beside its line, for this agent only,
and goes to its place by age when the time is over. It may be *closed* to an agent who has just rejected or missed it.
None of this outlasts the guarantee: who is due is open to all who can.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from routing.lines import Class, Group, Kind, Line, Skills, Step, Waiting, by_name, in_front, lines_for, most_urgent
from routing.worth import DUE_SHARE, Pace, Promise, due_from

__all__ = ["Class", "Free", "Idle", "Kind", "Requests", "Skills", "Snapshot", "Step", "Waiting"]

AGAIN = 30.0
"""Seconds until a request is offered again to an agent who rejected or missed it."""
MOST_HELD = 3
"""So many requests at most are held for one agent: the next would wait longer than it is worth."""


class Kept(NamedTuple):
    """A request as a snapshot has it; the names as in :class:`Waiting`."""

    id: str
    of: Class
    since: float
    wants: str | None
    until: float
    closed: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``waiting``: in the lines' order, then who is held. ``kinds``: skills, pace, since when that runs.

    ``staff``: the agents at work, how many with each set of skills.
    """

    waiting: tuple[Kept, ...]
    kinds: tuple[tuple[Skills, float, float], ...]
    staff: tuple[tuple[Skills, int], ...]


class Requests:
    """``promises`` by queue, ``values`` by tier; what is not named there gets the defaults (Promise(), 1).

    ``relax`` by queue: the steps by which it asks for less, later ones behind. ``own`` by queue: what tiers are worth
    there, where that is not as in ``values``.
    """

    def __init__(
        self,
        promises: Mapping[str, Promise],
        values: Mapping[str, float],
        relax: Mapping[str, tuple[Step, ...]] | None = None,
        own: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        self._promises = promises
        self._values = values
        self._relax = relax or {}
        self._own = own or {}
        self._lines: dict[Class, Line] = {}
        self._kinds: dict[Skills, Kind] = {}
        self._staff: Mapping[Skills, int] = {}
        self._for: dict[tuple[Skills, str | None], list[Group]] = {}
        self._held: list[tuple[float, str, Waiting]] = []
        self._wished: dict[str, list[Waiting]] = {}

    def employ(self, staff: Mapping[Skills, int]) -> None:
        """How many are at work with each set of skills, free or not; nobody said so: who can do what is not known."""
        self._staff = staff
        for skills, kind in self._kinds.items():
            kind.able = self._able(skills)
            kind.changed()

    def _able(self, skills: Skills) -> float:
        """The share of those at work who can do it; 1 where nobody can."""
        able = sum(many for has, many in self._staff.items() if skills <= has)
        return able / sum(self._staff.values()) if able else 1.0

    def _kind(self, skills: Skills) -> Kind:
        kind = self._kinds.get(skills)
        if kind is None:
            kind = self._kinds[skills] = Kind(able=self._able(skills))
        return kind

    def put(self, request: Waiting, now: float) -> None:
        """At its place by age: one that comes back (a phone that was not answered) stands where it stood."""
        line = self._came(request, now)
        line.put(request)

    def _came(self, request: Waiting, now: float) -> Line:
        line = self._line(request.of)
        line.kind.came(now)
        request.waits = True
        if request.closed:
            line.closed += 1
        return line

    def _line(self, of: Class) -> Line:
        line = self._lines.get(of)
        if line is None:
            kind = self._kind(of.skills)
            worth = self._own.get(of.queue, {}).get(of.tier, self._values.get(of.tier, 1.0))
            line = Line(self._promises.get(of.queue, Promise()), worth, kind, self._relax.get(of.queue, ()))
            self._lines[of] = line
            self._for.clear()
        return line

    def hold(self, request: Waiting, agent: str, seconds: float, now: float) -> bool:
        """Puts it beside its line for this agent, who can serve it and is at work but busy, for so long a wait in all.

        False: too many are held for them already, or there is no time left; it is in its line like any other.
        """
        until = self._held_until(request, seconds)
        if until <= now or self._held_for(agent) >= MOST_HELD:
            self.put(request, now)
            return False
        self._came(request, now)
        self._beside(request, agent, until)
        return True

    def keeps(self, request: Waiting) -> float:
        """So long it may be held for an agent, by its queue's rule, in seconds of its whole wait."""
        return self._promises.get(request.of.queue, Promise()).keep_seconds

    def has_room(self, request: Waiting, agent: str, now: float) -> bool:
        """Whether :meth:`hold` would hold it for them as its queue's rule says."""
        until = self._held_until(request, self.keeps(request))
        return until > now and self._held_for(agent) < MOST_HELD

    def _held_until(self, request: Waiting, seconds: float) -> float:
        promise = self._promises.get(request.of.queue, Promise())
        return request.since + min(seconds, promise.max_wait_seconds * DUE_SHARE)

    def _held_for(self, agent: str) -> int:
        return sum(1 for one in self._wished.get(agent, ()) if one.waits)

    def _beside(self, request: Waiting, agent: str, until: float) -> None:
        request.wants, request.until = agent, until
        heapq.heappush(self._held, (until, request.id, request))
        self._wished[agent] = [*(one for one in self._wished.get(agent, ()) if one.waits), request]

    def gone(self, agent: str) -> None:
        """The agent is not at work any more: nobody waits for them."""
        for request in list(self._wished.get(agent, ())):
            self._let_go(request)

    def _let_go(self, request: Waiting) -> None:
        """From beside the line to its place in it."""
        agent, request.wants = request.wants, None
        if agent is None:
            return
        left = [one for one in self._wished.get(agent, ()) if one is not request]
        self._wished[agent] = left
        if not left:
            del self._wished[agent]
        if request.waits:
            self._lines[request.of].put(request)

    def _expire(self, now: float) -> None:
        while self._held and self._held[0][0] <= now:
            until, _, request = heapq.heappop(self._held)
            if request.until == until:
                self._let_go(request)

    def refused(self, request: Waiting, agent: str, now: float, again: float = AGAIN) -> None:
        """This agent rejected or missed it: it goes back to its place, and not to them for ``again`` seconds."""
        request.closed = {**(request.closed or {}), agent: now + again}
        self.put(request, now)

    def pace(self, skills: Skills) -> Pace:
        """How those who ask for exactly these skills are being served."""
        return self._kind(skills).pace()

    def snapshot(self) -> Snapshot:
        """All that decides what comes next; :meth:`restored` goes on from it alike."""
        inside = [one for line in self._lines.values() for one in line.heads if one.waits]
        beside = [one for held in self._wished.values() for one in held if one.waits]
        waiting = tuple(
            Kept(one.id, one.of, one.since, one.wants, one.until, tuple(sorted((one.closed or {}).items())))
            for one in (*inside, *beside)
        )
        kinds = tuple((skills, kind.every, kind.since) for skills, kind in self._kinds.items())
        return Snapshot(waiting, kinds, tuple(self._staff.items()))

    @classmethod
    def restored(
        cls,
        snapshot: Snapshot,
        promises: Mapping[str, Promise],
        values: Mapping[str, float],
        relax: Mapping[str, tuple[Step, ...]] | None = None,
        own: Mapping[str, Mapping[str, float]] | None = None,
    ) -> tuple[Requests, list[Waiting]]:
        """And the requests that wait in it."""
        made = cls(promises, values, relax, own)
        made.employ(dict(snapshot.staff))
        requests = [Waiting(one.id, one.of, one.since, closed=dict(one.closed) or None) for one in snapshot.waiting]
        for request, kept in zip(requests, snapshot.waiting, strict=True):
            line = made._came(request, request.since)
            if kept.wants is None:
                line.put(request)
            else:
                made._beside(request, kept.wants, kept.until)
        for skills, every, since in snapshot.kinds:
            kind = made._kind(skills)
            kind.every, kind.since = every, since
            kind.changed()
        return made, requests

    def left(self, request: Waiting) -> None:
        """It gave up, or somebody else has it. Once more changes nothing."""
        if request.waits:
            self._out(request).kind.left()

    def take_for(
        self, skills: Skills, now: float, agent: str | None = None, channel: str | None = None
    ) -> Waiting | None:
        """The request that an agent with these skills gets now; it is out of the line, nobody else gets it.

        With ``agent`` also what is held for them, and nothing that they have just rejected. ``channel``: only that.
        """
        best = self.best_for(skills, now, agent, channel)
        if best is not None:
            self.took(best, now)
        return best

    def took(self, request: Waiting, now: float) -> None:
        """Somebody has it."""
        self._out(request).kind.served(now)

    def _out(self, request: Waiting) -> Line:
        line = self._lines[request.of]
        line.take(request)
        if request.closed:
            line.closed -= 1
        if request.wants is not None:
            self._let_go(request)
        return line

    def best_for(
        self, skills: Skills, now: float, agent: str | None = None, channel: str | None = None
    ) -> Waiting | None:
        """The request that an agent with these skills should have. It stays in line."""
        if self._held:
            self._expire(now)
        highest, best = most_urgent(in_front(self._served_by(skills, channel), now, agent), now)
        for head in self._wished.get(agent, ()) if agent is not None else ():
            line = self._lines[head.of]
            able = head.waits and self._asks(line, head, now) <= skills and channel in (None, head.of.channel)
            if able and not head.closed_to(agent or "", now) and line.index(now - head.since) >= highest:
                best, highest = head, line.index(now - head.since)
        return best

    def asks(self, request: Waiting, now: float) -> Skills:
        """The skills that are enough for it by now."""
        return self._asks(self._line(request.of), request, now)

    def _asks(self, line: Line, request: Waiting, now: float) -> Skills:
        reached = [skills for after, skills in line.steps if now - request.since >= after]
        return reached[-1] if reached else request.of.skills

    def most_urgent(
        self, groups: Iterable[Skills], now: float, channel: str | None = None, skip: Collection[str] = ()
    ) -> Waiting | None:
        """The first that agents of these groups can serve, whoever has rejected it; not those of ``skip``, by id."""
        if self._held:
            self._expire(now)
        lines = (line for group in groups for lines in self._served_by(group, channel) for line in lines)
        heads = (head for line in lines for head in line.candidates(now, None, skip))
        return min(heads, key=lambda head: self.rank(head, now), default=None)

    def rank(self, request: Waiting, now: float) -> tuple[float, float, float, tuple[object, ...], str]:
        """The least is first; the same in whatever order things became known."""
        line = self._lines[request.of]
        return -line.index(now - request.since), request.since, -line.value, by_name(request.of), request.id

    def held(self, now: float) -> list[Waiting]:
        """Who stands beside a line, each for one agent."""
        self._expire(now)
        return [request for wished in self._wished.values() for request in wished if request.waits]

    def closed_to(self, request: Waiting, now: float) -> list[str]:
        """Agents who shall not have it now: they have just rejected it, and it is not due."""
        line = self._line(request.of)
        if not request.closed or now - request.since >= due_from(line.promise, line.kind.pace()):
            return []
        return [agent for agent, until in request.closed.items() if until > now]

    def _served_by(self, skills: Skills, channel: str | None) -> list[Group]:
        found = self._for.get((skills, channel))
        if found is None:
            found = self._for[skills, channel] = lines_for(self._lines, skills, channel)
        return found


class Free(NamedTuple):
    """An agent who was idle since then."""

    agent: str
    since: float
    group: Skills


class Idle:
    """Agents who are free, in groups of equal skills. An agent goes out of a group longest idle first.

    A request is served by the group that others need least: the sum, over what it can serve, of how much of that comes
    for each agent who can serve it. So somebody who speaks only Estonian takes the Estonian call, and who speaks three
    languages stays free for the next.

    Where a queue weighs levels of skills that counts instead: each agent has the seconds of idleness, and those that
    the group's levels are worth for this request; the most has it. ``since`` of those who are added is on one clock for
    all of them, or left out for all: then who is added later has been idle for less.
    """

    def __init__(self, staff: Iterable[Skills]) -> None:
        self._staff: dict[Skills, int] = {}
        for skills in staff:
            self._staff[skills] = self._staff.get(skills, 0) + 1
        self._free: dict[Skills, deque[str]] = {}
        self._asked: dict[Skills, float] = {}
        self._needed: dict[Skills, float] = {}
        self._count = 0
        self._place: dict[str, tuple[float, Skills]] = {}
        self._added = 0.0

    def add(self, agent: str, skills: Skills, since: float | None = None) -> None:
        self._added += 1.0
        self._place[agent] = self._added if since is None else since, skills
        free, age = self._free.setdefault(skills, deque()), self._age(agent)
        if not free or self._age(free[-1]) < age:
            free.append(agent)
        else:
            free.insert(next(n for n, one in enumerate(free) if self._age(one) > age), agent)

    def _age(self, agent: str) -> tuple[float, str]:
        return self._place[agent][0], agent

    def remove(self, agent: str, skills: Skills | None = None) -> None:
        _, group = self._place.pop(agent)
        self._free[group].remove(agent)

    def __contains__(self, agent: object) -> bool:
        return agent in self._place

    def groups(self) -> list[Skills]:
        """Of those who are free."""
        return [group for group, free in self._free.items() if free]

    def restaffed(self, staff: Iterable[Skills]) -> Idle:
        """With other people, none of them free yet; what is asked for stays known."""
        made = Idle(staff)
        made._asked, made._count = self._asked, self._count
        return made

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
        best = groups[0] if len(groups) == 1 else self._least_needed(groups)
        agent = self._free[best].popleft()
        del self._place[agent]
        return agent

    def _least_needed(self, groups: list[Skills]) -> Skills:
        """Among equals the group with the agent who has been idle longest."""
        needed = [self.needed(group) for group in groups]
        least = min(needed)
        if needed.count(least) == 1:
            return groups[needed.index(least)]
        alike = (group for group, share in zip(groups, needed, strict=True) if share == least)
        return min(alike, key=lambda group: self._age(self._free[group][0]))

    def choose(
        self, skills: Skills, without: Collection[str] = (), weigh: Callable[[Skills], float] | None = None
    ) -> Free | None:
        """As :meth:`best_for`, but none of ``without``, and with ``weigh``, if it is given, instead of who is needed.

        ``weigh``: what a group's levels are worth, in seconds of idleness.
        """
        heads = [
            Free(agent, *self._place[agent])
            for group, free in self._free.items()
            if skills <= group and (agent := next((one for one in free if one not in without), None)) is not None
        ]

        def rank(head: Free) -> tuple[float, float, str]:
            first = self.needed(head.group) if weigh is None else head.since - weigh(head.group)
            return first, head.since, head.agent

        # Alone there is nothing to weigh; and who is needed is reckoned when :meth:`best_for` would, no more often.
        best = heads[0] if len(heads) == 1 else min(heads, key=rank, default=None)
        if best is not None:
            self.remove(best.agent)
        return best

    def needed(self, group: Skills) -> float:
        """How much is asked of each agent of this group, by all it could serve."""
        known = self._needed.get(group)
        if known is None:
            known = math.fsum(
                count / max(1, sum(many for able, many in self._staff.items() if asked <= able))
                for asked, count in self._asked.items()
                if asked <= group
            )
            self._needed[group] = known
        return known
