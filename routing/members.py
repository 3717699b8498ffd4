"""Asterisk's queues as the desk needs them: who is a member of what, and what their phones do.

A queue has members by interface; an agent's memberships are those of all interfaces that the directory gives to this
agent. What changed is said to the desk, which knows what an agent's state makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from routing.events import MemberSeen
from routing.facts import Fact, QueueGone, QueueSeen
from routing.parties import Owners

UNREACHABLE = frozenset(("UNAVAILABLE", "INVALID"))
"""Device states of a phone that cannot ring."""
GONE_STATUSES = frozenset((4, 5))
"""Member statuses: 4 invalid, 5 unavailable."""
FREE_STATUSES = frozenset((0, 1, 2, 3, 6, 7, 8))
JUST_NOW = timedelta(seconds=3)

Changed = Literal["nothing", "reach", "standing"]


class Members:
    def __init__(self, asterisk: str, owners: Owners) -> None:
        self._asterisk = asterisk
        self._owners = owners
        self._members: dict[str, dict[str, MemberSeen]] = {}
        self._memberships: dict[str, dict[tuple[str, str], MemberSeen]] = {}
        self._queues: dict[str, QueueSeen] = {}
        self._emptied_at: dict[str, datetime] = {}
        self._devices: dict[str, str] = {}
        self.stale: dict[str, None] = {}

    def use(self) -> list[str]:
        """The directory changed: everybody who has, or had, a membership."""
        self.stale = dict.fromkeys(self._members)
        return self._sort_out()

    def _sort_out(self) -> list[str]:
        """Whose memberships are whose; everybody who has, or had, one."""
        before = self._memberships
        self._memberships = {}
        for queue, members in self._members.items():
            for interface, member in members.items():
                self._memberships.setdefault(self._owners.agent(interface), {})[interface, queue] = member
        return list(dict.fromkeys([*before, *self._memberships]))

    def of(self, name: str) -> dict[tuple[str, str], MemberSeen]:
        """The agent's, by interface and queue."""
        return self._memberships.get(name, {})

    def interfaces(self, name: str) -> dict[str, list[MemberSeen]]:
        found: dict[str, list[MemberSeen]] = {}
        for (interface, _), member in self.of(name).items():
            found.setdefault(interface, []).append(member)
        return found

    def has_queue(self, queue: str) -> bool:
        return queue in self._members

    def put(self, member: MemberSeen, at: datetime) -> tuple[str, Changed]:
        """Whose it is, and what is new about it."""
        queue, interface = member.queue, member.interface
        members = self._members.setdefault(queue, {})
        before = members.get(interface)
        if before is None or queue not in self._queues:
            self.stale[queue] = None
        members[interface] = member
        name = self._owners.agent(interface)
        self._memberships.setdefault(name, {})[interface, queue] = member
        if before is not None and (before.paused, before.reason) == (member.paused, member.reason):
            if (before.status in GONE_STATUSES) == (member.status in GONE_STATUSES):
                return name, "nothing"
            self._note_emptied(queue, at)
            return name, "reach"
        self._note_emptied(queue, at)
        return name, "standing"

    def remove(self, queue: str, interface: str, at: datetime) -> str | None:
        """Whose it was; None if there was no such member."""
        members = self._members.get(queue)
        if members is None or members.pop(interface, None) is None:
            return None
        name = self._owners.agent(interface)
        self._memberships.get(name, {}).pop((interface, queue), None)
        self.stale[queue] = None
        self._note_emptied(queue, at)
        return name

    def device(self, device: str, state: str) -> str | None:
        """Whose phone it is; None for a device that is nobody's, and where it could ring before as it can now."""
        before = self._devices.get(device)
        if before is None and self._owners.owner(device) is None and not self._is_member(device):
            return None
        self._devices[device] = state
        if before is not None and (before in UNREACHABLE) == (state in UNREACHABLE):
            return None
        return self._owners.agent(device)

    def _is_member(self, interface: str) -> bool:
        return any(interface in members for members in self._members.values())

    def replace_all(
        self,
        queues: Iterable[str],
        members: Iterable[MemberSeen],
        devices: Iterable[tuple[str, str]],
        at: datetime,
    ) -> tuple[list[str], list[Fact]]:
        """A snapshot's truth: everybody who has, or had, a membership or a phone, and the queues that are gone."""
        self._members = {queue: {} for queue in queues}
        for member in members:
            self._members.setdefault(member.queue, {})[member.interface] = member
        names = self._sort_out()
        self._devices = {}
        for device, state in devices:
            name = self.device(device, state)
            if name is not None:
                names.append(name)
        gone = [queue for queue in self._queues if queue not in self._members]
        for queue in gone:
            del self._queues[queue]
        self.stale = dict.fromkeys(self._members)
        for queue in self._members:
            self._note_emptied(queue, at)
        return list(dict.fromkeys(names)), [QueueGone(queue, at, self._asterisk) for queue in gone]

    def _note_emptied(self, queue: str, at: datetime) -> None:
        if any(not member.paused and member.status in FREE_STATUSES for member in self._members[queue].values()):
            self._emptied_at.pop(queue, None)
        else:
            self._emptied_at.setdefault(queue, at)

    def emptied(self, queue: str, at: datetime) -> bool:
        """Whether the queue's last member went just now: what makes app_queue send its callers away as empty."""
        since = self._emptied_at.get(queue)
        return since is not None and abs(at - since) <= JUST_NOW

    def tell(self, at: datetime) -> list[Fact]:
        """The queues whose agents changed since the last time."""
        facts: list[Fact] = []
        for queue in self.stale:
            agents = tuple(sorted({self._owners.agent(interface) for interface in self._members.get(queue, ())}))
            before = self._queues.get(queue)
            if before is None or before.agents != agents:
                self._queues[queue] = QueueSeen(queue, at, self._asterisk, agents)
                facts.append(self._queues[queue])
        self.stale = {}
        return facts

    def states(self, name: str) -> list[str]:
        """Device states of the agent's phones, as far as they are known."""
        person = self._owners.person(name)
        interfaces = {interface for interface, _ in self.of(name)} | (
            {person.interface} if person is not None else set()
        )
        return [self._devices[interface] for interface in interfaces if interface in self._devices]

    def reachable(self, name: str) -> bool:
        """Whether a phone of the agent's can ring."""
        states = self.states(name)
        if states:
            return any(state not in UNREACHABLE for state in states)
        memberships = self.of(name)
        return not memberships or any(member.status not in GONE_STATUSES for member in memberships.values())
