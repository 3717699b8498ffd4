"""What a campaign would dial now and what not, and why: asked before launch, and answered by who judges each dial.

A million leads are not judged one by one for a preview: some thousands, spread evenly over the lists, are; the answer
says of how many it speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from sqlalchemy import and_, func, select

from crm_store.campaign_schema import dial_lists, leads
from crm_store.campaigns import Campaign, Campaigns, Fault
from crm_store.database import Database
from crm_store.leads import Lead, LeadFilter, Leads, read_leads
from crm_store.schema import do_not_call
from crm_store.values import key_of

MOST_JUDGED: Final = 3_000
AT_ONCE: Final = 100
"""Between two parts others get their turn."""
When = Literal["now", "later", "never"]


class Verdict(Protocol):
    """Of a number. ``code``: which rule stands against it; ``why``: one sentence; ``not_before``: None: never."""

    @property
    def allowed(self) -> bool: ...
    @property
    def code(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def not_before(self) -> datetime | None: ...


class Judged(Protocol):
    """A number of a lead."""

    @property
    def lead(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def verdict(self) -> Verdict: ...


Judge = Callable[[str, Collection[str], datetime], Awaitable[Sequence[Judged]]]
"""Campaign, leads, now -> each number of them: the same that is asked when a call leaves."""


@dataclass(frozen=True, slots=True)
class Said:
    allowed: bool
    code: str
    why: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class JudgedNumber:
    lead: str
    number: str
    verdict: Said


@dataclass(frozen=True, slots=True)
class Expected:
    """A lead, and whether it is dialled. ``number``: the one that is, or the first. ``when`` later: not before
    ``not_before``, or when that is over which stands against it."""

    lead: str
    name: str
    list: str
    number: str
    when: When
    code: str
    why: str
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Reason:
    """``leads``: of those that were judged."""

    when: When
    code: str
    why: str
    leads: int


@dataclass(frozen=True, slots=True)
class Preview:
    """``leads``: in active lists; ``judged``: how many of them ``now``, ``later``, ``never`` and ``reasons`` speak of;
    ``faults``: why it cannot start. ``left_out``: leads of lists that are not active."""

    leads: int
    judged: int
    now: int
    later: int
    never: int
    left_out: int
    reasons: tuple[Reason, ...]
    faults: tuple[Fault, ...]


class Previews:
    """``judge``: what is asked for each lead that is not over; by default only what the store itself knows."""

    def __init__(self, database: Database, campaigns: Campaigns, leads_: Leads, judge: Judge | None = None) -> None:
        self._database = database
        self._campaigns = campaigns
        self._leads = leads_
        self.judge = judge or self._own

    async def of(self, campaign: Campaign, now: datetime) -> Preview:
        ids, total, left_out = await self._sample(campaign)
        found: list[Expected] = []
        for start in range(0, len(ids), AT_ONCE):
            async with self._database.reading() as connection:
                some = await read_leads(connection, leads.c.id.in_(ids[start : start + AT_ONCE]))
            found += await self.expected(campaign, some, now)
        when = Counter(one.when for one in found)
        reasons = Counter((one.when, one.code, one.why) for one in found)
        told = [Reason(*key, count) for key, count in reasons.most_common()]
        faults = await self._campaigns.faults(campaign, now)
        return Preview(
            total, len(found), when["now"], when["later"], when["never"], left_out, tuple(told[:100]), faults
        )

    async def page(
        self, campaign: Campaign, list: str | None, now: datetime, after: str | None = None, limit: int = 50
    ) -> tuple[tuple[Expected, ...], str | None]:
        """Lead by lead, in the order in which they came; and the cursor of the next part."""
        part = await self._leads.page(campaign.id, LeadFilter(list=list), after, limit)
        return await self.expected(campaign, part.items, now), part.next

    async def expected(self, campaign: Campaign, some: Sequence[Lead], now: datetime) -> tuple[Expected, ...]:
        """Of these leads, in their order."""
        judged: dict[str, list[Judged]] = {}
        for one in await self.judge(campaign.id, [lead.id for lead in some], now):
            judged.setdefault(one.lead, []).append(one)
        return tuple(_expected(campaign, lead, judged.get(lead.id, []), now) for lead in some)

    async def _sample(self, campaign: Campaign) -> tuple[list[int], int, int]:
        """Leads to judge, evenly spread; how many there are; how many in lists that are off."""
        here = dial_lists.c.campaign_id == int(campaign.id)
        counted = select(dial_lists.c.id, dial_lists.c.active, func.count(leads.c.id).label("n"))
        counted = counted.outerjoin(leads, leads.c.list_id == dial_lists.c.id).where(here)
        async with self._database.reading() as connection:
            rows = (await connection.execute(counted.group_by(dial_lists.c.id, dial_lists.c.active))).all()
            total = sum(row.n for row in rows if row.active)
            step = max(1, -(-total // MOST_JUDGED))
            lists = [row.id for row in rows if row.active]
            some = select(leads.c.id).where(and_(leads.c.list_id.in_(lists), leads.c.id % step == 0))
            ids = list((await connection.execute(some.order_by(leads.c.id).limit(MOST_JUDGED * 2))).scalars())
        return ids, total, sum(row.n for row in rows if not row.active)

    async def _own(self, campaign: str, ids: Collection[str], now: datetime) -> Sequence[JudgedNumber]:
        keys = [key for key in map(key_of, ids) if key is not None]
        async with self._database.reading() as connection:
            some = await read_leads(connection, leads.c.id.in_(keys))
            numbers = [one.number for lead in some for one in lead.numbers]
            listed = select(do_not_call.c.number).where(do_not_call.c.number.in_(numbers))
            silent = set((await connection.execute(listed)).scalars())
        found = []
        for lead in some:
            for one in lead.numbers:
                said = Said(True, "allowed", "Nothing stands against this call.")
                if one.bad:
                    said = Said(False, "bad_number", f"The number is not tried again: {one.bad}.")
                elif one.number in silent:
                    said = Said(False, "do_not_call", "The number is on the do-not-call list.")
                found.append(JudgedNumber(lead.id, one.number, said))
        return found


_STATES: Final[Mapping[str, tuple[When, str]]] = {
    "done": ("never", "It is done."),
    "skipped": ("never", "It was taken out."),
    "dialling": ("later", "It is being dialled."),
    "talking": ("later", "A call with it is up."),
}


def _expected(campaign: Campaign, lead: Lead, judged: Sequence[Judged], now: datetime) -> Expected:
    number = lead.numbers[0].number if lead.numbers else ""

    def said(when: When, code: str, why: str, number: str = number, at: datetime | None = None) -> Expected:
        return Expected(lead.id, lead.name, lead.list_id, number, when, code, why, at)

    if lead.state in _STATES:
        return said(_STATES[lead.state][0], lead.state, _STATES[lead.state][1])
    if not judged:
        return said("never", "no_number", "It has no number.")
    allowed = next((one for one in judged if one.verdict.allowed), None)
    if allowed is None:
        return _forbidden(said, judged)
    if lead.attempts >= campaign.settings.attempts:
        return said("never", "attempts", "It was tried as often as the campaign's settings allow.", allowed.number)
    if lead.next_at > now:
        return said("later", "not_due", "Its next attempt is not due yet.", allowed.number, lead.next_at)
    if lead.state == "reserved" and lead.reserved_until is not None and lead.reserved_until > now:
        return said("later", "reserved", "It is shown to an agent.", allowed.number, lead.reserved_until)
    if lead.owner and campaign.mode != "preview":
        return said(
            "later", "owned", "It has an owner; only in mode preview is it shown to that agent.", allowed.number
        )
    return said("now", "allowed", "It is dialled.", allowed.number)


def _forbidden(said: Callable[..., Expected], judged: Sequence[Judged]) -> Expected:
    """None of its numbers may be dialled now: what is told is of the one that may be first."""
    later = [one for one in judged if one.verdict.not_before is not None]
    if not later:
        one = judged[0]
        return said("never", one.verdict.code, one.verdict.why, one.number)
    one = min(later, key=_begins)
    return said("later", one.verdict.code, one.verdict.why, one.number, one.verdict.not_before)


def _begins(one: Judged) -> Any:
    return one.verdict.not_before
