"""The heart: what happened goes in, what is true and what is to be done come out.

``Switchboard.receive(event, now) -> (facts, actions)`` is all there is to it. It does no input or output, has no clock
and no lock; whoever calls it does so from one place, one event after the other. Inside, an event first teaches the
:class:`routing.exchange.Exchange` something about channels (:mod:`routing.lessons`); each story it touched is settled
by :class:`routing.telling.Teller`, which tells the facts that have become true; the :class:`routing.desk.Desk` hears
these and tells what changed about agents; the :class:`routing.waiting.Line` ranks who waits.

Two rules are kept at this door. *The same event twice changes nothing*: an event that was heard before, to the
microsecond, goes no further. *No input raises*: what cannot be understood becomes drift.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from routing import events as said
from routing import letters
from routing.actions import Action, AskAbout, AskCallback, GiveEntryPriority, SayCallback
from routing.calendars import Holidays, no_holidays
from routing.commands import Command
from routing.control import Control, Outside, nobody_outside
from routing.desk import Desk
from routing.echoes import Echoes
from routing.exchange import Exchange
from routing.facts import (
    AgentChanged,
    CallEnded,
    CallerKnown,
    CallFact,
    CallMerged,
    CallQueued,
    CallUnqueued,
    Drifted,
    Fact,
)
from routing.holding import Holding
from routing.hours import Hours
from routing.keeping import favoured_of
from routing.knowledge import Story
from routing.lessons import Lessons
from routing.listeners import Listeners
from routing.parties import Owners
from routing.resync import Resync
from routing.stepping_in import SteppingIn
from routing.story import Call
from routing.tapes import Tapes
from routing.telling import Teller
from routing.waiting import Line
from routing.wishes import Wishes
from routing.written import Written, WrittenRules

ENDED_CALLS = 1000
"""Calls whose look-up may still answer."""
DOUBT = timedelta(seconds=10)
STALE = timedelta(seconds=30)
"""So long a story may consist of plumbing, or of channels that are not sure, before Asterisk is asked about it."""
SILENT = timedelta(hours=1)
"""So long any story may be silent: a lost Hangup would otherwise keep a call for ever. Asked again as seldom."""
SWEEP = timedelta(seconds=10)


def same_text(number: str) -> str | None:
    """The default reading of numbers: as they are."""
    return number.strip() or None


class Switchboard:
    """For one Asterisk. ``stream`` names the engine's run; ``normalise`` reads a number as E.164, or gives None.

    ``outside`` and ``dial`` are for what agents dial (:mod:`routing.control`), ``holidays`` for the queues' hours.
    """

    def __init__(
        self,
        asterisk: str,
        directory: said.Directory,
        inbound_contexts: frozenset[str],
        stream: str,
        normalise: Callable[[str], str | None] = same_text,
        outside: Outside = nobody_outside,
        dial: str = "",
        written: WrittenRules = WrittenRules(),  # noqa: B008 - frozen
        holidays: Holidays = no_holidays,
    ) -> None:
        self.asterisk = asterisk
        self.stream = stream
        self._now = datetime.min
        self._owners = Owners(directory, inbound_contexts)
        self._exchange = Exchange(asterisk, self._owners)
        self._listeners = Listeners(self._exchange)
        self._desk = Desk(asterisk, self._owners)
        self._holding = Holding(self._exchange, self._desk)
        direct = self._holding.direct
        self._line = Line(self._desk.plan, direct.holds, direct.pace, direct.reason)
        self._line.use(directory.tier_values)
        self._teller = Teller(self._exchange, self._owners, normalise, self._told, self._desk.members.emptied)
        self._resync = Resync(self._exchange, self._teller, self._revived)
        self._tapes = Tapes(self._exchange)
        control = Control(
            self._owners, self._exchange.stories, self._teller.partners, self._desk.members.has_queue, outside, dial
        )
        self._written = Written(self._desk, self._line, self._owners, written, self._holding.direct.engaged)
        self._written.tier_values = dict(directory.tier_values)
        step_in = SteppingIn(self._exchange, self._owners, self._listeners, self._desk.members, self._teller.partners)
        self._wishes = Wishes(self._desk, control, self._owners, self._tapes, step_in, self._written)
        self._hours = Hours(holidays)
        self._hours.use([queue.name for queue in directory.queues], directory.calendars)
        self._echoes = Echoes()
        self._ended: dict[str, None] = {}
        self._asked: dict[str, datetime] = {}
        self._swept_at: datetime | None = None
        self._step = self._steps()

    def _steps(self) -> dict[type, Callable[[Any], None]]:
        lessons = Lessons(self._exchange, self._listeners)
        return {
            said.ChannelStarted: lessons.started,
            said.ChannelEnded: lessons.gone,
            said.ChannelChanged: lessons.changed,
            said.ChannelRenamed: lessons.renamed,
            said.HangupAsked: lessons.hangup_asked,
            said.DialBegan: lessons.dial_began,
            said.DialRang: lessons.dial_rang,
            said.DialEnded: lessons.dial_ended,
            said.BridgeEntered: lessons.bridge_entered,
            said.BridgeExited: lessons.bridge_exited,
            said.BridgesMerged: lessons.bridges_merged,
            said.BridgeGone: lessons.bridge_gone,
            said.LocalJoined: lessons.local_joined,
            said.HoldBegan: lessons.hold_began,
            said.HoldEnded: lessons.hold_ended,
            said.MusicBegan: lessons.music_began,
            said.MusicEnded: lessons.music_ended,
            said.QueueAsked: lessons.queue_asked,
            said.QueueTold: lessons.queue_told,
            said.ConsultTold: lessons.consult_told,
            said.CallbackAsked: self._callback_asked,
            said.OfferTold: lessons.offer_told,
            said.DialledTold: lessons.dialled_told,
            said.LeadDialled: self._lead_dialled,
            said.QueueEntered: lessons.queue_entered,
            said.QueueExited: lessons.queue_exited,
            said.QueueGivenUp: lessons.queue_given_up,
            said.MemberCalled: lessons.member_called,
            said.MemberConnected: lessons.member_connected,
            said.MemberCompleted: lessons.member_completed,
            said.MemberMissed: lessons.member_missed,
            said.MemberChanged: self._member_changed,
            said.MemberGone: self._member_gone,
            said.DeviceChanged: self._device_changed,
            said.Transferred: lessons.transferred,
            said.OriginateEnded: lessons.originate_ended,
            said.SpyBegan: lessons.spy_began,
            said.SpyEnded: lessons.spy_ended,
            said.RecordingBegan: self._tapes.began,
            said.RecorderBegan: self._tapes.recorder_began,
            said.RecordingMuted: self._tapes.muted,
            said.ShuttingDown: self._nothing,
            said.Suspicious: self._suspicious,
            said.Directory: self._directory,
            said.LinkUp: self._link_up,
            said.LinkDown: self._link_down,
            said.Snapshot: self._snapshot,
            said.CallerFound: self._caller_found,
            said.ActionDone: self._action_done,
            said.Tick: self._tick,
            said.Present: self._present,
            letters.RequestsSeen: self._requests_seen,
            letters.RequestMoved: self._request_moved,
            said.AlarmsJudged: self._judged,
            Command: self._command,
        }

    # -- the door ------------------------------------------------------------------------------------------------------

    def receive(self, event: said.Event, now: datetime) -> tuple[list[Fact], list[Action]]:
        """The facts that follow, in order, and what is to be done. ``now``: the caller's clock, aware UTC."""
        self._now = self._exchange.now = now
        kind = type(event)
        step = self._step.get(kind)
        if step is None:
            return [Drifted(self.asterisk, now, f"nobody knows what a {kind.__name__} is")], []
        exchange = self._exchange
        if self._echoes.again(event):
            return [], []
        step(event)
        at = getattr(event, "at", None) or now
        if exchange.touched:
            for story in list(exchange.touched):
                self._teller.settle(story, at, now)
                self._tapes.keep_hushed(story)
            exchange.touched.clear()
        if self._listeners:
            self._listeners.follow(now)
        exchange.facts += self._listeners.take()
        if news := self._desk.tell(at):
            exchange.facts += news
            if any(type(fact) is AgentChanged for fact in news):
                self._written.agents_changed(now)
        if self._written.facts:
            exchange.facts += self._written.take_facts()
        self._holding.keep_free(self._written.kept_free())
        self._holding.follow(now)
        if self._holding.direct.told:
            self._say_for_whom(now)
        facts, exchange.facts = exchange.facts, []
        return facts, self._take_actions(now)

    def restore(self, calls: Sequence[Call]) -> None:
        """Before the first LinkUp: the calls that the store holds open."""
        self._resync.restore(calls)

    def calls(self) -> dict[str, Call]:
        """The live calls, by id."""
        live = {story.id: story.call for story in self._exchange.stories.values() if story.call is not None}
        return self._resync.calls() | live

    def agents(self) -> dict[str, AgentChanged]:
        return self._desk.agents()

    def sizes(self) -> dict[str, int]:
        """How much is held, by table: all of it is bounded."""
        exchange = self._exchange
        return {
            "channels": len(exchange.channels),
            "bridges": len(exchange.bridges),
            "stories": len(exchange.stories),
            "linked": len(exchange.by_linked),
            "halves": len(exchange.halves),
            "due": len(self._teller.due),
            "waiting": len(self._line),
            "held": len(self._holding.direct),
            "open of the store": len(self._resync),
            "written": len(self._written),
            "listeners": len(self._listeners),
        }

    def _take_actions(self, now: datetime) -> list[Action]:
        exchange, desk, line = self._exchange, self._desk, self._line
        if not (exchange.actions or desk.rests.actions or line.actions or self._written.actions or self._holding.busy):
            return []
        actions = [action for action in exchange.actions if self._may_ask(action, now)]
        actions += desk.take_actions()
        actions += line.actions
        actions += self._written.take_actions()
        actions += self._holding.take_actions()
        exchange.actions, line.actions = [], []
        return actions

    def _may_ask(self, action: Action, now: datetime) -> bool:
        """One question about one channel in ten seconds."""
        if type(action) is not AskAbout:
            return True
        asked = self._asked.get(action.channel)
        if asked is not None and timedelta() <= now - asked < DOUBT:
            return False
        self._asked[action.channel] = now
        if len(self._asked) > ENDED_CALLS:
            del self._asked[next(iter(self._asked))]
        return True

    # -- what is not about channels ------------------------------------------------------------------------------------

    def _nothing(self, event: object) -> None:
        """Of no consequence for calls."""

    def _member_changed(self, event: said.MemberChanged) -> None:
        self._desk.member_changed(event.member, event.at)

    def _member_gone(self, event: said.MemberGone) -> None:
        self._desk.member_gone(event.queue, event.interface, event.at)

    def _device_changed(self, event: said.DeviceChanged) -> None:
        self._desk.device_changed(event.device, event.state)

    def _judged(self, event: said.AlarmsJudged) -> None:
        self._exchange.facts += event.facts

    def _suspicious(self, event: said.Suspicious) -> None:
        known = event.channel if event.channel in self._exchange.channels else ""
        self._exchange.drift(event.at or self._now, f"not believed: {event.what[:300]}", known)

    def _callback_asked(self, event: said.CallbackAsked) -> None:
        """A caller whose number shows; the store says whether it is kept, and the channel waits for that."""
        chan = self._exchange.see(event.channel, event.at)
        call = chan.story.call if chan is not None and chan.story is not None else None
        if chan is None or call is None or call.direction != "inbound" or not call.number:
            self._exchange.actions.append(SayCallback(event.channel.name, False))
            return
        self._holding.asks(chan)
        since = call.queued_at or call.started_at
        self._exchange.actions.append(AskCallback(chan.name, call.id, call.number, event.queue, since))

    def _lead_dialled(self, event: said.LeadDialled) -> None:
        self._holding.meant(event.channel, event.agent, self._now)

    def _directory(self, event: said.Directory) -> None:
        self._owners.use(event)
        self._desk.use()
        self._line.use(event.tier_values)
        self._written.tier_values = dict(event.tier_values)
        self._hours.use([queue.name for queue in event.queues], event.calendars)
        self._say_hours()
        self._holding.use()

    def _say_hours(self) -> None:
        self._exchange.actions += self._hours.due(self._now)

    def _link_down(self, _: said.LinkDown) -> None:
        """Nothing could be sent anywhere."""
        self._hours.link(ready=False)
        self._holding.direct.awake = False

    def _link_up(self, event: said.LinkUp) -> None:
        self._resync.boot(event.boot)
        self._hours.link(ready=False)
        self._echoes.clear()
        self._holding.direct.awake = False

    def _snapshot(self, event: said.Snapshot) -> None:
        self._resync.merge(event, self._now)
        self._line_up(event)
        self._listeners.found(event.channels, event.at)
        self._tapes.after_snapshot(gap=event.gap_from is not None)
        self._exchange.facts += self._desk.replace_all(event.queues, event.members, event.devices, event.at)
        self._hours.link(ready=True)
        self._say_hours()
        self._holding.direct.awake = True
        self._holding.found(event)

    def _line_up(self, event: said.Snapshot) -> None:
        """Who waits by Asterisk's word stands in the line, with the priority that app_queue has."""
        for entry in event.entries:
            chan = self._exchange.channels.get(entry.channel)
            call = chan.story.call if chan is not None else None
            if chan is None or call is None or call.waiting_in is None or call.waiting_since is None:
                continue
            if not self._line.found(call.id, entry.priority):
                ranked = self._line.join(call.id, call.waiting_in, chan.name, call.waiting_since, call.tier, self._now)
                self._line.found(call.id, entry.priority)
                self._teller.tell(chan.story, ranked)

    def _caller_found(self, event: said.CallerFound) -> None:
        contact = event.contacts[0] if len(event.contacts) == 1 else None
        fact = CallerKnown(event.call, event.at, contact, event.tier, event.pop)
        story = self._exchange.stories.get(event.call)
        if story is not None and story.call is not None:
            self._teller.tell(story, fact)
            self._give_entry_priority(story, event.tier)
            story.favoured = favoured_of(event)
            favoured = () if story.call.segments else story.favoured
            self._holding.direct.known(event.call, event.tier, favoured, self._now)
            ranked = self._line.known(event.call, event.tier, self._now)
            if ranked is not None:
                self._teller.tell(story, ranked)
        elif event.call in self._ended:
            self._exchange.facts.append(fact)

    def _say_for_whom(self, now: datetime) -> None:
        """Who is kept for an agent, or is no longer: ranked anew, with the reason."""
        told, self._holding.direct.told = self._holding.direct.told, {}
        for call in told:
            story, ranked = self._exchange.stories.get(call), self._line.again(call, now)
            if story is not None and ranked is not None:
                self._teller.tell(story, ranked)

    def _give_entry_priority(self, story: Story, tier: str | None) -> None:
        """The look-up was quicker than the dialplan: the caller comes into the queue at the right place at once."""
        priority = self._line.entry_priority(tier)
        caller = next((chan for chan in story.live.values() if chan.party == "caller"), None)
        if priority > 0 and caller is not None and not caller.stays and not story.talked:
            caller.entry_priority = priority
            self._exchange.actions.append(GiveEntryPriority(caller.name, priority))

    def _action_done(self, event: said.ActionDone) -> None:
        self._holding.direct.done(event.command, event.ok, self._now)
        self._exchange.actions += self._wishes.done(event)

    def _present(self, event: said.Present) -> None:
        self._desk.rests.present(event.logins, self._now)
        self._written.present((*event.logins, *event.others), self._now)

    def _requests_seen(self, event: letters.RequestsSeen) -> None:
        self._written.seen(event, self._now)
        self._written.decide(self._now)

    def _request_moved(self, event: letters.RequestMoved) -> None:
        self._written.moved(event, self._now)
        if event.command is not None:
            done = said.ActionDone(event.at, event.command, not event.code, event.code, event.message)
            self._exchange.actions += self._wishes.done(done)
        self._written.decide(self._now)

    def _command(self, command: Command) -> None:
        self._exchange.actions += self._wishes.receive(command)

    def _tick(self, event: said.Tick) -> None:
        now = self._now
        for story in list(self._teller.due):
            del self._teller.due[story]
            self._resync.end_absent(story)
            self._teller.settle(story, story.last_at or now, now)
            if story.talks or story.call is None:
                self._keep_due(story)
        if self._swept_at is None or not timedelta() <= now - self._swept_at < SWEEP:
            self._swept_at = now
            self._sweep(now)
        self._desk.rests.tick(now)
        self._written.tick(now)
        self._say_hours()
        for ranked in self._line.tick(now):
            waits = self._exchange.stories.get(ranked.call)
            if waits is not None:
                self._teller.tell(waits, ranked)
        self._holding.tick(self._line, now)

    def _sweep(self, now: datetime) -> None:
        """Ask about stories that should have gone on by now; see to it that nobody is held and forgotten."""
        self._holding.look_around()
        for story in list(self._exchange.stories.values()):
            last, asked = story.last_at or now, story.asked_at or now - SILENT
            solid = any(chan.sure and chan.party is not None for chan in story.live.values())
            if now - last >= (SILENT if solid else STALE) and now - asked >= SILENT and story.live:
                story.asked_at = now
                self._exchange.actions.append(AskAbout(next(iter(story.live)), "nothing was heard of it for long"))

    def _keep_due(self, story: Story) -> None:
        if self._exchange.stories.get(story.id) is story:
            self._teller.due[story] = None

    # -- what follows from facts ---------------------------------------------------------------------------------------

    def _told(self, story: Story | None, fact: CallFact) -> None:
        kind = type(fact)
        self._desk.hear(None if story is None else story.call, fact, self._now)
        self._holding.hear(fact, self._now)
        if isinstance(fact, CallQueued) and story is not None:
            self._queued(story, fact)
        elif isinstance(fact, CallUnqueued):
            self._line.leave(fact.call, self._now, served=fact.reason == "answered")
        elif kind is CallEnded or kind is CallMerged:
            self._line.leave(fact.call, self._now)
            self._ended[fact.call] = None
            if len(self._ended) > ENDED_CALLS:
                del self._ended[next(iter(self._ended))]

    def _revived(self, story: Story) -> None:
        """A call of the store goes on: the desk and the line hear what they missed."""
        call = story.call
        if call is None:
            return
        for leg in call.legs:
            if leg.ended_at is None and leg.agent is not None:
                self._desk.revive(call, leg)

    def _queued(self, story: Story, fact: CallQueued) -> None:
        call = story.call
        caller = next((chan for chan in story.live.values() if chan.outside), None)
        if call is None or caller is None:
            return
        stay = caller.stay
        overtook = stay is not None and stay.queue == fact.queue and stay.overtook
        priority = 0 if stay is not None and stay.held else caller.entry_priority
        ranked = self._line.join(call.id, fact.queue, caller.name, fact.at, call.tier, self._now, priority, overtook)
        self._teller.tell(story, ranked)
