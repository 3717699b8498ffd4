"""What the switchboard knows, told to who picks agents (:mod:`routing.direct`): who is held, who is free, what came.

*Held* is who waits in the dialplan for Helin's pick. The dialplan's word and the channel's place say so, not the
queue's plan: whoever is held must be handed out, also while the two disagree.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from routing import places
from routing.actions import Action, Place, SendTo
from routing.announcing import Announcer
from routing.attempts import channel_of, is_attempt
from routing.desk import Desk
from routing.direct import Direct
from routing.events import Snapshot
from routing.exchange import Exchange
from routing.facts import AgentMissed, AgentRinging, CallEnded, CallFact, CallMerged, CallUnqueued
from routing.knowledge import Chan
from routing.queue_log import QueueLog
from routing.story import Call
from routing.waiting import Line

RINGS_AT_MOST: Final = timedelta(seconds=150)
"""So long an agent is kept for somebody who is dialled for them."""


class Holding:
    def __init__(self, exchange: Exchange, desk: Desk) -> None:
        self.direct = Direct()
        self._announcer = Announcer()
        self._log = QueueLog()
        self._in_plain_queue: list[Chan] = []
        self._looked_at: dict[str, None] = {}
        self._kept: frozenset[str] = frozenset()
        self._busy_elsewhere: frozenset[str] = frozenset()
        self._meant: dict[str, tuple[str, datetime]] = {}
        self._exchange = exchange
        self._desk = desk
        self.use()

    def use(self) -> None:
        """The directory changed."""
        self.direct.use(self._desk.rests.plans, self._desk.tier_values)

    def hear(self, fact: CallFact, now: datetime) -> None:
        """A fact of a call."""
        self._log.hear(fact, self._interface)
        if not self.direct:
            return
        if isinstance(fact, AgentRinging):
            self.direct.ringing(fact.call, fact.agent, now)
        elif isinstance(fact, AgentMissed):
            self.direct.in_vain(fact.call, fact.agent, "", now)
        elif isinstance(fact, CallUnqueued | CallEnded | CallMerged):
            self.direct.leave(fact.call)
            self._meant.pop(channel_of(fact.call) or "", None)

    def _interface(self, agent: str) -> str:
        seat = self._desk.seat(agent)
        return agent if seat is None else seat.interface

    @property
    def busy(self) -> bool:
        return bool(self.direct.actions or self._log.actions or self._announcer.actions)

    def take_actions(self) -> list[Action]:
        actions = self.direct.actions + self._log.actions + self._announcer.actions
        self.direct.actions, self._log.actions, self._announcer.actions = [], [], []
        return actions

    def meant(self, channel: str, agent: str, now: datetime) -> None:
        """This agent gets whoever answers there, and nothing else until then."""
        self._meant[channel] = agent, now

    def tick(self, line: Line, now: datetime) -> None:
        for channel in [channel for channel, (_, since) in self._meant.items() if now - since > RINGS_AT_MOST]:
            del self._meant[channel]
        self.direct.tick(now)
        self._announcer.tick(line, self.direct.calls(), now)

    def keep_free(self, agents: Collection[str]) -> None:
        """These get no call now, though they could."""
        self._busy_elsewhere = frozenset(agents)
        self._keep()

    def _keep(self) -> None:
        if self._busy_elsewhere or self._meant or self._kept:
            kept = self._busy_elsewhere | {agent for agent, _ in self._meant.values()}
            self._looked_at |= dict.fromkeys(sorted(kept ^ self._kept))
            self._kept = kept

    def follow(self, now: datetime) -> None:
        """After each event: who is held and who is free, and then what can be brought together."""
        exchange = self._exchange
        if exchange.moved:
            moved, exchange.moved = exchange.moved, []
            for chan in moved:
                self._moved(chan, now)
            self._keep()
        if exchange.in_vain:
            for chan, interface, status in exchange.in_vain:
                if status != "ANSWER":
                    self.direct.in_vain(chan.story.id, None, interface, now)
            exchange.in_vain = []
        if self._log.came:
            self._log.came.clear()
        if self._desk.looked_at:
            self._looked_at |= self._desk.looked_at
        if not self.direct and not self._in_plain_queue:
            return  # nobody asks who is free: in a house that distributes by app_queue that is the whole day
        if self._looked_at:
            self._look_at_seats()
        for chan in self._in_plain_queue:
            self._fetch(chan)
        self._in_plain_queue = []
        self.direct.decide(now)

    def _look_at_seats(self) -> None:
        looked_at, self._looked_at = self._looked_at, {}
        for name in looked_at:
            seat = self._desk.seat(name)
            if seat is not None and name in self._kept:
                seat = replace(seat, free=frozenset())
            self.direct.seat(name, seat)

    def found(self, snapshot: Snapshot) -> None:
        """Callers who had been held and have gone on into app_queue while Helin was away."""
        channels = self._exchange.channels
        plain = [
            seen for seen in snapshot.channels if seen.waits and seen.context == places.WAIT and seen.bridge is None
        ]
        self._in_plain_queue = [channels[seen.id] for seen in plain if seen.id in channels]

    def _fetch(self, chan: Chan) -> None:
        """Back to the others who wait, unless somebody rings for them just now."""
        stay, call = chan.stay, chan.story.call
        if stay is None or call is None or stay.held or stay.left_at is not None or call.waiting_in != stay.queue:
            return
        if not call.ringing and self.direct.could_serve(stay.queue):
            stay.fetched = True
            self.direct.actions.append(SendTo((Place(chan.name, places.HOLD, "s"),)))

    def _moved(self, chan: Chan, now: datetime) -> None:
        stay, call = chan.stay, chan.story.call
        if stay is None or call is None or chan.ended_at is not None:
            return
        if not stay.held or stay.left_at is not None:
            self.direct.leave(call.id)
            self._log.forget(call.id)
            return
        if not self.direct.holds(call.id):
            self._log.enter(call, stay.queue, chan, stay.began_at, self.direct.waiting(stay.queue) + 1)
        # Whoever has talked with the caller in this call has passed them on, or they come back to them by the dialplan.
        favoured = () if call.segments else chan.story.favoured
        # The law gives whom a campaign has dialled two seconds.
        head = _came_back(call) or is_attempt(chan.id)
        meant, _ = self._meant.pop(chan.id, (None, now))
        self.direct.hold(
            call.id, stay.queue, chan.name, call.tier, stay.began_at, head=head, favoured=favoured, meant=meant
        )
        for agent in call.ringing:
            self.direct.ringing(call.id, agent, now)

    def asks(self, chan: Chan) -> None:
        """For a callback: nobody gets the caller until the dialplan holds them again."""
        if chan.stay is not None and chan.stay.held:
            chan.stay.asks = True
            self.direct.leave(chan.story.id)

    def look_around(self) -> None:
        """Who is held and was not known to be a call when that was told."""
        for chan in self._exchange.channels.values():
            stay = chan.stay
            held = stay is not None and stay.held and not stay.asks and stay.left_at is None
            if held and not self.direct.holds(chan.story.id):
                self._exchange.moved.append(chan)


def _came_back(call: Call) -> bool:
    """The talk with an agent was cut: nobody has passed the caller on to this queue."""
    return bool(call.segments) and call.segments[-1].transferred_to is None
