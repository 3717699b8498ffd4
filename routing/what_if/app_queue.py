"""Asterisk's app_queue as a policy of the what-if, played as kindly as its code allows (apps/app_queue.c).

Callers who need different skills are in different queues, as a shop has to build it; agents are members of each queue
they have the skills for. Inside a queue a higher ``QUEUE_PRIO`` goes first, then who came first; each queue hands out
its own heads, an agent who becomes free goes to the queue of the highest weight, among equals to one by chance
(whichever looks first). The strategies choose the member. Its second between two looks is left out:
here it looks at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from routing.requests import Skills, Waiting
from routing.what_if.day import Shift

STRATEGIES: Final = ("rrmemory", "leastrecent", "fewestcalls", "random")
Key = tuple[str, Skills]


class _Queue:
    """``lines`` by priority, the highest first; each first come, first served."""

    def __init__(self, members: list[str]) -> None:
        self.members = members
        self.place = {agent: n for n, agent in enumerate(members)}
        self.next = 0
        self.lines: dict[int, list[Waiting]] = {}
        self.first: dict[int, int] = {}

    def put(self, request: Waiting, priority: int) -> None:
        if priority not in self.lines:
            self.lines[priority], self.first[priority] = [], 0
            self.lines = dict(sorted(self.lines.items(), reverse=True))
        self.lines[priority].append(request)

    def head(self) -> Waiting | None:
        for priority, line in self.lines.items():
            at = self.first[priority]
            while at < len(line) and not line[at].waits:
                at += 1
            self.first[priority] = at
            if at < len(line):
                return line[at]
        return None


class AppQueue:
    """``priorities`` by tier (QUEUE_PRIO at entry), ``weights`` by queue and skills; nothing said is 0."""

    def __init__(
        self,
        shifts: Sequence[Shift],
        strategy: str,
        priorities: Mapping[str, int] | None = None,
        weights: Mapping[Key, int] | None = None,
        seed: int = 1,
    ) -> None:
        if strategy not in STRATEGIES:
            raise ValueError(f"app_queue has no strategy {strategy!r} here; there are {', '.join(STRATEGIES)}")
        self._shifts = shifts
        self._skills = {shift.agent: shift.skills for shift in shifts}
        self._priorities, self._weights = priorities or {}, weights or {}
        self._queues: dict[Key, _Queue] = {}
        self._of: dict[Skills, list[tuple[Key, _Queue]]] = {}
        self._idle: dict[str, None] = {}
        self._calls = dict.fromkeys(self._skills, 0)
        self._last = dict.fromkeys(self._skills, 0.0)
        self._dice = random.Random(seed)  # noqa: S311 - chance, not a secret
        choose: dict[str, Callable[[_Queue, list[str]], str]] = {
            "rrmemory": self._next_in_turn,
            "leastrecent": lambda _, free: min(free, key=self._last.__getitem__),
            "fewestcalls": lambda _, free: min(free, key=self._calls.__getitem__),
            "random": lambda _, free: self._dice.choice(free),
        }
        self._choose = choose[strategy]

    def _next_in_turn(self, queue: _Queue, free: list[str]) -> str:
        size = len(queue.members)
        chosen = min(free, key=lambda agent: (queue.place[agent] - queue.next) % size)
        queue.next = (queue.place[chosen] + 1) % size
        return chosen

    def _queue(self, key: Key) -> _Queue:
        queue = self._queues.get(key)
        if queue is None:
            members = [agent for agent, skills in self._skills.items() if key[1] <= skills]
            queue = self._queues[key] = _Queue(members)
            self._of.clear()
        return queue

    def _queues_of(self, skills: Skills) -> list[tuple[Key, _Queue]]:
        if skills not in self._of:
            self._of[skills] = [(key, queue) for key, queue in self._queues.items() if key[1] <= skills]
        return self._of[skills]

    def came(self, agent: str, now: float) -> Waiting | None:
        self._last[agent] = now
        heads = [
            (self._weights.get(key, 0), self._dice.random(), head)
            for key, queue in self._queues_of(self._skills[agent])
            if (head := queue.head()) is not None
        ]
        if not heads:
            self._idle[agent] = None
            return None
        self._calls[agent] += 1
        head = max(heads, key=lambda each: each[:2])[2]
        head.waits = False
        return head

    def went(self, agent: str) -> None:
        del self._idle[agent]

    def left(self, request: Waiting) -> None:
        request.waits = False

    def released(self, request: Waiting, now: float) -> str | None:
        """app_queue keeps nobody for anybody."""
        return None

    def relaxes(self, request: Waiting) -> tuple[float, ...]:
        """It knows no skills, so none become less."""
        return ()

    def arrived(self, request: Waiting, now: float) -> str | None:
        of = request.of
        queue = self._queue((of.queue, of.skills))
        free = [agent for agent in self._idle if agent in queue.place]
        if not free:
            queue.put(request, self._priorities.get(of.tier, 0))
            request.waits = True
            return None
        agent = self._choose(queue, free)
        del self._idle[agent]
        self._calls[agent] += 1
        return agent
