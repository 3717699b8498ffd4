"""When an alarm rises, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from routing.alarms import QueueAlarms, Watch, measured, watched
from routing.events import AlarmRule
from routing.facts import AgentChanged
from routing.service_level import Counts
from routing.story import Call
from routing.today import Figures

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def ups(rule: AlarmRule, values: list[float | None]) -> list[bool]:
    """Whether it is up after each second's value."""
    watch, found = Watch(), []
    for second, value in enumerate(values):
        watch = watched(rule, value, watch, at(second))
        found.append(watch.raised_at is not None)
    return found


def test_it_rises_after_its_time_without_a_break_and_not_at_the_limit() -> None:
    rule = AlarmRule("waiting", 5, after_seconds=3)
    assert ups(rule, [5, 6, 6, 6, 6]) == [False, False, False, False, True]
    assert not any(ups(rule, [6, 6, 6, 5, 6, 6, 6]))


def test_a_figure_that_trembles_at_the_limit_rings_once() -> None:
    assert all(ups(AlarmRule("waiting", 5), [6, *[5, 6] * 30]))
    assert all(ups(AlarmRule("service_level", 0.8), [0.79, *[0.81] * 30]))
    assert ups(AlarmRule("waiting", 5), [6, *[4] * 11]) == [*[True] * 11, False]
    assert ups(AlarmRule("waiting", 0), [1, *[0] * 11])[-1] is False
    assert ups(AlarmRule("service_level", 1.0), [0.5, *[1.0] * 11])[-1] is False
    assert ups(AlarmRule("agents", 1), [0, *[1] * 11])[-1] is False
    assert ups(AlarmRule("abandoned", 0.05), [0.5, *[None] * 11])[-1] is False


def test_facts_come_once_and_a_rule_that_goes_ends_its_alarm() -> None:
    alarms = QueueAlarms("main")
    rules = [AlarmRule("waiting", 2), AlarmRule("agents", 1)]
    [up] = alarms.judge("support", rules, {"waiting": 3.0, "agents": 1.0}, NOW)
    assert (up.measure, up.on, up.since, up.value, up.limit) == ("waiting", True, NOW, 3.0, 2)
    assert alarms.judge("support", rules, {"waiting": 4.0, "agents": 1.0}, at(1)) == []
    # Another process goes on where this one ended.
    later = QueueAlarms("main", [up])
    assert later.judge("support", rules, {"waiting": 4.0, "agents": 1.0}, at(2)) == []
    [over] = later.judge("support", rules[1:], {"waiting": 4.0, "agents": 1.0}, at(3))
    assert (over.on, over.since, over.at) == (False, NOW, at(3))


def test_what_is_measured() -> None:
    def agent(name: str, availability: str, queue: str = "support") -> AgentChanged:
        return AgentChanged(name, NOW, availability, "talking", None, NOW, (queue,), None, True)  # type: ignore[arg-type]

    waits = Call("c", "main", "inbound", None, None, None, NOW, waiting_in="support", waiting_since=NOW)
    agents = [agent("a", "ready"), agent("b", "paused"), agent("c", "wrap_up"), agent("d", "ready", "sales")]
    figures = Figures(NOW, Counts(), Counts(offered=10, answered_within=7, abandoned=2))
    found = measured("support", [waits], agents, figures, at(42))
    assert found == {"waiting": 1, "longest_wait": 42, "agents": 2, "service_level": 0.7, "abandoned": 0.2}
    few = Figures(NOW, Counts(), Counts(offered=9, abandoned=9))
    assert measured("support", [], [], few, NOW)["abandoned"] is None
