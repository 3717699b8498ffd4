"""The invented customers are the same each time, and they are found when they call."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from crm_store.articles import ArticleFilter
from crm_store.campaign_results import AttemptWish
from crm_store.demo import demo_numbers, fill
from crm_store.demo_campaign import put_campaign
from crm_store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_invents_people_with_a_past_once(store: Store) -> None:
    assert await fill(store, 120, seed=3, now=NOW) == 120
    assert await fill(store, 120, seed=3, now=NOW) == 0
    numbers = demo_numbers(120)
    assert numbers[0] == "+37255501000"
    found = [await store.look_up(number) for number in numbers]
    assert all(each.contacts for each in found)
    assert sum(len(each.contacts) > 1 for each in found) == 3
    pops = [json.loads(each.pop) for each in found]
    assert len([pop for pop in pops if pop["history"]]) > 80
    assert {each.tier for each in found} == {"A", "B", "C", None}
    assert {contact["language"] for pop in pops for contact in pop["contacts"]} == {"et", "en", "ru"}
    people = [contact for pop in pops for contact in pop["contacts"]]
    for part in ("tickets", "orders", "owns", "promises"):
        assert any(contact[part] for contact in people), part
    assert all(contact["open_tickets"] >= len(contact["tickets"]) for contact in people)
    assert {one.language for one in (await store.articles.page(ArticleFilter())).items} == {"et", "en", "ru"}
    assert max(event["at"] for pop in pops for event in pop["history"]) <= "2026-11-24T12"


async def test_the_same_seed_makes_the_same_people(store: Store) -> None:
    await fill(store, 30, seed=7, now=NOW)
    names = [contact.name for contact in (await store.contacts.search(limit=30)).items]
    for contact in (await store.contacts.search(limit=30)).items:
        await store.contacts.remove(contact.id)
    await fill(store, 30, seed=7, now=NOW)
    assert [contact.name for contact in (await store.contacts.search(limit=30)).items] == names


async def test_a_campaign_half_worked_through_that_dials_nobody(store: Store) -> None:
    await store.users.put("agent1", "Agent", "agent", password_hash="x")
    await store.queues.put("campaign", mode="direct", agents=["agent1"])
    await fill(store, 120, seed=3, now=NOW)
    for _ in range(2):
        await put_campaign(store, "campaign", ["agent1"], NOW)
    (one,) = (await store.campaigns.page()).items
    assert (one.state, await store.campaigns.faults(one, NOW)) == ("paused", ())
    (result,) = await store.results.of(one)
    assert (result.leads, result.attempts) == (120, 90)
    assert 0 < result.sales < result.connected < result.attempts
    assert len({attempt.outcome for attempt in (await store.results.attempts(one.id, AttemptWish())).items}) > 3
    assert await store.attempts.open("main") == ()
    assert (await store.previews.of(one, NOW)).judged == 120
