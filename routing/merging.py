"""The record of a call that proved to be part of another one, told again as part of that."""

from __future__ import annotations

from collections.abc import Iterator

from routing.facts import (
    CallAnswered,
    CallFact,
    CallHeld,
    LegAnswered,
    LegEnded,
    LegStarted,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    SegmentEnded,
)
from routing.story import Call, Leg, Recording, Segment


def again(call: Call, into: str) -> Iterator[CallFact]:
    """Its legs, segments and recordings, as facts about ``into``."""
    for recording in call.recordings:
        yield from _recording(recording, into)
    for leg in call.legs:
        yield from _leg(leg, into)
    for segment in call.segments:
        yield from _segment(segment, into)


def _leg(leg: Leg, call: str) -> Iterator[CallFact]:
    yield LegStarted(call, leg.started_at, leg.leg, leg.party, leg.agent, leg.number, leg.estimated)
    if leg.answered_at is not None:
        yield LegAnswered(call, leg.answered_at, leg.leg, leg.estimated)
    if leg.ended_at is not None:
        yield LegEnded(call, leg.ended_at, leg.leg, leg.cause, leg.estimated)


def _recording(recording: Recording, call: str) -> Iterator[CallFact]:
    """Before the legs, whose ends end it."""
    yield RecordingStarted(call, recording.started_at, recording.file, recording.leg)
    for pause in recording.pauses:
        yield RecordingPaused(call, pause.at, recording.leg, pause.by)
        if pause.until is not None:
            yield RecordingResumed(call, pause.until, recording.leg, pause.resumed_by)


def _segment(segment: Segment, call: str) -> Iterator[CallFact]:
    agent, leg = segment.agent, segment.leg
    yield CallAnswered(call, segment.started_at, agent, leg, segment.estimated)
    if segment.held_since is not None:
        yield CallHeld(call, segment.held_since, agent, leg)
    if segment.ended_at is not None:
        to, by = segment.transferred_to, segment.ended_by
        yield SegmentEnded(call, segment.ended_at, agent, leg, by, to, segment.estimated)
