"""Which AMI message is heard when: nothing before the snapshot's fence allows it, nothing out of a forged value.

Two reasons to put messages aside, both without a clock of their own:

* A snapshot is being taken. See :mod:`cti.snapshot` for the order in which it and the messages are merged.
* A message was cut short. What follows may be text from inside a caller's name that was made to look like AMI; it ends
  with a message that is none (an Orphan) or one whose keys repeat. Then all in between is thrown away; if no such end
  comes within a moment, it was honest and is heard.
"""

from __future__ import annotations

from typing import Literal

from cti import frames

_KEY = b"Timestamp"


class Intake:
    """``put_aside`` counts what waits in here."""

    def __init__(self) -> None:
        self._gate: Literal["open", "held", "fenced"] = "open"
        self._fence = 0.0
        self._held: list[bytes] = []
        self._doubtful: list[tuple[bytes, dict[str, str]]] | None = None

    @property
    def put_aside(self) -> int:
        return len(self._held) + len(self._doubtful or ())

    @property
    def open(self) -> bool:
        return self._gate == "open"

    def hold(self) -> None:
        """A session begins: nothing is heard until its fence stands."""
        self._gate = "held"
        self._held.clear()
        self._doubtful = None

    def fence(self, stamp: float | None) -> list[bytes]:
        """The fence stands; gives what came before it. Without Asterisk's clock receipt decides."""
        self._gate = "fenced"
        self._fence = float("-inf") if stamp is None else stamp
        return self._release()

    def release(self) -> list[bytes]:
        """The snapshot is merged, or given up: gives what came behind it."""
        self._gate = "open"
        return self._release()

    def discard(self) -> int:
        """Too much waits. The gate stays as it is."""
        return len(self._release())

    def _release(self) -> list[bytes]:
        held, self._held = self._held, []
        return held

    def admits(self, message: bytes) -> bool:
        """Whether it is heard now; else it is put aside."""
        if self._gate == "fenced":
            stamp = frames.value_of(message, _KEY)
            try:
                if stamp is not None and float(stamp) < self._fence:
                    return True
            except ValueError:
                pass
        self._held.append(message)
        return False

    @property
    def doubting(self) -> bool:
        return self._doubtful is not None

    def doubt(self) -> None:
        """A message was cut short."""
        if self._doubtful is None:
            self._doubtful = []

    def doubts(self, message: bytes, fields: dict[str, str]) -> None:
        if self._doubtful is not None:
            self._doubtful.append((message, fields))

    def convict(self) -> int:
        """The end of a forgery was seen: how many messages it had made up."""
        doubtful, self._doubtful = self._doubtful, None
        return len(doubtful or ())

    def acquit(self) -> list[tuple[bytes, dict[str, str]]]:
        doubtful, self._doubtful = self._doubtful, None
        return doubtful or []
