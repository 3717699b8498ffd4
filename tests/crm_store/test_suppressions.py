"""Do-not-call lists from outside, a campaign's own, and people who asked to be forgotten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_store.errors import BadFile, Refused
from crm_store.records import ContactFields
from crm_store.schema import suppressed_numbers, suppression_lists
from crm_store.store import Store
from tests.crm_store.campaign_rows import NOW, add_campaign, add_lead

TODAY = date(2026, 11, 27)


async def taken(
    store: Store, path: Path, text: str, name: str = "national", day: date = TODAY, **more: object
) -> object:
    path.write_text(text, encoding="utf-8")
    return await store.suppressions.import_list(path, name, day, "admin", NOW, **more)  # type: ignore[arg-type]


async def on(store: Store, *numbers: str, campaign: str = "1") -> dict[str, list[str]]:
    found = await store.suppressions.against(numbers, campaign)
    return {number: [f"{one.kind}:{one.name}" for one in each] for number, each in found.items()}


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("US", "212,5551234\n", "+12125551234"),
        ("US", "2125551234\n", "+12125551234"),
        ("US", '"+1 (212) 555-1234";x\n', "+12125551234"),
        ("GB", "02071234567\r\n", "+442071234567"),
        ("GB", "\ufeffNumber\n+442071234567\n", "+442071234567"),
        ("EE", "5550123\n", "+3725550123"),
    ],
)
async def test_numbers_as_registers_write_them(
    store: Store, tmp_path: Path, country: str, text: str, number: str
) -> None:
    report = await store.suppressions.import_list(
        _file(tmp_path, text), "national", TODAY, "admin", NOW, country=country
    )
    assert (report.numbers, report.refused) == (1, [])
    assert await on(store, number, "+3725559999") == {number: ["external:national"]}


def _file(folder: Path, text: str) -> Path:
    path = folder / "list.txt"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_new_list_takes_the_old_ones_place(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    await taken(store, path, "+3725550001\n+3725550002\nnobody\n", day=date(2026, 10, 1))
    await taken(store, path, "+3725550002\n+3725550003\n")
    numbers = ("+3725550001", "+3725550002", "+3725550003")
    assert set(await on(store, *numbers)) == set(numbers[1:])
    (listed,) = await store.suppressions.lists()
    assert (listed.name, listed.as_of, listed.numbers, len(listed.version)) == ("national", TODAY, 2, 16)
    async with store.database.reading() as connection:
        counted = select(func.count()).select_from(suppressed_numbers)
        assert (await connection.execute(counted)).scalar_one() == 2


@pytest.mark.parametrize(
    ("text", "day", "campaign", "why"),
    [
        ("\n", TODAY, None, "holds no telephone number"),
        ("a\nb\nc\n+3725550001\n", TODAY, None, "most lines"),
        ("+3725550001\n", TODAY, None, "say --smaller"),
        ("+3725550001\n+3725550002\n", date(2026, 11, 1), None, "is newer"),
        ("+3725550001\n+3725550002\n", date(2026, 11, 28), None, "from the future"),
        ("+3725550001\n+3725550002\n", TODAY, "autumn", "another name"),
        ("+3725550001\n+3725550002\n", TODAY, "nobody's", "no campaign"),
    ],
)
async def test_what_would_let_people_be_called_by_mistake_leaves_the_list_as_it_was(
    store: Store, tmp_path: Path, text: str, day: date, campaign: str | None, why: str
) -> None:
    path, numbers = tmp_path / "list.txt", [f"+372555100{n}" for n in range(4)]
    await add_campaign(store)
    await taken(store, path, "\n".join(numbers), day=date(2026, 11, 20))
    with pytest.raises((BadFile, Refused), match=why):
        await taken(store, path, text, day=day, campaign=campaign)
    assert set(await on(store, *numbers)) == set(numbers)
    async with store.database.reading() as connection:
        assert len((await connection.execute(select(suppression_lists.c.id))).all()) == 1


async def test_a_list_for_one_campaign_and_a_number_for_one_campaign(store: Store, tmp_path: Path) -> None:
    one, other = await add_campaign(store), await add_campaign(store, "winter")
    await taken(store, tmp_path / "list.txt", "+3725550001\n", name="ours", campaign="autumn")
    kept, new = await store.suppressions.add_for_campaign(one, "5550002", "agent1", None, NOW)
    assert new
    assert await store.suppressions.add_for_campaign(one, "5550002", "agent2", None, NOW) == (kept, False)
    numbers = ("+3725550001", "+3725550002")
    assert await on(store, *numbers, campaign=one) == {numbers[0]: ["external:ours"], numbers[1]: ["campaign:"]}
    assert await on(store, *numbers, campaign=other) == {}
    with pytest.raises(Refused, match="no campaign"):
        await store.suppressions.add_for_campaign("99", "5550002", "agent1", None, NOW)


async def test_who_asked_to_be_forgotten_is_not_called_again(store: Store) -> None:
    campaign = await add_campaign(store)
    contact = await store.contacts.add(ContactFields(name="Mari", numbers=("+3725550001", "+3725550002")))
    lead = await add_lead(store, campaign, "+3725550002", "+3725550003")
    assert await store.contacts.erase(contact.id, NOW)
    assert await store.lawfulness.judged(campaign, [lead], NOW) == ()
    again = await add_lead(store, campaign, "+3725550001")
    (judged,) = await store.lawfulness.judged(campaign, [again], NOW)
    assert judged.verdict.code == "erased"
    assert await store.suppressions.is_erased("+3725550001")
    assert await store.suppressions.asked_to_be_called("+3725550001")
    assert not await store.suppressions.is_erased("+3725550001")
    assert not await store.contacts.erase(contact.id, NOW)


async def test_who_was_only_removed_may_be_called(store: Store) -> None:
    contact = await store.contacts.add(ContactFields(name="Mari", numbers=("+3725550001",)))
    await store.contacts.remove(contact.id)
    assert await on(store, "+3725550001") == {}
