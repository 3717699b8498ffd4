"""A written request's wait, counted in shares of what was promised, so that it compares with a caller's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from routing.events import QueuePlan
from routing.letters import WrittenRequest
from routing.priority import promise
from routing.worth import Promise, index

SHARE_DIGITS: Final = 6


def counted_wait(one: WrittenRequest, plan: QueuePlan | None, now: datetime) -> float:
    """Seconds that a caller of this queue would have waited who is as far in what was promised."""
    waited = max(0.0, (now - one.since).total_seconds())
    if one.due_at is None:
        return waited
    promised = max(1.0, (one.due_at - one.since).total_seconds())
    return round(waited / promised, SHARE_DIGITS) * promise(plan).target_seconds


def scored(
    one: WrittenRequest, plan: QueuePlan | None, value: float, now: datetime
) -> tuple[float, tuple[tuple[str, float], ...]]:
    """The urgency, and reasons in words whose points add up to it."""
    kept: Promise = promise(plan)
    wait = counted_wait(one, plan, now)
    whole, plain = index(kept, value, wait), index(kept, 1.0, wait)
    waited = (now - one.since).total_seconds()
    promised = kept.target_seconds if one.due_at is None else (one.due_at - one.since).total_seconds()
    first = f"waited {_long(waited)}, promised {_long(promised)}"
    of_tier = f"tier {one.tier}, worth {value:g}" if one.tier else f"worth {value:g}"
    parts = ((first, round(plain, 4)), (of_tier, round(whole - plain, 4)))
    return round(sum(points for _, points in parts), 4), parts


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{max(0.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"
