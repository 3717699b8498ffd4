"""What each event teaches about the channels that it names.

All events say more than their name: the AgentConnect that follows a lost BridgeEnter still says who talks to whom. So
nothing here is a step of a sequence, and nothing asks in which state a call is. Every method notes what its event
teaches in the :class:`routing.exchange.Exchange`, which marks the stories that it touched.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from routing import events as said
from routing import places
from routing.exchange import MAX_CHANNELS, UNCLAIMED_KEPT, Exchange
from routing.knowledge import Chan, Stay, Transfer
from routing.listeners import Listeners
from routing.parties import Words, interface_of, is_plumbing


class Lessons:
    """A method for each kind of telephony event."""

    def __init__(self, exchange: Exchange, listeners: Listeners) -> None:
        self._exchange = exchange
        self._listeners = listeners

    def started(self, e: said.ChannelStarted) -> None:
        chan = self._exchange.channels.get(e.id)
        if chan is None:
            if e.id in self._exchange.ended:
                self._exchange.late(e.id, e.at)
            elif self._exchange.open(e, e.at, sure=True) is None:
                self._exchange.drift(e.at, f"more than {MAX_CHANNELS} channels: {e.name[:80]} is left out")
        elif chan.name == e.name or self._exchange.other_name(chan, e.name, e.at):
            self._exchange.make_sure(chan)
            self._exchange.touched[chan.story] = None

    def gone(self, e: said.ChannelEnded) -> None:
        chan = self._exchange.channels.get(e.id)
        if chan is None:
            if e.id in self._exchange.ended:
                self._exchange.late(e.id, e.at)
            elif e.id:
                self._exchange.drift(e.at, f"{e.name[:80]} ended, of which nothing was known")
                self._exchange.ended[e.id] = ""
            return
        if self._exchange.see(e, e.at) is not None:
            chan.cause = e.cause
            self._exchange.end(chan, e.at)

    def changed(self, e: said.ChannelChanged) -> None:
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is not None and self._exchange.note_state(chan, e.channel.state, e.at):
            self._exchange.touched[chan.story] = None

    def renamed(self, e: said.ChannelRenamed) -> None:
        chan = self._exchange.channels.get(e.channel.id)
        if chan is None or "<MASQ>" in e.new_name or "<ZOMBIE>" in e.new_name:
            return
        chan.name = e.new_name
        chan.interface = interface_of(e.new_name)
        if chan.plumbing and not is_plumbing(e.new_name):
            self._exchange.classify(chan, self._exchange.owners.party(e.channel, chan.interface, None))
        self._exchange.touched[chan.story] = None

    def hangup_asked(self, e: said.HangupAsked) -> None:
        """Evidence for later: nothing ends by it."""
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is None:
            return
        if e.by_itself:
            chan.asked_at = chan.asked_at or e.at
        elif chan.pushed_at is None:
            chan.pushed_at = e.at

    def dial_began(self, e: said.DialBegan) -> None:
        _, chan = self._dial(e, e.at)
        if chan is None:
            return
        chan.dial_string = e.dial_string
        if chan.rang_at is None and chan.lifted_at is None:
            chan.rang_at = e.at

    def dial_rang(self, e: said.DialRang) -> None:
        _, chan = self._dial(e, e.at)
        if chan is not None and chan.rang_at is None and chan.lifted_at is None:
            chan.rang_at = e.at

    def dial_ended(self, e: said.DialEnded) -> None:
        dialler, chan = self._dial(e, e.at)
        if chan is None:
            return
        if e.status == "ANSWER":
            chan.dial_status = "ANSWER"
            chan.lifted_at = chan.lifted_at or e.at
            if dialler is not None and chan.peer is None:
                chan.peer, dialler.peer = dialler, chan
        elif chan.dial_status in ("", "CANCEL"):
            chan.dial_status = e.status

    def _dial(
        self, e: said.DialBegan | said.DialRang | said.DialEnded, at: datetime
    ) -> tuple[Chan | None, Chan | None]:
        """Dialler and dialled. That it is dialled makes a trunk's channel an outside party, whatever it looked like."""
        dialler = None if e.channel is None else self._exchange.see(e.channel, at)
        chan = self._exchange.see_dialled(e.dialled, at)
        if chan is not None:
            chan.dialled = True
            chan.dialler = chan.dialler or dialler
            if chan.party == "caller" and not chan.told:
                chan.party = "outside"
        return dialler, chan

    def bridge_entered(self, e: said.BridgeEntered) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is None:
            return
        if (
            e.swapped is not None
            and (other := self._exchange.channels.get(e.swapped)) is not None
            and other.bridge == e.bridge
        ):
            self._exchange.left(other, e.at)
        if queue := places.held_for(e.name):
            self._exchange.hold(chan, queue, e.at, e.bridge)
        else:
            self._exchange.enter_bridge(chan, e.bridge)
        self._exchange.note_state(chan, "Up", e.at) if e.channel.state == "Up" else None

    def bridge_exited(self, e: said.BridgeExited) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is None:
            return
        if e.bridge == chan.hold:
            chan.hold = None
            return
        chan.left_first = e.count > 0
        if chan.bridge == e.bridge or chan.bridge is None:
            self._exchange.left(chan, e.at)

    def bridges_merged(self, e: said.BridgesMerged) -> None:
        for chan in list(self._exchange.bridges.get(e.source, {}).values()):
            self._exchange.enter_bridge(chan, e.into)
            self._exchange.touched[chan.story] = None

    def bridge_gone(self, e: said.BridgeGone) -> None:
        for chan in list(self._exchange.bridges.get(e.bridge, {}).values()):
            self._exchange.left(chan, e.at)
            self._exchange.touched[chan.story] = None

    def local_joined(self, e: said.LocalJoined) -> None:
        self._exchange.see(e.one, e.at)
        self._exchange.see(e.two, e.at)

    def hold_began(self, e: said.HoldBegan) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None and not _too_late(chan, e.at):
            chan.held_at, chan.hold_changed_at = chan.held_at or e.at, e.at

    def hold_ended(self, e: said.HoldEnded) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None and not _too_late(chan, e.at):
            chan.held_at, chan.hold_changed_at = None, e.at

    def music_began(self, e: said.MusicBegan) -> None:
        """The outside party hears music in the bridge that it has with an agent: the agent holds it."""
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is None or not chan.outside or chan.bridge is None:
            return
        for talk in chan.story.talks:
            agent = talk.chan
            if agent.bridge == chan.bridge and agent.held_at is None and not _too_late(agent, e.at):
                agent.held_at = agent.hold_changed_at = e.at
                self._exchange.touched[chan.story] = None

    def music_ended(self, e: said.MusicEnded) -> None:
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is not None and chan.outside:
            for talk in chan.story.talks:
                agent = talk.chan
                if agent.held_at is not None and not _too_late(agent, e.at):
                    agent.held_at, agent.hold_changed_at = None, e.at
                    self._exchange.touched[chan.story] = None

    # -- queues --------------------------------------------------------------------------------------------------------

    def queue_asked(self, e: said.QueueAsked) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None:
            chan.next_timeout = e.timeout

    def queue_told(self, e: said.QueueTold) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None and chan.stay is not None and e.queue in ("", chan.stay.queue):
            chan.stay.status = e.status
            if chan.stay.held and e.status in ("TIMEOUT", "WITHDRAW"):
                chan.stay.left_at = chan.stay.left_at or e.at
        elif chan is not None and e.queue and e.status in ("JOINEMPTY", "JOINUNAVAIL", "FULL"):
            stay = self._exchange.in_queue(chan, e.queue, e.at)
            stay.left_at, stay.status = e.at, e.status

    def consult_told(self, e: said.ConsultTold) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None:
            chan.asked_status = e.status

    def offer_told(self, e: said.OfferTold) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None:
            self._exchange.in_vain.append((chan, e.interface, e.status))

    def dialled_told(self, e: said.DialledTold) -> None:
        """Who hears the message of the law waits for nobody any more."""
        chan = self._exchange.see(e.channel, e.at)
        if chan is None:
            return
        chan.heard = e.status
        if e.status == "abandoned" and chan.stay is not None and chan.stay.held:
            chan.stay.status, chan.stay.left_at = "TIMEOUT", chan.stay.left_at or e.at
            self._exchange.moved.append(chan)

    def queue_entered(self, e: said.QueueEntered) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None:
            stay = self._exchange.in_queue(chan, e.queue, e.at)
            stay.overtook = stay.overtook or e.behind > 0
            stay.fetched = False
            if stay.held:
                stay.held = False
                self._exchange.moved.append(chan)

    def queue_exited(self, e: said.QueueExited) -> None:
        stay = self._leaving(e.channel, e.queue, e.at, e.at)
        if stay is not None and stay.left_at is None and not stay.fetched:
            stay.left_at = e.at

    def queue_given_up(self, e: said.QueueGivenUp) -> None:
        stay = self._leaving(e.channel, e.queue, e.at, e.at - timedelta(seconds=min(e.wait_seconds, 864_000)))
        if stay is not None and not stay.fetched:
            stay.given_up = True
            stay.left_at = stay.left_at or e.at

    def _leaving(self, words: Words, queue: str, at: datetime, since: datetime) -> Stay | None:
        """The stay that this event ends, whichever of the ending's events it is."""
        chan = self._exchange.see(words, at)
        if chan is None:
            return None
        stay = chan.stay
        if stay is None or stay.queue != queue:
            stay = self._exchange.in_queue(chan, queue, since)
        return stay

    def member_called(self, e: said.MemberCalled) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        if chan is not None:
            self._exchange.in_queue(chan, e.queue, e.at)
        if member is not None and member.rang_at is None and member.lifted_at is None:
            member.rang_at = e.at

    def _member(
        self, words: said.Channel, member_words: said.Channel | None, at: datetime
    ) -> tuple[Chan | None, Chan | None]:
        chan = self._exchange.see(words, at)
        member = None if member_words is None else self._exchange.see_dialled(member_words, at)
        if member is not None:
            member.dialled = True
            member.dialler = member.dialler or chan
        return chan, member

    def member_connected(self, e: said.MemberConnected) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        if chan is None:
            return
        stay = chan.stay
        if stay is None or stay.queue != e.queue:
            stay = self._exchange.in_queue(chan, e.queue, e.at)
        stay.connected = True
        stay.left_at = stay.left_at or e.at
        if member is not None:
            member.lifted_at = member.lifted_at or e.at
            member.peer, chan.peer = chan, member
            member.joined = chan.joined = True

    def member_completed(self, e: said.MemberCompleted) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        story = chan.story if chan is not None else None
        if story is None:
            return
        agent = member.agent if member is not None and member.agent else self._exchange.owners.agent(e.interface)
        anyone = is_plumbing(e.interface)
        talks = [talk for talk in story.talks if anyone or talk.agent == agent]
        if len(talks) == 1 and not talks[0].completed:
            talks[0].completed = e.reason

    def member_missed(self, e: said.MemberMissed) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        if chan is not None and chan.stay is None:
            self._exchange.in_queue(chan, e.queue, e.at)
        if member is not None:
            member.missed = True

    # -- the rest ------------------------------------------------------------------------------------------------------

    def transferred(self, e: said.Transferred) -> None:
        by = self._exchange.see(e.by, e.at)
        caller = None if e.caller is None else self._exchange.see(e.caller, e.at)
        second = None if e.second is None else self._exchange.see(e.second, e.at)
        target = None if e.target is None else self._exchange.see(e.target, e.at)
        if not e.ok:
            return
        for chan in (by, second):
            if chan is None or chan.agent is None:
                continue
            for story in {chan.story, caller.story if caller is not None else chan.story}:
                for talk in story.talks:
                    if talk.agent == chan.agent and talk.transfer is None:
                        talk.transfer = Transfer(e.kind, e.at, e.exten, target)
                        self._exchange.part(talk.chan)
                        self._exchange.touched[story] = None
                        return

    def originate_ended(self, e: said.OriginateEnded) -> None:
        chan = self._exchange.channels.get(e.channel) if e.channel else self._exchange.originated(e.name)
        if chan is None:
            if not e.ok:
                self._exchange.unclaimed.append(e)
                del self._exchange.unclaimed[:-UNCLAIMED_KEPT]
            return
        self._exchange.answered_originate(e, chan)

    def spy_began(self, e: said.SpyBegan) -> None:
        spy = self._exchange.see(e.spy, e.at)
        self._exchange.see(e.spied, e.at)
        if spy is not None:
            spy.spy = True
            self._listeners.began(spy, e.spied.id, e.at)

    def spy_ended(self, e: said.SpyEnded) -> None:
        spy = self._exchange.see(e.spy, e.at)
        if spy is not None:
            spy.spy = True
            self._listeners.ended(spy.id, e.at)


def _too_late(chan: Chan, at: datetime) -> bool:
    """Hold and music speak of the same thing on two channels, in any order: what is older than the last word is old."""
    return chan.hold_changed_at is not None and at < chan.hold_changed_at
