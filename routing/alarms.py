"""When a queue raises an alarm, and when it is over. Pure.

An alarm is raised once its limit has been passed for ``after_seconds`` without a break, and is over once the figure has
been well on the good side of it (:func:`_well`) for :data:`CLEARS_AFTER`: so a figure that trembles at its limit rings
once and not every second.

=================  ==================================================  =====================
measure            figure                                              raised when it is
=================  ==================================================  =====================
``waiting``        callers in the queue                                more than the limit
``longest_wait``   seconds that the first in line has waited           more
``agents``         agents who are ready or in wrap-up, talking or not  fewer
``service_level``  of the last 30 minutes, 0 to 1, *offered*           lower
``abandoned``      abandoned ÷ offered of the last 30 minutes, 0 to 1  more
=================  ==================================================  =====================

The two shares are not judged while fewer than :data:`FEWEST` calls came in that time: one call of one is no trend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, get_args

from routing.events import AlarmRule, Measure
from routing.facts import AgentChanged, AlarmChanged
from routing.service_level import service_level
from routing.story import Call
from routing.today import Figures

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
SHARES: Final = frozenset(("service_level", "abandoned"))
FEWER: Final = frozenset(("agents", "service_level"))
"""Those that are bad when they are low."""
FEWEST: Final = 10
CLEARS_AFTER: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Watch:
    """``bad_since``: passed without a break; ``good_since``: well again; ``raised_at``: it is up."""

    bad_since: datetime | None = None
    good_since: datetime | None = None
    raised_at: datetime | None = None


def watched(rule: AlarmRule, value: float | None, had: Watch, now: datetime) -> Watch:
    """``value`` None: there is nothing to judge, which is no trouble."""
    bad = value is not None and (value < rule.limit if rule.measure in FEWER else value > rule.limit)
    if had.raised_at is None:
        since = (had.bad_since or now) if bad else None
        up = since is not None and (now - since).total_seconds() >= rule.after_seconds
        return Watch(since, None, now if up else None)
    well = value is None or _well(rule, value)
    since = (had.good_since or now) if well else None
    if since is not None and now - since >= CLEARS_AFTER:
        return Watch()
    return replace(had, good_since=since)


def _well(rule: AlarmRule, value: float) -> bool:
    """On the good side, and not just so: a tenth of the limit, two points of a share, one head of a count."""
    if rule.measure in SHARES:
        return value >= min(1.0, rule.limit + 0.02) if rule.measure in FEWER else value <= max(0.0, rule.limit - 0.02)
    if rule.measure == "agents":
        return value >= rule.limit
    room = 1.0 if rule.measure == "waiting" else 0.1 * rule.limit
    return value <= max(0.0, rule.limit - room)


def measured(
    queue: str,
    calls: Iterable[Call],
    agents: Iterable[AgentChanged],
    figures: Figures | None,
    now: datetime,
) -> Mapping[Measure, float | None]:
    """What the queue's rules look at. ``calls``: those that wait in it."""
    waits = [max(0.0, (now - (call.waiting_since or call.started_at)).total_seconds()) for call in calls]
    serving = sum(queue in one.queues and one.availability in ("ready", "wrap_up") for one in agents)
    recent = figures.recent if figures is not None and figures.recent.offered >= FEWEST else None
    return {
        "waiting": float(len(waits)),
        "longest_wait": max(waits, default=0.0),
        "agents": float(serving),
        "service_level": service_level("offered", recent) if recent is not None else None,
        "abandoned": recent.abandoned / recent.offered if recent is not None else None,
    }


class QueueAlarms:
    """All queues' watches. ``open_``: alarms that were up when this process began."""

    def __init__(self, asterisk: str, open_: Iterable[AlarmChanged] = ()) -> None:
        self._asterisk = asterisk
        self._watches = {(one.queue, one.measure): Watch(raised_at=one.since) for one in open_}

    def judge(
        self, queue: str, rules: Iterable[AlarmRule], values: Mapping[Measure, float | None], now: datetime
    ) -> list[AlarmChanged]:
        """What is raised or over. A rule that is no more ends its alarm."""
        known = {rule.measure: rule for rule in rules}
        gone = [key for key in self._watches if key[0] == queue and key[1] not in known]
        news = [self._over(key, 0.0, 0.0, now) for key in gone if self._watches[key].raised_at is not None]
        for key in gone:
            del self._watches[key]
        for measure, rule in known.items():
            had, value = self._watches.get((queue, measure), Watch()), values.get(measure)
            one = watched(rule, value, had, now)
            if one.raised_at is not None and had.raised_at is None:
                shown = value or 0.0
                news.append(AlarmChanged(queue, measure, now, self._asterisk, True, one.raised_at, shown, rule.limit))
            elif one.raised_at is None and had.raised_at is not None:
                news.append(self._over((queue, measure), value or 0.0, rule.limit, now))
            self._watches[queue, measure] = one
        return news

    def _over(self, key: tuple[str, str], value: float, limit: float, now: datetime) -> AlarmChanged:
        since = self._watches[key].raised_at or now
        return AlarmChanged(key[0], key[1], now, self._asterisk, False, since, value, limit)
