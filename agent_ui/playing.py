"""Plays days for the what-if in a process of its own: an hour of arithmetic must not hold up a ring.

The process reads a :class:`Job` as JSON and writes a :class:`Played`. It may be ended at any moment, and is when it
takes too long.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

import msgspec

from routing.what_if.day import Arrival, Shift
from routing.what_if.past import Past, arrivals_of, as_it_was, patience_of, shifts_of, wrap_up_of
from routing.what_if.scenarios import MOST_CALLS, Base, NotPlayable, Scenario, check, play, told
from routing.what_if.table import BadTable
from routing.what_if.table import arrivals_of as arrivals_in
from routing.worth import Promise

AT_MOST = 25.0
"""Seconds for all scenarios together."""
DAY = 86_400.0


class Job(msgspec.Struct, kw_only=True):
    """``past`` or ``csv`` with ``agents`` at work all the time. ``own``: what tiers are worth in single queues."""

    past: Past | None = None
    csv: str = ""
    agents: int = 0
    promises: dict[str, Promise]
    values: dict[str, float]
    own: dict[str, dict[str, float]]
    scenarios: list[Scenario]


class Played(msgspec.Struct, kw_only=True):
    """``refused``: one sentence instead of results. ``recorded``: the figures of the day as it was, null for a file.

    ``patience``: seconds on the average by queue, as guessed from who gave up; null where nobody did.
    """

    refused: str = ""
    calls: int = 0
    agents: int = 0
    seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    patience: dict[str, float | None] = {}
    recorded: dict[str, Any] | None = None
    results: list[dict[str, Any]] = []


class Busy(Exception):
    """Somebody else's day is being played."""


class Playing:
    """One day at a time."""

    def __init__(self) -> None:
        self._busy = False

    async def play(self, job: Job) -> Played:
        """Raises Busy, TimeoutError."""
        if self._busy:
            raise Busy
        self._busy = True
        try:
            return await _in_a_process(await asyncio.to_thread(msgspec.json.encode, job))
        finally:
            self._busy = False


async def _in_a_process(job: bytes) -> Played:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(AT_MOST):
            said, _ = await process.communicate(job)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return msgspec.json.decode(said, type=Played)


def played(job: Job) -> Played:
    try:
        base = _base(job)
        check(base)
        results = [play(base, scenario) for scenario in job.scenarios]
    except (NotPlayable, BadTable) as problem:
        return Played(refused=str(problem))
    done = Played(
        calls=len(base.arrivals), agents=len({shift.agent.partition("\0")[0] for shift in base.shifts}),
        seconds=base.length, results=results,
    )  # fmt: skip
    if job.past is not None:
        was = as_it_was(job.past, base.arrivals, base.shifts)
        done.recorded = told("", "recorded", was, base, base.promises)
        done.wrap_up_seconds = wrap_up_of(job.past)
        done.patience = {
            queue: patience_of(call for call in job.past.calls if call.queue == queue)
            for queue in sorted({call.queue for call in job.past.calls})
        }
    return done


def _base(job: Job) -> Base:
    arrivals: list[Arrival]
    if job.past is not None:
        arrivals, shifts, length = arrivals_of(job.past), shifts_of(job.past), job.past.length
    else:
        arrivals = list(arrivals_in(job.csv.splitlines(), MOST_CALLS))
        length = max([DAY, *(one.at for one in arrivals)])
        skills = frozenset[str]().union(*(one.of.skills for one in arrivals))
        shifts = [Shift(f"agent{n + 1}", skills, 0.0, length) for n in range(job.agents)]
    promises = {queue: job.promises.get(queue, Promise()) for queue in {one.of.queue for one in arrivals}}
    return Base(arrivals, shifts, promises, job.values, length, job.own)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(played(msgspec.json.decode(sys.stdin.buffer.read(), type=Job))))
