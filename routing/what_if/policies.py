"""Helin's own routing as a policy of the what-if, and the plainest one beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from routing.keeping import acquaintance
from routing.requests import Class, Idle, Requests, Skills, Step, Waiting
from routing.what_if.day import Shift
from routing.worth import Promise, Rule


class HelinPolicy:
    """The code that routes in the service, nothing else. ``rule`` None: each queue lives by its promise's own."""

    def __init__(
        self,
        shifts: Sequence[Shift],
        promises: Mapping[str, Promise],
        values: Mapping[str, float],
        rule: Rule | None,
        own: Mapping[str, Mapping[str, float]] | None = None,
        relax: Mapping[str, tuple[Step, ...]] | None = None,
    ) -> None:
        self._relax = relax or {}
        self._skills = {shift.agent: shift.skills for shift in shifts}
        self._shifts = {shift.agent: shift for shift in shifts}
        live_by = promises if rule is None else {name: replace(one, rule=rule) for name, one in promises.items()}
        self._requests = Requests(live_by, values, self._relax, own)
        self._requests.employ(Counter(self._skills.values()))
        self._idle = Idle(self._skills.values())

    def came(self, agent: str, now: float) -> Waiting | None:
        skills = self._skills[agent]
        request = self._requests.take_for(skills, now, agent)
        if request is None:
            self._idle.add(agent, skills)
        return request

    def went(self, agent: str) -> None:
        self._idle.remove(agent, self._skills[agent])

    def arrived(self, request: Waiting, now: float) -> str | None:
        self._idle.asked_for(request.of.skills)
        known = self._known(request, now) if request.prefers else None
        if known is not None:
            return self._taken_or_kept(request, known, now)
        agent = self._idle.best_for(request.of.skills)
        if agent is None:
            self._requests.put(request, now)
        return agent

    def _known(self, request: Waiting, now: float) -> str | None:
        shifts = (self._shifts[agent] for agent in request.prefers if agent in self._shifts)
        able = [one.agent for one in shifts if one.begins <= now < one.ends and request.of.skills <= one.skills]
        return acquaintance(self._requests, request, able, self._idle, now)

    def _taken_or_kept(self, request: Waiting, agent: str, now: float) -> str | None:
        if agent in self._idle:
            self._idle.remove(agent)
            return agent
        seconds = min(self._requests.keeps(request), self._shifts[agent].ends - request.since)
        self._requests.hold(request, agent, seconds, now)
        return None

    def left(self, request: Waiting) -> None:
        self._requests.left(request)

    def released(self, request: Waiting, now: float) -> str | None:
        self._requests.held(now)
        agent = self._idle.best_for(self._requests.asks(request, now)) if request.wants is None else None
        if agent is not None:
            self._requests.took(request, now)
        return agent

    def relaxes(self, request: Waiting) -> list[float]:
        return [after for after, _ in self._relax.get(request.of.queue, ())]


class FirstCome:
    """First come, first served; the agent who has been idle longest. No value, no target."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self._skills = {shift.agent: shift.skills for shift in shifts}
        self._idle: dict[str, Skills] = {}
        self._lines: dict[Skills, list[Waiting]] = {}
        self._first: dict[Skills, int] = {}

    def came(self, agent: str, now: float) -> Waiting | None:
        skills = self._skills[agent]
        heads = [head for of in self._lines if of <= skills and (head := self._head(of)) is not None]
        if heads:
            first = min(heads, key=lambda head: head.since)
            first.waits = False
            return first
        self._idle[agent] = skills
        return None

    def _head(self, of: Skills) -> Waiting | None:
        line, at = self._lines[of], self._first[of]
        while at < len(line) and not line[at].waits:
            at += 1
        self._first[of] = at
        return line[at] if at < len(line) else None

    def went(self, agent: str) -> None:
        del self._idle[agent]

    def arrived(self, request: Waiting, now: float) -> str | None:
        for agent, skills in self._idle.items():
            if request.of.skills <= skills:
                del self._idle[agent]
                return agent
        self._lines.setdefault(request.of.skills, []).append(request)
        self._first.setdefault(request.of.skills, 0)
        request.waits = True
        return None

    def left(self, request: Waiting) -> None:
        request.waits = False

    def released(self, request: Waiting, now: float) -> str | None:
        """It keeps nobody for anybody."""
        return None

    def relaxes(self, request: Waiting) -> tuple[float, ...]:
        return ()


def classes_of(queue: str, tier: str, skills: str) -> Class:
    """``skills`` as in the arrivals file: ``a+b``, empty for none."""
    return Class(queue, tier, frozenset(part for part in skills.split("+") if part))
