"""The one rule of priority (:mod:`routing.worth`) on callers who wait in Asterisk's own queue, and how to move them.

``app_queue`` knows whole priorities only, a higher one first, and first in first out inside one; :func:`moves` finds
the fewest changes that bring its order to ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.events import QueuePlan
from routing.worth import Pace, Promise, Rule, index, reasons

DIGITS = 4
MAX_PRIORITY = 1_000_000


@dataclass(slots=True)
class Request:
    """A caller who waits. ``priority``: what app_queue has, 0 unless we changed it.

    Not ``sure``: it was given before the queue, and nothing has shown that the dialplan took it along; then app_queue
    has it or has 0.
    """

    call: str
    queue: str
    channel: str
    since: datetime
    tier: str | None = None
    priority: int = 0
    sure: bool = True

    @property
    def least(self) -> int:
        return self.priority if self.sure else 0


def worth(tier: str | None, tier_values: Mapping[str, float]) -> float:
    """What the caller is worth; 1 for who is unknown or of a tier that has no value."""
    return tier_values.get(tier, 1.0) if tier is not None else 1.0


def entry_priority(tier: str | None, tier_values: Mapping[str, float]) -> int:
    """What a caller of this tier begins with, so that a first comparison finds the line in order; 0: like everybody."""
    return max(0, min(MAX_PRIORITY, round(worth(tier, tier_values) - 1.0)))


def promise(plan: QueuePlan | None) -> Promise:
    if plan is None:
        return Promise()
    rule: Rule = "misses" if plan.rule == "helin:misses" else "cost"
    return Promise(max(1, plan.target_seconds), plan.max_wait_seconds, rule, plan.last_agent_seconds)


def values_of(plan: QueuePlan | None, shop: Mapping[str, float]) -> Mapping[str, float]:
    """What tiers are worth in this queue: as the shop says, unless the queue's rule says otherwise."""
    return shop if plan is None or not plan.tiers else {**shop, **dict(plan.tiers)}


def urgency(
    request: Request, plan: QueuePlan | None, tier_values: Mapping[str, float], now: datetime, pace: Pace
) -> float:
    """The highest is served first. ``tier_values``: the shop's."""
    return index(promise(plan), worth(request.tier, values_of(plan, tier_values)), _waited(request, now), pace)


def score(
    request: Request, plan: QueuePlan | None, tier_values: Mapping[str, float], now: datetime, pace: Pace
) -> tuple[float, tuple[tuple[str, float], ...]]:
    """The urgency, and the reasons that add up to it."""
    value = worth(request.tier, values_of(plan, tier_values))
    said = reasons(promise(plan), request.tier, value, _waited(request, now), pace)
    rounded = tuple((words, round(points, DIGITS)) for words, points in said)
    return round(sum(points for _, points in rounded), DIGITS), rounded


def _waited(request: Request, now: datetime) -> float:
    return max(0.0, (now - request.since).total_seconds())


def moves(wanted: Sequence[Request]) -> Iterable[tuple[Request, int]]:
    """Requests whose priority must change, and to what, so that app_queue serves them in this order.

    One that is not sure is told only where it matters: where app_queue might have it behind the next.
    """
    below: Request | None = None
    changed: list[tuple[Request, int]] = []
    floor = 0
    for request in reversed(wanted):
        priority = request.priority
        least, late = request.least, below is not None and request.since > below.since
        if below is not None and (least < floor or (least == floor and late)):
            priority = min(MAX_PRIORITY, max(floor + 1, priority))
            changed.append((request, priority))
        floor, below = priority, request
    return changed
