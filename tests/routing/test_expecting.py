"""What callers are told of their wait: known quantiles, and true for most on days of calls at and over full load."""

from __future__ import annotations

import pytest

from routing.announcing import ENOUGH, EVERY, Announcer
from routing.expecting import Span, expected, span
from routing.requests import Class, Waiting
from routing.waiting import Line
from routing.what_if.day import Arrival, run
from routing.what_if.policies import HelinPolicy
from routing.worth import Pace, Promise, index
from tests.bench.days import VALUES, one_pool, overlapping_skills
from tests.routing.told import RECEIVED

PROMISE = Promise(20, 300)


@pytest.mark.parametrize(
    ("position", "low", "high"),
    # scipy.stats.gamma(n).ppf([0.1, 0.9])
    [(1, 0.105, 2.303), (2, 0.532, 3.890), (5, 2.433, 7.994), (20, 14.525, 25.903)],
)
def test_eight_of_ten_of_a_gamma_distribution(position: int, low: float, high: float) -> None:
    got = expected(position, Pace(10.0, 3))
    assert got == pytest.approx((low * 10, high * 10), abs=0.6)


def test_minutes_are_rounded_outwards_and_what_is_too_long_is_not_said() -> None:
    assert span(1, Pace(10.0, 1)) == Span(0, 1)
    assert span(9, Pace(30.0, 9)) == Span(2, 7)
    assert span(40, Pace(60.0, 40)) is None
    assert span(1, Pace(0.0, 0)) is None


class Asked(HelinPolicy):
    """What each who waits would be told on coming."""

    def __init__(self, day: object) -> None:
        super().__init__(day.shifts, {}, VALUES, "cost")  # type: ignore[attr-defined]
        self.said: dict[str, Span | None] = {}
        self._line: dict[str, Waiting] = {}

    def arrived(self, request: Waiting, now: float) -> str | None:
        agent = super().arrived(request, now)
        if agent is None:
            pace = self._requests.pace(request.of.skills)
            mine = index(PROMISE, VALUES[request.of.tier], 0.0, pace)
            self._line = {id_: each for id_, each in self._line.items() if each.waits}
            before = [
                each
                for each in self._line.values()
                if each.of.skills == request.of.skills
                and index(PROMISE, VALUES[each.of.tier], now - each.since, pace) >= mine
            ]
            self._line[request.id] = request
            self.said[request.id] = span(len(before) + 1, pace)
        return agent


@pytest.mark.parametrize("world", [one_pool, overlapping_skills])
def test_it_comes_true_for_most_in_each_tier(world: object) -> None:
    day = world(1.0, 3)  # type: ignore[operator]
    arrivals = [
        Arrival(one.at, Class("q" + "".join(one.of.skills), one.of.tier, one.of.skills), one.service, one.patience)
        for one in day.arrivals
    ]
    policy = Asked(day)
    served = run(arrivals, day.shifts, policy).served
    for tier in VALUES:
        told = [
            (said.low * 60 <= one.waited <= said.high * 60)
            for n, one in enumerate(served)
            if one.agent is not None and one.arrival.of.tier == tier and (said := policy.said.get(str(n))) is not None
        ]
        assert len(told) > 50
        assert sum(told) / len(told) > 0.85


def test_a_caller_is_told_when_something_has_changed_and_of_time_when_it_is_known() -> None:
    line, announcer = Line(lambda _: None, lambda _: True), Announcer()
    now, held = RECEIVED, ["one", "two"]

    def tick() -> list[tuple[str, int, int, int]]:
        nonlocal now
        now += EVERY
        line.tick(now)
        announcer.tick(line, held, now)
        told = [(each.channel, each.position, each.low, each.high) for each in announcer.actions]  # type: ignore[union-attr]
        announcer.actions.clear()
        return told

    for name in ("one", "two"):
        line.join(name, "q", name, now, None, now)
    assert tick() == [("one", 1, 0, 0), ("two", 2, 0, 0)]
    assert tick() == []
    for n in range(ENOUGH):
        line.join(f"served {n}", "q", f"served {n}", now, None, now)
        line.leave(f"served {n}", now, served=True)
    assert [each[:2] for each in tick()] == [("one", 1), ("two", 2)]
    line.leave("one", now)
    held.remove("one")
    ((channel, position, _, high),) = tick()
    assert (channel, position) == ("two", 1)
    assert high > 0
