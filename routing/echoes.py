"""Which events are the same as one that was heard: an event twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from routing import events as said

REMEMBERED: Final = 8192


class Echoes:
    """The last events, at least REMEMBERED of them."""

    def __init__(self) -> None:
        self._heard: dict[tuple[Any, ...], None] = {}
        self._heard_before: dict[tuple[Any, ...], None] = {}

    def clear(self) -> None:
        self._heard.clear()
        self._heard_before.clear()

    def again(self, event: Any) -> bool:
        """Whether it was heard before, to the microsecond."""
        kind = type(event)
        who = _WHO.get(kind)
        if who is None:
            return False
        key = kind, *who(event)
        heard = self._heard
        before = len(heard)
        heard[key] = None
        if len(heard) == before or key in self._heard_before:
            return True
        if before + 1 >= REMEMBERED:
            self._heard_before, self._heard = heard, {}
        return False


_BY_ID = frozenset((said.ChannelStarted, said.ChannelEnded))
_BY_CHANNEL = frozenset(
    (
        said.ChannelChanged, said.HangupAsked, said.BridgeEntered, said.BridgeExited, said.MusicBegan,
        said.MusicEnded, said.HoldBegan, said.HoldEnded, said.RecordingBegan, said.RecorderBegan,
        said.RecordingMuted,
        said.QueueEntered, said.QueueExited, said.QueueGivenUp, said.MemberCalled, said.MemberConnected,
        said.MemberCompleted, said.MemberMissed,
    )
)  # fmt: skip
_BY_DIALLED = frozenset((said.DialBegan, said.DialRang, said.DialEnded))
_WHO: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {
    **dict.fromkeys(_BY_ID, attrgetter("at", "id")),
    **dict.fromkeys(_BY_CHANNEL, attrgetter("at", "channel.id", "channel.state")),
    **dict.fromkeys(_BY_DIALLED, attrgetter("at", "dialled.id")),
}
"""What makes a telephony event the same as another beside its kind: its moment and whom it is about."""
