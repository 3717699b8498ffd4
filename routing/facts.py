"""What happened: the journal's words, and what every panel and report is made of.

A fact is small, frozen and final. Facts about a call carry its ``call`` id; :func:`routing.story.fold` turns them into
the call's record, and that one function serves the live board, the stored projections and the rebuild alike. Times are
aware UTC stamps. ``agent`` is always the agent's login (or the bare interface, e.g. ``PJSIP/1009``, of a phone that no
user owns). ``leg`` is the channel's unique id at its Asterisk.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from routing.frozen import Frozen
from routing.letters import RequestKind, RequestState

Direction = Literal["inbound", "outbound", "internal"]
Outcome = Literal["answered", "abandoned", "timed_out", "queue_empty", "withdrawn", "no_answer", "busy", "failed"]
EndedBy = Literal["caller", "agent", "system"]
QueueLeft = Literal["answered", "abandoned", "timed_out", "queue_empty", "withdrawn"]
MissReason = Literal["no_answer", "busy", "cancelled", "failed"]
TransferKind = Literal["blind", "attended", "redirect", "conference"]
Party = Literal["caller", "agent", "outside"]
Availability = Literal["offline", "ready", "wrap_up", "paused"]
ConsultState = Literal["ringing", "talking", "held", "failed", "over"]
Heard = Literal["person", "machine", "abandoned"]
AgentLeg = Literal["none", "ringing", "talking", "hold"]


class CallArrived(Frozen, frozen=True):
    """A story begins. ``number``: the outside party's (E.164 if it can be read as one), ``name``: its own claim."""

    call: str
    at: datetime
    asterisk: str
    direction: Direction
    number: str | None
    name: str | None
    did: str | None
    estimated: bool = False


class CallerKnown(Frozen, frozen=True):
    """The look-up answered. ``contact``: set when exactly one contact owns the number; ``tier``: the best tier found.

    ``pop`` is the whole answer for the agent's screen, as JSON text ``{"contacts": […], "history": […]}``; it is passed
    to panels and never journaled (the store blanks it).
    """

    call: str
    at: datetime
    contact: str | None
    tier: str | None
    pop: str = ""


class CallQueued(Frozen, frozen=True):
    call: str
    at: datetime
    queue: str


class RequestRanked(Frozen, frozen=True):
    """The request's place was reckoned anew. ``reasons`` are words and points that add up to ``score``."""

    call: str
    at: datetime
    score: float
    reasons: tuple[tuple[str, float], ...]


class CallUnqueued(Frozen, frozen=True):
    call: str
    at: datetime
    queue: str
    reason: QueueLeft
    estimated: bool = False


class LegStarted(Frozen, frozen=True):
    call: str
    at: datetime
    leg: str
    party: Party
    agent: str | None
    number: str | None
    estimated: bool = False


class LegAnswered(Frozen, frozen=True):
    """This channel's phone went off the hook: a dialled one was answered, or an agent lifted it to dial."""

    call: str
    at: datetime
    leg: str
    estimated: bool = False


class LegEnded(Frozen, frozen=True):
    """``cause`` is the ITU-T Q.850 cause value that Asterisk gives in Hangup, None when it was not seen."""

    call: str
    at: datetime
    leg: str
    cause: int | None
    estimated: bool = False


class AgentRinging(Frozen, frozen=True):
    call: str
    at: datetime
    agent: str
    leg: str


class AgentMissed(Frozen, frozen=True):
    """The ring at this agent ended without an answer."""

    call: str
    at: datetime
    agent: str
    leg: str
    reason: MissReason


class CallAnswered(Frozen, frozen=True):
    """A segment begins: this agent talks with the outside party (in an internal or consultation call: a colleague)."""

    call: str
    at: datetime
    agent: str
    leg: str
    estimated: bool = False


class CallHeld(Frozen, frozen=True):
    call: str
    at: datetime
    agent: str
    leg: str


class CallResumed(Frozen, frozen=True):
    call: str
    at: datetime
    agent: str
    leg: str


class CallTransferred(Frozen, frozen=True):
    """``to`` is a login, a queue or a number, as far as it is known."""

    call: str
    at: datetime
    agent: str
    to: str | None
    kind: TransferKind


class ConsultChanged(Frozen, frozen=True):
    """An agent asks somebody beside the caller. ``held``: the agent is with the caller again and ``to`` waits.

    ``failed``: nobody came to it, ``reason`` says why (``busy``, ``no_answer``, ``failed``); ``over``: it is no more.
    """

    call: str
    at: datetime
    agent: str
    to: str | None
    state: ConsultState
    reason: str | None = None


class ConferenceChanged(Frozen, frozen=True):
    """``on``: three or more are in one talk now."""

    call: str
    at: datetime
    on: bool


class SegmentEnded(Frozen, frozen=True):
    call: str
    at: datetime
    agent: str
    leg: str
    ended_by: EndedBy | None
    transferred_to: str | None = None
    estimated: bool = False


class RecordingStarted(Frozen, frozen=True):
    """The dialplan records ``leg`` into ``file``: a path below the folder of recordings, with ``/`` in between."""

    call: str
    at: datetime
    file: str
    leg: str
    estimated: bool = False


class RecordingPaused(Frozen, frozen=True):
    """Asterisk confirmed: silence is written in both directions. ``by``: the login who wanted it, None if unknown."""

    call: str
    at: datetime
    leg: str
    by: str | None


class RecordingResumed(Frozen, frozen=True):
    """Sound is written again; only ever because somebody wanted it."""

    call: str
    at: datetime
    leg: str
    by: str | None


class AttemptHeard(Frozen, frozen=True):
    """What the dialplan found out about somebody whom a campaign has dialled and who answered: a person, who waits for
    an agent now, a machine, or ``abandoned``: no agent came in time, and they hear the message of the law."""

    call: str
    at: datetime
    heard: Heard


class CallMerged(Frozen, frozen=True):
    """``call`` proved to be part of ``into`` (an attended transfer joined them); its record is absorbed and removed."""

    call: str
    at: datetime
    into: str


class CallEnded(Frozen, frozen=True):
    call: str
    at: datetime
    outcome: Outcome
    ended_by: EndedBy | None
    estimated: bool = False


class TalkReconciled(Frozen, frozen=True):
    """A talk by Asterisk's own records: one that is here by its ``leg`` and was estimated, or one that nobody saw."""

    agent: str
    leg: str
    started_at: datetime
    ended_at: datetime
    transferred_to: str | None = None


class CallReconciled(Frozen, frozen=True):
    """Asterisk's own records (``source``) say what nobody here saw of a call. ``at``: when they were read.

    It changes only what was estimated, and what it says stays estimated. ``talks``: those that are to be added, or
    whose times are. ``queue``, ``queued_at``: where the call came to wait first, if that was not seen. ``started_at``:
    when it began, if it was met later.
    """

    call: str
    at: datetime
    source: str
    ended_at: datetime
    outcome: Outcome
    ended_by: EndedBy | None
    talks: tuple[TalkReconciled, ...] = ()
    queue: str | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None


class AgentChanged(Frozen, frozen=True):
    """The agent's whole state: two small tables side by side (``routing.agents``).

    ``since``: of this state, leg and reason; a pause goes on behind a call that was made in it. ``booked``: the reason
    of the pause that begins when this call, and a required wrap-up, is over. ``by``: who brought the availability
    about, a login or ``system`` (Helin itself), None: not known. ``until``: when the wrap-up's time is over.
    ``paused_in``: queues that send nothing while others do. ``phone_busy``: the phone is in use, and not by a call.
    """

    agent: str
    at: datetime
    availability: Availability
    leg: AgentLeg
    reason: str | None
    since: datetime
    queues: tuple[str, ...]
    call: str | None
    reachable: bool
    booked: str | None = None
    by: str | None = None
    until: datetime | None = None
    paused_in: tuple[str, ...] = ()
    phone_busy: bool = False


class QueueSeen(Frozen, frozen=True):
    """A queue that Asterisk has, with the interfaces' owners that serve it now."""

    queue: str
    at: datetime
    asterisk: str
    agents: tuple[str, ...]


class QueueGone(Frozen, frozen=True):
    """Asterisk has this queue no longer."""

    queue: str
    at: datetime
    asterisk: str


class LinkChanged(Frozen, frozen=True):
    """``state``: connecting, syncing, ready, down. ``reason`` is one sentence for the operator."""

    asterisk: str
    at: datetime
    state: Literal["connecting", "syncing", "ready", "down"]
    reason: str
    boot: str | None = None


class AlarmChanged(Frozen, frozen=True):
    """A queue's figure passed its limit (``on``), or is well again. ``since``: when it was raised; with ``queue`` and
    ``measure`` (:mod:`routing.alarms`) it names the alarm. ``value``: the figure at that moment."""

    queue: str
    measure: str
    at: datetime
    asterisk: str
    on: bool
    since: datetime
    value: float
    limit: float


class LinkAlive(Frozen, frozen=True):
    """Proof of life every few seconds: where a gap begins when the service is killed. One stored row, not journaled."""

    asterisk: str
    at: datetime
    boot: str


class Drifted(Frozen, frozen=True):
    """Asterisk said what the tables did not expect, or what was quarantined. Counted and logged, never fatal."""

    asterisk: str
    at: datetime
    what: str


class WrittenChanged(Frozen, frozen=True):
    """A written request (:mod:`routing.letters`) as the store has it now.

    ``version`` grows with each change: by it an older word is known. ``until``: when the offer, or being parked,
    is over. ``name`` and ``title`` are the writer's own words; they are passed to panels and never journaled.
    """

    request: str
    at: datetime
    kind: RequestKind
    queue: str
    state: RequestState
    agent: str | None
    since: datetime
    version: int
    due_at: datetime | None
    contact: str | None
    tier: str | None
    name: str | None = None
    title: str = ""
    until: datetime | None = None
    score: float | None = None
    reasons: tuple[tuple[str, float], ...] = ()


ListenMode = Literal["listen", "whisper", "barge", "other"]
"""What the listener's voice reaches: nobody, the agent, both. ``other``: a spy that Helin did not send."""


class ListenChanged(Frozen, frozen=True):
    """Somebody listens to an agent's call: begun, in another mode, or over (``until``). For the audit and for panels.

    It is no fact of the call: whoever listens is no party, and the call's record is the same without them. ``listener``
    and ``agent``: logins, or a phone's interface where it is nobody's.
    """

    listener: str
    at: datetime
    asterisk: str
    call: str
    agent: str
    mode: ListenMode
    since: datetime
    until: datetime | None = None
    estimated: bool = False


class HelpChanged(Frozen, frozen=True):
    """An agent asks for help in a call, or (``until``) does so no more. ``by``: who came or put it away; None: it
    ended with the talk. ``text``: the agent's own words."""

    agent: str
    at: datetime
    asterisk: str
    call: str
    text: str
    since: datetime
    until: datetime | None = None
    by: str | None = None


class WrittenRanked(Frozen, frozen=True):
    """A written request's place was reckoned anew, as RequestRanked says it of a call. Not journaled."""

    request: str
    at: datetime
    score: float
    reasons: tuple[tuple[str, float], ...]


CallFact = (
    CallArrived
    | CallerKnown
    | CallQueued
    | RequestRanked
    | CallUnqueued
    | LegStarted
    | LegAnswered
    | LegEnded
    | AgentRinging
    | AgentMissed
    | CallAnswered
    | CallHeld
    | CallResumed
    | CallTransferred
    | ConsultChanged
    | ConferenceChanged
    | SegmentEnded
    | RecordingStarted
    | RecordingPaused
    | RecordingResumed
    | AttemptHeard
    | CallMerged
    | CallEnded
    | CallReconciled
)
WrittenFact = WrittenChanged | WrittenRanked
StepInFact = ListenChanged | HelpChanged
OtherFact = AgentChanged | QueueSeen | QueueGone | LinkChanged | LinkAlive | Drifted | AlarmChanged
Fact = CallFact | OtherFact | WrittenFact | StepInFact

CALL_FACTS: tuple[type, ...] = (
    CallArrived, CallerKnown, CallQueued, RequestRanked, CallUnqueued, LegStarted, LegAnswered, LegEnded, AgentRinging,
    AgentMissed, CallAnswered, CallHeld, CallResumed, CallTransferred, ConsultChanged, ConferenceChanged, SegmentEnded,
    RecordingStarted, RecordingPaused, RecordingResumed, AttemptHeard, CallMerged, CallEnded, CallReconciled,
)  # fmt: skip
FACTS: tuple[type, ...] = (
    *CALL_FACTS, AgentChanged, QueueSeen, QueueGone, LinkChanged, LinkAlive, Drifted, WrittenChanged, WrittenRanked,
    ListenChanged, HelpChanged, AlarmChanged,
)  # fmt: skip


class Recorded(Frozen, frozen=True):
    """A fact with its place: ``stream`` names one engine's run, ``seq`` counts its facts from 1 without a hole."""

    stream: str
    seq: int
    fact: Fact
