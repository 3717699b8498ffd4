"""When a lead is tried again, and at which of its numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from routing.lawful import Tried
from routing.lawful.clock import part_of
from routing.retrying import BY_OUTCOME, PARTS, Lead, Number, RetryRules, after_disposition, after_outcome

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
"""Ten in the morning in Tallinn, a Friday."""
RULES = RetryRules()


def lead(
    *attempts: int, tried: int | None = None, outcome: str = "no_answer", every: timedelta = timedelta(days=1)
) -> Lead:
    """``attempts``: at each of its numbers. The last attempt was now, the others before it."""
    numbers = tuple(Number(n, made) for n, made in enumerate(attempts))
    count = sum(attempts) if tried is None else tried
    past = tuple(Tried(NOW - n * every, "1", "+372", "7", outcome) for n in range(count))
    return Lead("1", "Europe/Tallinn", numbers, past)


@pytest.mark.parametrize(("outcome", "minutes"), [("busy", 10), ("congestion", 15), ("failed", 15), ("cancelled", 30)])
def test_the_moment_was_wrong(outcome: str, minutes: int) -> None:
    retry = after_outcome(lead(1, 0), 0, outcome, RULES, NOW)
    assert (retry.state, retry.n, retry.at) == ("open", 0, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("outcome", ["no_answer", "machine", "refused", "abandoned", "unknown", "who knows"])
def test_the_next_number_soon_and_after_the_last_one_another_part_of_the_day(outcome: str) -> None:
    retry = after_outcome(lead(1, 0, 0), 0, outcome, RULES, NOW)
    assert (retry.n, retry.at) == (1, NOW + timedelta(minutes=5))
    retry = after_outcome(lead(1, 1, 1), 2, outcome, RULES, NOW)
    assert retry.n == 0
    assert retry.at is not None
    assert part_of(PARTS, "Europe/Tallinn", retry.at)[1] != part_of(PARTS, "Europe/Tallinn", NOW)[1]
    assert retry.at >= NOW + timedelta(minutes=BY_OUTCOME.get(outcome, BY_OUTCOME["unknown"]).minutes)


def test_attempts_are_spread_over_the_parts_of_the_day() -> None:
    """Tried twice in the morning and once in the afternoon: the evening is next."""
    one = lead(3, tried=0)
    hours = (0, -24, -20)
    tried = tuple(Tried(NOW + timedelta(hours=each), "1", "+372", "7", "no_answer") for each in hours)
    retry = after_outcome(Lead("1", one.zone, one.numbers, tried), 0, "no_answer", RULES, NOW)
    assert retry.at is not None
    assert "2026-11-27T15:00" <= retry.at.isoformat() < "2026-11-27T16:00"


def test_a_number_at_which_nobody_can_be_reached() -> None:
    retry = after_outcome(lead(1, 0), 0, "unreachable", RULES, NOW)
    assert (retry.state, retry.n, bool(retry.bad)) == ("open", 1, True)
    retry = after_outcome(lead(1), 0, "unreachable", RULES, NOW)
    assert (retry.state, bool(retry.bad)) == ("done", True)


def test_used_up() -> None:
    assert after_outcome(lead(6), 0, "busy", RULES, NOW).state == "done"
    # What never left does not count.
    assert after_outcome(lead(6, outcome="failed"), 0, "failed", RULES, NOW).state == "open"


def test_not_more_in_a_day_than_the_campaign_allows() -> None:
    retry = after_outcome(lead(3, every=timedelta(minutes=20)), 0, "busy", RULES, NOW)
    assert retry.at == datetime(2026, 11, 27, 22, tzinfo=UTC)


def test_the_campaigns_own_minutes() -> None:
    rules = RetryRules(minutes={"no_answer": 45}, by_disposition={"thinking": 2_880})
    assert after_outcome(lead(1), 0, "no_answer", rules, NOW).at == NOW + timedelta(minutes=45)
    assert after_disposition(lead(1), 0, "thinking", "reached", rules, NOW).at == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("outcome_class", "state"),
    [("sale", "done"), ("refused", "done"), ("complaint", "done"), ("reached", "done"), ("not_reached", "open")],
)
def test_dispositions(outcome_class: str, state: str) -> None:
    assert after_disposition(lead(1), 0, "said", outcome_class, RULES, NOW).state == state


def test_a_callback_is_at_the_customers_time() -> None:
    then = NOW + timedelta(days=3)
    retry = after_disposition(lead(9), 0, "later", "reached", RULES, NOW, then)
    assert (retry.state, retry.at, retry.n) == ("callback", then, 0)


@given(
    some.lists(some.integers(0, 3), min_size=1, max_size=4),
    some.sampled_from([*BY_OUTCOME, "person", "other"]),
    some.data(),
)
def test_it_is_done_or_due_later_at_a_number_that_is_there(
    attempts: list[int], outcome: str, data: some.DataObject
) -> None:
    n = data.draw(some.integers(0, len(attempts) - 1))
    attempts[n] = max(1, attempts[n])
    retry = after_outcome(lead(*attempts), n, outcome, RULES, NOW)
    if retry.state == "done":
        assert retry.at is None
    else:
        assert retry.at is not None
        assert retry.at > NOW
        assert retry.n in range(len(attempts))
        assert not (retry.bad and retry.n == n)
