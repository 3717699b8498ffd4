"""Tickets, orders, promises, tasks: what agents keep about a contact, and the counts that must stay right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm_store.errors import Conflict, Refused
from crm_store.orders import OrderLine
from crm_store.service_tickets import TicketFilter
from crm_store.store import Store
from crm_store.tasks import TaskFilter
from tests.crm_store.story import at


async def mari(store: Store) -> str:
    await store.users.put("anna", "Anna", "agent", password_hash="x")
    return (await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})).id


async def count(store: Store, contact: str) -> int:
    found = await store.contacts.get(contact)
    assert found is not None
    return found.open_tickets


async def test_a_ticket_s_life_and_the_contact_s_count(store: Store) -> None:
    contact = await mari(store)
    made = await store.service_tickets.add(contact, "anna", {"subject": " Slow line ", "kind": "bug", "due_at": at(60)})
    assert (made.subject, made.status, made.priority, made.contact_name, made.due_at) == (
        "Slow line", "open", "normal", "Mari", at(60),
    )  # fmt: skip
    other = await store.service_tickets.add(contact, "anna", {"subject": "A wish", "kind": "wish", "owner": "anna"})
    assert await count(store, contact) == 2
    changed = await store.service_tickets.change(made.id, {"status": "waiting", "priority": "high"})
    assert changed is not None
    assert (changed.status, changed.priority, changed.closed_at) == ("waiting", "high", None)
    solved = await store.service_tickets.change(made.id, {"status": "solved"})
    assert solved is not None
    assert solved.closed_at is not None
    assert await count(store, contact) == 1
    page = await store.service_tickets.page(TicketFilter(contact=contact), limit=1)
    assert [one.id for one in page.items] == [other.id]
    rest = await store.service_tickets.page(TicketFilter(contact=contact), page.next, limit=1)
    assert ([one.id for one in rest.items], rest.next) == ([made.id], None)
    assert [one.id for one in (await store.service_tickets.page(TicketFilter(open=True))).items] == [other.id]
    assert [one.id for one in (await store.service_tickets.page(TicketFilter(owner="anna"))).items] == [other.id]
    again = await store.service_tickets.change(made.id, {"status": "open"})
    assert again is not None
    assert again.closed_at is None
    assert await count(store, contact) == 2


async def test_two_who_write_at_once_are_both_counted(store: Store) -> None:
    contact = await mari(store)
    await asyncio.gather(*(store.service_tickets.add(contact, "anna", {"subject": f"{n}"}) for n in range(5)))
    assert await count(store, contact) == 5


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"subject": "x", "kind": "odd"}, "kind"),
        ({"subject": "x", "status": "odd"}, "status"),
        ({"subject": "x", "owner": "nobody"}, "owner"),
    ],
)
async def test_a_ticket_that_cannot_be(store: Store, fields: dict[str, Any], wrong: str) -> None:
    contact = await mari(store)
    with pytest.raises(Refused) as refused:
        await store.service_tickets.add(contact, "anna", fields)
    assert refused.value.field == wrong
    assert await count(store, contact) == 0


async def test_all_of_it_is_somebody_s_and_goes_with_them(store: Store) -> None:
    with pytest.raises(Refused, match="no such contact"):
        await store.service_tickets.add("99", "anna", {"subject": "x"})
    contact = await mari(store)
    ticket = await store.service_tickets.add(contact, "anna", {"subject": "x"})
    order = await store.orders.add(contact, "anna", [OrderLine("Router", 1, 89.0)], {})
    promise = await store.promises.add(contact, "anna", "We call.", at(60))
    task = await store.tasks.add("anna", "Call", at(60), contact, {})
    assert await store.contacts.remove(contact)
    assert await store.service_tickets.get(ticket.id) is None
    assert await store.orders.get(order.id) is None
    assert await store.promises.get(promise.id) is None
    assert await store.tasks.get(task.id) is None
    for strange in ("0", "x", "9" * 30):
        assert await store.service_tickets.get(strange) is None
        assert await store.service_tickets.change(strange, {"subject": "x"}) is None
        assert await store.orders.change(strange, {"note": "x"}) is None
        assert await store.promises.change(strange, {"kept": True}) is None
        assert await store.tasks.change(strange, "anna", {"done": True}, None) is None


async def test_an_order_s_sums_follow_from_its_lines(store: Store) -> None:
    contact = await mari(store)
    lines = [OrderLine("Fibre 300", 1, 29.9), OrderLine("Router", 3, 0.1)]
    order = await store.orders.add(contact, "anna", lines, {"at": at(0)})
    assert (order.what, order.total, order.currency, order.status) == ("Fibre 300, Router × 3", 30.2, "EUR", "new")
    assert order.lines == tuple(lines)
    changed = await store.orders.change(order.id, {"status": "cancelled"}, [OrderLine("TV", 1, 1.01)])
    assert changed is not None
    assert (changed.what, changed.total, changed.status, len(changed.lines)) == ("TV", 1.01, "cancelled", 1)
    later = await store.orders.add(contact, "anna", lines, {"at": at(10)})
    page = await store.orders.page(contact, limit=1)
    assert [one.id for one in page.items] == [later.id]
    assert [one.id for one in (await store.orders.page(contact, after=page.next)).items] == [order.id]
    assert [one.id for one in (await store.orders.page(status="cancelled")).items] == [order.id]
    for bad in ([], [OrderLine("x", 0, 1.0)], [OrderLine("x", 1, 0.001)], [OrderLine("x", 1, float("nan"))]):
        with pytest.raises(Refused):
            await store.orders.add(contact, "anna", bad, {})


async def test_promises_due_first_come_first(store: Store) -> None:
    contact = await mari(store)
    late = await store.promises.add(contact, "anna", "We send a bill.", at(600))
    soon = await store.promises.add(contact, "anna", "We call.", at(60))
    page = await store.promises.page(contact, open=True, limit=1)
    assert [one.id for one in page.items] == [soon.id]
    assert [one.id for one in (await store.promises.page(after=page.next)).items] == [late.id]
    kept = await store.promises.change(soon.id, {"kept": True})
    assert kept is not None
    assert kept.kept_at is not None
    assert [one.id for one in (await store.promises.page(contact, open=True)).items] == [late.id]
    open_again = await store.promises.change(soon.id, {"kept": False, "text": "We call tomorrow."})
    assert open_again is not None
    assert (open_again.kept_at, open_again.text) == (None, "We call tomorrow.")


async def test_tasks_are_mine_or_anyone_s(store: Store) -> None:
    contact = await mari(store)
    await store.users.put("bert", "Bert", "agent", password_hash="x")
    mine = await store.tasks.add("anna", "Write", at(60), None, {"owner": "anna"})
    anyone = await store.tasks.add("anna", "Call", at(30), contact, {"kind": "callback", "number": "5550 1000"})
    berts = await store.tasks.add("anna", "Check", at(10), None, {"owner": "bert", "time_zone": "Europe/London"})
    assert (anyone.number, anyone.time_zone, anyone.contact_name) == ("+37255501000", "Europe/Tallinn", "Mari")
    assert (berts.time_zone, mine.contact, mine.contact_name) == ("Europe/London", None, None)

    async def found(**want: Any) -> list[str]:
        return [task.id for task in (await store.tasks.page(TaskFilter(**want))).items]

    assert await found(owners=("anna", None)) == [anyone.id, mine.id]
    assert await found(owners=("anna",)) == [mine.id]
    assert await found(owners=(None,)) == [anyone.id]
    assert await found() == [berts.id, anyone.id, mine.id]
    assert await found(due_before=at(30)) == [berts.id]
    assert await found(kind="callback") == await found(contact=contact) == [anyone.id]
    taken = await store.tasks.change(anyone.id, "bert", {"owner": "bert"}, None)
    assert taken is not None
    assert taken.owner == "bert"
    with pytest.raises(Conflict, match="somebody else"):
        await store.tasks.change(anyone.id, "anna", {"owner": "anna"}, None)
    done = await store.tasks.change(anyone.id, "bert", {"done": True}, "bert")
    assert done is not None
    assert (done.done_by, done.done_at is not None) == ("bert", True)
    assert await found(done=True) == [anyone.id]
    for bad in ({"time_zone": "Europe/../etc"}, {"number": "no number"}, {"owner": "nobody"}, {"kind": "odd"}):
        with pytest.raises(Refused):
            await store.tasks.add("anna", "x", at(0), None, bad)


async def test_one_of_many_gets_anyone_s_task(store: Store) -> None:
    await mari(store)
    for n in range(4):
        await store.users.put(f"a{n}", "A", "agent", password_hash="x")
    task = await store.tasks.add("anna", "Call", at(30), None, {})
    tries = (store.tasks.change(task.id, f"a{n}", {"owner": f"a{n}"}, None) for n in range(4))
    taken = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in taken) == 3
