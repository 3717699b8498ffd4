"""Who gave up and was not talked with since: read from the calls, decided by :mod:`routing.lost`.

Nothing is kept for it: the list follows from the calls' records, so it closes itself when somebody is reached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.requests import OVER
from crm_store.schema import calls, contact_numbers, contacts, requests
from routing.lost import GaveUp, Lost, Talked, lost_callers

LONGEST: Final = timedelta(days=31)
MOST: Final = 5_000
"""Given-up calls that are looked at, the newest ones."""
AT_ONCE: Final = 500
T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True)
class LostCaller:
    """``contact``, ``name``: where exactly one contact has the number. ``request``: the callback in flight, if any."""

    lost: Lost
    contact: str | None
    name: str | None
    request: str | None


@dataclass(frozen=True, slots=True)
class LostCallers:
    """``withheld``: given-up calls without a number. ``cut``: there were more than are looked at."""

    items: tuple[LostCaller, ...]
    withheld: int
    cut: bool


class LostOnes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(
        self, begin: datetime, now: datetime, values: Mapping[str, float], queue: str | None = None
    ) -> LostCallers:
        """Of calls that began at or after ``begin``. ``values``: what tiers are worth. Raises Refused, StoreAway."""
        if begin > now:
            raise Refused("from", "from must not be later than now")
        if now - begin > LONGEST:
            raise Refused("from", f"ask for the last {LONGEST.days} days at most")
        async with self._database.reading() as connection:
            gave_up = await _gave_up(connection, begin, queue)
            tried = {one.number for one in gave_up if one.number}
            owners, names = await _owners(connection, tried)
            talked = await _talked(connection, begin, tried | set(owners))
            lost, withheld = lost_callers(gave_up, talked, owners, values)
            asked = await _callbacks(connection, {number for one in lost for number in one.numbers} | set(owners))
        found = tuple(_shown(one, owners, names, asked) for one in lost)
        return LostCallers(found, withheld, len(gave_up) == MOST)


def _shown(
    one: Lost, owners: Mapping[str, frozenset[str]], names: Mapping[str, str], asked: Mapping[str, str]
) -> LostCaller:
    own = owners.get(one.number, frozenset())
    contact = next(iter(own)) if len(own) == 1 else None
    theirs = [*one.numbers, *(number for number, who in owners.items() if contact and who == own)]
    request = next((asked[number] for number in theirs if number in asked), None)
    return LostCaller(one, contact, names.get(contact or ""), request)


async def _gave_up(connection: AsyncConnection, begin: datetime, queue: str | None) -> list[GaveUp]:
    of = calls.c
    query = select(of.id, of.number, of.queue, of.ended_at, of.queued_at, of.started_at, of.unqueued_at, of.tier)
    query = query.where(of.direction == "inbound", of.started_at >= begin, of.outcome == "abandoned")
    query = query.where(of.answered_at.is_(None), of.queue.is_not(None) if queue is None else of.queue == queue)
    rows = await connection.execute(query.order_by(of.started_at.desc()).limit(MOST))
    found = []
    for row in rows:
        over = row.unqueued_at or row.ended_at or row.started_at
        waited = max(0.0, (over - (row.queued_at or row.started_at)).total_seconds())
        found.append(GaveUp(row.id, row.number, row.queue, over, waited, row.tier))
    return found


async def _owners(
    connection: AsyncConnection, tried: Collection[str]
) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """The contacts of these numbers and of all other numbers that those have; and the contacts' names."""
    of = contact_numbers.c
    ids: set[int] = set()
    for part in _parts(tried):
        ids |= set((await connection.execute(select(of.contact_id).where(of.e164.in_(part)))).scalars())
    owned: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for some in _parts(ids):
        joined = select(of.e164, contacts.c.id, contacts.c.name).join(contacts, contacts.c.id == of.contact_id)
        for row in await connection.execute(joined.where(of.contact_id.in_(some))):
            owned.setdefault(row.e164, set()).add(str(row.id))
            names[str(row.id)] = row.name
    return {number: frozenset(who) for number, who in owned.items()}, names


async def _talked(connection: AsyncConnection, begin: datetime, numbers: Collection[str]) -> list[Talked]:
    of, found = calls.c, list[Talked]()
    for part in _parts(numbers):
        query = select(of.number, func.max(of.answered_at).label("at")).where(of.number.in_(part))
        query = query.where(of.answered_at >= begin, of.started_at >= begin, of.direction != "internal")
        rows = await connection.execute(query.group_by(of.number))
        found += [Talked(row.number, row.at) for row in rows]
    return found


async def _callbacks(connection: AsyncConnection, numbers: Collection[str]) -> dict[str, str]:
    of, found = requests.c, dict[str, str]()
    for part in _parts(numbers):
        query = select(of.number, of.id).where(of.kind == "callback", of.state.not_in(OVER), of.number.in_(part))
        found |= {row.number: str(row.id) for row in await connection.execute(query)}
    return found


def _parts(all_: Iterable[T]) -> Iterable[Sequence[T]]:
    ordered = sorted(all_)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
