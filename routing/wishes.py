"""Agents' commands: allowed or refused, carried out by actions, answered once.

A command is refused with one sentence when the tables or the situation forbid it; otherwise it becomes actions, and its
answer is given when Asterisk has confirmed all of them. Who sends the same command again gets the first answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing import answers, control, shifts, stepping_in
from routing.actions import Action, Answer, IssuePhonePassword
from routing.commands import CHIEFS, Command, Refused, Result
from routing.desk import Desk
from routing.events import ActionDone, Person
from routing.parties import Owners
from routing.tapes import RECORDING_COMMANDS, Tapes
from routing.written import Written

REMEMBERED = 10_000
PHONE_PASSWORD: Final = "phone_password"  # noqa: S105 - a command's name


@dataclass(slots=True)
class _Pending:
    command: Command
    left: int
    failure: Result | None = None


class Wishes:
    """``receive`` and ``done`` give actions, the answers among them."""

    def __init__(
        self,
        desk: Desk,
        of_calls: control.Control,
        owners: Owners,
        tapes: Tapes,
        step_in: stepping_in.SteppingIn,
        written: Written | None = None,
    ) -> None:
        self._desk = desk
        self._control = of_calls
        self._tapes = tapes
        self._step_in = step_in
        self._owners = owners
        self._written = written
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
        if command.name == PHONE_PASSWORD:
            return [replace(_phone_password(command), command=key)]
        if command.name in RECORDING_COMMANDS:
            return [replace(action, command=key) for action in self._tapes.wanted(command)]
        if command.name in answers.STEPS and self._written is not None:
            return [replace(answers.wanted(self._written, command), command=key)]
        if command.name in stepping_in.FOR_CHIEFS:
            return [replace(action, command=key) for action in self._step_in.wanted(command)]
        if not any(command.name in steps for steps in (shifts.STEPS, stepping_in.STEPS, control.STEPS)):
            raise Refused("unknown", f"There is no command {command.name[:40]!r}.")
        if command.agent != command.by and command.role not in CHIEFS:
            raise Refused("not_allowed", "Only a supervisor may do this for another agent.")
        person = self._owners.person(command.agent)
        if person is None:
            raise Refused("unknown", f"There is no agent {command.agent[:80]!r}.")
        actions = self._steps(command, person)
        return [replace(action, command=key) for action in actions]

    def _steps(self, command: Command, person: Person) -> Sequence[shifts.Doable | control.Doable | stepping_in.Doable]:
        if command.name in stepping_in.STEPS:
            return self._step_in.wanted(command)
        if command.name in shifts.STEPS:
            return shifts.STEPS[command.name](self._desk, command, person)
        return control.STEPS[command.name](self._control, command, person)


def _phone_password(command: Command) -> IssuePhonePassword:
    """Helin's own wish, not a person's: the password of a user who is gone is replaced too."""
    args = dict(command.args)
    return IssuePhonePassword(args.get("endpoint", ""), args.get("credential", ""))
