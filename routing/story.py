"""A call's record as a fold over its facts.

``fold`` is the only place that knows how a fact changes a call. The Switchboard keeps its live calls with it, the store
its projections, a panel's board its picture, and ``helin rebuild`` starts from nothing with it: so they cannot differ.
Rules: the first terminal state wins; a fact that says what is known already changes nothing but ``version``; a fact
about a call that ended may still add what the record lacks (a leg's end, the contact), never move its end.

Two questions look alike and are not. ``queue``, ``queued_at`` and ``unqueued_at`` are the report's: the queue that the
caller came to, also when the dialplan let the wait overflow into another one, and the whole wait until the first
answer. ``waiting_in`` and ``waiting_since`` are the board's: where the call waits at this moment, also when an agent
has sent it back into a queue.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from msgspec.structs import replace

from routing.facts import (
    AgentLeg,
    AgentMissed,
    AgentRinging,
    AttemptHeard,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerKnown,
    CallFact,
    CallHeld,
    CallMerged,
    CallQueued,
    CallReconciled,
    CallResumed,
    CallTransferred,
    CallUnqueued,
    ConferenceChanged,
    ConsultChanged,
    ConsultState,
    Direction,
    EndedBy,
    Heard,
    LegAnswered,
    LegEnded,
    LegStarted,
    Outcome,
    Party,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RequestRanked,
    SegmentEnded,
)
from routing.frozen import Frozen


class Leg(Frozen, frozen=True):
    """One channel of a call. ``answered_at``: when its phone went off the hook."""

    leg: str
    party: Party
    agent: str | None
    number: str | None
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int | None = None
    estimated: bool = False


class Segment(Frozen, frozen=True):
    """One agent's talk in a call. Times of hold are inside it, reckoned in ``held_seconds``."""

    agent: str
    leg: str
    started_at: datetime
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    transferred_to: str | None = None
    held_since: datetime | None = None
    held_seconds: float = 0.0
    estimated: bool = False

    @property
    def talked_seconds(self) -> float | None:
        """From answer to end, hold included; None while it lasts."""
        return None if self.ended_at is None else max(0.0, (self.ended_at - self.started_at).total_seconds())


class Pause(Frozen, frozen=True):
    """A stretch of silence in a recording. ``until`` None: to its end, or it lasts."""

    at: datetime
    by: str | None
    until: datetime | None = None
    resumed_by: str | None = None


class Recording(Frozen, frozen=True):
    """The sound of one leg with whomever it talked. ``file``: a path below the folder of recordings."""

    file: str
    leg: str
    started_at: datetime
    ended_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


class Consult(Frozen, frozen=True):
    """What an agent does beside the caller; ``state`` is never ``over``."""

    agent: str
    to: str | None
    state: ConsultState
    reason: str | None = None


class Call(Frozen, frozen=True):
    """One story, whatever happened in it. ``version`` counts the facts folded in. ``heard``: by a campaign."""

    id: str
    asterisk: str
    direction: Direction
    number: str | None
    name: str | None
    did: str | None
    started_at: datetime
    version: int = 1
    queue: str | None = None
    queued_at: datetime | None = None
    unqueued_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    ended_by: EndedBy | None = None
    estimated: bool = False
    contact: str | None = None
    tier: str | None = None
    score: float | None = None
    reasons: tuple[tuple[str, float], ...] = ()
    transfers: int = 0
    ringing: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    legs: tuple[Leg, ...] = ()
    waiting_in: str | None = None
    waiting_since: datetime | None = None
    consult: Consult | None = None
    conference: bool = False
    recordings: tuple[Recording, ...] = ()
    heard: Heard | None = None

    @property
    def recording(self) -> Literal["on", "paused"] | None:
        """Whether it is being recorded now. ``paused`` only if nothing at all of it is written."""
        running = [each for each in self.recordings if each.ended_at is None] if self.active else []
        if not running:
            return None
        return "paused" if all(each.paused for each in running) else "on"

    @property
    def active(self) -> bool:
        return self.ended_at is None

    @property
    def waiting(self) -> bool:
        """In a queue now (``waiting_in``)."""
        return self.waiting_in is not None

    def waited_seconds(self, now: datetime | None = None) -> float | None:
        """The outside party's wait until the first answer or the end; up to ``now`` while it lasts, else None."""
        until = self.answered_at or self.unqueued_at or self.ended_at or now
        return None if until is None else max(0.0, (until - (self.queued_at or self.started_at)).total_seconds())


def fold(call: Call | None, fact: CallFact) -> Call | None:
    """The call after ``fact``; None before its CallArrived (or after it was merged away)."""
    if call is None:
        return _begin(fact) if isinstance(fact, CallArrived) else None
    after = _STEPS[type(fact)](call, fact)
    # A step may make use of another one; a fact counts once all the same.
    if after is None or after.version == call.version + 1:
        return after
    return replace(after, version=call.version + 1)


def leg_of(call: Call, agent: str) -> AgentLeg:
    """What this agent is doing in this call. A lifted phone that talks to nobody yet (it dials) counts as talking."""
    if not call.active:
        return "none"
    lifted = {
        leg.leg for leg in call.legs if leg.agent == agent and leg.ended_at is None and leg.answered_at is not None
    }
    if lifted:
        held = {each.leg for each in call.segments if each.ended_at is None and each.held_since is not None}
        return "hold" if lifted <= held else "talking"
    return "ringing" if agent in call.ringing else "none"


def _begin(fact: CallArrived) -> Call:
    return Call(
        id=fact.call,
        asterisk=fact.asterisk,
        direction=fact.direction,
        number=fact.number,
        name=fact.name,
        did=fact.did,
        started_at=fact.at,
        estimated=fact.estimated,
    )


def _arrived(call: Call, fact: CallArrived) -> Call:
    """Said again: only what the record lacks is taken; with the outside number comes that it is no internal call.

    Who is met anew, as if the call had just come, has a past that was not seen.
    """
    return replace(
        call,
        version=call.version + 1,
        direction=fact.direction if call.number is None and fact.number is not None else call.direction,
        number=call.number or fact.number,
        name=call.name or fact.name,
        did=call.did or fact.did,
        estimated=call.estimated or fact.estimated,
    )


def _known(call: Call, fact: CallerKnown) -> Call:
    return replace(call, version=call.version + 1, contact=fact.contact or call.contact, tier=fact.tier or call.tier)


def _queued(call: Call, fact: CallQueued) -> Call:
    if not call.active or call.waiting_in == fact.queue:
        return _counted(call)
    call = replace(call, version=call.version + 1, waiting_in=fact.queue, waiting_since=fact.at)
    if call.queued_at is None:
        return replace(call, queue=fact.queue, queued_at=fact.at)
    return call if call.answered_at is not None else replace(call, unqueued_at=None)


def _ranked(call: Call, fact: RequestRanked) -> Call:
    if not call.active:
        return _counted(call)
    return replace(call, version=call.version + 1, score=fact.score, reasons=fact.reasons)


def _unqueued(call: Call, fact: CallUnqueued) -> Call:
    if call.waiting_in != fact.queue:
        return _counted(call)
    return replace(
        call,
        version=call.version + 1,
        waiting_in=None,
        waiting_since=None,
        unqueued_at=call.unqueued_at or fact.at,
        estimated=call.estimated or fact.estimated,
    )


def _leg_started(call: Call, fact: LegStarted) -> Call:
    if any(leg.leg == fact.leg for leg in call.legs):
        return _counted(call)
    leg = Leg(fact.leg, fact.party, fact.agent, fact.number, fact.at, estimated=fact.estimated)
    return replace(call, version=call.version + 1, legs=(*call.legs, leg))


def _leg_answered(call: Call, fact: LegAnswered) -> Call:
    return _with_leg_answered(call, fact.leg, fact.at)


def _leg_ended(call: Call, fact: LegEnded) -> Call:
    legs = tuple(
        replace(leg, ended_at=fact.at, cause=fact.cause, estimated=leg.estimated or fact.estimated)
        if leg.leg == fact.leg and leg.ended_at is None
        else leg
        for leg in call.legs
    )
    return replace(call, version=call.version + 1, legs=legs, recordings=_over(call, fact.at, fact.leg))


def _ringing(call: Call, fact: AgentRinging) -> Call:
    if not call.active or fact.agent in call.ringing:
        return _counted(call)
    return replace(call, version=call.version + 1, ringing=(*call.ringing, fact.agent))


def _missed(call: Call, fact: AgentMissed) -> Call:
    return replace(call, version=call.version + 1, ringing=_without(call.ringing, fact.agent))


def _answered(call: Call, fact: CallAnswered) -> Call:
    same = (segment for segment in call.segments if segment.leg == fact.leg)
    if not call.active or any(segment.ended_at is None or segment.started_at == fact.at for segment in same):
        return _counted(call)
    segment = Segment(fact.agent, fact.leg, fact.at, estimated=fact.estimated)
    call = replace(
        call,
        answered_at=call.answered_at or fact.at,
        ringing=_without(call.ringing, fact.agent),
        segments=(*call.segments, segment),
        estimated=call.estimated or fact.estimated,
    )
    return _with_leg_answered(call, fact.leg, fact.at)


def _held(call: Call, fact: CallHeld) -> Call:
    return _with_segment(call, fact.leg, lambda it: it if it.held_since else replace(it, held_since=fact.at))


def _resumed(call: Call, fact: CallResumed) -> Call:
    return _with_segment(call, fact.leg, lambda it: _let_go(it, fact.at))


def _transferred(call: Call, fact: CallTransferred) -> Call:
    return replace(call, version=call.version + 1, transfers=call.transfers + 1)


def _consult(call: Call, fact: ConsultChanged) -> Call:
    if not call.active:
        return _counted(call)
    over = fact.state == "over"
    consult = None if over else Consult(fact.agent, fact.to, fact.state, fact.reason)
    return replace(call, version=call.version + 1, consult=consult)


def _conference(call: Call, fact: ConferenceChanged) -> Call:
    return replace(call, version=call.version + 1, conference=fact.on and call.active)


def _segment_ended(call: Call, fact: SegmentEnded) -> Call:
    if call.consult is not None and call.consult.agent == fact.agent:
        call = replace(call, consult=None)
    call = _with_segment(
        call,
        fact.leg,
        lambda it: replace(
            _let_go(it, fact.at),
            ended_at=max(fact.at, it.started_at),
            ended_by=fact.ended_by,
            transferred_to=fact.transferred_to,
            estimated=it.estimated or fact.estimated,
        ),
    )
    return replace(call, estimated=True) if fact.estimated and not call.estimated else call


def _recording_started(call: Call, fact: RecordingStarted) -> Call:
    if not call.active or any(each.file == fact.file for each in call.recordings):
        return _counted(call)
    recording = Recording(fact.file, fact.leg, fact.at)
    return replace(call, version=call.version + 1, recordings=(*call.recordings, recording))


def _recording_paused(call: Call, fact: RecordingPaused) -> Call:
    pause = Pause(fact.at, fact.by)
    return _with_recording(call, fact.leg, lambda it: it if it.paused else replace(it, pauses=(*it.pauses, pause)))


def _recording_resumed(call: Call, fact: RecordingResumed) -> Call:
    def resumed(it: Recording) -> Recording:
        if not it.paused:
            return it
        last = replace(it.pauses[-1], until=max(fact.at, it.pauses[-1].at), resumed_by=fact.by)
        return replace(it, pauses=(*it.pauses[:-1], last))

    return _with_recording(call, fact.leg, resumed)


def _heard(call: Call, fact: AttemptHeard) -> Call:
    return replace(call, version=call.version + 1, heard=fact.heard)


def _merged(_call: Call, _fact: CallMerged) -> None:
    """The other call has its legs and segments by facts of its own."""


def _ended(call: Call, fact: CallEnded) -> Call:
    if not call.active:
        return _counted(call)
    open_ = (segment for segment in call.segments if segment.ended_at is None)
    for segment in open_:
        call = _segment_ended(
            call, SegmentEnded(call.id, fact.at, segment.agent, segment.leg, fact.ended_by, None, fact.estimated)
        )
    return replace(
        call,
        version=call.version + 1,
        ended_at=max(fact.at, call.started_at),
        outcome=fact.outcome,
        ended_by=fact.ended_by,
        answered_at=call.answered_at or (_picked_up(call) if fact.outcome == "answered" else None),
        estimated=call.estimated or fact.estimated,
        ringing=(),
        consult=None,
        conference=False,
        waiting_in=None,
        waiting_since=None,
        recordings=_over(call, fact.at),
        unqueued_at=fact.at if call.waiting_in is not None and call.unqueued_at is None else call.unqueued_at,
    )


def _reconciled(call: Call, fact: CallReconciled) -> Call:
    """Only what was estimated is moved; what was seen stays."""
    if call.ended_at is None or not call.estimated:
        return _counted(call)
    old: datetime = call.ended_at
    end = max(fact.ended_at, call.started_at) if end_is_estimated(call) else old
    if fact.queue is not None:
        call = replace(call, queue=fact.queue, queued_at=fact.queued_at)
    if not call.segments and fact.outcome != "answered" and end_is_estimated(call):
        call = replace(call, answered_at=None)  # it was taken for answered because its channel was up
    segments = _with_talks(call, fact, end)
    first = segments[0].started_at if segments else None
    new = first is not None and (not call.segments or first != call.segments[0].started_at)
    left = call.unqueued_at
    if call.queued_at is not None and (new or left is None or (first is None and end != old)):
        left = first or end
    return replace(
        call,
        version=call.version + 1,
        started_at=min(call.started_at, fact.started_at or call.started_at),
        ended_at=end,
        outcome=fact.outcome if end_is_estimated(call) else call.outcome,
        ended_by=(fact.ended_by or call.ended_by) if end_is_estimated(call) else call.ended_by,
        answered_at=first if new else call.answered_at,
        unqueued_at=left,
        transfers=call.transfers + len(_passed_on(segments)) - len(_passed_on(call.segments)),
        segments=segments,
        legs=tuple(
            replace(leg, ended_at=end) if leg.estimated and leg.cause is None and leg.ended_at == old else leg
            for leg in call.legs
        ),
    )


def _with_talks(call: Call, fact: CallReconciled, end: datetime) -> tuple[Segment, ...]:
    theirs = {talk.leg: talk for talk in fact.talks}
    found: list[Segment] = []
    for it in call.segments:
        talk = theirs.pop(it.leg, None)
        ends = it.estimated and it.ended_at == call.ended_at
        until = max(end, it.started_at) if ends else it.ended_at
        if talk is not None and it.estimated:
            until = talk.ended_at if ends and end != call.ended_at else until
            to = it.transferred_to or talk.transferred_to
            it = replace(it, started_at=talk.started_at, transferred_to=to)
        found.append(replace(it, ended_at=max(until or end, it.started_at)))
    for talk in theirs.values():
        by = fact.ended_by if talk.ended_at >= end else None
        found.append(
            Segment(
                talk.agent,
                talk.leg,
                talk.started_at,
                max(talk.ended_at, talk.started_at),
                by,
                talk.transferred_to,
                estimated=True,
            )
        )
    return tuple(sorted(found, key=lambda it: it.started_at))


def _passed_on(segments: tuple[Segment, ...]) -> list[Segment]:
    return [it for it in segments if it.transferred_to is not None]


def end_is_estimated(call: Call) -> bool:
    """Whether nobody saw this call end: a hangup that was seen has a cause, and leaves no leg to be ended with it.

    The last that was heard of a call may be an agent's phone that gave up ringing; then the estimate is that moment.
    """
    last = [leg for leg in call.legs if leg.ended_at == call.ended_at]
    unseen = any(leg.estimated and leg.cause is None for leg in last)
    seen = any(leg.cause is not None for leg in last)
    return call.estimated and not call.active and (unseen or not seen)


def _picked_up(call: Call) -> datetime | None:
    """When a call without an agent was answered: by the outside party that was dialled, else by the exchange."""
    lifted = [leg.answered_at for leg in call.legs if leg.answered_at is not None]
    return min(lifted, default=None)


def _counted(call: Call) -> Call:
    return replace(call, version=call.version + 1)


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name) if name in names else names


def _let_go(segment: Segment, at: datetime) -> Segment:
    if segment.held_since is None:
        return segment
    held = max(0.0, (at - segment.held_since).total_seconds())
    return replace(segment, held_since=None, held_seconds=round(segment.held_seconds + held, 6))


def _with_segment(call: Call, leg: str, change: Callable[[Segment], Segment]) -> Call:
    """The open segment of this leg changed; a call without one is only counted."""
    segments = tuple(
        change(segment) if segment.leg == leg and segment.ended_at is None else segment for segment in call.segments
    )
    return replace(call, version=call.version + 1, segments=segments)


def _with_recording(call: Call, leg: str, change: Callable[[Recording], Recording]) -> Call:
    """The running recordings of this leg changed."""
    changed = tuple(change(each) if each.leg == leg and each.ended_at is None else each for each in call.recordings)
    return replace(call, version=call.version + 1, recordings=changed)


def _over(call: Call, at: datetime, leg: str | None = None) -> tuple[Recording, ...]:
    """The recordings, those of this leg ended (None: all)."""
    return tuple(
        replace(each, ended_at=max(at, each.started_at)) if each.ended_at is None and leg in (None, each.leg) else each
        for each in call.recordings
    )


def _with_leg_answered(call: Call, channel: str, at: datetime) -> Call:
    """The leg's first answer; its agent's phone no longer rings."""
    agent: str | None = None
    legs = []
    for leg in call.legs:
        if leg.leg == channel:
            agent = leg.agent
            leg = leg if leg.answered_at is not None else replace(leg, answered_at=at)
        legs.append(leg)
    ringing = call.ringing if agent is None else _without(call.ringing, agent)
    return replace(call, version=call.version + 1, legs=tuple(legs), ringing=ringing)


_STEPS: dict[type, Callable[[Call, Any], Call | None]] = {
    CallArrived: _arrived,
    CallerKnown: _known,
    CallQueued: _queued,
    RequestRanked: _ranked,
    CallUnqueued: _unqueued,
    LegStarted: _leg_started,
    LegAnswered: _leg_answered,
    LegEnded: _leg_ended,
    AgentRinging: _ringing,
    AgentMissed: _missed,
    CallAnswered: _answered,
    CallHeld: _held,
    CallResumed: _resumed,
    CallTransferred: _transferred,
    ConsultChanged: _consult,
    ConferenceChanged: _conference,
    SegmentEnded: _segment_ended,
    RecordingStarted: _recording_started,
    RecordingPaused: _recording_paused,
    RecordingResumed: _recording_resumed,
    AttemptHeard: _heard,
    CallMerged: _merged,
    CallEnded: _ended,
    CallReconciled: _reconciled,
}
