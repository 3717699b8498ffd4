"""One public port for HTTP and for the panel's socket.

A new TCP connection is met by a :class:`Door`. It reads to the end of the request's first line, and by the path there
hands the connection, with all that was read, to the panel's protocol or to aiohttp's; both are asyncio protocols. With
the panel the door is out of the way from then on. Before aiohttp it stays, passes everything on, and looks at how each
later request begins: clients that keep connections alive, and proxies, may send the socket's upgrade down one that
has served the API before. That counts only between requests, so no body can pass for an upgrade.
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
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport
        self._deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._deadline = asyncio.get_running_loop().call_later(FIRST_LINE_WITHIN, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if self._inner is not None:
            self._pass_on(self._inner, data)
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

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def _pass_on(self, http: asyncio.Protocol, data: bytes) -> None:
        """To aiohttp, unless this is the socket's upgrade on a connection that served the API before."""
        start = b"GET " + self._panel_path
        between = getattr(http, "_current_request", None) is None
        if between and data.startswith(start) and data[len(start) : len(start) + 1] in (b" ", b"?"):
            self._inner = None
            http.connection_lost(None)
            self._give(self._panel(), data)
        else:
            http.data_received(data)

    def _give(self, panel: asyncio.Protocol, data: bytes) -> None:
        self._transport.set_protocol(panel)
        panel.connection_made(self._transport)
        panel.data_received(data)

    def _hand_over(self, line: bytes) -> None:
        self._deadline.cancel()
        words = line.split(b" ")
        path = words[1].split(b"?", 1)[0] if len(words) > 1 else b""
        read = bytes(self._read)
        self._read.clear()
        if path == self._panel_path:
            self._give(self._panel(), read)
        else:
            self._inner = self._http()
            self._inner.connection_made(self._transport)
            self._inner.data_received(read)
