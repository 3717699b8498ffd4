"""People, their numbers, and how they are found."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_store.errors import Conflict, Refused
from crm_store.records import Contact, Page
from crm_store.schema import numbers
from crm_store.store import Store
from tests.crm_store.story import at


async def names(store: Store, *args: str, **kwargs: str) -> list[str]:
    """All pages of a search, two contacts each."""
    found: list[str] = []
    page: Page[Contact] = await store.contacts.search(*args, limit=2, **kwargs)
    while True:
        found += [contact.name for contact in page.items]
        if page.next is None:
            return found
        page = await store.contacts.search(*args, limit=2, after=page.next, **kwargs)


async def test_keeps_what_it_is_given(store: Store) -> None:
    made = await store.contacts.add(
        {
            "name": " Õie-Mari Müür ",
            "account": "Kontor OÜ",
            "numbers": ["5550 1000", "+372 5550 1001", "+37255501000"],
            "email": "oie@example.com",
            "language": "et",
            "note": "= not a formula",
            "time_zone": "Europe/London",
            "external_id": "K-1",
        }
    )
    assert made.name == "Õie-Mari Müür"
    assert made.numbers == ("+37255501000", "+37255501001")
    assert (made.account, made.tier, made.open_tickets, made.note) == ("Kontor OÜ", None, 0, "= not a formula")
    assert made.time_zone == "Europe/London"
    assert await store.contacts.get(made.id) == made


async def test_changes_only_what_is_given(store: Store) -> None:
    made = await store.contacts.add({"name": "Jaan Tamm", "numbers": ["55501002"], "account": "Tamm ja pojad"})
    changed = await store.contacts.change(made.id, {"note": "räägib ainult hommikul", "account": None})
    assert changed is not None
    assert (changed.name, changed.numbers, changed.note, changed.account) == (
        "Jaan Tamm",
        ("+37255501002",),
        "räägib ainult hommikul",
        None,
    )
    assert changed.time_zone == "Europe/Tallinn"
    changed = await store.contacts.change(made.id, {"name": "Jaan Kask", "numbers": ["+37255501003", "+37255501002"]})
    assert changed is not None
    assert changed.numbers == ("+37255501003", "+37255501002")
    assert await names(store, "tamm") == []
    assert await names(store, "kask") == ["Jaan Kask"]


async def test_a_number_is_shared_and_forgotten_with_its_last_owner(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})
    jaan = await store.contacts.add({"name": "Jaan", "numbers": ["55501000"]})
    assert await names(store, number="5550 1000") == ["Mari", "Jaan"]
    assert await store.contacts.remove(mari.id)
    assert not await store.contacts.remove(mari.id)
    assert await names(store, number="+37255501000") == ["Jaan"]
    await store.contacts.change(jaan.id, {"numbers": []})
    assert await names(store, number="+37255501000") == []
    assert await names(store, "5550") == []
    async with store.database.reading() as connection:
        assert (await connection.execute(select(numbers))).all() == []


async def test_finds_by_the_beginnings_of_words_in_any_order(store: Store) -> None:
    for name in ("Mari Maasikas", "Märt Mägi", "Юрий Маслов", "Mary-Ann O'Brien", "Maasikas Mari", "Tamm"):
        await store.contacts.add({"name": name})
    assert sorted(await names(store, "ma")) == sorted(
        ["Mari Maasikas", "Märt Mägi", "Mary-Ann O'Brien", "Maasikas Mari"]
    )
    assert sorted(await names(store, "maas mar")) == ["Maasikas Mari", "Mari Maasikas"]
    assert await names(store, "МАСЛ юр") == ["Юрий Маслов"]
    assert await names(store, "o'br") == ["Mary-Ann O'Brien"]
    assert await names(store, "%") == []
    assert await names(store, "asikas") == []
    assert len(await names(store)) == 6


async def test_finds_by_the_beginning_of_a_number(store: Store) -> None:
    await store.contacts.add({"name": "Two", "numbers": ["+37255501000", "+37255501001"]})
    await store.contacts.add({"name": "Other", "numbers": ["+37255501001", "+79123456789"]})
    assert await names(store, "5550 1") == ["Two", "Other"]
    assert await names(store, "+7 912") == ["Other"]
    assert await names(store, "(5550) 1001") == ["Two", "Other"]
    assert await names(store, number="nonsense") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 201),
        ("name", "a\0b"),
        ("note", "a\ud800b"),
        ("numbers", ["not a number"]),
        ("numbers", [f"5550{n:04}" for n in range(21)]),
        ("time_zone", "Mars/Olympus"),
        ("language", "very long language"),
    ],
)
async def test_refuses_what_cannot_be(store: Store, field: str, value: object) -> None:
    fields = {"name": "Mari", field: value}
    with pytest.raises(Refused) as refused:
        await store.contacts.add(fields)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert await names(store) == []


async def test_an_external_id_is_one_persons(store: Store) -> None:
    await store.contacts.add({"name": "Mari", "external_id": "7"})
    jaan = await store.contacts.add({"name": "Jaan"})
    with pytest.raises(Conflict):
        await store.contacts.add({"name": "Third", "external_id": "7"})
    with pytest.raises(Conflict):
        await store.contacts.change(jaan.id, {"external_id": "7"})
    assert sorted(await names(store)) == ["Jaan", "Mari"]


@pytest.mark.parametrize("id", ["", "0", "-1", "9" * 30, "1; DROP TABLE contacts", "１", "99"])
async def test_nobody_has_a_strange_id(store: Store, id: str) -> None:
    assert await store.contacts.get(id) is None
    assert await store.contacts.change(id, {"name": "x"}) is None
    assert not await store.contacts.remove(id)
    assert await store.contacts.names([id]) == {}
    assert (await store.interactions.of_contact(id)).items == ()


@pytest.mark.parametrize("after", ["x", "W10", "WzEsMl0", "é", "bnVsbA"])
async def test_a_cursor_that_is_none_is_refused(store: Store, after: str) -> None:
    with pytest.raises(Refused):
        await store.contacts.search(after=after)
    with pytest.raises(Refused):
        await store.contacts.search("mari", after=after)


async def test_ids_are_never_used_twice(store: Store) -> None:
    first = await store.contacts.add({"name": "Mari"})
    await store.contacts.remove(first.id)
    assert (await store.contacts.add({"name": "Jaan"})).id != first.id


async def test_accounts_are_known_by_name(store: Store) -> None:
    made = await store.accounts.put("Kontor OÜ", "B")
    assert (await store.accounts.put("Kontor OÜ", "A")).id == made.id
    mari = await store.contacts.add({"name": "Mari", "account": "Kontor OÜ"})
    assert (mari.account_id, mari.tier) == (made.id, "A")
    await store.accounts.put("Äri AS")
    await store.contacts.add({"name": "Jaan", "account": "Kask ja Ko"})
    page = await store.accounts.search(limit=2)
    assert [account.name for account in page.items] == ["Kask ja Ko", "Kontor OÜ"]
    page = await store.accounts.search(limit=2, after=page.next)
    assert [account.name for account in page.items] == ["Äri AS"]
    assert [account.name for account in (await store.accounts.search("Ko")).items] == ["Kontor OÜ"]
    assert await store.accounts.get(made.id) is not None
    with pytest.raises(Refused):
        await store.accounts.put("X", "D")


async def test_interactions_come_newest_first(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari"})
    for second in (1, 3, 2, 3):
        await store.interactions.add(mari.id, "note", at(second), agent="agent1", note=str(second))
    page = await store.interactions.of_contact(mari.id, limit=3)
    assert [each.note for each in page.items] == ["3", "3", "2"]
    rest = await store.interactions.of_contact(mari.id, after=page.next, limit=3)
    assert [each.note for each in rest.items] == ["1"]
    assert rest.next is None
    assert page.items[0].at == at(3)
    with pytest.raises(Refused):
        await store.interactions.add("99", "note", at(0))
    with pytest.raises(Refused):
        await store.interactions.add(mari.id, "call", at(0), direction="sideways")


async def test_a_note_is_put_to_the_call_and_its_contact(store: Store) -> None:
    mari = await store.contacts.add({"name": "Mari"})
    assert await store.interactions.note_call("c1", "agent1", note="nobody's") is None
    first = await store.interactions.note_call("c1", "agent1", note="first", contact=mari.id, at=at(0))
    second = await store.interactions.note_call("c1", "agent2", disposition="sold")
    assert first is not None
    assert second is not None
    assert (second.id, second.note, second.disposition, second.contact) == (first.id, "first", "sold", mari.id)
    assert len((await store.interactions.of_contact(mari.id)).items) == 1
