"""The one line in which everything waits for the engine's one consumer: AMI messages, commands, answers, ticks.

Bounded, and nothing of truth is dropped: when too many messages wait, all of *them* go and an :class:`Overflow` stands
in their place, which makes the engine ask Asterisk afresh; commands and answers stay where they are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

MAX_MESSAGES = 50_000
MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Overflow:
    """``discarded`` messages will never be heard."""

    discarded: int


class Mailbox:
    """Items come out in the order they went in. A list of bytes is a batch of AMI messages."""

    def __init__(self, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._items: deque[object] = deque()
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self.messages = 0
        self.discarded = 0

    def put(self, item: object) -> None:
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def put_messages(self, batch: list[bytes]) -> None:
        """What the link's reader calls: it only puts aside and wakes."""
        self.messages += len(batch)
        self._bytes += sum(map(len, batch))
        if self.messages > self._max_messages or self._bytes > self._max_bytes:
            self._overflow()
            return
        self.put(batch)

    def _overflow(self) -> None:
        self.discarded += self.messages
        rest = [item for item in self._items if type(item) is not list and type(item) is not Overflow]
        self._items.clear()
        self._items.append(Overflow(self.messages))
        self._items.extend(rest)
        self.messages = 0
        self._bytes = 0
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def take(self) -> object | None:
        """The next item; None when there is none."""
        if not self._items:
            return None
        item = self._items.popleft()
        if type(item) is list:
            self.messages -= len(item)
            self._bytes -= sum(map(len, item))
        return item

    async def wait(self) -> None:
        """Until there is something to take. For one consumer."""
        if not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
