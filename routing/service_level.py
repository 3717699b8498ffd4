"""The service level, by each of the formulas that go by this name, of counts of calls. Pure.

All count the calls that came in to a queue within a time. *Within* is a wait of at most the target; it ends with the
first answer, or with leaving the queue. Waiting calls are offered and nothing else yet.

============  ==========================================================================================================
``offered``   answered within ÷ offered. Nothing is left out; the strictest, and the default.
``asterisk``  answered within ÷ answered: ``ServiceLevelPerf`` of app_queue. Who gave up does not count at all.
``asterisk2`` (answered within + abandoned within) ÷ (answered + abandoned): ``ServiceLevelPerf2`` of app_queue.
``genesys``   answered within ÷ (answered + abandoned − short abandons), as Genesys has it: who hangs up within some
              seconds never meant to wait.
============  ==========================================================================================================

Where nothing counts there is no service level: the value is None, neither 0 nor 1, and it weighs nothing in a longer
time, because longer ones are reckoned from their calls and never from the levels of their parts. What an *empty*
interval shows, one in which no call came in to the queue, is the queue's own rule (``EmptyInterval``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

Formula = Literal["offered", "asterisk", "asterisk2", "genesys"]
FORMULAS: Final[tuple[Formula, ...]] = get_args(Formula)
By = Literal["hour", "day"]
BYS: Final[tuple[By, ...]] = get_args(By)
USUAL_TARGET: Final = 20
"""Seconds, for a queue that Helin was never told of."""
USUAL_SHORT: Final = 5
"""Who gives up sooner is a short abandon; seconds, where the queue says nothing else."""
EmptyInterval = Literal["full", "none", "left_out"]
"""What an interval without offered calls shows: 100 %, no level, or it is no line of the report at all."""
EMPTY_INTERVALS: Final[tuple[EmptyInterval, ...]] = get_args(EmptyInterval)


@dataclass(frozen=True, slots=True)
class CountedBy:
    """By what a queue's calls are counted, from some time on. ``short_seconds``: who gives up sooner."""

    target_seconds: float = USUAL_TARGET
    short_seconds: float = USUAL_SHORT
    empty_interval: EmptyInterval = "none"


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls. ``abandoned_short`` is part of ``abandoned``, the two *within* are part of what they are named after."""

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_short: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.offered + other.offered,
            self.answered + other.answered,
            self.answered_within + other.answered_within,
            self.abandoned + other.abandoned,
            self.abandoned_within + other.abandoned_within,
            self.abandoned_short + other.abandoned_short,
        )


def shown_level(formula: Formula, of: Counts, empty: EmptyInterval) -> float | None:
    """What a report shows: where no call was offered, what the queue's rule for that says."""
    if of.offered == 0:
        return 1.0 if empty == "full" else None
    return service_level(formula, of)


def service_level(formula: Formula, of: Counts) -> float | None:
    """From 0 to 1; None where nothing counts."""
    good, counted = {
        "offered": (of.answered_within, of.offered),
        "asterisk": (of.answered_within, of.answered),
        "asterisk2": (of.answered_within + of.abandoned_within, of.answered + of.abandoned),
        "genesys": (of.answered_within, of.answered + of.abandoned - of.abandoned_short),
    }[formula]
    return good / counted if counted > 0 else None


def intervals(begin: datetime, end: datetime, by: By | None, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The hours or days by the clock of ``zone`` between two moments, the first and the last one cut; UTC.

    Days on which the clock changes have 23 or 25 hours. ``by`` None: all in one.
    """
    found, at = list[tuple[datetime, datetime]](), begin.astimezone(UTC)
    end = end.astimezone(UTC)
    while at < end:
        until = end if by is None else min(end, _next(at, by, zone))
        found.append((at, until))
        at = until
    return found


def _next(at: datetime, by: By, zone: ZoneInfo) -> datetime:
    there = at.astimezone(zone)
    if by == "hour":
        return (
            at
            + timedelta(hours=1)
            - timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
        )
    tomorrow = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return tomorrow.astimezone(UTC)
