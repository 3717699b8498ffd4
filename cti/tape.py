"""A recorded AMI connection as something that can be played: its events with the seconds between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cti import frames

_STAMP = re.compile(rb"(\r\nTimestamp: )\d+\.\d+")
_UNIQUE = re.compile(rb"\b([A-Za-z0-9_]+-)?(\d{10})\.(\d+)\b")
_CHANNEL = re.compile(rb"\b([A-Za-z0-9]+/[^\s,;]+-)([0-9a-f]{8})\b")
_NOT_PLAYED = {b"FullyBooted", b"SuccessfulAuth", b"ChallengeSent", b"Shutdown"}


@dataclass(frozen=True, slots=True)
class Tape:
    """``events``: seconds since the first one, and the message without its end."""

    name: str
    events: tuple[tuple[float, bytes], ...]

    @property
    def seconds(self) -> float:
        return self.events[-1][0] if self.events else 0.0


def read_tape(path: Path) -> Tape:
    return tape_of(path.stem, frames.Splitter().feed(path.read_bytes()))


def tape_of(name: str, messages: Iterable[bytes]) -> Tape:
    """The events among the messages; those of a list's answer (no ``Timestamp``) are left out."""
    events: list[tuple[float, bytes]] = []
    began: float | None = None
    for message in messages:
        stamp = frames.value_of(message, b"Timestamp")
        if stamp is None or frames.name_of(message) in {None, *_NOT_PLAYED}:
            continue
        began = float(stamp) if began is None else began
        events.append((max(0.0, float(stamp) - began), message))
    return Tape(name, tuple(events))


def stamped(message: bytes, stamp: float) -> bytes:
    """The same event, happening at ``stamp`` (seconds since 1970)."""
    return _STAMP.sub(rb"\g<1>%.6f" % stamp, message, count=1)


class Renumber:
    """Gives a tape's channels new ids and names, so that the same tape played again is another call.

    ``replace`` changes further texts, e.g. the caller's number.
    """

    def __init__(self, run: int, started: int, replace: Mapping[bytes, bytes] | None = None) -> None:
        self._run = run
        self._started = started
        self._replace = dict(replace or {})

    def __call__(self, message: bytes) -> bytes:
        message = _UNIQUE.sub(
            lambda m: b"%s%d.%d" % (m[1] or b"", self._started, self._run * 1000 + int(m[3]) % 1000), message
        )
        message = _CHANNEL.sub(
            lambda m: b"%s%08x" % (m[1], (self._run << 12 | int(m[2], 16) & 0xFFF) & 0xFFFFFFFF), message
        )
        for old, new in self._replace.items():
            message = message.replace(old, new)
        return message


def chunks(stream: bytes, at: Iterable[int]) -> Iterator[bytes]:
    """The stream cut at these places."""
    last = 0
    for place in sorted(at):
        yield stream[last:place]
        last = place
    yield stream[last:]
