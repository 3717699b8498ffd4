"""Mode *direct*: Helin picks the agent for each caller whom the dialplan holds for it.

A caller who waits and an agent who is free meet in :meth:`Direct.decide`; from then on the agent is reserved, until the
offer has an end: answered, rung in vain, or the caller is gone. So nobody is offered two calls, or two agents. A caller
who was offered in vain stands where they stood, with their age; who let it ring or refused it does not get the same one
again for REST, and others who can are asked at once.

It knows no channels' events. What has happened is told by :mod:`routing.holding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from routing import places
from routing.actions import Action, Place, SendTo, ShowLife
from routing.callers import Caller, Offer, Seat
from routing.choice import Choice, reject
from routing.events import QueuePlan
from routing.keeping import Favoured
from routing.requests import Class, Skills, Waiting
from routing.worth import Pace

RINGS_WITHIN: Final = timedelta(seconds=5)
"""An agent's phone rings so soon after the caller was sent there, or it was in vain."""
ENDS_WITHIN: Final = timedelta(seconds=90)
BEAT: Final = timedelta(seconds=2)
AGAIN: Final = timedelta(seconds=2)
"""A caller who could not be sent anywhere is tried again so much later, if they are still there."""
STRANDED: Final = timedelta(seconds=10)
"""A caller whom nobody at work can serve is left to app_queue after so long."""
OFFER: Final = "direct offer"


class Direct:
    """``actions`` collects what is to be done, ``told`` the calls of which :meth:`reason` says something else now.

    Nothing is decided while it is not ``awake``.
    """

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.told: dict[str, None] = {}
        self.awake = False
        self._choice = Choice()
        self._callers: dict[str, Caller] = {}
        self._counts: dict[str, int] = {}
        self._heads: list[Caller] = []
        self._new: list[Caller] = []
        self._seats: dict[str, Seat] = {}
        self._taken: dict[str, Caller] = {}
        self._freed: dict[str, None] = {}
        self._resting: dict[str, datetime] = {}
        self._later: dict[str, datetime] = {}
        self._hired = False
        self._offers = 0
        self._beat_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._callers)

    def use(self, plans: Mapping[str, QueuePlan], values: Mapping[str, float]) -> None:
        waiting = [caller for caller in self._callers.values() if caller.request.waits]
        self._choice.use(plans, values)
        for caller in self._callers.values():
            caller.request = self._request(caller)
        for caller in waiting:
            # Without an acquaintance this is where they stood; who is kept for too long already comes back at once.
            self._stand_in_line(caller, caller.request.since)
        self._hired = True
        for name in self._seats:
            self._choice.went(name)
            self._freed[name] = None

    def _request(self, caller: Caller) -> Waiting:
        """As the rules are now; not in line."""
        of = Class(caller.queue, caller.tier or "", self._choice.wants(caller.queue))
        return Waiting(caller.call, of, caller.request.since, closed=caller.request.closed)

    # -- callers -------------------------------------------------------------------------------------------------------

    def calls(self) -> list[str]:
        """All who are held."""
        return list(self._callers)

    def pace(self, queue: str) -> Pace | None:
        """How callers of this queue are being served; None where nobody is held for it."""
        return self._choice.pace(self._choice.wants(queue)) if self.waiting(queue) else None

    def could_serve(self, queue: str) -> bool:
        """Whether anybody at work can serve its callers."""
        self._employ()
        return self._choice.employs(queue)

    def waiting(self, queue: str) -> int:
        """How many are held for it."""
        return self._counts.get(queue, 0)

    def holds(self, call: str) -> bool:
        return call in self._callers

    def engaged(self, agent: str) -> bool:
        """A caller is being brought to this agent, or is with them."""
        return agent in self._taken

    def offered(self, call: str) -> str | None:
        """The agent who has the offer of this caller now."""
        caller = self._callers.get(call)
        return None if caller is None or caller.offer is None else caller.offer.agent

    def hold(
        self, call: str, queue: str, channel: str, tier: str | None, since: datetime, *,
        head: bool = False, favoured: Favoured = (), meant: str | None = None,
    ) -> None:  # fmt: skip
        """The dialplan holds this caller. Once more: where they were."""
        caller = self._callers.get(call)
        if caller is not None and caller.queue == queue:
            caller.channel = channel
            return
        self.leave(call)
        waiting = Waiting(call, Class(queue, "", frozenset()), since.timestamp())
        caller = self._callers[call] = Caller(call, channel, queue, tier, waiting, head, favoured=favoured, meant=meant)
        caller.request = self._request(caller)
        self._counts[queue] = self.waiting(queue) + 1
        self._new.append(caller)

    def known(self, call: str, tier: str | None, favoured: Favoured, now: datetime) -> None:
        """It has become known who the caller is."""
        caller = self._callers.get(call)
        if caller is None or (caller.tier, caller.favoured) == (tier, favoured):
            return
        caller.tier, caller.favoured = tier, favoured
        waits = caller.request.waits
        self._choice.left(caller.request)
        caller.request = self._request(caller)
        if waits:
            self._stand_in_line(caller, now.timestamp())

    def reason(self, call: str) -> str | None:
        """For whom this caller is kept, or to whom they go, because they know each other; and why, in words."""
        caller = self._callers.get(call)
        if caller is None or caller.favour is None:
            return None
        words = dict(reversed(caller.favoured)).get(caller.favour, "")
        said = "goes to" if caller.offer is not None else "kept a while for"
        return f"{said} {caller.favour}, {words}"

    def leave(self, call: str) -> None:
        """The caller has an agent, is gone, or was left to app_queue."""
        caller = self._callers.pop(call, None)
        if caller is None:
            return
        self._counts[caller.queue] -= 1
        self._choice.left(caller.request)
        for line in (self._new, self._heads):
            if caller in line:
                line.remove(caller)
        self._later.pop(call, None)
        self._end_offer(caller)

    # -- offers --------------------------------------------------------------------------------------------------------

    def ringing(self, call: str, agent: str, now: datetime) -> None:
        """This agent's phone rings for the caller: as offered, or as found when Helin came."""
        caller = self._callers.get(call)
        if caller is None:
            return
        if caller.offer is not None and caller.offer.agent == agent:
            caller.offer.rang = True
        elif caller.offer is None and agent not in self._taken:
            self._choice.left(caller.request)
            self._new = [each for each in self._new if each is not caller]
            self._heads = [each for each in self._heads if each is not caller]
            self._reserve(caller, Offer(agent, "", now, "", rang=True))

    def in_vain(self, call: str, agent: str | None, interface: str, now: datetime) -> None:
        """The offer to this agent (or this phone) came to nothing: the caller stands where they stood."""
        caller = self._callers.get(call)
        offer = None if caller is None else caller.offer
        if caller is not None and offer is not None and (agent or interface) in (offer.agent, offer.interface):
            self._refused(caller, offer, now)

    def done(self, name: str, ok: bool, now: datetime) -> None:
        """Asterisk's answer to the action of an offer. The caller may be gone, or the link: not the agent's fault."""
        if ok or not name.startswith(OFFER):
            return
        for caller in self._callers.values():
            if caller.offer is not None and caller.offer.name == name:
                self._end_offer(caller)
                self._later[caller.call] = now + AGAIN
                return

    def _refused(self, caller: Caller, offer: Offer, now: datetime) -> None:
        reject(caller.request, offer.agent, now.timestamp())
        if not offer.rang:
            self._resting[offer.agent] = now + RINGS_WITHIN
        self._end_offer(caller)
        self._favour(caller, None)
        self._new.append(caller)

    def _end_offer(self, caller: Caller) -> None:
        offer, caller.offer = caller.offer, None
        if offer is not None and self._taken.get(offer.agent) is caller:
            del self._taken[offer.agent]
            self._freed[offer.agent] = None

    def _reserve(self, caller: Caller, offer: Offer) -> None:
        caller.offer = offer
        self._taken[offer.agent] = caller
        self._choice.went(offer.agent)

    def _offer(self, caller: Caller, agent: str, now: datetime) -> None:
        seat = self._seats[agent]
        self._offers += 1
        name = f"{OFFER} {caller.call} {self._offers}"
        self._reserve(caller, Offer(agent, seat.interface, now, name))
        self._favour(caller, agent if agent == caller.favour else None)
        if caller.favour is not None:
            self.told[caller.call] = None
        place = Place(caller.channel, places.DELIVER, seat.exten, (("HELIN_OFFER", seat.interface),))
        self.actions.append(SendTo((place,), name))

    # -- agents --------------------------------------------------------------------------------------------------------

    def seat(self, agent: str, seat: Seat | None) -> None:
        """How an agent is now; None: not at work."""
        before = self._seats.get(agent)
        if seat is None:
            if self._seats.pop(agent, None) is not None:
                self._hired = True
                self._choice.went(agent)
                self._choice.gone(agent)
            return
        if not seat.stays:
            self._choice.gone(agent)
        self._seats[agent] = seat
        if before is None or (before.queues, before.skills) != (seat.queues, seat.skills):
            self._hired = True
        if before is None or (before.free, before.since, before.skills) != (seat.free, seat.since, seat.skills):
            self._choice.went(agent)
            if seat.free:
                self._freed[agent] = None

    def _employ(self) -> None:
        """Put off until somebody waits: three hundred agents come to work one by one."""
        if self._hired:
            self._hired = False
            self._choice.employ(
                {name: self._choice.able(each.queues, each.skills) for name, each in self._seats.items()}
            )

    def _willing(self, agent: str) -> Skills | None:
        """What this agent can be asked for now; None: nothing."""
        seat = self._seats.get(agent)
        if seat is None or not seat.free or agent in self._taken or agent in self._resting:
            return None
        return self._choice.able(seat.free, seat.skills)

    # -- decisions -----------------------------------------------------------------------------------------------------

    def decide(self, now: datetime) -> None:
        """All that can be brought together now."""
        if not self.awake or not self._callers or not (self._new or self._freed):
            return
        self._employ()
        new, self._new = self._new, []
        freed, self._freed = sorted(self._freed, key=self._since), {}
        for caller in new:
            self._count(caller)
        new = [caller for caller in new if not self._meets(caller, now)]
        freed = [agent for agent in freed if agent not in self._taken]
        if len(new) > 1:
            self._found_at_once(new, freed, now)
            return
        for agent in freed:
            self._came(agent, now)
        for caller in new:
            self._arrived(caller, now)

    def _meets(self, caller: Caller, now: datetime) -> bool:
        """Whoever had them dialled, if they are still there, before anybody else gets either."""
        agent, caller.meant = caller.meant, None
        skills = self._willing(agent) if agent is not None else None
        if agent is None or skills is None:
            return False
        self._choice.went(agent)
        self._choice.waits(agent, skills)
        self._choice.take(agent, caller.request, now.timestamp())
        self._offer(caller, agent, now)
        return True

    def _count(self, caller: Caller) -> None:
        if not caller.counted:
            caller.counted = True
            self._choice.asked_for(caller.request)

    def _since(self, agent: str) -> datetime:
        seat = self._seats.get(agent)
        return datetime.min.replace(tzinfo=UTC) if seat is None else seat.since

    def _found_at_once(self, new: Iterable[Caller], freed: Iterable[str], now: datetime) -> None:
        """The best of them goes first, not the first."""
        for caller in new:
            self._stand_in_line(caller, now.timestamp())
        for agent in freed:
            self._choice.went(agent)
            if (skills := self._willing(agent)) is not None:
                self._choice.waits(agent, skills)
        self._bring_together(now)

    def _bring_together(self, now: datetime) -> None:
        for caller in self._heads[:]:
            agent = self._choice.agent_for(caller.request, now.timestamp())
            if agent is not None:
                self._heads.remove(caller)
                self._offer(caller, agent, now)
        for request, agent in self._choice.pairs(now.timestamp()):
            self._offer(self._callers[request.id], agent, now)

    def _stand_in_line(self, caller: Caller, now: float) -> None:
        """Or beside it, for an agent who knows them."""
        if caller.head:
            self._heads.append(caller)
            return
        agent = self._acquaintance(caller, now)
        if agent is None:
            self._choice.put(caller.request, now)
        self._favour(caller, agent if agent is not None and self._choice.keep(caller.request, agent, now) else None)

    def _acquaintance(self, caller: Caller, now: float) -> str | None:
        if not caller.favoured or caller.head:
            return None
        seats = ((agent, self._seats.get(agent)) for agent, _ in caller.favoured)
        at_work = [
            (agent, self._choice.able(seat.free or seat.queues, seat.skills))
            for agent, seat in seats
            if seat is not None and seat.stays and agent not in self._resting
        ]
        return self._choice.acquaintance(caller.request, at_work, now)

    def _favour(self, caller: Caller, agent: str | None) -> None:
        if caller.favour != agent:
            caller.favour = agent
            self.told[caller.call] = None

    def _came(self, agent: str, now: datetime) -> None:
        self._choice.went(agent)
        skills = self._willing(agent)
        if skills is None:
            return
        for caller in self._heads:
            if caller.request.of.skills <= skills and not caller.request.closed_to(agent, now.timestamp()):
                self._heads.remove(caller)
                self._offer(caller, agent, now)
                return
        taken = self._choice.came(agent, skills, now.timestamp())
        if taken is not None:
            self._offer(self._callers[taken.id], agent, now)

    def _arrived(self, caller: Caller, now: datetime) -> None:
        agent = self._acquaintance(caller, now.timestamp())
        if agent is not None and not self._choice.take(agent, caller.request, now.timestamp()):
            self._stand_in_line(caller, now.timestamp())
            return
        if agent is not None:
            self._favour(caller, agent)
        else:
            agent = self._choice.agent_for(caller.request, now.timestamp())
        if agent is not None:
            self._offer(caller, agent, now)
        else:
            self._stand_in_line(caller, now.timestamp())

    # -- time ----------------------------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        if not self.awake:
            return
        self._new += [self._callers[call] for call in _take_due(self._later, now)]
        for caller in list(self._callers.values()):
            offer = caller.offer
            if offer is not None and now - offer.at > (ENDS_WITHIN if offer.rang else RINGS_WITHIN):
                self._refused(caller, offer, now)
            elif offer is None and caller.favour is not None and not caller.request.kept(now.timestamp()):
                self._favour(caller, None)
        self._freed |= dict.fromkeys(_take_due(self._resting, now))
        if self._callers:
            self._employ()
            # Time opens: what is asked for has become less, a rejection is long ago.
            self._bring_together(now)
        self._leave_to_asterisk(now)
        if self._callers and (self._beat_at is None or not timedelta() <= now - self._beat_at < BEAT):
            self._beat_at = now
            self.actions.append(ShowLife(int(now.timestamp())))

    def _leave_to_asterisk(self, now: datetime) -> None:
        """Callers whom nobody at work can serve: the plain queue rings whoever is in it, and then the front desk."""
        for caller in self._callers.values():
            if caller.offer is not None or self._choice.employs(caller.queue):
                caller.stranded_at = None
                continue
            caller.stranded_at = caller.stranded_at or now
            if now - caller.stranded_at >= STRANDED:
                caller.stranded_at = now
                self.actions.append(SendTo((Place(caller.channel, places.WAIT, "s"),)))


def _take_due(when: dict[str, datetime], now: datetime) -> list[str]:
    due = [name for name, moment in when.items() if moment <= now]
    for name in due:
        del when[name]
    return due
