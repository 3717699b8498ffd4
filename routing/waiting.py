"""The line of waiting callers: who is first, and why. In mode *assist* app_queue distributes and is told so.

A caller is ranked on arrival and when the look-up answers. Every few seconds the order is compared with Asterisk's, and
callers are moved only where it differs; it is compared also with the order that was told. Where that is another, or was
told long ago, those at the front are ranked anew, so that what is shown is the order, with the reasons for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from routing.actions import Action, ChangePriority
from routing.events import QueuePlan
from routing.facts import RequestRanked
from routing.order import in_order
from routing.priority import Request, entry_priority, moves, score, urgency
from routing.requests import Kind
from routing.worth import Pace

EVERY = timedelta(seconds=5)
TOLD_AGAIN = timedelta(seconds=30)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FRONT = 20
"""So many at the front of a queue are told anew; behind them a rank may be as old as the wait."""


class Line:
    """Requests by call id. ``actions`` collects the moves. Heeded: the dialplan takes given priorities along.

    ``held``: whether Helin itself hands this caller out; app_queue then has nobody to move;
    ``pace_of``: how those are served, by queue; ``for_whom``: who of them is kept for which agent, in words.
    """

    def __init__(
        self,
        plan: Callable[[str], QueuePlan | None],
        held: Callable[[str], bool] = lambda _: False,
        pace_of: Callable[[str], Pace | None] = lambda _: None,
        for_whom: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._plan = plan
        self._held = held
        self._pace_of = pace_of
        self._for_whom = for_whom
        self._requests: dict[str, Request] = {}
        self._tier_values: dict[str, float] = {}
        self._kinds: dict[str, Kind] = {}
        self._served: dict[str, int] = {}
        self._told: dict[str, tuple[float, datetime]] = {}
        self._looked_at: datetime | None = None
        self._heeded = False
        self.actions: list[Action] = []

    def use(self, tier_values: tuple[tuple[str, float], ...]) -> None:
        """The rules may be others from now on: who waits is ranked anew at the next tick."""
        self._tier_values = dict(tier_values)
        self._looked_at = None
        self._told = {call: (score, LONG_AGO) for call, (score, _) in self._told.items()}

    def __len__(self) -> int:
        return len(self._requests)

    def entry_priority(self, tier: str | None) -> int:
        """For a caller who is known before a queue has them; 0: like everybody."""
        return entry_priority(tier, self._tier_values)

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
        self.leave(call, now)
        sure = self._counts(queue, priority, overtook)
        self._requests[call] = Request(call, queue, channel, since, tier, priority, sure)
        self._kinds.setdefault(queue, Kind()).came(now.timestamp())
        fact = self._ranked(self._requests[call], now)
        if tier is not None:
            self.order(queue, now)
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

    def leave(self, call: str, now: datetime, *, served: bool = False) -> None:
        """``served``: an agent has them; that tells how fast the line moves."""
        request = self._requests.pop(call, None)
        self._told.pop(call, None)
        if request is not None and served:
            self._kinds[request.queue].served(now.timestamp())
            self._served[request.queue] = self.served(request.queue) + 1
        elif request is not None:
            self._kinds[request.queue].left()

    def known(self, call: str, tier: str | None, now: datetime) -> RequestRanked | None:
        """The look-up's answer; None if the call does not wait."""
        request = self._requests.get(call)
        if request is None:
            return None
        request.tier = tier
        fact = self._ranked(request, now)
        self.order(request.queue, now)
        return fact

    def again(self, call: str, now: datetime) -> RequestRanked | None:
        """Ranked anew; None if the call does not wait."""
        request = self._requests.get(call)
        return None if request is None else self._ranked(request, now)

    def tick(self, now: datetime) -> list[RequestRanked]:
        if self._looked_at is not None and timedelta() <= now - self._looked_at < EVERY:
            return []
        self._looked_at = now
        facts: list[RequestRanked] = []
        for queue in self.queues():
            front = self.order(queue, now)[:FRONT]
            told = [self._told[request.call] for request in front]
            scores = [score for score, _ in told]
            if scores != sorted(scores, reverse=True) or min(at for _, at in told) <= now - TOLD_AGAIN:
                facts += [self._ranked(request, now) for request in front]
        return facts

    def urgencies(self, now: datetime) -> dict[str, list[tuple[float, str]]]:
        """By queue: how urgent each caller is, and which call it is."""
        found: dict[str, list[tuple[float, str]]] = {}
        for request in self._requests.values():
            plan, pace = self._plan(request.queue), self.pace(request.queue)
            rank = urgency(request, plan, self._tier_values, now, pace)
            found.setdefault(request.queue, []).append((rank, request.call))
        return found

    def queues(self) -> list[str]:
        """Those in which somebody waits."""
        return sorted({request.queue for request in self._requests.values()})

    def served(self, queue: str) -> int:
        """How many of those who waited got an agent since Helin came."""
        return self._served.get(queue, 0)

    def pace(self, queue: str) -> Pace:
        """How the line moves; nothing where nobody has waited yet."""
        pace = self._pace_of(queue)
        return pace if pace is not None else self._kinds[queue].pace() if queue in self._kinds else Pace()

    def _ranked(self, request: Request, now: datetime) -> RequestRanked:
        plan, pace = self._plan(request.queue), self.pace(request.queue)
        points, reasons = score(request, plan, self._tier_values, now, pace)
        words = self._for_whom(request.call)
        if words is not None:
            reasons = (*reasons, (words, 0.0))
        self._told[request.call] = points, now
        return RequestRanked(request.call, now, points, reasons)

    def order(self, queue: str, now: datetime) -> list[Request]:
        """Brings app_queue's order to ours; who waits, the most urgent first."""
        plan, pace = self._plan(queue), self.pace(queue)
        mine = (request for request in self._requests.values() if request.queue == queue)
        waiting = in_order(mine, plan, self._tier_values, now, pace)
        for request, priority in moves([request for request in waiting if not self._held(request.call)]):
            request.priority, request.sure = priority, True
            self.actions.append(ChangePriority(queue, request.channel, priority))
        return waiting
