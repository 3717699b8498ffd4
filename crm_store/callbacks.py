"""Callbacks: kept as requests of kind ``callback``, one in flight for each number, with the caller's place in line.

A number is called only at an hour that is lawful where it is, and not while it stands on the do-not-call list; both are
asked when the callback is made and again before each dial. What was not answered is tried again, some times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm_store.database import Database
from crm_store.do_not_call import DoNotCall
from crm_store.errors import Refused
from crm_store.numbers import dialable, to_e164
from crm_store.requests import OVER, Added, Request, RequestFilter, Requests, RequestState
from crm_store.schema import contact_numbers, contacts, numbers, requests
from crm_store.zones import possible_zones
from routing.calling_hours import CallingHours, next_allowed

LASTS: Final = timedelta(hours=24)
"""So long after it may first be called a callback waits for an agent; then it expires, and nobody rings at night."""
AGAIN: Final = timedelta(minutes=15)
"""Between two tries."""
MOST_TRIES: Final = 3
MOST_A_DAY: Final = 3
"""Callbacks for one number that strangers may ask for in a day: anybody can give anybody's number."""
FARTHEST: Final = timedelta(days=14)
"""So far ahead a customer may wish to be called."""
LATE: Final = timedelta(minutes=5)
"""A form takes a while to fill in: a wished time that is over since then counts as now."""
_TAKEN: Final[tuple[RequestState, ...]] = ("taken",)
SUBJECT: Final = "Callback"


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """``hours``: when numbers may be called, by their own clocks."""

    hours: CallingHours = field(default_factory=CallingHours)
    lasts: timedelta = LASTS
    again: timedelta = AGAIN
    most_tries: int = MOST_TRIES


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """What a stranger asks for. ``at``: when they want to be called; without an offset it is by the number's clock."""

    number: str
    queue: str
    name: str | None = None
    text: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promised:
    """``zone``: by whose clock the customer is told the time."""

    added: Added
    zone: str


class Callbacks:
    """``country`` reads numbers without an international prefix."""

    def __init__(
        self,
        database: Database,
        requests: Requests,
        suppressed: DoNotCall,
        country: str,
        rules: CallbackRules = CallbackRules(),
    ) -> None:
        self._database = database
        self._requests = requests
        self._suppressed = suppressed
        self._country = country
        self._rules = rules

    async def ask(
        self,
        number: str,
        queue: str,
        now: datetime,
        since: datetime | None = None,
        name: str | None = None,
        text: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Added:
        """``since``: the place in line that it keeps. A number that has one in flight gets that one.

        Raises Refused with one sentence: a number that is not dialled, on the list, or at no lawful hour within a week.
        """
        e164, why_not = dialable(number, self._country)
        if why_not:
            raise Refused("number", why_not.rstrip("."))
        begins = await self._lawful(e164, now)
        fields = {
            "number": e164,
            "name": name,
            "text": text,
            "details": {**(details or {}), "tries": 0},
            "since": min(since or now, now),
            "not_before": begins if begins > now else None,
            "expires_at": begins + self._rules.lasts,
        }
        return await self._requests.add("callback", queue, SUBJECT, now, fields, key=f"callback:{e164}")

    async def promise(self, wish: CallbackWish, now: datetime) -> Promised:
        """For a stranger, who is owed a place in line from the time they wish for. The one in flight, if there is one.

        Raises Refused with one sentence: as :meth:`ask`, and for a time that cannot be, and for too many in a day.
        """
        e164 = to_e164(wish.number, self._country)
        if e164 is None:
            raise Refused("number", "number: write a telephone number, best with its country code, like +372 5550 1000")
        e164, why_not = dialable(e164, self._country)
        if why_not:
            raise Refused("number", why_not.rstrip("."))
        zones = sorted(await self._zones(e164))
        begins = await self._lawful(e164, _wished(wish.at, zones, now))
        if await self._over_since(e164, now - timedelta(days=1)) >= MOST_A_DAY:
            raise Refused("number", "this number was called back often enough today; please call us")
        fields = {
            "number": e164, "name": wish.name, "text": wish.text, "details": {**wish.details, "tries": 0},
            "since": begins if wish.at is not None else now, "skills": wish.skills,
            "not_before": begins if begins > now else None, "expires_at": begins + self._rules.lasts,
        }  # fmt: skip
        added = await self._requests.add("callback", wish.queue, SUBJECT, now, fields, key=f"callback:{e164}")
        return Promised(added, zones[0])

    async def _over_since(self, number: str, since: datetime) -> int:
        of = requests.c
        mine = (of.number == number) & (of.kind == "callback") & (of.created_at > since) & of.state.in_(OVER)
        async with self._database.reading() as connection:
            return int((await connection.execute(select(func.count()).where(mine))).scalar_one())

    async def check(self, request: Request, now: datetime) -> None:
        """Just before it is dialled. Raises Refused."""
        if request.number is None:
            raise Refused("number", "this request has no number")
        if await self._lawful(request.number, now) > now:
            raise Refused("number", "it is not an hour at which this number may be called")

    async def _lawful(self, number: str, now: datetime) -> datetime:
        """From when on it may be called."""
        if "all" in await self._suppressed.scopes_of(number):
            raise Refused("number", "this number is on the do-not-call list; the customer must have it taken off first")
        begins = next_allowed(await self._zones(number), now, self._rules.hours)
        if begins is None:
            raise Refused("number", "there is no hour within a week at which this number may be called")
        return begins

    async def _zones(self, number: str) -> Collection[str]:
        """The contact's own, else the number's, else all that it could lie in."""
        owners = contact_numbers.join(contacts, contact_numbers.c.contact_id == contacts.c.id)
        own = select(contacts.c.time_zone).select_from(owners).where(contact_numbers.c.e164 == number)
        kept = select(numbers.c.time_zone).where(numbers.c.e164 == number)
        async with self._database.reading() as connection:
            for query in (own, kept):
                found = {zone for zone in (await connection.execute(query)).scalars() if zone}
                if found:
                    return found
        return possible_zones(number)

    async def called(self, number: str, now: datetime) -> tuple[Request, ...]:
        """The customer was talked with: what waits for them is void, by each number that is theirs alone."""
        void = await self._requests.cancel_of(number, now)
        for other in await self._others(number):
            void += await self._requests.cancel_of(other, now)
        return void

    async def _others(self, number: str) -> Collection[str]:
        """Other numbers with the same one owner."""
        one, other = contact_numbers.alias(), contact_numbers.alias()
        shared = select(one.c.contact_id).where(one.c.e164 == number)
        async with self._database.reading() as connection:
            owners = (await connection.execute(shared.limit(2))).scalars().all()
            if len(owners) != 1:
                return ()
            theirs = select(other.c.e164).where(other.c.contact_id == owners[0], other.c.e164 != number)
            return (await connection.execute(theirs)).scalars().all()

    async def dialled(self, number: str, agent: str, call: str, reached: bool, now: datetime) -> Request | None:
        """What came of an agent's call to this number; None when they had no callback to it.

        Not reached: to its place in line again, not at once, until it was tried often enough.
        """
        mine = await self._requests.page(RequestFilter(kind="callback", state="taken", number=number, agent=agent))
        if not mine.items:
            return None
        one = mine.items[0]
        if reached:
            return await self._requests.move(one.id, "done", now, was=_TAKEN, agent_was=agent, agent=agent, call=call)
        tries = int(one.details.get("tries", 0)) + 1
        later = await self._later(number, now) if tries < self._rules.most_tries else None
        if later is None:
            return await self._requests.move(one.id, "expired", now, was=_TAKEN, agent_was=agent, call=call)
        return await self._requests.put_back(one.id, agent, now, later, {**one.details, "tries": tries})

    async def _later(self, number: str, now: datetime) -> datetime | None:
        """When it may be tried again; None: not any more."""
        try:
            return await self._lawful(number, now + self._rules.again)
        except Refused:
            return None


def _wished(at: datetime | None, zones: Sequence[str], now: datetime) -> datetime:
    """Now, or the time to come. Raises Refused."""
    if at is None:
        return now
    if at.tzinfo is None:
        if len({at.replace(tzinfo=ZoneInfo(zone)).utcoffset() for zone in zones}) != 1:
            raise Refused("at", "at: say the time with its offset from UTC, like 2026-11-28T14:30+02:00")
        at = at.replace(tzinfo=ZoneInfo(zones[0]))
    if at < now - LATE:
        raise Refused("at", "at: this time is over; choose a later one, or none to be called soon")
    if at > now + FARTHEST:
        raise Refused("at", f"at: choose a time within the next {FARTHEST.days} days")
    return max(at.astimezone(UTC), now)
