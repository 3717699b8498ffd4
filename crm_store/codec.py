"""Facts, commands and results as JSON bytes and back: what the spool, the journal and the bus carry.

One recorded fact is one line without a newline in it::

    {"stream":"main-1","seq":7,"kind":"CallQueued","fact":{"call":"…","at":"2026-11-24T00:01:02.000003Z","queue":"support"}}

``kind`` is the fact's class name. Decoding checks every field's type, so a line that this program did not write is
refused with :class:`CodecError` and never half understood. Fields that a newer program added are ignored; fields that
it added with a default may be missing in an older line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields, replace

from routing.commands import Command, Result
from routing.facts import FACTS, Fact, Recorded

T = TypeVar("T")


class CodecError(ValueError):
    """These bytes are not what they should be."""


class _Line(msgspec.Struct):
    stream: str
    seq: int
    kind: str
    fact: msgspec.Raw


_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(_Line)
_command_decoder = msgspec.json.Decoder(Command)
_result_decoder = msgspec.json.Decoder(Result)
_fact_decoders: dict[str, Callable[[bytes | msgspec.Raw], Fact]] = {
    kind.__name__: msgspec.json.Decoder(kind).decode for kind in FACTS
}


def encode(recorded: Recorded) -> bytes:
    """One line, without its newline."""
    return b'{"stream":%b,"seq":%d,"kind":"%b","fact":%b}' % (
        _encoder.encode(recorded.stream),
        recorded.seq,
        type(recorded.fact).__name__.encode(),
        encode_fact(recorded.fact),
    )


def decode(line: bytes) -> Recorded:
    """The fact in this line, or CodecError."""
    try:
        found = _line_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise CodecError(f"not a recorded fact: {problem}") from None
    return Recorded(found.stream, found.seq, decode_fact(found.kind, found.fact))


def encode_fact(fact: Fact) -> bytes:
    """The fact's fields as a JSON object. Lone surrogates (invalid UTF-8 on the wire) become question marks."""
    try:
        return _encoder.encode(fact)
    except UnicodeEncodeError:
        return _encoder.encode(_without_surrogates(fact))


def decode_fact(kind: str, body: bytes | str | msgspec.Raw) -> Fact:
    """The fact of class ``kind`` from its fields, or CodecError."""
    decoder = _fact_decoders.get(kind)
    if decoder is None:
        raise CodecError(f"no fact is called {kind!r}")
    try:
        return decoder(body.encode() if isinstance(body, str) else body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise CodecError(f"not a {kind}: {problem}") from None


def encode_command(command: Command) -> bytes:
    return _encoder.encode(command)


def decode_command(body: bytes) -> Command:
    return _decoded(_command_decoder, body)


def encode_result(result: Result) -> bytes:
    return _encoder.encode(result)


def decode_result(body: bytes) -> Result:
    return _decoded(_result_decoder, body)


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise CodecError(str(problem)) from None


def _without_surrogates(fact: Fact) -> Fact:
    changed: dict[str, Any] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if isinstance(value, str):
            changed[field.name] = value.encode("utf-8", "replace").decode()
    return replace(fact, **changed)
