"""Between an engine's calls and the store's callbacks: asked for by a key, void when talked with, tried and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from crm_store.errors import Refused, StoreError
from crm_store.store import Store
from routing.actions import AskCallback
from routing.facts import CallAnswered, CallEnded, Recorded
from routing.picture import Picture
from routing.story import Call

MOST_WAITING = 10_000
"""Ends of calls that may wait for the store."""
AGAIN_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``agent`` None: the customer was talked with in a call of their own."""

    number: str
    agent: str | None
    call: str
    reached: bool


async def keep(store: Store, wish: AskCallback) -> bool:
    """Whether it is kept: also one that was in flight already. Raises StoreError, but no Refused."""
    try:
        details = {"source": "key", "call": wish.call}
        await store.callbacks.ask(wish.number, wish.queue, datetime.now(UTC), wish.since, details=details)
    except Refused as why_not:
        log.info("no callback", call=wish.call, why=str(why_not))
        return False
    return True


class Outcomes:
    """``hear`` is one of an engine's; ``run`` tells the store, and waits for one that is away."""

    def __init__(self, store: Store, picture: Picture) -> None:
        self._store = store
        self._picture = picture
        self._calls: dict[str, Call] = {}
        self._waiting: asyncio.Queue[Outcome] = asyncio.Queue(MOST_WAITING)

    def hear(self, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            id = getattr(one.fact, "call", None)
            if not isinstance(id, str):
                continue
            call = self._picture.after(id) or self._calls.get(id)
            if call is not None:
                self._calls[id] = call
            if isinstance(one.fact, CallEnded):
                self._calls.pop(id, None)
            if call is not None and isinstance(one.fact, CallEnded | CallAnswered):
                self._note(outcome_of(call, ended=isinstance(one.fact, CallEnded)))

    def _note(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if self._waiting.full():
            log.warning("an outcome was dropped", call=outcome.call)
            return
        self._waiting.put_nowait(outcome)

    async def run(self) -> None:
        while True:
            outcome = await self._waiting.get()
            while not await self._told(outcome):  # noqa: ASYNC110 - the store may be back
                await asyncio.sleep(AGAIN_SECONDS)

    async def _told(self, outcome: Outcome) -> bool:
        now, to = datetime.now(UTC), self._store.callbacks
        try:
            if outcome.agent is not None:
                await to.dialled(outcome.number, outcome.agent, outcome.call, outcome.reached, now)
            if outcome.reached:
                await to.called(outcome.number, now)
        except StoreError as away:
            log.debug("an outcome waits", why=str(away))
            return False
        return True


def outcome_of(call: Call, ended: bool) -> Outcome | None:
    """What a call means for a callback to its number; None: nothing, or nothing yet."""
    if not call.number:
        return None
    if call.direction == "inbound":
        return Outcome(call.number, None, call.id, True) if call.segments and not ended else None
    if call.direction != "outbound" or not ended:
        return None
    agent = next((leg.agent for leg in call.legs if leg.agent is not None), None)
    return Outcome(call.number, agent, call.id, call.answered_at is not None)
