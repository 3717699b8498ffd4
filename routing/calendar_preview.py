"""What a calendar means: its days as a strip, and what a caller would meet at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from routing.calendars import DAY, Calendar, Holidays, Stretch, closures, moment, now_in, plan_of, stretches

DayKind = Literal["weekday", "holiday", "exception"]
StepKind = Literal["message", "queue", "overflow", "overflow_alone", "late", "hang_up"]
MOST_DAYS: Final = 62
HOPS: Final = 3
"""So often a caller is sent on from queue to queue; the dialplan counts as well (helin-closed)."""


@dataclass(frozen=True, slots=True)
class DayStrip:
    """A day of the calendar's zone: what made it so, and its stretches without a gap."""

    date: date
    kind: DayKind
    name: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a caller meets, one after the other.

    ``message``: hears ``sound`` ("" for the dialplan's own) for the reason ``why``. ``queue``: waits in ``queue``.
    ``overflow``: after ``seconds`` (0: as the dialplan has it) goes to ``queue``, ``overflow_alone``: at once, when
    nobody is logged in. ``late``: hears at ``at`` that it has closed, by ``sound``. ``hang_up``: that is the end.
    """

    kind: StepKind
    sound: str = ""
    why: str = ""
    queue: str = ""
    seconds: int = 0
    at: datetime | None = None


def strip(calendar: Calendar, first: date, days: int, holidays: Holidays) -> tuple[DayStrip, ...]:
    """``days`` days from ``first`` on, by the calendar's clock."""
    zone = ZoneInfo(calendar.time_zone)
    made = []
    for ahead in range(min(days, MOST_DAYS)):
        day = first + timedelta(days=ahead)
        plan = plan_of(calendar, day, holidays)
        kind: DayKind = "weekday" if plan.kind == "open" or plan.kind == "closed" else plan.kind
        found = stretches(calendar, moment(day, 0, zone), moment(day, DAY, zone), holidays)
        made.append(DayStrip(day, kind, plan.name, tuple(found)))
    return tuple(made)


def hears(
    calendar: Calendar, queue: str, at: datetime, holidays: Holidays, others: Mapping[str, Calendar]
) -> tuple[Step, ...]:
    """What somebody who calls ``queue`` at this moment meets. ``others``: the calendars of all queues, by queue."""
    steps: list[Step] = []
    here: Calendar | None = calendar
    for _ in range(HOPS + 1):
        if here is None:
            return (*steps, Step("queue", queue=queue))
        if here.in_emergency(at):
            steps.append(Step("message", here.emergency_sound, "emergency"))
            if here.emergency_then == "hang_up":
                return (*steps, Step("hang_up"))
        now = now_in(here, at, holidays)
        if now.open:
            return (*steps, *_inside(here, queue, at, holidays))
        sound = here.holiday_sound or here.closed_sound if now.kind == "holiday" else here.closed_sound
        steps.append(Step("message", sound, now.kind))
        if not here.closed_queue:
            break
        queue = here.closed_queue
        here = others.get(queue)
    return (*steps, Step("hang_up"))


def _inside(calendar: Calendar, queue: str, at: datetime, holidays: Holidays) -> tuple[Step, ...]:
    steps = [Step("queue", queue=queue)]
    if calendar.overflow_queue and calendar.overflow_when_alone:
        steps.append(Step("overflow_alone", queue=calendar.overflow_queue))
    if calendar.overflow_queue:
        steps.append(Step("overflow", queue=calendar.overflow_queue, seconds=calendar.overflow_after_seconds))
    ahead = closures(calendar, at, at + timedelta(days=9), holidays)
    if ahead and ahead[0].late is not None:
        steps.append(Step("late", calendar.late_sound or calendar.closed_sound, ahead[0].kind, at=ahead[0].late))
    return tuple(steps)
