"""All that must be known about a number before it is dialled; gathered by the store, judged by the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Basis = Literal["consent", "legitimate_interest"]

NEVER_RANG: Final = frozenset(("failed",))
"""Outcomes of attempts that did not leave this machine: they disturbed nobody and do not count."""
MAYBE_ABANDONED: Final = frozenset(("abandoned", "unknown"))
"""Nobody knows what came of it: then the worst is taken to have come."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt. ``outcome`` None: it is under way. ``lead``, ``campaign``: their ids."""

    at: datetime
    lead: str
    number: str
    campaign: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """``kind``: ``own`` (``scope`` all or marketing), ``campaign``, ``external`` (``name`` of the list), ``erased``."""

    kind: Literal["own", "campaign", "external", "erased"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An external do-not-call list as it is in the store."""

    name: str
    version: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to be called, or why we may: ``text`` is what they agreed to, or the interest that was weighed.

    ``by``: who wrote it down, or where it was given; may be empty.
    """

    basis: Basis
    at: datetime
    text: str
    by: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """``reason``: why it dials ahead, in writing. ``legal_message``: what is played when no agent is there in time."""

    id: str
    mode: str
    caller_number: str | None
    company: str | None = None
    reason: str | None = None
    legal_message: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """``number``: E.164. ``country``: whose it is. ``kind``: as numbering plans say (``mobile``, ``toll_free``, …).

    ``zones``: every one that the number's people could be in. ``attempts``: of this lead and of this number, by any
    campaign. ``lists``: those in the store. ``sure_agent``: one surely waits for this very answer.
    ``bad``: why this number is not tried again.
    """

    lead: str
    number: str
    campaign: Campaign
    country: str | None
    kind: str
    zones: tuple[str, ...]
    attempts: tuple[Tried, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    lists: tuple[Listed, ...] = ()
    consent: Consent | None = None
    sure_agent: bool = False
    bad: str | None = None

    def of_lead(self) -> tuple[Tried, ...]:
        """By this campaign: a lead is one campaign's."""
        return tuple(each for each in self.attempts if each.lead == self.lead and each.outcome not in NEVER_RANG)

    def of_number(self) -> tuple[Tried, ...]:
        return tuple(each for each in self.attempts if each.number == self.number and each.outcome not in NEVER_RANG)
