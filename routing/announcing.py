"""What callers are told while they wait: the place in line and how long it takes most (:mod:`routing.expecting`).

The dialplan says it, when and in which words it likes; it is given three numbers at once when a caller has come, and
anew every EVERY where they have changed. Of the time nothing is said before ENOUGH callers of that queue were served.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from routing.actions import Action, TellPlace
from routing.expecting import span
from routing.waiting import Line

EVERY: Final = timedelta(seconds=5)
ENOUGH: Final = 5
MOST: Final = 9999


class Announcer:
    """``actions`` collects what is to be told."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self._told: dict[str, TellPlace] = {}
        self._looked_at: datetime | None = None

    def tick(self, line: Line, held: Collection[str], now: datetime) -> None:
        if not held:
            self._told.clear()
            return
        recent = self._looked_at is not None and timedelta() <= now - self._looked_at < EVERY
        if recent and all(call in self._told for call in held):
            return
        self._looked_at = now
        self._tell(line, frozenset(held), now)

    def _tell(self, line: Line, held: Collection[str], now: datetime) -> None:
        told: dict[str, TellPlace] = {}
        for queue in line.queues():
            known = line.served(queue) >= ENOUGH
            for position, request in enumerate(line.order(queue, now)[:MOST], 1):
                if request.call in held:
                    minutes = span(position, line.pace(queue)) if known else None
                    low, high = (minutes.low, minutes.high) if minutes is not None else (0, 0)
                    told[request.call] = TellPlace(request.channel, position, low, high)
        self.actions += [each for call, each in told.items() if self._told.get(call) != each]
        self._told = told
