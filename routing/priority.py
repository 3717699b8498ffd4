"""Which waiting request comes first, and why: pure arithmetic.

A request's score is the sum of its reasons: points for the caller's tier, and points for the time waited, which reach
:data:`FULL_WAIT` when the queue's target has passed and go on growing. Both grow alike for all, so two callers of one
tier stay first in, first out. Past the queue's longest wait a request goes before all that have not passed it.

``app_queue`` knows whole priorities only, a higher one first, and first in first out inside one; :func:`moves` finds
the fewest changes that bring its order to ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.events import QueuePlan

FULL_WAIT = 5.0
"""Points for a wait of exactly the target."""
OVERDUE = 1000.0
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


def entry_priority(tier: str | None, tier_points: dict[str, float]) -> int:
    """What a caller of this tier begins with: the tier's points, so that a first comparison finds the line in order."""
    points = tier_points.get(tier, 0.0) if tier is not None else 0.0
    return max(0, min(MAX_PRIORITY, round(points)))


def score(
    request: Request, plan: QueuePlan | None, tier_points: dict[str, float], now: datetime
) -> tuple[float, tuple[tuple[str, float], ...]]:
    """The score and the reasons that add up to it."""
    target = max(1, plan.target_seconds if plan is not None else 20)
    longest = plan.max_wait_seconds if plan is not None else 300
    waited = max(0.0, (now - request.since).total_seconds())
    reasons: list[tuple[str, float]] = []
    if request.tier is not None:
        reasons.append((f"tier {request.tier}", tier_points.get(request.tier, 0.0)))
    reasons.append((f"waited {waited:.0f} s", round(waited / target * FULL_WAIT, 1)))
    if waited >= longest > 0:
        reasons.append((f"longer than {longest} s", OVERDUE))
    return round(sum(points for _, points in reasons), 1), tuple(reasons)


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
