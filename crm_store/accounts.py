"""Accounts: companies and households, by their name."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.records import Account, Page, cursor, page_size, place
from crm_store.schema import accounts
from crm_store.tiers import HAND, TIERS
from crm_store.values import checked_text, key_of, needed_text, upsert
from crm_store.words import AFTER_ALL


class Accounts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, q: str = "", after: str | None = None, limit: int = 50) -> Page[Account]:
        """Accounts whose name begins with ``q`` (as written), by name."""
        query = select(accounts).order_by(accounts.c.name).limit(page_size(limit) + 1)
        if q:
            query = query.where(accounts.c.name >= q, accounts.c.name < q + AFTER_ALL)
        if after:
            query = query.where(accounts.c.name > place(after, str)[0])
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_account(row) for row in rows[: page_size(limit)])
        return Page(items, cursor(items[-1].name) if len(rows) > len(items) else None)

    async def get(self, id: str) -> Account | None:
        key = key_of(id)
        if key is None:
            return None
        async with self._database.reading() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.id == key))).first()
        return _account(row) if row else None

    async def put(self, name: str, tier: str | None = None) -> Account:
        """The account of this name, made if there is none, with this tier, by hand; None: as its orders make it."""
        name = needed_text("account", name, 200)
        tier = checked_text("tier", tier, 1, among=TIERS)
        by = HAND if tier is not None else None
        values = {"name": name, "tier": tier, "tier_by": by, "created_at": datetime.now(UTC)}
        async with self._database.writing() as connection:
            statement = upsert(connection, accounts, values, ("name",), ("tier", "tier_by")).returning(accounts)
            return _account((await connection.execute(statement, values)).one())


async def account_key(connection: AsyncConnection, name: str) -> int:
    """The key of the account of this name, made without a tier if there is none."""
    found = (await connection.execute(select(accounts.c.id).where(accounts.c.name == name))).scalar_one_or_none()
    if found is not None:
        return int(found)
    values = {"name": name, "created_at": datetime.now(UTC)}
    statement = upsert(connection, accounts, values, key=("name",), change=("name",)).returning(accounts.c.id)
    return int((await connection.execute(statement, values)).scalar_one())


def _account(row: Row[tuple[int, str, str | None, datetime]]) -> Account:
    return Account(str(row.id), row.name, row.tier)
