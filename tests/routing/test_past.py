"""A recorded day is played again: what is known stays, what is guessed is told, staff and rules may be others."""

from __future__ import annotations

import pytest

from routing.what_if.past import Past, PastCall, PastState, arrivals_of, as_it_was, patience_of, shifts_of, wrap_up_of
from routing.what_if.scenarios import Base, NotPlayable, Scenario, check, play, staffed, told
from routing.worth import Promise

CALLS = tuple(
    PastCall(60.0 * n, "q", "ABC"[n % 3], 5.0 if n % 4 else 90.0, "mari" if n % 4 else None, 100.0) for n in range(40)
)
STATES = (
    PastState(-100, "mari", ("q",)), PastState(500, "mari", ("q",), True), PastState(530, "mari", ("q",)),
    PastState(1000, "mari", ()), PastState(1200, "mari", ("q", "r")), PastState(0, "jaan", ("q",)),
    PastState(9000, "jaan", ()),
)  # fmt: skip
PAST = Past(CALLS, STATES, 3600.0)
VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}


def base(past: Past = PAST) -> Base:
    return Base(arrivals_of(past), shifts_of(past), {"q": Promise(20, 300)}, VALUES, past.length)


def test_who_was_at_work_when() -> None:
    shifts = base().shifts
    assert sorted((one.agent.partition("\0")[0], one.begins, one.ends, sorted(one.skills)) for one in shifts) == [
        ("jaan", 0, 3600, ["q"]), ("mari", 0, 1000, ["q"]), ("mari", 1200, 3600, ["q", "r"]),
    ]  # fmt: skip
    without = shifts_of(Past(CALLS, (), 3600.0))
    assert [(one.agent, one.begins) for one in without] == [("mari", 65.0)]


def test_what_is_not_known_is_guessed_and_the_same_each_time() -> None:
    assert wrap_up_of(PAST) == 1.0, "30 s for 30 answered calls"
    assert patience_of(CALLS) == (30 * 5 + 10 * 90) / 10
    assert patience_of(call for call in CALLS if call.agent) is None
    arrivals = arrivals_of(PAST)
    assert arrivals == arrivals_of(PAST)
    for arrival, call in zip(arrivals, CALLS, strict=True):
        assert arrival.service == 101.0
        assert arrival.patience is not None
        assert arrival.patience == call.waited if call.agent is None else arrival.patience > call.waited


def test_the_day_as_it_was_beside_others() -> None:
    day = base()
    was = told("", "recorded", as_it_was(PAST, day.arrivals, day.shifts), day, day.promises)
    assert (was["offered"], was["abandoned"], was["within_target"]) == (40, 10, 30)
    results = [play(day, Scenario(f"{more}", "helin", agents=more)) for more in (-1, 0, 3)]
    assert [one["offered"] for one in results] == [40, 40, 40]
    assert results[0]["abandoned"] > results[1]["abandoned"] >= results[2]["abandoned"]
    assert results[2]["within_target"] == 40
    strict = play(day, Scenario("strict", "helin", target_seconds=1, agents=-1))
    assert strict["within_target"] <= results[0]["within_target"]
    assert sum(part["offered"] for part in strict["over_time"]) == 40
    assert len(strict["over_time"]) == 48


def test_each_queue_by_its_own_rule_is_a_policy() -> None:
    own = {"q": Promise(20, 300, "misses")}
    misses = Base(base().arrivals, base().shifts, own, VALUES, 3600.0)
    by_own, by_misses = play(misses, Scenario("", "rules")), play(misses, Scenario("", "helin:misses"))
    assert by_own["tiers"] == by_misses["tiers"]


def test_what_cannot_be_played_is_said() -> None:
    with pytest.raises(NotPlayable, match="no call in this time"):
        check(base(Past((), STATES, 3600.0)))
    with pytest.raises(NotPlayable, match="nobody was at work"):
        check(base(Past(CALLS[:1], (), 3600.0)))
    with pytest.raises(NotPlayable, match="there were 2 agents"):
        staffed(base(), -2)
