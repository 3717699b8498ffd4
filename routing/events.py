"""What comes in to the Switchboard: telephony events (already free of AMI's words), look-ups' answers, commands, ticks.

Every telephony event carries ``at``, Asterisk's own stamp of it where it gave one, and with each channel that it is
about all that Asterisk said of that channel (:class:`Channel`): so each event teaches what a lost one had taught.
Channel ids are Asterisk's unique ids; ``name`` is the channel's name, whose part before the last ``-`` is the interface
(``PJSIP/1001``). Texts are as Asterisk sent them, without ``<unknown>``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from routing.calendars import Calendar
from routing.commands import Command
from routing.letters import RequestMoved, RequestsSeen

PopOn = Literal["ring", "answer"]
Phone = Literal["browser", "sip"]
RuleName = Literal["helin", "helin:misses"]
"""What a queue lives by, in the words of the supervisor: :mod:`routing.worth` calls them *cost* and *misses*."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user with a phone: the panel's own in the browser, or any SIP phone (a desk phone, another softphone)."""

    login: str
    name: str
    interface: str
    extension: str | None
    queues: tuple[str, ...] = ()
    phone: Phone = "browser"
    skills: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """From this long a wait on, in seconds, a queue asks for these skills instead, with levels."""

    after_seconds: int
    skills: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """``auto_pause``: an agent who does not answer is paused. ``skills``: what serving it asks for, with levels.

    The queue's rule: ``rule`` is what it lives by, ``tiers`` what its callers are worth where that is not what the shop
    says, ``relax`` how what is asked for becomes less, ``weights`` the seconds of idleness that one level of a skill
    counts, ``last_agent_seconds`` how long a caller waits at most for who they last spoke to.
    """

    name: str
    mode: Literal["assist", "direct"] = "assist"
    target_seconds: int = 20
    max_wait_seconds: int = 300
    wrap_up_seconds: int = 0
    wrap_up_required: bool = False
    pop_on: PopOn = "ring"
    pop_url: str | None = None
    auto_pause: bool = True
    skills: tuple[tuple[str, int], ...] = ()
    rule: RuleName = "helin"
    tiers: tuple[tuple[str, float], ...] = ()
    relax: tuple[Step, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    last_agent_seconds: int = 0
    rule_version: int = 1


@dataclass(frozen=True, slots=True)
class Directory:
    """Whose phone is whose, and what the queues promise. Given at start and whenever it changes."""

    people: tuple[Person, ...] = ()
    queues: tuple[QueuePlan, ...] = ()
    tier_values: tuple[tuple[str, float], ...] = (("A", 5.0), ("B", 2.0), ("C", 1.0))
    calendars: tuple[Calendar, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkUp:
    """A session is logged in and booted. ``boot`` names this run of Asterisk; ready only once a Snapshot followed."""

    at: datetime
    boot: str


@dataclass(frozen=True, slots=True)
class LinkDown:
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel in a snapshot. ``recording``: as ``file`` of :class:`RecordingBegan`, empty for none.

    ``waits``: for which queue the dialplan holds it, empty for none, and since when, if it says so.
    """

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
    recording: str = ""
    waits: str = ""
    waits_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """``paused_at``: when it was last paused, if Asterisk tells; whole seconds."""

    queue: str
    interface: str
    name: str
    paused: bool
    reason: str
    status: int
    in_call: bool
    wrap_up_seconds: int = 0
    paused_at: datetime | None = None


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
    """Asterisk's answer to a command's action: ok, or why not; ``code`` is no_answer when the deadline passed."""

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
class Present:
    """These agents have a panel open. Told every few seconds by each web node, also when there is none.

    ``others``: agents who have only a program's socket, which is no phone but can be offered a request.
    """

    at: datetime
    logins: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """What an event says of a channel in passing. ``linked``: the linkedid; ``state``: Down, Ring, Ringing, Up, …"""

    id: str
    linked: str
    name: str
    state: str = ""
    context: str = ""
    exten: str = ""
    number: str = ""
    caller_name: str = ""
    connected: str = ""


@dataclass(frozen=True, slots=True)
class ChannelStarted:
    """A channel began. Its words are those of :class:`Channel`, flat."""

    at: datetime
    id: str
    linked: str
    name: str
    state: str
    context: str
    exten: str
    number: str
    caller_name: str
    connected: str = ""


@dataclass(frozen=True, slots=True)
class ChannelEnded:
    """A channel is gone. ``cause``: Q.850."""

    at: datetime
    id: str
    linked: str
    name: str
    cause: int | None
    state: str = ""
    context: str = ""
    exten: str = ""
    number: str = ""
    caller_name: str = ""
    connected: str = ""


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel's state, caller id or connected line changed: all of it is in ``channel``."""

    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelRenamed:
    at: datetime
    channel: Channel
    new_name: str


@dataclass(frozen=True, slots=True)
class HangupAsked:
    """Someone asked for this channel's end. ``by_itself``: its own party did (a BYE, a CANCEL), not the PBX."""

    at: datetime
    channel: Channel
    by_itself: bool
    cause: int | None


@dataclass(frozen=True, slots=True)
class DialBegan:
    """``channel`` (None: an Originate) dials ``dialled`` by ``dial_string``, like ``PJSIP/1001``, ``+3725550123@a``."""

    at: datetime
    channel: Channel | None
    dialled: Channel
    dial_string: str


@dataclass(frozen=True, slots=True)
class DialRang:
    """The dialled phone rings, or its network says so."""

    at: datetime
    channel: Channel | None
    dialled: Channel


@dataclass(frozen=True, slots=True)
class DialEnded:
    """``status``: ANSWER, NOANSWER, BUSY, CANCEL, CONGESTION, CHANUNAVAIL, …"""

    at: datetime
    channel: Channel | None
    dialled: Channel
    status: str
    forwarded_to: str = ""


@dataclass(frozen=True, slots=True)
class BridgeEntered:
    """``count``: channels in the bridge after it; ``name``: the bridge's, where the dialplan gave it one."""

    at: datetime
    channel: Channel
    bridge: str
    count: int
    swapped: str | None = None
    technology: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class BridgeExited:
    at: datetime
    channel: Channel
    bridge: str
    count: int


@dataclass(frozen=True, slots=True)
class BridgesMerged:
    """All that was in ``source`` is in ``into`` now (Asterisk says so for each channel as well)."""

    at: datetime
    into: str
    source: str


@dataclass(frozen=True, slots=True)
class BridgeGone:
    at: datetime
    bridge: str


@dataclass(frozen=True, slots=True)
class LocalJoined:
    """The two halves of a Local channel, which carry one call between two places of the dialplan."""

    at: datetime
    one: Channel
    two: Channel


@dataclass(frozen=True, slots=True)
class HoldBegan:
    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class HoldEnded:
    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class MusicBegan:
    """This channel hears music on hold: it waits in a queue, or someone holds it."""

    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class MusicEnded:
    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class QueueEntered:
    """``position`` from 1; ``behind``: how many were waiting already and come after this caller all the same."""

    at: datetime
    channel: Channel
    queue: str
    position: int
    behind: int = 0


@dataclass(frozen=True, slots=True)
class QueueAsked:
    """The dialplan is about to put the caller into a queue for at most ``timeout`` seconds (None: for ever)."""

    at: datetime
    channel: Channel
    queue: str
    timeout: int | None


@dataclass(frozen=True, slots=True)
class ConsultTold:
    """The dialplan says how the dialling of a consultation ended (DIALSTATUS)."""

    at: datetime
    channel: Channel
    status: str


@dataclass(frozen=True, slots=True)
class OfferTold:
    """The dialplan says how the ringing of the agent to whom Helin had sent a caller ended (DIALSTATUS)."""

    at: datetime
    channel: Channel
    interface: str
    status: str


@dataclass(frozen=True, slots=True)
class QueueTold:
    """What the queue told the dialplan at its end, in app_queue's words: TIMEOUT, WITHDRAW, LEAVEEMPTY, …

    ``queue`` where it is known.
    """

    at: datetime
    channel: Channel
    status: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The caller has pressed the key for a callback instead of waiting, and waits for a word whether it is kept."""

    at: datetime
    channel: Channel
    queue: str


@dataclass(frozen=True, slots=True)
class QueueExited:
    """The caller left the queue, for whatever reason; the reason comes from other events."""

    at: datetime
    channel: Channel
    queue: str


@dataclass(frozen=True, slots=True)
class QueueGivenUp:
    """The caller left without an agent: hung up, timed out, withdrawn, or the queue was empty (one event for all)."""

    at: datetime
    channel: Channel
    queue: str
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class MemberCalled:
    """The queue rings ``member`` for ``channel``. ``interface`` is the member's."""

    at: datetime
    channel: Channel
    member: Channel
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class MemberConnected:
    at: datetime
    channel: Channel
    member: Channel
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class MemberCompleted:
    """The queue's view of the end of a talk. ``reason``: caller, agent or transfer. ``member`` None: already gone."""

    at: datetime
    channel: Channel
    member: Channel | None
    queue: str
    interface: str
    reason: str


@dataclass(frozen=True, slots=True)
class MemberMissed:
    """The queue stopped ringing this member, which did not answer."""

    at: datetime
    channel: Channel
    member: Channel | None
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A queue member as it is now (it appeared, was paused, its device changed)."""

    at: datetime
    member: MemberSeen


@dataclass(frozen=True, slots=True)
class MemberGone:
    at: datetime
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """``state``: NOT_INUSE, INUSE, RINGING, UNAVAILABLE, ONHOLD, … of ``device``, e.g. ``PJSIP/1001``."""

    at: datetime
    device: str
    state: str


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer was carried out. ``by``: the transferring channel, ``caller``: who is passed on.

    ``exten`` for a blind one. For an attended one ``second`` is the transferring party's channel to ``target``, the
    party that the caller is given to (``target`` may be unknown). ``ok`` False: it failed and all stays as it was.
    """

    at: datetime
    kind: Literal["blind", "attended"]
    ok: bool
    by: Channel
    caller: Channel | None
    exten: str = ""
    second: Channel | None = None
    target: Channel | None = None


@dataclass(frozen=True, slots=True)
class OriginateEnded:
    """The answer to an Originate. ``channel`` is its id, None when it never came to one; ``reason``: 4 answered, …"""

    at: datetime
    channel: str | None
    ok: bool
    reason: int
    exten: str
    name: str
    application: str = ""


@dataclass(frozen=True, slots=True)
class SpyBegan:
    """``spy`` listens to ``spied``: no party of the call."""

    at: datetime
    spy: Channel
    spied: Channel


@dataclass(frozen=True, slots=True)
class RecordingBegan:
    """The dialplan records this channel into ``file``, a path below the folder of recordings, already checked."""

    at: datetime
    channel: Channel
    file: str


@dataclass(frozen=True, slots=True)
class RecorderBegan:
    """Something, maybe not our dialplan, began to record this channel."""

    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class RecordingMuted:
    """Asterisk writes silence into this channel's recordings from now on, in both directions, or sound again."""

    at: datetime
    channel: Channel
    muted: bool


@dataclass(frozen=True, slots=True)
class ShuttingDown:
    """Asterisk says that it goes down; ``restart``: it will come back."""

    at: datetime
    restart: bool


@dataclass(frozen=True, slots=True)
class Suspicious:
    """An event that lacks required keys, repeats a singleton or cannot be read: quarantined, never believed.

    ``channel``: the id it spoke of, if it had one.
    """

    at: datetime | None
    what: str
    channel: str = ""


TelephonyEvent = (
    ChannelStarted
    | ChannelEnded
    | ChannelChanged
    | ChannelRenamed
    | HangupAsked
    | DialBegan
    | DialRang
    | DialEnded
    | BridgeEntered
    | BridgeExited
    | BridgesMerged
    | BridgeGone
    | LocalJoined
    | HoldBegan
    | HoldEnded
    | MusicBegan
    | MusicEnded
    | QueueAsked
    | QueueTold
    | CallbackAsked
    | ConsultTold
    | OfferTold
    | QueueEntered
    | QueueExited
    | QueueGivenUp
    | MemberCalled
    | MemberConnected
    | MemberCompleted
    | MemberMissed
    | MemberChanged
    | MemberGone
    | DeviceChanged
    | Transferred
    | OriginateEnded
    | SpyBegan
    | RecordingBegan
    | RecorderBegan
    | RecordingMuted
    | ShuttingDown
    | Suspicious
)
Event = (
    TelephonyEvent
    | Directory
    | LinkUp
    | LinkDown
    | Snapshot
    | CallerFound
    | ActionDone
    | Tick
    | Present
    | RequestsSeen
    | RequestMoved
    | Command
)
