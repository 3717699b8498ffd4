"""A recorded day as the what-if plays it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_store.errors import Refused
from crm_store.store import Store
from routing.facts import AgentChanged
from routing.what_if.past import PastCall, PastState
from tests.crm_store.story import abandoned, answered, at
from tests.crm_store.test_calls import record


async def test_calls_waits_talks_and_who_was_at_work(store: Store, tmp_path: Path) -> None:
    before = AgentChanged("agent2", at(-3600), "paused", "none", "lunch", at(-3600), ("sales",), None, True)
    after = AgentChanged("agent1", at(70), "wrap_up", "none", None, at(70), ("support",), None, True)
    await record(
        store,
        tmp_path / "spool",
        [before, *answered("a"), after, *abandoned("b", begin=100), *answered("c", begin=9000)],
    )
    past = await store.past_days.read(at(0), at(3600), 10)
    assert past.calls == (
        PastCall(1.0, "support", "A", 4.0, "agent1", 55.0), PastCall(101.0, "sales", "B", 8.0, None),
    )  # fmt: skip
    assert past.states == (
        PastState(-3600.0, "agent2", ()), PastState(5.0, "agent1", ("support",)),
        PastState(70.0, "agent1", ("support",), True),
    )  # fmt: skip
    assert past.length == 3600
    with pytest.raises(Refused, match="more than 1 calls"):
        await store.past_days.read(at(0), at(3600), 1)
    with pytest.raises(Refused, match="at most two days"):
        await store.past_days.read(at(0), at(200_000), 10)
