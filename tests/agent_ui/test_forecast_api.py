"""The forecast over HTTP, from calls that were recorded, with a day on which the shop is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent_ui.board import Board
from agent_ui.http.routes import PREFIX
from agent_ui.looking import Looking
from crm_store.calendars import CalendarFile, ExceptionDay
from routing.calendars import WEEKDAYS
from routing.events import Directory, QueuePlan
from routing.picture import Picture
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import BEGIN, abandoned
from tests.crm_store.test_calls import record

__all__ = ["site"]

TALLINN = ZoneInfo("Europe/Tallinn")
PATH = f"{PREFIX}/queues/sales/forecast"


async def call_each_day(site: Site, folder: Path, days: int) -> None:
    """Five calls in the half hour from 10:00 of each day, by Tallinn's clock, until yesterday."""
    await site.store.queues.put("sales", target_seconds=20)
    today = datetime.now(TALLINN).replace(hour=10, minute=0, second=0, microsecond=0)
    facts = []
    for back in range(1, days + 1):
        ten = ((today - timedelta(days=back)).astimezone(UTC) - BEGIN).total_seconds()
        facts += [fact for n in range(5) for fact in abandoned(f"{back}-{n}", begin=ten + 60 + 300 * n)]
    await record(site.store, folder, facts)


async def test_what_comes_each_day_at_ten_is_told_for_the_days_to_come(site: Site, tmp_path: Path) -> None:
    await call_each_day(site, tmp_path / "spool", 30)
    closed = datetime.now(TALLINN).date() + timedelta(days=2)
    hours = dict.fromkeys(WEEKDAYS, ("09:00-17:00",))
    exceptions = (ExceptionDay(date=closed, name="Inventory"),)
    await site.store.calendars.put(
        CalendarFile(name="shop", time_zone="Europe/Tallinn", queues=("sales",), hours=hours, exceptions=exceptions)
    )
    chief = await site.token("supervisor")
    status, said = await site.ask("GET", f"{PATH}?days=4&time_zone=Europe/Tallinn", chief)
    assert (status, said["ready"], said["time_zone"]) == (200, True, "Europe/Tallinn")
    told = {}
    for one in said["items"]:
        there = datetime.fromisoformat(one["at"]).astimezone(TALLINN)
        told[there.date(), there.hour * 2 + there.minute // 30] = one
    for day in range(4):
        one = told[closed + timedelta(days=day - 2), 20]
        expected = 0 if day == 2 else 5
        assert one["calls"] == pytest.approx(expected, abs=0.6)
        assert (one["special"], one["open"]) == (("Inventory", False) if day == 2 else ("", True))
        assert (one["agents"] > 0) == (day != 2)
        assert one["low"] <= expected <= one["high"]
    assert sum(one["calls"] for one in said["items"]) == pytest.approx(15, abs=2)
    accuracy = said["accuracy"]
    assert (accuracy["weeks"], accuracy["calls"]) == (2, 70)
    assert accuracy["wape"] < 0.1
    assert accuracy["naive_wape"] == 0, "each day is like the other"


async def test_the_look_ahead_learns_the_forecast(site: Site, tmp_path: Path) -> None:
    await call_each_day(site, tmp_path / "spool", 21)
    looking = Looking(Board(Picture(), Directory(queues=(QueuePlan("sales"),))))
    ten = datetime.now(TALLINN).replace(hour=10, minute=5, second=0, microsecond=0).astimezone(UTC)
    await looking.learn(site.store, ten)
    forecast = dict(looking.habits["sales"].forecast)
    assert forecast[ten - timedelta(minutes=5)] == pytest.approx(5, abs=0.5)
    assert looking.habits["sales"].patience == pytest.approx(8.0)
    outlook = (await looking.all(ten))[1]["sales"]
    assert outlook.expected == pytest.approx(5 * 25 / 30, abs=0.5)


async def test_too_little_past_and_what_cannot_be_asked(site: Site, tmp_path: Path) -> None:
    await call_each_day(site, tmp_path / "spool", 5)
    chief = await site.token("supervisor")
    status, said = await site.ask("GET", PATH, chief)
    assert (status, said["ready"], said["items"], said["accuracy"]) == (200, False, [], None)
    assert (await site.ask("GET", f"{PREFIX}/queues/nowhere/forecast", chief))[0] == 404
    wrong = ("days=0", "days=29", "days=x", "weeks=27", "in_time=1", "in_time=a", "date=soon", "date=1999-01-01",
             "time_zone=Moon/Base", "time_zone=../etc", "date=9999-12-31")  # fmt: skip
    for query in wrong:
        status, said = await site.ask("GET", f"{PATH}?{query}", chief)
        assert (status, "\n" in said["detail"]) == (422, False), query
