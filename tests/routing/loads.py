"""For tests: what agents have in hand, and whether they can take one more.

One call, so many written requests, one offer; the service counts them in routing.written and routing.direct.

A reservation is made or refused in one step, so nobody is offered two things at once. Who talks is offered nothing
written; who writes may be rung.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

CALL: Final = "call"
WRITTEN: Final = "written"
CHANNELS: Final = (CALL, WRITTEN)


@dataclass(slots=True)
class Load:
    """``written``: so many at most. ``offered``: the request that the agent has not taken yet."""

    written: int = 0
    offered: str | None = None
    held: dict[str, str] = field(default_factory=dict)

    def room(self, channel: str) -> bool:
        if self.offered is not None or CALL in self.held.values():
            return False
        return channel == CALL or sum(each == WRITTEN for each in self.held.values()) < self.written


class Loads:
    """``written``: how many written requests each agent may have open; who is not named there has none."""

    def __init__(self, written: Mapping[str, int]) -> None:
        self._written = written
        self._loads: dict[str, Load] = {}

    def _of(self, agent: str) -> Load:
        return self._loads.setdefault(agent, Load(self._written.get(agent, 0)))

    def room(self, agent: str) -> tuple[str, ...]:
        """The channels of which the agent can take one more."""
        return tuple(channel for channel in CHANNELS if self._of(agent).room(channel))

    def reserve(self, agent: str, request: str, channel: str) -> bool:
        """The agent is being offered it. False: there is no room, and nothing has changed."""
        load = self._of(agent)
        if not load.room(channel):
            return False
        load.offered = request
        load.held[request] = channel
        return True

    def accepted(self, agent: str, request: str) -> None:
        """It is theirs; the next may be offered if there is room."""
        load = self._of(agent)
        if load.offered == request:
            load.offered = None

    def over(self, agent: str, request: str) -> None:
        """Done, rejected, missed or gone. Once more changes nothing."""
        load = self._of(agent)
        load.held.pop(request, None)
        if load.offered == request:
            load.offered = None
