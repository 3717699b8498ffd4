"""How many decisions a second one core makes: 2,000 agents, 60 classes, 100 to 100,000 waiting.

A decision is: an agent has become free, who is next (:meth:`routing.requests.Requests.take_for`), and that one is put
back at the end of the line so that as many wait on; or: a request came while agents are free, who takes it
(:meth:`routing.requests.Idle.best_for`). The floor is a heap of all who wait, which knows one order for ever: pop,
push. All are measured in turns, several times; the figures are medians of decisions a second of processor time.
"""

from __future__ import annotations

import heapq
import itertools
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from routing.requests import Class, Idle, Requests, Skills, Waiting
from routing.worth import Promise, Rule
from tests.bench.days import VALUES
from tests.bench.table import Row, show

AGENTS: Final = 2_000
WAITING: Final = (100, 1_000, 10_000, 100_000)
JUDGED: Final = 10_000
QUEUES, LANGUAGES = 4, 5
WANTED: Final = 20_000
ROUNDS, ROUND_DECISIONS = 7, 5_000
SEED: Final = 1


class Floor:
    """60 classes of requests (4 queues, 3 tiers, 5 languages), agents with one to three languages."""

    def __init__(self, waiting: int, rule: Rule) -> None:
        self._dice = random.Random(SEED)
        languages = [f"language{n}" for n in range(LANGUAGES)]
        self.staff: list[Skills] = [
            frozenset(self._dice.sample(languages, self._dice.randint(1, 3))) for _ in range(AGENTS)
        ]
        queues = [f"queue{n}" for n in range(QUEUES)]
        kinds = [frozenset([language]) for language in languages]
        self.classes = list(itertools.starmap(Class, itertools.product(queues, VALUES, kinds)))
        self.requests = Requests({queue: Promise(20, 300, rule) for queue in queues}, VALUES)
        self.requests.employ(Counter(self.staff))
        self.now = 0.0
        for n in range(waiting):
            self.put(str(n))

    def put(self, name: str) -> None:
        """A hundredth of a second later one more waits."""
        self.now += 0.01
        self.requests.put(Waiting(name, self._dice.choice(self.classes), self.now), self.now)

    def decide(self, n: int) -> None:
        taken = self.requests.take_for(self.staff[n % AGENTS], self.now)
        if taken is not None:
            self.now += 0.01
            self.requests.put(Waiting(taken.id, taken.of, self.now), self.now)


def per_second(decide: Callable[[int], object]) -> float:
    begun = time.process_time()
    for n in range(ROUND_DECISIONS):
        decide(n)
    return ROUND_DECISIONS / (time.process_time() - begun)


def heap(waiting: int) -> Callable[[int], object]:
    line = [(float(n), n) for n in range(waiting)]

    def decide(n: int) -> None:
        heapq.heappop(line)
        heapq.heappush(line, (float(waiting + n), n))

    return decide


def arrivals() -> Callable[[int], object]:
    """All agents free; who is chosen comes back to the end of the idle."""
    floor = Floor(0, "cost")
    idle = Idle(floor.staff)
    for n, skills in enumerate(floor.staff):
        idle.add(str(n), skills)

    def decide(n: int) -> None:
        asked = floor.classes[n % len(floor.classes)].skills
        idle.asked_for(asked)
        agent = idle.best_for(asked)
        if agent is not None:
            idle.add(agent, floor.staff[int(agent)])

    return decide


def main() -> int:
    deciding: dict[str, Callable[[int], object]] = {"a heap's pop and push, 10,000 in it (floor)": heap(JUDGED)}
    for waiting in WAITING:
        deciding[f"an agent is free, {waiting:,} wait"] = Floor(waiting, "cost").decide
    deciding[f"the same by misses, {JUDGED:,} wait"] = Floor(JUDGED, "misses").decide
    deciding[f"a request came, {AGENTS:,} are free"] = arrivals()
    measured: dict[str, list[float]] = {what: [] for what in deciding}
    for _ in range(ROUNDS):
        for what, decide in deciding.items():
            measured[what].append(per_second(decide))
    found = {what: statistics.median(each) for what, each in measured.items()}
    floor = next(iter(found.values()))
    flat = found[f"an agent is free, {WAITING[-1]:,} wait"] / found[f"an agent is free, {WAITING[1]:,} wait"]
    rows = [Row(what, f"{figure:,.0f}/s", figure / floor, *_wanted(what, figure)) for what, figure in found.items()]
    rows.append(
        Row(f"{WAITING[-1]:,} beside {WAITING[1]:,} waiting", "", flat, "at least 0.7: the cost is flat", flat >= 0.7)
    )
    show("Decisions of one core, 2,000 agents, 60 classes", rows)
    return 0


def _wanted(what: str, figure: float) -> tuple[str, bool | None]:
    if f"{JUDGED:,} wait" not in what:
        return "", None
    return f"at least {WANTED:,}/s", figure >= WANTED


if __name__ == "__main__":
    sys.exit(main())
