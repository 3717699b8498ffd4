"""AMI bytes → typed events → facts, beside panoramisk's own dispatch and beside only splitting, over the same stream.

The stream is recorded calls of all kinds, told again and again with new channel ids, read in pieces of 16 kB as from a
socket. panoramisk's side has no callback registered: it only parses and matches. Each contender runs in turn, several
rounds, and its best round counts.
"""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from cti import frames
from cti.translate import WANTED, translate
from routing.events import Directory, LinkUp, Person
from routing.switchboard import Switchboard
from tests.bench.table import Row, at_least, show

CAPTURES = Path(__file__).parent.parent / "captures"
LEFT_OUT = {"list_actions", "list_actions_channel", "async_agi_commands", "asterisk_restart_gracefully"}
READ = 16_384
REPEATS = 12
ROUNDS = 5
CLOCK = re.compile(rb"lab-17954(\d{5})\.(\d+)")
PEOPLE = tuple(Person(f"agent{n}", f"Agent {n}", f"PJSIP/100{n}", f"100{n}", ("support",)) for n in range(1, 5))


def stream() -> bytes:
    """The captures one after another, each repetition with channel ids of its own."""
    told = b""
    for path in sorted(CAPTURES.glob("*.txt")):
        if path.stem not in LEFT_OUT and path.stem != "INDEX":
            data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            told += data.partition(b"\r\n")[2] + (b"" if data.endswith(b"\r\n\r\n") else b"\r\n\r\n")
    return b"".join(CLOCK.sub(rb"lab-%05d\1.\2" % (20_000 + n), told) for n in range(REPEATS))


def pieces(data: bytes) -> list[bytes]:
    return [data[at : at + READ] for at in range(0, len(data), READ)]


def only_split(reads: list[bytes]) -> int:
    splitter = frames.Splitter()
    splitter.feed(b"Asterisk Call Manager/11.0.0\r\n")
    return sum(len(splitter.feed(read)) for read in reads)


def to_events(reads: list[bytes]) -> int:
    return _told(reads, lambda event: None)


def to_facts(reads: list[bytes]) -> int:
    board = Switchboard("lab", Directory(people=PEOPLE), frozenset({"from-trunk"}), "bench")
    now = datetime.now(UTC)
    board.receive(LinkUp(now, "0"), now)
    return _told(reads, lambda event: board.receive(event, now))


def _told(reads: list[bytes], take: Callable[[object], object]) -> int:
    splitter, seen = frames.Splitter(), 0
    splitter.feed(b"Asterisk Call Manager/11.0.0\r\n")
    for read in reads:
        for message in splitter.feed(read):
            if frames.name_of(message) in WANTED:
                event = translate(frames.parse(message))
                if event is not None:
                    seen += 1
                    take(event)
    return seen


def panoramisk_alone(reads: list[bytes]) -> int:
    manager = Manager()
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory = manager
    protocol.data_received(b"Asterisk Call Manager/11.0.0\r\n")
    for read in reads:
        protocol.data_received(read)
    return 0


def seconds(work: Callable[[list[bytes]], int], reads: list[bytes]) -> float:
    gc.collect()
    began = time.perf_counter()
    work(reads)
    return time.perf_counter() - began


async def measure() -> None:
    """Runs the rounds, contenders in turn so that a slow moment of the machine hits all."""
    data = stream()
    reads = pieces(data)
    contenders = {"split": only_split, "events": to_events, "facts": to_facts, "panoramisk": panoramisk_alone}
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            best[name] = min(best[name], seconds(work, reads))
    peer = best["panoramisk"]
    count = only_split(reads)

    def rate(name: str) -> str:
        return f"{count / best[name]:,.0f} messages/s"

    show(
        f"AMI stream: {count:,} messages, {len(data) / 1e6:.1f} MB, {to_events(reads):,} of them wanted",
        [
            Row("only splitting messages (floor)", rate("split"), peer / best["split"], "× panoramisk"),
            at_least("bytes → typed events", rate("events"), peer / best["events"], 4, "panoramisk"),
            at_least("bytes → events → facts", rate("facts"), peer / best["facts"], 1.5, "panoramisk"),
            Row("panoramisk, no callback (peer)", rate("panoramisk"), 1.0),
        ],
    )


if __name__ == "__main__":
    asyncio.run(measure())
