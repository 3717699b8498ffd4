"""What the dialer reckons with, against brute force and against worlds that are known."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.dialling.answers import Answers
from routing.dialling.budget import Budget, Price
from routing.dialling.durations import Durations, Free, within
from routing.dialling.tails import EXACT, Tail

chances = some.lists(some.floats(0.01, 0.99), max_size=5)


def nobody(spare: int, frees: list[float], takes: list[float]) -> float:
    """By trying all that can happen."""
    total = 0.0
    for came in itertools.product((False, True), repeat=len(frees) + len(takes)):
        left = spare + sum(came[: len(frees)]) - sum(came[len(frees) :])
        if left <= 0:
            total += math.prod(p if yes else 1 - p for p, yes in zip([*frees, *takes], came, strict=True))
    return total


@settings(max_examples=60, deadline=None)
@given(some.integers(-2, 4), chances, chances, some.floats(0.01, 0.99))
def test_few_are_reckoned_exactly(spare: int, frees: list[float], takes: list[float], more: float) -> None:
    tail = Tail(spare, frees, takes)
    assert tail.none() == pytest.approx(nobody(spare, frees, takes), abs=1e-9)
    before = tail.none()
    tail.take(more)
    assert tail.none() == pytest.approx(nobody(spare, frees, [*takes, more]), abs=1e-9)
    assert tail.none() >= before - 1e-12


@pytest.mark.parametrize("seed", range(8))
def test_many_are_reckoned_within_two_thousandths(seed: int) -> None:
    dice = random.Random(seed)
    frees = [dice.uniform(0.02, 0.5) for _ in range(30)]
    takes = [dice.uniform(0.02, 0.4) for _ in range(20)]
    assert len(frees) + len(takes) > EXACT
    law = [1.0]
    for chance in [*frees, *(1 - chance for chance in takes)]:
        law = [(1 - chance) * here + chance * before for here, before in zip([*law, 0.0], [0.0, *law], strict=True)]
    for spare in range(-2, 6):
        exact = sum(law[: max(0, len(takes) - spare + 1)])
        assert Tail(spare, frees, takes).none() == pytest.approx(exact, abs=0.002)


@settings(max_examples=60, deadline=None)
@given(some.integers(0, 5000), some.integers(0, 200), some.floats(0, 5000), some.sampled_from([0.01, 0.03]))
def test_a_budget_never_promises_more_than_there_is(
    answered: int, abandoned: int, to_come: float, limit: float
) -> None:
    share = Budget(limit, answered, abandoned, 3600.0).share(to_come)
    assert 0.0 <= share <= 2 * limit
    if share:
        assert abandoned + share * max(1.0, to_come) <= limit * (answered + max(1.0, to_come))
    assert Budget(limit, answered, abandoned + 1, 3600.0).share(to_come) <= share


def test_at_the_end_nothing_is_risked_that_could_not_be_made_good() -> None:
    assert Budget(0.03, 100, 2, 60.0).share(5) == 0.0
    assert Budget(0.03, 200, 2, 60.0).share(5) > 0.0
    assert Budget(0.03, 200, 2, 60.0).share(5, at_stake=3.0) == 0.0


def test_what_can_be_made_good_later_may_be_risked_now() -> None:
    budget = Budget(0.03, 500, 12, 3600.0)
    assert budget.share(300, soon=25) > budget.share(300)
    assert 0.01 < budget.share(25, soon=25) < 0.06
    assert Budget(0.03, 500, 14, 3600.0).share(25, soon=25) == 0.0


def test_the_price_falls_where_more_is_abandoned_than_was_reckoned() -> None:
    true, false = Price(), Price()
    for price, real in ((true, 10), (false, 40)):
        price.passes(0.0, 15.0, 5)
        for _ in range(1000):
            price.launched(0.25, 0.04, 0.05)
        price.passes(100.0, 15.0, 5 + real)
    assert false.threshold(0.03) < 0.6 * true.threshold(0.03)


def test_a_new_window_is_not_held_against_what_was_reckoned() -> None:
    price = Price()
    price.passes(0.0, 15.0, 500)
    price.passes(1.0, 15.0, 0)
    assert price.threshold(0.03) == Price().threshold(0.03)


@pytest.mark.parametrize("age", [0.0, 30.0, 120.0])
def test_durations_learn_what_forgets_its_age(age: float) -> None:
    dice, lasts = random.Random(3), Durations(30.0, 3.0, 3.0, 1800.0)
    for _ in range(1500):
        lasts.add(dice.expovariate(1 / 90))
    assert within(lasts.survival(), age, 15.0, 3.0) == pytest.approx(1 - math.exp(-15 / 90), abs=0.04)


def test_durations_learn_that_who_talks_on_has_bought() -> None:
    dice, lasts = random.Random(3), Durations(90.0, 3.0, 3.0, 1800.0)
    for _ in range(1000):
        lasts.add(dice.uniform(15, 30) if dice.random() < 0.6 else dice.uniform(150, 210))
    curve = lasts.survival()
    assert within(curve, 18.0, 12.0, 3.0) > 0.4
    assert within(curve, 60.0, 12.0, 3.0) < 0.05
    assert within(curve, 180.0, 30.0, 3.0) > 0.8


def test_talks_that_go_on_count_from_the_first_minute() -> None:
    """Ten short ones have ended, thirty go on: the ten alone would say that all ends at once."""
    lasts = Durations(90.0, 3.0, 3.0, 1800.0)
    for seconds in range(2, 22, 2):
        lasts.add(float(seconds))
    alone, all_of_them = lasts.survival(), lasts.survival([25.0] * 30)
    assert within(all_of_them, 0.0, 21.0, 3.0) < 0.5 * within(alone, 0.0, 21.0, 3.0)


def test_an_agent_is_free_after_the_talk_and_the_wrap_up() -> None:
    talk = [1.0 if n < 20 else 0.0 for n in range(40)]
    wrap = [1.0 if second < 10 else 0.0 for second in range(60)]
    soon, later = Free(talk, 3.0, wrap, 6.0), Free(talk, 3.0, wrap, 24.0)
    assert soon.talking(54.0) == 0.0
    assert later.talking(54.0) == pytest.approx(1.0)
    assert soon.wrapping(2.0) == 0.0
    assert soon.wrapping(5.0) == 1.0


def outcomes(answers: Answers, count: int, rate: dict[tuple[str, ...], float], seed: int = 5) -> None:
    dice, kinds = random.Random(seed), list(rate)
    for n in range(count):
        traits = dice.choice(kinds)
        answers.heard(traits, float(n), n + 12.0, dice.random() < rate[traits])
    answers.settle(count + 100.0)


def test_each_kind_of_lead_gets_its_own_chance() -> None:
    answers = Answers()
    outcomes(answers, 4000, {("attempt:first",): 0.5, ("attempt:later",): 0.1})
    assert answers.chance(("attempt:first",)) == pytest.approx(0.5, abs=0.08)
    assert answers.chance(("attempt:later",)) == pytest.approx(0.1, abs=0.04)


def test_a_kind_that_was_seen_once_is_like_the_campaign() -> None:
    answers = Answers()
    outcomes(answers, 1500, {("list:old",): 0.2})
    answers.heard(("list:new",), 1600.0, 1610.0, True)
    answers.settle(2000.0)
    assert answers.chance(("list:new",)) == pytest.approx(answers.chance(()), abs=0.08)


def test_answers_that_come_sooner_than_failures_do_not_count_sooner() -> None:
    answers = Answers()
    before = answers.chance(())
    for n in range(20):
        answers.heard((), 100.0 + n, 108.0 + n, True)
    answers.settle(130.0)
    assert answers.chance(()) == before
    for n in range(80):
        answers.heard((), 100.0 + n / 4, 125.0 + n / 4, False)
    answers.settle(200.0)
    assert answers.chance(()) == pytest.approx(0.2, abs=0.05)


def test_the_rate_is_followed_through_the_day() -> None:
    answers, dice = Answers(), random.Random(1)
    for n in range(6000):
        rate = 0.15 if n < 3000 else 0.4
        answers.heard((), 2.0 * n, 2.0 * n + 10, dice.random() < rate)
        answers.settle(2.0 * n)
    assert answers.chance(()) == pytest.approx(0.4, abs=0.08)
