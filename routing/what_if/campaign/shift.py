"""A shift of a campaign, played: calls ring, people answer, agents talk; a policy says how many calls leave now.

Answered by a person with no agent within the world's patience is *abandoned*. Dialling ends with the window; who still
rings then is waited for and counts. Talk is counted until the window's end, against the time that agents were at work.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from routing.what_if.campaign.world import HOUR, Draws, Kind, World

ANSWERED, FAILED, TALKED, WRAPPED, DROPPED, JOINS, LEAVES = range(7)


class Policy(Protocol):
    """What is paced by. ``every``: seconds between decisions. The tellings come as things happen."""

    every: float

    def launch(self, floor: Shift, now: float) -> int: ...
    def heard(self, traits: tuple[str, ...], since: float, now: float, answered: bool) -> None: ...
    def talked(self, seconds: float, wrapped: float) -> None: ...


class Deaf:
    """A policy that learns nothing."""

    every = 0.25

    def heard(self, traits: tuple[str, ...], since: float, now: float, answered: bool) -> None:
        pass

    def talked(self, seconds: float, wrapped: float) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Played:
    talk: float
    """Share of the agents' time at work."""
    answered: int
    abandoned: int
    dialled: int

    @property
    def abandonment(self) -> float:
        return self.abandoned / max(1, self.answered)


class Shift:
    """What a policy may look at: ``idle`` agents, ``talking`` and ``wrapping`` (agent → since), ``ringing``
    (call → since, traits), ``waiting`` (answered, no agent), ``answered`` and ``abandoned`` so far, ``ends``."""

    def __init__(self, world: World, seed: str, policy: Policy) -> None:
        self.world, self._policy = world, policy
        self._draws = Draws(world, seed)
        self.ends = world.hours * HOUR
        self.idle: list[int] = []
        self.talking: dict[int, float] = {}
        self.wrapping: dict[int, float] = {}
        self.ringing: dict[int, tuple[float, tuple[str, ...]]] = {}
        self.waiting: deque[int] = deque()
        self.answered = self.abandoned = self.dialled = self.changes = 0
        self._upcoming: deque[Kind] = deque()
        self._luck: dict[int, tuple[float, float]] = {}
        self._events: list[tuple[float, int, int, int]] = []
        self._count = 0
        self._leaving: set[int] = set()
        self._since: dict[int, float] = {}
        self._present = self._talk = 0.0
        self._staff()

    def _staff(self) -> None:
        if self.world.churn:
            for agent in range(self.world.agents):
                self._restless(agent)
            return
        there = 0
        for hour, wanted in ((0.0, self.world.agents), *self.world.changes):
            count = round(wanted)
            for agent in range(there, count):
                self._at(hour * HOUR, JOINS, agent)
            for agent in range(count, there):
                self._at(hour * HOUR, LEAVES, agent)
            there = count

    def _restless(self, agent: int) -> None:
        dice, lunch = self._draws.shifts, self.ends / 2
        now = dice.uniform(0, 600) if dice.random() < 0.4 else 0.0
        eats = dice.random() < 0.6
        while now < self.ends:
            self._at(now, JOINS, agent)
            leaves = now + dice.expovariate(1 / 2400)
            back = leaves + dice.uniform(120, 900)
            if eats and now < lunch <= back:
                leaves, back = min(leaves, lunch), lunch + 1500 + dice.uniform(0, 300)
            self._at(leaves, LEAVES, agent)
            now = back

    def _at(self, when: float, what: int, who: int) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, what, who))

    def upcoming(self, count: int) -> list[tuple[str, ...]]:
        """What is seen of the next leads."""
        while len(self._upcoming) < count:
            self._upcoming.append(self._draws.kind())
        return [self._upcoming[n].traits for n in range(count)]

    def run(self) -> Played:
        every, ends, events, policy = self._policy.every, self.ends, self._events, self._policy
        now = 0.0
        while now < ends:
            while events and events[0][0] <= now:
                when, _, what, who = heapq.heappop(events)
                self._happens(when, what, who)
            count = policy.launch(self, now)
            for _ in range(count):
                self._dial(now)
            now += every
        while self.ringing or self.waiting:
            when, _, what, who = heapq.heappop(events)
            self._happens(when, what, who)
        for began in self._since.values():
            self._present += max(0.0, ends - began)
        for began in self.talking.values():
            self._talk += max(0.0, ends - began)
        return Played(self._talk / max(1.0, self._present), self.answered, self.abandoned, self.dialled)

    def _dial(self, now: float) -> None:
        self.dialled += 1
        call = self.dialled
        kind = self._upcoming.popleft() if self._upcoming else self._draws.kind()
        luck, answers, fails, talk, wrap = self._draws.call()
        self.ringing[call] = (now, kind.traits)
        if luck < self.world.rate_at(now, self._draws.phase) * kind.factor:
            self._luck[call] = (talk, wrap)
            self._at(now + answers, ANSWERED, call)
        else:
            self._at(now + fails, FAILED, call)

    def _happens(self, now: float, what: int, who: int) -> None:
        self.changes += 1
        if what == FAILED:
            since, traits = self.ringing.pop(who)
            self._policy.heard(traits, since, now, False)
        elif what == ANSWERED:
            since, traits = self.ringing.pop(who)
            self.answered += 1
            self._policy.heard(traits, since, now, True)
            if self.idle:
                self._talks(self.idle.pop(0), who, now)
            else:
                self.waiting.append(who)
                self._at(now + self.world.patience, DROPPED, who)
        elif what == TALKED:
            began = self.talking.pop(who)
            self._talk += max(0.0, min(now, self.ends) - min(began, self.ends))
            self.wrapping[who] = now
            self._at(now + self._luck[-1 - who][1], WRAPPED, who)
        elif what == WRAPPED:
            self._policy.talked(self._luck[-1 - who][0], now - self.wrapping.pop(who))
            self._free(who, now)
        elif what == DROPPED:
            if who in self.waiting:
                self.waiting.remove(who)
                self.abandoned += 1
        elif what == JOINS:
            self._leaving.discard(who)
            if who not in self._since:
                self._since[who] = now
                self._free(who, now)
        else:
            self._leaving.add(who)
            if who in self.idle:
                self.idle.remove(who)
                self._goes(who, now)

    def _free(self, agent: int, now: float) -> None:
        if agent in self._leaving:
            self._goes(agent, now)
        elif self.waiting:
            self._talks(agent, self.waiting.popleft(), now)
        else:
            self.idle.append(agent)

    def _goes(self, agent: int, now: float) -> None:
        self._leaving.discard(agent)
        began = self._since.pop(agent)
        self._present += max(0.0, min(now, self.ends) - min(began, self.ends))

    def _talks(self, agent: int, call: int, now: float) -> None:
        self.talking[agent] = now
        talk, _ = self._luck[-1 - agent] = self._luck.pop(call)
        self._at(now + talk, TALKED, agent)
