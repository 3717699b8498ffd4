"""What forecasts and plans are made from: habits, loads by half hour, shifts; on SQLite here, on PostgreSQL in real."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_store.errors import Conflict, Refused
from crm_store.store import Store
from routing.adherence import Planned
from tests.crm_store.story import BEGIN, abandoned, answered, at
from tests.crm_store.test_calls import record

DAY = (at(-9 * 3600), at(15 * 3600))


async def test_a_shift_is_kept_once_and_none_lies_over_another(store: Store) -> None:
    for login in ("anna", "bob"):
        await store.users.put(login, login.title(), "agent", password_hash="x")
    nine = Planned("anna", at(0), at(8 * 3600))
    made = await store.shifts.add(nine)
    assert (made.agent, made.begins_at, made.ends_at, made.kind) == ("anna", at(0), at(8 * 3600), "work")
    with pytest.raises(Conflict):
        await store.shifts.add(nine)
    with pytest.raises(Refused, match="overlaps"):
        await store.shifts.add(Planned("anna", at(3600), at(9 * 3600)))
    await store.shifts.add(Planned("anna", at(3600), at(7200), "break"))
    await store.shifts.add(Planned("anna", at(8 * 3600), at(9 * 3600)))
    await store.shifts.add(Planned("bob", at(0), at(8 * 3600)))
    first = await store.shifts.page(*DAY, None, None, 3)
    rest = await store.shifts.page(*DAY, None, first.next, 3)
    assert [one.agent for one in (*first.items, *rest.items)] == ["anna", "bob", "anna", "anna"]
    assert len(await store.shifts.planned(at(4 * 3600), at(5 * 3600), None)) == 2, "what has a part in the hour"
    assert await store.shifts.planned(at(4 * 3600), at(5 * 3600), "bob") == [Planned("bob", at(0), at(8 * 3600))]
    assert await store.shifts.remove(made.id) == made
    assert await store.shifts.remove(made.id) is None


async def test_loads_and_habits_of_a_queue(store: Store, tmp_path: Path) -> None:
    facts = [fact for n in range(6) for fact in answered(f"a{n}", begin=n * 20)]
    some = [fact for n in range(8) for fact in abandoned(f"b{n}", begin=1860 + n * 20)]
    await record(store, tmp_path / "spool", [*facts, *some])
    begin = BEGIN.replace(minute=0, second=0, microsecond=0)
    zone = ZoneInfo("Europe/Tallinn")
    assert await store.loads.of("sales", begin, begin + timedelta(hours=2), zone) == [0, 8, 0, 0]
    assert await store.loads.of("support", begin, begin + timedelta(hours=2), zone) == [6, 0, 0, 0]
    await store.rollups.roll(at(2 * 86_400))
    assert await store.loads.of("sales", begin, begin + timedelta(hours=2), zone) == [0, 8, 0, 0]
    habits = await store.habits.all(at(86_400 / 2))
    assert habits["support"].handle == pytest.approx(55.0)
    assert habits["sales"].patience == pytest.approx(8.0)
