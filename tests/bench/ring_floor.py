"""The floor of ``bench_ring``: a bare loop that reads AMI, splits it, and writes a ready frame to the agent's socket.

In: one JSON line ``{"ami": port, "size": bytes of a frame}``. Out: ``{"url": …}``. Ends when stdin ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from agent_ui.wire import text_frame

SOCKETS: dict[bytes, asyncio.Transport] = {}


class Bare(asyncio.Protocol):
    """AMI in, frames out. What rings is found by looking, not by understanding."""

    def __init__(self, frame: bytes) -> None:
        self._frame = frame
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(b"Action: Login\r\nUsername: helin\r\nSecret: recorded\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        messages = (self._read + data).split(b"\r\n\r\n")
        self._read = messages.pop()
        for message in messages:
            if message.startswith(b"Event: AgentCalled"):
                start = message.index(b"Interface: ") + 11
                SOCKETS[message[start : start + 10]].write(self._frame)


class Socket(asyncio.Protocol):
    """A panel's socket: the handshake, and a hello that is the interface's name."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._core = ServerProtocol()

    def data_received(self, data: bytes) -> None:
        self._core.receive_data(data)
        for event in self._core.events_received():
            if isinstance(event, Request):
                self._core.send_response(self._core.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                SOCKETS[bytes(event.data)] = self._transport
                self._core.send_text(b"{}")
        for out in self._core.data_to_send():
            self._transport.write(out)


async def main() -> None:
    loop = asyncio.get_running_loop()
    task = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    payload = b'{"type":"call.ringing"' + b"x" * (task["size"] - 22)
    frame = text_frame(len(payload)) + payload
    server = await loop.create_server(Socket, "127.0.0.1", 0)
    await loop.create_connection(lambda: Bare(frame), "127.0.0.1", task["ami"])
    print(json.dumps({"url": f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/panel"}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main())
