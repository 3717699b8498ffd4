"""What a wallboard costs the server: 1,000 agents, ten queues, 20 calls a second, by processor time.

The real hub and board are told the facts of each call (it comes, is queued, rings, is answered, ends; its agent's state
changes with it) and gather the queues' rows four times a second of the played time. The sockets only count bytes: what
a kernel does with them is not the hub's. The figure is what one supervisor more costs: many supervisors' processor time
less one's, for each second that is played, as a share of one core. The peer is the hub's work without any supervisor.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from agent_ui.board import Board, me
from agent_ui.follow import NOT_ABOUT_A_CALL
from agent_ui.hub import Hub
from routing.events import Directory, Person, QueuePlan
from routing.facts import (
    AgentChanged,
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    CallUnqueued,
    Fact,
    Recorded,
    SegmentEnded,
)
from routing.picture import Picture
from tests.bench.table import Row, show

T0: Final = datetime(2026, 11, 27, 9, tzinfo=UTC)
QUEUES: Final = 10
A_SECOND: Final = 20
TALKS: Final = 30
"""Seconds."""
GATHERS: Final = 4


class Sink:
    """A socket that counts."""

    def __init__(self) -> None:
        self.bytes = 0

    def send(self, parts: tuple[bytes, ...], length: int) -> None:
        self.bytes += len(b"".join(parts))

    def send_frames(self, frames: bytes) -> None:
        self.bytes += len(frames)

    def send_snapshot(self, payload: bytes) -> None:
        """Not what is measured."""


def begins(n: int, agents: int) -> Iterator[Fact]:
    at, call = T0 + timedelta(seconds=n / A_SECOND), f"c{n}"
    queue, agent, leg = f"queue{n % QUEUES}", f"agent{n % agents}", f"leg{n}"
    yield CallArrived(call, at, "main", "inbound", f"+372555{n:05}", "Mari", "600")
    yield CallQueued(call, at, queue)
    yield AgentRinging(call, at, agent, leg)
    yield state(agent, at, queue, "ringing", call)
    yield CallUnqueued(call, at, queue, "answered")
    yield CallAnswered(call, at, agent, leg)
    yield state(agent, at, queue, "talking", call)


def ends(n: int, agents: int) -> Iterator[Fact]:
    at, call = T0 + timedelta(seconds=n / A_SECOND + TALKS), f"c{n}"
    queue, agent, leg = f"queue{n % QUEUES}", f"agent{n % agents}", f"leg{n}"
    yield SegmentEnded(call, at, agent, leg, "caller")
    yield CallEnded(call, at, "answered", "caller")
    yield state(agent, at, queue, "none", None)


def state(agent: str, at: datetime, queue: str, leg: Any, call: str | None) -> AgentChanged:
    return AgentChanged(agent, at, "ready", leg, None, at, (queue,), call, True)


async def play(agents: int, seconds: int, supervisors: int) -> tuple[float, int]:
    """Processor seconds, and bytes to each supervisor."""
    people = tuple(
        Person(f"agent{n}", f"Agent {n}", f"PJSIP/{n}", str(n), (f"queue{n % QUEUES}",)) for n in range(agents)
    )
    picture, now = Picture(), [T0]
    board = Board(picture, Directory(people, tuple(QueuePlan(f"queue{n}") for n in range(QUEUES))))
    board.today.warmed(board.today.warming())
    hub = Hub(board, lambda: now[0], lambda _: None, lambda: None)
    sinks = [Sink() for _ in range(supervisors)]
    for n, sink in enumerate(sinks):
        who = me(f"chief{n}", "Chief", "supervisor", None)
        hub.join(cast(Any, sink), who, f"s{n}", T0 + timedelta(days=1), None, False)
    told = 0
    began = time.process_time()
    for step in range(seconds * GATHERS):
        now[0] = T0 + timedelta(seconds=step / GATHERS)
        for n in range(step * A_SECOND // GATHERS, (step + 1) * A_SECOND // GATHERS):
            over = n - TALKS * A_SECOND
            for fact in (*begins(n, agents), *(ends(over, agents) if over >= 0 else ())):
                told += 1
                happens(hub, picture, told, fact)
        if step % (5 * GATHERS) == 0:
            hub.time_passed()
        await hub.send_gathered()
    return time.process_time() - began, sinks[0].bytes if sinks else 0


def happens(hub: Hub, picture: Picture, seq: int, fact: Fact) -> None:
    if isinstance(fact, NOT_ABOUT_A_CALL):
        picture.apply(Recorded("s", seq, fact))
        hub.changed(fact)
        return
    before = picture.calls.get(fact.call)
    picture.apply(Recorded("s", seq, fact))
    hub.call_changed(fact, before, picture.after(fact.call))


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--agents", type=int, default=1_000)
    asked.add_argument("--seconds", type=int, default=120)
    asked.add_argument("--supervisors", type=int, default=50)
    of = asked.parse_args(words)
    alone, _ = asyncio.run(play(of.agents, of.seconds, 0))
    one, size = asyncio.run(play(of.agents, of.seconds, 1))
    many, _ = asyncio.run(play(of.agents, of.seconds, of.supervisors))
    each = max(0.0, many - one) / max(1, of.supervisors - 1) / of.seconds
    rows = [
        Row("the hub without a supervisor", f"{100 * alone / of.seconds:.2f} % of a core"),
        Row("one supervisor", f"{100 * one / of.seconds:.2f} % of a core", one / alone if alone else None),
        Row("each supervisor more", f"{100 * each:.3f} % of a core", each * of.seconds / alone if alone else None),
        Row("to each of them", f"{size / of.seconds / 1000:.1f} kB a second"),
    ]
    show(f"wallboard: {of.agents:,} agents, {A_SECOND} calls a second, {of.supervisors} supervisors", rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
