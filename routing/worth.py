"""What a waiting request is worth serving now: the rules of priority, and their reasons in words.

Requests of one *class* (queue, tier, skills asked for) are served first come, first served; only the heads of classes
are compared, so a decision costs as much as there are classes, however many wait. A queue lives by one of two rules:

*cost*: a request costs ``value × (waited ÷ target)²``. Who is passed over waits until the next agent comes for those of
that kind; what that wait adds, ``value × (2 × waited + next) ÷ target²`` for each second of it, is the index, and the
highest goes first. With many agents the next comes at once and this is the generalised cµ rule (van Mieghem 1995,
*Dynamic scheduling with convex delay costs*; Mandelbaum and Stolyar 2004 for agents with skills), which no other order
beats by much when most agents are busy; with few agents, or a skill that few have, value weighs more at once, because
the next chance is far. An agent with several skills goes rather where many wait for the same skills, and where few
others could go: the index is multiplied by ``√(1 + work ÷ 10 s) ÷ able``, where *work* is how long it will take to
serve all those and *able* the share of the agents at work who can. Otherwise who has only the one skill comes to sit
idle while the other's line grows. Inside one line of skills that changes nothing.

*misses*: what counts is the value of those who are answered within the target. Those who can still be answered in time
go first; among them value counts, and more the less time is left. Those who have missed it come after, by cost.

In both, nobody waits for ever: a head whose wait comes near the queue's longest wait goes before all that have not come
that far, the one whose time is up first leading. Where all who wait could not be served within it in any order, that
bound would only put everybody in the order of coming, each as late as the next, so it is stretched (:func:`bound`) to
half as much again as first come, first served would take, and the order by worth goes on below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Rule = Literal["cost", "misses"]
RULES: Final[tuple[Rule, ...]] = ("cost", "misses")

AHEAD = 2.0
"""Who is passed over waits for the next agent but one, on the average: somebody worth more may come meanwhile."""
DUE_SHARE = 0.9
"""At the earliest from this share of the longest wait on a request goes before others."""
STRETCH, STEEP = 1.5, 4.0
WORK_UNIT = 10.0
DUE = 1e9
IN_TIME = 1e6
HASTE = 4.0
"""How much more a request counts in the last moment before its target than one that has just come (rule *misses*)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a queue promises. Seconds; ``rule`` is what it lives by.

    ``keep_seconds``: how long a caller may be kept for an agent whom they know; 0: no such agent is preferred.
    """

    target_seconds: float = 20.0
    max_wait_seconds: float = 300.0
    rule: Rule = "cost"
    keep_seconds: float = 0.0


class Pace(NamedTuple):
    """How those of one kind are served.

    ``every``: seconds from one to the next; ``waiting``: how many wait; ``able``: the share of the agents at work who
    can serve them, 1 where that is not known.
    """

    every: float = 0.0
    waiting: int = 0
    able: float = 1.0

    @property
    def work(self) -> float:
        """Seconds until all who wait now are served."""
        return self.every * self.waiting


STANDING: Final = Pace()


def bound(promise: Promise, pace: Pace) -> float:
    """The wait, in seconds, that nobody shall exceed; at least the promised longest wait."""
    return limits(promise, pace.every, pace.work)[1]


def due_from(promise: Promise, pace: Pace) -> float:
    """The wait from which a request goes before all others: an agent must still become free in time."""
    return limits(promise, pace.every, pace.work)[0]


def limits(promise: Promise, every: float, work: float) -> tuple[float, float]:
    """:func:`due_from` and :func:`bound`; the line asks for them whenever somebody came or went."""
    longest = promise.max_wait_seconds
    if work > longest:
        longest = min(work + STEEP * (work - longest), work * STRETCH)
    return max(longest * DUE_SHARE, longest - AHEAD * every), longest


def index(promise: Promise, value: float, waited: float, pace: Pace = STANDING) -> float:
    """How urgent a head is; the highest goes first. ``value``: the tier's worth, ``waited``: seconds."""
    if promise.max_wait_seconds > 0 and waited >= due_from(promise, pace):
        return DUE + waited - bound(promise, pace)
    target = promise.target_seconds
    if promise.rule == "misses" and waited < target:
        return IN_TIME + value * (1.0 + HASTE * waited / target)
    return value * (2.0 * waited + AHEAD * pace.every) / (target * target) * crowd(pace)


def crowd(pace: Pace) -> float:
    """How much more it counts that many wait for the same skills, and that few can serve them; 1 for neither."""
    return crowding(pace.work) / pace.able


def crowding(work: float) -> float:
    return math.sqrt(1.0 + work / WORK_UNIT)


def reasons(
    promise: Promise, tier: str | None, value: float, waited: float, pace: Pace = STANDING
) -> tuple[tuple[str, float], ...]:
    """The same in words: points that add up to :func:`index`."""
    target = promise.target_seconds
    if promise.max_wait_seconds > 0 and waited >= due_from(promise, pace):
        longest = bound(promise, pace)
        return ((f"waited {waited:.0f} s of at most {longest:.0f} s", DUE + waited - longest),)
    of_tier = f"tier {tier}, worth {value:g}" if tier else f"worth {value:g}"
    if promise.rule == "misses" and waited < target:
        return (
            ("can still be answered in time", IN_TIME),
            (of_tier, value),
            (f"{target - waited:.0f} s left", value * HASTE * waited / target),
        )
    plain, ahead = 2.0 * waited / (target * target), AHEAD * pace.every / (target * target)
    own, many = value * (plain + ahead), crowding(pace.work)
    said = [
        (f"waited {waited:.0f} s, promised {target:.0f} s", plain),
        (f"the next agent comes in about {pace.every:.0f} s", ahead),
        (of_tier, (value - 1.0) * (plain + ahead)),
        (f"{pace.waiting} wait for the same, {pace.work:.0f} s of work", own * (many - 1.0)),
        (f"{pace.able:.0%} of the agents can serve them", own * many * (1.0 / pace.able - 1.0)),
    ]
    return tuple(each for n, each in enumerate(said) if each[1] or n in (0, 2))
