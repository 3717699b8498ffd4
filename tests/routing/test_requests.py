"""Who is served next: by worth, by age inside a class, and nobody for ever; and which agent takes who has just come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from routing.requests import Class, Idle, Requests, Waiting
from routing.worth import DUE_SHARE, Promise, Rule, index, reasons

VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}
NOW = 1000.0
X, Y = frozenset("x"), frozenset("y")
ages = some.integers(0, 3200).map(lambda eighths: eighths / 8)
tiers = some.sampled_from("ABC")
rules = some.sampled_from(["cost", "misses"])


def line(rule: Rule, *waiting: tuple[str, float]) -> Requests:
    requests = Requests({"q": Promise(20, 300, rule)}, VALUES)
    for n, (tier, age) in enumerate(waiting):
        requests.put(Waiting(f"{n}", Class("q", tier, X), NOW - age))
    return requests


def order(requests: Requests) -> list[str]:
    """Everybody served at one moment."""
    served = []
    while (best := requests.best_for(X, NOW)) is not None:
        best.waits = False
        served.append(best.id)
    return served


@pytest.mark.parametrize(
    ("rule", "waiting", "first"),
    [
        ("cost", [("C", 30), ("A", 5)], "0"),  # 30 × 1 against 5 × 5: the long wait costs more
        ("cost", [("C", 30), ("A", 7)], "1"),
        ("cost", [("A", 100), ("C", 280)], "1"),  # near the longest wait nobody's worth counts
        ("misses", [("A", 25), ("C", 5)], "1"),  # the target of the first is missed already
        ("misses", [("A", 1), ("C", 1)], "0"),
        ("misses", [("A", 25), ("C", 200)], "1"),  # both missed: by cost
    ],
)
def test_who_is_first(rule: Rule, waiting: Sequence[tuple[str, float]], first: str) -> None:
    assert order(line(rule, *waiting))[0] == first


@given(some.lists(some.tuples(tiers, ages), max_size=12), rules)
def test_everyone_is_served_once_in_the_order_of_the_index(waiting: list[tuple[str, float]], rule: Rule) -> None:
    promise = Promise(20, 300, rule)
    served = order(line(rule, *waiting))
    assert sorted(served) == sorted(str(n) for n in range(len(waiting)))
    urgencies = [index(promise, VALUES[waiting[int(id_)][0]], waiting[int(id_)][1]) for id_ in served]
    assert urgencies == sorted(urgencies, reverse=True) or rule == "misses"


@given(some.lists(some.tuples(tiers, ages), min_size=2, max_size=12), rules)
def test_nobody_whose_time_is_up_waits_behind_another(waiting: list[tuple[str, float]], rule: Rule) -> None:
    due = [str(n) for n, (_, age) in enumerate(waiting) if age >= 300 * DUE_SHARE]
    assert set(order(line(rule, *waiting))[: len(due)]) == set(due)


@given(some.lists(some.tuples(tiers, ages), max_size=12), rules, some.randoms())
def test_it_does_not_matter_in_which_order_they_were_told(
    waiting: list[tuple[str, float]], rule: Rule, dice: object
) -> None:
    told = list(range(len(waiting)))
    dice.shuffle(told)  # type: ignore[attr-defined]
    shuffled = Requests({"q": Promise(20, 300, rule)}, VALUES)
    for n in told:
        shuffled.put(Waiting(f"{n}", Class("q", waiting[n][0], X), NOW - waiting[n][1]))
    ages_of = lambda served: [waiting[int(id_)] for id_ in served]  # noqa: E731
    assert ages_of(order(shuffled)) == ages_of(order(line(rule, *waiting)))


@given(tiers, ages, rules)
def test_the_reasons_add_up_to_the_index(tier: str, waited: float, rule: Rule) -> None:
    promise = Promise(20, 300, rule)
    points = sum(points for _, points in reasons(promise, tier, VALUES[tier], waited))
    assert points == pytest.approx(index(promise, VALUES[tier], waited), rel=1e-9, abs=1e-9)


def test_an_agent_gets_only_what_they_can_do() -> None:
    requests = Requests({}, VALUES)
    requests.put(Waiting("y", Class("q", "A", Y), 0))
    assert requests.best_for(X, NOW) is None
    assert requests.best_for(X | Y, NOW) is not None


def test_who_left_is_not_served() -> None:
    requests = line("cost", ("A", 50), ("A", 40))
    first = requests.best_for(X, NOW)
    assert first is not None
    first.waits = False
    assert order(requests) == ["1"]


def test_the_agent_whom_others_need_least_takes_the_call() -> None:
    idle = Idle([X, X, X | Y])
    for _ in range(4):
        idle.asked_for(X)
        idle.asked_for(Y)
    idle.add("both", X | Y)
    idle.add("one", X)
    idle.add("two", X)
    assert [idle.best_for(X), idle.best_for(X), idle.best_for(X), idle.best_for(X)] == ["one", "two", "both", None]


def test_an_agent_who_went_is_offered_nothing() -> None:
    idle = Idle([X])
    idle.add("one", X)
    idle.remove("one", X)
    assert idle.best_for(X) is None
