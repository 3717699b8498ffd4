"""Contacts: people, their numbers, and how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.accounts import account_key
from crm_store.campaign_schema import attempts, lead_numbers, leads
from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.numbers import beginning_of, region_of, to_e164
from crm_store.records import Contact, ContactFields, Page, cursor, page_size, place
from crm_store.schema import accounts, contact_numbers, contact_words, contacts, numbers, users
from crm_store.suppressions import remember_erased
from crm_store.values import checked_text, key_of, needed_text, upsert
from crm_store.words import AFTER_ALL, words_of
from crm_store.zones import checked_zone, zone_of

MOST_NUMBERS = 20
LONGEST = {
    "name": 200, "account": 200, "email": 320, "language": 8, "note": 10_000, "external_id": 200, "time_zone": 40,
    "preferred_agent": 200, "account_agent": 200,
}  # fmt: skip


class Contacts:
    """``country`` (ISO 3166 alpha-2) is where numbers without an international prefix belong."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def search(self, q: str = "", number: str = "", after: str | None = None, limit: int = 50) -> Page[Contact]:
        """``q``: beginnings of the name's words, in any order, or of a number; ``number``: exactly this one.

        Each search reads an index in its order, so a page costs the same at the start and at the end of a million.
        """
        if number:
            return await self._owners(to_e164(number, self._country), after, limit)
        if sum(letter.isdigit() for letter in q) >= 3 and not any(letter.isalpha() for letter in q):
            return await self._by_digits(q, after, limit)
        words = words_of(q)
        if words:
            return await self._by_words(words, after, limit)
        if q.strip():
            return Page(())
        query = select(contacts.c.id).order_by(contacts.c.id)
        if after:
            query = query.where(contacts.c.id > place(after, int)[0])
        return await self._page(query, limit)

    async def count(self) -> int:
        async with self._database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(contacts))).scalar_one())

    async def get(self, id: str) -> Contact | None:
        key = key_of(id)
        if key is None:
            return None
        async with self._database.reading() as connection:
            found = await _read(connection, [key])
        return found[0] if found else None

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Names by id; the ids that are nobody's are left out."""
        keys = [key for id in set(ids) if (key := key_of(id)) is not None]
        if not keys:
            return {}
        async with self._database.reading() as connection:
            rows = await connection.execute(select(contacts.c.id, contacts.c.name).where(contacts.c.id.in_(keys)))
            return {str(row.id): row.name for row in rows}

    async def add(self, fields: ContactFields) -> Contact:
        """Raises Refused for a value that cannot be, Conflict when the external id is somebody else's."""
        now = datetime.now(UTC)
        values = _checked(fields)
        values["name"] = needed_text("name", fields.get("name"), LONGEST["name"])
        async with self._database.writing() as connection:
            await _resolve_account(connection, values)
            agent = await _agents(connection, values)
            made = insert(contacts).values(created_at=now, changed_at=now, **values).returning(contacts.c.id)
            key = int(await _written(connection, made))
            await set_words(connection, key, values["name"])
            await set_numbers(connection, key, self._e164(fields.get("numbers", ())))
            await _set_account_agent(connection, key, agent)
            return (await _read(connection, [key]))[0]

    async def change(self, id: str, fields: ContactFields) -> Contact | None:
        """Sets the given fields only; None when there is no such contact. Raises as :meth:`add`."""
        key = key_of(id)
        if key is None:
            return None
        values = _checked(fields)
        async with self._database.writing() as connection:
            await _resolve_account(connection, values)
            agent = await _agents(connection, values)
            changed = update(contacts).where(contacts.c.id == key).values(changed_at=datetime.now(UTC), **values)
            if await _written(connection, changed.returning(contacts.c.id)) is None:
                return None
            if "name" in values:
                await set_words(connection, key, values["name"])
            if "numbers" in fields:
                await set_numbers(connection, key, self._e164(fields["numbers"]))
            await _set_account_agent(connection, key, agent)
            return (await _read(connection, [key]))[0]

    async def remove(self, id: str) -> bool:
        """The contact with its interactions; numbers that are nobody's then go too. Its calls stay, without a name."""
        key = key_of(id)
        if key is None:
            return False
        async with self._database.writing() as connection:
            await set_numbers(connection, key, ())
            gone = await connection.execute(delete(contacts).where(contacts.c.id == key))
            return gone.rowcount > 0

    async def erase(self, id: str, now: datetime) -> bool:
        """As :meth:`remove`, for somebody who asks to be forgotten: no campaign calls their numbers again.

        What stays of them are salted hashes of the numbers. Leads with these numbers go too, and their answers.
        """
        key = key_of(id)
        if key is None:
            return False
        async with self._database.writing() as connection:
            mine = select(contact_numbers.c.e164).where(contact_numbers.c.contact_id == key)
            owned = list((await connection.execute(mine)).scalars())
            await remember_erased(connection, owned, now)
            of_contact = select(leads.c.id).where(leads.c.contact_id == key)
            theirs = select(lead_numbers.c.lead_id).where(lead_numbers.c.number.in_(owned))
            said = or_(attempts.c.number.in_(owned), attempts.c.lead_id.in_(theirs), attempts.c.lead_id.in_(of_contact))
            await connection.execute(update(attempts).where(said).values(answers=None))
            await connection.execute(delete(leads).where(or_(leads.c.contact_id == key, leads.c.id.in_(theirs))))
            await set_numbers(connection, key, ())
            gone = await connection.execute(delete(contacts).where(contacts.c.id == key))
            return gone.rowcount > 0

    def _e164(self, given: Sequence[str]) -> tuple[str, ...]:
        if len(given) > MOST_NUMBERS:
            raise Refused("numbers", f"a contact has at most {MOST_NUMBERS} numbers")
        found = dict.fromkeys(to_e164(text, self._country) or text for text in given)
        for text in found:
            if to_e164(text) != text:
                raise Refused("numbers", f"{text[:40]!r} is not a telephone number")
        return tuple(found)

    async def _owners(self, e164: str | None, after: str | None, limit: int) -> Page[Contact]:
        if e164 is None:
            return Page(())
        owner = contact_numbers.c.contact_id
        query = select(owner).where(contact_numbers.c.e164 == e164).order_by(owner)
        if after:
            query = query.where(owner > place(after, int)[0])
        return await self._page(query, limit)

    async def _by_digits(self, q: str, after: str | None, limit: int) -> Page[Contact]:
        begins = to_e164(q, self._country) or beginning_of(q, self._country)
        number, owner = contact_numbers.c.e164, contact_numbers.c.contact_id
        query = select(owner, number).where(number >= begins, number < begins + AFTER_ALL).order_by(number, owner)
        query = query.where(~_earlier(contact_numbers, number, owner, begins))
        if after:
            seen, id = place(after, str, int)
            query = query.where((number > seen) | ((number == seen) & (owner > id)), number >= seen)
        return await self._page(query, limit)

    async def _by_words(self, words: Sequence[str], after: str | None, limit: int) -> Page[Contact]:
        first, *others = sorted(words, key=len, reverse=True)
        word, owner = contact_words.c.word, contact_words.c.contact_id
        query = select(owner, word).where(word >= first, word < first + AFTER_ALL).order_by(word, owner)
        query = query.where(~_earlier(contact_words, word, owner, first))
        for other in others:
            also = contact_words.alias()
            query = query.where(
                exists().where(also.c.contact_id == owner, also.c.word >= other, also.c.word < other + AFTER_ALL)
            )
        if after:
            seen, id = place(after, str, int)
            query = query.where((word > seen) | ((word == seen) & (owner > id)), word >= seen)
        return await self._page(query, limit)

    async def _page(self, query: Select[Any], limit: int) -> Page[Contact]:
        """``query`` gives the contact's key first and, if it orders by something else, that second."""
        size = page_size(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.limit(size + 1))).all()
            items = await _read(connection, [row[0] for row in rows[:size]])
        return Page(tuple(items), cursor(*reversed(rows[size - 1])) if len(rows) > size else None)


async def set_numbers(connection: AsyncConnection, key: int, e164: Sequence[str]) -> None:
    """Makes these the contact's numbers, in this order, and forgets those that nobody has any more."""
    mine = contact_numbers.c.contact_id == key
    had = set((await connection.execute(select(contact_numbers.c.e164).where(mine))).scalars())
    dropped = sorted(had - set(e164))
    if dropped:
        await connection.execute(delete(contact_numbers).where(mine, contact_numbers.c.e164.in_(dropped)))
        left = exists().where(contact_numbers.c.e164 == numbers.c.e164)
        await connection.execute(delete(numbers).where(numbers.c.e164.in_(dropped), ~left))
    for position, number in enumerate(e164):
        row = {"e164": number, "region": region_of(number), "time_zone": zone_of(number)}
        await connection.execute(upsert(connection, numbers, row, key=("e164",), change=()), row)
        owned = {"e164": number, "contact_id": key, "position": position}
        await connection.execute(upsert(connection, contact_numbers, owned, key=("e164", "contact_id")), owned)


async def set_words(connection: AsyncConnection, key: int, name: str) -> None:
    await connection.execute(delete(contact_words).where(contact_words.c.contact_id == key))
    rows = [{"contact_id": key, "word": word} for word in words_of(name)]
    if rows:
        await connection.execute(insert(contact_words), rows)


async def _read(connection: AsyncConnection, keys: Sequence[int]) -> list[Contact]:
    """The contacts of these keys, in this order."""
    if not keys:
        return []
    joined = contacts.outerjoin(accounts, contacts.c.account_id == accounts.c.id)
    worth = func.coalesce(accounts.c.tier, contacts.c.tier).label("worth")
    by = case((accounts.c.tier.is_not(None), accounts.c.tier_by), else_=contacts.c.tier_by).label("worth_by")
    query = select(
        contacts, accounts.c.name.label("account"), worth, by, accounts.c.preferred_agent.label("account_agent")
    )
    query = query.select_from(joined)
    rows = (await connection.execute(query.where(contacts.c.id.in_(keys)))).all()
    owned: dict[int, list[str]] = {}
    zones: dict[int, str] = {}
    joined = contact_numbers.join(numbers, numbers.c.e164 == contact_numbers.c.e164)
    query = select(contact_numbers, numbers.c.time_zone).select_from(joined)
    query = query.where(contact_numbers.c.contact_id.in_(keys))
    for number in await connection.execute(query.order_by(contact_numbers.c.position, contact_numbers.c.e164)):
        owned.setdefault(number.contact_id, []).append(number.e164)
        if number.time_zone is not None:
            zones.setdefault(number.contact_id, number.time_zone)
    found = {row.id: _contact(row, owned.get(row.id, []), zones.get(row.id)) for row in rows}
    return [found[key] for key in keys if key in found]


def _contact(row: Row[Any], owned: Sequence[str], zone: str | None) -> Contact:
    return Contact(
        id=str(row.id),
        name=row.name,
        account=row.account,
        account_id=str(row.account_id) if row.account_id is not None else None,
        tier=row.worth,
        tier_by=row.worth_by if row.worth is not None else None,
        numbers=tuple(owned),
        email=row.email,
        language=row.language,
        note=row.note,
        open_tickets=row.open_tickets,
        time_zone=row.time_zone or zone,
        external_id=row.external_id,
        created_at=row.created_at,
        changed_at=row.changed_at,
        preferred_agent=row.preferred_agent,
        account_agent=row.account_agent,
    )


def _checked(fields: ContactFields) -> dict[str, Any]:
    given: dict[str, Any] = dict(fields)
    given.pop("numbers", None)
    values: dict[str, Any] = {
        name: (needed_text if name == "name" else checked_text)(name, value, LONGEST[name])
        for name, value in given.items()
        if name in LONGEST
    }
    if "time_zone" in values:
        values["time_zone"] = checked_zone(values["time_zone"])
    return values


async def _resolve_account(connection: AsyncConnection, values: dict[str, Any]) -> None:
    if "account" in values:
        name = values.pop("account")
        values["account_id"] = await account_key(connection, name) if name else None


async def _agents(connection: AsyncConnection, values: dict[str, Any]) -> tuple[str | None] | None:
    """Refuses who is no user. What the account's is to be, taken out of ``values``; None: as it was."""
    for field in ("preferred_agent", "account_agent"):
        login = values.get(field)
        known = select(users.c.id).where(users.c.login == login)
        if login is not None and (await connection.execute(known)).first() is None:
            raise Refused(field, f"nobody has the login {login[:40]!r}")
    return (values.pop("account_agent"),) if "account_agent" in values else None


async def _set_account_agent(connection: AsyncConnection, contact: int, agent: tuple[str | None] | None) -> None:
    if agent is None:
        return
    own = select(contacts.c.account_id).where(contacts.c.id == contact).scalar_subquery()
    changed = await connection.execute(update(accounts).where(accounts.c.id == own).values(preferred_agent=agent[0]))
    if changed.rowcount == 0 and agent[0] is not None:
        raise Refused("account_agent", "this contact has no account; give it one, or set preferred_agent")


async def _written(connection: AsyncConnection, statement: Any) -> Any:
    try:
        return (await connection.execute(statement)).scalar_one_or_none()
    except IntegrityError:
        raise Conflict("external_id", "another contact has this external_id") from None


def _earlier(table: Any, column: ColumnElement[str], owner: ColumnElement[int], begins: str) -> ColumnElement[bool]:
    """Whether the same contact matches by a smaller word or number too: then it was listed there already."""
    other = table.alias()
    return exists().where(other.c.contact_id == owner, other.c[column.key] >= begins, other.c[column.key] < column)
