"""Who is served next: by worth, by age inside a class, and nobody for ever; and which agent takes who has just come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.lines import Line
from routing.requests import Class, Idle, Kind, Requests, Waiting
from routing.worth import Pace, Promise, Rule, bound, due_from, index, reasons

VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}
NOW = 1000.0
X, Y = frozenset("x"), frozenset("y")
ages = some.integers(0, 3200).map(lambda eighths: eighths / 8)
tiers = some.sampled_from("ABC")
rules = some.sampled_from(["cost", "misses"])


def line(rule: Rule, *waiting: tuple[str, float]) -> Requests:
    requests = Requests({"q": Promise(20, 300, rule)}, VALUES)
    for n, (tier, age) in enumerate(waiting):
        requests.put(Waiting(f"{n}", Class("q", tier, X), NOW - age), NOW)
    return requests


def order(requests: Requests) -> list[str]:
    """Everybody served at one moment."""
    served = []
    while (best := requests.take_for(X, NOW)) is not None:
        served.append(best.id)
    return served


@pytest.mark.parametrize(
    ("rule", "waiting", "first"),
    [
        ("cost", [("C", 50), ("A", 1)], "0"),  # 2 × 50 + 20 against 5 × (2 × 1 + 20): the long wait costs more
        ("cost", [("C", 44), ("A", 1)], "1"),
        ("cost", [("A", 100), ("C", 280)], "1"),  # near the longest wait nobody's worth counts
        ("misses", [("A", 25), ("C", 5)], "1"),  # the target of the first is missed already
        ("misses", [("A", 1), ("C", 1)], "0"),
        ("misses", [("A", 25), ("C", 200)], "1"),  # both missed: by cost
    ],
)
def test_who_is_first(rule: Rule, waiting: Sequence[tuple[str, float]], first: str) -> None:
    assert order(line(rule, *waiting))[0] == first


@settings(deadline=None)
@given(some.lists(some.tuples(tiers, ages), max_size=12))
def test_everyone_is_served_once_the_highest_index_first(waiting: list[tuple[str, float]]) -> None:
    promise, requests = Promise(20, 300, "cost"), line("cost", *waiting)
    left = {str(n): each for n, each in enumerate(waiting)}
    while left:
        pace = requests.pace(X)
        assert pace.waiting == len(left)
        highest = max(index(promise, VALUES[tier], age, pace) for tier, age in left.values())
        taken = requests.take_for(X, NOW)
        assert taken is not None
        tier, age = left.pop(taken.id)
        assert index(promise, VALUES[tier], age, pace) == highest
    assert requests.take_for(X, NOW) is None


@settings(deadline=None)
@given(some.lists(some.tuples(tiers, ages), min_size=2, max_size=12), rules)
def test_nobody_whose_time_is_up_waits_behind_another(waiting: list[tuple[str, float]], rule: Rule) -> None:
    late = [str(n) for n, (_, age) in enumerate(waiting) if age >= 300]
    assert set(order(line(rule, *waiting))[: len(late)]) == set(late)


@settings(deadline=None)
@given(some.lists(some.tuples(tiers, ages), max_size=12), rules, some.randoms())
def test_it_does_not_matter_in_which_order_they_were_told(
    waiting: list[tuple[str, float]], rule: Rule, dice: object
) -> None:
    told = list(range(len(waiting)))
    dice.shuffle(told)  # type: ignore[attr-defined]
    shuffled = Requests({"q": Promise(20, 300, rule)}, VALUES)
    for n in told:
        shuffled.put(Waiting(f"{n}", Class("q", waiting[n][0], X), NOW - waiting[n][1]), NOW)
    ages_of = lambda served: [waiting[int(id_)] for id_ in served]  # noqa: E731
    assert ages_of(order(shuffled)) == ages_of(order(line(rule, *waiting)))


@settings(deadline=None)
@given(tiers, ages, rules, some.floats(0, 200), some.integers(0, 100), some.floats(0.001, 1))
def test_the_reasons_add_up_to_the_index(
    tier: str, waited: float, rule: Rule, every: float, waiting: int, able: float
) -> None:
    promise, pace = Promise(20, 300, rule), Pace(every, waiting, able)
    points = sum(points for _, points in reasons(promise, tier, VALUES[tier], waited, pace))
    assert points == pytest.approx(index(promise, VALUES[tier], waited, pace), rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(tiers, ages, rules, some.integers(1, 30), some.sampled_from([0, 60, 300]))
def test_the_line_works_out_the_very_index(tier: str, age: float, rule: Rule, many: int, longest: float) -> None:
    """It keeps parts of it for speed; equal heads of two classes show a difference in the last digit."""
    promise = Promise(20, longest, rule)
    made = Line(promise, VALUES[tier], Kind(able=0.35))
    for _ in range(many):
        made.kind.came(NOW)
    assert made.index(age) == index(promise, VALUES[tier], age, made.kind.pace())


@settings(deadline=None)
@given(some.floats(0, 300), some.integers(0, 1000))
def test_the_longest_wait_is_stretched_only_where_it_cannot_be_kept(every: float, waiting: int) -> None:
    promise, pace = Promise(20, 300), Pace(every, waiting)
    assert due_from(promise, pace) <= bound(promise, pace)
    assert bound(promise, pace) == 300 if pace.work <= 300 else 300 < bound(promise, pace) <= 1.5 * pace.work


class Told:
    """A line to which one thing after the other happens."""

    def __init__(self, requests: Requests, waiting: Sequence[Waiting] = ()) -> None:
        self.requests = requests
        self.waiting = {request.id: request for request in waiting}

    def hear(self, what: str, id_: str, of: Class, now: float) -> str | None:
        """Who was taken, if the act was that."""
        if what in ("put", "hold"):
            request = self.waiting[id_] = Waiting(id_, of, now)
            if what == "put":
                self.requests.put(request, now)
            else:
                self.requests.hold(request, "mari", 25, now)
        elif what in ("take", "mari takes", "refuse"):
            taken = self.requests.take_for(of.skills, now, None if what == "take" else "mari")
            if taken is not None and what == "refuse":
                self.requests.refused(taken, "mari", now)
            return taken.id if taken is not None else None
        else:
            still = sorted(id_ for id_, request in self.waiting.items() if request.waits)
            for id_ in still[:1]:
                self.requests.left(self.waiting[id_])
        return None


kinds = some.sampled_from([X, Y, X | Y])
whats = some.sampled_from(["put", "put", "hold", "take", "mari takes", "refuse", "left"])
acts = some.lists(some.tuples(whats, tiers, kinds, some.integers(0, 40)))
RELAX = {"q": ((30.0, X), (45.0, frozenset[str]()))}


@settings(deadline=None)
@given(acts, some.integers(0, 20), rules)
def test_routing_goes_on_from_a_snapshot_as_after_the_replay(
    told: list[tuple[str, str, frozenset[str], int]], cut: int, rule: Rule
) -> None:
    promises = {"q": Promise(20, 60, rule)}
    replayed, now, restored = Told(Requests(promises, VALUES, RELAX)), 0.0, None
    replayed.requests.employ({X: 3, X | Y: 1})
    for n, (what, tier, skills, seconds) in enumerate(told):
        if n == cut:
            restored = Told(*Requests.restored(replayed.requests.snapshot(), promises, VALUES, RELAX))
        now += seconds
        taken = replayed.hear(what, f"{n}", Class("q", tier, skills), now)
        if restored is not None:
            assert restored.hear(what, f"{n}", Class("q", tier, skills), now) == taken


def test_an_agent_gets_only_what_they_can_do() -> None:
    requests = Requests({}, VALUES)
    requests.put(Waiting("y", Class("q", "A", Y), 0), 0)
    assert requests.take_for(X, NOW) is None
    assert requests.take_for(X | Y, NOW) is not None


@pytest.mark.parametrize(("staff", "first"), [({X | Y: 2}, "x"), ({X: 3, X | Y: 1}, "y"), ({X: 4}, "x")])
def test_who_can_do_both_goes_where_few_others_could(staff: dict[frozenset[str], int], first: str) -> None:
    """Both have waited alike, the other a little less: it is the one skill that only a quarter have that counts."""
    requests = Requests({}, VALUES)
    requests.employ(staff)
    for name, skills, since in (("x", X, 0.0), ("y", Y, 1.0)):
        requests.put(Waiting(name, Class("q", "C", skills), since), since)
    best = requests.best_for(X | Y, 10)
    assert best is not None
    assert best.id == first


def test_who_left_is_not_served() -> None:
    requests = line("cost", ("A", 50), ("A", 40))
    first = requests.best_for(X, NOW)
    assert first is not None
    requests.left(first)
    requests.left(first)
    assert requests.pace(X).waiting == 1
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
