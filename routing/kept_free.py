"""Agents who get no call for a moment: they are offered what is about to miss its promise, and is more urgent.

Without this a letter would never come first: an offer takes an agent some seconds to answer, a call that rings takes it
back, and in a busy house a call always rings. It is bounded on each side: only what has used up nearly all of its time
does so, never against a caller with the higher index, and not for longer than it takes to press a key. A letter that
was accepted lies beside the calls: its agent gets the next one at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from routing.events import QueuePlan
from routing.letters import WrittenRequest
from routing.priority import promise
from routing.shares import counted_wait

NEAR: Final = 0.9
"""From such a share of what was promised on, a request is about to miss it."""
LONGEST: Final = timedelta(seconds=10)
ONCE_IN: Final = timedelta(minutes=3)
"""An agent is not kept free for the same request again for so long: also not while the store is slow."""


def is_near(one: WrittenRequest, plan: QueuePlan | None, now: datetime) -> bool:
    return counted_wait(one, plan, now) >= NEAR * promise(plan).target_seconds


class KeptFree:
    def __init__(self) -> None:
        self._for: dict[str, tuple[str, datetime]] = {}
        self._lately: dict[tuple[str, str], datetime] = {}

    def agents(self) -> Collection[str]:
        return self._for.keys()

    def keep(self, agent: str, request: str, now: datetime) -> None:
        """From now on, for as long as :meth:`let_go` is told; the same for the same not again for a while."""
        if (agent, request) in self._lately:
            return
        self._lately[agent, request] = now + ONCE_IN
        self._for[agent] = request, now + LONGEST

    def let_go(self, now: datetime, still: Callable[[str, str], bool]) -> None:
        """Those who have thought long enough, or of whom ``still(agent, request)`` is no longer true."""
        for pair, until in list(self._lately.items()):
            if now >= until:
                del self._lately[pair]
        for agent, (request, until) in list(self._for.items()):
            if now >= until or not still(agent, request):
                del self._for[agent]
