"""The words of written requests: what the store says of them, and what it is asked to do with them.

A *written request* is one that is no live call: a mail, a web form, a ticket near breach, a callback. The store is the
truth about them, as Asterisk is about calls: a change is asked for (:class:`MoveRequest`), made there if things still
stand as was believed, and what then stands comes back (:class:`RequestMoved`, :class:`RequestsSeen`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

RequestKind = Literal["callback", "form", "mail", "ticket"]
RequestState = Literal["waiting", "offered", "taken", "parked", "done", "cancelled", "expired"]
OVER: Final = frozenset(("done", "cancelled", "expired"))


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """As the store has it. ``since``: its place in line; ``skills``: skill and least level.

    ``version`` grows with each change.

    ``agent``: to whom it is offered, who has it, or who parked it; of one that waits: who is asked first.
    """

    id: str
    kind: RequestKind
    queue: str
    state: RequestState
    since: datetime
    version: int
    title: str = ""
    name: str | None = None
    contact: str | None = None
    tier: str | None = None
    skills: tuple[tuple[str, int], ...] = ()
    due_at: datetime | None = None
    not_before: datetime | None = None
    agent: str | None = None
    offered_at: datetime | None = None
    parked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestsSeen:
    """So they stand in the store. ``complete``: these are all that are not over."""

    at: datetime
    requests: tuple[WrittenRequest, ...]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class RequestMoved:
    """What came of a :class:`MoveRequest`. ``seen``: how it stands now, None: it is gone or nobody knows.

    ``code`` empty: it was moved. ``command``: the wish behind it.
    """

    at: datetime
    request: str
    seen: WrittenRequest | None
    code: str = ""
    message: str = ""
    command: str | None = None


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Ask the store to change a request's state, if it is still in one of ``was`` (and ``agent_was`` has it).

    ``agent``: whose it is then. ``most``: an offer only to who has fewer taken than that. ``until``: parked until then.
    """

    request: str
    to: RequestState
    was: tuple[RequestState, ...]
    agent: str | None = None
    agent_was: str | None = None
    until: datetime | None = None
    note: str | None = None
    most: int = 0
    command: str | None = None


Kept = Literal["offered", "taken", "parked"]
