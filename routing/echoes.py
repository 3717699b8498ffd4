"""Which events are the same as one that was heard: an event twice changes nothing."""

from __future__ import annotations

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
        key = _key(event, type(event))
        if key is None:
            return False
        if key in self._heard or key in self._heard_before:
            return True
        self._heard[key] = None
        if len(self._heard) >= REMEMBERED:
            self._heard_before, self._heard = self._heard, {}
        return False


def _key(event: Any, kind: type) -> tuple[Any, ...] | None:
    """What makes a telephony event the same as another: its kind, its moment and whom it is about."""
    if kind in _BY_ID:
        return (kind, event.at, event.id)
    if kind in _BY_CHANNEL:
        return (kind, event.at, event.channel.id, event.channel.state)
    if kind in _BY_DIALLED:
        return (kind, event.at, event.dialled.id)
    return None


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
