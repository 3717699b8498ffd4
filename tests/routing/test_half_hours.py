"""What a recorded half hour asked for."""

from __future__ import annotations

from routing.what_if.half_hours import half_hours
from routing.what_if.past import Past, PastCall, PastState


def call(at: float, waited: float, agent: str | None = "a", talked: float = 100.0, queue: str = "q") -> PastCall:
    return PastCall(at, queue, "", waited, agent, talked if agent else 0.0)


def test_each_half_hour_has_its_calls_and_the_day_s_patience() -> None:
    calls = (
        call(10, 5),
        call(20, 25, talked=200),
        call(30, 60, None),
        call(40, 1, queue="other"),
        call(1800, 30, None),
    )
    states = (PastState(200, "a", ("q",), wraps=True), PastState(260, "a", ("q",)))
    first, second = half_hours(Past(calls, states, 86_400), "q", 20)
    assert (first.at, first.calls, first.answered, first.abandoned, first.in_time) == (0, 3, 2, 1, 1)
    assert first.handle == 150 + 20, "a talk of its own, and the day's wrap-up for each answered call"
    assert first.patience == second.patience == (5 + 25 + 60 + 30) / 2
    assert (second.at, second.calls, second.answered, second.handle) == (1800, 1, 0, 170)


def test_what_a_day_cannot_tell_is_not_made_up() -> None:
    (only,) = half_hours(Past((call(0, 9, None),), (), 86_400), "q", 20)
    assert (only.handle, only.patience) == (None, 9)
    (only,) = half_hours(Past((call(0, 9),), (), 86_400), "q", 20)
    assert only.patience is None
    assert half_hours(Past((), (), 86_400), "q", 20) == []
