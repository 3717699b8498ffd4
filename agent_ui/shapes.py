"""How calls, agents and queues look in JSON, on the panel's socket and in the API alike (panel-protocol.md).

msgspec structs, because the ring goes through here; the API's OpenAPI schemas are made from these same classes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from routing.events import PopOn
from routing.facts import (
    AgentChanged,
    AgentLeg,
    Availability,
    Direction,
    EndedBy,
    HelpChanged,
    ListenChanged,
    ListenMode,
    Outcome,
    WrittenChanged,
)
from routing.letters import RequestKind, RequestState
from routing.service_level import Counts, EmptyInterval, Formula, shown_level
from routing.story import Call, Consult, Leg, Segment
from routing.today import Figures

_encoder = msgspec.json.Encoder()


def encode(value: object) -> bytes:
    """JSON. A lone surrogate (what was no UTF-8 on Asterisk's wire) becomes a question mark."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_readable(msgspec.to_builtins(value)))


def _readable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_readable(key): _readable(one) for key, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list | tuple) else value


class ReasonShape(msgspec.Struct, frozen=True):
    """A part of a score, in words and points."""

    reason: str
    points: float


class SegmentShape(msgspec.Struct, frozen=True):
    """One agent's talk in a call. ``talked_seconds``, hold included, is null while it lasts."""

    agent: str
    started_at: datetime
    ended_at: datetime | None
    talked_seconds: float | None
    held: bool
    held_since: datetime | None
    held_seconds: float
    ended_by: EndedBy | None
    transferred_to: str | None
    estimated: bool


class ConsultShape(msgspec.Struct, frozen=True):
    """What ``agent`` does beside the caller, who hears music unless the state is ``held`` or ``failed``."""

    agent: str
    to: str | None
    state: Literal["ringing", "talking", "held", "failed"]
    reason: Literal["busy", "no_answer", "failed"] | None


class CallShape(msgspec.Struct, frozen=True, kw_only=True):
    """One story, whatever happened in it."""

    id: str
    asterisk: str
    direction: Direction
    state: Literal["active", "ended"]
    number: str | None
    name: str | None
    did: str | None
    queue: str | None
    started_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    ended_by: EndedBy | None
    estimated: bool
    waiting: bool
    waiting_in: str | None
    waiting_since: datetime | None
    waited_seconds: float | None
    ringing: tuple[str, ...]
    segments: list[SegmentShape]
    transfers: int
    consult: ConsultShape | None
    conference: bool
    contact: str | None
    tier: str | None
    score: float | None
    reasons: list[ReasonShape]
    recording: Literal["on", "paused"] | None


class RecordingPauseShape(msgspec.Struct, frozen=True):
    """A stretch of silence. The seconds are places in the file, as near as the talks' times allow."""

    at: datetime
    until: datetime | None
    by: str | None
    resumed_by: str | None
    from_seconds: float
    to_seconds: float | None


class ListenedShape(msgspec.Struct, frozen=True):
    at: datetime
    who: str


class RecordingShape(msgspec.Struct, frozen=True, kw_only=True):
    """One recording of a call; ``n`` counts from 1. ``listened`` is null for those who may not know."""

    n: int
    state: Literal["ready", "running", "missing", "erased"]
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    pauses: list[RecordingPauseShape]
    erased_at: datetime | None
    erased_by: str | None
    held_by: str | None
    listened: list[ListenedShape] | None


class PeaksShape(msgspec.Struct, frozen=True):
    """``peaks``: the loudest moment, 0 to 100, of each of at most 1,000 equal parts of ``seconds``."""

    seconds: float
    peaks: tuple[int, ...]


class StoryShape(CallShape, frozen=True, kw_only=True):
    """A call with its legs, and everything that happened in it, in order: each fact with its ``kind`` and ``at``."""

    legs: tuple[Leg, ...]
    facts: list[dict[str, Any]]


class AgentShape(msgspec.Struct, frozen=True):
    """``state`` and ``leg`` are two things: an agent who talks stays ready. The rest as in facts.AgentChanged."""

    id: str
    state: Availability
    leg: AgentLeg
    reason: str | None
    since: datetime | None
    queues: tuple[str, ...]
    call: str | None
    reachable: bool
    booked: str | None = None
    by: str | None = None
    until: datetime | None = None
    paused_in: tuple[str, ...] = ()
    phone_busy: bool = False


class ListenShape(msgspec.Struct, frozen=True):
    """``listener`` hears ``agent`` in this call. ``mode``: as in facts.ListenMode."""

    listener: str
    agent: str
    call: str
    mode: ListenMode
    since: datetime


class HelpShape(msgspec.Struct, frozen=True):
    """``agent`` asks for help; ``text`` is what they wrote, maybe empty."""

    agent: str
    call: str
    text: str
    since: datetime


class ColleagueShape(msgspec.Struct, frozen=True):
    """All that one agent may know of another: who it is, and whether it makes sense to pass a call on to them.

    ``busy``: in a call or in wrap-up; ``away``: paused, logged out of the queues they have, or without a phone.
    """

    id: str
    name: str
    state: Literal["free", "busy", "away"]


class AgentCounts(msgspec.Struct, frozen=True):
    """``busy``: agents whose leg is not none; the others are of agents whose leg is none."""

    ready: int
    busy: int
    wrap_up: int
    paused: int
    offline: int


class CountsShape(msgspec.Struct, frozen=True):
    """Calls, as ``GET /reports/service-level`` counts them. ``service_level``: 0 to 1 by ``formula``, null: of none."""

    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    abandoned_short: int
    formula: Formula
    service_level: float | None


class TodayShape(msgspec.Struct, frozen=True):
    """``since``: midnight of the queue's zone. ``recent``: the last 30 minutes."""

    since: datetime
    day: CountsShape
    recent: CountsShape


class QueueShape(msgspec.Struct, frozen=True, kw_only=True):
    """``waiting``: callers; ``written``: requests that are no calls and wait, ``kinds`` how many of each kind.
    ``today`` null: not counted yet, soon after a start.

    ``pop_url``: template of a page that opens with the pop: {number}, {contact}, {call}, {queue}, each encoded."""

    name: str
    mode: Literal["assist", "direct"]
    target_seconds: int
    max_wait_seconds: int
    wrap_up_seconds: int
    wrap_up_required: bool
    pop_on: PopOn
    pop_url: str | None
    auto_pause: bool
    waiting: int
    written: int
    kinds: dict[RequestKind, int]
    oldest_queued_at: datetime | None
    agents: AgentCounts
    today: TodayShape | None


class RequestShape(msgspec.Struct, frozen=True, kw_only=True):
    """A written request. ``since``: its place in line; ``until``: when the offer, or being parked, is over."""

    id: str
    kind: RequestKind
    queue: str
    state: RequestState
    agent: str | None
    since: datetime
    due_at: datetime | None
    until: datetime | None
    contact: str | None
    tier: str | None
    name: str | None
    title: str


class WaitingShape(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a queue; position 1 is served first. Either ``call`` or ``request`` has its id.

    ``queued_at``: its place in line. ``title``: what a written request is about.
    """

    kind: Literal["call", "callback", "form", "mail", "ticket"]
    call: str | None
    request: str | None
    title: str | None
    due_at: datetime | None
    position: int
    number: str | None
    name: str | None
    tier: str | None
    queued_at: datetime
    score: float | None
    reasons: list[ReasonShape]


class AlarmShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last four only of a queue that has passed a limit; ``measure`` as in :mod:`routing.alarms`."""

    id: str
    level: Literal["error", "warning"]
    text: str
    since: datetime
    queue: str | None = None
    measure: str | None = None
    value: float | None = None
    limit: float | None = None


def call_shape(call: Call, now: datetime) -> CallShape:
    """``now`` is only for the wait of a caller who is still waiting."""
    return CallShape(
        id=call.id,
        asterisk=call.asterisk,
        direction=call.direction,
        state="active" if call.ended_at is None else "ended",
        number=call.number,
        name=call.name,
        did=call.did,
        queue=call.queue,
        started_at=call.started_at,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        outcome=call.outcome,
        ended_by=call.ended_by,
        estimated=call.estimated,
        waiting=call.waiting,
        waiting_in=call.waiting_in,
        waiting_since=call.waiting_since,
        waited_seconds=_rounded(call.waited_seconds(now)),
        ringing=call.ringing,
        segments=[_segment(segment) for segment in call.segments],
        transfers=call.transfers,
        consult=_consult(call.consult),
        conference=call.conference,
        contact=call.contact,
        tier=call.tier,
        score=call.score,
        reasons=reasons(call),
        recording=call.recording,
    )


def reasons(of: Call | WrittenChanged) -> list[ReasonShape]:
    return [ReasonShape(word, points) for word, points in of.reasons]


def request_shape(of: WrittenChanged) -> RequestShape:
    return RequestShape(
        id=of.request,
        kind=of.kind,
        queue=of.queue,
        state=of.state,
        agent=of.agent,
        since=of.since,
        due_at=of.due_at,
        until=of.until,
        contact=of.contact,
        tier=of.tier,
        name=of.name,
        title=of.title,
    )


def agent_shape(agent: AgentChanged) -> AgentShape:
    return AgentShape(
        agent.agent,
        agent.availability,
        agent.leg,
        agent.reason,
        agent.since,
        agent.queues,
        agent.call,
        agent.reachable,
        agent.booked,
        agent.by,
        agent.until,
        agent.paused_in,
        agent.phone_busy,
    )


def on_a_wall(agent: AgentShape) -> AgentShape:
    """Of which call, and who made it so, is nobody's business who passes by."""
    return msgspec.structs.replace(agent, call=None, by=None)


def listen_shape(one: ListenChanged) -> ListenShape:
    return ListenShape(one.listener, one.agent, one.call, one.mode, one.since)


def help_shape(one: HelpChanged) -> HelpShape:
    return HelpShape(one.agent, one.call, one.text, one.since)


def colleague_shape(agent: AgentShape, name: str, has_queues: bool) -> ColleagueShape:
    """Who has no queues is never logged in, and may be free all the same."""
    state: Literal["free", "busy", "away"] = "free"
    if agent.state == "paused" or (agent.state == "offline" and has_queues) or not agent.reachable:
        state = "away"
    if agent.leg != "none" or agent.state == "wrap_up":
        state = "busy"
    return ColleagueShape(agent.id, name, state)


def today_shape(of: Figures | None, formula: Formula = "offered") -> TodayShape | None:
    if of is None:
        return None
    return TodayShape(of.since, _counts(of.day, formula, of.empty), _counts(of.recent, formula, of.empty))


def _counts(of: Counts, formula: Formula, empty: EmptyInterval) -> CountsShape:
    level = shown_level(formula, of, empty)
    return CountsShape(
        of.offered,
        of.answered,
        of.answered_within,
        of.abandoned,
        of.abandoned_within,
        of.abandoned_short,
        formula,
        None if level is None else round(level, 4),
    )


def unseen_agent(login: str) -> AgentShape:
    """An agent of whom no engine has said anything."""
    return AgentShape(login, "offline", "none", None, None, (), None, False)


def _consult(consult: Consult | None) -> ConsultShape | None:
    if consult is None:
        return None
    # The fold keeps no "over", and a reason is one of routing.consulting's: narrower than their types say.
    return ConsultShape(consult.agent, consult.to, consult.state, consult.reason)  # type: ignore[arg-type]


def _segment(segment: Segment) -> SegmentShape:
    return SegmentShape(
        segment.agent,
        segment.started_at,
        segment.ended_at,
        _rounded(segment.talked_seconds),
        segment.held_since is not None,
        segment.held_since,
        segment.held_seconds,
        segment.ended_by,
        segment.transferred_to,
        segment.estimated,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
