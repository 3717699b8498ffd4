"""Invented customers with a history, for the demonstration: Estonian, English and Russian names, fictitious numbers.

The same seed gives the same people. Numbers are +372 5550 1000 and on; every tenth is shared by two people of one
company, as a switchboard's number would be.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from crm_store.bulk import Person, put_people
from crm_store.schema import contacts, interactions
from crm_store.store import Store

FIRST_NUMBER = 1000
NAMES = {
    "et": (
        ("Mari", "Jaan", "Liis", "Toomas", "Kadri", "Rein", "Õie", "Ülle", "Priit", "Anneli", "Tõnu", "Helve"),
        ("Tamm", "Saar", "Sepp", "Mägi", "Kask", "Kukk", "Rebane", "Ilves", "Pärn", "Kõiv", "Lõhmus", "Öpik"),
    ),
    "en": (
        ("Alice", "Brian", "Chloe", "Daniel", "Emma", "George", "Hannah", "Isaac", "Julia", "Liam", "Nora", "Owen"),
        ("Ashdown", "Barlow", "Carver", "Dunmore", "Ellery", "Finch", "Garland", "Hollis", "Kerr", "Marsh", "Pryce"),
    ),
    "ru": (
        ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Илья", "Ксения", "Лев", "Нина", "Олег"),
        ("Белова", "Волков", "Громова", "Дроздов", "Ершова", "Зайцев", "Комарова", "Лосев", "Орлова", "Сорокин"),
    ),
}
FIRMS = ("Põhjala Puit", "Kadaka Kaubad", "Emajõe Elekter", "Bright Harbour", "Northfield Tools", "Заря Текстиль")
KINDS = ("OÜ", "AS", "Ltd")
HAPPENED = (
    ("call", "inbound", "resolved", "Asked when the delivery comes; confirmed for Thursday."),
    ("call", "inbound", "callback", "Küsis arve kohta; helistame homme tagasi."),
    ("call", "outbound", "resolved", "Renewed the yearly contract."),
    ("email", "inbound", "resolved", "Просил выслать договор на русском языке."),
    ("note", None, None, "Prefers to be called after four."),
    ("call", "inbound", "resolved", "Invoice was sent twice; one is cancelled."),
    ("email", "outbound", "resolved", "Saatsime uue hinnakirja."),
)
AGENTS = ("agent1", "agent2", "agent3")
AT_ONCE = 200


def demo_numbers(count: int = 900) -> list[str]:
    """The numbers from which demonstration customers call, E.164."""
    return [f"+3725550{FIRST_NUMBER + place}" for place in range(count)]


async def fill(store: Store, people: int = 1000, seed: int = 1) -> int:
    """So many customers with up to twelve things that happened to each; nothing if there are contacts already."""
    if await _count(store):
        return 0
    dice = random.Random(seed)  # noqa: S311 - invented people, not secrets
    invented = [_person(place, dice) for place in range(people)]
    for start in range(0, people, AT_ONCE):
        async with store.database.writing() as connection:
            await put_people(connection, invented[start : start + AT_ONCE])
    await _history(store, dice)
    return people


def _person(place: int, dice: random.Random) -> Person:
    language = dice.choice(("et", "et", "en", "ru"))
    first, last = (dice.choice(names) for names in NAMES[language])
    # Of eleven in a row the last has the first's number, and its company.
    number = place - 10 if place % 11 == 10 else place
    firm = f"{FIRMS[number % len(FIRMS)]} {number // 12 + 1} {KINDS[number % len(KINDS)]}"
    return Person(
        name=f"{first} {last}",
        numbers=(f"+3725550{FIRST_NUMBER + number}",),
        account=firm,
        tier="AABBBCCCCC"[number // 12 % 10],
        language=language,
        external_id=f"demo-{place}",
        open_tickets=dice.choice((0, 0, 0, 1, 2)),
    )


async def _history(store: Store, dice: random.Random) -> None:
    now = datetime.now(UTC)
    async with store.database.writing() as connection:
        ids = list((await connection.execute(select(contacts.c.id).order_by(contacts.c.id))).scalars())
        rows: list[dict[str, Any]] = []
        for id_ in ids:
            for _ in range(dice.randrange(13)):
                channel, direction, disposition, note = dice.choice(HAPPENED)
                at = now - timedelta(minutes=dice.randrange(60, 60 * 24 * 400))
                rows.append(
                    {"contact_id": id_, "at": at, "channel": channel, "direction": direction,
                     "agent": dice.choice(AGENTS), "disposition": disposition, "note": note}
                )  # fmt: skip
        for start in range(0, len(rows), AT_ONCE):
            await connection.execute(insert(interactions), rows[start : start + AT_ONCE])


async def _count(store: Store) -> int:
    async with store.database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(contacts))).scalar_one())
