"""Who listens to whom, and who asks for help: what is told of both beside the calls' records.

A listener is no party: the call's record, the agent's state and every figure are the same without them. Asterisk says
when a spy begins and stops; a channel that Helin called up to listen is known by its unique id before that. A stretch
of listening in one mode is one :class:`routing.facts.ListenChanged` that begins it and one that ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from routing import places
from routing.events import ChannelSeen
from routing.exchange import SPIES_BY, Exchange
from routing.facts import HelpChanged, ListenChanged, ListenMode
from routing.knowledge import Chan, Talk

MODES: Final[dict[str, ListenMode]] = {"listen": "listen", "whisper": "whisper", "barge": "barge"}


@dataclass(slots=True)
class _Stretch:
    spy: Chan
    spied: Chan
    told: ListenChanged


class Listeners:
    """``facts`` are collected until somebody takes them."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._stretches: dict[str, _Stretch] = {}
        self._helps: dict[str, HelpChanged] = {}
        self.facts: list[ListenChanged | HelpChanged] = []

    def __len__(self) -> int:
        return len(self._stretches) + len(self._helps)

    # -- listening -----------------------------------------------------------------------------------------------------

    def began(self, spy: Chan, spied_id: str, at: datetime, *, estimated: bool = False) -> None:
        spied = self._exchange.channels.get(spied_id)
        if spied is None:
            return
        self.ended(spy.id, at)
        listener = spy.agent or spy.interface
        mode = MODES.get(spy.exten, "other") if spy.context == places.LISTEN else "other"
        story = spied.story
        call = story.call.id if story.call is not None else story.id
        told = ListenChanged(
            listener, at, self._exchange.asterisk, call, spied.agent or spied.interface, mode, at, estimated=estimated
        )
        for other in [one for one in self._stretches.values() if one.told.listener == listener]:
            self.ended(other.spy.id, at)
        self._stretches[spy.id] = _Stretch(spy, spied, told)
        self.facts.append(told)
        self.help_over(told.agent, at, listener)

    def ended(self, spy: str, at: datetime, *, estimated: bool = False) -> None:
        stretch = self._stretches.pop(spy, None)
        if stretch is not None:
            until = max(at, stretch.told.since)
            self.facts.append(replace(stretch.told, at=until, until=until, estimated=estimated))

    def found(self, channels: Iterable[ChannelSeen], at: datetime) -> None:
        """In a snapshot: who listens, as it seems for some time."""
        channels = tuple(channels)
        named = {seen.name: seen.id for seen in channels}
        for seen in channels:
            spy = self._exchange.channels.get(seen.id)
            if spy is not None and seen.application in SPIES_BY and seen.id not in self._stretches:
                whom = seen.application_data.partition(",")[0]
                self.began(spy, named.get(whom, whom), at, estimated=True)

    def of(self, listener: str) -> tuple[Chan, Chan] | None:
        """The channel with which this person listens now, and the agent's."""
        found = (one for one in self._stretches.values() if one.told.listener == listener)
        return next(((one.spy, one.spied) for one in found), None)

    # -- help ----------------------------------------------------------------------------------------------------------

    def ask_help(self, agent: str, call: str, text: str, at: datetime) -> None:
        """Asking again changes the text only."""
        had = self._helps.get(agent)
        if had is not None and (had.call, had.text) == (call, text):
            return
        since = had.since if had is not None and had.call == call else at
        self._helps[agent] = HelpChanged(agent, at, self._exchange.asterisk, call, text, since)
        self.facts.append(self._helps[agent])

    def help_over(self, agent: str, at: datetime, by: str | None) -> bool:
        """Whether there was any."""
        had = self._helps.pop(agent, None)
        if had is not None:
            at = max(at, had.at)
            self.facts.append(replace(had, at=at, until=at, by=by))
        return had is not None

    # -- at each event -------------------------------------------------------------------------------------------------

    def follow(self, now: datetime) -> None:
        """What ended without a word about it: a listener's channel that is gone, a talk that is over."""
        for stretch in list(self._stretches.values()):
            if self._exchange.channels.get(stretch.spy.id) is not stretch.spy:
                at, seen = stretch.spy.ended_at, stretch.spy.ended_at is not None and not stretch.spy.end_estimated
                self.ended(stretch.spy.id, at or now, estimated=not seen)
        for agent in list(self._helps):
            if self.talk_of(agent) is None:
                self.help_over(agent, now, None)

    def talk_of(self, agent: str, call: str = "") -> Talk | None:
        """The agent's open talk (in this call)."""
        for story in self._exchange.stories.values():
            if story.talks and (not call or story.id == call):
                for talk in story.talks:
                    if talk.agent == agent and talk.over_at is None and talk.chan.ended_at is None:
                        return talk
        return None

    def take(self) -> list[ListenChanged | HelpChanged]:
        facts, self.facts = self.facts, []
        return facts
