"""The commands with which agents come, go, pause and return: what Asterisk is to be told for each.

None of them changes a state here: that follows from what Asterisk then says of its members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from routing.actions import AddMember, PauseMember, RemoveMember
from routing.agents import next_availability
from routing.commands import CHIEFS, Command, Refused
from routing.desk import Desk
from routing.events import Person
from routing.pauses import MAX_REASON, MAX_REASON_BYTES, is_own

Doable = AddMember | PauseMember | RemoveMember


def ready(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """Ends a pause, takes back a booked one, ends wrapping up."""
    now = desk.availability(person.login)
    if next_availability(now, "ready") is None:
        raise Refused("not_possible", "Log in to a queue first.")
    desk.staff.intend(person.login, command.by)
    if now == "wrap_up":
        return list(desk.rests.end_wrap_up(person.login, "ready", command.by))
    paused = any(member.paused for member in desk.members.of(person.login).values())
    if not paused and not desk.rests.asked(person.login):
        return []
    return list(desk.rests.ask(desk.staff.agent(person.login), None))


def wrapped_up(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """The wrap-up is written: what is booked begins, else calls come again. Nothing where nobody wraps up."""
    if desk.availability(person.login) != "wrap_up":
        return []
    desk.staff.intend(person.login, command.by)
    return list(desk.rests.end_wrap_up(person.login, "time_up", command.by))


def pause(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """At once; while a call or a required wrap-up goes on it is booked (see :mod:`routing.pauses`)."""
    reason = dict(command.args).get("reason", "").strip()
    if len(reason) > MAX_REASON or len(reason.encode()) > MAX_REASON_BYTES or not reason.isprintable():
        raise Refused("invalid", f"A reason is at most {MAX_REASON} letters on one line.")
    if is_own(reason):
        raise Refused("invalid", "This reason is Helin's own; choose another.")
    if desk.availability(person.login) == "offline":
        raise Refused("not_possible", "Log in to a queue first.")
    desk.staff.intend(person.login, command.by)
    return list(desk.rests.ask(desk.staff.agent(person.login), desk.rests.pause_text(person.login, reason)))


def log_in(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """Into the queues that are named, else all own ones. Who is paused comes in paused, for the same reason."""
    queues = _named(command) or list(person.queues)
    if not queues:
        raise Refused("not_possible", "No queue is assigned to this agent.")
    if not person.interface:
        raise Refused("not_possible", "No phone is assigned to this agent.")
    foreign = [queue for queue in queues if queue not in person.queues]
    if foreign and command.role not in CHIEFS:
        raise Refused("not_allowed", f"The queue {foreign[0][:80]!r} is not assigned to this agent.")
    missing = [queue for queue in queues if not desk.members.has_queue(queue)]
    if missing:
        raise Refused("not_possible", f"Asterisk has no queue {missing[0][:80]!r}.")
    there = {queue for _, queue in desk.members.of(person.login)}
    held = desk.rests.held_by(person.login)
    steps: list[Doable] = [
        AddMember(queue, person.interface, person.name, held is not None) for queue in queues if queue not in there
    ]
    if steps:
        desk.staff.intend(person.login, command.by)
        # A member can be added paused, but not with a reason.
        steps += [PauseMember(person.interface, True, held)] if held else []
    return steps


def log_out(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """Of the queues that are named, else all."""
    named = _named(command)
    memberships = desk.members.of(person.login)
    unknown = [queue for queue in named if queue not in person.queues and not desk.members.has_queue(queue)]
    if unknown:
        raise Refused("not_possible", f"Asterisk has no queue {unknown[0][:80]!r}.")
    desk.staff.intend(person.login, command.by)
    return [RemoveMember(queue, interface) for interface, queue in memberships if not named or queue in named]


def force_state(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """A supervisor's wish for an agent: ``state`` ready, paused (with ``reason``), offline, or wrapped_up: the wrap-up
    is over, and what is booked begins. Who is offline and is to be ready logs in to the own queues."""
    if command.role not in CHIEFS:
        raise Refused("not_allowed", "That is for supervisors.")
    state = dict(command.args).get("state", "")
    if state == "ready" and desk.availability(person.login) == "offline":
        return log_in(desk, command, person)
    step = {"ready": ready, "paused": pause, "offline": log_out, "wrapped_up": wrapped_up}.get(state)
    if step is None:
        raise Refused("invalid", "Say which state: ready, paused, offline or wrapped_up.")
    if state == "wrapped_up" and desk.availability(person.login) != "wrap_up":
        raise Refused("not_possible", "This agent is not wrapping up.")
    return step(desk, command, person)


def move_agent(desk: Desk, command: Command, person: Person) -> list[Doable]:
    """From now on in exactly these ``queues``. Who is logged in nowhere stays so; the store keeps where they belong."""
    if command.role not in CHIEFS:
        raise Refused("not_allowed", "That is for supervisors.")
    wanted = _named(command)
    missing = [queue for queue in wanted if not desk.members.has_queue(queue)]
    if missing:
        raise Refused("not_possible", f"Asterisk has no queue {missing[0][:80]!r}.")
    there = desk.members.of(person.login)
    if not there:
        return []
    gone: list[Doable] = [RemoveMember(queue, interface) for interface, queue in there if queue not in wanted]
    return [*log_in(desk, command, person), *gone] if wanted else gone


def _named(command: Command) -> list[str]:
    """``queues``: names with commas between them."""
    names = dict(command.args).get("queues", "").split(",")
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


STEPS: Final[dict[str, Callable[[Desk, Command, Person], list[Doable]]]] = {
    "ready": ready,
    "wrapped_up": wrapped_up,
    "pause": pause,
    "log_in": log_in,
    "log_out": log_out,
    "force_state": force_state,
    "move_agent": move_agent,
}
