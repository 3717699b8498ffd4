"""What comes in to the Switchboard: telephony events (already free of AMI's words), look-ups' answers, commands, ticks.

Every telephony event carries ``at``, Asterisk's own stamp of it where it gave one, and with each channel that it is
about all that Asterisk said of that channel (:class:`Channel`): so each event teaches what a lost one had taught.
Channel ids are Asterisk's unique ids; ``name`` is the channel's name, whose part before the last ``-`` is the interface
(``PJSIP/1001``). Texts are as Asterisk sent them, without ``<unknown>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.calendars import Calendar
from routing.commands import Command
from routing.facts import AlarmChanged, Heard
from routing.frozen import Frozen
from routing.letters import RequestMoved, RequestsSeen
from routing.service_level import EmptyInterval

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
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From this long a wait on, in seconds, a queue asks for these skills instead, with levels."""

    after_seconds: int
    skills: tuple[tuple[str, int], ...] = ()


Measure = Literal["waiting", "longest_wait", "agents", "service_level", "abandoned"]


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """See :mod:`routing.alarms`. ``limit``: a count, seconds, or a share from 0 to 1."""

    measure: Measure
    limit: float
    after_seconds: int = 0


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """``auto_pause``: an agent who does not answer is paused. ``skills``: what serving it asks for, with levels.

    The queue's rule: ``rule`` is what it lives by, ``tiers`` what its callers are worth where that is not what the shop
    says, ``relax`` how what is asked for becomes less, ``weights`` the seconds of idleness that one level of a skill
    counts, ``last_agent_seconds`` how long a caller waits at most for their own agent or who they last spoke to. Who
    gives up within ``short_seconds`` never meant to wait; ``empty_interval``: what reports show where nobody called.
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
    alarms: tuple[AlarmRule, ...] = ()
    short_seconds: int = 5
    empty_interval: EmptyInterval = "none"


@dataclass(frozen=True, slots=True)
class Directory:
    """Whose phone is whose, and what the queues promise. Given at start and whenever it changes."""

    people: tuple[Person, ...] = ()
    queues: tuple[QueuePlan, ...] = ()
    tier_values: tuple[tuple[str, float], ...] = (("A", 5.0), ("B", 2.0), ("C", 1.0))
    calendars: tuple[Calendar, ...] = ()


class LinkUp(Frozen, frozen=True):
    """A session is logged in and booted. ``boot`` names this run of Asterisk; ready only once a Snapshot followed."""

    at: datetime
    boot: str


class AlarmsJudged(Frozen, frozen=True):
    """Queues have passed a limit or are well again, as whoever watches their figures found."""

    at: datetime
    facts: tuple[AlarmChanged, ...]


class LinkDown(Frozen, frozen=True):
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
    devices: tuple[tuple[str, str], ...] = ()


class CallerFound(Frozen, frozen=True):
    """The store's answer. ``pop`` as in facts.CallerKnown; ``contacts`` are the ids that own the number.

    ``preferred_agent``: whose caller it is; ``last_agent``: who talked with them last, in the last days.
    """

    at: datetime
    call: str
    contacts: tuple[str, ...]
    tier: str | None
    pop: str
    preferred_agent: str | None = None
    last_agent: str | None = None


class ActionDone(Frozen, frozen=True):
    """Asterisk's answer to a command's action: ok, or why not; ``code`` is no_answer when the deadline passed."""

    at: datetime
    command: str
    ok: bool
    code: str = ""
    message: str = ""


class Tick(Frozen, frozen=True):
    """Time passes (about once a second): timers that are due fire."""

    at: datetime


class Present(Frozen, frozen=True):
    """These agents have a panel open. Told every few seconds by each web node, also when there is none.

    ``others``: agents who have only a program's socket, which is no phone but can be offered a request.
    """

    at: datetime
    logins: tuple[str, ...]
    others: tuple[str, ...] = ()


class Channel(Frozen, frozen=True):
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


class ChannelStarted(Frozen, frozen=True):
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


class ChannelEnded(Frozen, frozen=True):
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


class ChannelChanged(Frozen, frozen=True):
    """A channel's state, caller id or connected line changed: all of it is in ``channel``."""

    at: datetime
    channel: Channel


class ChannelRenamed(Frozen, frozen=True):
    at: datetime
    channel: Channel
    new_name: str


class HangupAsked(Frozen, frozen=True):
    """Someone asked for this channel's end. ``by_itself``: its own party did (a BYE, a CANCEL), not the PBX."""

    at: datetime
    channel: Channel
    by_itself: bool
    cause: int | None


class DialBegan(Frozen, frozen=True):
    """``channel`` (None: an Originate) dials ``dialled`` by ``dial_string``, like ``PJSIP/1001``, ``+3725550123@a``."""

    at: datetime
    channel: Channel | None
    dialled: Channel
    dial_string: str


class DialRang(Frozen, frozen=True):
    """The dialled phone rings, or its network says so."""

    at: datetime
    channel: Channel | None
    dialled: Channel


class DialEnded(Frozen, frozen=True):
    """``status``: ANSWER, NOANSWER, BUSY, CANCEL, CONGESTION, CHANUNAVAIL, …"""

    at: datetime
    channel: Channel | None
    dialled: Channel
    status: str
    forwarded_to: str = ""


class BridgeEntered(Frozen, frozen=True):
    """``count``: channels in the bridge after it; ``name``: the bridge's, where the dialplan gave it one."""

    at: datetime
    channel: Channel
    bridge: str
    count: int
    swapped: str | None = None
    technology: str = ""
    name: str = ""


class BridgeExited(Frozen, frozen=True):
    at: datetime
    channel: Channel
    bridge: str
    count: int


class BridgesMerged(Frozen, frozen=True):
    """All that was in ``source`` is in ``into`` now (Asterisk says so for each channel as well)."""

    at: datetime
    into: str
    source: str


class BridgeGone(Frozen, frozen=True):
    at: datetime
    bridge: str


class LocalJoined(Frozen, frozen=True):
    """The two halves of a Local channel, which carry one call between two places of the dialplan."""

    at: datetime
    one: Channel
    two: Channel


class HoldBegan(Frozen, frozen=True):
    at: datetime
    channel: Channel


class HoldEnded(Frozen, frozen=True):
    at: datetime
    channel: Channel


class MusicBegan(Frozen, frozen=True):
    """This channel hears music on hold: it waits in a queue, or someone holds it."""

    at: datetime
    channel: Channel


class MusicEnded(Frozen, frozen=True):
    at: datetime
    channel: Channel


class QueueEntered(Frozen, frozen=True):
    """``position`` from 1; ``behind``: how many were waiting already and come after this caller all the same."""

    at: datetime
    channel: Channel
    queue: str
    position: int
    behind: int = 0


class QueueAsked(Frozen, frozen=True):
    """The dialplan is about to put the caller into a queue for at most ``timeout`` seconds (None: for ever)."""

    at: datetime
    channel: Channel
    queue: str
    timeout: int | None


class ConsultTold(Frozen, frozen=True):
    """The dialplan says how the dialling of a consultation ended (DIALSTATUS)."""

    at: datetime
    channel: Channel
    status: str


class OfferTold(Frozen, frozen=True):
    """The dialplan says how the ringing of the agent to whom Helin had sent a caller ended (DIALSTATUS)."""

    at: datetime
    channel: Channel
    interface: str
    status: str


class LeadDialled(Frozen, frozen=True):
    """A campaign dials this channel for this agent, who has looked at the lead and waits for the answer."""

    at: datetime
    channel: str
    agent: str


class DialledTold(Frozen, frozen=True):
    """The dialplan says who answered a campaign's call, or that no agent came in time: person, machine, abandoned."""

    at: datetime
    channel: Channel
    status: Heard


class QueueTold(Frozen, frozen=True):
    """What the queue told the dialplan at its end, in app_queue's words: TIMEOUT, WITHDRAW, LEAVEEMPTY, …

    ``queue`` where it is known.
    """

    at: datetime
    channel: Channel
    status: str
    queue: str = ""


class CallbackAsked(Frozen, frozen=True):
    """The caller has pressed the key for a callback instead of waiting, and waits for a word whether it is kept."""

    at: datetime
    channel: Channel
    queue: str


class QueueExited(Frozen, frozen=True):
    """The caller left the queue, for whatever reason; the reason comes from other events."""

    at: datetime
    channel: Channel
    queue: str


class QueueGivenUp(Frozen, frozen=True):
    """The caller left without an agent: hung up, timed out, withdrawn, or the queue was empty (one event for all)."""

    at: datetime
    channel: Channel
    queue: str
    wait_seconds: int


class MemberCalled(Frozen, frozen=True):
    """The queue rings ``member`` for ``channel``. ``interface`` is the member's."""

    at: datetime
    channel: Channel
    member: Channel
    queue: str
    interface: str


class MemberConnected(Frozen, frozen=True):
    at: datetime
    channel: Channel
    member: Channel
    queue: str
    interface: str


class MemberCompleted(Frozen, frozen=True):
    """The queue's view of the end of a talk. ``reason``: caller, agent or transfer. ``member`` None: already gone."""

    at: datetime
    channel: Channel
    member: Channel | None
    queue: str
    interface: str
    reason: str


class MemberMissed(Frozen, frozen=True):
    """The queue stopped ringing this member, which did not answer."""

    at: datetime
    channel: Channel
    member: Channel | None
    queue: str
    interface: str


class MemberChanged(Frozen, frozen=True):
    """A queue member as it is now (it appeared, was paused, its device changed)."""

    at: datetime
    member: MemberSeen


class MemberGone(Frozen, frozen=True):
    at: datetime
    queue: str
    interface: str


class DeviceChanged(Frozen, frozen=True):
    """``state``: NOT_INUSE, INUSE, RINGING, UNAVAILABLE, ONHOLD, … of ``device``, e.g. ``PJSIP/1001``."""

    at: datetime
    device: str
    state: str


class Transferred(Frozen, frozen=True):
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


class OriginateEnded(Frozen, frozen=True):
    """The answer to an Originate. ``channel`` is its id, None when it never came to one; ``reason``: 4 answered, …"""

    at: datetime
    channel: str | None
    ok: bool
    reason: int
    exten: str
    name: str
    application: str = ""


class SpyBegan(Frozen, frozen=True):
    """``spy`` listens to ``spied``: no party of the call."""

    at: datetime
    spy: Channel
    spied: Channel


class SpyEnded(Frozen, frozen=True):
    """``spy`` listens no more."""

    at: datetime
    spy: Channel


class RecordingBegan(Frozen, frozen=True):
    """The dialplan records this channel into ``file``, a path below the folder of recordings, already checked."""

    at: datetime
    channel: Channel
    file: str


class RecorderBegan(Frozen, frozen=True):
    """Something, maybe not our dialplan, began to record this channel."""

    at: datetime
    channel: Channel


class RecordingMuted(Frozen, frozen=True):
    """Asterisk writes silence into this channel's recordings from now on, in both directions, or sound again."""

    at: datetime
    channel: Channel
    muted: bool


class ShuttingDown(Frozen, frozen=True):
    """Asterisk says that it goes down; ``restart``: it will come back."""

    at: datetime
    restart: bool


class Suspicious(Frozen, frozen=True):
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
    | DialledTold
    | LeadDialled
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
    | SpyEnded
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
    | AlarmsJudged
    | Snapshot
    | CallerFound
    | ActionDone
    | Tick
    | Present
    | RequestsSeen
    | RequestMoved
    | Command
)
