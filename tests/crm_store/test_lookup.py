"""A caller's number gives who it may be and what happened with them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.errors import Refused
from crm_store.orders import OrderLine
from crm_store.records import NOBODY
from crm_store.store import Store
from tests.crm_store.story import at


async def test_one_owner(store: Store) -> None:
    await store.accounts.put("Kontor OÜ", "B")
    mari = await store.contacts.add(
        {
            "name": 'Mari "M" <b>',
            "account": "Kontor OÜ",
            "numbers": ["55501000", "55501001"],
            "language": "et",
        }
    )
    for second in range(12):
        await store.interactions.add(mari.id, "call", at(second), "inbound", "agent1", "sold", f"note {second}\n\\")
    for number in ("+37255501000", "+37255501001"):
        found = await store.look_up(number)
        assert (found.contacts, found.tier) == ((mari.id,), "B")
        pop = json.loads(found.pop)
        del pop["contacts"][0]["calls_7d"]
        assert pop["contacts"] == [
            {
                "id": mari.id,
                "name": 'Mari "M" <b>',
                "account": "Kontor OÜ",
                "tier": "B",
                "open_tickets": 0,
                "language": "et",
                "time_zone": "Europe/Tallinn",
                "tickets": [],
                "orders": [],
                "owns": [],
                "promises": [],
                "last_agent": "agent1",
            }
        ]
        assert [each["note"] for each in pop["history"]] == [f"note {second}\n\\" for second in range(11, 1, -1)]
        assert pop["history"][0] == {
            "at": "2026-11-24T09:00:11.123456Z",
            "channel": "call",
            "direction": "inbound",
            "agent": "agent1",
            "disposition": "sold",
            "note": "note 11\n\\",
            "contact": mari.id,
        }


async def test_what_the_owner_asked_bought_and_was_promised(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari", "numbers": ["+12125550100"], "time_zone": "America/New_York"})
    other = await store.contacts.add({"name": "Other", "numbers": ["+12125550100"]})
    now = datetime.now(UTC)
    tickets = [
        await store.service_tickets.add(mari.id, "anna", {"subject": f'"{n}"', "kind": "bug", "due_at": due})
        for n, due in enumerate((None, at(60), None, at(30)))
    ]
    await store.service_tickets.change(tickets[1].id, {"status": "closed"})
    for n, status in enumerate(("delivered", "cancelled", "new", "confirmed")):
        lines = [OrderLine(f"P{n}", 2, 10.05), OrderLine("Router", 1, 0.0)]
        await store.orders.add(mari.id, "anna", lines, {"status": status, "at": at(n)})
    kept = await store.promises.add(mari.id, "anna", "Kept", at(1))
    await store.promises.change(kept.id, {"kept": True})
    promise = await store.promises.add(mari.id, "anna", "We call.", at(5))
    for days in (1, 2, 8):
        await store.interactions.add(mari.id, "call", now - timedelta(days=days), "inbound", f"agent{days}")
    await store.interactions.add(mari.id, "call", now - timedelta(hours=3), "outbound")
    await store.interactions.add(mari.id, "note", now, agent="agent9")
    first, second = json.loads((await store.look_up("+12125550100")).pop)["contacts"]
    assert (first["open_tickets"], first["time_zone"], first["calls_7d"], first["last_agent"]) == (
        3, "America/New_York", 2, "agent1",
    )  # fmt: skip
    ticket = {"kind": "bug", "status": "open", "priority": "normal"}
    assert first["tickets"] == [
        {"id": tickets[3].id, "subject": '"3"', "due_at": "2026-11-24T09:00:30.123456Z", **ticket},
        {"id": tickets[2].id, "subject": '"2"', "due_at": None, **ticket},
        {"id": tickets[0].id, "subject": '"0"', "due_at": None, **ticket},
    ]
    assert [(one["what"], one["total"], one["currency"], one["status"]) for one in first["orders"]] == [
        ("P3 × 2, Router", 20.1, "EUR", "confirmed"),
        ("P2 × 2, Router", 20.1, "EUR", "new"),
        ("P1 × 2, Router", 20.1, "EUR", "cancelled"),
    ]
    assert first["orders"][0]["at"] == "2026-11-24T09:00:03.123456Z"
    assert first["owns"] == ["P3", "Router", "P2", "P0"]
    assert first["promises"] == [
        {"id": promise.id, "text": "We call.", "promised_by": "anna", "due_at": "2026-11-24T09:00:05.123456Z"}
    ]
    assert (second["id"], second["time_zone"], second["last_agent"], second["calls_7d"]) == (other.id, None, None, 0)
    assert second["tickets"] == second["orders"] == second["owns"] == second["promises"] == []


async def test_several_owners_share_their_history(store: Store) -> None:
    await store.accounts.put("Kodu", "C")
    await store.accounts.put("Firma", "A")
    mari = await store.contacts.add({"name": "Mari", "account": "Kodu", "numbers": ["55501000"]})
    jaan = await store.contacts.add({"name": "Jaan", "account": "Firma", "numbers": ["55501000"]})
    for second in range(8):
        await store.interactions.add(mari.id, "call", at(second))
        await store.interactions.add(jaan.id, "note", at(second + 0.5))
    found = await store.look_up("+37255501000")
    assert (found.contacts, found.tier) == ((mari.id, jaan.id), "A")
    history = json.loads(found.pop)["history"]
    assert [(each["contact"], each["at"][17:20]) for each in history[:3]] == [
        (jaan.id, "07."), (mari.id, "07."), (jaan.id, "06."),
    ]  # fmt: skip
    assert len(history) == 10


async def test_nobody(store: Store) -> None:
    assert await store.look_up("+37255509999") == NOBODY
    assert await store.look_up("' OR 1=1 --") == NOBODY


async def test_without_account_or_history(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})
    found = await store.look_up("+37255501000")
    assert (found.contacts, found.tier) == ((mari.id,), None)
    assert json.loads(found.pop)["history"] == []


async def test_a_switchboards_number_stays_small(store: Store) -> None:
    for n in range(25):
        await store.contacts.add({"name": f"Clerk {n}", "numbers": ["6001234"]})
    found = await store.look_up("+3726001234")
    assert len(found.contacts) == 20
    assert len(json.loads(found.pop)["contacts"]) == 20


async def test_many_at_once_and_what_was_just_written(store: Store) -> None:
    made = [await store.contacts.add({"name": f"N{n}", "numbers": [f"5550{n:04}"]}) for n in range(30)]
    answers = await asyncio.gather(*(store.look_up(contact.numbers[0]) for contact in made * 4))
    assert [answer.contacts for answer in answers] == [(contact.id,) for contact in made * 4]


async def test_a_question_nobody_waits_for_harms_no_other(store: Store) -> None:
    await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})
    asked = [asyncio.ensure_future(store.look_up("+37255501000")) for _ in range(40)]
    await asyncio.sleep(0)
    for each in asked[::2]:
        each.cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(answer, BaseException) for answer in answers] == [True, False] * 20


async def test_whose_caller_it_is_and_who_talked_with_them_last(store: Store) -> None:
    for login in ("anna", "boris"):
        await store.users.put(login, login, "agent", password_hash="-")
    now = datetime.now(UTC)
    mari = await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})
    assert ((await store.look_up("+37255501000")).preferred_agent, mari.preferred_agent) == (None, None)
    await store.interactions.add(mari.id, "call", now - timedelta(days=2), "inbound", "anna")
    await store.interactions.add(mari.id, "call", now - timedelta(hours=1), "inbound")
    await store.interactions.add(mari.id, "email", now, "inbound", "boris")
    found = await store.look_up("+37255501000")
    assert (found.preferred_agent, found.last_agent) == (None, "anna")

    jaan = await store.contacts.add({"name": "Jaan", "account": "Kodu", "numbers": ["55501000"]})
    await store.interactions.add(jaan.id, "call", now - timedelta(days=1), "outbound", "boris")
    assert (await store.look_up("+37255501000")).last_agent == "boris", "of all whose number it is"
    changed = await store.contacts.change(jaan.id, {"account_agent": "anna"})
    assert changed is not None
    assert (changed.preferred_agent, changed.account_agent) == (None, "anna")
    assert (await store.look_up("+37255501000")).preferred_agent == "anna"
    await store.contacts.change(jaan.id, {"preferred_agent": "boris"})
    assert (await store.look_up("+37255501000")).preferred_agent == "boris", "a contact's own goes before the account's"
    await store.contacts.change(mari.id, {"preferred_agent": "anna"})
    assert (await store.look_up("+37255501000")).preferred_agent is None, "nobody knows which of them calls"

    old = await store.contacts.add({"name": "Old", "numbers": ["55501009"]})
    await store.interactions.add(old.id, "call", now - timedelta(days=8), "inbound", "anna")
    assert (await store.look_up("+37255501009")).last_agent is None


async def test_only_a_user_can_be_preferred(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})
    with pytest.raises(Refused, match="nobody has the login"):
        await store.contacts.change(mari.id, {"preferred_agent": "nobody"})
    await store.users.put("anna", "Anna", "agent", password_hash="-")
    with pytest.raises(Refused, match="has no account"):
        await store.contacts.change(mari.id, {"account_agent": "anna"})
