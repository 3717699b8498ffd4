"""The agents: who is willing (as Asterisk's queues have it), what their phones do, who is wrapping up.

Availability follows Asterisk's members: an agent with no membership is offline, one whose memberships are all paused is
paused. On top of it lies what the members' reasons say (:mod:`routing.pauses`): wrapping up, which Helin grants after a
talk that came from a queue, and a pause that is booked for the end of a call. The members are paused in both, so that
Asterisk sends no call, and what is found after a restart is understood. The leg is folded from the facts of calls, one
small state for each leg, and the strongest counts.

Where Helin itself asks for a change (a wrap-up, the beginning of a booked pause) it is shown before Asterisk confirms
it: the agent gets no call in either state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from routing.actions import Action
from routing.agents import LegEvent, next_leg
from routing.callers import Seat
from routing.events import MemberSeen, QueuePlan
from routing.facts import (
    AgentChanged,
    AgentLeg,
    AgentMissed,
    AgentRinging,
    Availability,
    CallAnswered,
    CallFact,
    CallHeld,
    CallMerged,
    CallResumed,
    Fact,
    LegAnswered,
    LegEnded,
    LegStarted,
    SegmentEnded,
)
from routing.members import Members
from routing.parties import Owners
from routing.pauses import BY_HELIN, Standing, read
from routing.rests import LONG_IN_USE, Rests
from routing.staff import SYSTEM, Agent, Staff
from routing.story import Call, Leg

DELIVERED: Final = re.compile(r"[0-9]{2,6}", re.ASCII)
"""Extensions that helin-deliver has a pattern for."""
STRENGTH: Final[dict[AgentLeg, int]] = {"talking": 3, "hold": 2, "ringing": 1, "none": 0}

LEG_EVENTS: Final[dict[type, LegEvent]] = {
    AgentRinging: "ring",
    AgentMissed: "stop_ringing",
    LegAnswered: "talk",
    CallAnswered: "talk",
    CallHeld: "hold",
    CallResumed: "resume",
    LegEnded: "hang_up",
}


class Desk:
    """Facts are collected by :meth:`tell`, actions by :meth:`take_actions`.

    ``looked_at``: about whom there may have been news at the last ``tell``.
    """

    def __init__(self, asterisk: str, owners: Owners) -> None:
        self._owners = owners
        self.members = Members(asterisk, owners)
        self.staff = Staff(asterisk, owners)
        self.rests = Rests(self.staff, self.members)
        self._of_leg: dict[str, str] = {}
        self.looked_at: dict[str, None] = {}
        self.use()

    @property
    def tier_values(self) -> dict[str, float]:
        return dict(self._owners.directory.tier_values)

    def use(self) -> None:
        """The directory changed."""
        self.rests.plans = {plan.name: plan for plan in self._owners.directory.queues}
        for person in self._owners.directory.people:
            self.staff.agent(person.login)
            self.staff.dirty[person.login] = None
        self.rests.browsers = tuple(each.login for each in self._owners.directory.people if each.phone == "browser")
        for name in self.members.use():
            self._observe(name, None)

    @property
    def actions(self) -> list[Action]:
        return self.rests.actions

    def take_actions(self) -> list[Action]:
        """What is to be told to Asterisk, once."""
        actions, self.rests.actions = self.rests.actions, []
        return actions

    def availability(self, name: str) -> Availability:
        agent = self.staff.all.get(name)
        return "offline" if agent is None else agent.availability

    def seat(self, name: str) -> Seat | None:
        """The agent at work, as who picks agents needs it; None: logged in nowhere."""
        agent, members = self.staff.all.get(name), self.members.of(name)
        if agent is None or not members or agent.told is None:
            return None
        queues = frozenset(queue for _, queue in members)
        free = frozenset(queue for (_, queue), member in members.items() if agent.freed or not member.paused)
        person = self._owners.person(name)
        interface = person.interface if person is not None and person.interface else next(iter(members))[0]
        exten = person.extension if person is not None else None
        return Seat(
            queues, free if self._willing(agent) else frozenset(), () if person is None else person.skills, interface,
            exten if exten is not None and DELIVERED.fullmatch(exten) else "s", agent.told.since or agent.told.at,
            agent.availability in ("ready", "wrap_up") and agent.booked is None and self.members.reachable(name),
        )  # fmt: skip

    def _willing(self, agent: Agent) -> bool:
        """Whether a call could ring there now. A talk whose end is not clear yet may begin a wrap-up."""
        if agent.availability != "ready" or agent.booked is not None or agent.busy or agent.talks:
            return False
        reachable = self.members.reachable(agent.name) and agent.in_use < LONG_IN_USE
        return reachable and self.rests.held_by(agent.name) is None

    def agents(self) -> dict[str, AgentChanged]:
        return {name: agent.told for name, agent in self.staff.all.items() if agent.told is not None}

    def plan(self, queue: str) -> QueuePlan | None:
        return self.rests.plans.get(queue)

    # -- queues and phones ---------------------------------------------------------------------------------------------

    def member_changed(self, member: MemberSeen, at: datetime) -> None:
        name, changed = self.members.put(member, at)
        if changed == "standing":
            self._observe(name, at)
        elif changed == "reach":
            self.staff.dirty[name] = None

    def member_gone(self, queue: str, interface: str, at: datetime) -> None:
        name = self.members.remove(queue, interface, at)
        if name is not None:
            self._observe(name, at)

    def device_changed(self, device: str, state: str) -> None:
        name = self.members.device(device, state)
        if name is not None:
            self.staff.dirty[name] = None

    def replace_all(
        self,
        queues: Iterable[str],
        members: Iterable[MemberSeen],
        devices: Iterable[tuple[str, str]],
        at: datetime,
    ) -> list[Fact]:
        """A snapshot's truth."""
        names, gone = self.members.replace_all(queues, members, devices, at)
        for name in names:
            self._observe(name, at, found=True)
        return gone

    def _observe(self, name: str, at: datetime | None, *, found: bool = False) -> None:
        """What Asterisk's members say of this agent now. ``found``: in a list, so it may be so for long."""
        agent = self.staff.agent(name)
        self.staff.dirty[name] = None
        standing = read(self.members.of(name).values())
        before = agent.availability, agent.reason, agent.booked
        if agent.asked is not None and all(member.reason == agent.asked for member in self.members.of(name).values()):
            agent.asked = None
        held = standing.some or standing.kind not in ("open", "out")
        agent.freed = agent.freed and (held or not agent.held)
        agent.held = held
        if agent.availability == "wrap_up" and agent.asked is not None and standing.kind in ("open", "after_call"):
            return  # the wrap-up is on its way to Asterisk
        self._stand(agent, standing, at)
        if not standing.some:
            agent.paused_in = ()
        agent.reason = standing.reason if standing.kind == "paused" else None
        booked = standing.reason if standing.kind in ("wrap_up", "after_call") else None
        agent.booked = None if agent.freed else booked
        if (agent.availability, agent.reason, agent.booked) == before:
            return
        who, agent.intent = agent.intent, None
        if agent.booked != before[2]:
            agent.booked_by = who
        if (agent.availability, agent.reason) != before[:2]:
            agent.by = who or (SYSTEM if agent.reason in BY_HELIN or agent.availability == "wrap_up" else None)
            older = standing.since if found and at is not None else None
            agent.began_at = older if older is not None and at is not None and older < at else at

    def _stand(self, agent: Agent, standing: Standing, at: datetime | None) -> None:
        """Availability, as the members have it."""
        match standing.kind:
            case "out":
                self.staff.go(agent, "log_out", at)
            case "open" if agent.availability == "wrap_up":
                if standing.some:
                    return
                self.staff.go(agent, "time_up", at)
            case "open" | "after_call":
                self.staff.go(agent, "log_in" if agent.availability == "offline" else "ready", at)
            case "wrap_up":
                if agent.availability == "offline":
                    self.staff.go(agent, "log_in", at)
                if agent.availability != "wrap_up":
                    agent.required = any(plan.wrap_up_required for plan in self.rests.own_plans(agent.name))
                self.staff.go(agent, "work_due", at)
                return
            case "paused":
                self.staff.go(agent, "pause", at)
        agent.wrap_until = None

    # -- talks ---------------------------------------------------------------------------------------------------------

    def hear(self, call: Call | None, fact: CallFact, now: datetime) -> None:
        """A fact of a call."""
        if isinstance(fact, LegStarted):
            if fact.agent is not None:
                self._of_leg[fact.leg] = fact.agent
            return
        event = LEG_EVENTS.get(type(fact))
        if event is not None:
            # Each kind of fact in the table is about a leg; mypy cannot see that of a dictionary's keys.
            self._leg(fact.leg, event, fact.call, fact.at)  # type: ignore[union-attr]
            if isinstance(fact, AgentMissed) and call is not None:
                self.rests.missed(call, fact)
            elif isinstance(fact, CallAnswered):
                self.staff.agent(fact.agent).talks.add(fact.call)
        elif isinstance(fact, SegmentEnded):
            self._talk_over(fact.agent, fact.call)
            if call is not None:
                self.rests.work_done(call, fact.agent, now)
        elif isinstance(fact, CallMerged):
            for agent in self.staff.all.values():
                for leg, (state, of) in agent.legs.items():
                    if of == fact.call:
                        agent.legs[leg] = (state, fact.into)
                        self.staff.dirty[agent.name] = None
                if fact.call in agent.talks:
                    agent.talks.remove(fact.call)
                    agent.talks.add(fact.into)

    def _talk_over(self, name: str, call: str) -> None:
        self.staff.agent(name).talks.discard(call)
        self.staff.dirty[name] = None

    def revive(self, call: Call, leg: Leg) -> None:
        """A leg that the store holds open."""
        if leg.agent is None:
            return
        state: AgentLeg = "talking" if leg.answered_at is not None else "ringing"
        if any(segment.leg == leg.leg and segment.ended_at is None and segment.held_since for segment in call.segments):
            state = "hold"
        self._of_leg[leg.leg] = leg.agent
        if any(segment.leg == leg.leg and segment.ended_at is None for segment in call.segments):
            self.staff.agent(leg.agent).talks.add(call.id)
        self.staff.agent(leg.agent).legs[leg.leg] = (state, call.id)
        self.staff.dirty[leg.agent] = None

    def _leg(self, leg: str, event: LegEvent, call: str, at: datetime) -> None:
        name = self._of_leg.get(leg)
        if name is None:
            return
        agent = self.staff.agent(name)
        state, _ = agent.legs.get(leg, ("none", call))
        after = next_leg(state, event)
        if after is None:
            self.staff.drift(at, f"a leg of {name} is {state}, and yet: {event}")
            return
        if event == "hang_up":
            agent.legs.pop(leg, None)
            del self._of_leg[leg]
        else:
            agent.legs[leg] = (after, call)
        self.staff.dirty[name] = None

    def tell(self, at: datetime) -> list[Fact]:
        """The facts that changed since the last time."""
        facts: list[Fact] = []
        if self.staff.drifts:
            facts += self.staff.drifts
            self.staff.drifts = []
        if self.members.stale:
            facts += self.members.tell(at)
        for name in self.staff.dirty:
            agent = self.staff.agent(name)
            if agent.booked is not None and agent.availability == "ready" and not agent.busy:
                self.rests.actions += self.rests.begin_booked(agent)
            fact = self._changed(agent, at)
            if fact is not None:
                facts.append(fact)
        if self.staff.dirty or self.looked_at:
            self.looked_at, self.staff.dirty = self.staff.dirty, {}
        return facts

    def _changed(self, agent: Agent, at: datetime) -> AgentChanged | None:
        leg: AgentLeg = "none"
        call: str | None = None
        for state, of in agent.legs.values():
            if STRENGTH[state] > STRENGTH[leg]:
                leg, call = state, of
        before = agent.told
        at = at if before is None else max(at, before.at)
        since = at
        if before is not None and (agent.availability, leg, agent.reason) == (
            before.availability,
            before.leg,
            before.reason,
        ):
            since = before.since
        elif agent.availability in ("paused", "wrap_up"):
            agent.began_at = agent.began_at or at
            since = agent.began_at if leg == "none" else at
        now = AgentChanged(
            agent.name, before.at if before is not None else at, agent.availability, leg, agent.reason, since,
            tuple(sorted({queue for _, queue in self.members.of(agent.name)})), call,
            self.members.reachable(agent.name), agent.booked, agent.by,
            agent.wrap_until if agent.availability == "wrap_up" else None, agent.paused_in,
            agent.in_use >= LONG_IN_USE and leg == "none",
        )  # fmt: skip
        if now == before:
            return None
        agent.told = now = now if now.at == at else replace(now, at=at)
        return now
