"""What a waiting request is worth serving now: the rules of priority, and their reasons in words.

Requests of one *class* (queue, tier, skills asked for) are served first come, first served; only the heads of classes
are compared, so a decision costs as much as there are classes, however many wait. A queue lives by one of two rules:

*cost*: a request costs ``value × (waited ÷ target)²``. What the next second of waiting adds, ``2 × value × waited ÷
target²``, is the index; the head that has the highest goes first. That is the generalised cµ rule (van Mieghem 1995,
*Dynamic scheduling with convex delay costs*; Mandelbaum and Stolyar 2004 for agents with skills), which no other order
beats by much when most agents are busy.

*misses*: what counts is the value of those who are answered within the target. Those who can still be answered in time
go first; among them value counts, and more the less time is left. Those who have missed it come after, by cost.

In both, nobody waits for ever: a head whose wait comes near the queue's longest wait goes before all that have not come
that far, the one whose time is up first leading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Rule = Literal["cost", "misses"]
RULES: Final[tuple[Rule, ...]] = ("cost", "misses")

DUE_SHARE = 0.9
"""From this share of the longest wait on a request goes before others: an agent must still become free in time."""
DUE = 1e6
IN_TIME = 1e3
HASTE = 4.0
"""How much more a request counts in the last moment before its target than one that has just come (rule *misses*)."""
PER_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Promise:
    """What a queue promises. Seconds; ``rule`` is what it lives by."""

    target_seconds: float = 20.0
    max_wait_seconds: float = 300.0
    rule: Rule = "cost"


def index(promise: Promise, value: float, waited: float) -> float:
    """How urgent a head is; the highest goes first. ``value``: the tier's worth, ``waited``: seconds."""
    longest = promise.max_wait_seconds
    if longest > 0 and waited >= longest * DUE_SHARE:
        return DUE + waited - longest
    target = promise.target_seconds
    if promise.rule == "misses" and waited < target:
        return IN_TIME + value * (1.0 + HASTE * waited / target)
    return 2.0 * value * waited / (target * target)


def reasons(promise: Promise, tier: str | None, value: float, waited: float) -> tuple[tuple[str, float], ...]:
    """The same in words: points that add up to :func:`index`."""
    longest, target = promise.max_wait_seconds, promise.target_seconds
    if longest > 0 and waited >= longest * DUE_SHARE:
        return ((f"waited {waited:.0f} s of at most {longest:.0f} s", DUE + waited - longest),)
    of_tier = f"tier {tier}, worth {value:g}" if tier else f"worth {value:g}"
    if promise.rule == "misses" and waited < target:
        return (
            ("can still be answered in time", IN_TIME),
            (of_tier, value),
            (f"{target - waited:.0f} s left", value * HASTE * waited / target),
        )
    plain = 2.0 * waited / (target * target)
    return ((f"waited {waited:.0f} s, promised {target:.0f} s", plain), (of_tier, (value - 1.0) * plain))
