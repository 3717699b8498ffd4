"""Requests that are no live calls: added once, one holder at a time, nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from crm_store.attachments import Attachment
from crm_store.drafts import of_request
from crm_store.errors import Refused
from crm_store.requests import UNTAKEN, Request, RequestFilter
from crm_store.store import Store
from tests.crm_store.story import at


@pytest.fixture
async def shop(store: Store) -> Store:
    await store.queues.put("support", "assist")
    return store


async def form(shop: Store, subject: str = "Price?", seconds: float = 0, **fields: Any) -> Request:
    return (await shop.requests.add("form", "support", subject, at(seconds), fields)).request


async def taken(shop: Store, agent: str = "anna", seconds: float = 0) -> Request:
    id = (await form(shop, seconds=seconds)).id
    assert await shop.requests.offer(id, agent, 5, at(1))
    made = await shop.requests.move(id, "taken", at(2), was=("offered",), agent_was=agent, agent=agent)
    assert made is not None
    return made


async def test_the_same_thing_is_added_once(shop: Store) -> None:
    both = await asyncio.gather(
        *(shop.requests.add("mail", "support", "Help", at(n), {"text": "…"}, key="mail:<1@x>") for n in range(4))
    )
    assert sorted(each.new for each in both) == [False, False, False, True]
    assert len({each.request.id for each in both}) == 1
    request = both[0].request
    assert (request.state, request.attempts, request.skills, request.details) == ("waiting", 0, {}, {})
    assert await shop.requests.move(request.id, "cancelled", at(9), was=UNTAKEN)
    assert not (await shop.requests.add("mail", "support", "Help", at(10), {}, key="mail:<1@x>")).new


async def test_a_callback_may_come_again_when_it_is_over(shop: Store) -> None:
    first = await shop.requests.add("callback", "support", "Call", at(0), {"number": "55501000"}, key="callback:1")
    assert first.request.number == "+37255501000"
    assert not (await shop.requests.add("callback", "support", "Call", at(1), {}, key="callback:1")).new
    cancelled = await shop.requests.cancel_of("+372 5550 1000", at(2))
    assert [(one.id, one.state, one.ended_at) for one in cancelled] == [(first.request.id, "cancelled", at(2))]
    assert await shop.requests.cancel_of("+372 5550 1000", at(3)) == ()
    assert (await shop.requests.add("callback", "support", "Call", at(4), {}, key="callback:1")).new


async def test_whose_it_is_and_what_they_are_worth(shop: Store) -> None:
    await shop.accounts.put("Big", "A")
    mari = await shop.contacts.add({"name": "Mari", "numbers": ["55501000"], "email": "mari@x.ee", "account": "Big"})
    for fields in ({"number": "5550 1000"}, {"email": "Mari@X.ee"}):
        request = await form(shop, **fields)
        assert (request.contact, request.contact_name, request.tier) == (mari.id, "Mari", "A")
    await shop.contacts.add({"name": "Her twin", "email": "mari@x.ee"})
    assert (await form(shop, email="mari@x.ee")).contact is None
    page = await shop.requests.page(RequestFilter(contact=mari.id), limit=1)
    assert len((await shop.requests.page(RequestFilter(contact=mari.id), page.next)).items) == 1
    assert await shop.contacts.remove(mari.id)
    assert len((await shop.requests.page(RequestFilter())).items) == 1


async def test_one_offer_has_one_taker_however_many_ask(shop: Store) -> None:
    id = (await form(shop)).id
    offers = await asyncio.gather(*(shop.requests.offer(id, f"agent{n}", 2, at(n)) for n in range(5)))
    winners = [one.agent for one in offers if one is not None]
    assert len(winners) == 1
    for agent in ("nobody", winners[0], winners[0]):
        took = await shop.requests.move(id, "taken", at(9), was=("offered",), agent_was=agent, agent=agent)
        assert (took is not None) == (agent == winners[0] and took is not None)
    now = await shop.requests.get(id)
    assert now is not None
    assert (now.state, now.agent, now.attempts) == ("taken", winners[0], 1)


async def test_nobody_gets_more_than_they_may_hold(shop: Store) -> None:
    await shop.users.put("anna", "Anna", "agent", password_hash="x")
    ids = [(await form(shop, seconds=n)).id for n in range(4)]
    offers = await asyncio.gather(*(shop.requests.offer(id, "anna", 2, at(10)) for id in ids))
    first = next(one for one in offers if one is not None)
    assert len([one for one in offers if one is not None]) == 1
    await shop.requests.move(first.id, "taken", at(11), was=("offered",), agent_was="anna", agent="anna")
    second = await shop.requests.offer(next(id for id in ids if id != first.id), "anna", 2, at(12))
    assert second is not None
    await shop.requests.move(second.id, "taken", at(13), was=("offered",), agent_was="anna", agent="anna")
    third = next(id for id in ids if id not in (first.id, second.id))
    assert await shop.requests.offer(third, "anna", 2, at(14)) is None
    assert await shop.requests.offer(third, "bert", 2, at(14)) is not None


async def test_who_comes_back_stands_where_it_stood(shop: Store) -> None:
    first, second = await form(shop, seconds=0), await form(shop, seconds=5)
    assert await shop.requests.offer(first.id, "anna", 2, at(10))
    back = await shop.requests.move(first.id, "waiting", at(20), was=("offered",), agent_was="anna")
    assert back is not None
    assert (back.since, back.agent, back.offered_at, back.attempts) == (at(0), None, None, 1)
    assert [one.id for one in await shop.requests.open()] == [first.id, second.id]
    assert [one.id for one in await shop.requests.changed(at(20))] == [first.id]


async def test_parked_until_a_time_and_expired(shop: Store) -> None:
    request = await taken(shop)
    parked = await shop.requests.move(
        request.id, "parked", at(3), was=("taken",), agent_was="anna", agent="anna", parked_until=at(60)
    )
    assert parked is not None
    late = await form(shop, expires_at=at(50))
    assert await shop.requests.time_up(at(49)) == ()
    assert [(one.id, one.state) for one in await shop.requests.time_up(at(50))] == [(late.id, "expired")]
    assert [(one.id, one.state, one.agent) for one in await shop.requests.time_up(at(60))] == [
        (request.id, "waiting", "anna")
    ]
    assert await shop.requests.time_up(at(61)) == ()


async def test_a_ticket_that_is_due_soon_becomes_a_request_once(shop: Store) -> None:
    mari = (await shop.contacts.add({"name": "Mari"})).id
    hour = timedelta(hours=1)
    ticket = await shop.service_tickets.add(mari, "anna", {"subject": "Slow line", "due_at": at(5_000)})
    await shop.service_tickets.add(mari, "anna", {"subject": "Some day"})
    assert await shop.requests.take_tickets("support", at(0), hour) == 0
    assert await shop.requests.take_tickets("support", at(2_000), hour) == 1
    assert await shop.requests.take_tickets("support", at(2_000), hour) == 0
    (request,) = await shop.requests.open()
    assert (request.kind, request.contact, request.service_ticket, request.due_at, request.since) == (
        "ticket", mari, ticket.id, at(5_000), ticket.created_at,
    )  # fmt: skip
    assert await shop.requests.offer(request.id, "anna", 2, at(2_001))
    await shop.requests.move(request.id, "taken", at(2_002), was=("offered",), agent="anna")
    assert await shop.requests.done(request.id, "anna", at(2_003))
    assert await shop.requests.take_tickets("support", at(2_004), hour) == 0, "done for this due time"
    await shop.service_tickets.change(ticket.id, {"due_at": at(6_000)})
    assert await shop.requests.take_tickets("support", at(2_500), hour) == 1
    await shop.service_tickets.change(ticket.id, {"status": "solved"})
    assert await shop.requests.take_tickets("support", at(2_501), hour) == 0
    assert await shop.requests.open() == ()
    await shop.service_tickets.change(ticket.id, {"status": "open"})
    with pytest.raises(Refused):
        await shop.requests.take_tickets("nowhere", at(2_502), hour)


async def test_what_was_done_is_the_contact_s_history(shop: Store) -> None:
    mari = (await shop.contacts.add({"name": "Mari"})).id
    request = await taken(shop)
    assert await shop.requests.belongs_to(request.id, mari, at(3))
    assert await shop.requests.done(request.id, "bert", at(4), "not his") is None
    done = await shop.requests.done(request.id, "anna", at(5), " Told her. ")
    assert done is not None
    assert (done.state, done.ended_at, done.agent) == ("done", at(5), "anna")
    assert await shop.requests.done(request.id, "anna", at(6), "again") is None
    history = (await shop.interactions.of_contact(mari)).items
    assert [(one.channel, one.direction, one.agent, one.note) for one in history] == [
        ("web", "inbound", "anna", "Price?\nTold her.")
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 301}, "subject"),
        ({"queue": ""}, "queue"),
        ({"queue": "nowhere"}, "queue"),
        ({"kind": "fax"}, "kind"),
        ({"number": "abc"}, "number"),
        ({"skills": {"nobody's": 1}}, "skills"),
        ({"text": "a\0b"}, "text"),
        ({"skills": {"x": "high"}}, "skills"),
        ({"service_ticket_id": 99}, "service_ticket_id"),
    ],
)
async def test_a_request_that_cannot_be(shop: Store, fields: dict[str, Any], wrong: str) -> None:
    given = {"kind": "form", "queue": "support", "subject": "s", **fields}
    kind, queue, subject = given.pop("kind"), given.pop("queue"), given.pop("subject")
    with pytest.raises(Refused) as refused:
        await shop.requests.add(kind, queue, subject, at(0), given)
    assert refused.value.field == wrong
    for strange in ("0", "x", "9" * 30):
        assert await shop.requests.get(strange) is None
        assert await shop.requests.offer(strange, "anna", 2, at(0)) is None


async def test_a_half_written_answer_goes_on_with_who_has_the_request_and_goes_when_it_is_sent_or_over(
    shop: Store,
) -> None:
    one, drafts = (await taken(shop)).id, shop.drafts
    await drafts.put_answer(one, "anna", '{"reply":"Dear"}', at(3))
    await drafts.put("c1", "anna", "{}", at(3))
    assert (await drafts.get(of_request(one), "bert")).agent == "anna"
    await drafts.put_answer(one, "bert", '{"reply":"Dear Mari"}', at(4))
    assert (await drafts.get(of_request(one), "anna")).agent == "bert", "the newest, not the own"
    begun, _ = await shop.replies.begin(one, "bert/1", "<1@x>", "bert", "Dear Mari", at(5))
    await shop.replies.ended(begun.id, "not reached", at(6))
    assert (await drafts.get(of_request(one), "bert")).text
    await shop.replies.ended(begun.id, None, at(7))
    assert not (await drafts.get(of_request(one), "bert")).text
    await drafts.put_answer(one, "anna", "x" * 200_000, at(8))
    with pytest.raises(Refused, match="at most 250000 bytes"):
        await drafts.put_answer(one, "anna", "õ" * 125_001, at(8))
    assert await shop.requests.done(one, "anna", at(9))
    assert not (await drafts.get(of_request(one), "anna")).text
    assert (await drafts.get("c1", "anna")).text, "a call's is another thing"


async def test_attachments_come_with_their_mail_and_go_when_it_is_long_over(shop: Store) -> None:
    plan = Attachment(1, "plan.pdf", b"\0\xff" * 1000)
    for _ in range(2):
        added = await shop.requests.add("mail", "support", "Plan", at(0), {}, key="mail:<1@x>", attachments=[plan])
    one = added.request.id
    assert await shop.attachments.get(one, 1) == plan
    assert await shop.attachments.get(one, 2) is None
    assert await shop.attachments.get("x", 1) is None
    assert await shop.attachments.sweep(at(1)) == 0, "nobody has answered it yet"
    assert await shop.requests.move(one, "cancelled", at(2), was=UNTAKEN)
    assert await shop.attachments.sweep(at(0)) == 0
    assert await shop.attachments.sweep(at(1)) == 1
    assert await shop.attachments.get(one, 1) is None
