"""What Asterisk (or the shell around the Switchboard) is told to do. ``command``: the wish behind it, if any."""

from __future__ import annotations

from dataclasses import dataclass

from routing.commands import Result


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the store who owns this number, beside the path; the answer comes back as events.CallerFound."""

    call: str
    number: str


@dataclass(frozen=True, slots=True)
class ChangePriority:
    """Move a waiting caller (QueueChangePriorityCaller). ``priority`` is an app_queue priority, higher is sooner."""

    queue: str
    channel: str
    priority: int


@dataclass(frozen=True, slots=True)
class GiveEntryPriority:
    """For a caller whom no queue has yet: the dialplan takes it along into the queue."""

    channel: str
    priority: int


@dataclass(frozen=True, slots=True)
class AddMember:
    queue: str
    interface: str
    name: str
    paused: bool
    command: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveMember:
    queue: str
    interface: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class PauseMember:
    """In all queues of the interface."""

    interface: str
    paused: bool
    reason: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class HangUp:
    channel: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class MuteRecording:
    """Let all recordings of this channel write silence in both directions, or sound again (``muted`` False)."""

    channel: str
    muted: bool
    command: str | None = None


@dataclass(frozen=True, slots=True)
class AskAbout:
    """Something about this channel contradicts what is known: ask Asterisk for a fresh snapshot before believing it."""

    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The command's one result, to whoever gave it."""

    by: str
    result: Result


Action = (
    LookUp
    | ChangePriority
    | GiveEntryPriority
    | AddMember
    | RemoveMember
    | PauseMember
    | HangUp
    | MuteRecording
    | AskAbout
    | Answer
)
