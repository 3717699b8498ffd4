"""What agents say to written requests: accept, decline, park, done. Allowed or refused; the store has the last word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from routing.commands import CHIEFS, Command, Refused
from routing.letters import MoveRequest, WrittenRequest
from routing.written import Written

LONGEST_NOTE = 10_000
NOT_YOURS = "This request is not yours any more."


def wanted(written: Written, command: Command) -> MoveRequest:
    """What the store is to be asked. Raises Refused."""
    if command.agent != command.by and command.role not in CHIEFS:
        raise Refused("not_allowed", "Only a supervisor may do this for another agent.")
    args = dict(command.args)
    request = written.get(args.get("request", ""))
    if request is None:
        raise Refused("unknown", "There is no such request any more.")
    if request.agent != command.agent:
        raise Refused("not_possible", NOT_YOURS)
    return STEPS[command.name](request, args)


def _accept(request: WrittenRequest, args: dict[str, str]) -> MoveRequest:
    """Also what the agent had parked, before its time."""
    if request.state not in ("offered", "parked"):
        raise Refused("not_possible", NOT_YOURS)
    return MoveRequest(request.id, "taken", ("offered", "parked"), request.agent, request.agent)


def _decline(request: WrittenRequest, args: dict[str, str]) -> MoveRequest:
    """An offer, or what was taken: it goes back to its place in the line."""
    if request.state not in ("offered", "taken", "parked"):
        raise Refused("not_possible", NOT_YOURS)
    return MoveRequest(request.id, "waiting", ("offered", "taken", "parked"), None, request.agent)


def _park(request: WrittenRequest, args: dict[str, str]) -> MoveRequest:
    if request.state != "taken":
        raise Refused("not_possible", "Accept the request first.")
    try:
        until = datetime.fromisoformat(args.get("until", ""))
    except ValueError:
        until = datetime.min
    if until.tzinfo is None or not 2000 < until.year < 9000:
        raise Refused("invalid", "Say until when, like 2026-11-24T08:00:00Z.")
    return MoveRequest(request.id, "parked", ("taken",), request.agent, request.agent, until.astimezone(UTC))


def _done(request: WrittenRequest, args: dict[str, str]) -> MoveRequest:
    if request.state != "taken":
        raise Refused("not_possible", "Accept the request first.")
    note = args.get("note", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Refused("invalid", f"A note is at most {LONGEST_NOTE} characters.")
    return MoveRequest(request.id, "done", ("taken",), request.agent, request.agent, note=note or None)


STEPS: Final[dict[str, Callable[[WrittenRequest, dict[str, str]], MoveRequest]]] = {
    "accept": _accept,
    "decline": _decline,
    "park": _park,
    "done": _done,
}
