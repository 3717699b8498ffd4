"""What comes in to the Switchboard: telephony events (already free of AMI's words), look-ups' answers, commands, ticks.

Every telephony event carries ``at``, Asterisk's own stamp of it where it gave one. Channel ids are Asterisk's unique ids;
``name`` is the channel's name, whose part before the last ``-`` is the interface (``PJSIP/1001``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Person:
    """A user with a phone."""

    login: str
    name: str
    interface: str
    extension: str | None
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuePlan:
    name: str
    mode: Literal["assist", "direct"] = "assist"
    target_seconds: int = 20
    max_wait_seconds: int = 300
    wrap_up_seconds: int = 0
    wrap_up_required: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Whose phone is whose, and what the queues promise. Given at start and whenever it changes."""

    people: tuple[Person, ...] = ()
    queues: tuple[QueuePlan, ...] = ()
    tier_points: tuple[tuple[str, float], ...] = (("A", 10.0), ("B", 5.0), ("C", 2.0))


@dataclass(frozen=True, slots=True)
class LinkUp:
    """A session is logged in and booted. ``boot`` names this run of Asterisk; a Snapshot follows before it counts as ready."""

    at: datetime
    boot: str


@dataclass(frozen=True, slots=True)
class LinkDown:
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel in a snapshot."""

    id: str
    linked: str
    name: str
    state: str
    context: str
    exten: str
    number: str
    caller_name: str
    connected: str
    bridge: str | None
    application: str
    application_data: str
    seconds: int


@dataclass(frozen=True, slots=True)
class MemberSeen:
    queue: str
    interface: str
    name: str
    paused: bool
    reason: str
    status: int
    in_call: bool
    wrap_up_seconds: int = 0


@dataclass(frozen=True, slots=True)
class EntrySeen:
    queue: str
    channel: str
    position: int
    wait_seconds: int
    priority: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that Asterisk has at ``at``. ``gap_from``: since when we did not know (None: we saw everything)."""

    at: datetime
    gap_from: datetime | None
    channels: tuple[ChannelSeen, ...]
    queues: tuple[str, ...]
    members: tuple[MemberSeen, ...]
    entries: tuple[EntrySeen, ...]
    devices: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CallerFound:
    """The store's answer. ``pop`` as in facts.CallerKnown; ``contacts`` are the ids that own the number."""

    at: datetime
    call: str
    contacts: tuple[str, ...]
    tier: str | None
    pop: str


@dataclass(frozen=True, slots=True)
class ActionDone:
    """Asterisk's answer to an action given for a command: ok, or why not; ``code`` no_answer when the deadline passed."""

    at: datetime
    command: str
    ok: bool
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes (about once a second): timers that are due fire."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ChannelStarted:
    at: datetime
    id: str
    linked: str
    name: str
    state: str
    context: str
    exten: str
    number: str
    caller_name: str


@dataclass(frozen=True, slots=True)
class ChannelEnded:
    at: datetime
    id: str
    linked: str
    name: str
    cause: int | None
