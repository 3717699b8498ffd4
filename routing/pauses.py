"""What the reason of a paused member says, and what it means for its agent.

A pause that is asked for in the middle of a call begins when the call is over. The member is paused in Asterisk at
once all the same: while the talk goes on app_queue would send nothing anyway, and at its end no call can slip in
before Helin has heard of the end, whatever Helin's or the link's state is then. That the pause has not begun yet is
written into the member's reason, so it outlives a restart of Helin, and (persistent members) of Asterisk::

    lunch               paused: lunch
    wrap_up             wrapping up
    wrap_up:lunch       wrapping up, which the queue requires; then lunch
    after_call:lunch    at work, and a pause is booked: lunch

An empty reason beside others says nothing: QueueAdd can add a member paused, but not with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from routing.events import MemberSeen

WRAP_UP: Final = "wrap_up"
AFTER_CALL: Final = "after_call"
MISSED: Final = "missed"
"""A call rang at this agent in vain."""
AWAY: Final = "away"
"""The page that is this agent's phone has vanished."""
BY_HELIN: Final = frozenset((WRAP_UP, AFTER_CALL, MISSED, AWAY))
"""Reasons that nobody may give by hand."""
ASTERISKS_OWN: Final = "Auto-Pause"
"""The reason that app_queue writes where its own ``autopause`` is on."""
MAX_REASON: Final = 60
"""Letters: Asterisk keeps 79 bytes of a reason, and the longest prefix takes eleven."""
MAX_REASON_BYTES: Final = 68

Kind = Literal["out", "open", "paused", "wrap_up", "after_call"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What an agent's members say together.

    ``open``: calls may come in at least one queue. ``reason`` is the pause's, now or once it begins; ``since`` is when
    Asterisk says that it paused the last of them, if it does; ``some`` are paused of an open one's.
    """

    kind: Kind
    reason: str | None = None
    since: datetime | None = None
    some: bool = False


def wrapping_up(then: str | None) -> str:
    """The member's reason while its agent wraps up; ``then``: the pause that is booked."""
    return WRAP_UP if then is None else f"{WRAP_UP}:{then}"


def booked(reason: str) -> str:
    """The member's reason while a pause is booked."""
    return f"{AFTER_CALL}:{reason}"


def is_own(reason: str) -> bool:
    """Whether the words are Helin's own, or could be taken for them."""
    return reason in BY_HELIN or reason.startswith((f"{WRAP_UP}:", f"{AFTER_CALL}:"))


def read(members: Iterable[MemberSeen]) -> Standing:
    """Members of one agent. Where they differ for a moment (one is told after the other), the plain pause wins."""
    all_ = list(members)
    paused = [member for member in all_ if member.paused]
    if not all_:
        return Standing("out")
    if len(paused) < len(all_):
        return Standing("open", some=bool(paused))
    since = max((member.paused_at for member in paused if member.paused_at is not None), default=None)
    found = [decoded(member.reason) for member in paused if member.reason]
    for kind in ("paused", "wrap_up", "after_call"):
        for each in found:
            if each.kind == kind:
                return replace(each, since=since)
    return Standing("paused", None, since)


def decoded(reason: str) -> Standing:
    """What one member's reason says."""
    kind, colon, then = reason.partition(":")
    if kind == WRAP_UP:
        return Standing("wrap_up", then or None)
    if kind == AFTER_CALL and colon and then:
        return Standing("after_call", then)
    return Standing("paused", MISSED if reason == ASTERISKS_OWN else reason or None)
