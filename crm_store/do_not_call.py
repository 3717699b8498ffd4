"""Numbers that must not be dialled: who said so, when, and for what. What is taken off stays in the audit trail.

``scope`` ``all``: never, for nothing; ``marketing``: no campaign, but a callback that the customer asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import Row, delete, select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.numbers import to_e164
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import do_not_call
from crm_store.values import checked_text, needed_text, upsert

Scope = Literal["all", "marketing"]
SCOPES: Final[tuple[str, ...]] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """``by``: the login of who wrote it down. ``scope`` ``campaign``: for one campaign, see crm_store.suppressions."""

    number: str
    scope: Scope | Literal["campaign"]
    since: datetime
    by: str
    reason: str | None


class DoNotCall:
    """``country`` reads numbers without an international prefix."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def add(self, number: str, scope: str, by: str, reason: str | None, now: datetime) -> tuple[Suppressed, bool]:
        """From now on, and whether it is new: who said so first stays. Raises Refused."""
        row = {
            "number": self._number(number),
            "scope": needed_text("scope", scope, 20, among=SCOPES),
            "since": now,
            "by": by,
            "reason": checked_text("reason", reason, 500),
        }
        of = do_not_call.c
        async with self._database.writing() as connection:
            statement = upsert(connection, do_not_call, row, ("number", "scope"), ())
            new = (await connection.execute(statement, row)).rowcount > 0
            kept = select(do_not_call).where(of.number == row["number"], of.scope == row["scope"])
            return _suppressed((await connection.execute(kept)).one()), new

    async def remove(self, number: str, scope: str) -> bool:
        """Raises Refused for what is no number."""
        of = do_not_call.c
        which = (of.number == self._number(number)) & (of.scope == scope)
        async with self._database.writing() as connection:
            return (await connection.execute(delete(do_not_call).where(which))).rowcount > 0

    async def scopes_of(self, number: str) -> frozenset[str]:
        """Of an E.164 number; empty where nothing stands against a call."""
        query = select(do_not_call.c.scope).where(do_not_call.c.number == number)
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def page(self, number: str | None = None, after: str | None = None, limit: int = 50) -> Page[Suppressed]:
        """By number."""
        of, size = do_not_call.c, page_size(limit)
        query = select(do_not_call).order_by(of.number, of.scope).limit(size + 1)
        if number:
            query = query.where(of.number == self._number(number))
        if after:
            last, scope = place(after, str, str)
            query = query.where((of.number > last) | ((of.number == last) & (of.scope > scope)))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        items = tuple(_suppressed(row) for row in rows[:size])
        return Page(items, cursor(items[-1].number, items[-1].scope) if len(rows) > size else None)

    def _number(self, text: str) -> str:
        number = to_e164(text, self._country)
        if number is None:
            raise Refused("number", f"{text[:40]!r} is not a telephone number")
        return number


def _suppressed(row: Row[Any]) -> Suppressed:
    return Suppressed(row.number, row.scope, row.since, row.by, row.reason)
