"""What may be said on the panel's socket, by whom, and where it is carried out: one table."""

from __future__ import annotations

from typing import Literal

from routing.commands import Role

Place = Literal["engine", "store", "socket"]

TALKERS: frozenset[Role] = frozenset({"agent", "supervisor", "campaign_manager", "admin"})
CHIEFS: frozenset[Role] = frozenset({"supervisor", "admin"})

COMMANDS: dict[str, tuple[Place, frozenset[Role]]] = {
    "ready": ("engine", TALKERS),
    "pause": ("engine", TALKERS),
    "log_in": ("engine", TALKERS),
    "log_out": ("engine", TALKERS),
    "hang_up": ("engine", TALKERS),
    "pause_recording": ("engine", TALKERS),
    "resume_recording": ("engine", TALKERS),
    "note": ("store", TALKERS),
    "wrap_up": ("store", TALKERS),
    "draft": ("store", TALKERS),
    "snapshot": ("socket", TALKERS),
}

CALL_CONTROL = ("answer", "hold", "resume", "mute", "dtmf", "call", "conference")
TRANSFERS = ("transfer", "consult", "complete_transfer", "cancel_transfer")
OF_CHIEFS = ("listen", "whisper", "barge", "take_over", "force_state", "move_agent")
NOT_BUILT_YET = frozenset((*CALL_CONTROL, *TRANSFERS, *OF_CHIEFS))
"""Names of the contract that no part carries out yet: refused with a sentence, never ignored."""


def allowed_commands(role: Role) -> tuple[str, ...]:
    return tuple(name for name, (_, roles) in COMMANDS.items() if role in roles)
