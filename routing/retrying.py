"""When a lead is tried again, and at which of its numbers, after what came of the last attempt. Pure.

Three questions, in this order: is it over (reached, used up, no number left)? Which number is next: the same one where
only the moment was wrong (busy, congestion), else the next of the lead's own order. And when: soon where another
number is still untried in this round, else in a part of the day in which the lead was tried least, for whoever was not
there in the morning is hardly there the next morning. The law is asked when the call leaves; nothing is allowed here.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from routing.lawful.candidate import NEVER_RANG, Tried
from routing.lawful.clock import DayPart, day_of, next_day, next_part, part_of

PARTS: Final = (DayPart("morning", 8 * 60), DayPart("afternoon", 12 * 60), DayPart("evening", 17 * 60))
SOON: Final = timedelta(minutes=5)
SPREAD_SECONDS: Final = 3_600
"""Leads that are due with the same part of the day are spread over its first hour, each always alike."""


@dataclass(frozen=True, slots=True)
class After:
    """``minutes``: at least so long until the next attempt. ``same``: at the number that was just tried.

    ``other_part``: in another part of the day. ``bad``: why this number is never tried again.
    """

    minutes: int
    same: bool = False
    other_part: bool = False
    bad: str = ""


BY_OUTCOME: Final[Mapping[str, After]] = {
    "busy": After(10, same=True),
    "congestion": After(15, same=True),
    "failed": After(15, same=True),
    "cancelled": After(30, same=True),
    "no_answer": After(120, other_part=True),
    "machine": After(240, other_part=True),
    "refused": After(24 * 60, other_part=True),
    "abandoned": After(24 * 60, other_part=True),
    "unknown": After(24 * 60, other_part=True),
    "unreachable": After(0, bad="nobody can be reached at it"),
}
"""Where the campaign says nothing. What nobody knows is treated like the worst: a person who was left waiting."""

AGAIN: Final = frozenset(("not_reached",))
"""Outcome classes of dispositions after which the lead is tried again; after all others it is done."""
NOT_REACHED: Final = After(24 * 60, other_part=True)


@dataclass(frozen=True, slots=True)
class RetryRules:
    """A campaign's. ``minutes``: by outcome, and ``by_disposition``, instead of what holds else; then that many."""

    attempts: int = 6
    per_day: int = 3
    minutes: Mapping[str, int] = field(default_factory=dict)
    by_disposition: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[DayPart, ...] = PARTS


@dataclass(frozen=True, slots=True)
class Number:
    """One of a lead's. ``n``: its place in the lead's order; ``attempts``: this one counted; ``bad``: not again."""

    n: int
    attempts: int = 0
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """``zone``: whose clock its parts of the day go by. ``tried``: every attempt so far, the last one too."""

    id: str
    zone: str
    numbers: Sequence[Number]
    tried: Sequence[Tried]


@dataclass(frozen=True, slots=True)
class Retry:
    """``state``: ``open`` from ``at`` on, at number ``n`` first; ``callback`` at ``at``; ``done``. ``why``: a sentence.

    ``bad``: why the number that was tried is not tried again; empty: it may be.
    """

    state: Literal["open", "callback", "done"]
    at: datetime | None
    n: int | None
    why: str
    bad: str = ""


def after_outcome(lead: Lead, n: int, outcome: str, rules: RetryRules, now: datetime) -> Retry:
    """The attempt at number ``n`` ended so, at ``now``. ``person``: somebody talked; what comes of it is said later."""
    if outcome == "person":
        return Retry("done", None, None, "Somebody was reached.")
    how = BY_OUTCOME.get(outcome, BY_OUTCOME["unknown"])
    return _again(lead, n, how, rules, now, rules.minutes.get(outcome))


def after_disposition(
    lead: Lead,
    n: int,
    disposition: str,
    outcome_class: str,
    rules: RetryRules,
    now: datetime,
    at: datetime | None = None,
) -> Retry:
    """An agent said what came of the talk. ``at``: when the customer wants to be called back."""
    if at is not None:
        return Retry("callback", max(at, now), n, "The customer wants to be called back.")
    minutes = rules.by_disposition.get(disposition)
    if minutes is None and outcome_class not in AGAIN:
        return Retry("done", None, None, f"It is settled: {disposition}.")
    return _again(lead, n, NOT_REACHED, rules, now, minutes)


def _again(lead: Lead, n: int, how: After, rules: RetryRules, now: datetime, minutes: int | None) -> Retry:
    made = sum(each.outcome not in NEVER_RANG for each in lead.tried)
    if made >= rules.attempts:
        return Retry("done", None, None, f"It was tried {made} times, as often as the campaign allows.", how.bad)
    left = [each for each in lead.numbers if not each.bad and not (how.bad and each.n == n)]
    if not left:
        return Retry("done", None, None, "None of its numbers is left.", how.bad)
    number = next((each for each in left if each.n == n and how.same), None) or _next_number(left, n)
    fresh = not how.same and number.attempts < _most(lead.numbers, n)
    at = now + (timedelta(minutes=minutes) if minutes is not None else SOON if fresh else _wait(how))
    if minutes is None and not fresh and how.other_part:
        at = _other_part(lead, rules.parts, now, at)
    at = _not_today(lead, rules, now, at)
    return Retry("open", at, number.n, _why(how, number, n), how.bad)


def _wait(how: After) -> timedelta:
    return max(SOON, timedelta(minutes=how.minutes))


def _why(how: After, number: Number, n: int) -> str:
    if number.n != n:
        return "Its next number is tried."
    return "The same number is tried again." if how.same else "It is tried again at another time of the day."


def _most(numbers: Sequence[Number], n: int) -> int:
    return next((each.attempts for each in numbers if each.n == n), 0)


def _next_number(left: Sequence[Number], n: int) -> Number:
    """The least tried, and of those the next in the lead's order after the one that was tried."""
    return min(left, key=lambda each: (each.attempts, each.n <= n, each.n))


def _other_part(lead: Lead, parts: tuple[DayPart, ...], now: datetime, least: datetime) -> datetime:
    """The least tried part of the day that begins from then on, but for the one of the last attempt."""
    if len(parts) < 2:
        return least
    counts = [0] * len(parts)
    for each in lead.tried:
        counts[part_of(parts, lead.zone, each.at)[1]] += 1
    last, at, found = part_of(parts, lead.zone, now)[1], least, []
    for place in range(len(parts)):
        part = part_of(parts, lead.zone, at)[1]
        if part != last:
            found.append((counts[part], place, at, next_part(parts, lead.zone, at)))
        at = next_part(parts, lead.zone, at)
    _, __, begins, ends = min(found)
    spread = timedelta(seconds=zlib.crc32(lead.id.encode()) % SPREAD_SECONDS)
    return min(begins + spread, ends - timedelta(minutes=1)) if begins > least else begins


def _not_today(lead: Lead, rules: RetryRules, now: datetime, at: datetime) -> datetime:
    today = day_of(lead.zone, now)
    made = sum(day_of(lead.zone, each.at) == today and each.outcome not in NEVER_RANG for each in lead.tried)
    return max(at, next_day(lead.zone, now)) if made >= rules.per_day else at
