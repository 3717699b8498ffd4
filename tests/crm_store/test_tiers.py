"""Tiers from orders: how recently, how often, for how much; and a tier that was set by hand stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from crm_store.errors import Refused
from crm_store.orders import OrderLine
from crm_store.store import Store

NOW = datetime.now(UTC)


async def buy(store: Store, contact: str, cents: int, days: float = 1, **more: Any) -> None:
    await store.orders.add(
        contact, "anna", [OrderLine("Line", 1, cents / 100)], {"at": NOW - timedelta(days=days), **more}
    )


async def person(store: Store, name: str, **more: Any) -> str:
    return (await store.contacts.add({"name": name, **more})).id


async def tier(store: Store, contact: str) -> tuple[str | None, str | None]:
    found = await store.contacts.get(contact)
    assert found is not None
    return found.tier, found.tier_by


@pytest.mark.parametrize(("bought", "made"), [
    ([], None),
    ([(1, 5000)], "C"),  # 3 + 1 + 1
    ([(1, 5000), (2, 5000)], "B"),  # 3 + 2 + 1
    ([(100, 100_000), (200, 100_000)], "B"),  # 2 + 2 + 3
    ([(1, 100_000), (400, 100_000)], "A"),  # 3 + 2 + 3
    ([(500, 300_000)], "C"),  # 1 + 1 + 3
    ([(900, 1_000_000)], None),  # too long ago to count
])  # fmt: skip
async def test_recency_frequency_and_money(store: Store, bought: list[tuple[float, int]], made: str | None) -> None:
    contact = await person(store, "Mari", numbers=["+37255501000"])
    for days, cents in bought:
        await buy(store, contact, cents, days)
    assert (await tier(store, contact))[0] == made
    assert (await store.look_up("+37255501000")).tier == made
    done = await store.tiers.reckon(NOW + timedelta(seconds=1))
    assert (done.changed, sum(done.have.values())) == (0, 0 if made is None else 1)


async def test_an_account_s_tier_is_of_all_its_people_and_cancelled_orders_do_not_count(store: Store) -> None:
    mari = await person(store, "Mari", account="Vaskjala Puit", numbers=["+37255501000"])
    jaan = await person(store, "Jaan", account="Vaskjala Puit")
    await buy(store, mari, 100_000)
    assert await tier(store, jaan) == ("B", "orders")
    await buy(store, jaan, 100_000)
    assert await tier(store, mari) == ("A", "orders")
    order = (await store.orders.page(jaan)).items[0]
    await store.orders.change(order.id, {"status": "cancelled"})
    assert await tier(store, mari) == ("B", "orders")
    await buy(store, jaan, 1_000_000, currency="SEK")
    assert await tier(store, mari) == ("B", "orders"), "other money counts for how often only: 3 + 2 + 2"
    assert (await store.look_up("+37255501000")).tier == "B"
    await store.contacts.change(mari, {"account": None})
    await store.tiers.reckon(NOW + timedelta(seconds=1))
    assert (await tier(store, mari), await tier(store, jaan)) == (("B", "orders"), ("C", "orders"))


async def test_a_tier_set_by_hand_stays_until_it_is_taken_back(store: Store) -> None:
    mari = await person(store, "Mari", account="Vaskjala Puit")
    jaan = await person(store, "Jaan")
    await store.accounts.put("Vaskjala Puit", "A")
    assert await store.tiers.set(jaan, "B")
    for contact in (mari, jaan):
        await buy(store, contact, 100)
    await store.tiers.reckon(NOW + timedelta(days=1))
    assert (await tier(store, mari), await tier(store, jaan)) == (("A", "hand"), ("B", "hand"))
    for contact in (mari, jaan):
        assert await store.tiers.set(contact, None)
    assert (await tier(store, mari), await tier(store, jaan)) == (("C", "orders"), ("C", "orders"))
    assert not await store.tiers.set("999", "A")
    with pytest.raises(Refused, match="tier must be one of"):
        await store.tiers.set(mari, "D")


async def test_time_alone_lowers_a_tier_in_the_nightly_run(store: Store) -> None:
    mari = await person(store, "Mari")
    await buy(store, mari, 250_000)
    await buy(store, mari, 250_000)
    assert await tier(store, mari) == ("A", "orders")
    seen: list[tuple[int, int]] = []
    done = await store.tiers.reckon(NOW + timedelta(days=120), lambda *each: seen.append(each))
    assert (done.changed, done.have, seen[-1][0] == seen[-1][1]) == (1, {"A": 0, "B": 1, "C": 0}, True)
    await store.tiers.reckon(NOW + timedelta(days=1000))
    assert (await tier(store, mari))[0] is None


async def test_an_order_costs_two_statements_more_however_many_there_are(store: Store) -> None:
    mari, said = await person(store, "Mari", account="Vaskjala Puit"), []
    engine = store.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _, __, sql, *___: said.append(str(sql).split()[0]))
    for _ in range(3):
        said.clear()
        await buy(store, mari, 100)
        assert said.count("UPDATE") == 2
