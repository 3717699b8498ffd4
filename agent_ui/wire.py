"""One panel's WebSocket: websockets' core without I/O (``ServerProtocol``) in a thin shell of ours.

Why not websockets' own asyncio server: a ring must reach a panel without a task switch, the same port serves HTTP
(:mod:`agent_ui.door` hands over a connection whose first bytes were read), and a thousand panels should not need two
tasks each. The core parses, checks and answers everything as before; the shell moves bytes and keeps pings and bounds.

The one liberty: :func:`text_frame` makes the header of a whole text frame and :meth:`Wire.send` writes it past the
core. The core keeps no state about complete outgoing frames (RFC 6455, section 5.2: a server's frame is two to ten
bytes of header, then the payload, unmasked), so this is sound as long as nothing is ever sent in fragments and no
extension is agreed on: neither happens here.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol
from websockets.typing import Origin

LARGEST_MESSAGE = 131_072
"""Bytes of one message from a panel; a longer one closes with 1009."""
MAY_WAIT = 262_144
"""Bytes that may wait for a socket beyond a snapshot it has just been sent; more closes it with 4008."""
OPEN_WITHIN = 10.0
PING_EVERY = 10.0
PONG_WITHIN = 20.0
CLOSE_WITHIN = 2.0
TOO_SLOW = 4008


class Owner(Protocol):
    """Whose the sockets are. All synchronous; must not raise."""

    def opened(self, wire: Wire) -> None: ...

    def received(self, wire: Wire, text: bytes) -> None:
        """One whole text message."""

    def closed(self, wire: Wire) -> None:
        """Called once for each opened wire, also when it was closed from here."""


def text_frame(payload_length: int) -> bytes:
    """The header of an unmasked, unfragmented text frame of this many bytes."""
    if payload_length < 126:
        return struct.pack("!BB", 0x81, payload_length)
    if payload_length < 65_536:
        return struct.pack("!BBH", 0x81, 126, payload_length)
    return struct.pack("!BBQ", 0x81, 127, payload_length)


class Wire(asyncio.Protocol):
    """A connection from its opening handshake to its end. ``done`` is called when the connection is gone."""

    def __init__(
        self,
        owner: Owner,
        origins: Sequence[Origin | None] | None,
        path: str,
        done: Callable[[], None] | None = None,
    ) -> None:
        self._owner = owner
        self._done = done
        self._path = path
        self._core = ServerProtocol(origins=origins, max_size=LARGEST_MESSAGE)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._heard_at = self._loop.time()
        self._allowance = MAY_WAIT
        self._parts: list[bytes] = []
        self._opened = False
        self._closing = False
        self._transport: asyncio.Transport

    @property
    def open(self) -> bool:
        return self._core.state is OPEN

    def send(self, parts: tuple[bytes, ...], length: int) -> None:
        """Sends the UTF-8 text that ``parts`` make, ``length`` bytes of it, at once. A closed wire ignores it."""
        self.send_frames(b"".join((text_frame(length), *parts)))

    def send_frames(self, frames: bytes) -> None:
        """Sends whole text frames as they are. A closed wire ignores them."""
        if self._core.state is not OPEN:
            return
        transport = self._transport
        transport.write(frames)
        if transport.get_write_buffer_size() > self._allowance:
            self.close(TOO_SLOW, "too slow")

    def send_snapshot(self, payload: bytes) -> None:
        """Like send; the bound on what may wait grows by what is sent here."""
        self._allowance = MAY_WAIT + len(payload)
        self.send((payload,), len(payload))

    def close(self, code: int, reason: str = "") -> None:
        """Begins the closing handshake; the connection is cut if the other side does not finish it in time."""
        if self._core.state is OPEN:
            self._core.fail(code, reason)
            self._flush()

    def pause(self) -> None:
        """Stops reading: the panel has enough commands under way."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._arm(OPEN_WITHIN, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        self._core.receive_data(data)
        self._heard_at = self._loop.time()
        for event in self._core.events_received():
            if isinstance(event, Request):
                self._answer(event)
            elif isinstance(event, Frame):
                self._gather(event)
        self._flush()

    def eof_received(self) -> None:
        self._core.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._core.state is not CONNECTING:
            self._core.receive_eof()
        if self._timer is not None:
            self._timer.cancel()
        if self._opened:
            self._opened = False
            self._owner.closed(self)
        if self._done is not None:
            self._done()

    # Inside

    def _answer(self, request: Request) -> None:
        if request.path.split("?", 1)[0] == self._path:
            response = self._core.accept(request)
        else:
            response = self._core.reject(404, "There is no socket here.\n")
        self._core.send_response(response)
        self._flush()
        if self.open:
            self._opened = True
            self._arm(PING_EVERY, self._ping)
            self._owner.opened(self)

    def _gather(self, frame: Frame) -> None:
        if frame.opcode is Opcode.BINARY:
            self.close(1003, "text only")
        elif frame.opcode in (Opcode.TEXT, Opcode.CONT) and self.open:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                text = b"".join(self._parts)
                self._parts.clear()
                self._owner.received(self, text)

    def _ping(self) -> None:
        if not self.open:
            return
        if self._loop.time() - self._heard_at > PING_EVERY + PONG_WITHIN:
            self.close(1011, "no pong")
            return
        self._core.send_ping(b"")
        self._flush()
        self._arm(PING_EVERY, self._ping)

    def _flush(self) -> None:
        for data in self._core.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()
        if self._core.close_expected() and not self._closing:
            self._closing = True
            self._arm(CLOSE_WITHIN, self._transport.abort)

    def _arm(self, seconds: float, what: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, what)
