"""What each half hour of a recorded day asked for, in the words of :mod:`routing.staffing`.

A half hour has few calls, so what it does not know itself it takes from its day: how long a talk was where nobody was
answered, and how patient callers are, which only those who gave up can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from routing.what_if.past import Past, PastCall, patience_of, wrap_up_of

LENGTH = 1800.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class HalfHour:
    """``at``: seconds since the day's beginning. ``handle``: seconds of talk and wrap-up on the average.

    ``handle`` None: nobody was answered all day. ``patience`` None: nobody gave up all day.
    """

    at: float
    calls: int
    answered: int
    abandoned: int
    in_time: int
    handle: float | None
    patience: float | None


def half_hours(past: Past, queue: str, target: float) -> list[HalfHour]:
    """Those in which somebody called, in order. ``target``: seconds that count as in time."""
    own = [call for call in past.calls if call.queue == queue]
    by_half: defaultdict[int, list[PastCall]] = defaultdict(list)
    for call in own:
        by_half[int(call.at // LENGTH)].append(call)
    wrap, patience, day = wrap_up_of(past), patience_of(own), _talked(own)
    return [_half_hour(number, by_half[number], target, wrap, patience, day) for number in sorted(by_half)]


def _half_hour(
    number: int, calls: Sequence[PastCall], target: float, wrap: float, patience: float | None, day: float | None
) -> HalfHour:
    answered = [call for call in calls if call.agent is not None]
    talked = _talked(answered)
    if talked is None:
        talked = day
    return HalfHour(
        at=number * LENGTH,
        calls=len(calls),
        answered=len(answered),
        abandoned=len(calls) - len(answered),
        in_time=sum(call.waited <= target for call in answered),
        handle=None if talked is None else talked + wrap,
        patience=patience,
    )


def _talked(calls: Sequence[PastCall]) -> float | None:
    talks = [call.talked for call in calls if call.agent is not None]
    return sum(talks) / len(talks) if talks else None
