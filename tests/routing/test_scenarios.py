"""Stories as text: AMI in, a blank line, facts and actions out. ``tests/scenarios/*.txt``.

Prose first (lines with ``#``), then the channels, ``name = Channel Uniqueid/Linkedid context:exten number name``, then
AMI, an event a line: seconds, event, channels, keys. ``caller:Ring`` stands for the whole block of keys that AMI has
for a channel; a second one is written with ``Dest``, ``Transferer=caller`` with that prefix; ``@context:exten`` and
``^linkedid`` change what stands in the block. ``tick SECONDS`` lets time pass, ``snapshot`` says that Asterisk has
nothing (left).

After the blank line comes what must follow, in order: facts by the second and actions with ``->`` in front; channels
and calls by the end of their id. Facts about agents and queues are left out unless the prose says ``with agents``, and
of a rank what it was reckoned from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from cti import frames
from cti.translate import translate
from routing.actions import LogQueue, Place, SayHours, SendTo
from routing.events import Event, Snapshot, Tick
from routing.facts import AgentChanged, Fact, QueueSeen
from routing.frozen import Frozen
from tests.routing.told import RECEIVED, new_switchboard

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.txt") if path.stem != "final_calls")
LEFT_OUT = ("at", "asterisk", "since", "pop", "estimated", "phone_busy", "score", "reasons")


def read(name: str) -> tuple[str, list[str], list[str]]:
    """Prose, what is heard, what must follow."""
    lines = (SCENARIOS / f"{name}.txt").read_text().splitlines()
    prose = [line for line in lines if line.startswith("#")]
    rest = "\n".join(line for line in lines if not line.startswith("#")).strip("\n")
    given, _, expected = rest.partition("\n\n")
    return "\n".join(prose), given.splitlines(), [line.rstrip() for line in expected.splitlines() if line.strip()]


def ami_of(line: str, channels: dict[str, str]) -> bytes:
    """The message that this line stands for."""
    seconds, event, *words = line.split()
    message = [f"Event: {event}", f"Timestamp: {RECEIVED.timestamp() + float(seconds):.6f}"]
    prefix = ""
    for word in words:
        key, _, value = word.rpartition("=")
        if value.partition(":")[0] in channels:
            message += block(value, channels, key or prefix)
            prefix = "Dest"
        else:
            message.append(f"{key}: {value}")
    return "\r\n".join(message).encode()


def block(word: str, channels: dict[str, str], prefix: str) -> list[str]:
    """A channel's keys."""
    word, _, linked = word.partition("^")
    word, _, place = word.partition("@")
    name, _, state = word.partition(":")
    channel, ids, home, number, *caller = channels[name].split()
    context, _, exten = (place or home).partition(":")
    unique, _, own = ids.partition("/")
    keys = {
        "Channel": channel, "ChannelStateDesc": state, "CallerIDNum": number, "CallerIDName": " ".join(caller),
        "Context": context, "Exten": exten, "Uniqueid": unique, "Linkedid": linked or own,
    }  # fmt: skip
    return [f"{prefix}{key}: {value}" for key, value in keys.items()]


def events_of(lines: list[str]) -> Iterator[Event]:
    now = RECEIVED
    channels: dict[str, str] = {}
    for line in lines:
        if " = " in line:
            name, _, words = line.partition(" = ")
            channels[name.strip()] = words
        elif line.startswith("tick "):
            now += timedelta(seconds=float(line.split()[1]))
            yield Tick(now)
        elif line == "snapshot":
            yield Snapshot(now, None, (), ("support",), (), ())
        else:
            event = translate(frames.parse(ami_of(line, channels)), now)
            assert event is not None, line
            now = getattr(event, "at", None) or now
            yield event


def told(name: str) -> list[str]:
    prose, given, _ = read(name)
    board = new_switchboard()
    lines: list[str] = []
    for event in events_of(given):
        at = event.at  # type: ignore[union-attr]
        facts, actions = board.receive(event, at)
        for fact in facts:
            if not isinstance(fact, AgentChanged | QueueSeen) or "with agents" in prose.lower():
                lines.append(f"{(fact.at - RECEIVED).total_seconds():6.2f}  {words_of(fact)}")
        lines += [f"        -> {words_of(action)}" for action in actions if type(action) is not SayHours]
    return lines


def words_of(thing: Fact | object) -> str:
    words = [type(thing).__name__]
    names = thing.__struct_fields__ if isinstance(thing, Frozen) else [field.name for field in fields(thing)]  # type: ignore[arg-type]
    for name in names:
        value = getattr(thing, name)
        if name == "estimated" and value:
            words.append("estimated")
        elif name in LEFT_OUT or value is None or value == "" or value == ():
            continue
        elif name in ("call", "leg", "into", "channel"):
            words.append(f"{name}={str(value).rpartition('.')[2]}")
        elif isinstance(thing, SendTo) and name == "places":
            words += [place_of(place) for place in thing.places]
        elif isinstance(thing, LogQueue) and name == "data":
            words.append(f"data={'|'.join(thing.data)}")
        elif isinstance(value, tuple):
            words.append(f"{name}={'; '.join(f'{what} {points:g}' for what, points in value)}")
        else:
            words.append(f"{name}={value}")
    return " ".join(words)


def place_of(place: Place) -> str:
    known = "".join(f" {name}={value}" for name, value in place.variables)
    return f"{place.channel} to {place.context},{place.exten}{known}"


def test_there_are_scenarios() -> None:
    assert len(NAMES) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name: str) -> None:
    _, given, expected = read(name)
    assert given, name
    assert told(name) == expected
