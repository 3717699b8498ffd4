"""What is told to programs outside of what happened: the events of webhooks, each made of one fact.

An event's ``type`` is ``call.…``, ``agent.…``, ``campaign.…``, ``request.…`` or ``alarm.…``; a receiver subscribes to
such a group or to single types. ``data`` is the fact as it is. Events of the same ``line`` (a call, an agent, …) are
told in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.facts import (
    AgentChanged,
    AgentMissed,
    AgentRinging,
    AlarmChanged,
    AttemptHeard,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallMerged,
    CallQueued,
    CallReconciled,
    CallResumed,
    CallTransferred,
    CallUnqueued,
    Fact,
    LinkChanged,
    SegmentEnded,
    WrittenChanged,
)

TYPES: dict[type, str] = {
    CallArrived: "call.arrived",
    CallQueued: "call.queued",
    CallUnqueued: "call.unqueued",
    AgentRinging: "call.ringing",
    AgentMissed: "call.missed",
    CallAnswered: "call.answered",
    CallHeld: "call.held",
    CallResumed: "call.resumed",
    CallTransferred: "call.transferred",
    SegmentEnded: "call.segment_ended",
    CallMerged: "call.merged",
    CallEnded: "call.ended",
    CallReconciled: "call.reconciled",
    AgentChanged: "agent.changed",
    AttemptHeard: "campaign.heard",
    WrittenChanged: "request.changed",
    LinkChanged: "alarm.link",
    AlarmChanged: "alarm.queue",
}
"""What is told of which fact; of others nothing is."""

GROUPS = tuple(dict.fromkeys(name.partition(".")[0] for name in TYPES.values()))
NAMES = (*GROUPS, *TYPES.values())
"""All that a receiver may subscribe to."""

_KINDS = {kind.__name__: name for kind, name in TYPES.items()}


def kinds_of(events: Iterable[str]) -> frozenset[str]:
    """The classes of facts behind these groups and types."""
    wanted = frozenset(events)
    return frozenset(kind for kind, name in _KINDS.items() if {name, name.partition(".")[0]} & wanted)


def type_of(kind: str) -> str:
    """Of a fact's class. Raises KeyError for one of which nothing is told."""
    return _KINDS[kind]


def line_of(fact: Fact) -> str:
    """In whose order it stands: within one line events are told one after the other."""
    for name in ("call", "agent", "request", "asterisk"):
        if (key := getattr(fact, name, None)) is not None:
            return f"{name}:{key}"
    return ""
