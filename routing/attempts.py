"""An attempt: one dialling of a lead. How its channel is known, and what became of it, from its call's record.

A call that a campaign dials has a unique id that Helin gave it, and everything that is said of it says that id. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from routing.facts import Heard
from routing.story import Call, Leg

AttemptOutcome = Literal[
    "person", "machine", "abandoned", "no_answer", "busy", "congestion", "unreachable", "refused", "failed",
    "cancelled", "unknown",
]  # fmt: skip
"""``person``: talked with an agent. ``abandoned``: a person answered, and no agent came. ``unreachable``: there is no
such number, or its phone is off; ``refused``: whoever it is declined; ``congestion``: the way there was full;
``failed``: it did not leave, or went wrong on the way; ``cancelled``: given up before it left; ``unknown``: nobody saw
what became of it."""

PREFIX: Final = "helin-attempt-"
_CHANNEL: Final = re.compile(r"helin-attempt-[0-9a-f]{16}", re.ASCII)
HEARD: Final[Mapping[str, Heard]] = {word: word for word in get_args(Heard)}

CAUSES: Final[Mapping[int, AttemptOutcome]] = {
    1: "unreachable", 2: "unreachable", 3: "unreachable", 20: "unreachable", 22: "unreachable", 27: "unreachable",
    28: "unreachable", 88: "failed", 17: "busy", 21: "refused", 34: "congestion", 38: "congestion", 41: "congestion",
    42: "congestion", 44: "congestion", 47: "congestion", 58: "failed",
}  # fmt: skip
"""ITU-T Q.850, of a call that nobody answered: 1 no such number, 20 phone off, 22 number changed, 27 out of order, 28
no such format, 34 to 47 no room on the way. What is not here has rung, as far as anybody knows: no answer."""


def is_attempt(channel: str) -> bool:
    """Whether this is the unique id of a channel that a campaign dialled."""
    return channel.startswith(PREFIX)


def channel_of(call: str) -> str | None:
    """The channel of the attempt that this call's id names; None: no campaign's call."""
    found = _CHANNEL.search(call)
    return found[0] if found is not None else None


@dataclass(frozen=True, slots=True)
class Course:
    """How far an attempt has come. ``outcome`` None: nobody has answered yet. ``ended_at`` None: it goes on."""

    outcome: AttemptOutcome | None = None
    answered_at: datetime | None = None
    connected_at: datetime | None = None
    agent: str | None = None
    ended_at: datetime | None = None
    cause: int | None = None
    estimated: bool = False


def course_of(call: Call, channel: str) -> Course:
    """What the record says of the attempt that is this channel."""
    leg = next((each for each in call.legs if each.leg == channel), None)
    talk = call.segments[0] if call.segments else None
    answered_at = leg.answered_at if leg is not None else None
    ended_at = leg.ended_at if leg is not None and leg.ended_at is not None else call.ended_at
    return Course(
        _outcome(call, leg, ended_at is not None),
        answered_at,
        talk.started_at if talk is not None else None,
        talk.agent if talk is not None else None,
        ended_at,
        leg.cause if leg is not None else None,
        call.estimated or (leg is not None and leg.estimated),
    )


def _outcome(call: Call, leg: Leg | None, over: bool) -> AttemptOutcome | None:
    if call.segments:
        return "person"
    if call.heard in ("machine", "abandoned"):
        return "machine" if call.heard == "machine" else "abandoned"
    if not over:
        return None
    if leg is not None and leg.estimated:
        return "unknown"
    # Who answered and hung up before an agent came counts as abandoned: that errs to the safe side.
    return (
        "abandoned"
        if leg is not None and leg.answered_at is not None
        else unanswered(None if leg is None else leg.cause)
    )


def unanswered(cause: int | None) -> AttemptOutcome:
    """By the cause with which the channel went."""
    return CAUSES.get(cause or 0, "no_answer")


def course_told(value: str) -> Course | None:
    """What the dialplan wrote down at the end of a call (``connected:16:1764264000.123:1764263990.5``): who answered,
    the cause, when it ended, when an agent was there. None: nothing that can be read."""
    parts = value.split(":")
    if len(parts) != 4 or not parts[1].isdigit():
        return None
    said, cause, ended_at, met = parts[0], int(parts[1]), _moment(parts[2]), _moment(parts[3])
    outcome: AttemptOutcome = unanswered(cause)
    match said:
        case "connected":
            outcome = "person"
        case "machine":
            outcome = "machine"
        case "person" | "abandoned":
            outcome = "abandoned"
    return Course(outcome, None, met, None, ended_at, cause, estimated=True) if ended_at is not None else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
