"""Today's calls of each queue, counted in memory as the facts come. Pure.

A call counts where the report counts it (:mod:`routing.service_level`): inbound, in the queue that it came to, at the
minute in which it began; so the wall and ``GET /reports/service-level`` say the same of the same calls. A day begins at
midnight of the queue's zone. ``recent`` is the last half hour by whole minutes, for how it goes *now*.

What began before this process did comes once from the records (:class:`Warming`), by the same :func:`mark_of`; until
then there are no figures, rather than wrong ones. Time passes only by :meth:`Today.advance`, so that figures change
together and a snapshot says what the events said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from routing.calendars import Calendar
from routing.events import QueuePlan
from routing.facts import Direction, Outcome
from routing.service_level import USUAL_SHORT, USUAL_TARGET, Counts, EmptyInterval
from routing.story import Call

RECENT_MINUTES: Final = 30
KEPT_MINUTES: Final = 26 * 60
"""More than the longest day has (25 h)."""
ENDED_KEPT: Final = timedelta(minutes=10)
"""So long the records may lag behind the facts when they are read."""
ZERO: Final = Counts()


@dataclass(frozen=True, slots=True)
class Mark:
    """What one call adds: to ``queue``, in the minute (since 1970) in which it began."""

    queue: str
    minute: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Terms:
    target_seconds: int = USUAL_TARGET
    zone: str = "UTC"
    short_seconds: int = USUAL_SHORT
    empty_interval: EmptyInterval = "none"


@dataclass(frozen=True, slots=True)
class Figures:
    """``since``: the day's beginning. ``empty``: what no calls at all show."""

    since: datetime
    day: Counts
    recent: Counts
    empty: EmptyInterval = "none"


@dataclass(frozen=True, slots=True)
class Ended:
    """A call as the records have it, as far as it counts here."""

    id: str
    direction: Direction
    queue: str | None
    started_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    unqueued_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None


def terms_of(plans: Iterable[QueuePlan], calendars: Iterable[Calendar]) -> dict[str, Terms]:
    """By queue. Its day is that of the calendar that has it, else UTC's."""
    zones = {queue: calendar.time_zone for calendar in calendars for queue in calendar.queues}
    return {plan.name: terms(plan, zones.get(plan.name, "UTC")) for plan in plans}


def terms(plan: QueuePlan, zone: str) -> Terms:
    return Terms(plan.target_seconds, zone, plan.short_seconds, plan.empty_interval)


def mark_of(call: Call | Ended, target_seconds: float, short_seconds: float = USUAL_SHORT) -> Mark | None:
    """None: it counts nowhere."""
    if call.direction != "inbound" or call.queue is None:
        return None
    until = call.answered_at or call.unqueued_at or call.ended_at
    waited = None if until is None else (until - (call.queued_at or call.started_at)).total_seconds()
    within = waited is not None and waited <= target_seconds
    answered = call.answered_at is not None
    abandoned = not answered and call.outcome == "abandoned"
    counts = Counts(
        offered=1,
        answered=int(answered),
        answered_within=int(answered and within),
        abandoned=int(abandoned),
        abandoned_within=int(abandoned and within),
        abandoned_short=int(abandoned and waited is not None and waited < short_seconds),
    )
    return Mark(call.queue, int(call.started_at.timestamp()) // 60, counts)


def alike(one: Call, other: Call) -> bool:
    """Whether they add the same, without reckoning it."""
    return (
        one.queue == other.queue
        and one.answered_at == other.answered_at
        and one.unqueued_at == other.unqueued_at
        and one.ended_at == other.ended_at
        and one.direction == other.direction
    )


class Warming:
    """Where the records' calls are put while they are read; those that facts told of are not taken twice."""

    def __init__(self, live: Mapping[str, Mark | None], terms: Mapping[str, Terms]) -> None:
        self._live = live
        self._terms = terms
        self.minutes: dict[str, dict[int, Counts]] = {}

    def take(self, calls: Iterable[Ended]) -> None:
        for call in calls:
            of = self._terms.get(call.queue or "", Terms())
            mark = mark_of(call, of.target_seconds, of.short_seconds)
            if mark is not None and call.id not in self._live:
                _add(self.minutes, mark, 1)


class Today:
    """``now`` of all that takes it: aware UTC."""

    def __init__(self, terms: Mapping[str, Terms] | None = None) -> None:
        self._terms = dict(terms or {})
        self._minutes: dict[str, dict[int, Counts]] = {}
        self._live: dict[str, Mark | None] = {}
        self._over: deque[tuple[datetime, str]] = deque()
        self._now: datetime | None = None
        self._figures: dict[str, Figures] = {}
        self.warm = False

    def use(self, terms: Mapping[str, Terms]) -> bool:
        """Whether anything has changed: then all must be counted anew (:meth:`warming`)."""
        changed, self._terms = dict(terms) != self._terms, dict(terms)
        self._figures.clear()
        return changed

    def begins(self, now: datetime) -> datetime:
        """The earliest midnight that any queue's day began with."""
        return min((_midnight(now, one.zone) for one in (*self._terms.values(), Terms())), default=now)

    # Calls

    def changed(self, before: Call | None, after: Call | None) -> str | None:
        """A fact has changed this call (None before: it is new; None after: it went into another one). The queue whose
        figures changed."""
        call = after or before
        if call is None or (before is not None and after is not None and alike(before, after)):
            return None
        had = self._live.get(call.id)
        mark = None if after is None else self._mark(after)
        if after is None:
            self._live.pop(call.id, None)
        else:
            self._live[call.id] = mark
            if not after.active:
                self._over.append((after.ended_at or after.started_at, after.id))
        if had == mark:
            return None
        self._put(had, mark)
        return mark.queue if mark is not None else had.queue if had is not None else None

    def only(self, calls: Iterable[Call]) -> None:
        """These are up, and no others: what was missed of the rest comes with the next warming."""
        there = {call.id: call for call in calls}
        over = {id for _, id in self._over}
        for id in [id for id in self._live if id not in there and id not in over]:
            self._put(self._live.pop(id), None)
        for id, call in there.items():
            had, mark = self._live.get(id), self._mark(call)
            self._live[id] = mark
            self._put(had, mark)

    def _put(self, had: Mark | None, mark: Mark | None) -> None:
        for one, sign in ((had, -1), (mark, 1)):
            if one is not None:
                _add(self._minutes, one, sign)
                self._figures.pop(one.queue, None)

    # The records

    def warming(self) -> Warming:
        """To be filled with the ended calls since :meth:`begins`, then given to :meth:`warmed`."""
        return Warming(self._live, self._terms)

    def warmed(self, fresh: Warming) -> None:
        self._minutes = fresh.minutes
        for mark in self._live.values():
            if mark is not None:
                _add(self._minutes, mark, 1)
        self._figures.clear()
        self.warm = True

    # Figures

    def advance(self, now: datetime) -> set[str]:
        """It is so late now. The queues whose figures may have changed by that alone."""
        self._now = now
        while self._over and now - self._over[0][0] > ENDED_KEPT:
            self._live.pop(self._over.popleft()[1], None)
        oldest = int(now.timestamp()) // 60 - KEPT_MINUTES
        had, self._figures = self._figures, {}
        for minutes in self._minutes.values():
            for minute in [minute for minute in minutes if minute < oldest]:
                del minutes[minute]
        return {name for name, figures in had.items() if self.figures(name) != figures}

    def figures(self, queue: str) -> Figures | None:
        """None: not counted yet."""
        if self._now is None or not self.warm:
            return None
        found = self._figures.get(queue)
        if found is None:
            found = self._figures[queue] = self._reckoned(queue, self._now)
        return found

    def _reckoned(self, queue: str, now: datetime) -> Figures:
        since = _midnight(now, self._terms.get(queue, Terms()).zone)
        first, latest = int(since.timestamp()) // 60, int(now.timestamp()) // 60 - RECENT_MINUTES
        day = recent = ZERO
        for minute, counts in self._minutes.get(queue, {}).items():
            day = day + counts if minute >= first else day
            recent = recent + counts if minute > latest else recent
        return Figures(since, day, recent, self._terms.get(queue, Terms()).empty_interval)

    def _mark(self, call: Call) -> Mark | None:
        of = self._terms.get(call.queue or "", Terms())
        return mark_of(call, of.target_seconds, of.short_seconds)


def _add(to: dict[str, dict[int, Counts]], mark: Mark, sign: int) -> None:
    minutes = to.setdefault(mark.queue, {})
    total = minutes.get(mark.minute, ZERO) + (mark.counts if sign > 0 else _less(mark.counts))
    minutes[mark.minute] = total
    if total == ZERO:
        del minutes[mark.minute]


def _less(of: Counts) -> Counts:
    return Counts(
        -of.offered, -of.answered, -of.answered_within, -of.abandoned, -of.abandoned_within, -of.abandoned_short
    )


def _midnight(now: datetime, zone: str) -> datetime:
    there = now.astimezone(ZoneInfo(zone))
    return there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
