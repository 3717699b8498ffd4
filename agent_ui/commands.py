"""What may be said on the panel's socket, by whom, and where it is carried out: one table."""

from __future__ import annotations

from typing import Literal

from routing.commands import Role

Place = Literal["engine", "store", "socket"]

TALKERS: frozenset[Role] = frozenset({"agent", "supervisor", "campaign_manager", "admin"})

WITH_A_CALL = (
    "hang_up", "answer", "hold", "resume", "mute", "dtmf", "transfer", "consult", "complete_transfer",
    "cancel_transfer", "swap", "conference", "pause_recording", "resume_recording",
)  # fmt: skip
"""Names of ``call`` in their args say which engine they are for."""

COMMANDS: dict[str, tuple[Place, frozenset[Role]]] = {
    "ready": ("engine", TALKERS),
    "pause": ("engine", TALKERS),
    "log_in": ("engine", TALKERS),
    "log_out": ("engine", TALKERS),
    "call": ("engine", TALKERS | {"api"}),
    "call_back": ("store", TALKERS),
    "dial_lead": ("engine", TALKERS),
    **dict.fromkeys(WITH_A_CALL, ("engine", TALKERS)),
    **dict.fromkeys(("accept", "decline", "park", "done"), ("engine", TALKERS)),
    "note": ("store", TALKERS),
    "wrap_up": ("store", TALKERS),
    "draft": ("store", TALKERS),
    "snapshot": ("socket", TALKERS),
}

NOT_BUILT_YET = frozenset(("listen", "whisper", "barge", "take_over", "force_state", "move_agent"))
"""Names of the contract that no part carries out yet: refused with a sentence, never ignored."""


def allowed_commands(role: Role) -> tuple[str, ...]:
    return tuple(name for name, (_, roles) in COMMANDS.items() if role in roles)
