"""A snapshot against what is known: the one way to start, and the cure for every doubt.

What Asterisk does not have has ended; what was not known is taken in as if it had just begun, marked estimated;
bridges, queues and members are Asterisk's. Calls of another run of Asterisk, and calls that the store still holds open,
are over unless a channel of theirs is there. An end that nobody saw lies inside the gap: at its beginning, but never
before the last thing that is known of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from routing import places
from routing.events import ChannelSeen, Snapshot
from routing.exchange import SPIES_BY, Exchange
from routing.facts import CallEnded, CallFact, LegEnded, Outcome, SegmentEnded
from routing.knowledge import Chan, Stay, Story, Talk
from routing.parties import interface_of, is_plumbing
from routing.story import Call, Leg
from routing.tapes import found_tape, hushed_by, tape_of
from routing.telling import Teller


class Resync:
    """``revived`` hears of each call of the store that goes on."""

    def __init__(self, exchange: Exchange, teller: Teller, revived: Callable[[Story], None]) -> None:
        self._exchange = exchange
        self._revived = revived
        self._teller = teller
        self._orphans: dict[str, Call] = {}

    def __len__(self) -> int:
        return len(self._orphans)

    def restore(self, calls: Iterable[Call]) -> None:
        """What the store holds open."""
        for call in calls:
            if call.active and call.asterisk == self._exchange.asterisk:
                self._orphans[call.id] = call

    def calls(self) -> dict[str, Call]:
        return self._orphans

    def boot(self, boot: str) -> None:
        """Asterisk runs as ``boot``. What another run had is over; it is told with the next snapshot."""
        exchange = self._exchange
        if boot == exchange.boot:
            return
        exchange.boot = boot
        for story in list(exchange.stories.values()):
            if story.call is not None:
                self._orphans[story.call.id] = story.call
        for table in (exchange.channels, exchange.bridges, exchange.halves, exchange.stories, exchange.by_linked):
            table.clear()
        exchange.ended.clear()
        exchange.touched.clear()
        self._teller.due.clear()

    def merge(self, snapshot: Snapshot, now: datetime) -> None:
        """Take it for the truth; the stories that changed are settled."""
        self._teller.estimating = True
        try:
            there = {seen.id: seen for seen in snapshot.channels if seen.id}
            self._adopt_calls(there.values(), snapshot)
            self._end_absent(there, snapshot)
            for seen in sorted(there.values(), key=lambda each: each.id != each.linked):
                self._take(seen, snapshot)
            self._bridges(there)
            self._entries(snapshot)
            self._held(there.values(), snapshot.at)
            for story in list(self._exchange.stories.values()):
                story.merge.clear()
                self._teller.settle(story, snapshot.at, now, final=not story.live)
            self._consultations()
            self._exchange.touched.clear()
            self._end_orphans(snapshot)
        finally:
            self._teller.estimating = False

    def _adopt_calls(self, there: Iterable[ChannelSeen], snapshot: Snapshot) -> None:
        """Calls that the store holds open, and of which Asterisk has a channel, go on."""
        exchange = self._exchange
        by_leg = {leg.leg: call for call in self._orphans.values() for leg in call.legs if leg.ended_at is None}
        for seen in there:
            call = self._orphans.get(exchange.call_id(seen.linked)) or by_leg.get(seen.id)
            if call is None or not call.id.startswith(f"{exchange.asterisk}-{exchange.boot}-"):
                continue
            if call.id in self._orphans:
                del self._orphans[call.id]
                self._revive(call, seen.linked, snapshot)

    def _revive(self, call: Call, linked: str, snapshot: Snapshot) -> None:
        exchange = self._exchange
        story = Story(call.id, linked, call=call, last_at=last_of(call))
        exchange.stories[call.id] = story
        exchange.link(linked, story)
        story.talked = bool(call.segments)
        story.hushed_by = hushed_by(call)
        story.rang = bool(call.ringing) or any(leg.agent is not None for leg in call.legs)
        for leg in call.legs:
            if leg.ended_at is None:
                self._revive_leg(leg, call, story)
        self._revived(story)

    def _revive_leg(self, leg: Leg, call: Call, story: Story) -> None:
        """The name comes with the snapshot; whoever is not in it ends with it."""
        chan = Chan(
            leg.leg, story.linked, "", "", story, leg.started_at, story.last_at or leg.started_at, "",
            leg.number or "", "", leg.party, leg.agent, sure=True, told=True, told_lifted=leg.answered_at is not None,
            lifted_at=leg.answered_at, dialled=leg.party != "caller",
            told_ringing=leg.agent is not None and leg.agent in call.ringing,
        )  # fmt: skip
        chan.up = leg.answered_at is not None
        chan.tape = tape_of(call, leg.leg)
        self._exchange.channels[chan.id] = story.live[chan.id] = chan
        segment = next((each for each in call.segments if each.leg == leg.leg and each.ended_at is None), None)
        if segment is not None:
            chan.talk = Talk(chan, segment.agent, segment.started_at)
            chan.held_at, chan.told_held = segment.held_since, segment.held_since is not None
            story.talks.append(chan.talk)
        if chan.outside and call.waiting_in is not None and call.waiting_since is not None:
            stay = Stay(call.waiting_in, call.waiting_since, told_in=True)
            chan.stays.append(stay)

    def _end_absent(self, there: dict[str, ChannelSeen], snapshot: Snapshot) -> None:
        for chan in list(self._exchange.channels.values()):
            if chan.id in there:
                chan.absent_since = None
            elif not chan.sure:
                chan.story.live.pop(chan.id, None)
                self._exchange.drop(chan)
            elif snapshot.gap_from is None:
                chan.absent_since = chan.absent_since or snapshot.at
                self._teller.due[chan.story] = None
            else:
                self._exchange.end(chan, self._end_in(snapshot, chan), estimated=True)

    def end_absent(self, story: Story) -> None:
        """Channels that a snapshot missed while we were listening: their Hangup may have been right behind it. It was
        not, so they are over."""
        for chan in list(story.live.values()):
            if chan.absent_since is not None:
                known = max(chan.seen_at, story.last_at or chan.seen_at)
                leaving = chan.asked_at or chan.pushed_at or chan.left_at or chan.dial_status not in ("", "ANSWER")
                at = known if leaving else max(chan.absent_since, known)
                self._exchange.end(chan, at, estimated=True)

    @staticmethod
    def _end_in(snapshot: Snapshot, chan: Chan) -> datetime:
        """When a channel ended whose end was not seen."""
        known = max(chan.seen_at, chan.story.last_at or chan.seen_at)
        return min(max(snapshot.gap_from or known, known), max(snapshot.at, known))

    def _take(self, seen: ChannelSeen, snapshot: Snapshot) -> None:
        exchange = self._exchange
        chan = exchange.channels.get(seen.id)
        began = snapshot.at - timedelta(seconds=min(max(seen.seconds, 0), 8_640_000))
        if chan is None:
            if seen.id in exchange.ended:
                return
            dialled = True if seen.application in ("AppQueue", "AppDial") else None
            chan = exchange.open(seen, began, sure=True, dialled=dialled, app=seen.application)
            if chan is None:
                return
            chan.estimated = True
            chan.lifted_at = began if chan.lifted_at is not None else None
        self._learn(chan, seen, snapshot.at)

    def _learn(self, chan: Chan, seen: ChannelSeen, at: datetime) -> None:
        exchange = self._exchange
        if chan.name != seen.name:
            exchange.halves.pop(chan.name, None)
            chan.name, chan.interface, chan.doubted_name = seen.name, interface_of(seen.name), ""
            if is_plumbing(seen.name) and seen.name[-2:] in (";1", ";2"):
                exchange.halves[seen.name] = chan
        chan.sure = True
        if chan.tape is None and seen.recording:
            chan.tape = found_tape(seen.recording, at)
        if seen.state == "Up" and not chan.up:
            chan.up = True
            chan.lifted_at = chan.lifted_at or at
        if seen.state == "Ringing" and chan.dialled and chan.lifted_at is None:
            chan.rang_at = chan.rang_at or at
        chan.context, chan.exten = seen.context, seen.exten
        chan.spy = chan.spy or seen.application in SPIES_BY
        if seen.application == "Queue" and chan.stay is None:
            chan.next_timeout = timeout_of(seen.application_data)
        elif seen.application == "Queue" and chan.stay is not None and chan.stay.timeout is None:
            chan.stay.timeout = timeout_of(seen.application_data)
        if seen.linked and seen.linked != chan.linked:
            chan.linked = seen.linked
            if exchange.by_linked.get(seen.linked) is not chan.story and not chan.consult:
                exchange.join(chan.story, exchange.story_of(seen.linked, at), at)

    def _bridges(self, there: dict[str, ChannelSeen]) -> None:
        exchange = self._exchange
        for chan in list(exchange.channels.values()):
            seen = there.get(chan.id)
            if seen is None:
                continue
            if seen.bridge and held_queue(seen):
                exchange.leave_bridge(chan)
            elif seen.bridge:
                exchange.enter_bridge(chan, seen.bridge)
            else:
                exchange.leave_bridge(chan)
                chan.peer, chan.joined = None, False

    def _entries(self, snapshot: Snapshot) -> None:
        exchange = self._exchange
        waiting = {entry.channel: entry for entry in snapshot.entries}
        since = {seen.id: seen.waits_since for seen in snapshot.channels if seen.waits_since is not None}
        held = {seen.id for seen in snapshot.channels if held_queue(seen)}
        for entry in waiting.values():
            chan = exchange.channels.get(entry.channel)
            if chan is not None:
                waited = timedelta(seconds=min(max(entry.wait_seconds, 0), 864_000))
                exchange.in_queue(chan, entry.queue, since.get(entry.channel, snapshot.at - waited))
        for chan in list(exchange.channels.values()):
            stay = chan.stay
            if stay is None or chan.id in waiting or stay.left_at is not None or snapshot.gap_from is None:
                continue
            if chan.id in held:
                continue
            stay.left_at = max(stay.began_at, snapshot.gap_from, chan.story.last_at or stay.began_at)

    def _held(self, there: Iterable[ChannelSeen], at: datetime) -> None:
        """Who waits for Helin to pick an agent, with the age that the dialplan or the store knows."""
        for seen in there:
            chan, queue = self._exchange.channels.get(seen.id), held_queue(seen)
            if chan is not None and queue:
                waits = seen.bridge if places.held_for(bridge_name(seen)) else None
                self._exchange.hold(chan, queue, seen.waits_since or at, waits)

    def _consultations(self) -> None:
        """An agent's second line that was found among all else belongs to the call of the first."""
        for chan in list(self._exchange.channels.values()):
            if chan.estimated and chan.party == "agent" and not chan.dialled and chan.story.call is None:
                self._exchange.second_line(chan)
                self._teller.settle(chan.story, chan.seen_at, chan.seen_at)

    def _end_orphans(self, snapshot: Snapshot) -> None:
        for call in list(self._orphans.values()):
            known = last_of(call)
            at = max(snapshot.gap_from or known, known)
            for fact in closing(call, min(at, max(snapshot.at, known))):
                self._teller.retire(fact)
        self._orphans.clear()


def closing(call: Call, at: datetime) -> list[CallFact]:
    """The facts that end a call of which only the record is left."""
    facts: list[CallFact] = [
        SegmentEnded(call.id, max(at, segment.started_at), segment.agent, segment.leg, None, None, True)
        for segment in call.segments
        if segment.ended_at is None
    ]
    facts += [
        LegEnded(call.id, max(at, leg.started_at), leg.leg, None, True) for leg in call.legs if leg.ended_at is None
    ]
    outcome: Outcome = "answered" if call.answered_at is not None else "abandoned"
    if call.answered_at is None and call.direction != "inbound":
        lifted = any(leg.party == "outside" and leg.answered_at is not None for leg in call.legs)
        outcome = "answered" if lifted else "no_answer"
    facts.append(CallEnded(call.id, at, outcome, None, True))
    return facts


def last_of(call: Call) -> datetime:
    """The last moment that the record knows."""
    moments = [call.started_at, call.queued_at, call.unqueued_at, call.answered_at, call.waiting_since]
    for leg in call.legs:
        moments += [leg.started_at, leg.answered_at, leg.ended_at]
    for segment in call.segments:
        moments += [segment.started_at, segment.ended_at, segment.held_since]
    return max(moment for moment in moments if moment is not None)


def bridge_name(seen: ChannelSeen) -> str:
    """BridgeWait()'s first argument, ``helin-hold-support,participant,…``."""
    return seen.application_data.partition(",")[0] if seen.application == "BridgeWait" else ""


def held_queue(seen: ChannelSeen) -> str:
    """The queue for which the dialplan holds this channel for Helin; empty for none.

    It may be in the hold's bridge, hear an announcement, or hear the music while an agent rings.
    """
    if queue := places.held_for(bridge_name(seen)):
        return queue
    return seen.waits if seen.bridge is None and seen.context in places.OF_HOLD else ""


def timeout_of(application_data: str) -> int | None:
    """Queue()'s fifth argument, ``support,t,,,120``."""
    parts = application_data.split(",")
    value = parts[4].strip() if len(parts) > 4 else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else None
