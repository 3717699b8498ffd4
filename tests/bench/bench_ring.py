"""From AMI's byte of the ring to the frame at the agent's socket: Helin beside a bare loop, in turns, in the same run.

Asterisk is played here: one recorded queue call, told 20 times a second with its own pace, so that some eighty calls
are up at any time. Helin (the whole of it: engine, look-ups, journal, panels) and the bare loop each read it over TCP
in a process of their own; 500 panels, in another process, note when the frame is there. The time runs from just before
the bytes are written to AMI's socket until the panel's process has read the frame, on one clock for all.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

from cti.recorded import RecordedAsterisk
from cti.recorded_world import member
from tests.bench.ring_calls import QUEUE, Said, calls, interface
from tests.bench.table import Row, at_most, show

CONTACTS = 1_000
AHEAD = 1.0


@dataclass
class Measured:
    """Microseconds, one for each ring."""

    times: list[float] = field(default_factory=list)
    size: int = 0

    def at(self, share: float) -> float:
        return statistics.quantiles(self.times, n=1000, method="inclusive")[int(share * 1000) - 1]


class Child:
    """A process that is told one JSON line and answers in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, **task: Any) -> Child:
        pipe = asyncio.subprocess.PIPE
        words = (sys.executable, "-m", f"tests.bench.{module}")
        process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, limit=2**26)
        child = cls(process)
        await child.say(task)
        return child

    async def say(self, what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self._process.stdin.drain()

    async def hears(self) -> str:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 120)
        if not line:
            raise RuntimeError("a process of the benchmark ended too early")
        return line.decode()

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()


async def play(asterisk: RecordedAsterisk, said: list[Said], began: float) -> dict[int, list[int]]:
    """Says all of it at its time; for each agent the times (ns) at which a ring was written.

    What is due together leaves together, but what rings begins a write of its own.
    """
    rings: dict[int, list[int]] = {}
    due: list[bytes] = []

    def say() -> None:
        if due:
            asterisk.send_raw(b"".join(due))
            due.clear()

    for one in said:
        wait = began + one.at - time.time()
        if wait > 0:
            say()
            await asyncio.sleep(wait)
        if one.agent is not None:
            say()
            rings.setdefault(one.agent, []).append(time.monotonic_ns())
        due.append(one.data)
        asterisk.world.apply(one.data[:-4])
    say()
    return rings


async def measure(asterisk: RecordedAsterisk, url: str, hellos: list[str], given: argparse.Namespace) -> Measured:
    panels = await Child.start("ring_panels", url=url, hellos=hellos)
    try:
        assert await panels.hears() == "ready\n"
        count = int(given.seconds * given.rate)
        began = time.time() + AHEAD + count / 40
        said = calls(count, given.rate, given.panels, CONTACTS, began)
        gc.collect()
        if time.time() > began:
            raise RuntimeError("this machine is too busy to measure anything: making up the calls took too long")
        written = await play(asterisk, said, began)
        await asyncio.sleep(1)
        await panels.say("enough")
        heard = json.loads(await panels.hears())
    finally:
        await panels.end()
    return matched(written, heard, skip=int(given.rate))


def matched(written: dict[int, list[int]], heard: dict[str, Any], skip: int) -> Measured:
    """Every ring must have come, once. The first second's are left out: everything is cold then."""
    pairs: list[tuple[int, int]] = []
    for agent, rings in enumerate(heard["rings"]):
        sent = written.get(agent, [])
        if len(sent) != len(rings):
            raise RuntimeError(f"agent {agent}: {len(sent)} rings, but {len(rings)} frames")
        pairs += zip(sent, rings, strict=True)
    pairs.sort()
    return Measured([(there - from_) / 1000 for from_, there in pairs[skip:]], heard["size"])


async def with_helin(asterisk: RecordedAsterisk, given: argparse.Namespace) -> tuple[Measured, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        helin = await Child.start(
            "ring_helin", ami=asterisk.port, folder=folder, agents=given.panels, contacts=CONTACTS
        )
        try:
            at = json.loads(await helin.hears())
            hellos = [json.dumps({"type": "hello", "ticket": ticket}) for ticket in at["tickets"]]
            measured = await measure(asterisk, at["url"], hellos, given)
            await helin.say("enough")
            return measured, json.loads(await helin.hears())
        finally:
            await helin.end()


async def with_floor(asterisk: RecordedAsterisk, size: int, given: argparse.Namespace) -> Measured:
    floor = await Child.start("ring_floor", ami=asterisk.port, size=size)
    try:
        at = json.loads(await floor.hears())
        return await measure(asterisk, at["url"], [interface(agent) for agent in range(given.panels)], given)
    finally:
        await floor.end()


async def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--panels", type=int, default=500)
    words.add_argument("--rate", type=float, default=20.0, help="calls a second")
    words.add_argument("--seconds", type=float, default=30.0)
    words.add_argument("--rounds", type=int, default=2)
    given = words.parse_args()
    helin, floor = Measured(), Measured()
    counted = {"rings": 0, "on_path": 0, "all": 0}
    for _ in range(given.rounds):
        async with RecordedAsterisk() as asterisk:
            for agent in range(given.panels):
                key = (QUEUE, interface(agent))
                asterisk.world.queues[QUEUE] = None
                asterisk.world.members[key] = member(*key, f"Agent {agent}")
            measured, calls_made = await with_helin(asterisk, given)
            helin.times += measured.times
            counted = {name: counted[name] + calls_made[name] for name in counted}
        async with RecordedAsterisk() as asterisk:
            floor.times += (await with_floor(asterisk, measured.size, given)).times
    median, p99 = helin.at(0.5) / floor.at(0.5), helin.at(0.99) / floor.at(0.99)
    title = (
        f"Ring: {given.panels} panels, {given.rate:g} calls/s, {len(helin.times):,} rings, {measured.size:,} bytes each"
    )
    show(
        title,
        [
            Row("bare loop, median (floor)", f"{floor.at(0.5):,.0f} µs", 1.0),
            at_most("Helin, median", f"{helin.at(0.5):,.0f} µs", median, 3, "the bare loop"),
            Row("bare loop, p99 (floor)", f"{floor.at(0.99):,.0f} µs", 1.0),
            at_most("Helin, p99", f"{helin.at(0.99):,.0f} µs", p99, 5, "the bare loop"),
            Row(
                "database calls between ring and socket",
                f"{counted['on_path']} (of {counted['all']:,} in all, {counted['rings']:,} rings)",
                None,
                "0",
                counted["on_path"] == 0 and counted["rings"] > 0,
            ),
        ],
    )
    return 0 if median <= 3 and p99 <= 5 and counted["on_path"] == 0 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
