"""Opening hours as Asterisk keeps them: written ahead, so that the dialplan needs nobody to ask.

For each queue Helin writes the closures of the days to come, each with its end. While Helin is away the dialplan goes
on by them: it closes tonight and opens tomorrow, and when nothing more is written it is open. The same holds after a
restart of Asterisk and a reload of its dialplan, which lose what was written: so it is written again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from routing.actions import Closed, SayHours
from routing.calendars import Calendar, Closure, Holidays, closures

AHEAD: Final = timedelta(days=9)
MOST: Final = 24
"""Closures that fit into one line to Asterisk."""
AGAIN: Final = timedelta(seconds=30)


def hours_of(queue: str, calendar: Calendar | None, now: datetime, holidays: Holidays) -> SayHours:
    """What holds for a queue from now on; without a calendar it is always open."""
    if calendar is None:
        return SayHours(queue)
    last = (now + AHEAD).replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = closures(calendar, now, last, holidays)[:MOST]
    emergency = calendar.emergency if calendar.in_emergency(now) else None
    return SayHours(
        queue,
        tuple(_closed(one, now) for one in ahead),
        int(emergency.until.timestamp()) if emergency else 0,
        calendar.emergency_then,
        calendar.emergency_sound,
        calendar.closed_sound,
        calendar.holiday_sound or calendar.closed_sound,
        calendar.late_sound or calendar.closed_sound,
        calendar.closed_queue,
        calendar.overflow_queue,
        calendar.overflow_after_seconds,
        calendar.overflow_when_alone,
    )


def _closed(one: Closure, now: datetime) -> Closed:
    """A start that is over is 0: so the same closure is the same however often it is looked at."""
    start = int(one.start.timestamp()) if one.start > now else 0
    late = int(one.late.timestamp()) if one.late else 0
    return Closed(start, int(one.end.timestamp()), late if start else 0, one.kind == "holiday")


@dataclass(slots=True)
class Hours:
    """What is to be written now, if anything. ``ready``: Asterisk can be told."""

    holidays: Holidays
    queues: tuple[str, ...] = ()
    calendars: dict[str, Calendar] = field(default_factory=dict)
    written: dict[str, SayHours] = field(default_factory=dict)
    written_at: datetime | None = None
    ready: bool = False

    def use(self, queues: Sequence[str], calendars: Sequence[Calendar]) -> None:
        """From now on. A queue that is gone, or has no calendar any more, is written once more: open."""
        self.calendars = {queue: calendar for calendar in calendars for queue in calendar.queues}
        self.queues = tuple(dict.fromkeys((*queues, *self.calendars)))
        self.written_at = None

    def link(self, ready: bool) -> None:
        """Asterisk is there, or is not; a new one has forgotten everything."""
        if not ready:
            self.written, self.written_at = {}, None
        self.ready = ready

    def due(self, now: datetime) -> list[SayHours]:
        """Every half minute, and when something has changed, what holds; that a queue has no hours is said once.

        Nothing falls due when a queue opens or closes: that was written ahead.
        """
        if not self.ready or (self.written_at is not None and timedelta() <= now - self.written_at < AGAIN):
            return []
        self.written_at = now
        gone = [queue for queue in self.written if queue not in self.queues]
        wanted = [self._of(queue, now) for queue in (*self.queues, *gone)]
        said = [one for one in wanted if one.queue in self.calendars or self.written.get(one.queue) != one]
        self.written = {one.queue: one for one in wanted if one.queue in self.queues}
        return said

    def _of(self, queue: str, now: datetime) -> SayHours:
        try:
            return hours_of(queue, self.calendars.get(queue), now, self.holidays)
        except Exception:
            # The store keeps no calendar that cannot be read. If one comes all the same, callers find the queue open.
            return SayHours(queue)
