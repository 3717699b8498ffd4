"""Lost callers: who gave up waiting and was not talked with since. Pure.

One is lost from the moment they gave up until somebody of ours talks with them: because they call again and are
answered, or because we reach them. A person is known by all of their numbers: numbers that have a contact in common are
one person's, so an answer by the mobile closes what was given up by the desk phone. Who withholds their number can be
counted and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GaveUp:
    """``number`` None: withheld. ``waited_seconds``: until they gave up."""

    call: str
    number: str | None
    queue: str
    at: datetime
    waited_seconds: float
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Talked:
    """An agent talked with this number, whoever had called whom."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """``number`` and ``queue``: of the last try, ``numbers``: all that they tried by. ``since``: the first try that
    nobody has made good, ``last_at`` the last one, ``calls`` how many, ``waited_seconds`` the longest of them."""

    number: str
    numbers: tuple[str, ...]
    queue: str
    tier: str | None
    calls: int
    since: datetime
    last_at: datetime
    waited_seconds: float


def lost_callers(
    gave_up: Sequence[GaveUp],
    talked: Iterable[Talked],
    owners: Mapping[str, frozenset[str]],
    values: Mapping[str, float],
) -> tuple[list[Lost], int]:
    """The most valuable first, among equals who waits longest; and how many calls of withheld numbers were given up.

    ``owners``: the contacts of a number. ``values``: what a tier is worth; one that is not named is worth nothing.
    """
    persons = _persons({*(one.number for one in gave_up if one.number), *owners}, owners)
    last_talk: dict[str, datetime] = {}
    for one in talked:
        person = persons.get(one.number, one.number)
        last_talk[person] = max(one.at, last_talk.get(person, one.at))
    open_: dict[str, list[GaveUp]] = {}
    for tried in gave_up:
        person = persons.get(tried.number or "", "")
        if person and (person not in last_talk or tried.at > last_talk[person]):
            open_.setdefault(person, []).append(tried)
    found = [_lost(sorted(tries, key=lambda one: one.at), values) for tries in open_.values()]
    found.sort(key=lambda one: (-values.get(one.tier or "", 0.0), one.since, one.number))
    return found, sum(one.number is None for one in gave_up)


def _lost(tries: Sequence[GaveUp], values: Mapping[str, float]) -> Lost:
    last = tries[-1]
    tiers = [one.tier for one in tries if one.tier is not None]
    return Lost(
        number=last.number or "",
        numbers=tuple(dict.fromkeys(one.number for one in tries if one.number)),
        queue=last.queue,
        tier=max(tiers, key=lambda tier: values.get(tier, 0.0), default=None),
        calls=len(tries),
        since=tries[0].at,
        last_at=last.at,
        waited_seconds=max(one.waited_seconds for one in tries),
    )


def _persons(numbers: Iterable[str], owners: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Each number's person, named by one of their numbers: sets of numbers that contacts join."""
    parent: dict[str, str] = {}

    def root(of: str) -> str:
        parent.setdefault(of, of)
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    by_contact: dict[str, str] = {}
    all_numbers = sorted(numbers)
    for number in all_numbers:
        for contact in owners.get(number, ()):
            parent[root(number)] = root(by_contact.setdefault(contact, number))
    return {number: root(number) for number in all_numbers}
