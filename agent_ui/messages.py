"""Supervisors' messages to agents: kept for a working day, for whoever opens the panel later or reloads it.

The panel shows a message until it is dismissed, and remembers by ``id`` which were. Text is text, never markup.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from agent_ui.bus.port import Message
from agent_ui.shapes import encode

KEPT = 200
KEPT_FOR = timedelta(hours=8)


class Messages:
    def __init__(self) -> None:
        self._kept: deque[Message] = deque(maxlen=KEPT)

    def keep(self, message: Message) -> None:
        self._kept.append(message)

    def recent(self, now: datetime) -> list[Message]:
        """Oldest first."""
        return [one for one in self._kept if now - one.at < KEPT_FOR]


def message_tail(message: Message) -> bytes:
    """The frame behind its number."""
    named = {"agent": message.agent, "team": message.team, "queue": message.queue}
    to: dict[str, str | bool] = {key: name for key, name in named.items() if name}
    return b',"at":%b,"id":%b,"from":%b,"to":%b,"text":%b}' % (
        encode(message.at), encode(message.id), encode(message.by), encode(to or {"all": True}), encode(message.text),
    )  # fmt: skip
