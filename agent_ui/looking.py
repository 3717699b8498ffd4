"""Looks ahead for a web node: from the live picture, with what the records say of each queue read now and then.

Nothing is asked of the database when somebody wants to know. What is reckoned is kept for some seconds, so that many
who look at the wall cost what one does; it is reckoned in a thread, a ring waits for none of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from agent_ui.board import Board
from agent_ui.foretelling import near
from crm_store.errors import StoreError
from crm_store.store import Store
from routing.ahead import HORIZON
from routing.outlook import Floor, Habits, Outlook, outlook, paused

FRESH_SECONDS: Final = 10.0
LEARN_SECONDS: Final = 900.0
LEARN_AGAIN_SECONDS: Final = 20.0
FORETELL_AGAIN: Final = timedelta(hours=4)

log = structlog.get_logger("looking")


@dataclass(frozen=True, slots=True)
class Price:
    """A queue as it will be, and as it would be with the pause."""

    now: Outlook
    then: Outlook


class Looking:
    def __init__(self, board: Board) -> None:
        self._board = board
        self.habits: Mapping[str, Habits] = {}
        self.limits: Mapping[str, int] = {}
        self._at: datetime | None = None
        self._foretold = datetime.min.replace(tzinfo=UTC)
        self._kept: dict[str, Outlook] = {}
        self._one = asyncio.Lock()

    async def learn(self, store: Store, now: datetime) -> None:
        """What the records say of each queue; a forecast is good for some hours. Raises StoreAway."""
        habits = await store.habits.all(now)
        foretold = now if now - self._foretold >= FORETELL_AGAIN else self._foretold
        for name in self._board.queue_names():
            had = self.habits.get(name, Habits()).forecast
            forecast = await near(store, name, now) if foretold == now or name not in self.habits else had
            habits[name] = replace(habits.get(name, Habits()), forecast=forecast)
        self.habits, self._foretold = habits, foretold

    async def all(self, now: datetime) -> tuple[datetime, dict[str, Outlook]]:
        """Of every queue, and when that was reckoned: at most FRESH_SECONDS ago."""
        async with self._one:
            if self._at is None or not timedelta() <= now - self._at < timedelta(seconds=FRESH_SECONDS):
                floor = self.floor(now)
                self._kept = await asyncio.to_thread(_looked, floor, self._board.queue_names())
                self._at = now
            return self._at, self._kept

    async def price(self, login: str, reason: str, now: datetime) -> list[Price]:
        """Of a pause of this agent, in each queue that counts on them now. Empty: nobody does."""
        floor = self.floor(now)
        agent = floor.agents.get(login)
        if agent is None or agent.availability not in ("ready", "wrap_up"):
            return []
        return await asyncio.to_thread(_priced, floor, paused(floor, login, reason), login, agent.queues)

    def floor(self, now: datetime) -> Floor:
        """All that is live, as it is now."""
        board = self._board
        figures = {name: board.today.figures(name) for name in board.queue_names()}
        until = now + timedelta(seconds=HORIZON)
        due = Counter(
            one.queue
            for one in board.picture.requests.values()
            if one.kind == "callback" and one.state == "waiting" and max(one.since, one.due_at or one.since) <= until
        )
        return Floor(
            now,
            dict(board.picture.agents),
            board.plans(),
            board.callers(),
            due,
            {name: found.recent.offered for name, found in figures.items() if found is not None},
            self.limits,
            self.habits,
        )


def _looked(floor: Floor, queues: Iterable[str]) -> dict[str, Outlook]:
    return {name: outlook(floor, name) for name in queues}


def _priced(floor: Floor, then: Floor, login: str, queues: Iterable[str]) -> list[Price]:
    here = [Price(outlook(floor, name), outlook(then, name)) for name in queues]
    return [one for one in here if login in one.now.hands.counted]


async def keep_learning(looking: Looking, store: Store, clock: Callable[[], datetime]) -> None:
    """What the records say, again and again, until cancelled."""
    while True:
        try:
            now = clock()
            await looking.learn(store, now)
            reasons = await store.pause_reasons.all()
            looking.limits = {one.key: one.limit_minutes for one in reasons if one.limit_minutes is not None}
            await asyncio.sleep(LEARN_SECONDS)
        except StoreError as away:
            log.debug("habits are not known yet", why=str(away))
            await asyncio.sleep(LEARN_AGAIN_SECONDS)
        except Exception:
            log.exception("looking ahead stumbled")
            await asyncio.sleep(LEARN_SECONDS)
