"""An agent's state: two small tables side by side, availability × leg.

What an agent is *willing* to do (availability) and what the phone *is* doing (leg) change for different reasons and at
different times: a paused agent may still be talking, an agent whose browser died is offline while the caller is on the
line. One enum of both would have sixteen states and hide that. Each table is a literal: state × event → state.
``None`` is a decision too: this event cannot happen here. A *command* that meets None is refused; an *observation* of
Asterisk that meets None is taken over all the same, because Asterisk is right about calls, and reported as drift. A
test walks every pair, and the diagrams in docs/explanation/call-truth.md are drawn from these tables.

Availability is wished for by agents and confirmed by Asterisk: ``log_in`` and the like are what Asterisk said (a queue
member appeared, was paused, vanished), after a command or behind our back. ``work_done`` is the end of a talk for a
queue that grants time for wrapping up, ``work_due`` of one that requires it; ``time_up`` is the end of that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from routing.facts import AgentLeg, Availability

AvailabilityEvent = Literal["log_in", "log_out", "pause", "ready", "work_done", "work_due", "time_up"]
LegEvent = Literal["ring", "stop_ringing", "talk", "hold", "resume", "hang_up"]

AVAILABILITY: Final[Mapping[Availability, Mapping[AvailabilityEvent, Availability | None]]] = {
    "offline": {
        "log_in": "ready",
        "log_out": "offline",
        "pause": "paused",  # a member that was added paused
        "ready": None,
        "work_done": "offline",  # talked without being logged in: nothing to wrap up for a queue
        "work_due": "offline",
        "time_up": "offline",
    },
    "ready": {
        "log_in": "ready",
        "log_out": "offline",
        "pause": "paused",
        "ready": "ready",
        "work_done": "wrap_up",
        "work_due": "wrap_up",
        "time_up": "ready",  # a timer that comes late
    },
    "wrap_up": {
        "log_in": "wrap_up",
        "log_out": "offline",
        "pause": "paused",
        "ready": "ready",
        "work_due": "wrap_up",
        "work_done": "wrap_up",  # another talk ended meanwhile: the time begins anew
        "time_up": "ready",
    },
    "paused": {
        "log_in": "paused",  # into one more queue
        "log_out": "offline",
        "pause": "paused",  # for another reason
        "ready": "ready",
        "work_done": "paused",  # a pause outranks wrapping up that nobody asks for
        "work_due": "wrap_up",  # a call that rang as the pause began: the pause goes on behind the wrap-up
        "time_up": "paused",
    },
}

LEG: Final[Mapping[AgentLeg, Mapping[LegEvent, AgentLeg | None]]] = {
    "none": {
        "ring": "ringing",
        "stop_ringing": None,
        "talk": "talking",  # dialled out, or the ring was not seen
        "hold": None,
        "resume": None,
        "hang_up": "none",
    },
    "ringing": {
        "ring": "ringing",
        "stop_ringing": "none",
        "talk": "talking",
        "hold": None,
        "resume": None,
        "hang_up": "none",
    },
    "talking": {
        "ring": "talking",  # a second call knocks: the talk is what counts
        "stop_ringing": "talking",
        "talk": "talking",
        "hold": "hold",
        "resume": "talking",
        "hang_up": "none",
    },
    "hold": {
        "ring": "hold",
        "stop_ringing": "hold",
        "talk": "talking",
        "hold": "hold",
        "resume": "talking",
        "hang_up": "none",
    },
}


def next_availability(state: Availability, event: AvailabilityEvent) -> Availability | None:
    """The table's word; None where the event cannot happen."""
    return AVAILABILITY[state][event]


def next_leg(state: AgentLeg, event: LegEvent) -> AgentLeg | None:
    """The table's word; None where the event cannot happen."""
    return LEG[state][event]
