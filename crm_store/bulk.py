"""Many people at once: found again by what identifies them, made or changed, some statements for a thousand of them.

A person is the contact with the same external id; else the one who has one of the same numbers, or the same e-mail
address, and the same name (compared as search does). So one number may be several people's, and the same list read
twice changes nothing. What a list does not say (None) stays as it is; numbers are added, never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.numbers import region_of
from crm_store.schema import accounts, contact_numbers, contact_words, contacts, numbers
from crm_store.tiers import HAND
from crm_store.values import upsert
from crm_store.words import words_of
from crm_store.zones import zone_of

Outcome = Literal["added", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a list, checked. ``tier`` is the account's."""

    name: str
    numbers: tuple[str, ...] = ()
    account: str | None = None
    tier: str | None = None
    email: str | None = None
    language: str | None = None
    note: str | None = None
    external_id: str | None = None
    preferred_agent: str | None = None

    def identities(self) -> set[tuple[str, ...]]:
        """Two lines that share one of these are about the same person."""
        words = words_of(self.name)
        found: set[tuple[str, ...]] = {("number", number, *words) for number in self.numbers}
        if self.email:
            found.add(("email", self.email, *words))
        if self.external_id:
            found.add(("external id", self.external_id))
        return found


async def put_people(connection: AsyncConnection, people: Sequence[Person]) -> list[Outcome]:
    """What became of each, in order. No two of ``people`` may share an identity."""
    keys, retiered = await _put_accounts(connection, people)
    known = await _known(connection, people)
    outcomes: list[Outcome] = []
    new: list[Person] = []
    for person in people:
        had = _match(known, person)
        if had is None:
            new.append(person)
            outcomes.append("added")
        else:
            changed = await _change(connection, had, known.numbers.get(had.id, ()), person, keys)
            outcomes.append("changed" if changed or person.account in retiered else "same")
    await _add(connection, new, keys)
    return outcomes


@dataclass(slots=True)
class _Known:
    """Contacts that may be meant, by what identifies them."""

    rows: dict[int, Row[Any]]
    by_external_id: dict[str, int]
    by_number: dict[str, list[int]]
    by_email: dict[str, list[int]]
    numbers: dict[int, list[str]]


async def _known(connection: AsyncConnection, people: Sequence[Person]) -> _Known:
    e164 = {number for person in people for number in person.numbers}
    owned = select(contact_numbers.c.e164, contact_numbers.c.contact_id).where(contact_numbers.c.e164.in_(e164))
    by_number: dict[str, list[int]] = {}
    for row in await connection.execute(owned):
        by_number.setdefault(row.e164, []).append(row.contact_id)
    ids = {id for owners in by_number.values() for id in owners}
    external = {person.external_id for person in people if person.external_id}
    emails = {person.email for person in people if person.email}
    meant = contacts.c.id.in_(ids) | contacts.c.external_id.in_(external) | contacts.c.email.in_(emails)
    rows = {row.id: row for row in await connection.execute(select(contacts).where(meant))}
    by_email: dict[str, list[int]] = {}
    for row in rows.values():
        if row.email:
            by_email.setdefault(row.email, []).append(row.id)
    numbers_of: dict[int, list[str]] = {}
    mine = select(contact_numbers.c.contact_id, contact_numbers.c.e164).where(contact_numbers.c.contact_id.in_(rows))
    for row in await connection.execute(mine):
        numbers_of.setdefault(row.contact_id, []).append(row.e164)
    by_external_id = {row.external_id: id for id, row in rows.items() if row.external_id}
    return _Known(rows, by_external_id, by_number, by_email, numbers_of)


def _match(known: _Known, person: Person) -> Row[Any] | None:
    if person.external_id in known.by_external_id:
        return known.rows[known.by_external_id[person.external_id]]
    candidates = [id for number in person.numbers for id in known.by_number.get(number, ())]
    candidates += known.by_email.get(person.email or "", ())
    for id in candidates:
        row = known.rows[id]
        namesake = words_of(row.name) == words_of(person.name)
        if namesake and (row.external_id is None or person.external_id is None):
            return row
    return None


async def _change(
    connection: AsyncConnection, had: Row[Any], owned: Sequence[str], person: Person, keys: dict[str, int]
) -> bool:
    values = {name: value for name, value in _values(person, keys).items() if value is not None}
    values = {name: value for name, value in values.items() if getattr(had, name) != value}
    fresh = [number for number in person.numbers if number not in owned]
    if not values and not fresh:
        return False
    stamped = {**values, "changed_at": datetime.now(UTC)}
    await connection.execute(update(contacts).where(contacts.c.id == had.id).values(**stamped))
    await _add_numbers(connection, [(had.id, number, len(owned) + n) for n, number in enumerate(fresh)])
    if "name" in values:
        await connection.execute(contact_words.delete().where(contact_words.c.contact_id == had.id))
        await _add_words(connection, [(had.id, person.name)])
    return True


async def _add(connection: AsyncConnection, people: Sequence[Person], keys: dict[str, int]) -> None:
    if not people:
        return
    now = datetime.now(UTC)
    made = list(zip(await _new_ids(connection, len(people)), people, strict=True))
    rows = [
        {
            **_values(person, keys),
            "id": id,
            "created_at": now,
            "changed_at": now,
        }
        for id, person in made
    ]
    await connection.execute(insert(contacts), rows)
    await _add_numbers(
        connection, [(id, number, place) for id, person in made for place, number in enumerate(person.numbers)]
    )
    await _add_words(connection, [(id, person.name) for id, person in made])


async def _new_ids(connection: AsyncConnection, count: int) -> list[int]:
    """Taken beforehand: rows inserted together come back in no order that can be relied on."""
    if connection.dialect.name == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence('contacts', 'id')) FROM generate_series(1, :count)")
        return [int(id) for id in (await connection.execute(taken, {"count": count})).scalars()]
    last = text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'contacts'")
    begin = int((await connection.execute(last)).scalar_one()) + 1
    return list(range(begin, begin + count))


async def _add_numbers(connection: AsyncConnection, owned: Sequence[tuple[int, str, int]]) -> None:
    if not owned:
        return
    fresh = dict.fromkeys(number for _, number, _ in owned)
    rows = [{"e164": e164, "region": region_of(e164), "time_zone": zone_of(e164)} for e164 in fresh]
    await connection.execute(upsert(connection, numbers, rows[0], ("e164",), ()), rows)
    await connection.execute(
        insert(contact_numbers), [{"contact_id": id, "e164": e164, "position": place} for id, e164, place in owned]
    )


async def _add_words(connection: AsyncConnection, named: Iterable[tuple[int, str]]) -> None:
    rows = [{"contact_id": id, "word": word} for id, name in named for word in words_of(name)]
    if rows:
        await connection.execute(insert(contact_words), rows)


async def _put_accounts(connection: AsyncConnection, people: Sequence[Person]) -> tuple[dict[str, int], set[str]]:
    """Keys by name of all accounts that are named, and which of them got another tier."""
    tiers = {person.account: person.tier for person in people if person.account}
    if not tiers:
        return {}, set()
    query = select(accounts).where(accounts.c.name.in_(tiers))
    had = {row.name: row for row in await connection.execute(query)}
    now = datetime.now(UTC)
    new = [
        {"name": name, "tier": tier, "tier_by": HAND if tier else None, "created_at": now}
        for name, tier in tiers.items()
        if name not in had
    ]
    if new:
        await connection.execute(upsert(connection, accounts, new[0], ("name",), ()), new)
    wanted = {name: (tier, HAND) for name, tier in tiers.items() if tier and name in had}
    retiered = {name for name, as_said in wanted.items() if (had[name].tier, had[name].tier_by) != as_said}
    for name in retiered:
        await connection.execute(update(accounts).where(accounts.c.name == name).values(tier=tiers[name], tier_by=HAND))
    return {row.name: row.id for row in await connection.execute(query)}, retiered


def _values(person: Person, keys: dict[str, int]) -> dict[str, Any]:
    return {
        "name": person.name,
        "account_id": keys[person.account] if person.account else None,
        "email": person.email,
        "language": person.language,
        "note": person.note,
        "external_id": person.external_id,
        "preferred_agent": person.preferred_agent,
    }
