"""Whose page is open: a lease for each agent, renewed by the web nodes' heartbeat.

Only an agent whose phone is the page itself needs it, and only once a page was seen: a desk phone rings without one,
and so does a program's telephone. A page that reloads is back long before the lease is over. When no web node says
anything (it restarts, the bus is away), nobody knows who is there, and then nobody counts as vanished: the phones may
well be fine, and callers come first. An engine that has just begun knows no pages; a page that vanished before that
leaves its phone unregistered, which Asterisk sees by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LEASE = timedelta(seconds=15)


class Presence:
    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._heard_at: datetime | None = None

    def told(self, logins: Iterable[str], now: datetime) -> None:
        """A web node's word. After a silence everybody gets a lease's time to be told of."""
        if self._silent(now):
            self._until = dict.fromkeys(self._until, now + LEASE)
        self._heard_at = now
        self._until.update(dict.fromkeys(logins, now + LEASE))

    def vanished(self, login: str, now: datetime) -> bool:
        until = self._until.get(login)
        return until is not None and until <= now and not self._silent(now)

    def here(self, login: str, now: datetime) -> bool:
        """A page is surely open, or was a moment ago."""
        until = self._until.get(login)
        return until is not None and until > now

    def _silent(self, now: datetime) -> bool:
        return self._heard_at is None or not timedelta() <= now - self._heard_at <= LEASE
