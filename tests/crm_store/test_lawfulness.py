"""What the store knows of a number when the law is asked, with as many queries for one lead as for a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from crm_store.lawfulness import QUERIES
from crm_store.records import ContactFields
from crm_store.store import Store
from tests.crm_store.campaign_rows import NOW, add_attempt, add_campaign, add_lead

HOUR = timedelta(hours=1)


async def codes(store: Store, campaign: str, *leads: str, **more: Any) -> list[str]:
    return [each.verdict.code for each in await store.lawfulness.judged(campaign, leads, NOW, **more)]


async def test_every_number_of_a_lead_is_judged_in_its_order(store: Store) -> None:
    campaign = await add_campaign(store)
    lead = await add_lead(store, campaign, "+3725550001", "+12125551234", "+3729001234")
    judged = await store.lawfulness.judged(campaign, [lead], NOW)
    assert [(each.n, each.number, each.verdict.code) for each in judged] == [
        (0, "+3725550001", "allowed"), (1, "+12125551234", "country"), (2, "+3729001234", "kind"),
    ]  # fmt: skip
    assert judged[0].verdict.proof["local"] == {"Europe/Tallinn": "2026-11-27T14:00:00+02:00"}
    assert judged[0].verdict.proof["profile"]["key"] == "EE"
    assert await store.lawfulness.judged("999", [lead], NOW) == ()
    assert await store.lawfulness.judged(campaign, ["999", "x"], NOW) == ()


async def test_do_not_call_while_it_rings_stops_the_next_attempt(store: Store) -> None:
    campaign = await add_campaign(store)
    lead = await add_lead(store, campaign, "+3725550001", "+3725550002")
    await add_attempt(store, campaign, lead, "+3725550001", NOW - HOUR, outcome=None)
    assert await codes(store, campaign, lead) == ["under_way", "under_way"]
    await store.do_not_call.add("+3725550001", "marketing", "agent1", None, NOW)
    assert (await codes(store, campaign, lead))[0] == "do_not_call"


async def test_attempts_of_all_campaigns_count_for_a_number(store: Store) -> None:
    one, other = await add_campaign(store), await add_campaign(store, "winter")
    lead, theirs = await add_lead(store, one, "+3725550001"), await add_lead(store, other, "+3725550001")
    for hours in (20, 10, 5):
        await add_attempt(store, other, theirs, "+3725550001", NOW - hours * HOUR)
    (judged,) = await store.lawfulness.judged(one, [lead], NOW)
    assert (judged.verdict.code, judged.verdict.not_before) == ("number_24_hours", NOW + 4 * HOUR)


async def test_a_campaign_may_be_stricter_than_the_law_and_not_looser(store: Store) -> None:
    strict = await add_campaign(store, settings={"attempts": 1})
    lead = await add_lead(store, strict, "+3725550001")
    await add_attempt(store, strict, lead, "+3725550001", NOW - 30 * HOUR)
    assert await codes(store, strict, lead) == ["lead_attempts"]


async def test_where_the_owner_lives_counts_beside_where_the_number_lies(store: Store) -> None:
    campaign = await add_campaign(store)
    abroad = await add_lead(store, campaign, "+3725550001", time_zone="America/Los_Angeles")
    await store.contacts.add(ContactFields(name="Jaan", numbers=("+3725550002",), time_zone="Asia/Tokyo"))
    moved = await add_lead(store, campaign, "+3725550002")
    assert await codes(store, campaign, abroad, moved) == ["hours", "hours"]


async def test_an_agent_who_waits_may_call_what_was_abandoned(store: Store, tmp_path: Path) -> None:
    more = {"profile": "UK", "caller_number": "+442071230000"}
    campaign = await add_campaign(store, **more)
    listed = tmp_path / "tps.txt"
    listed.write_text("02071239999\n")
    for name in ("uk-tps", "uk-ctps"):
        await store.suppressions.import_list(listed, name, date(2026, 11, 20), "admin", NOW, country="GB")
    lead = await add_lead(store, campaign, "+442071234567", consent=None)
    await add_attempt(store, campaign, lead, "+442071234567", NOW - 30 * HOUR, outcome="abandoned")
    assert await codes(store, campaign, lead) == ["abandoned"]
    assert await codes(store, campaign, lead, sure_agent=True) == ["allowed"]


@pytest.mark.parametrize(
    ("consent", "code"),
    [
        (None, "consent"),
        ({"basis": "because", "at": "2026-05-01", "text": "x"}, "consent"),
        ({"basis": "consent", "at": "some day", "text": "x"}, "consent"),
        ({"basis": "legitimate_interest", "at": "2026-05-01T12:00:00Z", "text": "A customer of ours."}, "allowed"),
        ({"basis": "consent", "at": "2026-05-01", "text": "x", "withdrawn_at": "whenever"}, "consent_withdrawn"),
    ],
)
async def test_consent(store: Store, consent: dict[str, str] | None, code: str) -> None:
    campaign = await add_campaign(store)
    assert await codes(store, campaign, await add_lead(store, campaign, "+3725550001", consent=consent)) == [code]


async def test_an_unknown_profile_dials_nobody(store: Store) -> None:
    campaign = await add_campaign(store, profile="FR")
    assert await codes(store, campaign, await add_lead(store, campaign, "+3725550001")) == ["profile"]
    assert [each.field for each in await store.lawfulness.faults(campaign, NOW)] == ["profile"]


async def test_what_stands_against_a_start(store: Store) -> None:
    campaign = await add_campaign(
        store, profile="UK", mode="predictive", caller_number=None, company=None, settings={"legal_sound": ""}
    )
    found = await store.lawfulness.faults(campaign, NOW)
    assert [each.field for each in found] == ["caller_number", "reason", "lists", "lists", "company"]
    assert all(each.why.endswith(".") for each in found)
    assert await store.lawfulness.faults(await add_campaign(store, "fine"), NOW) == ()


async def test_as_many_queries_for_a_thousand_leads_as_for_one(store: Store) -> None:
    campaign = await add_campaign(store)
    leads = [await add_lead(store, campaign, f"+372555{n:04}", f"+372556{n:04}") for n in range(150)]
    with queries() as one:
        await store.lawfulness.judged(campaign, leads[:1], NOW)
    with queries() as many:
        judged = await store.lawfulness.judged(campaign, leads, NOW)
    assert len(judged) == 300
    assert len(one) == len(many) == QUERIES


@contextmanager
def queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
