"""Erlang B, C and A beside published values, and beside the project's own simulated day."""

from __future__ import annotations

import math
import random

import pytest

from routing.requests import Class
from routing.staffing import Load, enough, erlang_b, erlang_c, service
from routing.what_if.day import Arrival, Shift, run
from routing.what_if.policies import FirstCome


@pytest.mark.thorough
@pytest.mark.parametrize(("agents", "work"), [(10, 4.46), (20, 12.0), (30, 20.3), (50, 37.9), (100, 84.1)])
def test_erlang_b_as_in_the_tables_of_one_percent(agents: int, work: float) -> None:
    assert erlang_b(agents, work) == pytest.approx(0.01, abs=0.0003)


def test_erlang_c_of_the_textbook() -> None:
    """200 calls an hour of 3 minutes, 14 agents: 17.4 % wait, 88.8 % within 20 s, 7.8 s on the average."""
    given = service(Load(200 / 3600, 180), 14, 20)
    assert erlang_c(14, 10) == pytest.approx(0.174, abs=0.0005)
    assert (given.in_time, given.wait) == (pytest.approx(0.888, abs=0.0005), pytest.approx(7.8, abs=0.05))
    assert given.occupancy == pytest.approx(10 / 14)


def test_erlang_a_of_garnett_mandelbaum_and_reiman() -> None:
    """48 calls a minute of 1 minute, 50 agents: 20.8 s if all are patient; with 2 minutes of it 3.1 %, 3.7 s, 93 %."""
    assert service(Load(0.8, 60), 50, 20).wait == pytest.approx(20.8, abs=0.05)
    given = service(Load(0.8, 60, 120), 50, 20)
    assert given.abandoned == pytest.approx(0.031, abs=0.0005)
    assert given.wait == pytest.approx(3.7, abs=0.05)
    assert given.occupancy == pytest.approx(0.93, abs=0.005)


@pytest.mark.parametrize("agents", [6, 10, 14])
def test_erlang_a_beside_a_simulated_day(agents: int) -> None:
    dice = random.Random(agents)
    load, at, calls = Load(1 / 18, 180, 90), 0.0, []
    for _ in range(20_000):
        at += dice.expovariate(load.calls)
        of = Class("q", "", frozenset())
        calls.append(Arrival(at, of, dice.expovariate(1 / 180), dice.expovariate(1 / 90)))
    shifts = [Shift(str(n), frozenset(), 0, at) for n in range(agents)]
    served = run(calls, shifts, FirstCome(shifts)).served
    given = service(load, agents, 20)
    assert sum(one.agent is None for one in served) / len(served) == pytest.approx(given.abandoned, abs=0.015)
    in_time = sum(one.agent is not None and one.waited <= 20 for one in served)
    assert in_time / len(served) == pytest.approx(given.in_time, abs=0.03)
    assert sum(one.waited for one in served) / len(served) == pytest.approx(given.wait, abs=1.5)


def test_very_patient_callers_are_as_good_as_patient_ones() -> None:
    load = Load(200 / 3600, 180, 1e7)
    assert service(load, 14, 20).in_time == pytest.approx(service(Load(200 / 3600, 180), 14, 20).in_time, abs=1e-4)


def test_the_fewest_that_are_enough() -> None:
    load = Load(200 / 3600, 180)
    fewest = enough(load, 20, 0.8)
    assert fewest is not None
    assert fewest.in_time >= 0.8 > service(load, fewest.agents - 1, 20).in_time
    patient = enough(Load(200 / 3600, 180, 60), 20, 0.8, 0.03)
    assert patient is not None
    assert patient.abandoned <= 0.03 < service(Load(200 / 3600, 180, 60), patient.agents - 1, 20).abandoned
    assert enough(load, 20, 1.1) is None


EXTREMES = [
    (0, 60, 60, 3), (5, 300, 30, 1), (5, 300, 3000, 900), (1, 60, None, 10), (50, 180, 60, 9200), (0.01, 60, 60, 5000),
]  # fmt: skip


@pytest.mark.parametrize(("calls", "talk", "patience", "agents"), EXTREMES)
def test_too_little_and_too_much_give_shares(calls: float, talk: float, patience: float | None, agents: int) -> None:
    given = service(Load(calls, talk, patience), agents, 20)
    for share in (given.in_time, given.waits, given.abandoned, given.occupancy):
        assert 0 <= share <= 1 + 1e-6
    assert not math.isnan(given.wait)
