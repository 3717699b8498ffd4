"""How fast: back-off, patience and limits, in seconds. Policy as values; no clock in here."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cti.errors import LinkError, Refused


@dataclass(frozen=True, slots=True)
class Pace:
    """``tries_most`` bounds how long after Asterisk's boot a try may come: READY is promised within 5 s of it.

    A refused account is tried again slowly: each try is a line in Asterisk's log, and may feed a fail2ban there.
    """

    tries_first: float = 0.1
    tries_most: float = 4.0
    refused_first: float = 5.0
    refused_most: float = 30.0
    steady: float = 10.0
    boot: float = 15.0
    ping: float = 2.5
    ping_answer: float = 4.0
    alive: float = 5.0
    tick: float = 1.0
    answer: float = 5.0
    command: float = 12.0
    look_up: float = 10.0
    resync_first: float = 5.0
    resync_most: float = 60.0
    distrust: float = 0.3


class Backoff:
    """The pause before the next try: doubling, with jitter in its upper half, never over the bound."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._tries = 0
        self._refusals = 0

    def reset(self) -> None:
        """The last link was steady."""
        self._tries = self._refusals = 0

    def after(self, error: LinkError) -> float:
        pace = self._pace
        if isinstance(error, Refused):
            self._refusals += 1
            whole = min(pace.refused_most, pace.refused_first * 2.0 ** min(self._refusals - 1, 16))
        else:
            self._refusals = 0
            self._tries += 1
            whole = min(pace.tries_most, pace.tries_first * 2.0 ** min(self._tries - 1, 16))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


class Limiter:
    """At most ``most`` of something in each span of ``seconds``; counts what it held back."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._began = float("-inf")
        self._count = 0
        self.held_back = 0

    def allows(self, now: float) -> bool:
        """``now``: monotonic seconds."""
        if now - self._began >= self._seconds:
            self._began, self._count = now, 0
        self._count += 1
        if self._count > self._most:
            self.held_back += 1
            return False
        return True

    def take_held_back(self) -> int:
        held, self.held_back = self.held_back, 0
        return held
