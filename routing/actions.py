"""What Asterisk (or the shell around the Switchboard) is told to do. ``command``: the wish behind it, if any."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from routing.commands import Result
from routing.letters import MoveRequest


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
class Place:
    """A channel's place in the dialplan, and the variables that it has there."""

    channel: str
    context: str
    exten: str
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SendTo:
    """Send one channel or two, which talk with each other, to their places, both at once."""

    places: tuple[Place, ...]
    command: str | None = None


@dataclass(frozen=True, slots=True)
class ShowLife:
    """The dialplan that holds callers for Helin learns that Helin is there: a number unlike the last one."""

    beat: int


@dataclass(frozen=True, slots=True)
class TellPlace:
    """What the dialplan may say to a caller who waits: the place in line, and how many minutes it takes most callers.

    ``high`` 0: nothing is known of the time.
    """

    channel: str
    position: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class LogQueue:
    """A line of Asterisk's queue_log, in its own words; ``channel``: the caller's unique id."""

    queue: str
    channel: str
    interface: str
    event: str
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlayDigits:
    """The party of this channel hears the tones of these digits."""

    channel: str
    digits: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Originate:
    """Ring the agent's own phone, then dial ``dial`` from it (context helin-call, ``exten``).

    ``channel``: the unique id that the agent's channel gets. ``answer``: ask the phone to answer by itself.
    """

    channel: str
    interface: str
    exten: str
    dial: str
    answer: bool
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """Ring a supervisor's own phone, which then listens to the agent's channel ``spied`` (context helin-listen).

    ``channel``: the unique id that the supervisor's channel gets. ``mode``: listen, whisper, barge. ``answer``: ask the
    phone to answer by itself.
    """

    channel: str
    interface: str
    spied: str
    mode: str
    answer: bool
    command: str | None = None


@dataclass(frozen=True, slots=True)
class DialLead:
    """Dial a lead of a campaign; who answers is in the dialplan (context helin-dialled), which goes on alone.

    ``channel``: the unique id that the call gets. ``detect``: whether it is a machine that answered. ``forget``:
    earlier channels of which Asterisk need not know the end any more. ``message``: the sound for whom no agent was
    there in time; "" for the dialplan's own.
    """

    channel: str
    dial: str
    caller_number: str
    queue: str
    campaign: str
    attempt: str
    ring_seconds: int
    detect: bool = False
    forget: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class IssuePhonePassword:
    """From now on this endpoint (``1001``) registers with another password, and with no older one.

    ``credential`` is all of it that Asterisk gets: the MD5 of ``endpoint:asterisk:password``, in hex (RFC 2617's A1).
    """

    endpoint: str
    credential: str = field(repr=False)
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Seconds since the epoch. ``start`` 0: it has begun. ``late``: when those are told who wait since before it, 0 for
    not at all. ``holiday``: that is why."""

    start: int
    end: int
    late: int = 0
    holiday: bool = False


@dataclass(frozen=True, slots=True)
class SayHours:
    """What the dialplan is to know of a queue's hours, for as long as Helin may be away.

    ``closed``: in order; empty: always open. ``emergency_until``: seconds since the epoch, 0 for none. Sounds and
    queues "" where there are none.
    """

    queue: str
    closed: tuple[Closed, ...] = ()
    emergency_until: int = 0
    emergency_then: Literal["hang_up", "wait"] = "hang_up"
    emergency_sound: str = ""
    closed_sound: str = ""
    holiday_sound: str = ""
    late_sound: str = ""
    closed_queue: str = ""
    overflow_queue: str = ""
    overflow_after_seconds: int = 0
    overflow_when_alone: bool = False


@dataclass(frozen=True, slots=True)
class AskCallback:
    """Ask the store to keep a callback, and tell the caller's channel whether it did. ``since``: the place in line."""

    channel: str
    call: str
    number: str
    queue: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SayCallback:
    """Tell the dialplan, on the caller's channel, whether the callback is kept."""

    channel: str
    kept: bool


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
    | IssuePhonePassword
    | SendTo
    | ShowLife
    | TellPlace
    | LogQueue
    | PlayDigits
    | Originate
    | Listen
    | SayHours
    | AskCallback
    | SayCallback
    | AskAbout
    | Answer
    | MoveRequest
)
