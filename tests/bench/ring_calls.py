"""The calls that ring in ``bench_ring``: one recorded call, told again with other channels, callers and agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cti import frames
from cti.tape import Renumber, Tape, read_tape, stamped
from cti.translate import WANTED, translate
from routing.events import Directory, LinkUp, Person, Snapshot
from routing.facts import AgentRinging
from routing.switchboard import Switchboard

CAPTURE = Path(__file__).parent.parent / "captures" / "queue_answered_caller_hangup.txt"
QUEUE = "support"
FIRST_AGENT = 2000


def interface(agent: int) -> str:
    return f"PJSIP/{FIRST_AGENT + agent}"


def number(contact: int) -> str:
    """Of the contacts that the benchmark makes."""
    return f"+3725{contact:07d}"


@dataclass(frozen=True, slots=True)
class Said:
    """Bytes that leave together. ``agent``: whose ring begins with the first of them, if one does."""

    at: float
    data: bytes
    agent: int | None = None


def calls(
    count: int, per_second: float, agents: int, contacts: int, began: float, queues: Sequence[str] = (QUEUE,)
) -> list[Said]:
    """What Asterisk says, in order; ``at`` is seconds after ``began`` (seconds since 1970, for the stamps).

    Agents serve the queues in turn, one each: agent 0 the first, agent 1 the second.
    """
    tape = read_tape(CAPTURE)
    ring = ring_of(tape)
    said = [
        one
        for run in range(count)
        for agent in [run % agents]
        for one in _call(
            tape, ring, run, run / per_second, agent, run * 7919 % contacts, began, queues[agent % len(queues)]
        )
    ]
    return sorted(said, key=lambda one: one.at)


def ring_of(tape: Tape) -> int:
    """Which of the tape's messages makes the agent's phone ring, by the Switchboard's own judgement."""
    person = Person("agent1", "Agent One", "PJSIP/1001", "1001", (QUEUE,))
    board = Switchboard("lab", Directory((person,)), frozenset({"from-trunk"}), "ring")
    now = datetime.fromtimestamp(float(frames.value_of(tape.events[0][1], b"Timestamp") or 0), UTC)
    board.receive(LinkUp(now, "0"), now)
    board.receive(Snapshot(now, None, (), (QUEUE,), (), ()), now)
    for place, (_, message) in enumerate(tape.events):
        if frames.name_of(message) not in WANTED:
            continue
        event = translate(frames.parse(message), now)
        if event is not None and any(isinstance(fact, AgentRinging) for fact in board.receive(event, now)[0]):
            return place
    raise RuntimeError(f"nothing rings in {tape.name}")


def _call(
    tape: Tape, ring: int, run: int, start: float, agent: int, contact: int, began: float, queue: str
) -> Iterator[Said]:
    change = Renumber(
        run + 1,
        int(began),
        {
            b"PJSIP/1001": interface(agent).encode(),
            b"Agent One": b"Agent %d" % agent,
            b"+3725550011": number(contact).encode(),
            QUEUE.encode(): queue.encode(),
        },
    )
    for place, (seconds, message) in enumerate(tape.events):
        at = start + seconds
        data = stamped(change(message), began + at) + frames.END
        yield Said(at, data, agent if place == ring else None)
