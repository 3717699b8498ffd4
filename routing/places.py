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
