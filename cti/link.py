"""The fence round panoramisk: the only file that imports it.

One :class:`Link` is one AMI session, from connect to loss; a new one is made for each try. What is used of panoramisk
1.4: ``Manager.connect``, ``AMIProtocol`` as the connection's protocol (by ``protocol_factory``), its writing of actions
and its table of those that wait for an answer. What is fenced off, and how (each has a test in
``tests/cti/test_hazards.py`` that shows panoramisk alone failing):

=======================================================  ==========================================================
panoramisk 1.4                                           here
=======================================================  ==========================================================
CR LF in a value makes a second action                   ``send`` checks every line (cti.actions)
a letter split over two reads is lost                    ``data_received`` is bypassed: split first, decode later
an unfinished 8 MB message costs 9 s of CPU              the same; the link is cut at a bound
all events are parsed and matched by regex               the same; the first line decides (:mod:`cti.frames`)
an unanswered action is sent again after a reconnect     ``close`` forgets; no Manager sees a second connection
reconnects by itself, also beside another attempt        ``connection_made``/``connection_lost`` never reconnect
no deadline                                              :meth:`Link.ask` has one
a dead peer is never noticed                             :attr:`Link.heard_at`, watched by the engine; no pinger
async callbacks run out of order                         one synchronous callback gets every batch, in order
a raising callback drops the link                        caught and counted
``as_list`` and Error never resolves; QueueAdd's answer  ``_Ask.add_message`` is our own: the reply's ``EventList``
                                                         says whether a list follows, an Error ends it
Originate without Async freezes the session              refused by ``send``
=======================================================  ==========================================================
"""

# mypy: disable-error-code="no-untyped-call"
# (panoramisk has no types)

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from cti import frames
from cti.actions import Words, check_lines
from cti.errors import Lost, NoAnswer, NotSent, Refused

log = structlog.get_logger(__name__)

MAX_ITEMS = 50_000
MAX_WAITING = 1_000
NAMES_COUNTED = 200
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class AsteriskAddress:
    """Where an Asterisk's manager listens and as whom to log in."""

    name: str
    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Asterisk's answer. ``items`` are a list action's events; ``suspects`` how many of them were not believed."""

    fields: dict[str, str]
    items: tuple[dict[str, str], ...] = ()
    suspects: int = 0

    @property
    def ok(self) -> bool:
        return self.fields.get("Response") in ("Success", "Follows", "Goodbye", "Pong")

    @property
    def message(self) -> str:
        return self.fields.get("Message", "")

    @property
    def denied(self) -> bool:
        """The account lacks the action's class."""
        return not self.ok and "permission denied" in self.message.lower()

    @property
    def unknown(self) -> bool:
        """No module of this Asterisk offers the action."""
        return not self.ok and "invalid/unknown command" in self.message.lower()


class Counts:
    """What a link's reader counted. Names beyond a bound count as ``other``: a caller may make some up.

    ``marks``: unwanted events that are wanted after all when they have this line in them (:data:`cti.translate.MARKS`).
    """

    __slots__ = ("failed", "late", "marks", "unwanted", "wanted")

    def __init__(self, wanted: Iterable[bytes], marks: Mapping[bytes, bytes] | None = None) -> None:
        self.marks = dict(marks or {})
        self.wanted: dict[bytes, int] = dict.fromkeys(wanted, 0)
        self.unwanted: Counter[bytes] = Counter()
        self.late = 0
        self.failed = 0

    def count_unwanted(self, name: bytes) -> None:
        known = name in self.unwanted or len(self.unwanted) < NAMES_COUNTED
        self.unwanted[name if known else b"other"] += 1


class _Ask(Action):
    """An action that waits for its answer; decides itself when that is complete."""

    def __init__(self, words: Words, action_id: str) -> None:
        merged: dict[str, str | list[str]] = {"ActionID": action_id}
        for key, value in words:
            known = merged.get(key)
            merged[key] = value if known is None else [*([known] if isinstance(known, str) else known), value]
        super().__init__(merged)
        self.reply: dict[str, str] | None = None
        self.entries: list[dict[str, str]] = []
        self.suspects = 0

    def add_message(self, message: Message) -> bool:
        fields: dict[str, str] = message.fields
        if "Event" not in fields:
            self.reply = fields
            if fields.get("EventList", "").lower() == "start":
                return False
        elif not fields["Event"].endswith("Complete"):  # the first key: no caller can write it
            self.entries.append(fields)
            if len(self.entries) <= MAX_ITEMS:
                return False
            self.reply = {"Response": "Error", "Message": f"more than {MAX_ITEMS} items"}
        if not self.future.done():
            self.future.set_result(Reply(self.reply or {"Response": "Error"}, tuple(self.entries), self.suspects))
        return True


class _Heard(Message):
    """A parsed message as panoramisk's table of waiting actions wants it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields)
        self.fields = fields


class _Protocol(AMIProtocol):
    """panoramisk's protocol with its reading, its closing and its memory of unanswered actions replaced."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.splitter = frames.Splitter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"

    def data_received(self, data: bytes) -> None:
        link = self.link
        link.heard_at = link.loop.time()
        try:
            messages = self.splitter.feed(data)
        except frames.NotAmi as error:
            link.close(f"{link.where} does not speak AMI: {error}")
            return
        except frames.TooLong as error:
            link.close(f"{link.where} sent {error}; the link was cut")
            return
        if not link.greeted.is_set() and self.splitter.greeting is not None:
            link.greeted.set()
        if messages:
            self.sort(messages)

    def sort(self, messages: list[bytes]) -> None:
        """Wanted events go to the callback as they are, answers to who waits for them, the rest is counted."""
        counts = self.link.counts
        wanted = counts.wanted
        batch: list[bytes] = []
        for message in messages:
            name = frames.name_of(message)
            if name is None:
                if frames.is_response(message):
                    self.answer(message)
                elif message.strip():
                    batch.append(message)
            elif self.responses and self.answers(message):
                continue
            elif name in wanted:
                wanted[name] += 1
                batch.append(message)
            else:
                mark = counts.marks.get(name)
                if mark is not None and mark in message:
                    batch.append(message)
                self.pass_by(name)
        if batch:
            self.link.deliver(batch)

    def pass_by(self, name: bytes) -> None:
        self.link.counts.count_unwanted(name)
        if name == b"FullyBooted":
            self.link.booted.set()

    def answers(self, message: bytes) -> bool:
        """An item of a list that someone waits for?"""
        action_id = frames.value_of(message, b"ActionID")
        if action_id is None or action_id.decode("ascii", "replace") not in self.responses:
            return False
        self.answer(message)
        return True

    def answer(self, message: bytes) -> None:
        try:
            heard = _Heard(frames.parse(message))
        except frames.Suspect:
            self.note_suspect(message)
            return
        if heard.fields.get("ActionID") in self.responses:
            super().handle_message(heard)
        else:
            self.link.counts.late += 1

    def note_suspect(self, message: bytes) -> None:
        ask = self.responses.get((frames.value_of(message, b"ActionID") or b"").decode("ascii", "replace"))
        if ask is not None:
            ask.suspects += 1
        self.link.deliver([message])

    def send(self, data: _Ask, as_list: bool | None = None) -> asyncio.Future[Reply]:
        words = [(key, one) for key, value in data.items() for one in ([value] if isinstance(value, str) else value)]
        check_lines(words)
        if data["Action"].lower() == "originate" and data.get("Async", "").lower() != "true":
            raise NotSent("Originate without Async: true freezes the whole AMI session")
        if len(self.responses) >= MAX_WAITING:
            raise NotSent(f"{MAX_WAITING} actions already wait for Asterisk's answer")
        future: asyncio.Future[Reply] = super().send(data, as_list=as_list)
        return future

    def connection_lost(self, exc: Exception | None) -> None:
        why = "is shutting down" if self.link.shutting_down else "closed the connection"
        self.link.end(f"Asterisk {why}" if exc is None else f"the connection broke ({exc})")

    def close(self) -> None:
        """At once, also with a peer that reads nothing; nothing unanswered is kept."""
        self.closed = True
        self.responses.clear()
        self.transport.abort()


class _Manager(Manager):
    """panoramisk's manager for exactly one connection: no reconnect, no pinger, no login of its own."""

    def connection_made(self, f: asyncio.Task[tuple[asyncio.Transport, _Protocol]]) -> None:
        if not f.cancelled() and f.exception() is None:
            self.protocol = f.result()[1]
            self.protocol.factory = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Never called: the protocol tells the Link."""


class Link:
    """One AMI session. :meth:`open` it, :meth:`ask`, and it is over once ``lost`` was called with the reason.

    ``hears`` gets every batch of wanted events, undecoded, in order, from the reader: it must only put them aside. Also
    in it, for the reader of the stream to judge: messages that are no AMI and list items that were not believed.
    """

    def __init__(
        self,
        address: AsteriskAddress,
        counts: Counts,
        hears: Callable[[list[bytes]], None],
        lost: Callable[[str], None],
    ) -> None:
        self.address = address
        self.counts = counts
        self.loop = asyncio.get_running_loop()
        self.where = f"{address.host}:{address.port}"
        self.greeted = asyncio.Event()
        self.booted = asyncio.Event()
        self.shutting_down = False
        self.heard_at = self.loop.time()
        self.ended: str | None = None
        self._hears = hears
        self._lost = lost
        self._prefix = f"helin-{secrets.token_hex(8)}-"
        self._asked = 0
        self._manager = _Manager(
            host=address.host,
            port=address.port,
            ssl=ssl.create_default_context() if address.tls else False,
            loop=self.loop,
            protocol_factory=lambda: _Protocol(self),
        )

    async def open(self) -> None:
        """Connect and log in. Raises Refused for a wrong account, Lost or NoAnswer for all else."""
        try:
            await self._connect()
            await self._greet()
            await self._log_in()
        except BaseException:
            self.close("not opened")
            raise

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._manager.connect()
        except TimeoutError:
            raise Lost(f"no connection to {self.where} within {CONNECT_SECONDS:.0f} s") from None
        except socket.gaierror as error:
            raise Lost(f"the name {self.address.host!r} cannot be found ({error.strerror})") from None
        except ConnectionRefusedError:
            raise Lost(
                f"nobody listens at {self.where}: start Asterisk, or enable its manager (manager.conf: enabled, port)"
            ) from None
        except OSError as error:
            raise Lost(f"no connection to {self.where} ({error.strerror or error})") from None

    async def _greet(self) -> None:
        """The secret is not told to whatever else listens there."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.greeted.wait()
        except TimeoutError:
            raise Lost(f"{self.where} accepts the connection and says nothing; is it Asterisk's manager?") from None
        if self.ended is not None:
            raise Lost(self.ended)

    async def _log_in(self) -> None:
        account = self.address
        reply = await self.ask(
            [("Action", "Login"), ("Username", account.username), ("Secret", account.secret), ("Events", "on")]
        )
        if not reply.ok:
            raise Refused(
                f"Asterisk does not let the account {account.username!r} in ({reply.message or 'no reason given'}): "
                f"make username and secret of [[asterisk]] {account.name!r} and of manager.conf the same, then "
                "'manager reload' there"
            )

    async def ask(self, words: Words, deadline: float = ANSWER_SECONDS) -> Reply:
        """Send an action once and wait for its whole answer, ``deadline`` seconds at most.

        Raises NotSent (nothing left), NoAnswer or Lost (it may have been carried out). An Error is a Reply.
        """
        if self.ended is not None:
            raise Lost(self.ended)
        protocol = self._manager.protocol
        if protocol is None:
            raise Lost("not connected")
        self._asked += 1
        ask = _Ask(words, f"{self._prefix}{self._asked}")
        try:
            async with asyncio.timeout(deadline):
                reply: Reply = await protocol.send(ask)
                return reply
        except TimeoutError:
            if ask.future.done() and not ask.future.cancelled():  # both in one turn of a loop that was blocked
                late: Reply = ask.future.result()
                return late
            raise NoAnswer(f"Asterisk gave no answer to {ask['Action']} within {deadline:g} s") from None
        finally:
            protocol.responses.pop(ask.id, None)

    def deliver(self, batch: list[bytes]) -> None:
        try:
            self._hears(batch)
        except Exception:
            self.counts.failed += 1
            log.exception("what hears the link failed", asterisk=self.address.name)

    def close(self, reason: str) -> None:
        """Cut the link now; ``lost`` is called with the reason unless it already was."""
        self.end(reason)

    def end(self, reason: str) -> None:
        if self.ended is not None:
            return
        self.ended = reason
        self.greeted.set()
        self.booted.set()
        protocol = self._manager.protocol
        if protocol is not None:
            waiting = list(protocol.responses.values())
            protocol.close()
            for ask in waiting:
                if not ask.future.done():
                    ask.future.set_exception(Lost(reason))
        self._lost(reason)
