"""What the engine needs of others, who need not know it, and what it shows of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from routing.actions import Action
from routing.commands import Command
from routing.events import Directory, Event
from routing.facts import Fact, Recorded

State = Literal["connecting", "syncing", "ready", "down"]
Hear = Callable[[Sequence[Recorded]], None]


class Found(Protocol):
    """The store's answer to a look-up."""

    @property
    def contacts(self) -> tuple[str, ...]: ...
    @property
    def tier(self) -> str | None: ...
    @property
    def pop(self) -> str: ...
    @property
    def preferred_agent(self) -> str | None: ...
    @property
    def last_agent(self) -> str | None: ...


class Switchboard(Protocol):
    """What the engine needs of routing's."""

    def receive(self, event: Event | Directory | Command, now: datetime) -> tuple[Sequence[Fact], Sequence[Action]]: ...


@dataclass(frozen=True, slots=True)
class Status:
    """``lacks``: what this Asterisk or its account does not give, a sentence each."""

    state: State
    reason: str
    since: datetime
    boot: str | None = None
    lacks: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return self.state == "ready"
