"""Facts, commands and results survive the way to bytes and back; nothing else gets in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.codec import (
    CodecError,
    decode,
    decode_command,
    decode_result,
    encode,
    encode_command,
    encode_result,
)
from routing.commands import Command, Result
from routing.facts import FACTS, CallArrived, Drifted, Recorded
from tests.crm_store.story import at, numbered

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
st.register_type_strategy(str, texts)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
moments = st.datetimes(timezones=st.just(at(0).tzinfo))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", FACTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_fact_survives(kind: type, data: st.DataObject) -> None:
    fields = {name: moments for name in ("at", "since") if name in kind.__struct_fields__}
    recorded = Recorded("main-1", data.draw(st.integers(1, 2**63 - 1)), data.draw(st.builds(kind, **fields)))
    line = encode(recorded)
    assert b"\n" not in line
    assert decode(line) == recorded


@settings(max_examples=25)
@given(st.builds(Command), st.builds(Result))
def test_commands_and_results_survive(command: Command, result: Result) -> None:
    assert decode_command(encode_command(command)) == command
    assert decode_result(encode_result(result)) == result


def test_what_is_not_utf8_on_the_wire_becomes_a_question_mark() -> None:
    hostile = CallArrived("c", at(0), "main", "inbound", None, "Ma\udcffri\x00\n<b>", None)
    [recorded] = numbered([hostile])
    decoded = decode(encode(recorded)).fact
    assert isinstance(decoded, CallArrived)
    assert decoded.name == "Ma?ri\x00\n<b>"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"stream":"s","seq":1,"kind":"NoSuchFact","fact":{}}',
        b'{"stream":"s","seq":"1","kind":"Drifted","fact":{}}',
        b'{"stream":"s","seq":1,"kind":"Drifted","fact":{"asterisk":"main","at":"yesterday","what":"x"}}',
        b'{"stream":"s","seq":1,"kind":"CallEnded","fact":{"call":"c","at":"2026-11-24T09:00:00Z","outcome":"odd",'
        b'"ended_by":null}}',
        b'{"stream":"s","seq":1,"kind":"Drifted","fact":{"asterisk":"\xff"}}',
        encode(Recorded("s", 1, Drifted("main", at(0), "x")))[:-3],
    ],
)
def test_other_bytes_are_refused(line: bytes) -> None:
    with pytest.raises(CodecError):
        decode(line)


def test_a_newer_programs_extra_field_is_ignored() -> None:
    fact = b'{"asterisk":"a","at":"2026-11-24T09:00:00Z","what":"x","n":2}'
    line = b'{"stream":"s","seq":1,"kind":"Drifted","new":1,"fact":%b}' % fact
    assert isinstance(decode(line).fact, Drifted)
