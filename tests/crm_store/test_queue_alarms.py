"""Limits of queues, and the log of alarms that facts make."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from crm_store.errors import Refused
from crm_store.store import Store
from routing.events import AlarmRule
from routing.facts import AlarmChanged
from tests.crm_store.story import at
from tests.crm_store.test_calls import record

UP = AlarmChanged("support", "waiting", at(0), "main", True, at(0), 6.0, 5.0)


async def test_limits_come_with_the_directory_and_go_with_the_queue(store: Store) -> None:
    await store.queues.put("support")
    rules = (AlarmRule("service_level", 0.8, 60), AlarmRule("waiting", 5))
    assert await store.queue_alarms.put("support", rules)
    assert not await store.queue_alarms.put("support", rules[::-1])
    assert (await store.directory()).queues[0].alarms == rules
    for wrong in ([AlarmRule("service_level", 80)], [rules[1], rules[1]], [AlarmRule("x", 1)]):  # type: ignore[arg-type]
        with pytest.raises(Refused):
            await store.queue_alarms.put("support", wrong)
    with pytest.raises(Refused, match="no queue"):
        await store.queue_alarms.put("'; DROP TABLE queues; --", rules)
    await store.queues.remove("support")
    assert await store.queue_alarms.rules() == {}


async def test_the_log_follows_from_facts(store: Store, tmp_path: Path) -> None:
    await record(store, tmp_path / "a", [UP, replace(UP, measure="agents")], "s1")
    await record(store, tmp_path / "b", [UP], "s2")
    assert {one.measure for one in await store.queue_alarms.open("main")} == {"waiting", "agents"}
    await record(store, tmp_path / "c", [replace(UP, on=False, at=at(90))], "s3")
    page = await store.queue_alarms.log(limit=1)
    [newest] = page.items
    [oldest] = (await store.queue_alarms.log(after=page.next)).items
    assert {newest.measure: newest.cleared_at, oldest.measure: oldest.cleared_at} == {"agents": None, "waiting": at(90)}
    assert [one.measure for one in (await store.queue_alarms.log("support", up=True)).items] == ["agents"]
