"""When a number may be called: by the clock on the wall wherever its people may be.

The hours are data, given by whoever asks; a number whose country has several zones is called only when all of them
allow it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOOKS_AHEAD: Final = timedelta(days=8)
STEP: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CallingHours:
    """From ``opens`` to before ``closes``, minutes since midnight; not on ``not_on`` (0 is Monday)."""

    opens: int = 8 * 60
    closes: int = 21 * 60
    not_on: frozenset[int] = frozenset()

    def allow(self, zone: str, at: datetime) -> bool:
        here = at.astimezone(ZoneInfo(zone))
        return self.opens <= here.hour * 60 + here.minute < self.closes and here.weekday() not in self.not_on


def next_allowed(zones: Collection[str], now: datetime, hours: CallingHours) -> datetime | None:
    """Now, or the next quarter of an hour at which all zones allow a call; None when there is none within a week.

    No zone at all allows nothing: nobody knows what time it is there.
    """
    if not zones:
        return None
    if all(hours.allow(zone, now) for zone in zones):
        return now
    quarter = now.astimezone(UTC).replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    at = quarter + STEP
    while at <= now + LOOKS_AHEAD:
        if all(hours.allow(zone, at) for zone in zones):
            return at
        at += STEP
    return None
