"""``helin simulate day --from-journal`` and the nightly hour of the tiers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import HelinError
from config.recorded_day import Change, recorded
from config.settings import Settings
from config.tiering import until_hour
from crm_store.store import Store
from tests.crm_store.story import abandoned, answered
from tests.crm_store.test_calls import record
from tests.real.databases import sqlite_template, sqlite_url

__all__ = ["sqlite_template", "sqlite_url"]


async def test_a_recorded_day_beside_others(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings.model_validate({"store": {"url": sqlite_url}})
    async with await Store.open(sqlite_url) as store:
        facts = [fact for n in range(9) for fact in answered(f"a{n}", begin=n * 10)]
        await record(store, tmp_path / "spool", [*facts, *abandoned("b", begin=30)])
    done = await recorded(settings, "2026-11-24", "Europe/Tallinn", ["rules", "fifo"], Change(agents=2, target=10))
    assert list(done) == ["recorded", "rules", "fifo"]
    assert (done["recorded"]["answered"], done["recorded"]["abandoned"]) == (9, 1)
    assert done["rules"]["offered"] == 10
    for day, agents, says in (
        ("soon", 0, "write a day like"),
        ("2026-11-25", 0, "no call came in"),
        ("2026-11-24", -1, "there were 1 agents"),
    ):  # fmt: skip
        with pytest.raises(HelinError, match=says):
            await recorded(settings, day, "UTC", ["rules"], Change(agents=agents))


def test_the_next_time_it_is_this_hour() -> None:
    at = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert (until_hour(2, at), until_hour(1, at)) == (1800, 84_600)
