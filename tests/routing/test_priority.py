"""Scores add up, and app_queue is moved as little as possible."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.events import QueuePlan
from routing.priority import MAX_PRIORITY, Request, entry_priority, moves, score
from routing.waiting import Line
from routing.worth import DUE, Pace
from tests.routing.told import RECEIVED

PLAN = QueuePlan("support", target_seconds=20, max_wait_seconds=120)
VALUES = {"A": 11.0, "B": 6.0}
PACE = Pace(10, 3)


def request(number: int, tier: str | None = None, priority: int = 0) -> Request:
    since = RECEIVED + timedelta(seconds=number)
    return Request(f"c{number}", "support", f"PJSIP/trunk-{number}", since, tier, priority)


@given(st.integers(0, 400), st.sampled_from(["A", "B", "C", None]))
def test_the_reasons_add_up(waited: int, tier: str | None) -> None:
    points, reasons = score(request(0, tier), PLAN, VALUES, RECEIVED + timedelta(seconds=waited), PACE)
    assert points == round(sum(each for _, each in reasons), 4)
    assert (points >= DUE - 120) == (waited >= 108)


def test_the_words_of_the_reasons() -> None:
    _, reasons = score(request(0, "A"), PLAN, VALUES, RECEIVED + timedelta(seconds=40), PACE)
    assert [words for words, _ in reasons] == [
        "waited 40 s, promised 20 s",
        "the next agent comes in about 10 s",
        "tier A, worth 11",
        "3 wait for the same, 30 s of work",
    ]
    assert reasons[:3] == ((reasons[0][0], 0.2), (reasons[1][0], 0.05), (reasons[2][0], 2.5))
    late = score(request(0), None, VALUES, RECEIVED + timedelta(seconds=290), PACE)
    assert late[1][0][0] == "waited 290 s of at most 300 s"


def test_inside_a_tier_first_in_is_first_out_and_a_tier_is_worth_a_wait() -> None:
    now = RECEIVED + timedelta(seconds=100)
    old, new, good = request(0), request(30), request(99, "A")
    values = [score(each, PLAN, VALUES, now, PACE)[0] for each in (old, new, good)]
    assert values[0] > values[1]
    assert values[2] > values[0], "eleven times the worth outweighs 99 s"
    assert score(request(99, "B"), PLAN, VALUES, now, PACE)[0] < values[1], "six times does not"


def served(requests: list[Request]) -> list[str]:
    """app_queue's order: a higher priority first, inside it first in first out."""
    return [each.call for each in sorted(requests, key=lambda each: (-each.priority, each.since))]


@given(st.permutations(range(8)), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_moved_into_any_order_from_any_priorities(wanted: list[int], priorities: list[int]) -> None:
    requests = [request(number, priority=priorities[number]) for number in wanted]
    for each, priority in moves(requests):
        each.priority = priority
    assert served(requests) == [each.call for each in requests]


def test_nothing_is_moved_that_is_right_already() -> None:
    assert list(moves([request(1), request(2), request(3)])) == []
    first = request(9)
    assert [(each.call, priority) for each, priority in moves([first, request(1), request(2)])] == [("c9", 1)]


def test_what_a_tier_is_worth_more_than_others_is_its_priority_at_entry() -> None:
    assert [entry_priority(tier, VALUES) for tier in ("A", "B", "C", None)] == [10, 5, 0, 0]
    assert entry_priority("A", {"A": 1e9}) == MAX_PRIORITY
    assert entry_priority("A", {"A": -3.0}) == 0


@given(
    st.permutations(range(6)),
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=6, max_size=6),
)
def test_whatever_the_dialplan_did_with_priorities_that_are_not_sure(
    wanted: list[int], given_before: list[tuple[int, bool, bool]]
) -> None:
    requests, real = [], {}
    for number in wanted:
        priority, sure, taken = given_before[number]
        requests.append(request(number, priority=priority))
        requests[-1].sure = sure
        real[f"c{number}"] = priority if sure or taken else 0
    for each, priority in moves(requests):
        real[each.call] = each.priority = priority
    assert [each.call for each in sorted(requests, key=lambda each: (-real[each.call], each.since))] == [
        each.call for each in requests
    ]


def line() -> Line:
    made = Line(lambda _: PLAN)
    made.use(tuple(VALUES.items()))
    return made


def test_one_who_overtakes_proves_that_priorities_are_taken_along() -> None:
    waiting, now = line(), RECEIVED
    waiting.join("c1", "support", "PJSIP/trunk-1", now, None, now)
    waiting.join("c2", "support", "PJSIP/trunk-2", now + timedelta(seconds=1), "A", now, 10, True)
    waiting.join("c3", "support", "PJSIP/trunk-3", now + timedelta(seconds=2), "A", now, 10, True)
    waiting.join("c4", "support", "PJSIP/trunk-4", now + timedelta(seconds=3), "B", now, 5, True)
    assert waiting.actions == []


def test_one_who_does_not_is_not_believed_nor_are_others_whom_a_lower_one_overtakes() -> None:
    waiting, now = line(), RECEIVED
    waiting.join("c1", "support", "PJSIP/trunk-1", now, "A", now, 10)
    waiting.join("c2", "support", "PJSIP/trunk-2", now + timedelta(seconds=1), None, now)
    waiting.join("c3", "support", "PJSIP/trunk-3", now + timedelta(seconds=2), "B", now, 5)
    assert [(each.channel[-1], each.priority) for each in waiting.actions] == [("3", 5), ("1", 10)]  # type: ignore[union-attr]
    late = line()
    late.join("c1", "support", "PJSIP/trunk-1", now, "A", now, 10)
    late.join("c2", "support", "PJSIP/trunk-2", now + timedelta(seconds=1), "B", now, 5, True)
    assert [(each.channel[-1], each.priority) for each in late.actions] == [("1", 10)]  # type: ignore[union-attr]


def test_a_queue_lives_by_its_own_rule_and_a_new_one_holds_from_the_next_tick() -> None:
    """Under *cost* the long wait leads; under *misses* who can still be answered in time, by its own values."""
    plan, now = QueuePlan("support", target_seconds=20, max_wait_seconds=600), RECEIVED + timedelta(seconds=120)
    waiting = Line(lambda _: plan)
    waiting.use((("A", 5.0),))
    waiting.join("c1", "support", "PJSIP/trunk-1", RECEIVED, None, now)
    waiting.join("c2", "support", "PJSIP/trunk-2", now, "A", now)
    waiting.join("c3", "support", "PJSIP/trunk-3", now, "B", now)
    scores = {fact.call: fact.score for fact in waiting.tick(now)}
    assert scores == {} or max(scores, key=scores.__getitem__) == "c1"
    plan = QueuePlan("support", target_seconds=20, max_wait_seconds=600, rule="helin:misses", tiers=(("B", 7.0),))
    waiting.use((("A", 5.0),))
    told = {fact.call: fact for fact in waiting.tick(now + timedelta(seconds=1))}
    assert sorted(told, key=lambda call: -told[call].score) == ["c3", "c2", "c1"]
    assert "tier B, worth 7" in [words for words, _ in told["c3"].reasons]
    assert {each.channel[-1]: each.priority for each in waiting.actions}["3"] > 0  # type: ignore[union-attr]


def test_what_is_shown_is_the_order_when_waiting_has_changed_it() -> None:
    """The A is worth more by the second than the other, who came long before: told anew, but only then."""
    waiting = line()
    waiting.use((("A", 2.0),))
    start = RECEIVED
    waiting.join("c1", "support", "PJSIP/trunk-1", start, None, start)
    later = start + timedelta(seconds=30)
    told = {"c1": waiting.tick(start) or None}
    told["c2"] = [waiting.join("c2", "support", "PJSIP/trunk-2", later, "A", later)]
    assert told["c1"] is None
    now, changed = later, waiting.tick(later + timedelta(seconds=6))
    scores = {fact.call: fact.score for fact in changed}
    assert set(scores) == {"c1", "c2"}
    assert scores["c1"] > scores["c2"]
    while scores["c2"] <= scores["c1"]:
        now += timedelta(seconds=6)
        scores |= {fact.call: fact.score for fact in waiting.tick(now)}
        assert now < later + timedelta(seconds=80)
    moved = waiting.actions[-1]
    assert (moved.channel, moved.priority) == ("PJSIP/trunk-2", 1)  # type: ignore[union-attr]
