"""What an agent is in the middle of, and which commands may be given then: one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from routing import consulting, places
from routing.commands import Refused
from routing.knowledge import Chan, Story

Situation = Literal["talking", "holding", "asking", "consulting", "swapped", "conferring"]
"""holding: by command; asking: whom the agent asks is rung; consulting: they talk; swapped: they wait, and the agent is
with the caller."""

ALLOWED: Final[Mapping[str, frozenset[Situation]]] = {
    "hang_up": frozenset(("talking", "holding", "conferring")),
    "hold": frozenset(("talking",)),
    "resume": frozenset(("holding",)),
    "transfer": frozenset(("talking", "holding")),
    "consult": frozenset(("talking", "holding")),
    "cancel_transfer": frozenset(("asking", "consulting", "swapped")),
    "complete_transfer": frozenset(("consulting", "swapped")),
    "swap": frozenset(("consulting", "swapped")),
    "conference": frozenset(("consulting", "swapped")),
    "dtmf": frozenset(("talking", "consulting", "swapped")),
}

SENTENCES: Final[Mapping[Situation, str]] = {
    "talking": "You talk with the caller; nobody is held or consulted.",
    "holding": "The caller is on hold; resume first.",
    "asking": "Somebody is being rung for you; wait for the answer, or cancel.",
    "consulting": "You talk with somebody beside the caller; complete, cancel or swap.",
    "swapped": "Somebody you consulted is waiting; complete, cancel or swap.",
    "conferring": "You are in a conference; hang up to leave it.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is who: the agent's channel, the caller's, and whose the agent asks."""

    story: Story
    situation: Situation
    agent: Chan
    caller: Chan
    asked: Chan | None = None


def desk_of(story: Story, login: str, partners: consulting.Partners) -> Desk:
    """Raises Refused when this agent does not talk in this call."""
    talk = next((each for each in story.talks if each.agent == login and each.over_at is None), None)
    if talk is None:
        raise Refused("not_possible", "You do not talk in this call.")
    chan, asked = talk.chan, talk.asked if talk.asked is not None and talk.asked.ended_at is None else None
    others = [each for each in consulting.members(story) if each not in (chan, asked)]
    caller = _the_one([each for each in others if each.context == places.HELD] or _beside(chan, others, partners))
    situation = _situation(chan, asked, partners)
    if caller is None:
        raise Refused("not_possible", "The other side is gone, or not there yet.")
    return Desk(story, situation, chan, caller, asked)


def allow(name: str, situation: Situation) -> None:
    """Raises Refused with what to do instead."""
    if situation not in ALLOWED[name]:
        raise Refused("not_possible", SENTENCES[situation])


def _situation(chan: Chan, asked: Chan | None, partners: consulting.Partners) -> Situation:
    if chan.context == places.CONFERENCE:
        return "conferring"
    if chan.context == places.HOLDING:
        return "holding"
    if asked is not None and chan.context in (places.CONSULT, places.BACK):
        if asked.lifted_at is None:
            return "asking"
        return "consulting" if asked in partners(chan) else "swapped"
    return "asking" if chan.context == places.CONSULT else "talking"


def _beside(chan: Chan, others: list[Chan], partners: Callable[[Chan], Iterable[Chan]]) -> list[Chan]:
    beside = list(partners(chan))
    return [each for each in others if each in beside] or ([chan.peer] if chan.peer in others and chan.peer else [])


def _the_one(chans: list[Chan]) -> Chan | None:
    """The outside party before any other."""
    return next((each for each in chans if each.outside), chans[0] if chans else None)
