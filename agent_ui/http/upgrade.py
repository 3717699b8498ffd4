"""The socket's upgrade on a connection that aiohttp already serves: the connection changes hands.

aiohttp has parsed the request, so its beginning is certain (a body that looks like an upgrade stays a body). The head
is written out again for the wire, which checks it as it checks every other. aiohttp's handler waits until the wire is
done with the connection, tells aiohttp that it is lost, and returns an answer that goes nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from agent_ui.wire import Wire

MakeWire = Callable[[Callable[[], None]], Wire]
"""A new wire; the argument is what it calls when its connection is gone."""


def upgrading(make_wire: MakeWire) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def upgrade(request: web.Request) -> web.StreamResponse:
        http, transport = request.protocol, request.transport
        if transport is None:
            raise ConnectionResetError
        gone = asyncio.Event()
        wire = make_wire(gone.set)
        transport.set_protocol(wire)
        wire.connection_made(transport)
        wire.data_received(_head(request))
        await gone.wait()
        http.connection_lost(None)
        return web.Response()

    return upgrade


def _head(request: web.Request) -> bytes:
    lines = [f"{request.method} {request.raw_path} HTTP/1.1".encode()]
    lines += [b"%b: %b" % (name, value) for name, value in request.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"
