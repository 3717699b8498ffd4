"""What may be said on the panel's socket, by whom, and where it is carried out: one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.commands import LEADERS, Role

Place = Literal["engine", "store", "socket"]

TALKERS: frozenset[Role] = frozenset({"agent", "leader", "supervisor", "campaign_manager", "admin"})
PANELS: frozenset[Role] = TALKERS | {"viewer"}
"""Who may open a socket."""

STEP_IN = ("listen", "whisper", "barge", "take_over")
STEERING = (*STEP_IN, "force_state", "move_agent", "message")
"""Acts on somebody else: who may do them is the shop's policy, and each is in the audit trail."""

WITH_A_CALL = (
    "hang_up", "answer", "hold", "resume", "mute", "dtmf", "transfer", "consult", "complete_transfer",
    "cancel_transfer", "swap", "conference", "pause_recording", "resume_recording", "help", "help_over", *STEP_IN,
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
    **dict.fromkeys((*STEP_IN, "stop_listening", "force_state"), ("engine", LEADERS)),
    **dict.fromkeys(("move_agent", "message"), ("store", LEADERS)),
    "note": ("store", TALKERS),
    "wrap_up": ("store", TALKERS),
    "draft": ("store", TALKERS),
    "snapshot": ("socket", PANELS),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the shop's settings say of stepping in. ``may``: of those who may do a thing at all, which roles do here.

    ``agent_is_told``: whether the agent sees that somebody listens, and who. ``leaders_hear``: whether who leads a team
    may listen to what was recorded of its calls.
    """

    agent_is_told: bool = True
    leaders_hear: bool = True
    may: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def allows(self, role: Role, name: str) -> bool:
        return role in COMMANDS[name][1] and role in self.may.get(name, COMMANDS[name][1])


EVERYBODY = Policy()


def allowed_commands(role: Role, policy: Policy = EVERYBODY) -> tuple[str, ...]:
    return tuple(name for name in COMMANDS if policy.allows(role, name))
