"""``helin simulate day --from-journal``: a day that was recorded, under other rules and with other people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.errors import HelinError
from config.settings import Settings
from crm_store.errors import Refused
from crm_store.users import plan_of
from routing.priority import promise
from routing.what_if.past import Past, arrivals_of, as_it_was, shifts_of
from routing.what_if.scenarios import Base, NotPlayable, Scenario, play, told
from routing.worth import Promise

MOST = 5_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """As in :class:`routing.what_if.scenarios.Scenario`."""

    agents: int = 0
    target: int | None = None
    longest: int | None = None


async def recorded(
    settings: Settings, day: str, zone: str, policies: list[str], change: Change
) -> dict[str, dict[str, Any]]:
    """The figures by policy, with ``recorded`` first: the day as it was. Raises HelinError."""
    from config.stores import open_store

    begin, end = _bounds(day, zone)
    async with open_store(settings) as store:
        try:
            past = await store.past_days.read(begin, end, MOST)
        except Refused as problem:
            raise HelinError(str(problem)) from problem
        plans = [plan_of(queue) for queue in await store.queues.all()]
        values = dict((await store.directory()).tier_values)
    if not past.calls:
        raise HelinError(f"no call came in on {day} ({zone}); choose another day")
    arrivals, shifts = arrivals_of(past), shifts_of(past)
    promises = {queue: Promise() for queue in {call.queue for call in past.calls}}
    promises |= {plan.name: promise(plan) for plan in plans}
    own = {plan.name: dict(plan.tiers) for plan in plans if plan.tiers}
    return _played(Base(arrivals, shifts, promises, values, past.length, own), past, policies, change)


def _played(base: Base, past: Past, policies: list[str], change: Change) -> dict[str, dict[str, Any]]:
    was = as_it_was(past, base.arrivals, base.shifts)
    results = {"recorded": told("recorded", "recorded", was, base, base.promises)}
    for policy in policies:
        try:
            results[policy] = play(base, Scenario(policy, policy, change.target, change.longest, change.agents))
        except NotPlayable as problem:
            raise HelinError(str(problem)) from problem
    return results


def _bounds(day: str, zone: str) -> tuple[datetime, datetime]:
    try:
        first, there = date.fromisoformat(day), ZoneInfo(zone)
        begin, end = (datetime.combine(each, time(), there) for each in (first, first + timedelta(days=1)))
        return begin.astimezone(UTC), end.astimezone(UTC)
    except (ZoneInfoNotFoundError, OSError, ValueError, OverflowError):
        raise HelinError("--from-journal: write a day like 2026-11-24; --time-zone: like Europe/Tallinn") from None
