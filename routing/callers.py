"""Callers whom the dialplan holds for Helin's pick, and the agents at work (:mod:`routing.direct`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.keeping import Favoured
from routing.requests import Waiting


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent at work. ``free``: the queues whose callers could ring there now; ``since``: for how long so.

    ``stays``: calls come to them, or will when what they are at is over: they do not rest.
    """

    queues: frozenset[str]
    free: frozenset[str]
    skills: tuple[tuple[str, int], ...]
    interface: str
    exten: str
    since: datetime
    stays: bool = True


@dataclass(slots=True)
class Offer:
    """``name``: of the action; ``rang``: the phone has begun to."""

    agent: str
    interface: str
    at: datetime
    name: str
    rang: bool = False


@dataclass(slots=True, eq=False)
class Caller:
    """``head``: an agent was lost in the middle of the talk; goes before all others.

    ``counted``: that somebody asks for these skills. ``stranded_at``: since when nobody at work can serve it.
    ``meant``: the agent who has had them dialled, and waits. ``favoured``: agents who know them; ``favour``: the one of
    these for whom they are kept, or to whom they go.
    """

    call: str
    channel: str
    queue: str
    tier: str | None
    request: Waiting
    head: bool = False
    offer: Offer | None = None
    counted: bool = False
    stranded_at: datetime | None = None
    favoured: Favoured = ()
    favour: str | None = None
    meant: str | None = None
