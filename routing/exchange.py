"""What Asterisk's events teach: the table of channels, bridges and stories.

Each event is taken for what it says about the channels that it names, and all of them say more than their name: the
AgentConnect that follows a lost BridgeEnter still says who talks to whom. So nothing here is a step of a sequence.
Every handler notes what its event teaches and marks the stories it touched; :mod:`routing.telling` then compares what
is known with what was told. That makes the order between channels irrelevant, a repeated event harmless and most lost
ones too.

Distrust: an event that contradicts what is known changes nothing; it is reported as drift, and Asterisk is asked for a
snapshot. A channel that comes up without its Newchannel is put down as *not sure*: it collects knowledge, nothing is
told of it until Asterisk speaks of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from routing import events as said
from routing.actions import Action, AskAbout
from routing.facts import Drifted, Fact
from routing.knowledge import Chan, Stay, Story, Transfer
from routing.parties import (
    MAX_NAME,
    MAX_NUMBER,
    Owners,
    Words,
    clean,
    dialled_number,
    interface_of,
    is_plumbing,
    looks_outside,
)

MAX_CHANNELS = 20_000
"""More than any Asterisk carries; beyond it new channels are not believed."""
ENDED_KEPT = 20_000
UNCLAIMED_KEPT = 16
"""Answers to Originates whose channel is not known yet."""
SPIES_BY = ("ChanSpy", "ExtenSpy")


class Exchange:
    """``facts`` and ``actions`` collect what has to be said at once; ``touched`` the stories to be looked at."""

    def __init__(self, asterisk: str, owners: Owners) -> None:
        self.asterisk = asterisk
        self.owners = owners
        self.boot = "0"
        self.channels: dict[str, Chan] = {}
        self.bridges: dict[str, dict[str, Chan]] = {}
        self.halves: dict[str, Chan] = {}
        self.stories: dict[str, Story] = {}
        self.by_linked: dict[str, Story] = {}
        self.ended: dict[str, str] = {}
        self.touched: dict[Story, None] = {}
        self.facts: list[Fact] = []
        self.actions: list[Action] = []
        self.unclaimed: list[said.OriginateEnded] = []

    # -- channels and stories ------------------------------------------------------------------------------------------

    def call_id(self, linked: str) -> str:
        safe = "".join(mark if mark.isascii() and (mark.isalnum() or mark in "-._~") else "_" for mark in linked[:100])
        return f"{self.asterisk}-{self.boot}-{safe}"

    def story_of(self, linked: str, at: datetime) -> Story:
        story = self.by_linked.get(linked)
        if story is None:
            id_ = self.call_id(linked)
            story = self.stories.get(id_)
            if story is None:
                story = self.stories[id_] = Story(id_, linked, began_at=at, last_at=at)
            self.link(linked, story)
        return story

    def link(self, linked: str, story: Story) -> None:
        """Channels of this linkedid are of this story."""
        self.by_linked[linked] = story
        story.links.append(linked)

    def forget(self, story: Story) -> None:
        self.stories.pop(story.id, None)
        for linked in story.links:
            if self.by_linked.get(linked) is story:
                del self.by_linked[linked]
        self.touched.pop(story, None)

    def drift(self, at: datetime, what: str, ask: str | None = None) -> None:
        self.facts.append(Drifted(self.asterisk, at, what))
        if ask is not None:
            self.actions.append(AskAbout(ask, what))

    def open(
        self, words: Words, at: datetime, *, sure: bool, dialled: bool | None = None, app: str = ""
    ) -> Chan | None:
        """A channel that was not known."""
        if len(self.channels) >= MAX_CHANNELS:
            return None
        story = self.story_of(words.linked or words.id, at)
        interface = interface_of(words.name)
        chan = Chan(
            words.id, words.linked, words.name, interface, story, at, at, words.context, words.exten,
            clean(words.number, MAX_NUMBER), clean(words.caller_name, MAX_NAME), sure=sure,
            context=words.context, exten=words.exten,
        )  # fmt: skip
        self.channels[chan.id] = story.live[chan.id] = chan
        self.classify(chan, self.owners.party(words, interface, dialled, app))
        chan.dialled = bool(dialled) or words.state in ("Down", "Ringing") or chan.party == "outside"
        if chan.plumbing and chan.name[-2:] in (";1", ";2"):
            self.halves[chan.name] = chan
        self._note_state(chan, words.state, at)
        if chan.party == "agent" and not chan.dialled and words.id == words.linked and sure:
            self.second_line(chan)
        self.touched[chan.story] = None
        return chan

    def classify(self, chan: Chan, party: str | None) -> None:
        chan.party = party  # type: ignore[assignment]
        chan.agent = self.owners.agent(chan.interface) if party == "agent" else None
        if chan.outside:
            self.owners.note_trunk(chan.interface)

    def second_line(self, chan: Chan) -> None:
        """An agent who talks with a customer lifts a second line: what comes of it belongs to the customer's story."""
        for story in self.stories.values():
            if story.call is None or story is chan.story:
                continue
            for talk in story.talks:
                if talk.agent == chan.agent and talk.over_at is None:
                    chan.consult = talk.consulted = True
                    self.join(chan.story, story, chan.seen_at)
                    return

    def see(self, words: Words, at: datetime) -> Chan | None:
        """The channel of an event, with what every event says of it; None: not to be believed."""
        chan = self.channels.get(words.id)
        if chan is None:
            return self._first_sight(words, at, None)
        if chan.name != words.name and not self._other_name(chan, words.name, at):
            return None
        if not chan.sure and at != chan.seen_at:
            self._make_sure(chan)
        chan.seen_at = at
        chan.story.last_at = at
        if words.state == "Up" and not chan.up:
            self._note_state(chan, "Up", at)
        chan.context, chan.exten = words.context, words.exten
        if words.linked != chan.linked and words.linked:
            self._relinked(chan, words.linked, at)
        self.touched[chan.story] = None
        return chan

    def see_dialled(self, words: Words, at: datetime) -> Chan | None:
        """As ``see``, for a channel that something rings."""
        if words.id in self.channels:
            return self.see(words, at)
        return self._first_sight(words, at, True)

    def _first_sight(self, words: Words, at: datetime, dialled: bool | None) -> Chan | None:
        if words.id in self.ended:
            self._late(words.id, at)
            return None
        if not words.id or not words.name:
            return None
        chan = self.open(words, at, sure=False, dialled=dialled)
        if chan is not None:
            self.drift(at, f"{words.name[:80]} came up without its beginning", chan.id)
        return chan

    def _late(self, id_: str, at: datetime) -> None:
        """Once for each channel: it is drift, and a whole stream heard twice must not flood the journal."""
        if self.ended[id_]:
            self.drift(at, f"{self.ended[id_][:80]} has ended, and something was said of it again")
            self.ended[id_] = ""

    def _other_name(self, chan: Chan, name: str, at: datetime) -> bool:
        if "<MASQ>" in name or "<ZOMBIE>" in name or "<MASQ>" in chan.name or "<ZOMBIE>" in chan.name:
            chan.name = name
            return True
        if chan.doubted_name != name:
            chan.doubted_name = name
            self.drift(at, f"the channel known as {chan.name[:80]} was called {name[:80]}", chan.id)
        return False

    def _make_sure(self, chan: Chan) -> None:
        chan.sure = True
        if chan.party == "agent" and not chan.dialled and chan.id == chan.linked:
            self.second_line(chan)

    def _note_state(self, chan: Chan, state: str, at: datetime) -> None:
        if state == "Up":
            chan.up = True
            if chan.lifted_at is None:
                chan.lifted_at = at
        elif state == "Ringing":
            if chan.dialled and chan.rang_at is None and chan.lifted_at is None:
                chan.rang_at = at
        elif state in ("Ring", "Dialing") and chan.party == "agent" and not chan.dialled and chan.lifted_at is None:
            chan.lifted_at = at

    def _relinked(self, chan: Chan, linked: str, at: datetime) -> None:
        """Asterisk joined two stories. Believed when it is said a second time; a call's record hangs on it."""
        told = chan.story.merge.get(chan.id)
        into = self.by_linked.get(linked)
        if into is chan.story:
            chan.linked = linked
        elif told == linked:
            chan.story.merge.pop(chan.id, None)
            chan.linked = linked
            self.join(chan.story, self.story_of(linked, at), at)
        else:
            chan.story.merge[chan.id] = linked

    def join(self, old: Story, into: Story, at: datetime) -> None:
        """Two stories prove to be one."""
        if old is into:
            return
        for each in list(old.live.values()):
            each.story = into
            into.live[each.id] = each
        old.live.clear()
        self.absorb(old, into, at)
        self.touched.pop(old, None)
        self.touched[into] = None

    absorb: Callable[[Story, Story, datetime], None]
    """Set by the teller: what was told of the one story is told of the other."""

    def drop(self, chan: Chan) -> None:
        """Out of all tables; the story keeps it among its gone for a while."""
        self.channels.pop(chan.id, None)
        self.halves.pop(chan.name, None)
        self.leave_bridge(chan)
        self.ended[chan.id] = chan.name
        if len(self.ended) > ENDED_KEPT:
            del self.ended[next(iter(self.ended))]

    def leave_bridge(self, chan: Chan) -> None:
        if chan.bridge is None:
            return
        members = self.bridges.get(chan.bridge)
        if members is not None:
            members.pop(chan.id, None)
            if not members:
                del self.bridges[chan.bridge]
        chan.bridge = None

    def enter_bridge(self, chan: Chan, bridge: str) -> None:
        if chan.bridge != bridge:
            self.leave_bridge(chan)
            chan.bridge = bridge
            self.bridges.setdefault(bridge, {})[chan.id] = chan

    def partners(self, chan: Chan) -> Iterator[Chan]:
        """Every party in one bridge with it, also through Local channels."""
        peer = chan.peer
        if (
            peer is not None
            and peer.plumbing
            and (chan.bridge is None or peer.bridge is None)
            and chan.bridge != peer.bridge
        ):
            yield from self._beyond(chan, peer, {chan.bridge or "", peer.bridge or ""})
        if chan.bridge is not None:
            yield from self._within(chan, chan.bridge, {chan.bridge})

    def _within(self, chan: Chan, bridge: str, seen: set[str]) -> Iterator[Chan]:
        for other in self.bridges.get(bridge, {}).values():
            if other.plumbing:
                yield from self._beyond(chan, other, seen)
            elif other is not chan:
                yield other

    def _beyond(self, chan: Chan, plumbing: Chan, seen: set[str]) -> Iterator[Chan]:
        """Who is at the other end of a Local channel."""
        half = self.halves.get(plumbing.name[:-1] + ("2" if plumbing.name.endswith("1") else "1"))
        if half is not None and half.bridge is not None and half.bridge not in seen:
            seen.add(half.bridge)
            yield from self._within(chan, half.bridge, seen)

    # -- what each event teaches ---------------------------------------------------------------------------------------

    def started(self, e: said.ChannelStarted) -> None:
        chan = self.channels.get(e.id)
        if chan is None:
            if e.id in self.ended:
                self._late(e.id, e.at)
            elif self.open(e, e.at, sure=True) is None:
                self.drift(e.at, f"more than {MAX_CHANNELS} channels: {e.name[:80]} is left out")
        elif chan.name == e.name or self._other_name(chan, e.name, e.at):
            self._make_sure(chan)
            self.touched[chan.story] = None

    def gone(self, e: said.ChannelEnded) -> None:
        chan = self.channels.get(e.id)
        if chan is None:
            if e.id in self.ended:
                self._late(e.id, e.at)
            elif e.id:
                self.drift(e.at, f"{e.name[:80]} ended, of which nothing was known")
                self.ended[e.id] = ""
            return
        if self.see(e, e.at) is not None:
            chan.cause = e.cause
            self.end(chan, e.at)

    def end(self, chan: Chan, at: datetime, *, estimated: bool = False) -> None:
        chan.ended_at = at
        chan.end_estimated = estimated
        story = chan.story
        story.live.pop(chan.id, None)
        story.gone.append(chan)
        self.drop(chan)
        self.touched[story] = None

    def changed(self, e: said.ChannelChanged) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None:
            self._note_state(chan, e.channel.state, e.at)

    def renamed(self, e: said.ChannelRenamed) -> None:
        chan = self.channels.get(e.channel.id)
        if chan is None or "<MASQ>" in e.new_name or "<ZOMBIE>" in e.new_name:
            return
        chan.name = e.new_name
        chan.interface = interface_of(e.new_name)
        if chan.plumbing and not is_plumbing(e.new_name):
            self.classify(chan, self.owners.party(e.channel, chan.interface, None))
        self.touched[chan.story] = None

    def hangup_asked(self, e: said.HangupAsked) -> None:
        chan = self.see(e.channel, e.at)
        if chan is None:
            return
        if e.by_itself:
            chan.asked_at = chan.asked_at or e.at
        elif chan.pushed_at is None:
            chan.pushed_at = e.at

    def dial_began(self, e: said.DialBegan) -> None:
        dialler, chan = self._dial(e, e.at)
        if chan is None:
            return
        chan.dial_string = e.dial_string
        if chan.rang_at is None and chan.lifted_at is None:
            chan.rang_at = e.at
        if dialler is None and e.channel is None:
            chan.story.originated = True

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
        dialler = None if e.channel is None else self.see(e.channel, at)
        chan = self.see_dialled(e.dialled, at)
        if chan is not None:
            chan.dialled = True
            chan.dialler = chan.dialler or dialler
            if chan.party == "caller" and not chan.told:
                chan.party = "outside"
        return dialler, chan

    def bridge_entered(self, e: said.BridgeEntered) -> None:
        chan = self.see(e.channel, e.at)
        if chan is None:
            return
        if e.swapped is not None and (other := self.channels.get(e.swapped)) is not None and other.bridge == e.bridge:
            self._left(other, e.at)
        self.enter_bridge(chan, e.bridge)
        self._note_state(chan, "Up", e.at) if e.channel.state == "Up" else None

    def bridge_exited(self, e: said.BridgeExited) -> None:
        chan = self.see(e.channel, e.at)
        if chan is None:
            return
        chan.left_first = e.count > 0
        if chan.bridge == e.bridge or chan.bridge is None:
            self._left(chan, e.at)

    def _left(self, chan: Chan, at: datetime) -> None:
        self.leave_bridge(chan)
        chan.left_at = at
        self._part(chan)

    @staticmethod
    def _part(chan: Chan) -> None:
        if chan.peer is not None:
            chan.peer.joined = chan.joined = False
            chan.peer.peer = None
            chan.peer = None

    def bridges_merged(self, e: said.BridgesMerged) -> None:
        for chan in list(self.bridges.get(e.source, {}).values()):
            self.enter_bridge(chan, e.into)
            self.touched[chan.story] = None

    def bridge_gone(self, e: said.BridgeGone) -> None:
        for chan in list(self.bridges.get(e.bridge, {}).values()):
            self._left(chan, e.at)
            self.touched[chan.story] = None

    def local_joined(self, e: said.LocalJoined) -> None:
        self.see(e.one, e.at)
        self.see(e.two, e.at)

    def hold_began(self, e: said.HoldBegan) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None and not _too_late(chan, e.at):
            chan.held_at, chan.hold_changed_at = chan.held_at or e.at, e.at

    def hold_ended(self, e: said.HoldEnded) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None and not _too_late(chan, e.at):
            chan.held_at, chan.hold_changed_at = None, e.at

    def music_began(self, e: said.MusicBegan) -> None:
        """The outside party hears music in the bridge that it has with an agent: the agent holds it."""
        chan = self.see(e.channel, e.at)
        if chan is None or not chan.outside or chan.bridge is None:
            return
        for talk in chan.story.talks:
            agent = talk.chan
            if agent.bridge == chan.bridge and agent.held_at is None and not _too_late(agent, e.at):
                agent.held_at = agent.hold_changed_at = e.at

    def music_ended(self, e: said.MusicEnded) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None and chan.outside:
            for talk in chan.story.talks:
                agent = talk.chan
                if agent.held_at is not None and not _too_late(agent, e.at):
                    agent.held_at, agent.hold_changed_at = None, e.at

    # -- queues --------------------------------------------------------------------------------------------------------

    def in_queue(self, chan: Chan, queue: str, at: datetime) -> Stay:
        """The caller waits in this queue; if that was not known, since ``at``."""
        stay = chan.stay
        if stay is None or stay.queue != queue or stay.left_at is not None or stay.given_up:
            stay = Stay(queue, at, chan.next_timeout)
            chan.stays.append(stay)
            if chan.party == "agent" and not chan.dialled and chan.interface == chan.agent and not chan.told:
                self.classify(chan, "caller")
        return stay

    def queue_asked(self, e: said.QueueAsked) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None:
            chan.next_timeout = e.timeout

    def queue_told(self, e: said.QueueTold) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None and chan.stay is not None and e.queue in ("", chan.stay.queue):
            chan.stay.status = e.status
        elif chan is not None and e.queue and e.status in ("JOINEMPTY", "JOINUNAVAIL", "FULL"):
            stay = self.in_queue(chan, e.queue, e.at)
            stay.left_at, stay.status = e.at, e.status

    def queue_entered(self, e: said.QueueEntered) -> None:
        chan = self.see(e.channel, e.at)
        if chan is not None:
            self.in_queue(chan, e.queue, e.at)

    def queue_exited(self, e: said.QueueExited) -> None:
        stay = self._leaving(e.channel, e.queue, e.at, e.at)
        if stay is not None and stay.left_at is None:
            stay.left_at = e.at

    def queue_given_up(self, e: said.QueueGivenUp) -> None:
        stay = self._leaving(e.channel, e.queue, e.at, e.at - timedelta(seconds=min(e.wait_seconds, 864_000)))
        if stay is not None:
            stay.given_up = True
            stay.left_at = stay.left_at or e.at

    def _leaving(self, words: Words, queue: str, at: datetime, since: datetime) -> Stay | None:
        """The stay that this event ends, whichever of the ending's events it is."""
        chan = self.see(words, at)
        if chan is None:
            return None
        stay = chan.stay
        if stay is None or stay.queue != queue:
            stay = self.in_queue(chan, queue, since)
        return stay

    def member_called(self, e: said.MemberCalled) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        if chan is not None:
            self.in_queue(chan, e.queue, e.at)
        if member is not None and member.rang_at is None and member.lifted_at is None:
            member.rang_at = e.at

    def _member(
        self, words: said.Channel, member_words: said.Channel | None, at: datetime
    ) -> tuple[Chan | None, Chan | None]:
        chan = self.see(words, at)
        member = None if member_words is None else self.see_dialled(member_words, at)
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
            stay = self.in_queue(chan, e.queue, e.at)
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
        agent = member.agent if member is not None and member.agent else self.owners.agent(e.interface)
        anyone = is_plumbing(e.interface)
        talks = [talk for talk in story.talks if anyone or talk.agent == agent]
        if len(talks) == 1 and not talks[0].completed:
            talks[0].completed = e.reason

    def member_missed(self, e: said.MemberMissed) -> None:
        chan, member = self._member(e.channel, e.member, e.at)
        if chan is not None and chan.stay is None:
            self.in_queue(chan, e.queue, e.at)
        if member is not None:
            member.missed = True

    # -- the rest ------------------------------------------------------------------------------------------------------

    def transferred(self, e: said.Transferred) -> None:
        by = self.see(e.by, e.at)
        caller = None if e.caller is None else self.see(e.caller, e.at)
        second = None if e.second is None else self.see(e.second, e.at)
        target = None if e.target is None else self.see(e.target, e.at)
        if not e.ok:
            return
        for chan in (by, second):
            if chan is None or chan.agent is None:
                continue
            for story in {chan.story, caller.story if caller is not None else chan.story}:
                for talk in story.talks:
                    if talk.agent == chan.agent and talk.transfer is None:
                        talk.transfer = Transfer(e.kind, e.at, e.exten, target)
                        self._part(talk.chan)
                        self.touched[story] = None
                        return

    def originate_ended(self, e: said.OriginateEnded) -> None:
        chan = self.channels.get(e.channel) if e.channel else self._originated(e.name)
        if chan is None:
            if not e.ok:
                self.unclaimed.append(e)
                del self.unclaimed[:-UNCLAIMED_KEPT]
            return
        self._originate_ended(e, chan)

    def claim(self, chan: Chan) -> None:
        """The answer to this channel's Originate may have come before it was known to be one."""
        for e in self.unclaimed:
            if _names(e.name, chan):
                self.unclaimed.remove(e)
                self._originate_ended(e, chan)
                return

    def _originate_ended(self, e: said.OriginateEnded, chan: Chan) -> None:
        story = chan.story
        story.originated = story.originate_answered = True
        story.last_at = e.at
        if not e.ok and chan.pushed_at is None:
            chan.pushed_at = e.at
        if e.application in SPIES_BY:
            chan.spy = True
        number = dialled_number(e.name) if chan.outside else e.exten
        if story.hint is None and looks_outside(number):
            story.hint = number
        self.touched[story] = None

    def _originated(self, name: str) -> Chan | None:
        """The channel of an Originate that failed: Asterisk names only what was to be dialled."""
        found = None
        for chan in self._originating():
            if _names(name, chan):
                found = chan
        return found

    def _originating(self) -> Iterator[Chan]:
        for story in self.stories.values():
            if not story.originate_answered:
                for chan in story.everyone():
                    if chan.dialled and chan.dialler is None and chan.id == chan.linked and not chan.up:
                        yield chan

    def spy_began(self, e: said.SpyBegan) -> None:
        spy = self.see(e.spy, e.at)
        self.see(e.spied, e.at)
        if spy is not None:
            spy.spy = True

    def suspicious(self, e: said.Suspicious, now: datetime) -> None:
        known = e.channel if e.channel in self.channels else ""
        self.drift(e.at or now, f"not believed: {e.what[:300]}", known)


def _too_late(chan: Chan, at: datetime) -> bool:
    """Hold and music speak of the same thing on two channels, in any order: what is older than the last word is not
    news."""
    return chan.hold_changed_at is not None and at < chan.hold_changed_at


def _names(dialled: str, chan: Chan) -> bool:
    """Whether an Originate of ``PJSIP/+3725550042@trunk`` or ``PJSIP/1001`` made this channel."""
    tech, _, rest = dialled.partition("/")
    number = dialled_number(dialled)
    interface = f"{tech}/{rest.rpartition('@')[2]}" if not chan.plumbing else dialled
    return chan.interface == interface and (not number or dialled_number(chan.dial_string) in ("", number))
