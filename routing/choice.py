"""Who is served by whom in mode *direct*: the one place that uses :mod:`routing.requests` for live calls.

The choices made here are those that :class:`routing.what_if.policies.HelinPolicy` makes, in the same order, so that
what the what-if says is what happens. What is more: people come and go, and whoever rejected a request is left out.

To have a queue's callers an agent must be at work for it: that is one more mark in the sets of skills
(:mod:`routing.levels`), and the rules need not know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from routing.events import QueuePlan
from routing.keeping import acquaintance
from routing.levels import Scale
from routing.pairing import Need, Pairing
from routing.priority import promise
from routing.requests import Idle, Requests, Skills, Snapshot, Waiting
from routing.worth import Pace

REST: Final = timedelta(seconds=15)
"""So long nobody gets again what they have just rejected, unless the caller's longest wait has come near."""
QUEUE: Final = "\0"
"""Begins the mark of a queue; no skill's name has it."""


class _Scale(Scale):
    def above(self, group: Skills, need: Mapping[str, int], weights: Mapping[str, float]) -> list[tuple[str, float]]:
        return super().above(frozenset(mark for mark in group if not mark.startswith(QUEUE)), need, weights)


class Choice:
    """``now``: seconds. Agents are told as they become idle (``came``) or stop being so (``went``)."""

    def __init__(self) -> None:
        self._plans: Mapping[str, QueuePlan] = {}
        self._scale = _Scale(())
        self._requests = Requests({}, {})
        self._idle = Idle(())
        self._staff: dict[str, Skills] = {}
        self._free: dict[str, Skills] = {}
        self._can: dict[str, bool] = {}
        self._pairing = Pairing(self._requests, self._idle, self._scale, {})

    def use(self, plans: Mapping[str, QueuePlan], values: Mapping[str, float]) -> None:
        """Other rules, and nobody in line; the paces stay."""
        self._plans = plans
        steps = [step.skills for plan in plans.values() for step in plan.relax]
        asked = [dict(skills) for skills in (*(plan.skills for plan in plans.values()), *steps)]
        self._scale = _Scale(asked, {skill for plan in plans.values() for skill, _ in plan.weights})
        relax = {
            name: tuple((float(step.after_seconds), self._marks(name, step.skills)) for step in plan.relax)
            for name, plan in plans.items()
        }
        own = {name: dict(plan.tiers) for name, plan in plans.items() if plan.tiers}
        before = self._requests.snapshot()
        kept = Snapshot((), before.kinds, before.staff)
        promises = {name: promise(plan) for name, plan in plans.items()}
        self._requests, _ = Requests.restored(kept, promises, values, relax, own)
        self._can.clear()
        self._pair()

    def _pair(self) -> None:
        needs = {name: Need(dict(plan.skills), dict(plan.weights)) for name, plan in self._plans.items()}
        self._pairing = Pairing(self._requests, self._idle, self._scale, needs)

    def _marks(self, queue: str, skills: Iterable[tuple[str, int]]) -> Skills:
        return frozenset((QUEUE + queue, *self._scale.asks(dict(skills))))

    def wants(self, queue: str) -> Skills:
        """What a caller of this queue asks for at first."""
        plan = self._plans.get(queue)
        return self._marks(queue, () if plan is None else plan.skills)

    def able(self, queues: Iterable[str], skills: Iterable[tuple[str, int]]) -> Skills:
        """What an agent with these skills, at work for these queues, can be asked for."""
        return frozenset((*(QUEUE + queue for queue in queues), *self._scale.has(dict(skills))))

    def employ(self, staff: Mapping[str, Skills]) -> None:
        """All agents at work, free or not: how precious somebody is depends on the others."""
        if staff != self._staff:
            self._staff = dict(staff)
            self._can.clear()
            self._requests.employ(Counter(self._staff.values()))
            self._idle = self._idle.restaffed(self._staff.values())
            for agent, skills in self._free.items():
                self._idle.add(agent, skills)
            self._pair()

    def employs(self, queue: str) -> bool:
        """Whether anybody at work can serve its callers, free or not, now or when less is asked for."""
        known = self._can.get(queue)
        if known is None:
            plan = self._plans.get(queue)
            steps = () if plan is None else plan.relax
            asked = [self.wants(queue), *(self._marks(queue, step.skills) for step in steps)]
            known = self._can[queue] = any(asks <= able for able in self._staff.values() for asks in asked)
        return known

    def pace(self, skills: Skills) -> Pace:
        return self._requests.pace(skills)

    def came(self, agent: str, skills: Skills, now: float) -> Waiting | None:
        """What this agent gets; None: nothing, and the agent is idle."""
        taken = self._requests.take_for(skills, now, agent)
        if taken is None:
            self.waits(agent, skills)
        return taken

    def waits(self, agent: str, skills: Skills) -> None:
        """The agent is idle, whatever there is in line."""
        self._free[agent] = skills
        self._idle.add(agent, skills)

    def went(self, agent: str) -> None:
        if self._free.pop(agent, None) is not None:
            self._idle.remove(agent)

    def gone(self, agent: str) -> None:
        """Not at work any more, or not for calls: nobody is kept for them."""
        self._requests.gone(agent)

    def acquaintance(self, request: Waiting, agents: Iterable[tuple[str, Skills]], now: float) -> str | None:
        """Whom of these, who know the caller, they should have: to be had at once, or to be kept for."""
        asks = self._requests.asks(request, now)
        able = (agent for agent, skills in agents if asks <= skills)
        return acquaintance(self._requests, request, able, self._free, now)

    def take(self, agent: str, request: Waiting, now: float) -> bool:
        """This agent has it now; False: they are busy."""
        if agent not in self._free:
            return False
        self.went(agent)
        if request.waits:
            self._requests.took(request, now)
        return True

    def keep(self, request: Waiting, agent: str, now: float) -> bool:
        """For this agent, as its queue's rule says. False: its time for that is over, and it is in line."""
        return self._requests.hold(request, agent, self._requests.keeps(request), now)

    def asked_for(self, request: Waiting) -> None:
        self._idle.asked_for(request.of.skills)

    def agent_for(self, request: Waiting, now: float) -> str | None:
        """The idle agent who gets it now, in line or not; they are idle no longer."""
        agent = self._agent_for(request, now)
        if agent is None:
            return None
        del self._free[agent]
        if request.waits:
            self._requests.took(request, now)
        return agent

    def _agent_for(self, request: Waiting, now: float) -> str | None:
        """The what-if's own question where there is nothing that it knows nothing of."""
        if self._pairing.weigh(request.of.queue) is None and not self._requests.closed_to(request, now):
            return self._idle.best_for(self._requests.asks(request, now))
        pair = self._pairing.agent_for(request, now)
        return None if pair is None else pair.agent

    def pairs(self, now: float) -> Sequence[tuple[Waiting, str]]:
        """All who can be brought together: when several were found at once, and when time has opened something."""
        found = [(pair.request, pair.agent) for pair in self._pairing.pairs(now)] if self._free else []
        for _, agent in found:
            del self._free[agent]
        return found

    def put(self, request: Waiting, now: float) -> None:
        self._requests.put(request, now)

    def left(self, request: Waiting) -> None:
        self._requests.left(request)


def reject(request: Waiting, agent: str, now: float) -> None:
    """Not to this agent for a while."""
    request.closed = {**(request.closed or {}), agent: now + REST.total_seconds()}
