"""A panel's socket without a network: a real Wire on one end, websockets' own client core on the other."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from agent_ui.wire import Owner, Wire


class Line(asyncio.Transport):
    """What one end writes, the other end has received when ``write`` returns."""

    def __init__(self, owner: Owner) -> None:
        super().__init__()
        self.reading: list[bool] = []
        self.client = ClientProtocol(parse_uri("ws://127.0.0.1/panel"))
        self.wire = Wire(owner, None, "/panel")
        self.wire.connection_made(self)
        self.client.send_request(self.client.connect())
        self._to_server()

    def hear(self) -> list[dict[str, Any]]:
        """The messages that came since the last time."""
        frames = [event for event in self.client.events_received() if isinstance(event, Frame)]
        return [json.loads(bytes(frame.data)) for frame in frames if frame.opcode is Opcode.TEXT]

    def say(self, message: dict[str, Any]) -> None:
        self.client.send_text(json.dumps(message).encode())
        self._to_server()

    def _to_server(self) -> None:
        for data in self.client.data_to_send():
            self.wire.data_received(data)

    # What a Wire asks of its transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.client.receive_data(bytes(data))

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.client.receive_eof()

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.wire.connection_lost(None)

    def pause_reading(self) -> None:
        self.reading.append(False)

    def resume_reading(self) -> None:
        self.reading.append(True)

    close = abort


class Nobody:
    """An owner that hears nothing: what is tested here only sends."""

    def opened(self, wire: Wire) -> None: ...

    def received(self, wire: Wire, text: bytes) -> None: ...

    def closed(self, wire: Wire) -> None: ...
