"""From what is known to what is told: the facts of a call.

``settle`` looks at one story after each event that touched it and tells what has become true since: a level, not an
edge. It never asks which event came, so it does not matter which one it was. What is told once is never taken back; a
question whose answer may still come (why did this talk end?) stays open until all channels that could answer have
ended, or for a second at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from routing import arrivals, consulting, endings, transfers
from routing.actions import LookUp
from routing.arrivals import Arrival
from routing.exchange import Exchange
from routing.facts import (
    AgentMissed,
    AgentRinging,
    AttemptHeard,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallHeld,
    CallMerged,
    CallQueued,
    CallResumed,
    CallTransferred,
    CallUnqueued,
    ConferenceChanged,
    ConsultChanged,
    Direction,
    EndedBy,
    LegAnswered,
    LegEnded,
    LegStarted,
    SegmentEnded,
)
from routing.knowledge import Chan, Stay, Story, Talk
from routing.merging import again
from routing.parties import Owners
from routing.story import Call, fold
from routing.tapes import tell_tape

PATIENCE = timedelta(seconds=1)
"""So long a question may stay open for want of an event."""
MOMENT = timedelta(seconds=1)
"""Who left a talk earlier than this before its end did not end it."""
GONE_KEPT = 64


class Teller:
    """``told`` hears each fact of a call after it was folded; ``emptied`` says whether nobody can serve a queue."""

    def __init__(
        self,
        exchange: Exchange,
        owners: Owners,
        normalise: Callable[[str], str | None],
        told: Callable[[Story | None, CallFact], None],
        emptied: Callable[[str, datetime], bool],
    ) -> None:
        self._exchange = exchange
        self._owners = owners
        self._normalise = normalise
        self._told = told
        self._emptied = emptied
        self.due: dict[Story, None] = {}
        self.estimating = False
        exchange.absorb = self.absorb

    def tell(self, story: Story, fact: CallFact) -> None:
        story.call = fold(story.call, fact)
        self._exchange.facts.append(fact)
        self._told(story, fact)

    def retire(self, fact: CallFact) -> None:
        """A fact about a call of which only the record is left."""
        self._exchange.facts.append(fact)
        self._told(None, fact)

    def settle(self, story: Story, at: datetime, now: datetime, *, final: bool = False) -> None:
        """Tell what became true. ``final``: no more evidence will come, decide every open question."""
        if story.call is None and not self._arrive(story, at, final=final):
            if not story.live:
                self._end_unarrived(story, at, now, final=final)
            return
        call = story.call
        if call is not None and call.number is None and call.direction != "inbound":
            self._find_number(story, call)
        fresh = [chan for chan in story.everyone() if not chan.told_ended and chan.sure]
        for chan in fresh:
            if chan.party is not None and not chan.spy:
                self._tell_channel(story, chan, at, now)
        for talk in story.talks[:]:
            self._look_at(talk, story, now, final)
        if story.talks:
            self._tell_beside(story, at)
        for chan in fresh:
            if chan.stays:
                self._tell_stays(story, chan, now, final)
            if chan.tape is not None:
                tell_tape(story, chan, chan.tape, at, self.tell)
        for chan in story.gone:
            if not chan.told_ended:
                self._tell_end(story, chan)
        if len(story.gone) > GONE_KEPT:
            story.gone = [chan for chan in story.gone if chan.outside or chan.talk is not None][-GONE_KEPT // 2 :]
        if not any(chan.sure for chan in story.live.values()):
            self._end(story, at, now, final)

    # -- arrival -------------------------------------------------------------------------------------------------------

    def _arrive(self, story: Story, at: datetime, *, final: bool = False) -> bool:
        """Whether these channels have proved to be a call; then it is told."""
        arrival = arrivals.arrival_of(story, self._owners, None if final else at)
        if arrival == "wait":
            self.due[story] = None
        if arrival is None or arrival == "wait":
            return False
        self._begin(story, arrival)
        return True

    def _begin(self, story: Story, arrival: Arrival) -> None:
        parties = arrivals.parties_of(story)
        first = min(chan.started_at for chan in parties)
        number = self._known_number(arrival.number)
        estimated = min(parties, key=lambda chan: chan.started_at).estimated
        name, did = arrival.name or None, arrival.did or None
        asterisk = self._exchange.asterisk
        self.tell(story, CallArrived(story.id, first, asterisk, arrival.direction, number, name, did, estimated))
        self._look_up(story, number)

    def _look_up(self, story: Story, number: str | None) -> None:
        if number is not None and (normal := self._normalise(number)) is not None:
            self._exchange.actions.append(LookUp(story.id, normal))

    def _known_number(self, text: str) -> str | None:
        """E.164 where it can be read as one, else what there is."""
        return (self._normalise(text) or text) if text else None

    def _find_number(self, story: Story, call: Call) -> None:
        """Whom it is for has come to light, or that it is for someone outside at all."""
        number = self._known_number(arrivals.outside_number(story, self._owners))
        if number is not None:
            self.tell(
                story,
                CallArrived(call.id, call.started_at, call.asterisk, "outbound", number, None, None, call.estimated),
            )
            self._look_up(story, number)

    # -- channels ------------------------------------------------------------------------------------------------------

    def _tell_channel(self, story: Story, chan: Chan, at: datetime, now: datetime) -> None:
        if not chan.told and not self._tell_start(story, chan):
            return
        if chan.agent is not None:
            self._tell_ring(story, chan)
        if chan.lifted_at is not None and not chan.told_lifted:
            chan.told_lifted = True
            self.tell(story, LegAnswered(story.id, chan.lifted_at, chan.id, chan.estimated or self.estimating))
        if chan.heard is not None and chan.told_heard != chan.heard:
            chan.told_heard = chan.heard
            self.tell(story, AttemptHeard(story.id, at, chan.heard))
        if chan.agent is not None and not chan.consult:
            self._tell_talk(story, chan, at, now)

    def _tell_start(self, story: Story, chan: Chan) -> bool:
        """False while it is not yet known which number is dialled."""
        number: str | None = None
        if chan.party == "caller":
            number = self._known_number(chan.number)
        elif chan.party == "outside":
            number = self._known_number(arrivals.number_of(chan) or (story.hint or "" if chan.dialler is None else ""))
            if number is None and chan.lifted_at is None and chan.ended_at is None:
                return False
        assert chan.party is not None  # noqa: S101 - plumbing does not come here
        chan.told = True
        self.tell(story, LegStarted(story.id, chan.started_at, chan.id, chan.party, chan.agent, number, chan.estimated))
        return True

    def _tell_ring(self, story: Story, chan: Chan) -> None:
        if chan.rang_at is None or chan.agent is None:
            return
        if not chan.told_ringing and chan.lifted_at is None and chan.ended_at is None and chan.dialled:
            chan.told_ringing = story.rang = True
            self.tell(story, AgentRinging(story.id, chan.rang_at, chan.agent, chan.id))

    def _tell_talk(self, story: Story, chan: Chan, at: datetime, now: datetime) -> None:
        talk = chan.talk
        if talk is not None and talk.over_at is not None and self._partner(chan) is not None:
            self._close(talk, story, now)
            talk = None
        if talk is None:
            alone = self._partner(chan) is None
            if chan.ended_at is not None or (alone and not self._with_the_exchange(story, chan)):
                return
            for other in [each for each in story.talks if each.agent == chan.agent]:
                if other.over_at is None:
                    return
                self._close(other, story, now)
            began_at = chan.lifted_at if alone and chan.lifted_at is not None else at
            self._begin_talk(story, chan, began_at, alone)
        else:
            self._tell_hold(story, talk, at)

    def _tell_hold(self, story: Story, talk: Talk, at: datetime) -> None:
        chan = talk.chan
        placed = consulting.holds(talk, self.partners)
        if placed:
            chan.held_at = None
        held = chan.told_held if placed is None else placed or chan.held_at is not None
        if held and not chan.told_held:
            chan.told_held = True
            self.tell(story, CallHeld(story.id, chan.held_at or at, talk.agent, chan.id))
        elif not held and chan.told_held:
            chan.told_held = False
            self.tell(story, CallResumed(story.id, at, talk.agent, chan.id))

    def _tell_beside(self, story: Story, at: datetime) -> None:
        """Consultations and conferences."""
        for talk in story.talks:
            step = consulting.step_of(talk, story, self.partners) if talk.over_at is None else None
            if step is None or story.call is None:
                continue
            was = story.call.consult
            now = (talk.agent, self._known_number(step.to or "") or step.to, step.state, step.reason)
            if now != (was and (was.agent, was.to, was.state, was.reason)):
                self.tell(story, ConsultChanged(story.id, at, *now))
        on = consulting.confer(story)
        if story.call is not None and story.call.conference != on:
            self.tell(story, ConferenceChanged(story.id, at, on))

    def partners(self, chan: Chan) -> list[Chan]:
        """Those who hear this one and count."""
        return [other for other in self._exchange.partners(chan) if other.sure and not other.spy]

    def _begin_talk(self, story: Story, chan: Chan, at: datetime, alone: bool) -> None:
        assert chan.agent is not None  # noqa: S101 - only agents' channels come here
        caller = next((each for each in story.live.values() if each.outside), None)
        talk = Talk(chan, chan.agent, at, None if caller is None else (caller.context, caller.exten))
        talk.alone = alone
        for each in story.live.values():
            each.given_to = ""
        chan.talk = talk
        story.talks.append(talk)
        story.talked = True
        self.tell(story, CallAnswered(story.id, at, talk.agent, chan.id, self.estimating))

    def _partner(self, chan: Chan) -> Chan | None:
        """Another party that this one hears: in its bridge, or put through to it by a queue or a dial."""
        for other in self._exchange.partners(chan):
            if other.sure and not other.spy and (other.agent is None or other.agent != chan.agent):
                return other
        peer = chan.peer
        if peer is None or peer.ended_at is not None or peer.plumbing or peer.spy or not peer.sure:
            return None
        return peer if chan.joined or chan.bridge is not None or peer.bridge is not None else None

    def _with_the_exchange(self, story: Story, chan: Chan) -> bool:
        """Of a call that came to be one only because a lifted phone met nobody for a while."""
        if story.call is None or story.call.direction != "internal" or not chan.up:
            return False
        return not any(each is not chan and each.party is not None and not each.spy for each in story.everyone())

    # -- queues --------------------------------------------------------------------------------------------------------

    def _tell_stays(self, story: Story, chan: Chan, now: datetime, final: bool) -> None:
        last = chan.stays[-1]
        for stay in chan.stays:
            if not stay.told_in:
                stay.told_in = True
                story.left = None
                self.tell(story, CallQueued(story.id, stay.began_at, stay.queue))
            if stay.reason is None:
                self._tell_left(story, chan, stay, now, final or stay is not last)
        if len(chan.stays) > 1 and last.told_in:
            chan.stays = [last]

    def _tell_left(self, story: Story, chan: Chan, stay: Stay, now: datetime, final: bool) -> None:
        if not stay.connected and any(self._answers(talk, stay) for talk in story.talks):
            stay.connected = True
        if (stay.given_up or stay.left_at is not None) and stay.decide_at is None:
            stay.emptied = self._emptied(stay.queue, now)
            stay.decide_at = now + PATIENCE
            self.due[story] = None
        decided = final or (stay.decide_at is not None and now >= stay.decide_at)
        stay.reason = endings.left_queue(stay, chan, emptied=stay.emptied, final=decided)
        if stay.reason is not None:
            story.left = stay.reason
            at = stay.left_at or chan.asked_at or chan.ended_at or story.last_at or stay.began_at
            stay.left_at = at
            estimated = self.estimating or chan.end_estimated
            self.tell(story, CallUnqueued(story.id, max(at, stay.began_at), stay.queue, stay.reason, estimated))

    @staticmethod
    def _answers(talk: Talk, stay: Stay) -> bool:
        return talk.started_at >= stay.began_at and talk.over_at is None and not talk.chan.consult

    # -- the end of a talk ---------------------------------------------------------------------------------------------

    def _look_at(self, talk: Talk, story: Story, now: datetime, final: bool) -> None:
        others = [chan for chan in story.live.values() if self._counts(chan, talk)]
        chan = talk.chan
        talk.alone = talk.alone and not others
        passed_on = talk.transfer is not None and chan.bridge is None
        if talk.over_at is None and (chan.ended_at is not None or passed_on or not (others or talk.alone)):
            talk.over_at = chan.ended_at or (talk.transfer.at if talk.transfer is not None else story.last_at)
            talk.decide_at = now + PATIENCE
            self.due[story] = None
        if talk.over_at is None:
            return
        due = final or (talk.decide_at is not None and now >= talk.decide_at)
        hung_up = chan.asked_at is not None and not talk.consulted
        if due or (
            chan.ended_at is not None and (not others or hung_up or transfers.is_certain(talk, story, self._owners))
        ):
            self._close(talk, story, now)

    def _counts(self, chan: Chan, talk: Talk) -> bool:
        return chan.party is not None and not chan.spy and chan.sure and chan.agent != talk.agent

    def _close(self, talk: Talk, story: Story, now: datetime) -> None:
        chan = talk.chan
        over_at = talk.over_at or story.last_at or talk.started_at
        others = [
            each for each in story.everyone() if self._counts(each, talk) and endings.was_there(each, over_at - MOMENT)
        ]
        goes_on = any(each.ended_at is None for each in others)
        talk.transfer = transfers.transfer_of(talk, story)
        by = endings.talk_ended_by(talk, others, goes_on=goes_on)
        at = self._end_of(talk, others, by)
        to = None
        if talk.transfer is not None:
            to = transfers.target_of(talk, story, self._owners)
            self.tell(story, CallTransferred(story.id, at, talk.agent, to, talk.transfer.kind))
        estimated = chan.end_estimated or self.estimating
        story.talks.remove(talk)
        chan.talk = None
        chan.told_held = False
        self.tell(story, SegmentEnded(story.id, at, talk.agent, chan.id, by, to, estimated))

    def _end_of(self, talk: Talk, others: Iterable[Chan], by: EndedBy | None) -> datetime:
        """The moment at which the side that ended it let go."""
        chan = talk.chan
        moments = [moment for moment in (talk.over_at, chan.ended_at, chan.asked_at) if moment is not None]
        if talk.transfer is not None:
            moments.append(talk.transfer.at)
        if by == "caller":
            moments += [each.asked_at for each in others if each.asked_at is not None and each.outside]
        return max(talk.started_at, min(moments))

    # -- the end of a leg and of a call --------------------------------------------------------------------------------

    def _tell_end(self, story: Story, chan: Chan) -> None:
        chan.told_ended = True
        if not chan.told or chan.ended_at is None:
            return
        if chan.told_ringing and chan.lifted_at is None and chan.agent is not None:
            reason = endings.missed_because(chan, story)
            self.tell(story, AgentMissed(story.id, chan.ended_at, chan.agent, chan.id, reason))
        self.tell(story, LegEnded(story.id, chan.ended_at, chan.id, chan.cause, chan.end_estimated))

    def _end(self, story: Story, at: datetime, now: datetime, final: bool) -> None:
        ends = [chan.ended_at for chan in story.gone if chan.ended_at is not None]
        if story.call is None or not ends:
            return
        for talk in story.talks[:]:
            self._close(talk, story, now)
        ended_at = max(ends)
        outcome = endings.outcome_of(story)
        by = endings.call_ended_by(story, outcome, ended_at)
        estimated = any(chan.end_estimated and chan.party is not None for chan in story.gone)
        self.tell(story, CallEnded(story.id, ended_at, outcome, by, estimated))
        self._forget(story)

    def _end_unarrived(self, story: Story, at: datetime, now: datetime, *, final: bool) -> None:
        """All is over, and it never was more than one phone: a spy's is no call, that of an agent rung up is one."""
        parties = arrivals.parties_of(story)
        if not parties:
            self._forget(story)
            return
        first = parties[0]
        rung_up = first.dialled and first.lifted_at is None
        if rung_up and not story.originate_answered:
            self._exchange.claim(first)
        if rung_up and not story.originate_answered and not final and not self._overdue(story, now):
            return
        direction: Direction = "outbound" if rung_up and first.dialler is None else "internal"
        self._begin(story, Arrival(direction, arrivals.outside_number(story, self._owners) if rung_up else ""))
        for chan in parties:
            self._tell_channel(story, chan, at, now)
        if first.lifted_at is not None and first.agent is not None:
            self._tell_alone(story, first)
        self._tell_end(story, first)
        self._end(story, at, now, True)

    def _tell_alone(self, story: Story, chan: Chan) -> None:
        """The talk with nobody but the exchange."""
        assert chan.lifted_at is not None  # noqa: S101 - the caller asked
        talk = chan.talk = Talk(chan, chan.agent or chan.interface, chan.lifted_at, over_at=chan.ended_at)
        story.talks.append(talk)
        story.talked = True
        self.tell(story, CallAnswered(story.id, chan.lifted_at, talk.agent, chan.id, self.estimating))

    def _overdue(self, story: Story, now: datetime) -> bool:
        """The answer to its Originate has not come in time."""
        if story.decide_at is None:
            story.decide_at = now + PATIENCE
            self.due[story] = None
        return now >= story.decide_at

    def _forget(self, story: Story) -> None:
        self.due.pop(story, None)
        for chan in story.live.values():
            self._exchange.drop(chan)
        self._exchange.forget(story)

    # -- two stories prove to be one -----------------------------------------------------------------------------------

    def absorb(self, old: Story, into: Story, at: datetime) -> None:
        """Tell the record of ``old`` again as part of ``into``; its channels are there already."""
        exchange = self._exchange
        if old.call is not None and into.call is None:
            into.call, old.call = old.call, None
            exchange.stories.pop(into.id, None)
            into.id, into.hint = old.id, old.hint
            exchange.stories[into.id] = into
        elif old.call is not None:
            for fact in again(old.call, into.id):
                self.tell(into, fact)
            self.tell(old, CallMerged(old.id, at, into.id))
        into.talks += old.talks
        into.gone += old.gone
        into.hushed_by = old.hushed_by if into.hushed_by is None else into.hushed_by
        into.talked, into.rang = into.talked or old.talked, into.rang or old.rang
        if exchange.stories.get(old.id) is old:
            exchange.stories.pop(old.id, None)
        for linked in old.links:
            exchange.link(linked, into)
        self.due.pop(old, None)
