"""Which number of a lead is tried, how the lead goes on after it, and within which share of abandoned calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crm_store.attempts import Attempt, NextTry
from crm_store.campaigns import Campaign
from crm_store.leads import Lead
from crm_store.zones import possible_zones
from routing.attempts import AttemptOutcome, Course
from routing.dialer import Traits
from routing.lawful import Abandonment, Tried
from routing.retrying import Lead as Retried
from routing.retrying import Number, RetryRules, after_outcome


def never_left(outcome: AttemptOutcome) -> Course:
    return Course(outcome, ended_at=datetime.now(UTC))


def number_of(lead: Lead, allowed: Sequence[str]) -> str | None:
    """The number that is tried next: the one tried least, in the lead's own order; None: none can be tried."""
    good = [each for each in lead.numbers if each.bad is None and each.number in allowed]
    return min(good, key=lambda each: (each.attempts, each.n)).number if good else None


def traits_of(list_id: str, at: datetime, attempts: int) -> Traits:
    return (f"list {list_id}", f"hour {at:%H}", f"attempt {min(attempts + 1, 5)}")


def next_try(
    campaign: Campaign, lead: Lead, attempt: Attempt, tried: Sequence[Tried], outcome: str, now: datetime
) -> NextTry:
    """How the lead goes on. In ``tried`` this attempt has no outcome yet."""
    rules = RetryRules(
        campaign.settings.attempts, campaign.settings.attempts_per_day, campaign.settings.retry,
        campaign.settings.retry_dispositions,
    )  # fmt: skip
    zone = lead.time_zone or next(iter(possible_zones(attempt.number)), "UTC")
    numbers = [Number(one.n, one.attempts, one.bad is not None) for one in lead.numbers]
    n = next((one.n for one in lead.numbers if one.number == attempt.number), 0)
    known = [replace(one, outcome=outcome) if one.outcome is None and one.at == attempt.at else one for one in tried]
    retry = after_outcome(Retried(lead.id, zone, numbers, known), n, outcome, rules, now)
    return NextTry(retry.state, retry.at or now, retry.bad or None)


def window_of(campaign: Campaign, law: Abandonment, now: datetime) -> tuple[float, datetime]:
    """The share of answered calls that may meet nobody (0: none), and since when they count."""
    since = now - timedelta(days=law.window_days)
    if law.per_campaign and campaign.started_at is not None:
        since = max(since, campaign.started_at)
    limits = [one for one in (law.limit, campaign.settings.abandonment_limit) if one is not None]
    return (min(limits) if law.limit is not None else 0.0), since
