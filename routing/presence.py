"""Who has a panel open: a lease for each agent, renewed by the web nodes' heartbeat.

Only an agent whose phone is the page itself needs it; a desk phone rings without one. A page that reloads is back long
before the lease is over. When no web node says anything (it restarts, the bus is away), nobody knows who is there, and
then nobody counts as vanished: the phones may well be fine, and callers come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LEASE = timedelta(seconds=15)


class Presence:
    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._heard_at: datetime | None = None
        self._sure_from = datetime.max

    def told(self, logins: Iterable[str], now: datetime) -> None:
        """A web node's word. After a silence everybody gets a lease's time to be told of."""
        if self._heard_at is None or not timedelta() <= now - self._heard_at <= LEASE:
            self._sure_from = now + LEASE
            self._until.clear()
        self._heard_at = now
        self._until.update(dict.fromkeys(logins, now + LEASE))

    def vanished(self, login: str, now: datetime) -> bool:
        if self._heard_at is None or not timedelta() <= now - self._heard_at <= LEASE or now < self._sure_from:
            return False
        until = self._until.get(login)
        return until is None or until <= now
