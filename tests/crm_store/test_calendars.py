"""Calendars in the store: written as people write them, refused in one sentence, an emergency beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crm_store.calendars import CalendarFile, ExceptionDay, calendar_version, file_of
from crm_store.errors import Conflict, Refused
from crm_store.public_holidays import holidays_of
from crm_store.store import Store
from routing.calendars import Emergency
from tests.crm_store.story import at

SHOP = CalendarFile(
    name="shop",
    time_zone="Europe/Tallinn",
    queues=("sales", "support"),
    hours={"monday": ("09:00-12:00", "13:00-17:00")},
    country="EE",
    exceptions=(ExceptionDay(date=date(2026, 12, 31), hours=("09:00-13:00",), name="Uusaasta eel"),),
    closed_queue="reception",
)


@pytest.fixture
async def with_queues(store: Store) -> Store:
    await store.queues.put("support")
    await store.queues.put("sales")
    return store


async def test_the_same_calendar_again_changes_nothing(with_queues: Store) -> None:
    made = await with_queues.calendars.put(SHOP)
    assert "name" in made.changed
    assert (await with_queues.calendars.put(SHOP)).changed == ()
    changed = await with_queues.calendars.put(replace(SHOP, closing_minutes=5), calendar_version(made.value))
    assert changed.changed == ("closing_minutes",)
    kept = await with_queues.calendars.by_name("shop")
    assert kept == changed.value
    assert file_of(kept) == replace(SHOP, closing_minutes=5)
    assert (await with_queues.directory()).calendars == (kept,)
    with pytest.raises(Conflict, match="somebody else has changed"):
        await with_queues.calendars.put(SHOP, calendar_version(made.value))
    assert await with_queues.calendars.remove("shop")
    assert await with_queues.calendars.all() == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hours": {}, "exceptions": ()}, "never open"),
        ({"hours": {"Montag": ("09:00-17:00",)}}, "'Montag' is no weekday"),
        ({"hours": {"monday": ("17:00-09:00",)}}, "monday: '17:00-09:00' closes before it opens"),
        ({"time_zone": "Tallinn"}, "a name like Europe/Tallinn"),
        ({"country": "Eesti"}, "two capital letters"),
        ({"country": "XX"}, "no public holidays are known for 'XX'"),
        ({"region": "CA"}, "EE has no region 'CA'"),
        ({"queues": ("nosuch",)}, "there is no queue nosuch"),
        ({"overflow_queue": "a,b"}, "no queue's name"),
        ({"overflow_queue": "sales"}, "round in a circle"),
        ({"late_sound": "../x"}, "no sound's name"),
    ],
)
async def test_what_cannot_be_is_refused(with_queues: Store, change: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        await with_queues.calendars.put(replace(SHOP, **change))  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert await with_queues.calendars.all() == ()


async def test_a_queue_moves_from_one_calendar_to_another_in_one_step(with_queues: Store) -> None:
    await with_queues.calendars.put(SHOP)
    night = replace(SHOP, name="night", queues=("sales",))
    with pytest.raises(Refused, match="sales lives by calendar shop already"):
        await with_queues.calendars.put(night)
    moved = await with_queues.calendars.put_some([night, replace(SHOP, queues=("support",))])
    assert moved["shop"] == ("queues",)


async def test_an_emergency_stays_when_the_calendar_is_changed(with_queues: Store) -> None:
    await with_queues.calendars.put(SHOP)
    alarm = Emergency(at(0), at(3600), "chief")
    assert (await with_queues.calendars.alarm("shop", alarm)).emergency == alarm  # type: ignore[union-attr]
    changed = await with_queues.calendars.put(replace(SHOP, closing_minutes=5))
    assert changed.value.emergency == alarm
    with pytest.raises(Refused, match="within seven days"):
        await with_queues.calendars.alarm("shop", replace(alarm, until=at(0) + timedelta(days=8)))
    assert (await with_queues.calendars.alarm("shop", None)).emergency is None  # type: ignore[union-attr]
    assert await with_queues.calendars.alarm("nosuch", alarm) is None


def test_holidays_have_the_names_that_people_there_use() -> None:
    assert holidays_of("EE", "", 2026)[date(2026, 2, 24)] == "iseseisvuspäev"
    assert date(2026, 7, 4) in holidays_of("US", "CA", 2026)
    assert holidays_of("XX", "", 2026) == {}
