"""A panel's conversation: hello with a ticket, then commands and requests for snapshots, until it ends.

Close codes and messages: docs/reference/panel-protocol.md. Everything that a panel sends is bounded: its first message
by time, each message by size (the wire), messages by rate, commands under way by number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import structlog

from agent_ui.board import me_of
from agent_ui.commands import PANELS
from agent_ui.hub import BAD_TICKET, NOT_ALLOWED, Hub, Panel
from agent_ui.shapes import encode
from agent_ui.wire import Wire
from agent_ui.wishes import CarryOut
from crm_store.errors import StoreAway
from crm_store.records import Session
from routing.commands import Result

log = structlog.get_logger("socket")

HELLO_WITHIN = 10.0
UNDER_WAY = 8
"""Commands of one socket that may be under way; then nothing more is read from it until one is answered."""
BURST, PER_SECOND = 60.0, 20.0
"""Messages that may come at once, and how fast that allowance fills up again."""
RESTARTS = 1012

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]


class Hello(msgspec.Struct, tag="hello", tag_field="type"):
    ticket: str
    panel: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_\-]{8,64}$")] | None = None
    take_over: bool = False


class Asked(msgspec.Struct, tag="command", tag_field="type"):
    id: Id
    name: str
    args: dict[str, str] = {}


class SnapshotAsked(msgspec.Struct, tag="snapshot", tag_field="type"):
    """The panel has lost its place."""


_decode = msgspec.json.Decoder(Hello | Asked | SnapshotAsked).decode


class Conversation:
    """Where one socket stands. ``panel`` is None before the hello was accepted."""

    __slots__ = ("allowance", "deadline", "filled_at", "greeted", "panel", "tasks")

    def __init__(self, deadline: asyncio.TimerHandle, now: float) -> None:
        self.deadline = deadline
        self.panel: Panel | None = None
        self.greeted = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.allowance = BURST
        self.filled_at = now

    def may_speak(self, now: float) -> bool:
        self.allowance = min(BURST, self.allowance + (now - self.filled_at) * PER_SECOND)
        self.filled_at = now
        self.allowance -= 1
        return self.allowance >= 0


class Sockets:
    """The owner of all wires. ``redeem`` gives the session of a ticket, once."""

    def __init__(self, hub: Hub, redeem: Callable[[str], Awaitable[Session | None]], carry_out: CarryOut) -> None:
        self._hub = hub
        self._redeem = redeem
        self._carry_out = carry_out
        self._conversations: dict[Wire, Conversation] = {}
        self._loop = asyncio.get_running_loop()

    def close_all(self) -> None:
        """The service ends: panels are told to come back."""
        for wire in list(self._conversations):
            wire.close(RESTARTS, "restart")

    # What a wire calls

    def opened(self, wire: Wire) -> None:
        deadline = self._loop.call_later(HELLO_WITHIN, wire.close, BAD_TICKET, "no hello")
        self._conversations[wire] = Conversation(deadline, self._loop.time())

    def received(self, wire: Wire, text: bytes) -> None:
        talk = self._conversations.get(wire)
        if talk is None:
            return
        if not talk.may_speak(self._loop.time()):
            wire.close(NOT_ALLOWED, "too many messages")
            return
        try:
            message = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            wire.close(NOT_ALLOWED, "not a message of this protocol")
            return
        self._take(wire, talk, message)

    def closed(self, wire: Wire) -> None:
        talk = self._conversations.pop(wire)
        talk.deadline.cancel()
        if talk.panel is not None:
            self._hub.leave(talk.panel)

    # Inside

    def _take(self, wire: Wire, talk: Conversation, message: Hello | Asked | SnapshotAsked) -> None:
        if isinstance(message, Hello) and not talk.greeted:
            talk.greeted = True
            self._start(wire, talk, self._greet(wire, talk, message))
        elif talk.panel is None or isinstance(message, Hello):
            wire.close(NOT_ALLOWED if talk.greeted else BAD_TICKET, "hello comes first, and once")
        elif isinstance(message, SnapshotAsked):
            self._hub.show(talk.panel)
        else:
            self._start(wire, talk, self._answer(talk.panel, message))

    def _start(self, wire: Wire, talk: Conversation, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        talk.tasks.add(task)
        if len(talk.tasks) == UNDER_WAY:
            wire.pause()

        def done(task: asyncio.Task[None]) -> None:
            talk.tasks.discard(task)
            if not task.cancelled() and (problem := task.exception()) is not None:
                log.error("a panel's message stumbled", exc_info=problem)
                wire.close(1011, "our fault")
            if len(talk.tasks) == UNDER_WAY - 1:
                wire.resume()

        task.add_done_callback(done)

    async def _greet(self, wire: Wire, talk: Conversation, hello: Hello) -> None:
        try:
            session = await self._redeem(hello.ticket)
        except StoreAway:
            wire.close(1011, "the store cannot be reached")
            return
        talk.deadline.cancel()
        if session is None:
            wire.close(BAD_TICKET, "no such ticket, or too old")
        elif session.user.role not in PANELS:
            wire.close(NOT_ALLOWED, "this role has no panel")
        elif wire.open:
            who = me_of(session.user, self._hub.board.policy)
            talk.panel = self._hub.join(wire, who, session.key, session.expires_at, hello.panel, hello.take_over)

    async def _answer(self, panel: Panel, asked: Asked) -> None:
        if not panel.in_charge:
            result = Result(
                asked.id, False, "not_allowed", "Another panel of yours is in charge; take over here first."
            )
        elif asked.name == "snapshot":
            self._hub.show(panel)
            result = Result(asked.id, True)
        else:
            result = await self._carry_out(panel.me, asked.id, asked.name, asked.args)
        text = _result(result)
        panel.wire.send((text,), len(text))


def _result(result: Result) -> bytes:
    if result.ok:
        return b'{"type":"result","id":%b,"ok":true}' % encode(result.id)
    error = encode({"code": result.code or "failed", "message": result.message})
    return b'{"type":"result","id":%b,"ok":false,"error":%b}' % (encode(result.id), error)
