"""A supervisor steps in: listens, whispers, joins in, takes the call over; an agent asks for help. Commands as actions.

Listening is a channel of the supervisor's own phone in the dialplan's context ``helin-listen``, whose extension is the
mode; another mode, or another agent, sends the same channel to another place, and nobody is rung again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from routing import places
from routing.actions import HangUp, Listen, Place, SendTo
from routing.commands import CHIEFS, Command, Refused
from routing.consulting import Partners, members
from routing.events import Person
from routing.exchange import Exchange
from routing.knowledge import Chan, Story, Talk
from routing.listeners import Listeners
from routing.members import Members
from routing.parties import Owners
from routing.situations import Situation, desk_of

Doable = HangUp | Listen | SendTo

MAX_HELP = 200
NOT_NOW: Final[dict[Situation, str]] = {
    "asking": "The agent is ringing somebody for the caller; wait a moment.",
    "consulting": "The agent is consulting somebody; wait until they are with the caller again.",
    "swapped": "Somebody whom the agent consulted is waiting; wait until that is over.",
    "conferring": "The call is a conference: listen or join in instead.",
}
"""When a call cannot be taken over, and what to do instead."""


class SteppingIn:
    def __init__(
        self, exchange: Exchange, owners: Owners, listeners: Listeners, phones: Members, partners: Partners
    ) -> None:
        self._exchange = exchange
        self._owners = owners
        self._listeners = listeners
        self._phones = phones
        self._partners = partners

    def wanted(self, command: Command) -> list[Doable]:
        """What Asterisk is to be told; nothing if it is so already. Raises Refused."""
        if command.name in FOR_CHIEFS and command.role not in CHIEFS:
            raise Refused("not_allowed", "That is for supervisors.")
        return STEPS[command.name](self, command)

    def listen(self, command: Command) -> list[Doable]:
        """In the mode that the command is named after."""
        talk, me = self._talk(command), self._phone(command.by)
        if talk.agent == command.by:
            raise Refused("not_possible", "You cannot listen to yourself.")
        listening = self._listeners.of(command.by)
        if listening is not None:
            spy, spied = listening
            if spied is talk.chan and spy.exten == command.name and spy.context == places.LISTEN:
                return []
            whom = (("HELIN_SPIED", talk.chan.name),)
            return [SendTo((Place(spy.name, places.LISTEN, command.name, whom),))]
        self._must_be_free(command.by)
        if self._ringing(command.by) is not None:
            raise Refused("not_possible", "Your phone is ringing already: answer it to listen.")
        channel = dict(command.args).get("channel", "")
        if not channel.startswith(places.LISTENER):
            raise Refused("invalid", "The channel to listen with has no name.")
        return [Listen(channel, me.interface, talk.chan.name, command.name, me.phone == "browser")]

    def stop_listening(self, command: Command) -> list[Doable]:
        listening = self._listeners.of(command.by)
        chan = listening[0] if listening is not None else self._ringing(command.by)
        return [HangUp(chan.id)] if chan is not None else []

    def take_over(self, command: Command) -> list[Doable]:
        """The caller is sent to the supervisor's phone; the agent is free."""
        talk, me = self._talk(command), self._phone(command.by)
        if talk.agent == command.by:
            raise Refused("not_possible", "This call is yours already.")
        if not me.extension:
            raise Refused("not_possible", "Your phone has no extension: an administrator can give you one.")
        desk = desk_of(talk.chan.story, talk.agent, self._partners)
        if desk.situation in NOT_NOW:
            raise Refused("not_possible", NOT_NOW[desk.situation])
        self._must_be_free(command.by)
        variables = (
            ("HELIN_AGENT", me.interface), ("HELIN_TARGET", me.interface), ("HELIN_CALLER", ""),
            ("HELIN_HURRY", ""), ("HELIN_TAKEN", "yes" if me.phone == "browser" else ""),
        )  # fmt: skip
        ear = self.stop_listening(command)
        moved: list[Doable] = [*ear, SendTo((Place(desk.caller.name, places.TRANSFER, me.extension, variables),))]
        return [*moved, HangUp(desk.agent.id)] if desk.situation == "holding" else moved

    def help(self, command: Command) -> list[Doable]:
        text = dict(command.args).get("text", "").strip()
        if len(text) > MAX_HELP:
            raise Refused("invalid", f"What the help is for takes at most {MAX_HELP} letters.")
        talk = self._listeners.talk_of(command.agent, dict(command.args).get("call", ""))
        if talk is None or talk.chan.story.call is None:
            raise Refused("not_possible", "Help is for a call; you are in none.")
        self._listeners.ask_help(command.agent, talk.chan.story.id, text, self._exchange.now)
        return []

    def help_over(self, command: Command) -> list[Doable]:
        self._listeners.help_over(command.agent, self._exchange.now, command.by)
        return []

    # -- whom it is about ----------------------------------------------------------------------------------------------

    def _talk(self, command: Command) -> Talk:
        """The talk of the agent whom the command names, else of who talks in the call that it names."""
        call = dict(command.args).get("call", "")
        agent = command.agent if command.agent != command.by or not call else self._who_talks(call, command.by)
        talk = self._listeners.talk_of(agent, call)
        if talk is None:
            raise Refused("not_possible", "This agent is in no call now." if agent else "Nobody talks in this call.")
        return talk

    def _who_talks(self, call: str, but: str) -> str:
        story = self._exchange.stories.get(call)
        talks = [talk.agent for talk in story.talks if talk.over_at is None] if story is not None else []
        return next((agent for agent in talks if agent != but), talks[0] if talks else "")

    def _phone(self, login: str) -> Person:
        me = self._owners.person(login)
        if me is None or not me.interface:
            raise Refused("not_possible", "You have no phone: an administrator can give you an extension.")
        if not self._phones.reachable(login):
            raise Refused("not_possible", f"Your phone ({me.interface}) is not connected: switch it on, or open the "
                                          "panel where it is your phone.")  # fmt: skip
        return me

    def _must_be_free(self, login: str) -> None:
        for story in self._exchange.stories.values():
            if any(chan.agent == login and not chan.spy for chan in members(story)):
                raise Refused("not_possible", "You are in a call; end it first.")

    def _ringing(self, login: str) -> Chan | None:
        """The channel that Helin called up for this person to listen with."""
        return next((chan for chan in self._ears() if chan.agent == login), None)

    def _ears(self) -> list[Chan]:
        stories: list[Story] = list(self._exchange.stories.values())
        return [chan for story in stories for chan in story.live.values() if chan.id.startswith(places.LISTENER)]


STEPS: Final[dict[str, Callable[[SteppingIn, Command], list[Doable]]]] = {
    "listen": SteppingIn.listen,
    "whisper": SteppingIn.listen,
    "barge": SteppingIn.listen,
    "stop_listening": SteppingIn.stop_listening,
    "take_over": SteppingIn.take_over,
    "help": SteppingIn.help,
    "help_over": SteppingIn.help_over,
}
FOR_CHIEFS: Final = frozenset(("listen", "whisper", "barge", "stop_listening", "take_over"))
