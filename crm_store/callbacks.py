"""Callbacks: kept as requests of kind ``callback``, one in flight for each number, with the caller's place in line.

A number is called only at an hour that is lawful where it is, and not while it stands on the do-not-call list; both are
asked when the callback is made and again before each dial. What was not answered is tried again, some times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from phonenumbers import NumberParseException, parse
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from sqlalchemy import select

from crm_store.database import Database
from crm_store.do_not_call import DoNotCall
from crm_store.errors import Refused
from crm_store.numbers import dialable
from crm_store.requests import Added, Request, RequestFilter, Requests, RequestState
from crm_store.schema import contact_numbers, contacts, numbers
from routing.calling_hours import CallingHours, next_allowed

LASTS: Final = timedelta(hours=24)
"""So long after it may first be called a callback waits for an agent; then it expires, and nobody rings at night."""
AGAIN: Final = timedelta(minutes=15)
"""Between two tries."""
MOST_TRIES: Final = 3
_TAKEN: Final[tuple[RequestState, ...]] = ("taken",)
SUBJECT: Final = "Callback"


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """``hours``: when numbers may be called, by their own clocks."""

    hours: CallingHours = field(default_factory=CallingHours)
    lasts: timedelta = LASTS
    again: timedelta = AGAIN
    most_tries: int = MOST_TRIES


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
        """The customer was talked with: what waits for them is void."""
        return await self._requests.cancel_of(number, now)

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


def possible_zones(number: str) -> Collection[str]:
    """All zones that an E.164 number could lie in."""
    try:
        found = time_zones_for_number(parse(number))
    except NumberParseException:
        return ()
    return tuple(zone for zone in found if zone != UNKNOWN_TIMEZONE)
