"""Every blank in the agent tables is a decision: the tests walk state × event."""

from __future__ import annotations

from typing import get_args

import pytest

from routing.agents import AVAILABILITY, LEG, AvailabilityEvent, LegEvent, next_availability, next_leg
from routing.facts import AgentLeg, Availability

IMPOSSIBLE_AVAILABILITY = {("offline", "ready")}
IMPOSSIBLE_LEG = {
    ("none", "stop_ringing"),
    ("none", "hold"),
    ("none", "resume"),
    ("ringing", "hold"),
    ("ringing", "resume"),
}


@pytest.mark.parametrize("state", get_args(Availability))
@pytest.mark.parametrize("event", get_args(AvailabilityEvent))
def test_every_availability_meets_every_event(state: Availability, event: AvailabilityEvent) -> None:
    after = next_availability(state, event)
    assert (after is None) == ((state, event) in IMPOSSIBLE_AVAILABILITY)
    assert after in (None, *get_args(Availability))
    if after is not None:
        assert next_availability(after, event) == after, "the same event twice changes nothing"


@pytest.mark.parametrize("state", get_args(AgentLeg))
@pytest.mark.parametrize("event", get_args(LegEvent))
def test_every_leg_meets_every_event(state: AgentLeg, event: LegEvent) -> None:
    after = next_leg(state, event)
    assert (after is None) == ((state, event) in IMPOSSIBLE_LEG)
    assert after in (None, *get_args(AgentLeg))
    if after is not None:
        assert next_leg(after, event) in (after, None), "the same event twice changes nothing"


def test_the_tables_have_no_other_rows() -> None:
    assert set(AVAILABILITY) == set(get_args(Availability))
    assert set(LEG) == set(get_args(AgentLeg))
    assert all(set(row) == set(get_args(AvailabilityEvent)) for row in AVAILABILITY.values())
    assert all(set(row) == set(get_args(LegEvent)) for row in LEG.values())


def test_a_pause_outranks_wrapping_up_and_logging_out_outranks_all() -> None:
    assert next_availability("paused", "work_done") == "paused"
    assert {next_availability(state, "log_out") for state in get_args(Availability)} == {"offline"}
