"""Facts of made-up calls, for tests of what remembers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from routing.facts import (
    AgentChanged,
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerKnown,
    CallHeld,
    CallQueued,
    CallResumed,
    CallUnqueued,
    Fact,
    LegEnded,
    LegStarted,
    LinkAlive,
    Recorded,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RequestRanked,
    SegmentEnded,
)

BEGIN = datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def answered(call: str, contact: str | None = None, begin: float = 0, agent: str = "agent1") -> list[Fact]:
    """An inbound call that waits, is answered, held, and ended by the caller."""
    return [
        CallArrived(call, at(begin), "main", "inbound", "+37255501000", "Mari", "6001234"),
        LegStarted(call, at(begin), f"{call}.1", "caller", None, "+37255501000"),
        CallerKnown(call, at(begin + 0.01), contact, "A", '{"contacts":[{"name":"Mari"}],"history":[]}'),
        RecordingStarted(call, at(begin + 0.5), f"2026/11/24/support-{call}.1.wav", f"{call}.1"),
        CallQueued(call, at(begin + 1), "support"),
        RequestRanked(call, at(begin + 1), 12.5, (("tier A", 10.0), ("waited", 2.5))),
        LegStarted(call, at(begin + 2), f"{call}.2", "agent", agent, None),
        AgentRinging(call, at(begin + 2), agent, f"{call}.2"),
        CallUnqueued(call, at(begin + 5), "support", "answered"),
        CallAnswered(call, at(begin + 5), agent, f"{call}.2"),
        AgentChanged(agent, at(begin + 5), "ready", "talking", None, at(begin + 5), ("support",), call, True),
        CallHeld(call, at(begin + 10), agent, f"{call}.2"),
        CallResumed(call, at(begin + 12), agent, f"{call}.2"),
        RecordingPaused(call, at(begin + 20), f"{call}.1", agent),
        RecordingResumed(call, at(begin + 30), f"{call}.1", agent),
        RecordingPaused(call, at(begin + 40), f"{call}.1", agent),
        SegmentEnded(call, at(begin + 60), agent, f"{call}.2", "caller"),
        LegEnded(call, at(begin + 60), f"{call}.2", 16),
        LinkAlive("main", at(begin + 60), "20261124T000102"),
        CallEnded(call, at(begin + 60), "answered", "caller"),
        LegEnded(call, at(begin + 60.1), f"{call}.1", 16),
    ]


def abandoned(call: str, contact: str | None = None, begin: float = 0) -> list[Fact]:
    return [
        CallArrived(call, at(begin), "main", "inbound", "+37255501001", None, "6001234"),
        CallerKnown(call, at(begin), contact, "B"),
        CallQueued(call, at(begin + 1), "sales"),
        CallUnqueued(call, at(begin + 9), "sales", "abandoned"),
        CallEnded(call, at(begin + 9), "abandoned", "caller"),
    ]


def numbered(facts: Iterable[Fact], stream: str = "main-1", first: int = 1) -> list[Recorded]:
    return [Recorded(stream, seq, fact) for seq, fact in enumerate(facts, first)]


def parts(recorded: Sequence[Recorded], size: int) -> list[Sequence[Recorded]]:
    return [recorded[start : start + size] for start in range(0, len(recorded), size)]
