"""Segments: lists whose leads are found among the contacts, and that grow while the campaign runs.

A rule is a table; a contact is in the segment when all that it says is true of them. Leads are only added: who is no
longer in the segment when their turn comes stays a lead, for somebody may have talked with them meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import dial_lists, lead_numbers, leads
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.number_plans import Numbers
from crm_store.schema import Stamp, accounts, contact_numbers, contacts, interactions, order_lines, orders
from crm_store.values import key_of, needed_text

PART: Final = 500
RULES: Final = ("tier", "language", "account", "bought", "not_bought", "last_contact_before", "last_contact_days")
TIERS: Final = ("A", "B", "C")


def checked_segment(given: Any) -> dict[str, Any]:
    """Raises Refused. ``tier``, ``language``: one or several; ``account``: a company's name; ``bought``,
    ``not_bought``: a product, or true for any; ``last_contact_before``: a date; ``last_contact_days``: so many days ago
    or longer, or never."""
    if not isinstance(given, Mapping) or not given:
        raise Refused("segment", f"a segment is a table with one or more of {', '.join(RULES)}")
    for name in given:
        if name not in RULES:
            raise Refused("segment", f"a segment has no {str(name)[:40]!r}; it has {', '.join(RULES)}")
    rule = dict(given)
    for name, among in (("tier", TIERS), ("language", ())):
        if name in rule:
            some = [rule[name]] if isinstance(rule[name], str) else list(rule[name] or ())
            rule[name] = sorted({needed_text(name, one if isinstance(one, str) else "", 10, among) for one in some})
    for name in ("bought", "not_bought"):
        if name in rule and rule[name] is not True:
            rule[name] = needed_text(name, rule[name] if isinstance(rule[name], str) else "", 200)
    if "account" in rule:
        rule["account"] = needed_text("account", rule["account"] if isinstance(rule["account"], str) else "", 200)
    if "last_contact_before" in rule:
        rule["last_contact_before"] = _day(rule["last_contact_before"]).isoformat()
    days = rule.get("last_contact_days", 1)
    if type(days) is not int or not 1 <= days <= 3_650:
        raise Refused("segment", "last_contact_days must be a whole number from 1 to 3650")
    return rule


def _day(given: Any) -> date:
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise Refused("segment", "last_contact_before must be a date like 2026-11-01") from None


class Segments:
    """``country``: contacts' numbers are E.164 already; it is only asked which of them may not be dialled."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._numbers = Numbers(country)

    async def count(self, rule: Mapping[str, Any], now: datetime) -> int:
        """How many contacts with a number are in it now. Raises Refused for what is no rule."""
        query = select(func.count()).select_from(contacts).where(_within(checked_segment(rule), now))
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def refresh(self, campaign: str, now: datetime) -> int:
        """Makes leads of all contacts that have come into the campaign's active segments. How many."""
        here = and_(dial_lists.c.campaign_id == (key_of(campaign) or 0), dial_lists.c.active)
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(dial_lists).where(here))).all()
        count = 0
        for row in rows:
            if row.segment is not None:
                while added := await self._add(row, now):
                    count += added
        return count

    async def _add(self, row: Row[Any], now: datetime) -> int:
        """Some of those who are not in the list yet."""
        there = exists().where(leads.c.list_id == row.id, leads.c.contact_id == contacts.c.id)
        query = select(contacts).where(_within(row.segment, now), ~there).order_by(contacts.c.id).limit(PART)
        async with self._database.writing() as connection:
            people = (await connection.execute(query)).all()
            numbers = await _numbers_of(connection, [one.id for one in people])
            for one in people:
                await self._make(connection, row, one, numbers.get(one.id, ()), now)
            if people:
                changed = update(dial_lists).where(dial_lists.c.id == row.id)
                await connection.execute(changed.values(version=dial_lists.c.version + 1, imported_at=now))
        return len(people)

    async def _make(
        self, connection: AsyncConnection, row: Row[Any], one: Row[Any], numbers: Sequence[str], now: datetime
    ) -> None:
        """One without a number that may be dialled is skipped from the first."""
        good = [number for number in numbers if self._numbers.read(number)[0]]
        values = {
            "campaign_id": row.campaign_id, "list_id": row.id, "contact_id": one.id, "key": f"contact:{one.id}",
            "name": one.name, "fields": {}, "language": one.language, "time_zone": one.time_zone,
            "state": "open" if good else "skipped", "next_at": now, "created_at": now,
            "changed_at": now,
        }  # fmt: skip
        id = (await connection.execute(insert(leads).values(**values).returning(leads.c.id))).scalar_one()
        if good:
            rows = [{"lead_id": id, "n": n, "number": number} for n, number in enumerate(good)]
            await connection.execute(insert(lead_numbers), rows)


async def _numbers_of(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[str]]:
    of = contact_numbers.c
    query = select(of.contact_id, of.e164).where(of.contact_id.in_(ids)).order_by(of.contact_id, of.position)
    found: dict[int, list[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.contact_id, []).append(row.e164)
    return found


def _within(rule: Mapping[str, Any], now: datetime) -> ColumnElement[bool]:
    """Of contacts."""
    wanted: list[ColumnElement[bool]] = [exists().where(contact_numbers.c.contact_id == contacts.c.id)]
    if "tier" in rule:
        theirs = select(accounts.c.tier).where(accounts.c.id == contacts.c.account_id).scalar_subquery()
        wanted.append(func.coalesce(theirs, contacts.c.tier).in_(rule["tier"]))
    if "language" in rule:
        wanted.append(contacts.c.language.in_(rule["language"]))
    if "account" in rule:
        named = exists().where(accounts.c.id == contacts.c.account_id, accounts.c.name == rule["account"])
        wanted.append(named)
    if "bought" in rule:
        wanted.append(_bought(rule["bought"]))
    if "not_bought" in rule:
        wanted.append(~_bought(rule["not_bought"]))
    for since in _since(rule, now):
        wanted.append(~exists().where(interactions.c.contact_id == contacts.c.id, interactions.c.at >= since))
    return and_(*wanted)


def _since(rule: Mapping[str, Any], now: datetime) -> list[ColumnElement[datetime]]:
    found = []
    if "last_contact_before" in rule:
        day = date.fromisoformat(rule["last_contact_before"])
        found.append(datetime(day.year, day.month, day.day, tzinfo=UTC))
    if "last_contact_days" in rule:
        found.append(now - timedelta(days=rule["last_contact_days"]))
    return [literal(at, Stamp) for at in found]


def _bought(what: Any) -> ColumnElement[bool]:
    """Ordered and not cancelled."""
    theirs = and_(orders.c.contact_id == contacts.c.id, orders.c.status != "cancelled")
    if what is True:
        return exists().where(theirs)
    return exists().where(theirs, order_lines.c.order_id == orders.c.id, order_lines.c.product == what)
