"""How others pace, played as kindly as their descriptions allow: progressive, fixed ratio, VICIdial, Erlang, marginal.

Where a peer has settings, ``search`` looks for the best in hindsight. The *marginal rule* learns as it goes, by the
normal approximation; somebody has to tell it what to aim at.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from typing import Final, Literal

from routing.what_if.campaign.shift import Deaf, Shift

Mode = Literal["HARD", "AVERAGE", "TAPERED"]
SQRT2: Final = math.sqrt(2.0)


class Progressive(Deaf):
    """One line for each idle agent."""

    def launch(self, floor: Shift, now: float) -> int:
        return max(0, len(floor.idle) - len(floor.waiting) - len(floor.ringing))


class Ratio(Deaf):
    """``lines`` for each idle agent, the rest by chance of the rounding: 2.5 is three lines, then two."""

    def __init__(self, lines: float) -> None:
        self._lines = lines

    def launch(self, floor: Shift, now: float) -> int:
        return max(0, math.floor(self._lines * len(floor.idle)) - len(floor.waiting) - len(floor.ringing))


class Level(Deaf):
    """A constant number of lines for each agent at work, busy or not: what VICIdial's RATIO method does."""

    every = 0.5

    def __init__(self, level: float) -> None:
        self._level = level

    def launch(self, floor: Shift, now: float) -> int:
        busy = len(floor.talking)
        return round(self._level * (len(floor.idle) + busy)) - len(floor.ringing) - len(floor.waiting) - busy


class Vicidial(Deaf):
    """The adaptive modes. ``available``: the tally that counts only ready agents. ``offset``: of the difference."""

    every = 0.5

    def __init__(
        self, mode: Mode, limit: float, cap: float = 3.0, offset: float = 0.0, available: bool = False, speed: float = 0
    ) -> None:
        self._mode, self._limit, self._cap, self._speed = mode, limit, cap, speed / 100
        self._offset, self._available = offset, available
        self._level = 1.0
        self._ready: deque[int] = deque(maxlen=15)
        self._waits: deque[int] = deque(maxlen=15)
        self._agents: deque[int] = deque(maxlen=15)
        self._tick = 0
        self._answered = self._dropped = 0
        self._minute = (0, 0)

    def launch(self, floor: Shift, now: float) -> int:
        tick, self._tick = self._tick, self._tick + 1
        ready, busy = len(floor.idle), len(floor.talking)
        if tick % 2 == 0:
            self._ready.append(ready)
            self._waits.append(len(floor.waiting))
            self._agents.append(ready + busy)
        if tick % 120 == 0:
            self._minute = (floor.answered - self._answered, floor.abandoned - self._dropped)
            self._answered, self._dropped = floor.answered, floor.abandoned
        if tick % 30 == 29:
            self._decide((floor.ends - now) / 3600)
        if tick % 5:
            return 0
        wanted = self._level * ready + busy if self._available else self._level * (ready + busy)
        return max(0, round(wanted) - len(floor.ringing) - len(floor.waiting) - busy)

    def _decide(self, hours: float) -> None:
        agents = sum(self._agents) / len(self._agents)
        if agents < 1:
            self._level = 1.0
            return
        difference = (sum(self._ready) - sum(self._waits)) / len(self._ready) + self._offset
        change = difference / agents
        change *= 1 + self._speed if change > 0 else 1 - self._speed
        level = self._level * (1 + change)
        calls, drops = self._minute
        if calls > 20 and drops > calls / 2:
            level /= 2
        if self._answered > 50 and self._dropped / self._answered > self._limit:
            tapered = level * min(1.0, hours / 10)
            level = {"HARD": 1.0, "AVERAGE": level / 2, "TAPERED": tapered}[self._mode]
        self._level = min(self._cap, max(1.0, level))


class Erlang(Deaf):
    """Issabel's: a busy agent counts as free where the Erlang law gives ``sure`` that the call ends within the mean
    answer time; lines are over-committed by the answer rate to the power ``boldness`` (1: all of it)."""

    every = 1.0

    def __init__(self, sure: float = 0.97, boldness: float = 1.0) -> None:
        self._sure, self._boldness = sure, boldness
        self._dialled, self._answered, self._rung = 4.0, 1.0, 12.0
        self._ended, self._total, self._squares = 1.0, 100.0, 15000.0

    def heard(self, traits: tuple[str, ...], since: float, now: float, answered: bool) -> None:
        self._dialled += 1
        if answered:
            self._answered += 1
            self._rung += now - since

    def talked(self, seconds: float, wrapped: float) -> None:
        self._ended += 1
        self._total += seconds + wrapped
        self._squares += (seconds + wrapped) ** 2

    def launch(self, floor: Shift, now: float) -> int:
        mean = self._total / self._ended
        spread = max(1.0, self._squares / self._ended - mean * mean)
        shape = max(1, min(12, round(mean * mean / spread)))
        ahead = self._rung / self._answered

        def still(age: float) -> float:
            x, term, total = shape * age / mean, 1.0, 1.0
            for n in range(1, shape):
                term *= x / n
                total += term
            return math.exp(-x) * total

        busy = [*floor.talking.values(), *(now - mean for _ in floor.wrapping)]
        soon = sum(1 - still(now - since + ahead) / max(1e-12, still(now - since)) >= self._sure for since in busy)
        free = len(floor.idle) + soon - len(floor.waiting)
        boost: float = (self._dialled / self._answered) ** self._boldness
        return max(0, math.floor(free * boost) - len(floor.ringing))


class Marginal:
    """The learning marginal rule: one more while the chance that nobody is free for it is at most α, which is moved
    each minute by the distance of the abandoned share from ``aim``. Asked as Helin is: after changes, each second."""

    every = 0.25
    AGES: Final = 900

    def __init__(self, aim: float, patience: float = 2.0) -> None:
        self._patience = patience
        self._aim, self._alpha = aim, 0.026 * aim / 0.03
        self._rate, self._answered = 0.25, 0
        self._rings: tuple[list[float], list[float]] = ([], [])
        self._handled: list[float] = []
        self._began: dict[int, float] = {}
        self._next, self._asked, self._seen = 0.0, -1.0, -1
        self._free: list[float] = []
        self._answers: list[float] = []

    def heard(self, traits: tuple[str, ...], since: float, now: float, answered: bool) -> None:
        self._answered += answered
        weight = max(0.002, 1 / (10 + len(self._rings[0]) + len(self._rings[1])))
        self._rate += weight * (answered - self._rate)
        self._rings[answered].append(now - since)

    def talked(self, seconds: float, wrapped: float) -> None:
        self._handled.append(seconds + wrapped)

    def _learn(self, floor: Shift) -> None:
        share = floor.abandoned / max(1, floor.answered)
        self._alpha = min(0.4, max(0.0005, self._alpha * math.exp(0.1 * (self._aim - share) / self._aim)))
        handled = sorted(self._handled[-2000:])
        failed, answered = sorted(self._rings[0][-2000:]), sorted(self._rings[1][-2000:])
        ahead = sum(answered) / len(answered) + self._patience
        self._free = []
        for age in range(self.AGES):
            left = len(handled) - bisect_right(handled, age)
            self._free.append((bisect_right(handled, age + ahead) - bisect_right(handled, age)) / left if left else 0.5)
        self._answers = []
        for age in range(40):
            yes = self._rate * (1 - bisect_right(answered, age) / len(answered))
            no = (1 - self._rate) * (1 - bisect_right(failed, age) / max(1, len(failed)))
            self._answers.append(yes / (yes + no) if yes + no else 0.0)

    def launch(self, floor: Shift, now: float) -> int:
        if floor.changes == self._seen and now < self._asked + 1.0:
            return 0
        self._seen, self._asked = floor.changes, now
        spare = len(floor.idle) - len(floor.waiting)
        if len(self._handled) < 20 or self._answered < 20:
            return max(0, spare - len(floor.ringing))
        if now >= self._next:
            self._next = now + 60
            self._learn(floor)
        mean, spread, ages = float(spare), 0.0, self.AGES - 1
        for agent, since in floor.talking.items():
            self._began[agent] = since
            chance = self._free[min(ages, int(now - since))]
            mean += chance
            spread += chance * (1 - chance)
        for agent in floor.wrapping:
            chance = self._free[min(ages, int(now - self._began.get(agent, now - 60)))]
            mean += chance
            spread += chance * (1 - chance)
        for since, _ in floor.ringing.values():
            chance = self._answers[min(39, int(now - since))]
            mean -= chance
            spread += chance * (1 - chance)
        count = 0
        chance = self._answers[0]
        while 0.5 * math.erfc((mean - 0.5) / math.sqrt(spread or 1e-9) / SQRT2) <= self._alpha:
            count += 1
            mean -= chance
            spread += chance * (1 - chance)
        return count
