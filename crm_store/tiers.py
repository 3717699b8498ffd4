"""What customers are worth, from their orders: how recently, how often, for how much. By SQL, in the database.

Each of the three gives one to three points; the sum makes the tier. An account's orders are those of all its people.
Who has no account has a tier of their own. A tier that somebody set by hand stays until they take it back. All are
reckoned nightly, some thousands at a time so that nobody else waits for long, and after each order those whom it is
about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, ScalarSelect, Table, case, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.schema import accounts, contacts, orders
from crm_store.values import checked_text, key_of

TIERS = ("A", "B", "C")
AT_ONCE = 2_000
HAND: Final = "hand"
ORDERS: Final = "orders"
TierBy = Literal["hand", "orders"]


@dataclass(frozen=True, slots=True)
class TierRule:
    """``window_days``: older orders do not count. Recent, often and high are three points, stale, seldom and low one.

    Money is in whole units of ``currency``; orders in others count for how recently and how often only.
    """

    window_days: int = 730
    recent_days: int = 90
    stale_days: int = 365
    often: int = 6
    seldom: int = 2
    high: float = 2_000.0
    low: float = 300.0
    currency: str = "EUR"
    points_a: int = 8
    points_b: int = 6


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How many got another tier, and how many have each now (accounts, and people without one)."""

    changed: int
    have: dict[str, int]


class Tiers:
    def __init__(self, database: Database, rule: TierRule) -> None:
        self._database = database
        self.rule = rule

    async def reckon(self, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> Reckoned:
        """All tiers anew. ``progress`` is told how many of how many keys were looked at."""
        async with self._database.reading() as connection:
            last = [
                (await connection.execute(select(func.max(table.c.id)))).scalar() or 0 for table in (accounts, contacts)
            ]
        changed = done = 0
        for table, end in zip((accounts, contacts), last, strict=True):
            for begin in range(0, end, AT_ONCE):
                some = (table.c.id > begin, table.c.id <= begin + AT_ONCE)
                async with self._database.writing() as connection:
                    changed += await _reckon(connection, table, self.rule, now, *some)
                done += min(AT_ONCE, end - begin)
                progress(done, sum(last))
        return Reckoned(changed, await self._have())

    async def _have(self) -> dict[str, int]:
        found = dict.fromkeys(TIERS, 0)
        async with self._database.reading() as connection:
            for table, where in ((accounts, ()), (contacts, (contacts.c.account_id.is_(None),))):
                query = (
                    select(table.c.tier, func.count()).where(table.c.tier.is_not(None), *where).group_by(table.c.tier)
                )
                for tier, count in (await connection.execute(query)).all():
                    found[tier] = found.get(tier, 0) + int(count)
        return found

    async def set(self, contact: str, tier: str | None) -> bool:
        """By hand, for the contact's account or, without one, the contact; None: as the orders make it again.

        False: there is no such contact. Raises Refused.
        """
        key, tier = key_of(contact), checked_text("tier", tier, 1, among=TIERS)
        if key is None:
            return False
        async with self._database.writing() as connection:
            row = (await connection.execute(select(contacts.c.account_id).where(contacts.c.id == key))).first()
            if row is None:
                return False
            table, which = (contacts, key) if row.account_id is None else (accounts, row.account_id)
            by = HAND if tier is not None else None
            await connection.execute(update(table).where(table.c.id == which).values(tier=tier, tier_by=by))
            if tier is None:
                await after_order(connection, key, self.rule, datetime.now(UTC))
        return True


async def after_order(connection: AsyncConnection, contact: int, rule: TierRule, now: datetime) -> None:
    """The tier of whom an order is about: two statements."""
    account = select(contacts.c.account_id).where(contacts.c.id == contact).scalar_subquery()
    await _reckon(connection, accounts, rule, now, accounts.c.id == account)
    await _reckon(connection, contacts, rule, now, contacts.c.id == contact)


async def _reckon(
    connection: AsyncConnection, table: Table, rule: TierRule, now: datetime, *which: ColumnElement[bool]
) -> int:
    """How many got another tier."""
    tier = _tier(table, rule, now)
    ours = or_(table.c.tier_by.is_(None), table.c.tier_by == ORDERS)
    statement = update(table).where(*which, ours, table.c.tier.is_distinct_from(tier))
    return int((await connection.execute(statement.values(tier=tier, tier_by=ORDERS))).rowcount)


def _tier(table: Table, rule: TierRule, now: datetime) -> ScalarSelect[Any]:
    """What the orders of a row of this table make of it; null without any."""
    since = now - timedelta(days=rule.window_days)
    cents = case((orders.c.currency == rule.currency, orders.c.total_cents), else_=literal(0))
    last, many, money = func.max(orders.c.at), func.count(), func.coalesce(func.sum(cents), 0)
    recent, stale = now - timedelta(days=rule.recent_days), now - timedelta(days=rule.stale_days)
    points = (
        case((last >= recent, 3), (last >= stale, 2), else_=1)
        + case((many >= rule.often, 3), (many >= rule.seldom, 2), else_=1)
        + case((money >= round(rule.high * 100), 3), (money >= round(rule.low * 100), 2), else_=1)
    )
    made = case((many == 0, null()), (points >= rule.points_a, "A"), (points >= rule.points_b, "B"), else_="C")
    counted = (orders.c.status != "cancelled", orders.c.at >= since, orders.c.at <= now)
    if table is accounts:
        people = contacts.alias("people")
        theirs = orders.join(people, people.c.id == orders.c.contact_id)
        query = select(made).select_from(theirs).where(people.c.account_id == accounts.c.id, *counted)
        return query.correlate(accounts).scalar_subquery()
    own = (orders.c.contact_id == contacts.c.id, contacts.c.account_id.is_(None))
    return select(made).select_from(orders).where(*own, *counted).correlate(contacts).scalar_subquery()
