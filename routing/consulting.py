"""What an agent does beside the caller, read from where the channels are: pure functions.

Helin sends channels to places of the dialplan (:mod:`routing.places`); what is true then follows from the places and
from who is in a bridge with whom, never from the command that led there: so a Helin that was started in the middle of
the call tells the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from routing import places
from routing.arrivals import number_of
from routing.endings import BUSY
from routing.facts import ConsultState
from routing.knowledge import Chan, Story, Talk, Transfer
from routing.story import Consult

Partners = Callable[[Chan], Iterable[Chan]]
REASONS = {"BUSY": "busy", "NOANSWER": "no_answer"}
"""What a failed dial is called; all else is ``failed``."""


@dataclass(frozen=True, slots=True)
class Step:
    """What has become of a consultation."""

    state: ConsultState
    to: str | None
    reason: str | None = None


def members(story: Story) -> Iterator[Chan]:
    """The live parties that Asterisk is sure of."""
    return (chan for chan in story.live.values() if chan.party is not None and chan.sure and not chan.spy)


def step_of(talk: Talk, story: Story, partners: Partners) -> Step | None:
    """Where this agent's consultation stands now, if there is one; None: nothing that could be said."""
    agent, record = talk.chan, story.call.consult if story.call is not None else None
    known = record if record is not None and record.agent == talk.agent and record.state != "failed" else None
    if agent.context == places.CONSULT:
        return _dialling(talk, story, known)
    if agent.context == places.BACK:
        return _back(talk, story, known, partners)
    if known is not None and agent.context == places.CONFERENCE:
        return Step("over", known.to)
    return None


def _dialling(talk: Talk, story: Story, known: Consult | None) -> Step | None:
    asked = _asked(talk, story, known)
    if asked is None:
        return None
    talk.asked = asked
    return Step("talking" if asked.lifted_at is not None else "ringing", _name(asked, story))


def _back(talk: Talk, story: Story, known: Consult | None, partners: Partners) -> Step | None:
    asked = talk.asked or (_asked(talk, story, known) if known is not None else None)
    if asked is None:
        status, talk.chan.asked_status = talk.chan.asked_status, ""
        if status not in ("", "ANSWER"):
            return Step("failed", story.consult_to, REASONS.get(status, "failed"))
        return Step("over", known.to) if known is not None else None
    if asked.ended_at is None:
        talk.asked = asked
        beside = list(partners(talk.chan))
        return Step("talking" if asked in beside else "held", _name(asked, story)) if beside else None
    talk.asked = None
    talk.chan.asked_status = ""
    if asked.lifted_at is None and not asked.by_command:
        return Step("failed", _name(asked, story), _why(asked))
    return Step("over", _name(asked, story)) if known is not None else None


def _asked(talk: Talk, story: Story, known: Consult | None) -> Chan | None:
    """Whom the agent asks: the last one dialled, or whom the record names."""
    found = None
    for chan in members(story):
        named = known is not None and known.to is not None and known.to in (chan.agent, number_of(chan))
        if chan is not talk.chan and (chan.dialler is talk.chan or named) and not _came_first(chan, talk):
            found = chan
    return found


def _came_first(chan: Chan, talk: Talk) -> bool:
    """The other side of an outbound call was dialled by the agent too, before the talk."""
    return chan.lifted_at is not None and chan.lifted_at <= talk.started_at


def _name(asked: Chan, story: Story) -> str | None:
    return asked.agent or number_of(asked) or story.consult_to


def _why(asked: Chan) -> str:
    return "busy" if asked.cause in BUSY else REASONS.get(asked.dial_status, "failed")


def holds(talk: Talk, partners: Partners) -> bool | None:
    """Whether the other side of this talk hears music by its place; None: on the way, as it was."""
    chan = talk.chan
    if chan.context in (places.CONSULT, places.HOLDING):
        return True
    if chan.context not in (places.HELD, places.BACK):
        return False
    beside = list(partners(chan))
    if chan.context == places.HELD:
        return not beside
    return talk.asked in beside if beside else None


def confer(story: Story) -> bool:
    """Three or more are in one bridge; their talks remember it."""
    rooms: dict[str, int] = {}
    for chan in members(story):
        if chan.bridge is not None:
            rooms[chan.bridge] = rooms.get(chan.bridge, 0) + 1
    for talk in story.talks:
        talk.conferred = talk.conferred or rooms.get(talk.chan.bridge or "", 0) > 2
    return any(count > 2 for count in rooms.values())


def passed_on(talk: Talk, story: Story) -> Transfer | None:
    """How this agent's part ended by what Helin's places say, if it was by passing the caller on."""
    chan, others = talk.chan, [each for each in members(story) if each is not talk.chan]
    given = next((each for each in others if each.given_to), None)
    if given is not None:
        return Transfer("blind", chan.ended_at or talk.over_at or talk.started_at, given.given_to)
    if chan.ended_at is None or len(others) < 2:
        return None
    if talk.asked is not None and talk.asked in others and talk.asked.lifted_at is not None:
        return Transfer("attended", chan.ended_at, target=talk.asked)
    if talk.conferred:
        agents = [each for each in others if each.agent is not None]
        return Transfer("conference", chan.ended_at, target=agents[0] if agents else others[-1])
    return None
