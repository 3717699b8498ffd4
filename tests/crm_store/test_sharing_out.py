"""Leads shared out among agents, and lists that are a search over contacts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm_store.campaigns import Campaign
from crm_store.errors import Refused
from crm_store.leads import LeadFilter
from crm_store.orders import OrderLine
from crm_store.sharing_out import shares
from crm_store.store import Store
from tests.crm_store.test_leads import listed

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@given(some.dictionaries(some.text("abcdef", min_size=1), some.integers(0, 50), min_size=1), some.integers(0, 300))
def test_in_the_end_all_have_alike(in_hand: dict[str, int], free: int) -> None:
    got = shares(in_hand, free)
    assert sum(got.values()) == free
    end = {agent: has + got[agent] for agent, has in in_hand.items()}
    assert max(end.values()) - min(end.values()) <= max(1, max(in_hand.values()) - min(end.values()))
    assert all(not got[agent] for agent, has in in_hand.items() if has > min(end.values()) + 1)


def test_nobody_gets_more_than_the_quota() -> None:
    assert shares({"a": 3, "b": 0, "c": 0}, 10, {"a": 2, "b": 4}) == {"a": 0, "b": 4, "c": 0}
    assert shares({"a": 0, "b": 0}, 5, {"a": 4, "b": 4}) == {"a": 4, "b": 1}


async def campaign_of(store: Store, **settings: Any) -> Campaign:
    for login in ("jaan", "mari"):
        await store.users.put(login, login.title(), "agent", password_hash="x" * 20)
    await store.queues.put("sales", mode="direct", agents=["jaan", "mari"])
    fields: Any = {"name": "autumn", "queue": "sales", "mode": "preview", "profile": "EE", "settings": settings}
    return await store.campaigns.add(fields, "boss", NOW)


async def test_leads_are_dealt_in_turn(store: Store) -> None:
    campaign = await campaign_of(store, share="equally")
    await listed(store, campaign, "one", [{"name": f"n{n}", "rank": -n} for n in range(5)] + [
        {"name": "had", "owner": "jaan"}, {"name": "over", "state": "done"},
    ])  # fmt: skip
    assert await store.sharing_out.share(campaign, NOW) == {"jaan": 2, "mari": 3}
    assert await store.sharing_out.share(campaign, NOW) == {}
    page = await store.leads.page(campaign.id, LeadFilter(owner="jaan"))
    assert [lead.name for lead in page.items] == ["n0", "n2", "had"]
    first = await store.sharing_out.take(campaign, "mari", NOW)
    second = await store.sharing_out.take(campaign, "mari", NOW)
    assert first is not None
    assert second is not None
    assert [(one.name, one.reserved_by) for one in (first, second)] == [("n1", "mari"), ("n3", "mari")]


async def test_a_segment_grows_while_the_campaign_runs(store: Store) -> None:
    campaign = await campaign_of(store)
    rule = {"language": "et", "not_bought": "Phone", "last_contact_days": 30}
    made = await store.dial_lists.add(campaign.id, {"name": "quiet", "segment": rule}, NOW)
    assert made.segment == {"language": ["et"], "not_bought": "Phone", "last_contact_days": 30}
    people = {}
    for n, (name, language) in enumerate(
        [("Mari", "et"), ("Ivan", "ru"), ("Jaan", "et"), ("Tiit", "et"), ("No", "et")]
    ):
        numbers = [f"5550 100{n}"] if name != "No" else []
        people[name] = await store.contacts.add({"name": name, "language": language, "numbers": numbers})
    await store.orders.add(people["Jaan"].id, "boss", [OrderLine("Phone", 1, 100)], {})
    await store.interactions.add(people["Tiit"].id, "note", NOW - timedelta(days=3), None, "mari", None, "Hello")
    assert await store.segments.count(rule, NOW) == 1
    assert await store.segments.refresh(campaign.id, NOW) == 1
    assert await store.segments.refresh(campaign.id, NOW) == 0
    later = NOW + timedelta(days=28)
    assert await store.segments.refresh(campaign.id, later) == 1
    found = (await store.leads.page(campaign.id, LeadFilter())).items
    assert [(lead.name, lead.contact_id, lead.numbers[0].number) for lead in found] == [
        ("Mari", people["Mari"].id, "+37255501000"),
        ("Tiit", people["Tiit"].id, "+37255501003"),
    ]
    assert (await store.dial_lists.of(campaign.id))[0].states == {"open": 2}
    off = await store.dial_lists.change(made.id, {"active": False})
    assert off is not None
    assert (off.active, off.version) == (False, 4)
    assert await store.leads.next_leads(campaign.id, later, 5) == ()


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({}, "a segment is a table with one or more of tier"),
        ({"colour": "red"}, "a segment has no 'colour'"),
        ({"tier": "Z"}, "tier must be one of A, B, C"),
        ({"last_contact_before": "soon"}, "must be a date"),
        ({"last_contact_days": 0}, "must be a whole number"),
    ],
)
async def test_what_is_no_segment_is_refused(store: Store, rule: Any, why: str) -> None:
    campaign = await campaign_of(store)
    with pytest.raises(Refused, match=why):
        await store.dial_lists.add(campaign.id, {"name": "x", "segment": rule}, NOW)
