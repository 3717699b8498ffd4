"""Calls out of CEL, as ``cel_custom`` writes it (Asterisk's sample): what happened on each channel, with microseconds.

A call is all that has one linkedid; its first channel is the one with that very id. It waits in ``Queue``, or for Helin
in ``BridgeWait``, and talks with whoever is in a bridge with it that is not for waiting.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from routing.facts import EndedBy
from routing.parties import interface_of
from routing.places import held_for
from routing.witness import Talked, Witnessed

HUNG_UP = (0, 16)
"""Q.850 causes of a phone that somebody put down; with any other it was lost."""


class Row(NamedTuple):
    """``at``: seconds since 1970."""

    event: str
    at: float
    number: str
    context: str
    channel: str
    app: str
    data: str
    unique: str
    linked: str
    extra: str


@dataclass(slots=True)
class _Other:
    """A channel that was in a bridge with the caller's. ``together``: from when until when."""

    name: str
    answered: float = 0.0
    together: list[tuple[float, float]] = field(default_factory=list)
    cause: int = 0


def row(fields: Sequence[str]) -> Row | None:
    """None for what is no record of CEL."""
    if len(fields) < 16 or not fields[15]:
        return None
    try:
        extra = fields[19] if len(fields) > 19 else ""
        context, channel, app, data = fields[8:12]
        return Row(fields[0], float(fields[1]), fields[3], context, channel, app, data, fields[14], fields[15], extra)
    except ValueError:
        return None


def calls(rows: Iterable[Sequence[str]]) -> Iterator[Witnessed]:
    """Those that are over."""
    about: dict[str, list[Row]] = defaultdict(list)
    for fields in rows:
        if (one := row(fields)) is not None:
            about[one.linked].append(one)
    for linked, parts in about.items():
        try:
            if (call := _call(linked, sorted(parts, key=lambda part: part.at))) is not None:
                yield call
        except (ValueError, OverflowError, OSError):
            continue


def _call(linked: str, parts: Sequence[Row]) -> Witnessed | None:
    own = [part for part in parts if part.unique == linked]
    began = next((part for part in own if part.event == "CHAN_START"), None)
    if began is None or not any(part.event == "LINKEDID_END" for part in parts):
        return None
    ended = max(part.at for part in parts if part.event in ("HANGUP", "CHAN_END", "LINKEDID_END"))
    answered = next((part.at for part in own if part.event == "ANSWER"), None)
    talks = tuple(_talks(linked, parts))
    waits = [(part.at, queue) for part in own if part.event == "APP_START" and (queue := _queue(part))]
    by = _ended_by(own, parts)
    gave_up = bool(waits) and not talks and by == "caller"
    return Witnessed(
        linked, linked, interface_of(began.channel), began.number or None, _time(began.at), _time(ended),
        _time(answered) if answered is not None else None,
        queue=waits[0][1] if waits else None, queued_at=_time(waits[0][0]) if waits else None,
        unqueued_at=_time(ended) if gave_up else talks[0].began_at if waits and talks else None,
        left="abandoned" if gave_up else "answered" if waits and talks else None, ended_by=by, talks=talks,
        sources=("cel",), contexts=tuple(sorted({part.context for part in parts})), exact=True,
    )  # fmt: skip


def _queue(part: Row) -> str:
    name = part.data.partition(",")[0]
    return name if part.app == "Queue" else held_for(name) if part.app == "BridgeWait" else ""


def _talks(linked: str, parts: Sequence[Row]) -> Iterator[Talked]:
    """In the order in which they began. A talk lasts over times of hold, so from the first bridge to the last."""
    for unique, other in sorted(_others(linked, parts).items(), key=lambda item: item[1].together[0]):
        first, last = other.together[0][0], other.together[-1][1]
        begin = other.answered if 0 < other.answered < first else first
        yield Talked(
            interface_of(other.name), unique, _time(begin), _time(last), lost=other.cause not in HUNG_UP
        )  # fmt: skip


def _others(linked: str, parts: Sequence[Row]) -> dict[str, _Other]:
    inside: dict[str, dict[str, float]] = defaultdict(dict)
    found: dict[str, _Other] = {}
    for part in parts:
        if part.channel.startswith("Local/"):
            continue
        if part.unique != linked:
            other = found.setdefault(part.unique, _Other(part.channel))
            if part.event == "ANSWER":
                other.answered = other.answered or part.at
            elif part.event == "HANGUP":
                other.cause = int(str(_extra(part).get("hangupcause") or 0))
        bridge = _bridge(part)
        if part.event == "BRIDGE_ENTER" and bridge:
            inside[bridge][part.unique] = part.at
        elif part.event == "BRIDGE_EXIT" and part.unique in inside[bridge]:
            _apart(linked, part, inside[bridge], found)
    return {unique: other for unique, other in found.items() if other.together}


def _apart(linked: str, part: Row, inside: dict[str, float], found: dict[str, _Other]) -> None:
    """Who leaves ends what it had with the caller; the caller ends what it had with all."""
    came = inside.pop(part.unique)
    for unique, at in list(inside.items()):
        if linked not in (unique, part.unique):
            continue
        other = found.get(unique if part.unique == linked else part.unique)
        if other is not None:
            other.together.append((max(at, came), part.at))


def _bridge(part: Row) -> str:
    extra = _extra(part) if part.event.startswith("BRIDGE_") else {}
    return "" if extra.get("bridge_technology") == "holding_bridge" else str(extra.get("bridge_id") or "")


def _ended_by(own: Sequence[Row], parts: Sequence[Row]) -> EndedBy | None:
    """By the channel that Asterisk names as the source of the caller's hang-up."""
    last = next((part for part in reversed(own) if part.event == "HANGUP"), None)
    source = str(_extra(last).get("hangupsource") or "") if last is not None else ""
    if last is None or not source:
        return "system" if last is not None else None
    if source == last.channel:
        return "caller"
    return "agent" if any(part.channel == source for part in parts) else "system"


def _extra(part: Row) -> dict[str, object]:
    try:
        found = json.loads(part.extra) if part.extra else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
