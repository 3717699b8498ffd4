"""An Asterisk made of recordings: AMI over TCP, played from captures.

For ``make run`` where no Asterisk can be had, and the double of a real one in the tests: it passes the same conformance
suite (``tests/cti/conformance.py``). It knows accounts with their classes, boots, answers the actions that Helin gives,
plays tapes, and misbehaves when told to (:class:`Faults`).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cti import frames
from cti.recorded_actions import answer
from cti.recorded_world import World, fields_of, privilege_of
from cti.tape import Renumber, Tape, stamped

TAPED_CALLER = b"+3725550011"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"


@dataclass(frozen=True, slots=True)
class Account:
    """``read`` and ``write`` are manager.conf's classes; ``all`` is every one."""

    username: str = "helin"
    secret: str = field(default="recorded", repr=False)
    read: frozenset[str] = frozenset({"all"})
    write: frozenset[str] = frozenset({"all"})

    def may_read(self, privilege: str) -> bool:
        return bool({privilege, "all"} & self.read)

    def may_write(self, classes: Iterable[str]) -> bool:
        """Any one of the action's classes is enough; an action without classes is everyone's."""
        wanted = set(classes)
        return not wanted or bool(self.write & (wanted | {"all"}))


@dataclass(slots=True)
class Faults:
    """How it misbehaves. ``cut_after``: bytes of a session after which it is cut; ``mute``: actions never answered."""

    cut_after: int | None = None
    double: bool = False
    mute: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


class Session:
    """One client's connection."""

    def __init__(self, asterisk: RecordedAsterisk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asterisk = asterisk
        self.account: Account | None = None
        self.writer = writer
        self._reader = reader
        self._sent = 0

    async def run(self) -> None:
        self.send_raw(GREETING)
        while True:
            try:
                message = await self._reader.readuntil(frames.END)
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
                return
            await self.asterisk.moving.wait()
            fields = fields_of(message[:-4])
            self.asterisk.heard.append(fields)
            if fields.get("Action", "").lower() not in self.asterisk.faults.mute:
                answer(self, fields)
            if fields.get("Action", "").lower() == "logoff":
                return

    def send(self, *messages: bytes) -> None:
        self.send_raw(b"".join([message + frames.END for message in messages]))

    def send_raw(self, data: bytes) -> None:
        faults = self.asterisk.faults
        if not self.asterisk.moving.is_set() or self.writer.is_closing():
            return
        left = None if faults.cut_after is None else faults.cut_after - self._sent
        if left is not None and left <= len(data):
            data = data[: max(0, left)]
        self._sent += len(data)
        self.writer.write(data)
        if left is not None and left <= len(data):
            self.writer.close()

    def tell(self, message: bytes) -> None:
        """An event, if the account may read its class."""
        if self.account is not None and self.account.may_read(privilege_of(message)):
            self.send(*([message, message] if self.asterisk.faults.double else [message]))


class RecordedAsterisk:
    """Listens on ``host`` (port 0: one the kernel chooses, see :attr:`port`).

    ``heard`` are the last actions that clients gave, newest last. While ``moving`` is cleared it is stopped dead: the
    connections stay open, nothing is read or written, and what would have been said is lost.
    """

    def __init__(self, accounts: Iterable[Account] = (Account(),), host: str = "127.0.0.1", port: int = 0) -> None:
        self.accounts = {account.username: account for account in accounts}
        self.host = host
        self.port = port
        self.world = World()
        self.faults = Faults()
        self.booted = True
        self.started_at = time.time()
        self.heard: deque[dict[str, str]] = deque(maxlen=10_000)
        self.moving = asyncio.Event()
        self.moving.set()
        self.sessions: dict[Session, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None
        self._hung_up: deque[str] = deque(maxlen=1000)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a killed Asterisk: the port is closed and every session cut."""
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        tasks = list(self.sessions.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def restart(self, *, booted: bool = True) -> None:
        """Stopped and started anew: no channels, another boot; members stay (persistentmembers)."""
        await self.stop()
        self.world.channels.clear()
        self.world.waiting.clear()
        self.started_at += max(1.0, time.time() - self.started_at)
        self.booted = booted
        await self.start()

    async def __aenter__(self) -> RecordedAsterisk:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        self.sessions[session] = task = asyncio.ensure_future(session.run())
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            del self.sessions[session]
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def cut(self) -> None:
        """Every session, now; the port stays open."""
        for session in self.sessions:
            session.writer.transport.abort()

    def boot(self) -> None:
        self.booted = True
        for session in self.sessions:
            if session.account is not None:
                session.tell(b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nStatus: Fully Booted")

    def tell(self, *messages: bytes) -> None:
        """It happens: the world takes it in and every session hears of it."""
        for message in messages:
            self.world.apply(message)
            for session in self.sessions:
                session.tell(message)

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are, to everyone."""
        for session in self.sessions:
            session.send_raw(data)

    def hang_up(self, unique: str) -> None:
        """End a channel by action; the tape it came from plays no further events of its call."""
        self._hung_up.append(unique)

    async def play(self, tape: Tape, *, speed: float = 0.0, change: Callable[[bytes], bytes] = bytes) -> None:
        """All of the tape's events, ``speed`` times as fast as they happened (0: at once), stamped now.

        ``change`` (see :class:`cti.tape.Renumber`) is applied to each message first.
        """
        began = asyncio.get_running_loop().time()
        for seconds, message in tape.events:
            if speed > 0:
                await asyncio.sleep(max(0.0, began + seconds / speed - asyncio.get_running_loop().time()))
            message = change(message)
            if (frames.value_of(message, b"Linkedid") or b"").decode() not in self._hung_up:
                self.tell(stamped(message, time.time()))


async def perform(
    asterisk: RecordedAsterisk,
    tapes: Sequence[Tape],
    callers: Sequence[bytes],
    every: float = 15.0,
    speed: float = 1.0,
    said: Callable[[bytes], None] = lambda _: None,
) -> None:
    """For ever: each ``every`` seconds the next tape as a new call from the next caller, ``speed`` times its own pace.

    ``callers`` are numbers that stand in for the one on the tapes; ``said`` gets the one who calls now. Tapes may
    overlap when they are longer than that.
    """
    started = int(time.time())
    async with asyncio.TaskGroup() as calls:
        for run in itertools.count(1):
            tape = tapes[run % len(tapes)]
            caller = callers[run % len(callers)]
            said(caller)
            change = Renumber(run, started, {TAPED_CALLER: caller})
            calls.create_task(asterisk.play(tape, speed=speed, change=change))
            await asyncio.sleep(every)
