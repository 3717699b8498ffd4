"""What the store gives back: frozen values whose field names are the names in JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypedDict, TypeVar

from crm_store.errors import Refused
from routing.commands import Role
from routing.events import Phone, PopOn, RuleName
from routing.facts import Recorded
from routing.service_level import EmptyInterval
from routing.story import Call

T = TypeVar("T")

Tier = Literal["A", "B", "C"]
MOST_IN_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """Who owns a number. ``pop`` as in facts.CallerKnown: JSON text ``{"contacts": […], "history": […]}``.

    Logins: ``preferred_agent`` whose callers they are, if they agree; ``last_agent`` who talked with one of them last,
    in the last days.
    """

    contacts: tuple[str, ...]
    tier: str | None
    pop: str
    preferred_agent: str | None = None
    last_agent: str | None = None


NOBODY = Found((), None, '{"contacts":[],"history":[]}')


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list; ``next`` is the cursor (``after``) of the part that follows, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A company or a household. ``tier`` is its worth: A, B, C."""

    id: str
    name: str
    tier: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. ``account`` is the account's name; ``numbers`` in the contact's own order. ``tier``: the account's, or
    the person's own without one; ``tier_by``: hand, or orders.

    ``time_zone``: the contact's own, else that of the first number whose country has only one. Logins:
    ``preferred_agent`` is the contact's own, ``account_agent`` that of everybody of the account who has none.
    """

    id: str
    name: str
    account: str | None
    account_id: str | None
    tier: str | None
    numbers: tuple[str, ...]
    email: str | None
    language: str | None
    note: str | None
    open_tickets: int
    time_zone: str | None
    external_id: str | None
    created_at: datetime
    changed_at: datetime
    tier_by: Literal["hand", "orders"] | None = None
    preferred_agent: str | None = None
    account_agent: str | None = None


class ContactFields(TypedDict, total=False):
    """What may be set. ``account`` is an account's name, made when there is none; ``numbers`` replaces them all.

    ``account_agent`` is the account's: it holds for everybody of it.
    """

    name: str
    account: str | None
    numbers: Sequence[str]
    email: str | None
    language: str | None
    note: str | None
    time_zone: str | None
    external_id: str | None
    preferred_agent: str | None
    account_agent: str | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """Anything that happened with a contact. ``channel``: call, note, email, …; ``call`` is the call's id, if any."""

    id: str
    contact: str
    at: datetime
    channel: str
    direction: str | None
    agent: str | None
    disposition: str | None
    note: str | None
    call: str | None


@dataclass(frozen=True, slots=True)
class CallFilter:
    """``from_`` ≤ started_at < ``to``; ``number`` is E.164; ``agent`` a login that had a leg in the call.

    Behind figures: ``counted`` is the name of a sum (counting.conditions, again, talked), with ``target_seconds`` and
    ``short_seconds`` if other than the queues'; ``answered_by`` who answered first, ``talked_by`` whose talk counts;
    ``without`` names what the call must not have: queue, tier, agent. ``among``: one of these logins had a leg in it;
    ``answered_among``, ``talked_among``: one of these answered first, talked; ``answered_outside``,
    ``talked_outside``: nobody of these did (answered also by nobody at all).
    """

    from_: datetime | None = None
    to: datetime | None = None
    queue: str | None = None
    agent: str | None = None
    number: str | None = None
    state: Literal["active", "ended"] | None = None
    contact: str | None = None
    direction: Literal["inbound", "outbound", "internal"] | None = None
    tier: str | None = None
    queues: tuple[str, ...] | None = None
    not_queues: tuple[str, ...] = ()
    counted: str | None = None
    target_seconds: float | None = None
    short_seconds: float | None = None
    answered_by: str | None = None
    talked_by: str | None = None
    without: tuple[str, ...] = ()
    among: tuple[str, ...] | None = None
    answered_among: tuple[str, ...] | None = None
    talked_among: tuple[str, ...] | None = None
    answered_outside: tuple[str, ...] | None = None
    talked_outside: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CallFile:
    """One call and everything that happened in it, in order."""

    call: Call
    facts: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class User:
    """Never holds the password's hash; :meth:`Users.password_hash` gives that to whoever checks it.

    ``team``: whom they work with; of a leader, whom they lead.
    """

    id: str
    login: str
    name: str
    role: Role
    extension: str | None = None
    interface: str | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    active: bool = True
    phone: Phone = "browser"
    team: str | None = None


@dataclass(frozen=True, slots=True)
class UserFile(User):
    """A user as administrators see them. ``language``: what their pages speak, None: as their browser does."""

    queues: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Relaxed:
    """From this long a wait on a queue asks for these skills instead, each with its least level."""

    after_seconds: int
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """``agents`` are logins. ``recording_keep_days``: None as the settings say, 0 for ever.

    ``pop_url``: a page to open with the pop (:func:`crm_store.values.checked_template`). The queue's rule is in
    ``rule``, ``target_seconds``, ``max_wait_seconds``, ``tiers``, ``skills``, ``weights``, ``relax``,
    ``last_agent_seconds``, ``short_seconds`` and ``empty_interval`` (:class:`routing.events.QueuePlan`);
    ``rule_version`` counts its changes.
    """

    id: str
    name: str
    mode: Literal["assist", "direct"] = "assist"
    target_seconds: int = 20
    max_wait_seconds: int = 300
    wrap_up_seconds: int = 0
    wrap_up_required: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    agents: tuple[str, ...] = ()
    recording_keep_days: int | None = None
    pop_on: PopOn = "ring"
    pop_url: str | None = None
    auto_pause: bool = True
    rule: RuleName = "helin"
    tiers: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    relax: tuple[Relaxed, ...] = ()
    last_agent_seconds: int = 0
    rule_version: int = 1
    short_seconds: int = 5
    empty_interval: EmptyInterval = "none"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. The token itself is never stored, only its hash; ``key`` is that hash."""

    key: str
    user: User
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def page_size(limit: int) -> int:
    """Between 1 and MOST_IN_A_PAGE."""
    return max(1, min(limit, MOST_IN_A_PAGE))


def cursor(*place: object) -> str:
    """Where a list goes on, as text that nobody needs to understand."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(after: str, *kinds: type) -> tuple[Any, ...]:
    """What :func:`cursor` was given; Refused when it is not one of ours or not of these types."""
    try:
        found = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except ValueError:
        found = None
    if not isinstance(found, list) or [type(part) for part in found] != list(kinds):
        raise Refused("after", "this cursor is not one that the list gave")
    return tuple(found)


def moment(text: str) -> datetime:
    """An aware time from a cursor's text; Refused when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise Refused("after", "this cursor is not one that the list gave")
    return found
