"""From the wire's bytes to messages.

AMI is lines of ``Key: value`` ended by CR LF, a message ended by an empty line. Three facts shape this file:

* A read ends anywhere, also inside a letter. So bytes are split on message ends first and decoded only when whole.
* Of a call's 87 events about 20 matter here. So a message's first line decides, and the others are never parsed.
* Asterisk does not escape all that a caller controls (CallerIDName, CallerIDNum, Exten). A value that carries CR LF
  makes lines, and with an empty line whole messages, that look like Asterisk's own. What gives it away:

  - the line repeats a key that a message has once (``Uniqueid``): :class:`Repeated`;
  - the message was cut short, its channel block has no end (``Linkedid`` comes after all caller-controlled keys):
    :class:`Cut`;
  - what is left over behind it begins with neither ``Event:`` nor ``Response:``: :class:`Orphan`.

  None of these is believed. Whoever reads the stream must also distrust what stands between a Cut and its Orphan: that
  is text from inside a value (:class:`cti.distrust.Distrust` does it).

Nothing here waits, logs or knows what an event means.
"""

from __future__ import annotations

from collections.abc import Iterable

END = b"\r\n\r\n"
GREETING = b"Asterisk Call Manager/"
MAX_MESSAGE = 1 << 20
"""Bytes. The largest honest message is a Command's output; an event has some 2 kB. Beyond this the link is cut."""

_EVENT = b"Event: "
_RESPONSE = b"Response: "
_MANY = ("ChanVariable", "DestChanVariable", "Variable")
_FREE = ("UserEvent",)
_BLOCKS = (("ChannelStateDesc", "Linkedid"), ("DestChannelStateDesc", "DestLinkedid"))


class NotAmi(Exception):
    """What answers at this address does not speak AMI."""


class TooLong(Exception):
    """A message passed the bound without ending."""


class Suspect(ValueError):
    """A message that must not be believed."""


class Repeated(Suspect):
    """A key that a message has once stands in it twice."""


class Cut(Suspect):
    """The message's channel block has no end."""


class Orphan(Suspect):
    """The message is neither an event nor a response."""


class Splitter:
    """Collects reads and gives back whole messages, without their ends.

    An unfinished message costs O(its bytes), however many reads bring it: parts are joined once, when its end came.
    """

    __slots__ = ("_limit", "_parts", "_size", "greeting")

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self.greeting: str | None = None

    @property
    def pending(self) -> int:
        """Bytes of the message that has not ended yet."""
        return self._size

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages in order. Raises NotAmi on a wrong greeting, TooLong past the bound: the link is then lost."""
        if not data:
            return []
        if self._parts:
            if self._spans_no_end(data):
                self._keep(data)
                return []
            self._parts.append(data)
            data = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
        if self.greeting is None:
            rest = self._greet(data)
            if rest is None:
                return []
            data = rest
        messages = data.split(END)
        tail = messages.pop()
        if tail:
            self._keep(tail)
        if messages and max(map(len, messages)) > self._limit:
            raise TooLong(f"a message of more than {self._limit} bytes")
        return messages

    def _spans_no_end(self, data: bytes) -> bool:
        if self.greeting is None:
            return b"\n" not in data
        last = self._parts[-1]
        if len(last) < 3 and len(self._parts) > 1:
            last = b"".join(self._parts[-3:])
        return END not in last[-3:] + data[:3] and END not in data

    def _keep(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > self._limit:
            raise TooLong(f"a message of more than {self._limit} bytes that has not ended")

    def _greet(self, data: bytes) -> bytes | None:
        """Take the first line off. None: it has not come whole yet."""
        if not data.startswith(GREETING[: len(data)]):
            raise NotAmi(f"the peer's first bytes are {data[:40]!r}, not {GREETING.decode()!r}")
        line, end, rest = data.partition(b"\r\n")
        if not end:
            if len(data) > 200:
                raise NotAmi("the peer's first line does not end")
            self._keep(data)
            return None
        self.greeting = line.decode("utf-8", "replace")
        return rest


def name_of(message: bytes) -> bytes | None:
    """The event's name, or None when the message is no event."""
    if not message.startswith(_EVENT):
        return None
    end = message.find(b"\r\n", 7)
    return message[7:] if end < 0 else message[7:end]


def is_response(message: bytes) -> bool:
    return message.startswith(_RESPONSE)


def value_of(message: bytes, key: bytes) -> bytes | None:
    """The first value of ``key`` without parsing the rest; ``key`` must not be the message's first."""
    start = message.find(b"\r\n" + key + b": ")
    if start < 0:
        return None
    start += len(key) + 4
    end = message.find(b"\r\n", start)
    return message[start:] if end < 0 else message[start:end]


def parse(message: bytes) -> dict[str, str]:
    """Key to value. Invalid UTF-8 and NUL become U+FFFD. Raises Repeated, Cut or Orphan.

    Keys that may repeat (``Variable``, ``ChanVariable``) keep their last value; a line without ``: `` is a key.
    """
    text = message.decode("utf-8", "replace")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    lines = text.split("\r\n")
    fields: dict[str, str] = {}
    for line in lines:  # measured: 0.7 of dict() over split(), the next best
        key, _, value = line.partition(": ")
        fields[key] = value
    if len(fields) != len(lines):
        _check_repeats(lines, fields.get("Event", ""))
    if "Event" in fields:
        _check_blocks(fields)
    elif "Response" not in fields:
        raise Orphan("a message that is neither an event nor a response")
    return fields


def _check_repeats(lines: Iterable[str], event: str) -> None:
    seen: set[str] = set()
    for line in lines:
        key, colon, _ = line.partition(": ")
        if key in seen and colon and not key.startswith(_MANY) and event not in _FREE:
            raise Repeated(f"{event or 'a response'} has {key[:40]!r} twice")
        seen.add(key)


def _check_blocks(fields: dict[str, str]) -> None:
    for begin, end in _BLOCKS:
        if begin in fields and end not in fields:
            raise Cut(f"{fields['Event'][:40]} has {begin} but no {end}")


def write(words: Iterable[tuple[str, str]]) -> bytes:
    """An action's bytes. The values are already checked (:mod:`cti.actions`)."""
    return "".join([f"{key}: {value}\r\n" for key, value in words]).encode() + b"\r\n"
