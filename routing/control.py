"""Commands about a call, as actions. Where channels are sent (:mod:`routing.places`) the dialplan goes on alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from routing import places
from routing.actions import HangUp, Originate, Place, PlayDigits, SendTo
from routing.commands import Command, Refused
from routing.consulting import Partners, members
from routing.events import Person
from routing.knowledge import Chan, Story
from routing.parties import Owners
from routing.situations import Desk, allow, desk_of

Outside = Callable[[str], tuple[str, str]]
"""A text as an outside number that may be dialled (E.164), or "" and the sentence why not."""
Doable = HangUp | Originate | PlayDigits | SendTo

DIGITS: Final = frozenset("0123456789*#ABCD")
MOST_DIGITS = 32
AT_THE_PHONE: Final = {
    "answer": "Answer at the phone: Helin cannot lift it from here.",
    "mute": "Mute at the phone: Helin cannot do it from here.",
}
IN_THE_BROWSER: Final = {
    "answer": "The browser answers by itself.",
    "mute": "The browser mutes by itself.",
    "hold": "The browser holds by itself.",
    "resume": "The browser resumes by itself.",
}


def nobody_outside(_: str) -> tuple[str, str]:
    """The default: without settings no number is dialled."""
    return "", "Outside numbers are not dialled here."


@dataclass(frozen=True, slots=True)
class Target:
    """``exten``: in the dialplan; ``dial``: the dial string, empty for a queue; ``phone``: an agent's interface."""

    name: str
    exten: str
    dial: str = ""
    phone: str = ""


class Control:
    """``dial`` has ``{number}`` where an outside number goes; ``has_queue``: whether Asterisk has the queue."""

    def __init__(
        self,
        owners: Owners,
        stories: dict[str, Story],
        partners: Partners,
        has_queue: Callable[[str], bool],
        outside: Outside,
        dial: str,
    ) -> None:
        self._owners = owners
        self._stories = stories
        self._partners = partners
        self._has_queue = has_queue
        self._outside = outside
        self._dial = dial

    # -- whom it is about ----------------------------------------------------------------------------------------------

    def _desk(self, command: Command, person: Person) -> Desk:
        named = dict(command.args).get("call", "")
        story = self._stories.get(named) if named else self._only_story(person.login)
        if story is None or story.call is None:
            raise Refused("not_possible", "This call is over.")
        desk = desk_of(story, person.login, self._partners)
        allow(command.name, desk.situation)
        return desk

    def _only_story(self, login: str) -> Story | None:
        found = [each for each in self._stories.values() if any(talk.agent == login for talk in each.talks)]
        if len(found) > 1:
            raise Refused("invalid", "You are in more than one call: say which one.")
        return found[0] if found else None

    def _target(self, command: Command, person: Person, *, queues: bool = False) -> Target:
        text = dict(command.args).get("to", "").strip()
        if not text:
            raise Refused("invalid", "Say to whom: a login, an extension, a queue or a number.")
        other = self._owners.person(text) or self._owners.with_extension(text)
        if other is not None:
            if other.login == person.login:
                raise Refused("invalid", "That is yourself.")
            return Target(other.login, other.extension or "", other.interface, other.interface)
        if self._has_queue(text):
            if not queues:
                raise Refused("invalid", "A queue can only be transferred to.")
            return Target(text, text)
        number, why = self._outside(text)
        if not number:
            raise Refused("invalid", why)
        return Target(number, number, self._dial.replace("{number}", number))

    # -- commands ------------------------------------------------------------------------------------------------------

    def hang_up(self, command: Command, person: Person) -> list[Doable]:
        story = self._stories.get(dict(command.args).get("call", ""))
        if story is None or story.call is None:
            raise Refused("not_possible", "This call is over.")
        legs = [chan for chan in story.live.values() if chan.agent == person.login and chan.sure and not chan.spy]
        if not legs:
            raise Refused("not_possible", "This agent is not in this call.")
        chan = next((each for each in legs if each.consult), legs[0])
        if chan.lifted_at is None or chan.consult or chan.context not in _PLACES:
            return [_end(chan)]
        desk = self._desk(command, person)
        return [_end(desk.caller), _end(chan)] if desk.situation == "holding" else [_end(chan)]

    def call(self, command: Command, person: Person) -> list[Doable]:
        target = self._target(command, person)
        for story in self._stories.values():
            if any(chan.agent == person.login and not chan.spy for chan in members(story)):
                raise Refused("not_possible", "You are in a call; end it first.")
        if not target.exten:
            raise Refused("not_possible", f"{target.name} has no extension.")
        channel = dict(command.args).get("channel", "")
        answer = person.phone == "browser"
        return [Originate(channel, person.interface, target.exten, target.dial, answer)]

    def transfer(self, command: Command, person: Person) -> list[Doable]:
        desk, target = self._desk(command, person), self._target(command, person, queues=True)
        if not target.exten:
            raise Refused("not_possible", f"{target.name} has no extension.")
        variables = (("HELIN_AGENT", person.interface), ("HELIN_TARGET", target.dial), ("HELIN_CALLER", ""))
        moved: list[Doable] = [SendTo((Place(desk.caller.name, places.TRANSFER, target.exten, variables),))]
        return [*moved, _end(desk.agent)] if desk.situation == "holding" else moved

    def consult(self, command: Command, person: Person) -> list[Doable]:
        desk, target = self._desk(command, person), self._target(command, person)
        desk.story.consult_to = target.name
        asks = (("HELIN_TARGET", target.dial), ("HELIN_OTHER", target.phone))
        return [SendTo((_held(desk, person), _agent(desk, person, places.CONSULT, desk.caller, *asks)))]

    def cancel_transfer(self, command: Command, person: Person) -> list[Doable]:
        asked = self._desk(command, person).asked
        if asked is None:
            raise Refused("not_possible", "Nobody has been rung yet; try again in a moment.")
        return [_end(asked)]

    def complete_transfer(self, command: Command, person: Person) -> list[Doable]:
        desk = self._desk(command, person)
        assert desk.asked is not None  # noqa: S101 - the table asks for it
        back = Place(desk.asked.name, places.BACK, "s", (("HELIN_CALLER", desk.caller.name),))
        if desk.situation == "swapped":
            return [SendTo((_held(desk, person), back))]
        if desk.agent.context == places.BACK:
            return [SendTo((back,))]
        return [_end(desk.agent)]

    def swap(self, command: Command, person: Person) -> list[Doable]:
        desk = self._desk(command, person)
        assert desk.asked is not None  # noqa: S101 - the table asks for it
        if desk.situation == "swapped":
            return [SendTo((_held(desk, person), _agent(desk, person, places.BACK, desk.asked)))]
        waits = Place(desk.asked.name, places.HELD, "s", (("HELIN_PEER", desk.agent.name),))
        return [SendTo((waits, _agent(desk, person, places.BACK, desk.caller)))]

    def conference(self, command: Command, person: Person) -> list[Doable]:
        desk = self._desk(command, person)
        assert desk.asked is not None  # noqa: S101 - the table asks for it
        room = (("HELIN_ROOM", desk.caller.id),)
        come = (("HELIN_AGENT", person.interface), *room)
        agent = _agent(desk, person, places.CONFERENCE, desk.caller, *room)
        asked = Place(desk.asked.name, places.CONFERENCE, "s", room)
        caller = Place(desk.caller.name, places.CONFERENCE, "s", come)
        beside = asked if desk.situation == "consulting" else caller
        return [SendTo((beside, agent)), SendTo((caller if beside is asked else asked,))]

    def hold(self, command: Command, person: Person) -> list[Doable]:
        self._by_itself(command, person)
        desk = self._desk(command, person)
        return [SendTo((_held(desk, person), _agent(desk, person, places.HOLDING, desk.caller)))]

    def resume(self, command: Command, person: Person) -> list[Doable]:
        self._by_itself(command, person)
        desk = self._desk(command, person)
        return [SendTo((_agent(desk, person, places.BACK, desk.caller),))]

    def dtmf(self, command: Command, person: Person) -> list[Doable]:
        digits = dict(command.args).get("digits", "")
        if not 0 < len(digits) <= MOST_DIGITS or not DIGITS.issuperset(digits):
            raise Refused("invalid", f"Digits are 1 to {MOST_DIGITS} of 0-9, *, #, A-D.")
        desk = self._desk(command, person)
        other = desk.asked if desk.situation == "consulting" and desk.asked is not None else desk.caller
        return [PlayDigits(other.name, digits)]

    def at_the_phone(self, command: Command, person: Person) -> list[Doable]:
        self._by_itself(command, person)
        raise Refused("not_possible", AT_THE_PHONE[command.name])

    @staticmethod
    def _by_itself(command: Command, person: Person) -> None:
        if person.phone == "browser":
            raise Refused("not_possible", IN_THE_BROWSER[command.name])


_PLACES: Final = frozenset((places.HOLDING, places.CONSULT, places.BACK))
"""Where hanging up may mean more than hanging up."""


def _end(chan: Chan) -> HangUp:
    if chan.lifted_at is not None or chan.dialler is not None:
        chan.by_command = True
    return HangUp(chan.id)


def _held(desk: Desk, person: Person) -> Place:
    """The caller on hold; whoever held them is whom they come back to."""
    whose = (("HELIN_AGENT", person.interface), ("HELIN_PEER", desk.agent.name), ("HELIN_CALLER", ""))
    return Place(desk.caller.name, places.HELD, "s", whose)


def _agent(desk: Desk, person: Person, place: str, other: Chan, *more: tuple[str, str]) -> Place:
    return Place(desk.agent.name, place, "s", (("HELIN_CALLER", other.name), ("HELIN_ME", person.interface), *more))


STEPS: Final[dict[str, Callable[[Control, Command, Person], list[Doable]]]] = {
    "hang_up": Control.hang_up,
    "call": Control.call,
    "transfer": Control.transfer,
    "consult": Control.consult,
    "cancel_transfer": Control.cancel_transfer,
    "complete_transfer": Control.complete_transfer,
    "swap": Control.swap,
    "conference": Control.conference,
    "hold": Control.hold,
    "resume": Control.resume,
    "dtmf": Control.dtmf,
    "answer": Control.at_the_phone,
    "mute": Control.at_the_phone,
}
