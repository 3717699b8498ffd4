"""What a bus promises. Two adapters keep it: :mod:`agent_ui.bus.in_process` and :mod:`agent_ui.bus.redis_streams`.

Facts go from an engine to every web node in the order of their ``seq``. They may be lost (a broker was away, a node was
slow) or come twice; they never come out of order within one stream. Nothing is resent: a node that misses one asks for
a fresh picture. That makes the bus a hint and the engine's picture the truth, and lets every buffer be bounded.

Every engine beats about once a second with the place its stream has come to, so that a node notices a lost last fact,
a restarted engine (another stream) and a silent one.

Commands are asked of one engine and answered once. An engine never starts on a command whose time is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from config.errors import HelinError
from routing.commands import Command, Result
from routing.facts import Recorded
from routing.picture import Picture

BEAT_EVERY = 1.0
SILENT_AFTER = 4.0
"""Seconds without a beat or a fact after which an engine counts as away."""
MAY_WAIT = 10_000
"""Facts that wait for a broker that is away; beyond it the oldest go, and nodes find the gap."""


class EngineAway(HelinError):
    """No engine answers on the bus; calls go on in Asterisk, the panel shows them again when it is back."""


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """Users or queues are not what they were: read them from the store again."""


@dataclass(frozen=True, slots=True)
class PanelTaken:
    """The agent's panel ``panel`` is connected now: an older socket of it closes; with ``take_over`` all others too."""

    agent: str
    panel: str
    take_over: bool


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Sockets that were opened with this session close. ``session`` is its key; empty: all sessions of the login."""

    login: str
    session: str


@dataclass(frozen=True, slots=True)
class PanelsOpen:
    """These agents have a page open at this web node. Told when one opens, and of all every few seconds, even if none
    is.

    ``others``: agents who have only a program's socket there.
    """

    agents: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A supervisor's words. To one agent, to a team, or to those of a queue; to everybody if all are empty. For web
    nodes."""

    id: str
    at: datetime
    by: str
    text: str
    agent: str = ""
    queue: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign that runs, as its dialer sees it now.

    ``ringing``, ``connected_now``: its calls that nobody has answered yet, and that somebody has. ``answered`` by a
    person and ``abandoned`` of these, in the time that the law counts; ``limit``: the share that it allows, 0 where
    there may be none. ``agents``: at work in its queue; ``idle`` of them. ``pace``: progressive or predictive, empty
    while nothing is dialled ahead; ``why``: a sentence.
    """

    id: str
    name: str
    queue: str
    mode: str
    leads_left: int
    ringing: int
    connected_now: int
    agents: int
    idle: int
    answered: int
    abandoned: int
    limit: float
    pace: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignsSeen:
    """All campaigns that run at this Asterisk. Its engine tells it when it changes, and every few seconds."""

    engine: str
    at: datetime
    campaigns: tuple[CampaignLine, ...]


Notice = DirectoryChanged | PanelTaken | SignedOut | PanelsOpen | Message | CampaignsSeen


class Desk(Protocol):
    """An engine, as its bus sees it."""

    async def submit(self, command: Command) -> Result:
        """Never raises; a command that was given before gets its first answer."""

    def picture(self) -> Picture:
        """The picture now. It may go on changing after it was given out."""

    def directory_changed(self) -> None: ...

    def panels_open(self, agents: Sequence[str], others: Sequence[str]) -> None:
        """A web node has their pages; of ``others`` only a program's socket."""


class Ear(Protocol):
    """A web node, as its bus sees it. All synchronous, in order, must not raise."""

    def heard(self, engine: str, recorded: Recorded) -> None: ...

    def beat(self, engine: str, stream: str, seq: int) -> None:
        """The engine lives, and the last fact that it sent on was this one (``""``, 0: none yet)."""

    def noticed(self, notice: Notice) -> None: ...


class EngineBus(Protocol):
    """One engine's end."""

    def publish(self, facts: Sequence[Recorded]) -> None:
        """Sends them on. Never blocks, waits or raises."""

    def tell(self, notice: Notice) -> None:
        """Sends it to all web nodes, if the broker is there. Never blocks, waits or raises."""

    def serve(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """While entered: beats, and commands, pictures and notices reach the desk. Survives its broker's absence."""


class WebBus(Protocol):
    """One web node's end."""

    def listen(self, ear: Ear) -> AbstractAsyncContextManager[None]:
        """While entered: facts, beats and notices reach the ear. Survives its broker's absence."""

    async def picture(self, engine: str) -> Picture:
        """A picture that is the caller's own. It has all facts that were heard before this was called.

        Raises:
            EngineAway: nobody answered within a few seconds.
        """

    async def ask(self, engine: str, command: Command, within: float) -> Result:
        """The command's answer; ``not_ready``: surely nothing was done, ``no_answer``: nobody knows. Never raises."""

    def tell(self, notice: Notice) -> None:
        """Sends it to all engines and all other web nodes, if the broker is there. Never blocks, waits or raises."""


class Bus(Protocol):
    def engine(self, name: str) -> EngineBus:
        """The end of the engine of the Asterisk with this name."""

    def web(self, engines: Sequence[str]) -> WebBus:
        """A new web node's end, for these engines."""

    @property
    def trouble(self) -> str:
        """Why the bus cannot carry anything now, in one sentence; empty when it can."""
