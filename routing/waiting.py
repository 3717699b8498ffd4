"""The line of waiting callers in mode *assist*: app_queue distributes, Helin says who is first.

A caller is ranked on arrival, when the look-up answers, and when a wait passes the queue's longest. Every few seconds
the order is compared with Asterisk's, and callers are moved only where it differs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from routing.actions import Action, ChangePriority
from routing.events import QueuePlan
from routing.facts import RequestRanked
from routing.priority import Request, entry_priority, moves, score

EVERY = timedelta(seconds=5)


class Line:
    """Requests by call id. ``actions`` collects the moves. Heeded: the dialplan takes given priorities along."""

    def __init__(self, plan: Callable[[str], QueuePlan | None]) -> None:
        self._plan = plan
        self._requests: dict[str, Request] = {}
        self._tier_points: dict[str, float] = {}
        self._overdue: set[str] = set()
        self._looked_at: datetime | None = None
        self._heeded = False
        self.actions: list[Action] = []

    def use(self, tier_points: tuple[tuple[str, float], ...]) -> None:
        self._tier_points = dict(tier_points)

    def __len__(self) -> int:
        return len(self._requests)

    def entry_priority(self, tier: str | None) -> int:
        """For a caller who is known before a queue has them; 0: like everybody."""
        return entry_priority(tier, self._tier_points)

    def join(
        self,
        call: str,
        queue: str,
        channel: str,
        since: datetime,
        tier: str | None,
        now: datetime,
        priority: int = 0,
        overtook: bool = False,
    ) -> RequestRanked:
        """``priority``: given before the queue; ``overtook``: app_queue put the caller before somebody there."""
        sure = self._counts(queue, priority, overtook)
        self._requests[call] = Request(call, queue, channel, since, tier, priority, sure)
        fact = self._ranked(self._requests[call], now)
        if tier is not None:
            self._sort(queue, now)
        return fact

    def _counts(self, queue: str, priority: int, overtook: bool) -> bool:
        """Whether app_queue surely has the priority that was given before. Where the newcomer stands is the proof."""
        if priority == 0:
            return True
        others = [request for request in self._requests.values() if request.queue == queue]
        lower = any(request.priority < priority for request in others)
        if overtook:
            self._heeded = True
            for request in () if lower else others:
                request.sure = False
        elif lower:
            self._heeded = False
        return self._heeded

    def found(self, call: str, priority: int) -> bool:
        """What app_queue has, by a snapshot. False: nobody knew that this call waits."""
        request = self._requests.get(call)
        if request is None:
            return False
        request.priority, request.sure = priority, True
        return True

    def leave(self, call: str) -> None:
        self._requests.pop(call, None)
        self._overdue.discard(call)

    def known(self, call: str, tier: str | None, now: datetime) -> RequestRanked | None:
        """The look-up's answer; None if the call does not wait."""
        request = self._requests.get(call)
        if request is None:
            return None
        request.tier = tier
        fact = self._ranked(request, now)
        self._sort(request.queue, now)
        return fact

    def tick(self, now: datetime) -> list[RequestRanked]:
        if self._looked_at is not None and timedelta() <= now - self._looked_at < EVERY:
            return []
        self._looked_at = now
        facts = []
        for request in self._requests.values():
            plan = self._plan(request.queue)
            longest = timedelta(seconds=plan.max_wait_seconds if plan is not None else 300)
            if request.call not in self._overdue and now - request.since >= longest:
                self._overdue.add(request.call)
                facts.append(self._ranked(request, now))
        for queue in {request.queue for request in self._requests.values()}:
            self._sort(queue, now)
        return facts

    def _ranked(self, request: Request, now: datetime) -> RequestRanked:
        points, reasons = score(request, self._plan(request.queue), self._tier_points, now)
        return RequestRanked(request.call, now, points, reasons)

    def _sort(self, queue: str, now: datetime) -> None:
        plan = self._plan(queue)
        if plan is not None and plan.mode != "assist":
            return
        waiting = [request for request in self._requests.values() if request.queue == queue]
        if len(waiting) < 2:
            return
        waiting.sort(key=lambda request: (-score(request, plan, self._tier_points, now)[0], request.since))
        for request, priority in moves(waiting):
            request.priority, request.sure = priority, True
            self.actions.append(ChangePriority(queue, request.channel, priority))
