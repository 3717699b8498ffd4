"""Today's figures after a start say what the report says of the same calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_store import todays_calls
from crm_store.service_levels import Wish
from crm_store.store import Store
from routing.today import Terms, Today
from tests.crm_store.story import at
from tests.crm_store.test_service_levels import TARGET, a_day


async def test_the_records_add_up_to_the_report(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(todays_calls, "PAGE", 7)
    await a_day(store, tmp_path / "spool")
    today = Today({"support": Terms(TARGET), "sales": Terms(TARGET)})
    today.only(await store.calls.open_calls("main"))
    await store.todays_calls.count(today, at(8000))
    for cell in await store.service_levels.of(Wish(today.begins(at(8000)), at(9000))):
        found = today.figures(cell.queue)
        assert found is not None
        assert found.day == cell.counts
        assert found.day.offered > 30
