"""Commands about an agent's availability, as actions on queue members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from routing.actions import AddMember, PauseMember, RemoveMember
from routing.agents import next_availability
from routing.commands import CHIEFS, Command, Refused
from routing.desk import WRAP_UP, Desk
from routing.events import Person
from routing.facts import Availability

MAX_REASON = 80
Doable = AddMember | RemoveMember | PauseMember


class Working:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def _availability(self, login: str) -> Availability:
        told = self._desk.agents().get(login)
        return "offline" if told is None else told.availability

    def _interfaces(self, person: Person) -> list[str]:
        return list(self._desk.interfaces(person.login))

    def ready(self, _: Command, person: Person) -> list[Doable]:
        now = self._availability(person.login)
        if next_availability(now, "ready") is None:
            raise Refused("not_possible", "Log in to a queue first.")
        paused = [
            interface
            for interface, members in self._desk.interfaces(person.login).items()
            if any(member.paused for member in members)
        ]
        if now == "wrap_up":
            self._desk.end_wrap_up(person.login, "ready", unpause=False)
        return [PauseMember(interface, False, "") for interface in paused]

    def pause(self, command: Command, person: Person) -> list[Doable]:
        reason = dict(command.args).get("reason", "").strip()
        if len(reason) > MAX_REASON or not reason.isprintable():
            raise Refused("invalid", f"A reason is at most {MAX_REASON} letters on one line.")
        if reason == WRAP_UP:
            raise Refused("invalid", "This reason is Helin's own.")
        if self._availability(person.login) == "offline":
            raise Refused("not_possible", "Log in to a queue first.")
        return [PauseMember(interface, True, reason) for interface in self._interfaces(person)]

    def log_in(self, command: Command, person: Person) -> list[Doable]:
        named = dict(command.args).get("queues", "")
        queues = [name.strip() for name in named.split(",") if name.strip()] or list(person.queues)
        if not queues:
            raise Refused("not_possible", "No queue is assigned to this agent.")
        if not person.interface:
            raise Refused("not_possible", "No phone is assigned to this agent.")
        foreign = [queue for queue in queues if queue not in person.queues]
        if foreign and command.role not in CHIEFS:
            raise Refused("not_allowed", f"The queue {foreign[0][:80]!r} is not assigned to this agent.")
        missing = [queue for queue in queues if not self._desk.has_queue(queue)]
        if missing:
            raise Refused("not_possible", f"Asterisk has no queue {missing[0][:80]!r}.")
        there = {queue for _, queue in self._desk.memberships(person.login)}
        return [AddMember(queue, person.interface, person.name, False) for queue in queues if queue not in there]

    def log_out(self, _: Command, person: Person) -> list[Doable]:
        return [RemoveMember(queue, interface) for interface, queue in self._desk.memberships(person.login)]


STEPS: Final[dict[str, Callable[[Working, Command, Person], list[Doable]]]] = {
    "ready": Working.ready,
    "wrapped_up": Working.ready,
    "pause": Working.pause,
    "log_in": Working.log_in,
    "log_out": Working.log_out,
}
