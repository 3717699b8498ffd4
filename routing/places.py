"""Where Helin sends channels: contexts of the dialplan, which goes on alone from there (config/asterisk).

A channel's place says what an agent does with a call, and every event and every snapshot says the place: so a Helin
that starts anew knows it too.
"""

from __future__ import annotations

from typing import Final

HELD: Final = "helin-held"
"""Hears music until somebody fetches it."""
HOLDING: Final = "helin-holding"
"""The agent who holds a caller by command."""
CONSULT: Final = "helin-consult"
"""The agent who dials somebody beside the caller, and talks to them."""
BACK: Final = "helin-back"
"""Fetches the one who is held and talks with them."""
CONFERENCE: Final = "helin-conference"
TRANSFER: Final = "helin-transfer"
CALL: Final = "helin-call"
HOLD: Final = "helin-hold"
"""Where callers wait whom Helin itself hands out (mode *direct*), in a bridge named HOLD_BRIDGE and the queue."""
HOLD_BRIDGE: Final = "helin-hold-"
DIALLED: Final = "helin-dialled"
"""Where somebody whom a campaign has dialled waits, for two seconds at most."""
WAIT: Final = "helin-wait"
"""Where app_queue takes over from there, whether Helin is away or says so."""
DELIVER: Final = "helin-deliver"
"""Rings an agent (HELIN_OFFER) for such a caller, who comes back to HOLD when nobody answers."""

OF_HOLD: Final = frozenset(
    (
        HOLD,
        DELIVER,
        DIALLED,
        "helin-announce",
        "helin-callback-offer",
        "helin-offer",
        "helin-ring",
        "helin-new-leg",
        "helin-clock",
    )
)
"""Where a caller is who waits for Helin's pick."""


OF_CALLERS: Final = OF_HOLD | {WAIT, "helin-arrive", "helin-queue", "helin-direct", "helin-overflow", "helin-fallback"}
"""Where only a caller can be who has not met an agent yet."""

LISTEN: Final = "helin-listen"
"""Listens to an agent's channel (HELIN_SPIED); the extension is the mode."""
LISTENER: Final = "helin-listen-"
"""What the unique id of a channel begins with that Helin calls up to listen: never a party of any call."""


def held_for(bridge_name: str) -> str:
    """The queue for which somebody in a bridge of this name waits; empty for none."""
    return bridge_name.removeprefix(HOLD_BRIDGE) if bridge_name.startswith(HOLD_BRIDGE) else ""
