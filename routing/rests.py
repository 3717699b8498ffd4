"""When agents rest: pauses now and booked, wrapping up, the pause after a missed call, a page that vanished.

What is to be told to Asterisk for it is collected in ``actions``. :mod:`routing.pauses` says what is written where.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from routing.actions import Action, PauseMember
from routing.events import QueuePlan
from routing.facts import AgentMissed
from routing.members import Members
from routing.pauses import AWAY, MISSED, booked, decoded, wrapping_up
from routing.presence import Presence
from routing.staff import SYSTEM, Agent, Staff
from routing.story import Call

IN_USE: Final = frozenset(("INUSE", "BUSY", "RINGING", "RINGINUSE", "ONHOLD"))
LONG_IN_USE: Final = 3
"""Ticks after which it is said."""
ASK_AGAIN: Final = timedelta(seconds=10)


class Rests:
    """``plans`` by queue; ``browsers``: agents whose phone is their page."""

    def __init__(self, staff: Staff, members: Members) -> None:
        self._staff = staff
        self._members = members
        self._presence = Presence()
        self.plans: dict[str, QueuePlan] = {}
        self.browsers: tuple[str, ...] = ()
        self.actions: list[Action] = []

    def asked(self, name: str) -> bool:
        """Whether a pause is on its way to Asterisk: what its members say now will not hold."""
        return self._staff.agent(name).asked is not None

    def ask(self, agent: Agent, reason: str | None) -> list[PauseMember]:
        """Pauses all members with this reason, or (None) lets calls come. Nothing where it is so already."""
        agent.asked, agent.waits_from, agent.freed = reason, None, reason is None
        if reason is None:
            agent.booked = None
        return [
            PauseMember(interface, reason is not None, reason or "")
            for interface, members in self._members.interfaces(agent.name).items()
        ]

    @staticmethod
    def _last_asked(agent: Agent) -> str | None:
        """The pause that is on its way to Asterisk: it is newer than what the members say."""
        return decoded(agent.asked).reason if agent.asked else None

    def pause_text(self, name: str, reason: str) -> str:
        """The member's reason for this pause: it begins now, or is booked."""
        agent = self._staff.agent(name)
        if agent.availability == "wrap_up" and agent.required:
            return wrapping_up(reason)
        return booked(reason) if agent.availability in ("ready", "wrap_up") and agent.busy else reason

    def held_by(self, name: str) -> str | None:
        """The reason for which this agent gets no call in any queue, as members have it; None: calls may come."""
        agent = self._staff.agent(name)
        if agent.asked is not None or agent.freed:
            return agent.asked
        members = self._members.of(name).values()
        if not members or not all(member.paused for member in members):
            return None
        return next((member.reason for member in members if member.reason), "")

    def missed(self, call: Call, fact: AgentMissed) -> None:
        """A queue's call that this agent let ring, or refused. A caller who gave up is nobody's fault."""
        plan, agent = self.plans.get(call.waiting_in or ""), self._staff.all.get(fact.agent)
        if plan is None or not plan.auto_pause or agent is None or fact.reason not in ("no_answer", "busy"):
            return
        if agent.availability == "ready" and agent.booked is None and agent.asked is None:
            self._staff.intend(agent.name, SYSTEM)
            self.actions += self.ask(agent, MISSED)

    def work_done(self, call: Call, name: str, now: datetime) -> None:
        plan = self.plans.get(call.queue or "")
        agent = self._staff.all.get(name)
        if plan is None or plan.wrap_up_seconds <= 0 or agent is None or agent.availability == "offline":
            return
        required = plan.wrap_up_required
        then = None if agent.freed else self._last_asked(agent) or agent.reason or agent.booked
        if not required and (agent.availability == "paused" or then is not None):
            return
        if agent.availability == "paused":
            agent.booked_by, agent.reason = agent.by, None
        agent.booked = then
        agent.required = required or (agent.required and agent.availability == "wrap_up")
        self._staff.go(agent, "work_due" if required else "work_done", None)
        agent.by, agent.began_at = SYSTEM, None
        agent.wrap_until = now + timedelta(seconds=plan.wrap_up_seconds)
        self._staff.dirty[name] = None
        if self.held_by(name) != wrapping_up(then):
            self.actions += self.ask(agent, wrapping_up(then))

    def end_wrap_up(self, name: str, event: Literal["ready", "time_up"], by: str) -> list[PauseMember]:
        """What tells Asterisk so. ``ready`` takes a booked pause back; else it begins."""
        agent = self._staff.all[name]
        agent.wrap_until = None
        self._staff.dirty[name] = None
        if agent.booked is not None and event != "ready":
            return self.begin_booked(agent)
        self._staff.go(agent, event, None)
        agent.by, agent.began_at, agent.booked = by, None, None
        return self.ask(agent, None)

    def begin_booked(self, agent: Agent) -> list[PauseMember]:
        self._staff.go(agent, "pause", None)
        agent.reason, agent.by, agent.began_at = self._last_asked(agent) or agent.booked, agent.booked_by, None
        agent.booked = None
        return self.ask(agent, agent.reason or "")

    def present(self, logins: Iterable[str], now: datetime) -> None:
        """These have a panel open: who was away is back."""
        here = [login for login in logins if login in self._staff.all]
        self._presence.told(here, now)
        for login in here:
            agent = self._staff.all[login]
            held = decoded(self.held_by(login) or "")
            if held.reason == AWAY:
                self._staff.intend(login, SYSTEM)
                self.actions += self.ask(agent, wrapping_up(None) if held.kind == "wrap_up" else None)

    def _look_who_vanished(self, now: datetime) -> None:
        for login in self.browsers:
            agent = self._staff.all[login]
            if agent.availability not in ("ready", "wrap_up") or agent.booked is not None or agent.asked is not None:
                continue
            if self._presence.vanished(login, now):
                self._staff.intend(login, SYSTEM)
                wraps = agent.availability == "wrap_up"
                self.actions += self.ask(agent, wrapping_up(AWAY) if wraps else self.pause_text(login, AWAY))

    def tick(self, now: datetime) -> None:
        for agent in self._staff.all.values():
            if agent.intent is not None or agent.asked is not None or agent.freed:
                agent.waits_from = agent.waits_from or now
                if not timedelta() <= now - agent.waits_from <= ASK_AGAIN:
                    agent.intent, agent.asked, agent.freed = None, None, False
            if agent.availability == "wrap_up":
                self._tick_wrap_up(agent, now)
            if agent.availability != "offline":
                self._look_closer(agent)
        self._look_who_vanished(now)

    def _tick_wrap_up(self, agent: Agent, now: datetime) -> None:
        """Who was found wrapping up gets the longest time of the own queues, from when Asterisk says it began."""
        if agent.wrap_until is None:
            longest = max((plan.wrap_up_seconds for plan in self.own_plans(agent.name)), default=0)
            agent.wrap_until = (agent.began_at or now) + timedelta(seconds=longest)
            self._staff.dirty[agent.name] = None
        if now >= agent.wrap_until and not agent.required:
            self.actions += self.end_wrap_up(agent.name, "time_up", SYSTEM)

    def own_plans(self, name: str) -> list[QueuePlan]:
        return [self.plans[queue] for _, queue in self._members.of(name) if queue in self.plans]

    def _look_closer(self, agent: Agent) -> None:
        """What is no news for a moment: paused in some queues only, a phone in use that no call explains."""
        states = self._members.states(agent.name) if not agent.busy else []
        agent.in_use = agent.in_use + 1 if states and all(state in IN_USE for state in states) else 0
        members = self._members.of(agent.name)
        paused = tuple(sorted({queue for (_, queue), member in members.items() if member.paused}))
        agent.paused_in = paused if len(paused) < len(members) else ()
        told = agent.told
        if told is None or (told.paused_in, told.phone_busy) != (agent.paused_in, agent.in_use >= LONG_IN_USE):
            self._staff.dirty[agent.name] = None
