"""Who is called next, and that of two who are equally fast only one gets a lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from crm_store.campaign_schema import dial_lists, lead_numbers, leads
from crm_store.campaign_settings import CampaignSettings
from crm_store.campaigns import Campaign
from crm_store.leads import Lead, LeadFilter
from crm_store.store import Store

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def campaign(store: Store) -> Campaign:
    given: Any = {"name": "autumn", "queue": "sales", "mode": "preview", "profile": "EE"}
    return await store.campaigns.add(given, "boss", NOW)


async def listed(store: Store, campaign: Campaign, name: str, some: Sequence[dict[str, Any]]) -> list[str]:
    """The leads' ids."""
    row = {"campaign_id": int(campaign.id), "name": name, "imported_at": NOW}
    ids = []
    async with store.database.writing() as connection:
        made = await connection.execute(insert(dial_lists).values(**row).returning(dial_lists.c.id))
        list_id = made.scalar_one()
        for n, given in enumerate(some):
            usual = {"campaign_id": int(campaign.id), "list_id": list_id, "key": str(n), "fields": {}, "state": "open"}
            stamps = {"next_at": NOW, "created_at": NOW, "changed_at": NOW}
            statement = insert(leads).values(**{**usual, **stamps, **given}).returning(leads.c.id)
            id = (await connection.execute(statement)).scalar_one()
            await connection.execute(insert(lead_numbers).values(lead_id=id, n=0, number=f"+3725550{id:04}"))
            ids.append(str(id))
    return ids


def names(found: Sequence[Lead]) -> list[str]:
    return [lead.name for lead in found]


async def test_callbacks_first_then_by_rank_the_longest_due_first(store: Store, campaign: Campaign) -> None:
    await listed(
        store,
        campaign,
        "one",
        [
            {"name": "late", "next_at": NOW - HOUR},
            {"name": "later", "next_at": NOW - 2 * HOUR},
            {"name": "not yet", "next_at": NOW + HOUR, "rank": 9},
            {"name": "dear", "rank": 5},
            {"name": "over", "state": "done", "rank": 9},
            {"name": "promised", "state": "callback", "rank": -5},
            {"name": "Mari's", "owner": "mari"},
            {"name": "promised by Mari", "state": "callback", "callback_for": "mari"},
            {"name": "was shown", "state": "reserved", "reserved_by": "jaan", "reserved_until": NOW - HOUR, "rank": 1},
            {"name": "is shown", "state": "reserved", "reserved_by": "jaan", "reserved_until": NOW + HOUR},
        ],
    )
    await listed(store, campaign, "two", [{"name": "between", "next_at": NOW - 1.5 * HOUR}])
    (off,) = await listed(store, campaign, "off", [{"name": "of a list that is off", "rank": 99}])
    async with store.database.writing() as connection:
        lead = await store.leads.get(off)
        assert lead is not None
        await connection.execute(update(dial_lists).where(dial_lists.c.id == int(lead.list_id)).values(active=False))
    due = await store.leads.next_leads(campaign.id, NOW, 20)
    assert names(due) == ["promised", "was shown", "dear", "later", "between", "late"]
    assert due[0].numbers[0].number.startswith("+3725550")
    assert names(await store.leads.next_leads(campaign.id, NOW, 4)) == ["promised", "was shown", "dear", "later"]
    marie = await store.leads.next_leads(campaign.id, NOW, 4, agent="mari")
    assert names(marie) == ["promised by Mari", "promised", "Mari's", "was shown"]
    page = await store.leads.page(campaign.id, LeadFilter(state="open"), limit=2)
    assert names(page.items) == ["late", "later"]
    assert names((await store.leads.page(campaign.id, LeadFilter(state="open"), page.next)).items)[0] == "not yet"


async def test_one_lead_is_shown_to_one_agent_and_comes_back_by_itself(store: Store, campaign: Campaign) -> None:
    one, promised = await listed(
        store,
        campaign,
        "one",
        [{"name": "one"}, {"name": "promised", "state": "callback", "callback_until": NOW + HOUR}],
    )
    mine = await store.leads.reserve(one, "mari", NOW, 60)
    assert mine is not None
    assert (mine.state, mine.reserved_by, mine.reserved_until) == ("reserved", "mari", NOW + timedelta(seconds=60))
    assert await store.leads.reserve(one, "jaan", NOW, 60) is None
    assert await store.leads.release(one, "jaan", NOW) is None
    assert await store.leads.reserve(one, "mari", NOW + timedelta(seconds=50), 60) is not None
    assert await store.leads.reserve(one, "jaan", NOW + timedelta(seconds=110), 60) is not None
    free = await store.leads.release(one, "jaan", NOW)
    assert free is not None
    assert (free.state, free.reserved_by) == ("open", None)
    await store.leads.reserve(promised, "mari", NOW, 60)
    back = await store.leads.release(promised, "mari", NOW)
    assert back is not None
    assert back.state == "callback"
    await store.leads.reserve(promised, "mari", NOW, 60)
    assert await store.leads.tidy(campaign.id, CampaignSettings(), NOW + timedelta(seconds=61)) == 1
    again = await store.leads.get(promised)
    assert again is not None
    assert (again.state, again.reserved_by) == ("callback", None)


async def test_callbacks_pass_on_and_expire_and_leads_are_recycled(store: Store, campaign: Campaign) -> None:
    one, two, sold = await listed(
        store,
        campaign,
        "one",
        [{"name": "one"}, {"name": "two", "state": "done", "disposition": "away"}, {"name": "sold", "state": "done"}],
    )
    rules = CampaignSettings(callback_mine_minutes=30, callback_hours=2, recycle={"away": 3}, recycle_times=1)
    promised = await store.leads.call_back(one, NOW + HOUR, "mari", rules, NOW)
    assert promised is not None
    assert (promised.state, promised.callback_for, promised.callback_until) == ("callback", "mari", NOW + 3 * HOUR)
    assert await store.leads.tidy(campaign.id, rules, NOW + 1.4 * HOUR) == 0
    assert await store.leads.tidy(campaign.id, rules, NOW + 1.5 * HOUR) == 1
    assert names(await store.leads.next_leads(campaign.id, NOW + 1.5 * HOUR, 5, agent="jaan")) == ["one"]
    assert await store.leads.tidy(campaign.id, rules, NOW + 3 * HOUR) == 1
    assert await store.leads.recycle(campaign.id, rules, NOW + 2.9 * HOUR) == 0
    assert await store.leads.recycle(campaign.id, rules, NOW + 3 * HOUR) == 1
    found = {lead.name: lead for lead in (await store.leads.page(campaign.id, LeadFilter())).items}
    assert [found[name].state for name in ("one", "two", "sold")] == ["open", "open", "done"]
    assert (found["two"].recycled, sold) == (1, found["sold"].id)
    assert await store.leads.skip(two, NOW) is not None
    assert await store.leads.skip(sold, NOW) is None


async def test_leads_are_handed_over_with_their_callbacks(store: Store, campaign: Campaign) -> None:
    ids = await listed(
        store,
        campaign,
        "one",
        [
            {"name": "open", "owner": "mari"},
            {"name": "promised", "owner": "mari", "state": "callback", "callback_for": "mari"},
            {"name": "over", "owner": "mari", "state": "done"},
        ],
    )
    assert await store.leads.hand_over(campaign.id, "mari", "jaan", NOW) == 2
    assert names(await store.leads.next_leads(campaign.id, NOW, 5, agent="jaan")) == ["promised", "open"]
    assert await store.leads.own([*ids, "no id"], None, NOW) == 3
    assert names(await store.leads.next_leads(campaign.id, NOW, 5)) == ["promised", "open"]
