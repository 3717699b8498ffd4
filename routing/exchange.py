"""What is known of Asterisk at this moment: the tables of channels, bridges and stories.

:mod:`routing.lessons` fills them from events, :mod:`routing.resync` from snapshots; whatever changes marks its story as
touched, and :mod:`routing.telling` compares what is known of it with what was told. That makes the order between
channels irrelevant, a repeated event harmless and most lost ones too.

Distrust: an event that contradicts what is known changes nothing; it is reported as drift, and Asterisk is asked for a
snapshot. A channel that comes up without its Newchannel is put down as *not sure*: it collects knowledge, nothing is
told of it until Asterisk speaks of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from routing import events as said
from routing import places
from routing.actions import Action, AskAbout
from routing.facts import Drifted, Fact, Party
from routing.knowledge import Chan, Stay, Story
from routing.parties import (
    MAX_NAME,
    MAX_NUMBER,
    Owners,
    Words,
    clean,
    dialled_number,
    interface_of,
    looks_outside,
)

MAX_CHANNELS = 20_000
"""More than any Asterisk carries; beyond it new channels are not believed."""
ENDED_KEPT = 20_000
UNCLAIMED_KEPT = 16
"""Answers to Originates whose channel is not known yet."""
SPIES_BY = ("ChanSpy", "ExtenSpy")


class Exchange:
    """``facts`` and ``actions`` collect what has to be said at once; ``touched`` the stories to be looked at.

    ``moved``: callers who came to wait for Helin, came back, or went on to app_queue. ``in_vain``: whom of them did not
    get whose phone (the interface), and the dialplan's word why. ``now``: the caller's clock at this event.
    """

    def __init__(self, asterisk: str, owners: Owners) -> None:
        self.asterisk = asterisk
        self.owners = owners
        self.boot = "0"
        self.now = datetime.min
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
        self.moved: list[Chan] = []
        self.in_vain: list[tuple[Chan, str, str]] = []

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
                story = self.stories[id_] = Story(id_, linked, last_at=at)
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
            words.id, words.linked, words.name, interface, story, at, at, words.exten,
            clean(words.number, MAX_NUMBER), clean(words.caller_name, MAX_NAME), sure=sure,
            context=words.context, exten=words.exten,
        )  # fmt: skip
        chan.spy = words.id.startswith(places.LISTENER)
        self.channels[chan.id] = story.live[chan.id] = chan
        self.classify(chan, self.owners.party(words, interface, dialled, app))
        chan.dialled = bool(dialled) or words.state in ("Down", "Ringing") or chan.party == "outside"
        if chan.plumbing and chan.name[-2:] in (";1", ";2"):
            self.halves[chan.name] = chan
        self.note_state(chan, words.state, at)
        if chan.party == "agent" and not chan.dialled and words.id == words.linked and sure:
            self.second_line(chan)
        self.touched[chan.story] = None
        return chan

    def classify(self, chan: Chan, party: Party | None) -> None:
        chan.party = party
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

    def see(self, words: Words, at: datetime, *, touch: bool = True) -> Chan | None:
        """The channel of an event, with what every event says of it; None: not to be believed.

        ``touch`` False: its story is touched only if this was news; the caller does it for news of its own.
        """
        chan = self.channels.get(words.id)
        if chan is None:
            return self._first_sight(words, at, None)
        if chan.name != words.name and not self.other_name(chan, words.name, at):
            return None
        if not chan.sure and at != chan.seen_at:
            self.make_sure(chan)
            touch = True
        chan.seen_at = chan.story.last_at = at
        if words.state == "Up" and not chan.up:
            self.note_state(chan, "Up", at)
            touch = True
        if words.exten != chan.exten or words.context != chan.context:
            chan.context, chan.exten = words.context, words.exten
            if words.context == places.TRANSFER and words.exten not in ("", "h"):
                chan.given_to = chan.given_to or words.exten
            touch = True
        if words.linked != chan.linked and words.linked:
            self._relinked(chan, words.linked, at)
            touch = True
        if touch:
            self.touched[chan.story] = None
        return chan

    def see_dialled(self, words: Words, at: datetime) -> Chan | None:
        """As ``see``, for a channel that something rings."""
        if words.id in self.channels:
            return self.see(words, at)
        return self._first_sight(words, at, True)

    def _first_sight(self, words: Words, at: datetime, dialled: bool | None) -> Chan | None:
        if words.id in self.ended:
            self.late(words.id, at)
            return None
        if not words.id or not words.name:
            return None
        chan = self.open(words, at, sure=False, dialled=dialled)
        if chan is not None:
            chan.estimated = True
            self.drift(at, f"{words.name[:80]} came up without its beginning", chan.id)
        return chan

    def late(self, id_: str, at: datetime) -> None:
        """Once for each channel: it is drift, and a whole stream heard twice must not flood the journal."""
        if self.ended[id_]:
            self.drift(at, f"{self.ended[id_][:80]} has ended, and something was said of it again")
            self.ended[id_] = ""

    def other_name(self, chan: Chan, name: str, at: datetime) -> bool:
        if "<MASQ>" in name or "<ZOMBIE>" in name or "<MASQ>" in chan.name or "<ZOMBIE>" in chan.name:
            chan.name = name
            return True
        if chan.doubted_name != name:
            chan.doubted_name = name
            self.drift(at, f"the channel known as {chan.name[:80]} was called {name[:80]}", chan.id)
        return False

    def make_sure(self, chan: Chan) -> None:
        chan.sure = True
        if chan.party == "agent" and not chan.dialled and chan.id == chan.linked:
            self.second_line(chan)

    def note_state(self, chan: Chan, state: str, at: datetime) -> bool:
        """Whether that was news."""
        if state == "Up":
            news = not chan.up or chan.lifted_at is None
            chan.up = True
            chan.lifted_at = chan.lifted_at or at
            return news
        if state == "Ringing" and chan.dialled and chan.rang_at is None and chan.lifted_at is None:
            chan.rang_at = at
            return True
        if state in ("Ring", "Dialing") and chan.party == "agent" and not chan.dialled and chan.lifted_at is None:
            chan.lifted_at = at
            return True
        return False

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
        if peer is not None and peer.plumbing and (chan.bridge is None) != (peer.bridge is None):
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

    def end(self, chan: Chan, at: datetime, *, estimated: bool = False) -> None:
        """The channel is over; ``estimated``: nobody saw it go."""
        chan.ended_at = at
        chan.end_estimated = estimated
        story = chan.story
        story.live.pop(chan.id, None)
        story.gone.append(chan)
        self.drop(chan)
        self.touched[story] = None

    def in_queue(self, chan: Chan, queue: str, at: datetime) -> Stay:
        """The caller waits in this queue; if that was not known, since ``at``."""
        stay = chan.stay
        if stay is None or stay.queue != queue or stay.left_at is not None or stay.given_up:
            if stay is not None and (stay.held or stay.fetched):
                stay.left_at = stay.left_at or at
            stay = Stay(queue, at, chan.next_timeout)
            chan.stays.append(stay)
            if chan.party == "agent" and not chan.dialled and chan.interface == chan.agent and not chan.told:
                self.classify(chan, "caller")
        return stay

    def hold(self, chan: Chan, queue: str, at: datetime, bridge: str | None) -> None:
        """The caller waits for Helin to pick an agent; the wait in app_queue that may follow is the same one."""
        self.leave_bridge(chan)
        self.part(chan)
        stay = self.in_queue(chan, queue, at)
        stay.held, stay.asks, chan.hold = True, False, bridge
        self.moved.append(chan)

    def left(self, chan: Chan, at: datetime) -> None:
        """It left its bridge, whichever that was."""
        self.leave_bridge(chan)
        chan.left_at = at
        self.part(chan)

    @staticmethod
    def part(chan: Chan) -> None:
        """Whom it was put through to is with it no longer."""
        if chan.peer is not None:
            chan.peer.joined = chan.joined = False
            chan.peer.peer = None
            chan.peer = None

    def claim(self, chan: Chan) -> None:
        """The answer to this channel's Originate may have come before it was known to be one."""
        for e in self.unclaimed:
            if _names(e.name, chan):
                self.unclaimed.remove(e)
                self.answered_originate(e, chan)
                return

    def originated(self, name: str) -> Chan | None:
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

    def answered_originate(self, e: said.OriginateEnded, chan: Chan) -> None:
        """Asterisk's answer to the Originate that made this channel."""
        story = chan.story
        story.originate_answered = True
        story.last_at = e.at
        if not e.ok and chan.pushed_at is None:
            chan.pushed_at = e.at
        if e.application in SPIES_BY:
            chan.spy = True
        number = dialled_number(e.name) if chan.outside else e.exten
        if story.hint is None and looks_outside(number):
            story.hint = number
        self.touched[story] = None


def _names(dialled: str, chan: Chan) -> bool:
    """Whether an Originate of ``PJSIP/+3725550042@trunk`` or ``PJSIP/1001`` made this channel."""
    tech, _, rest = dialled.partition("/")
    number = dialled_number(dialled)
    interface = f"{tech}/{rest.rpartition('@')[2]}" if not chan.plumbing else dialled
    return chan.interface == interface and (not number or dialled_number(chan.dial_string) in ("", number))
