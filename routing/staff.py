"""The agents' states, as the desk and its rules keep them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from routing.agents import AvailabilityEvent, next_availability
from routing.facts import AgentChanged, AgentLeg, Availability, Drifted
from routing.parties import Owners

SYSTEM: Final = "system"
"""Who changed a state when Helin itself did."""
MAX_AGENTS = 20_000


@dataclass(slots=True)
class Agent:
    name: str
    availability: Availability = "offline"
    reason: str | None = None
    legs: dict[str, tuple[AgentLeg, str]] = field(default_factory=dict)
    wrap_until: datetime | None = None
    told: AgentChanged | None = None
    asked: str | None = None
    """The members' reason that was asked for and that Asterisk has not told yet."""
    required: bool = False
    """The wrap-up must be finished before a pause begins."""
    booked: str | None = None
    booked_by: str | None = None
    by: str | None = None
    freed: bool = False
    """That calls may come was asked for, and Asterisk has not told yet."""
    held: bool = False
    """A member was paused when last seen."""
    intent: str | None = None
    """Who has asked for a change that Asterisk has not told yet."""
    waits_from: datetime | None = None
    """The first tick at which ``asked`` or ``intent`` waited."""
    began_at: datetime | None = None
    """Of the pause or the wrap-up: calls made in it do not begin it anew."""
    paused_in: tuple[str, ...] = ()
    talks: set[str] = field(default_factory=set)
    """Calls with an open segment of this agent's: a leg may end before it is clear how the talk did."""
    in_use: int = 0
    """Ticks for which the phone was seen in use while no call is known."""

    @property
    def busy(self) -> bool:
        return any(state != "none" for state, _ in self.legs.values())


class Staff:
    """``dirty``: agents about whom there may be news. ``drifts``: what the tables did not expect."""

    def __init__(self, asterisk: str, owners: Owners) -> None:
        self._asterisk = asterisk
        self._owners = owners
        self.all: dict[str, Agent] = {}
        self.dirty: dict[str, None] = {}
        self.drifts: list[Drifted] = []

    def agent(self, name: str) -> Agent:
        agent = self.all.get(name)
        if agent is None:
            if len(self.all) >= MAX_AGENTS:
                self._drop_idle()
            agent = self.all[name] = Agent(name)
        return agent

    def _drop_idle(self) -> None:
        for name, agent in list(self.all.items()):
            if agent.availability == "offline" and not agent.legs and self._owners.person(name) is None:
                del self.all[name]

    def go(self, agent: Agent, event: AvailabilityEvent, at: datetime | None) -> None:
        """By the table. ``at``: Asterisk's word, which is drift where the table has a blank."""
        after = next_availability(agent.availability, event)
        if after is not None:
            agent.availability = after
        elif at is not None:
            self.drift(at, f"{agent.name} is {agent.availability}, and yet: {event}")

    def drift(self, at: datetime, what: str) -> None:
        self.drifts.append(Drifted(self._asterisk, at, what))

    def intend(self, name: str, by: str) -> None:
        """The next change of this agent's state that Asterisk tells was this person's wish."""
        agent = self.agent(name)
        agent.intent, agent.waits_from = by, None
