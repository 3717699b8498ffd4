"""One public port for HTTP and for the panel's socket.

A new TCP connection is met by a :class:`Door`. It reads to the end of the request's first line, and by the path there
hands the connection, with all that was read, to the panel's protocol or to aiohttp's. Both are asyncio protocols, so
from then on the door is out of the way. Clients that keep connections alive, and proxies, may send the socket's upgrade
down a connection that has served the API before: only aiohttp's parser knows where a request begins there, so it is a
route of aiohttp's that hands the connection on then (:mod:`agent_ui.http.upgrade`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

LONGEST_LINE = 8_190
"""Bytes of a request line; aiohttp's own limit."""
FIRST_LINE_WITHIN = 10.0
TOO_LONG = b"HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Door(asyncio.Protocol):
    def __init__(
        self, panel: Callable[[], asyncio.Protocol], http: Callable[[], asyncio.Protocol], panel_path: bytes
    ) -> None:
        self._panel = panel
        self._http = http
        self._panel_path = panel_path
        self._read = bytearray()
        self._transport: asyncio.Transport
        self._deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._deadline = asyncio.get_running_loop().call_later(FIRST_LINE_WITHIN, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._read += data
        if not self._read.strip(b"\r\n"):
            del self._read[:]  # RFC 9112, section 2.2: empty lines before a request line are to be ignored
            return
        line, end, _ = self._read.lstrip(b"\r\n").partition(b"\n")
        if end and len(line) <= LONGEST_LINE:
            self._hand_over(bytes(line))
        elif len(line) > LONGEST_LINE:
            self._transport.write(TOO_LONG)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()

    def _hand_over(self, line: bytes) -> None:
        self._deadline.cancel()
        words = line.split(b" ")
        path = words[1].split(b"?", 1)[0] if len(words) > 1 else b""
        inner = self._panel() if path == self._panel_path else self._http()
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        inner.data_received(bytes(self._read))
