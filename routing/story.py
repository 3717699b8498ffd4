"""A call's record as a fold over its facts.

``fold`` is the only place that knows how a fact changes a call. The Switchboard keeps its live calls with it, the store
its projections, a panel's board its picture, and ``helin rebuild`` starts from nothing with it: so they cannot differ.
Rules: the first terminal state wins; a fact that says what is known already changes nothing but ``version``; a fact
about a call that ended may still add what the record lacks (a leg's end, the contact), never move its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.facts import AgentLeg, CallFact, Direction, EndedBy, Outcome, Party


@dataclass(frozen=True, slots=True)
class Leg:
    """One channel of a call."""

    leg: str
    party: Party
    agent: str | None
    number: str | None
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
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


@dataclass(frozen=True, slots=True)
class Call:
    """One story, whatever happened in it. ``version`` counts the facts folded in."""

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

    @property
    def active(self) -> bool:
        return self.ended_at is None

    @property
    def waiting(self) -> bool:
        """In a queue now."""
        return self.active and self.queued_at is not None and self.unqueued_at is None


def fold(call: Call | None, fact: CallFact) -> Call | None:
    """The call after ``fact``; None before its CallArrived (or after it was merged away)."""
    raise NotImplementedError


def leg_of(call: Call, agent: str) -> AgentLeg:
    """What this agent is doing in this call."""
    raise NotImplementedError
