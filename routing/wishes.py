"""Agents' commands: allowed or refused, carried out by actions, answered once.

A command is refused with one sentence when the tables or the situation forbid it; otherwise it becomes actions, and its
answer is given when Asterisk has confirmed all of them. Who sends the same command again gets the first answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from routing.actions import Action, AddMember, Answer, HangUp, PauseMember, RemoveMember
from routing.agents import next_availability
from routing.commands import Command, Refused, Result
from routing.desk import WRAP_UP, Desk
from routing.events import ActionDone, Person
from routing.facts import Availability
from routing.knowledge import Story
from routing.parties import Owners
from routing.tapes import RECORDING_COMMANDS, Tapes

REMEMBERED = 10_000
MAX_REASON = 80
CHIEFS: Final = ("supervisor", "admin")
"""Roles that may act on another agent."""


@dataclass(slots=True)
class _Pending:
    command: Command
    left: int
    failure: Result | None = None


class Wishes:
    """``receive`` and ``done`` give actions, the answers among them."""

    def __init__(self, desk: Desk, owners: Owners, stories: dict[str, Story], tapes: Tapes) -> None:
        self._desk = desk
        self._tapes = tapes
        self._owners = owners
        self._stories = stories
        self._pending: dict[str, _Pending] = {}
        self._results: dict[str, Result] = {}

    def receive(self, command: Command) -> list[Action]:
        key = f"{command.by}\n{command.id}"
        first = self._results.get(key)
        if first is not None:
            return [Answer(command.by, first)]
        if key in self._pending:
            return []
        try:
            actions = self._carry_out(command, key)
        except Refused as refused:
            code, message = refused.args
            return [self._answer(key, command, Result(command.id, False, code, message))]
        if not actions:
            return [self._answer(key, command, Result(command.id, True))]
        self._pending[key] = _Pending(command, len(actions))
        self._bound(self._pending)
        return actions

    def done(self, event: ActionDone) -> list[Action]:
        pending = self._pending.get(event.command)
        if pending is None:
            return []
        pending.left -= 1
        if not event.ok and pending.failure is None:
            pending.failure = Result(pending.command.id, False, event.code or "failed", event.message)
        if pending.left > 0:
            return []
        del self._pending[event.command]
        if pending.failure is None and pending.command.name in RECORDING_COMMANDS:
            self._tapes.confirmed(pending.command)
        result = pending.failure or Result(pending.command.id, True)
        return [self._answer(event.command, pending.command, result)]

    def _answer(self, key: str, command: Command, result: Result) -> Answer:
        """``not_ready`` is not kept: the same command may be tried again when there is a link."""
        if result.code != "not_ready":
            self._results[key] = result
            self._bound(self._results)
        return Answer(command.by, result)

    @staticmethod
    def _bound(table: dict[str, _Pending] | dict[str, Result]) -> None:
        if len(table) > REMEMBERED:
            del table[next(iter(table))]

    def _carry_out(self, command: Command, key: str) -> list[Action]:
        if command.name in RECORDING_COMMANDS:
            return [replace(action, command=key) for action in self._tapes.wanted(command)]
        step = _STEPS.get(command.name)
        if step is None:
            raise Refused("unknown", f"There is no command {command.name[:40]!r}.")
        if command.agent != command.by and command.role not in CHIEFS:
            raise Refused("not_allowed", "Only a supervisor may do this for another agent.")
        person = self._owners.person(command.agent)
        if person is None:
            raise Refused("unknown", f"There is no agent {command.agent[:80]!r}.")
        return [replace(action, command=key) for action in step(self, command, person)]

    def _availability(self, login: str) -> Availability:
        told = self._desk.agents().get(login)
        return "offline" if told is None else told.availability

    def _interfaces(self, person: Person) -> list[str]:
        return list(self._desk.interfaces(person.login))

    def _ready(self, _: Command, person: Person) -> list[_Doable]:
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

    def _pause(self, command: Command, person: Person) -> list[_Doable]:
        reason = dict(command.args).get("reason", "").strip()
        if len(reason) > MAX_REASON or not reason.isprintable():
            raise Refused("invalid", f"A reason is at most {MAX_REASON} letters on one line.")
        if reason == WRAP_UP:
            raise Refused("invalid", "This reason is Helin's own.")
        if self._availability(person.login) == "offline":
            raise Refused("not_possible", "Log in to a queue first.")
        return [PauseMember(interface, True, reason) for interface in self._interfaces(person)]

    def _log_in(self, command: Command, person: Person) -> list[_Doable]:
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

    def _log_out(self, _: Command, person: Person) -> list[_Doable]:
        return [RemoveMember(queue, interface) for interface, queue in self._desk.memberships(person.login)]

    def _hang_up(self, command: Command, person: Person) -> list[_Doable]:
        story = self._stories.get(dict(command.args).get("call", ""))
        if story is None or story.call is None:
            raise Refused("not_possible", "This call is over.")
        legs = [chan for chan in story.live.values() if chan.agent == person.login and chan.sure and not chan.spy]
        if not legs:
            raise Refused("not_possible", "This agent is not in this call.")
        chan = next((each for each in legs if each.consult), legs[0])
        if chan.lifted_at is not None:
            chan.by_command = True
        return [HangUp(chan.id)]


_Doable = AddMember | RemoveMember | PauseMember | HangUp
_STEPS: dict[str, Callable[[Wishes, Command, Person], list[_Doable]]] = {
    "ready": Wishes._ready,
    "wrapped_up": Wishes._ready,
    "pause": Wishes._pause,
    "log_in": Wishes._log_in,
    "log_out": Wishes._log_out,
    "hang_up": Wishes._hang_up,
}
