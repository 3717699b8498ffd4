"""The agents: who is willing (as Asterisk's queues have it), what their phones do, who is wrapping up.

Availability follows Asterisk's members: an agent with no membership is offline, one whose memberships are all paused is
paused. On top of it lies wrapping up, which Helin grants after a talk that came from a queue: the members are paused
with the reason :data:`WRAP_UP` meanwhile, so that Asterisk sends no call, and unpaused by time or by ``ready``. A
member that is found paused with that reason after a restart is therefore known to be wrapping up. The leg is folded
from the facts of calls, one small state for each leg, and the strongest counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from routing.actions import Action, PauseMember
from routing.agents import AvailabilityEvent, LegEvent, next_availability, next_leg
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
    Drifted,
    Fact,
    LegAnswered,
    LegEnded,
    LegStarted,
    QueueGone,
    QueueSeen,
    SegmentEnded,
)
from routing.parties import Owners
from routing.story import Call, Leg

WRAP_UP: Final = "wrap_up"
MAX_AGENTS = 20_000
UNREACHABLE = frozenset(("UNAVAILABLE", "INVALID"))
"""Device states of a phone that cannot ring."""
GONE_STATUSES = frozenset((4, 5))
"""Member statuses: 4 invalid, 5 unavailable."""
FREE_STATUSES = frozenset((0, 1, 2, 3, 6, 7, 8))
JUST_NOW = timedelta(seconds=3)
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


@dataclass(slots=True)
class _Agent:
    name: str
    availability: Availability = "offline"
    reason: str | None = None
    legs: dict[str, tuple[AgentLeg, str]] = field(default_factory=dict)
    wrap_until: datetime | None = None
    required: bool = False
    told: AgentChanged | None = None


class Desk:
    """``changed`` facts and actions are collected by :meth:`tell`."""

    def __init__(self, asterisk: str, owners: Owners) -> None:
        self._asterisk = asterisk
        self._owners = owners
        self._agents: dict[str, _Agent] = {}
        self._of_leg: dict[str, str] = {}
        self._members: dict[str, dict[str, MemberSeen]] = {}
        self._memberships: dict[str, dict[tuple[str, str], MemberSeen]] = {}
        self._queues: dict[str, QueueSeen] = {}
        self._emptied_at: dict[str, datetime] = {}
        self._devices: dict[str, str] = {}
        self._plans: dict[str, QueuePlan] = {}
        self._dirty: dict[str, None] = {}
        self._stale: dict[str, None] = {}
        self._drifts: list[Drifted] = []
        self.actions: list[Action] = []
        self.use()

    def use(self) -> None:
        """The directory changed."""
        self._plans = {plan.name: plan for plan in self._owners.directory.queues}
        for person in self._owners.directory.people:
            self._agent(person.login)
            self._dirty[person.login] = None
        self._stale = dict.fromkeys(self._members)
        before = self._memberships
        self._sort_out()
        for name in [*before, *(name for name in self._memberships if name not in before)]:
            self._observe(name, None)

    def _sort_out(self) -> None:
        """Whose memberships are whose."""
        self._memberships = {}
        for queue, members in self._members.items():
            for interface, member in members.items():
                self._memberships.setdefault(self._owners.agent(interface), {})[interface, queue] = member

    def agents(self) -> dict[str, AgentChanged]:
        return {name: agent.told for name, agent in self._agents.items() if agent.told is not None}

    def plan(self, queue: str) -> QueuePlan | None:
        return self._plans.get(queue)

    def _agent(self, name: str) -> _Agent:
        agent = self._agents.get(name)
        if agent is None:
            if len(self._agents) >= MAX_AGENTS:
                self._drop_idle()
            agent = self._agents[name] = _Agent(name)
        return agent

    def _drop_idle(self) -> None:
        for name, agent in list(self._agents.items()):
            if agent.availability == "offline" and not agent.legs and self._owners.person(name) is None:
                del self._agents[name]

    # -- queues and phones ---------------------------------------------------------------------------------------------

    def memberships(self, name: str) -> dict[tuple[str, str], MemberSeen]:
        """The agent's, by interface and queue."""
        return self._memberships.get(name, {})

    def interfaces(self, name: str) -> dict[str, list[MemberSeen]]:
        found: dict[str, list[MemberSeen]] = {}
        for (interface, _), member in self.memberships(name).items():
            found.setdefault(interface, []).append(member)
        return found

    def has_queue(self, queue: str) -> bool:
        return queue in self._members

    def member_changed(self, member: MemberSeen, at: datetime) -> None:
        queue, interface = member.queue, member.interface
        members = self._members.setdefault(queue, {})
        before = members.get(interface)
        if before is None or queue not in self._queues:
            self._stale[queue] = None
        members[interface] = member
        name = self._owners.agent(interface)
        self._memberships.setdefault(name, {})[interface, queue] = member
        if before is not None and (before.paused, before.reason) == (member.paused, member.reason):
            if (before.status in GONE_STATUSES) != (member.status in GONE_STATUSES):
                self._dirty[name] = None
                self._note_emptied(queue, at)
            return
        self._note_emptied(queue, at)
        self._observe(name, at)

    def member_gone(self, queue: str, interface: str, at: datetime) -> None:
        members = self._members.get(queue)
        if members is None or members.pop(interface, None) is None:
            return
        name = self._owners.agent(interface)
        self._memberships.get(name, {}).pop((interface, queue), None)
        self._stale[queue] = None
        self._note_emptied(queue, at)
        self._observe(name, at)

    def device_changed(self, device: str, state: str) -> None:
        if device in self._devices or self._owners.owner(device) is not None or self._is_member(device):
            self._devices[device] = state
            self._dirty[self._owners.agent(device)] = None

    def _is_member(self, interface: str) -> bool:
        return any(interface in members for members in self._members.values())

    def replace_all(
        self,
        queues: Iterable[str],
        members: Iterable[MemberSeen],
        devices: Iterable[tuple[str, str]],
        at: datetime,
    ) -> list[Fact]:
        """A snapshot's truth."""
        before = list(self._memberships)
        self._members = {queue: {} for queue in queues}
        for member in members:
            self._members.setdefault(member.queue, {})[member.interface] = member
        self._sort_out()
        self._devices = {}
        for device, state in devices:
            self.device_changed(device, state)
        gone = [queue for queue in self._queues if queue not in self._members]
        for queue in gone:
            del self._queues[queue]
        self._stale = dict.fromkeys(self._members)
        for queue in self._members:
            self._note_emptied(queue, at)
        for name in dict.fromkeys([*before, *self._memberships]):
            self._observe(name, at)
        return [QueueGone(queue, at, self._asterisk) for queue in gone]

    def _note_emptied(self, queue: str, at: datetime) -> None:
        if any(not member.paused and member.status in FREE_STATUSES for member in self._members[queue].values()):
            self._emptied_at.pop(queue, None)
        else:
            self._emptied_at.setdefault(queue, at)

    def emptied(self, queue: str, at: datetime) -> bool:
        """Whether the queue's last member went just now: what makes app_queue send its callers away as empty."""
        since = self._emptied_at.get(queue)
        return since is not None and abs(at - since) <= JUST_NOW

    def _observe(self, name: str, at: datetime | None) -> None:
        """What Asterisk's members say of this agent now."""
        agent = self._agent(name)
        self._dirty[name] = None
        members = self.memberships(name).values()
        paused = [member for member in members if member.paused]
        if not members:
            self._go(agent, "log_out", at)
            agent.wrap_until = None
        elif len(paused) < len(members):
            if agent.availability == "paused" or agent.availability == "offline":
                self._go(agent, "ready" if agent.availability == "paused" else "log_in", at)
            agent.reason = None
        elif all(member.reason == WRAP_UP for member in paused):
            if agent.availability == "offline":
                self._go(agent, "log_in", at)
            self._go(agent, "work_done", at)
            agent.reason = None
        else:
            self._go(agent, "pause", at)
            agent.reason = next((member.reason for member in paused if member.reason not in ("", WRAP_UP)), None)
            agent.wrap_until = None

    def _go(self, agent: _Agent, event: AvailabilityEvent, at: datetime | None) -> None:
        after = next_availability(agent.availability, event)
        if after is None:
            if at is not None:
                self._drifts.append(
                    Drifted(self._asterisk, at, f"{agent.name} is {agent.availability}, and yet: {event}")
                )
            return
        agent.availability = after

    # -- talks ---------------------------------------------------------------------------------------------------------

    def hear(self, call: Call | None, fact: CallFact, now: datetime) -> None:
        """A fact of a call."""
        kind = type(fact)
        if kind is LegStarted:
            if fact.agent is not None:  # type: ignore[union-attr]
                self._of_leg[fact.leg] = fact.agent  # type: ignore[union-attr]
            return
        event = LEG_EVENTS.get(kind)
        if event is not None:
            self._leg(fact.leg, event, fact.call, fact.at)  # type: ignore[union-attr]
        elif isinstance(fact, SegmentEnded) and call is not None:
            self._work_done(call, fact.agent, now)
        elif isinstance(fact, CallMerged):
            for agent in self._agents.values():
                for leg, (state, of) in agent.legs.items():
                    if of == fact.call:
                        agent.legs[leg] = (state, fact.into)
                        self._dirty[agent.name] = None

    def revive(self, call: Call, leg: Leg) -> None:
        """A leg that the store holds open."""
        if leg.agent is None:
            return
        state: AgentLeg = "talking" if leg.answered_at is not None else "ringing"
        if any(segment.leg == leg.leg and segment.ended_at is None and segment.held_since for segment in call.segments):
            state = "hold"
        self._of_leg[leg.leg] = leg.agent
        self._agent(leg.agent).legs[leg.leg] = (state, call.id)
        self._dirty[leg.agent] = None

    def _leg(self, leg: str, event: LegEvent, call: str, at: datetime) -> None:
        name = self._of_leg.get(leg)
        if name is None:
            return
        agent = self._agent(name)
        state, _ = agent.legs.get(leg, ("none", call))
        after = next_leg(state, event)
        if after is None:
            self._drifts.append(Drifted(self._asterisk, at, f"a leg of {name} is {state}, and yet: {event}"))
            return
        if event == "hang_up":
            agent.legs.pop(leg, None)
            del self._of_leg[leg]
        else:
            agent.legs[leg] = (after, call)
        self._dirty[name] = None

    def _work_done(self, call: Call, name: str, now: datetime) -> None:
        plan = self._plans.get(call.queue or "")
        agent = self._agents.get(name)
        if plan is None or plan.wrap_up_seconds <= 0 or agent is None:
            return
        if agent.availability not in ("ready", "wrap_up"):
            return
        agent.required = plan.wrap_up_required or (agent.required and agent.availability == "wrap_up")
        self._go(agent, "work_done", None)
        agent.wrap_until = now + timedelta(seconds=plan.wrap_up_seconds)
        self._dirty[name] = None
        for interface, members in self.interfaces(name).items():
            if not all(member.paused for member in members):
                self.actions.append(PauseMember(interface, True, WRAP_UP))

    def end_wrap_up(self, name: str, event: AvailabilityEvent, *, unpause: bool = True) -> None:
        """By time or by the agent's own word; the members are unpaused, unless a command sees to that."""
        agent = self._agents[name]
        agent.wrap_until = None
        self._go(agent, event, None)
        self._dirty[name] = None
        for interface, members in self.interfaces(name).items() if unpause else ():
            if any(member.paused and member.reason == WRAP_UP for member in members):
                self.actions.append(PauseMember(interface, False, ""))

    def tick(self, now: datetime) -> None:
        for agent in self._agents.values():
            if agent.availability != "wrap_up":
                continue
            if agent.wrap_until is None:
                agent.wrap_until = now + timedelta(seconds=self._longest_wrap_up(agent.name))
                agent.required = any(plan.wrap_up_required for plan in self._own_plans(agent.name))
            if now >= agent.wrap_until and not agent.required:
                self.end_wrap_up(agent.name, "time_up")

    def _longest_wrap_up(self, name: str) -> int:
        """For an agent who was found wrapping up: nobody knows since when."""
        return max((plan.wrap_up_seconds for plan in self._own_plans(name)), default=0)

    def _own_plans(self, name: str) -> list[QueuePlan]:
        return [self._plans[queue] for _, queue in self.memberships(name) if queue in self._plans]

    def tell(self, at: datetime) -> list[Fact]:
        """The facts that changed since the last time."""
        facts: list[Fact] = []
        if self._drifts:
            facts += self._drifts
            self._drifts = []
        if self._stale:
            facts += self._tell_queues(at)
        if self._dirty:
            for name in self._dirty:
                fact = self._changed(self._agent(name), at)
                if fact is not None:
                    facts.append(fact)
            self._dirty = {}
        return facts

    def _tell_queues(self, at: datetime) -> list[Fact]:
        facts: list[Fact] = []
        for queue in self._stale:
            agents = tuple(sorted({self._owners.agent(interface) for interface in self._members.get(queue, ())}))
            before = self._queues.get(queue)
            if before is None or before.agents != agents:
                self._queues[queue] = QueueSeen(queue, at, self._asterisk, agents)
                facts.append(self._queues[queue])
        self._stale = {}
        return facts

    def _changed(self, agent: _Agent, at: datetime) -> AgentChanged | None:
        leg: AgentLeg = "none"
        call: str | None = None
        for state, of in agent.legs.values():
            if STRENGTH[state] > STRENGTH[leg]:
                leg, call = state, of
        memberships = self.memberships(agent.name)
        queues = tuple(sorted({queue for _, queue in memberships}))
        reachable = self._reachable(agent.name)
        before = agent.told
        new = (agent.availability, leg, agent.reason, queues, call, reachable)
        if before is not None:
            if new == (before.availability, before.leg, before.reason, before.queues, before.call, before.reachable):
                return None
            same = (agent.availability, leg, agent.reason) == (before.availability, before.leg, before.reason)
            since = before.since if same else at
        else:
            since = at
        agent.told = AgentChanged(agent.name, at, agent.availability, leg, agent.reason, since, queues, call, reachable)
        return agent.told

    def _reachable(self, name: str) -> bool:
        person = self._owners.person(name)
        memberships = self.memberships(name)
        interfaces = {interface for interface, _ in memberships} | ({person.interface} if person is not None else set())
        states = [self._devices[interface] for interface in interfaces if interface in self._devices]
        if states:
            return any(state not in UNREACHABLE for state in states)
        return not memberships or any(member.status not in GONE_STATUSES for member in memberships.values())
