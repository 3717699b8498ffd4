"""What a country asks of whoever dials its people: data with a version and a date of effect, no constants in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from routing.lawful.clock import DayPart, Hours

__all__ = ["Abandonment", "DayPart", "ListRule", "Profile", "limited"]

Predictive = Literal["allowed", "reason", "never"]
ConsentNeeded = Literal["none", "legitimate_interest", "consent"]

LIMITS: Final = ("attempts_per_lead", "attempts_per_number", "attempts_per_day", "attempts_per_24_hours")
"""What a campaign may set lower for itself."""


@dataclass(frozen=True, slots=True)
class ListRule:
    """A do-not-call list that must be in the store, ``max_age_days`` old at most by its as-of date."""

    name: str
    max_age_days: int


@dataclass(frozen=True, slots=True)
class Abandonment:
    """How many of the calls that a person answered may have met no agent. ``limit`` 0.03 is 3 %; None: no safe share.

    Reckoned over ``window_days``, or over the campaign where that is shorter and ``per_campaign`` is set.
    """

    limit: float | None = None
    window_days: int = 30
    per_campaign: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """``countries``: ISO 3166 alpha-2 codes whose numbers it is for; numbers of others are not dialled by it.

    attempts_per_lead, attempts_per_number: by this campaign, ever. attempts_per_day: to a lead, in a day of its own
        zone. attempts_per_24_hours: to a number, by all campaigns together. None: the law sets none.
    attempts_per_day_part: to a lead in one of ``day_parts`` of one day.
    minutes_between: from an attempt to the next one to the same lead or number.
    ring_seconds: so long it rings at least before it is given up.
    agent_seconds: within this time after the answer an agent must be there, or the legal message is played.
    predictive: ``reason``: only with a reason in writing.
    abandoned_lock_hours: so long an abandoned number is called only with an agent who surely waits for the answer.
    machine_lock_hours: so long a number is not called again after a machine was taken for its answer.
    consent: ``legitimate_interest``: that or consent must be written down.
    caller_numbers: how caller numbers may begin (E.164); empty: any.
    refused_kinds: kinds of numbers that are never dialled.
    keep_days: so long attempts are kept as proof.
    """

    key: str
    version: str
    effective_from: date
    name: str
    countries: frozenset[str]
    hours: Hours
    attempts_per_lead: int | None = None
    attempts_per_number: int | None = None
    attempts_per_day: int | None = None
    attempts_per_24_hours: int | None = None
    attempts_per_day_part: int | None = None
    day_parts: tuple[DayPart, ...] = ()
    minutes_between: int = 0
    ring_seconds: int = 15
    abandonment: Abandonment = field(default_factory=Abandonment)
    agent_seconds: float = 2.0
    legal_message: bool = True
    predictive: Predictive = "never"
    abandoned_lock_hours: int = 0
    machine_lock_hours: int = 0
    lists: tuple[ListRule, ...] = ()
    consent: ConsentNeeded = "consent"
    caller_numbers: tuple[str, ...] = ()
    refused_kinds: frozenset[str] = frozenset(("toll_free", "premium_rate", "shared_cost"))
    keep_days: int = 1826


def limited(profile: Profile, limits: Mapping[str, object]) -> Profile:
    """With a campaign's own limits where they are lower. What is none of them, or no whole number, changes nothing."""
    lower: dict[str, int] = {}
    for name in LIMITS:
        wished, lawful = limits.get(name), getattr(profile, name)
        if isinstance(wished, int) and not isinstance(wished, bool) and (lawful is None or 0 <= wished < lawful):
            lower[name] = max(0, wished)
    return replace(profile, **lower) if lower else profile  # type: ignore[arg-type]
