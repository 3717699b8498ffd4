"""Invented customers for trying Helin out: Estonian, English and Russian names, companies, numbers, a past, orders.

The same seed makes the same people. Their numbers are +372 5550 1000 and on, in the order they were made; some have a
second one (+372 5551 1000 and on), some share one with somebody of the same household. Addresses end in example.com.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from crm_store.bulk import Person, put_people
from crm_store.demo_work import put_knowledge, put_work
from crm_store.schema import contacts, interactions
from crm_store.store import Store

FIRST_NUMBER = 55501000
SECOND_NUMBER = 55511000
MARK = "demo-"
PAST_DAYS = 540
AT_ONCE = 250
AGENTS = ("agent1", "agent2", "agent3")

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "et": (
        ("Mari", "Jaan", "Õie", "Ülle", "Toomas", "Kadri", "Rein", "Liis", "Märt", "Tiina", "Andres", "Külli", "Priit",
         "Anneli", "Jüri", "Maarja", "Kristjan", "Sirje", "Taavi", "Epp"),
        ("Tamm", "Saar", "Sepp", "Mägi", "Kask", "Kukk", "Rebane", "Ilves", "Pärn", "Koppel", "Lepik", "Õunapuu",
         "Müürsepp", "Kuusk", "Vaher", "Põld", "Järv", "Laur", "Žukov-Tamme", "Raudsepp"),
    ),
    "en": (
        ("Emma", "Oliver", "Grace", "Harry", "Sophie", "George", "Alice", "Thomas", "Zoë", "Peter", "Mary-Ann",
         "William", "Chloe", "James", "Lucy", "Arthur"),
        ("Smith", "O'Brien", "Taylor", "Brown", "Fitzgerald", "Wilson", "Clarke", "Evans", "Hughes", "Wood",
         "Ashworth", "Carter", "Bennett", "Shaw", "Pearce", "Lloyd-Jones"),
    ),
    "ru": (
        ("Анна", "Юрий", "Елена", "Сергей", "Ольга", "Дмитрий", "Татьяна", "Алексей", "Наталья", "Игорь", "Марина",
         "Фёдор", "Светлана", "Павел"),
        ("Мороз", "Иваненко", "Кузьмич", "Белых", "Соловей", "Черных", "Щука", "Гончар", "Медведь", "Ткач",
         "Бондарь", "Коваль", "Журавль", "Мельник"),
    ),
}  # fmt: skip
LANGUAGES = ("et", "et", "et", "ru", "en")
COMPANIES = (
    "Põhjatäht OÜ", "Kontor24 OÜ", "Läänemere Kaubad AS", "Väike Pagar OÜ", "Harbour Freight Ltd", "Oak & Sons Ltd",
    "Ромашка ОЮ", "Северный Ветер АО", "Tamme Talu OÜ", "Vana Apteek AS", "Metsa Puit OÜ", "Blue Anchor Ltd",
    "Kivi ja Klaas OÜ", "Hansa Trükk AS", "Linna Takso OÜ", "Green Valley Ltd", "Балт-Строй ОЮ", "Kodu Soojus OÜ",
)  # fmt: skip
NOTES: dict[str, tuple[str, ...]] = {
    "et": (
        "Küsis eelmise kuu arve kohta.", "Soovib lepingut pikendada, helistada uuesti.", "Tellimus hilines.",
        "Uus aadress üles märgitud.", "Huvitus suuremast paketist.", "Tehniline rike, lahendatud kohapeal.",
    ),
    "en": (
        "Asked about last month's invoice.", "Wants to extend the contract; call back.", "Order was late, apologised.",
        "Took down the new address.", "Interested in the larger plan.", "Technical fault, solved on site.",
    ),
    "ru": (
        "Спрашивал о счёте за прошлый месяц.", "Хочет продлить договор, перезвонить.", "Заказ опоздал, извинились.",
        "Записан новый адрес.", "Интересуется большим пакетом.", "Техническая неисправность, устранена.",
    ),
}  # fmt: skip
MORNINGS = {
    "et": "Eelistab kõnet hommikul.",
    "en": "Prefers to be called in the morning.",
    "ru": "Просит звонить утром.",
}
DISPOSITIONS = ("resolved", "resolved", "resolved", "callback", "complaint", "sold", "information")


def demo_numbers(contacts: int = 1000) -> tuple[str, ...]:
    """The first numbers of the invented people, for callers to call from."""
    return tuple(f"+372{FIRST_NUMBER + n}" for n in range(contacts))


async def fill(store: Store, contacts: int = 1000, seed: int = 1, now: datetime | None = None) -> int:
    """Invents so many people with their past until ``now``; how many were added (none when they are there already)."""
    if await _there(store, contacts):
        return 0
    dice = random.Random(seed)  # noqa: S311 — invention, not secrecy
    people = [_person(dice, n) for n in range(contacts)]
    _share_numbers(dice, people)
    until = now or datetime.now(UTC)
    added = 0
    for begin in range(0, contacts, AT_ONCE):
        part = people[begin : begin + AT_ONCE]
        async with store.database.writing() as connection:
            outcomes = await put_people(connection, part)
            added += outcomes.count("added")
            keys = await _keys(connection, part)
            new = [person for person, outcome in zip(part, outcomes, strict=True) if outcome == "added"]
            rows = [row for person in new for row in _past(dice, keys[person.external_id or ""], person, until)]
            if rows:
                await connection.execute(insert(interactions), rows)
            about = [(keys[one.external_id or ""], one.language or "en", one.numbers[0]) for one in new]
            await put_work(connection, dice, about, until)
    await put_knowledge(store.articles)
    await store.tiers.reckon(until)
    return added


async def _there(store: Store, count: int) -> bool:
    last = select(contacts.c.id).where(contacts.c.external_id == f"{MARK}{count}")
    async with store.database.reading() as connection:
        return (await connection.execute(last)).first() is not None


async def _keys(connection: Any, people: Sequence[Person]) -> dict[str, int]:
    ids = [person.external_id for person in people]
    query = select(contacts.c.external_id, contacts.c.id).where(contacts.c.external_id.in_(ids))
    return {row.external_id: row.id for row in await connection.execute(query)}


def _person(dice: random.Random, n: int) -> Person:
    language = dice.choice(LANGUAGES)
    given, family = NAMES[language]
    numbers = [f"+372{FIRST_NUMBER + n}"]
    if dice.random() < 0.2:
        numbers.append(f"+372{SECOND_NUMBER + n}")
    company = dice.random() < 0.45
    surname = dice.choice(family)
    place = dice.randrange(len(COMPANIES) * 6)
    return Person(
        name=f"{dice.choice(given)} {surname}",
        numbers=tuple(numbers),
        account=_company(place) if company else None,
        tier=_tier(place) if company else None,
        email=f"customer{n + 1}@example.com",
        language=language,
        note=MORNINGS[language] if dice.random() < 0.05 else None,
        external_id=f"{MARK}{n + 1}",
    )


def _company(place: int) -> str:
    name, branch = COMPANIES[place % len(COMPANIES)], place // len(COMPANIES)
    return name if branch == 0 else f"{name}, filiaal {branch}"


def _tier(place: int) -> str:
    """One in nine is worth most, three in nine are worth the middle."""
    return "ABBBCCCCC"[place * 7 % 9]


def _share_numbers(dice: random.Random, people: list[Person]) -> None:
    """In every fortieth household two people have the same number too."""
    for n in range(0, len(people) - 1, 40):
        one, other = people[n], people[n + 1]
        shared = (*other.numbers, one.numbers[0])
        people[n + 1] = Person(
            name=f"{other.name.split()[0]} {one.name.split()[-1]}",
            numbers=shared,
            account=one.account,
            tier=one.tier,
            email=other.email,
            language=one.language,
            external_id=other.external_id,
        )


def _past(dice: random.Random, key: int, person: Person, until: datetime) -> list[dict[str, Any]]:
    """What happened with the person, oldest first: most had little to do with us, some a lot."""
    rows = []
    for days in sorted((dice.uniform(0.05, PAST_DAYS) for _ in range(int(dice.expovariate(1 / 6)))), reverse=True):
        channel = dice.choices(("call", "email", "note"), (8, 2, 1))[0]
        inbound = dice.random() < 0.75
        lost = channel == "call" and inbound and dice.random() < 0.1
        rows.append(
            {
                "contact_id": key,
                "at": _office_hours(dice, until - timedelta(days=days)),
                "channel": channel,
                "direction": None if channel == "note" else "inbound" if inbound else "outbound",
                "agent": None if lost else dice.choice(AGENTS),
                "disposition": "abandoned" if lost else dice.choice(DISPOSITIONS) if channel == "call" else None,
                "note": None if lost else dice.choice(NOTES[person.language or "en"]),
            }
        )
    return rows


def _office_hours(dice: random.Random, at: datetime) -> datetime:
    """The same day, but not at night; never later than ``at``."""
    day = at.replace(hour=7, minute=0, second=0, microsecond=0)
    moved = day + timedelta(seconds=dice.randrange(10 * 3600))
    return min(moved, at)
