"""AMI bytes → typed events → facts, beside panoramisk's own dispatch and beside only splitting, over the same stream.

The stream is recorded calls of all kinds, told again and again with new channel ids, read in pieces of 16 kB as from a
socket. panoramisk's side has no callback registered: it only parses and matches. Each contender runs in turn, several
rounds over the whole stream; of each stretch of the stream its quickest round counts, for all contenders alike: a
machine that is shared takes time away somewhere in every round, and more of it from who happens to run then.
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
STRETCH = 10
"""Reads; about 4 ms of work."""
REPEATS = 12
ROUNDS = 12
CLOCK = re.compile(rb"lab-17954(\d{5})\.(\d+)")
STAMP = re.compile(rb"Timestamp: 17954")
Feed = Callable[[bytes], object]
PEOPLE = tuple(Person(f"agent{n}", f"Agent {n}", f"PJSIP/100{n}", f"100{n}", ("support",)) for n in range(1, 5))


def stream() -> bytes:
    """The captures one after another, each repetition with channel ids and stamps of its own."""
    told = b""
    for path in sorted(CAPTURES.glob("*.txt")):
        if path.stem not in LEFT_OUT and path.stem != "INDEX":
            data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            told += data.partition(b"\r\n")[2] + (b"" if data.endswith(b"\r\n\r\n") else b"\r\n\r\n")
    return b"".join(
        STAMP.sub(b"Timestamp: %05d" % (20_000 + n), CLOCK.sub(rb"lab-%05d\1.\2" % (20_000 + n), told))
        for n in range(REPEATS)
    )


def pieces(data: bytes) -> list[bytes]:
    return [data[at : at + READ] for at in range(0, len(data), READ)]


def only_split() -> Feed:
    return _splitter().feed


def to_events() -> Feed:
    return _telling(lambda event: None)


def to_facts() -> Feed:
    board = Switchboard("lab", Directory(people=PEOPLE), frozenset({"from-trunk"}), "bench")
    now = datetime.now(UTC)
    board.receive(LinkUp(now, "0"), now)
    return _telling(lambda event: board.receive(event, now))


def panoramisk_alone() -> Feed:
    manager = Manager()
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory = manager
    protocol.data_received(b"Asterisk Call Manager/11.0.0\r\n")
    return protocol.data_received


def _splitter() -> frames.Splitter:
    splitter = frames.Splitter()
    splitter.feed(b"Asterisk Call Manager/11.0.0\r\n")
    return splitter


def _telling(take: Callable[[object], object]) -> Feed:
    splitter = _splitter()

    def feed(read: bytes) -> None:
        for message in splitter.feed(read):
            if frames.name_of(message) in WANTED:
                event = translate(frames.parse(message))
                if event is not None:
                    take(event)

    return feed


def stretches(contender: Callable[[], Feed], reads: list[bytes]) -> list[float]:
    """Seconds that each stretch of the stream took, one after another by the same contender."""
    gc.collect()
    feed, took = contender(), []
    for at in range(0, len(reads), STRETCH):
        began = time.perf_counter()
        for read in reads[at : at + STRETCH]:
            feed(read)
        took.append(time.perf_counter() - began)
    return took


async def measure() -> None:
    """Runs the rounds, contenders in turn so that a slow moment of the machine hits all."""
    data = stream()
    reads = pieces(data)
    gc.freeze()  # as config.app does when it has started
    contenders = {"split": only_split, "events": to_events, "facts": to_facts, "panoramisk": panoramisk_alone}
    quickest: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            took = stretches(contender, reads)
            quickest[name] = [min(pair) for pair in zip(quickest.get(name, took), took, strict=True)]
    best = {name: sum(each) for name, each in quickest.items()}
    peer = best["panoramisk"]
    wanted: list[object] = []
    split, tell = _splitter(), _telling(wanted.append)
    count = sum(len(split.feed(read)) for read in reads)
    for read in reads:
        tell(read)

    def rate(name: str) -> str:
        return f"{count / best[name]:,.0f} messages/s"

    show(
        f"AMI stream: {count:,} messages, {len(data) / 1e6:.1f} MB, {len(wanted):,} of them wanted",
        [
            Row("only splitting messages (floor)", rate("split"), peer / best["split"], "× panoramisk"),
            at_least("bytes → typed events", rate("events"), peer / best["events"], 4, "panoramisk"),
            at_least("bytes → events → facts", rate("facts"), peer / best["facts"], 1.5, "panoramisk"),
            Row("panoramisk, no callback (peer)", rate("panoramisk"), 1.0),
        ],
    )


if __name__ == "__main__":
    asyncio.run(measure())
