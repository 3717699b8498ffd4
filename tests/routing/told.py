"""Captures as events, and what the Switchboard makes of them: for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cti import frames
from cti.translate import is_wanted, translate
from routing.actions import Action
from routing.events import (
    BridgeGone,
    BridgesMerged,
    Directory,
    Event,
    MemberChanged,
    MemberGone,
    Person,
    QueuePlan,
    Snapshot,
    Tick,
)
from routing.facts import CallFact, Drifted, Fact
from routing.story import Call, fold
from routing.switchboard import Switchboard

CAPTURES = Path(__file__).parent.parent / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.txt") if path.stem != "INDEX")
PEOPLE = tuple(Person(f"agent{n}", f"Agent {n}", f"PJSIP/100{n}", f"100{n}", ("support",)) for n in range(1, 5))
DIRECTORY = Directory(PEOPLE, (QueuePlan("support"), QueuePlan("short"), QueuePlan("sales")))
PRODUCTION = frozenset({"system", "call", "agent", "user"})
"""The AMI classes of the account that Helin asks for; the captures have all."""
RECEIVED = datetime(2026, 11, 23, 20, 50, tzinfo=UTC)
A_TICK = timedelta(seconds=1.2)


@dataclass(frozen=True)
class Played:
    """``calls``: folded from the facts. ``live``: what the Switchboard itself holds open at the end."""

    facts: tuple[Fact, ...]
    actions: tuple[Action, ...]
    calls: dict[str, Call]
    live: dict[str, Call]
    sizes: dict[str, int]

    @property
    def drifts(self) -> list[str]:
        return [fact.what for fact in self.facts if isinstance(fact, Drifted)]


def events_of(data: bytes, classes: frozenset[str] | None = None) -> list[Event]:
    """All events in these bytes of an AMI connection, of these classes (None: all)."""
    found: list[Event] = []
    for message in frames.Splitter().feed(data):
        name = frames.name_of(message)
        if name is None or not is_wanted(name, message):
            continue
        privilege = (frames.value_of(message, b"Privilege") or b"").decode().partition(",")[0]
        if classes is not None and privilege not in classes:
            continue
        event = translate(frames.parse(message), RECEIVED)
        if event is not None:
            found.append(event)
    return found


@cache
def capture(name: str, classes: frozenset[str] | None = None) -> tuple[Event, ...]:
    return tuple(events_of((CAPTURES / f"{name}.txt").read_bytes(), classes))


def new_switchboard(directory: Directory = DIRECTORY) -> Switchboard:
    return Switchboard("lab", directory, frozenset({"from-trunk"}), "stream")


def play(events: Iterable[Event], *, directory: Directory = DIRECTORY, ticks: int = 3, empty: bool = True) -> Played:
    """Hear them one after the other; then some seconds pass, and (``empty``) a snapshot shows an empty Asterisk."""
    board = new_switchboard(directory)
    facts: list[Fact] = []
    actions: list[Action] = []
    now = RECEIVED

    def hear(event: Event, at: datetime) -> None:
        told, to_do = board.receive(event, at)
        facts.extend(told)
        actions.extend(to_do)

    for event in events:
        now = max(now, getattr(event, "at", None) or now)
        hear(event, now)
    for last in (False, True):
        for _ in range(ticks):
            now += A_TICK
            hear(Tick(now), now)
        if empty and not last:
            hear(Snapshot(now, None, (), (), (), ()), now)
    return Played(tuple(facts), tuple(actions), fold_all(facts), board.calls(), board.sizes())


def fold_all(facts: Iterable[Fact]) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for fact in facts:
        if isinstance(fact, CallFact):
            after = fold(calls.get(fact.call), fact)
            if after is None:
                calls.pop(fact.call, None)
            else:
                calls[fact.call] = after
    return calls


def about(event: Event) -> set[str]:
    """What an event names: order holds only between events that share a name."""
    if isinstance(event, BridgesMerged | BridgeGone):
        return {"*"}
    if isinstance(event, MemberChanged):
        return {event.member.interface}
    if isinstance(event, MemberGone):
        return {event.interface}
    named = {getattr(event, "id", None)}
    for word in ("channel", "dialled", "member", "by", "caller", "second", "target", "one", "two", "spy", "spied"):
        named.add(getattr(getattr(event, word, None), "id", None))
    return {name for name in named if isinstance(name, str)}


def may_swap(one: Event, other: Event) -> bool:
    first, second = about(one), about(other)
    return "*" not in first | second and not first & second


def unlike(expected: dict[str, Call], got: dict[str, Call], *, seconds: float = 0.5) -> list[str]:
    """How two sets of calls differ; ``estimated`` may, stamps by so much, and what only a lost Hangup knew (cause)."""
    if expected.keys() != got.keys():
        return [f"calls: {sorted(expected)} and not {sorted(got)}"]
    return [line for id_ in expected for line in _unlike(expected[id_], got[id_], seconds)]


def _unlike(a: Call, b: Call, seconds: float) -> Iterable[str]:
    for word in ("direction", "number", "name", "did", "queue", "outcome", "ended_by", "transfers", "ringing",
                 "waiting_in", "contact", "tier"):  # fmt: skip
        if getattr(a, word) != getattr(b, word):
            yield f"{word}: {getattr(a, word)} and not {getattr(b, word)}"
    for word in ("started_at", "queued_at", "unqueued_at", "answered_at", "ended_at"):
        if apart(getattr(a, word), getattr(b, word), seconds):
            yield f"{word}: {getattr(a, word)} and not {getattr(b, word)}"
    ours, theirs = (sorted(call.segments, key=lambda each: (each.agent, each.started_at)) for call in (a, b))
    if [(s.agent, s.ended_by, s.transferred_to) for s in ours] != [
        (s.agent, s.ended_by, s.transferred_to) for s in theirs
    ]:
        yield f"segments: {ours} and not {theirs}"
    else:
        for one, other in zip(ours, theirs, strict=True):
            late = apart(one.started_at, other.started_at, seconds) or apart(one.ended_at, other.ended_at, seconds)
            if late or abs(one.held_seconds - other.held_seconds) > seconds:
                yield f"segment: {one} and not {other}"
    yield from _legs_unlike(a, b)


def _legs_unlike(a: Call, b: Call) -> Iterable[str]:
    ours, theirs = ({leg.leg: leg for leg in call.legs} for call in (a, b))
    if ours.keys() != theirs.keys():
        yield f"legs: {sorted(ours)} and not {sorted(theirs)}"
        return
    for id_, one in ours.items():
        other = theirs[id_]
        if (one.party, one.agent, one.number) != (other.party, other.agent, other.number):
            yield f"leg: {one} and not {other}"
        if one.cause != other.cause and not other.estimated:
            yield f"cause: {one} and not {other}"


def apart(a: datetime | None, b: datetime | None, seconds: float) -> bool:
    if a is None or b is None:
        return a is not b
    return abs((a - b).total_seconds()) > seconds


def without(events: Sequence[Event], index: int) -> list[Event]:
    return [*events[:index], *events[index + 1 :]]
