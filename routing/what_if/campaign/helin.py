"""Helin's dialer in an invented campaign: the code of ``routing.dialer``, asked after changes and each second."""

from __future__ import annotations

from routing.dialer import Budget, Floor, Launch, Pacing
from routing.what_if.campaign.shift import Shift


class Helin:
    every = 0.25

    def __init__(self, limit: float, patience: float = 2.0, sees: bool = True) -> None:
        """``sees``: what is known of each lead; else all are alike to it."""
        self.pacing, self._sees = Pacing(patience=patience), sees
        self._limit = limit
        self._asked, self._seen = -1.0, -1
        self.last: Launch | None = None

    def heard(self, traits: tuple[str, ...], since: float, now: float, answered: bool) -> None:
        self.pacing.heard(traits if self._sees else (), since, now, answered)

    def talked(self, seconds: float, wrapped: float) -> None:
        self.pacing.handled(seconds, wrapped)

    def launch(self, floor: Shift, now: float) -> int:
        if floor.changes == self._seen and now < self._asked + 1.0:
            return 0
        self._asked, self._seen = now, floor.changes
        ringing = floor.ringing.values()
        seen = Floor(
            len(floor.idle),
            len(floor.waiting),
            list(floor.talking.values()),
            list(floor.wrapping.values()),
            list(ringing) if self._sees else [(since, ()) for since, _ in ringing],
        )
        budget = Budget(self._limit, floor.answered, floor.abandoned, floor.ends - now)
        self.last = self.pacing.decide(seen, budget, floor.upcoming(50) if self._sees else [()] * 50, now)
        return self.last.count
