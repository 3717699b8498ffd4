"""What the engine does beside its path: look-ups in the store and actions to Asterisk, each with a deadline.

Their answers come back through the mailbox, so they wait in line like everything else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from cti.actions import Confirmation, Outcome, ToAsterisk, Words, confirmation_of, outcome_of, steps_of
from cti.errors import LinkError, NotSent
from cti.gauges import Gauges
from cti.pace import Pace
from routing.actions import AddMember, AskCallback, LookUp, RemoveMember, SayCallback
from routing.events import ActionDone, CallerFound
from routing.letters import MoveRequest, RequestMoved, WrittenRequest

if TYPE_CHECKING:
    from cti.link import Link
    from cti.ports import Found

log = structlog.get_logger(__name__)

MoveIt = Callable[[MoveRequest], Awaitable[tuple[bool, WrittenRequest | None]]]
"""Asks the store; whether it was moved, and how the request stands then (None: there is none)."""

AddToPop = Callable[[str, str], Awaitable[str]]
"""The call's id and the pop that the look-up brought -> the pop with what else is known of this call."""

AskIt = Callable[[AskCallback], Awaitable[bool]]
"""Asks the store to keep a callback; whether it is kept."""

LOOK_UPS_AT_ONCE = 16
LOOK_UPS_WAITING = 2_000
NOT_THERE = ("no such channel", "database entry not found")
CONFIRM_SECONDS = 0.05
"""Between two questions whether it is done."""


class Errands:
    """``put`` is the mailbox's; ``member_changed`` is called when Asterisk did so, and must say so in an event."""

    def __init__(
        self,
        put: Callable[[object], None],
        look_up: Callable[[str], Awaitable[Found]],
        now: Callable[[], datetime],
        gauges: Gauges,
        pace: Pace,
        member_changed: Callable[[], None],
        move_request: MoveIt,
        ask_callback: AskIt,
        add_to_pop: AddToPop,
    ) -> None:
        self._put = put
        self._look_up = look_up
        self._now = now
        self._gauges = gauges
        self._pace = pace
        self._member_changed = member_changed
        self._move_request = move_request
        self._ask_callback = ask_callback
        self._add_to_pop = add_to_pop
        self._slots = asyncio.Semaphore(LOOK_UPS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def look_up(self, wish: LookUp) -> None:
        if len(self._tasks) >= LOOK_UPS_WAITING:
            self._gauges.look_ups_failed += 1
            return
        self._start(self._found(wish))

    async def _found(self, wish: LookUp) -> None:
        """Without an answer the call goes on as a stranger's: it is ranked by default, and its pop stays empty."""
        try:
            async with asyncio.timeout(self._pace.look_up), self._slots:
                found = await self._look_up(wish.number)
                pop = await self._add_to_pop(wish.call, found.pop)
        except Exception as error:
            self._gauges.look_ups_failed += 1
            log.warning("no answer to a look-up", call=wish.call, error=type(error).__name__)
            return
        agents = found.preferred_agent, found.last_agent
        self._put(CallerFound(self._now(), wish.call, found.contacts, found.tier, pop, *agents))

    def callback(self, link: Link | None, wish: AskCallback) -> None:
        self._start(self._kept(link, wish))

    async def _kept(self, link: Link | None, wish: AskCallback) -> None:
        """The caller waits for the answer, and stays in the queue if none comes."""
        try:
            async with asyncio.timeout(self._pace.answer):
                kept = await self._ask_callback(wish)
        except Exception as error:
            log.warning("a callback was not kept", call=wish.call, error=type(error).__name__)
            kept = False
        self.send(link, SayCallback(wish.channel, kept))

    def move(self, wish: MoveRequest) -> None:
        self._start(self._moved(wish))

    async def _moved(self, wish: MoveRequest) -> None:
        seen: WrittenRequest | None = None
        try:
            async with asyncio.timeout(self._pace.answer):
                moved, seen = await self._move_request(wish)
            code, message = ("", "") if moved else ("not_possible", "Somebody was faster.")
            if seen is None:
                code, message = "unknown", "There is no such request any more."
        except Exception as error:
            log.warning("a request was not moved", request=wish.request, to=wish.to, error=type(error).__name__)
            code, message = "not_ready", "The store cannot be reached; try again."
        self._put(RequestMoved(self._now(), wish.request, seen, code, message, wish.command))

    def send(self, link: Link | None, action: ToAsterisk) -> None:
        """Checked and sent at once, or refused at once. Never sent again."""
        if link is None:
            self._done(action, Outcome(False, "not_ready", "Helin is not connected to the telephone system."))
            return
        try:
            steps = steps_of(action)
        except NotSent as error:
            self._done(action, Outcome(False, "invalid", f"Refused: {error}."))
            return
        self._start(self._sent(link, action, steps))

    async def _sent(self, link: Link, action: ToAsterisk, steps: Sequence[Words]) -> None:
        try:
            for words in steps:
                reply = await link.ask(words, self._pace.answer)
                if not reply.ok:
                    break
        except NotSent as error:
            self._done(action, Outcome(False, "invalid", f"Refused: {error}."))
        except LinkError as error:
            self._done(action, Outcome(False, "no_answer", f"{error}; whether it was done shows in a moment"))
        else:
            if reply.ok and isinstance(action, AddMember | RemoveMember):
                self._member_changed()
            outcome = outcome_of(action, reply.ok, reply.message)
            wanted = confirmation_of(action)
            self._done(action, await self._confirmed(link, wanted) if outcome.ok and wanted is not None else outcome)

    async def ask(self, link: Link | None, action: ToAsterisk) -> Outcome:
        """As ``send``, and its outcome. ``no_answer``: it may have been carried out."""
        if link is None:
            return Outcome(False, "not_ready", "Helin is not connected to the telephone system.")
        try:
            for words in steps_of(action):
                reply = await link.ask(words, self._pace.answer)
                outcome = outcome_of(action, reply.ok, reply.message)
                if not outcome.ok:
                    return outcome
        except NotSent as error:
            return Outcome(False, "invalid", f"Refused: {error}.")
        except LinkError as error:
            return Outcome(False, "no_answer", f"{error}; whether it was done shows in a moment")
        return Outcome(True)

    async def value(self, link: Link | None, words: Words) -> str | None:
        """What Asterisk answers to a Getvar or DBGet; empty: it has no such thing. None: it did not say."""
        if link is None:
            return None
        try:
            reply = await link.ask(words, self._pace.answer)
        except LinkError:
            return None
        if reply.ok:
            return next((item["Val"] for item in reply.items if "Val" in item), reply.fields.get("Value", ""))
        return "" if reply.message.lower() in NOT_THERE else None

    async def _confirmed(self, link: Link, wanted: Confirmation) -> Outcome:
        with contextlib.suppress(TimeoutError, LinkError):
            async with asyncio.timeout(self._pace.answer):
                while True:
                    if (await link.ask(wanted.words, self._pace.answer)).fields.get("Value") == wanted.value:
                        return Outcome(True)
                    await asyncio.sleep(CONFIRM_SECONDS)
        return Outcome(False, "failed", wanted.lacking)

    def _done(self, action: ToAsterisk, outcome: Outcome) -> None:
        if not outcome.ok:
            log.warning("not done", action=type(action).__name__, code=outcome.code, reason=outcome.message)
        command = getattr(action, "command", None)
        if command is not None:
            self._put(ActionDone(self._now(), command, outcome.ok, outcome.code, outcome.message))

    def _start(self, errand: Awaitable[None]) -> None:
        task = asyncio.ensure_future(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
