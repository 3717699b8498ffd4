"""Attempts: counted before anything leaves, begun once, ended once, and never against the law of the last moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from crm_store.attempts import Answered, NewAttempt, NextTry, NotBegun
from crm_store.campaign_schema import attempts, campaigns, dial_lists, lead_numbers, leads
from crm_store.schema import dispositions, tasks
from crm_store.store import Store
from crm_store.wrap_ups import Next, WrapUp
from routing.attempts import Course
from routing.facts import CallArrived
from routing.story import fold

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NUMBER = "+37255500001"
CONSENT = {"basis": "consent", "at": "2026-01-01T00:00:00Z", "text": "yes", "by": "web"}


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
async def new(store: Store) -> NewAttempt:
    """What may be begun: one lead of a running campaign."""
    stamps: dict[str, Any] = {"created_at": NOW, "changed_at": NOW}
    campaign = {"name": "spring", "queue": "sales", "mode": "progressive", "state": "running", "profile": "EE"}
    campaign |= {"caller_number": "+3726001234", "company": "Kontor OÜ", "settings": {"attempts": 3}, **stamps}
    async with store.database.writing() as connection:
        ids = await connection.execute(insert(campaigns).values(campaign).returning(campaigns.c.id))
        of = ids.scalar_one()
        lists = await connection.execute(
            insert(dial_lists).values(campaign_id=of, name="all", imported_at=NOW).returning(dial_lists.c.id)
        )
        lead = {"campaign_id": of, "list_id": lists.scalar_one(), "key": "1", "name": "Jaan", "fields": {"Plan": "S"}}
        lead |= {"state": "open", "next_at": NOW, "consent": CONSENT, **stamps}
        made = (await connection.execute(insert(leads).values(lead).returning(leads.c.id))).scalar_one()
        await connection.execute(insert(lead_numbers).values(lead_id=made, n=0, number=NUMBER))
    channel = "helin-attempt-0000000000000001"
    return NewAttempt(
        channel, "main", str(of), str(lead["list_id"]), str(made), NUMBER, "progressive", NOW, at(5)
    )  # fmt: skip


async def counted(store: Store, lead: str) -> tuple[str, int, int]:
    query = select(leads.c.state, leads.c.attempts, lead_numbers.c.attempts.label("of_number"))
    query = query.join(lead_numbers, lead_numbers.c.lead_id == leads.c.id).where(leads.c.id == int(lead))
    async with store.database.reading() as connection:
        row = (await connection.execute(query)).one()
    return row.state, row.attempts, row.of_number


async def test_it_is_counted_before_it_leaves_and_begun_once(store: Store, new: NewAttempt) -> None:
    id = await store.attempts.begin(new)
    assert await counted(store, new.lead) == ("dialling", 1, 1)
    (one,) = await store.attempts.open("main")
    assert (one.id, one.channel, one.outcome) == (id, new.channel, None)
    assert await store.attempts.open("other") == ()
    for again in (new, replace(new, channel="helin-attempt-0000000000000002")):
        with pytest.raises(NotBegun):
            await store.attempts.begin(again)
    assert await counted(store, new.lead) == ("dialling", 1, 1)


async def test_of_two_who_want_the_lead_at_once_one_gets_it(store: Store, new: NewAttempt) -> None:
    others = [replace(new, channel=f"helin-attempt-{n:016x}") for n in range(4)]
    begun = await asyncio.gather(*map(store.attempts.begin, others), return_exceptions=True)
    assert sum(isinstance(each, str) for each in begun) == 1
    assert {type(each) for each in begun} == {str, NotBegun}
    assert await counted(store, new.lead) == ("dialling", 1, 1)


async def test_what_has_changed_meanwhile_stands_against_it(store: Store, new: NewAttempt) -> None:
    await store.do_not_call.add(NUMBER, "marketing", "boss", None, NOW)
    with pytest.raises(NotBegun) as listed:
        await store.attempts.begin(new)
    assert listed.value.verdict is not None
    assert await counted(store, new.lead) == ("open", 0, 0)
    await store.do_not_call.remove(NUMBER, "marketing")
    with pytest.raises(NotBegun) as night:
        await store.attempts.begin(replace(new, at=at(12 * 3600)))
    assert night.value.verdict is not None
    assert night.value.verdict.not_before is not None
    async with store.database.writing() as connection:
        await connection.execute(update(campaigns).values(state="paused"))
    with pytest.raises(NotBegun, match="does not run"):
        await store.attempts.begin(new)


async def test_a_lead_kept_for_an_agent_is_that_agents(store: Store, new: NewAttempt) -> None:
    await store.leads.reserve(new.lead, "mari", NOW, 60)
    for agent in (None, "jaan"):
        with pytest.raises(NotBegun):
            await store.attempts.begin(replace(new, agent=agent))
    await store.attempts.begin(replace(new, agent="mari"))


async def test_the_first_end_counts_and_persons_are_counted_while_they_talk(store: Store, new: NewAttempt) -> None:
    await store.attempts.begin(new)
    talks = Course("person", at(5), at(5.4), "mari")
    assert await store.attempts.went_on(new.channel, "c1", talks, None)
    assert await counted(store, new.lead) == ("talking", 1, 1)
    assert await store.attempts.answered(new.campaign, NOW) == Answered(1, 0)
    over = replace(talks, outcome="abandoned", ended_at=at(60), cause=16)
    assert await store.attempts.went_on(new.channel, "c1", over, NextTry("done", at(60)))
    assert not await store.attempts.went_on(new.channel, "c1", over, NextTry("open", at(61)))
    one = await store.attempts.of_channel(new.channel)
    assert one is not None
    assert (one.outcome, one.agent, one.call, one.ended_at) == ("person", "mari", "c1", at(60))
    assert await counted(store, new.lead) == ("done", 1, 1)
    assert await store.attempts.open("main") == ()
    assert await store.attempts.answered(new.campaign, at(1)) == Answered(0, 0)


async def test_the_agent_was_there_when_the_end_says_so_not_when_helin_came_back(store: Store, new: NewAttempt) -> None:
    await store.attempts.begin(new)
    late = Course("person", at(5), at(8.4), "mari", estimated=True)
    await store.attempts.went_on(new.channel, "c1", late, None)
    over = replace(late, connected_at=at(5.4), ended_at=at(60), cause=16)
    await store.attempts.went_on(new.channel, "c1", over, NextTry("done", at(60)))
    one = await store.attempts.of_channel(new.channel)
    assert one is not None
    assert (one.answered_at, one.connected_at) == (at(5), at(5.4))


async def test_an_abandoned_one_counts_and_the_lead_waits_for_its_next_try(store: Store, new: NewAttempt) -> None:
    await store.attempts.begin(new)
    course = Course("abandoned", at(5), ended_at=at(12), cause=16)
    await store.attempts.went_on(new.channel, "c1", course, NextTry("open", at(3600), "nobody is there"))
    assert await store.attempts.answered(new.campaign, NOW) == Answered(1, 1)
    assert [each.outcome for each in await store.attempts.tried(new.lead)] == ["abandoned"]
    lead = await store.leads.get(new.lead)
    assert lead is not None
    assert (lead.state, lead.next_at, lead.outcome, lead.numbers[0].bad) == (
        "open", at(3600), "abandoned", "nobody is there",
    )  # fmt: skip


async def test_the_agent_sees_lead_and_script(store: Store, new: NewAttempt) -> None:
    await store.attempts.begin(new)
    shown = await store.attempts.shown(new.channel)
    assert shown is not None
    assert shown["campaign"]["name"] == "spring"
    assert (shown["lead"]["name"], shown["lead"]["fields"], shown["lead"]["number"]) == ("Jaan", {"Plan": "S"}, NUMBER)
    assert await store.attempts.shown("helin-attempt-ffffffffffffffff") is None


async def wrapped_up(store: Store, new: NewAttempt, disposition: str | None, step: Next | None = None) -> Any:
    """The lead's row after an agent has said what came of it, and after the call is over."""
    await store.attempts.begin(new)
    call = fold(None, CallArrived(f"main-{new.channel}", NOW, "main", "outbound", NUMBER, None, None))
    assert call is not None
    wish = WrapUp("agent1", "c1", disposition, None, None, step)
    assert await store.wrap_ups.keep(call, wish, at(60))
    over = Course("person", at(5), at(6), "agent1", at(70))
    await store.attempts.went_on(new.channel, call.id, over, NextTry("done", at(70)))
    async with store.database.reading() as connection:
        lead = (await connection.execute(select(leads).where(leads.c.id == int(new.lead)))).one()
        kept = (await connection.execute(select(attempts.c.disposition))).scalar_one()
    assert (kept, lead.disposition) == (disposition, disposition)
    return lead


@pytest.mark.parametrize(("disposition", "state"), [("sold", "done"), ("nobody", "open"), ("later", "open")])
async def test_what_the_agent_says_settles_the_lead_or_not(
    store: Store, new: NewAttempt, disposition: str, state: str
) -> None:
    """By its outcome class, or by the campaign's own rule for it."""
    tree = [("sold", "sale"), ("nobody", "not_reached"), ("later", "other")]
    rows = [
        {"key": key, "labels": {"en": key}, "outcome": outcome, "queues": [], "position": n, "active": True}
        for n, (key, outcome) in enumerate(tree)
    ]
    async with store.database.writing() as connection:
        await connection.execute(insert(dispositions), rows)
        rule = update(campaigns).values(settings={"attempts": 3, "retry_dispositions": {"later": 90}})
        await connection.execute(rule)
    lead = await wrapped_up(store, new, disposition)
    assert lead.state == state
    if disposition == "later":
        assert lead.next_at == at(60 + 90 * 60)


async def test_a_callback_for_anyone_is_the_campaigns_and_ones_own_is_a_task(store: Store, new: NewAttempt) -> None:
    due = at(7200)
    lead = await wrapped_up(store, new, None, Next("callback", due, None, None))
    assert (lead.state, lead.next_at, lead.callback_for) == ("callback", due, None)
    async with store.database.reading() as connection:
        assert (await connection.execute(select(tasks.c.id))).first() is None


async def test_a_callback_that_agents_keep_for_themselves_is_not_dialled_by_the_campaign(
    store: Store, new: NewAttempt
) -> None:
    await store.users.put("agent1", name="Agent One", role="agent", password_hash="x")
    lead = await wrapped_up(store, new, "sold", Next("callback", at(7200), "Call", "agent1"))
    assert lead.state == "done"
    async with store.database.reading() as connection:
        assert (await connection.execute(select(tasks.c.owner))).scalar_one() == "agent1"
