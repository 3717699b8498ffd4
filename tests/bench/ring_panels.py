"""Panels of ``bench_ring``, in a process of their own: many sockets that note when a ring's frame is there.

In: one JSON line ``{"url": …, "hellos": [text, …]}``. Out: ``ready`` when each has heard its snapshot; after a line on
stdin one JSON line: for each panel the times (CLOCK_MONOTONIC, ns) of its rings, and the size of the last ring.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import sys
import time
from typing import cast
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

RING = b'{"type":"call.ringing"'
PING, PONG = b"\x89\x00", b"\x8a\x80\x00\x00\x00\x00"


class Panel(asyncio.Protocol):
    """The time is taken before anything else is done with the bytes."""

    def __init__(self, url: str, hello: str) -> None:
        self.rings: list[int] = []
        self.size = 0
        self.ready = asyncio.Event()
        self._core = ClientProtocol(parse_uri(url))
        self._hello = hello.encode()
        self._greeted = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._core.send_request(self._core.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        if self.ready.is_set():
            self._look(data, time.monotonic_ns())
            return
        self._core.receive_data(data)
        for event in self._core.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self.ready.set()
        if not self._greeted and self._core.state is OPEN:
            self._greeted = True
            self._core.send_text(self._hello)
        self._flush()

    def _look(self, data: bytes, now: int) -> None:
        """After the snapshot only for rings, by eye: reading JSON for 500 browsers would be this process's time."""
        rings = data.count(RING)
        if rings:
            self.rings += [now] * rings
            self.size = self.size or len(data)
        elif data == PING:
            self._transport.write(PONG)

    def connection_lost(self, exc: Exception | None) -> None:
        print(f"a panel lost its connection: {self._core.close_rcvd}", file=sys.stderr)

    def _flush(self) -> None:
        for data in self._core.data_to_send():
            self._transport.write(data)


async def main() -> None:
    loop = asyncio.get_running_loop()
    task = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    host = urlsplit(task["url"])
    panels = []
    for hello in task["hellos"]:
        _, panel = await loop.create_connection(lambda hello=hello: Panel(task["url"], hello), host.hostname, host.port)
        await asyncio.wait_for(panel.ready.wait(), 20)
        panels.append(panel)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    size = statistics.median_low([panel.size for panel in panels if panel.size] or [0])
    print(json.dumps({"rings": [panel.rings for panel in panels], "size": size}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
