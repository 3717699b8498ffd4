"""What is known of numbers before a campaign dials them, gathered by a fixed number of queries, and the law's verdicts.

The preview asks for thousands of leads, the dialler for the one whose call is about to leave: both ask here, so both
get the same answer. ``QUERIES`` of them answer for a whole batch, however large it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, get_args

from sqlalchemy import Row, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import attempts, campaigns, lead_numbers, leads
from crm_store.country_profiles import Profiles
from crm_store.database import Database
from crm_store.numbers import country_of, kind_of
from crm_store.schema import contact_numbers, contacts
from crm_store.suppressions import lists_for, suppressions_of
from crm_store.values import key_of
from crm_store.zones import is_zone, possible_zones
from routing.lawful import (
    Against,
    Campaign,
    Candidate,
    Consent,
    Listed,
    Suppression,
    Tried,
    Verdict,
    faults,
    may_dial,
)
from routing.lawful.candidate import Basis
from routing.lawful.profile import limited

BASES: Final = get_args(Basis)
QUERIES: Final = 7
MOST_AT_ONCE: Final = 1_000
"""Leads; more are judged in parts, each with its own queries."""
LIMITS: Final = {"attempts": "attempts_per_lead", "attempts_per_day": "attempts_per_day"}
"""A campaign's settings -> the profile's rule that they make tighter."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One number of one lead. ``n``: its place among the lead's numbers."""

    lead: str
    n: int
    number: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CampaignProfile:
    name: str
    profile: str


class Lawfulness:
    def __init__(self, database: Database, profiles: Profiles) -> None:
        self._database = database
        self.profiles = profiles

    async def judged(
        self, campaign: str, lead_ids: Collection[str], now: datetime, *, sure_agent: bool = False
    ) -> tuple[Judged, ...]:
        """Every number of these leads, in their order. Leads and campaigns that are not there have none.

        ``sure_agent``: one surely waits for this very answer; in mode preview that is always so.
        """
        found: list[Judged] = []
        async with self._database.reading() as connection:
            keys = list(dict.fromkeys(key for id in lead_ids if (key := key_of(id)) is not None))
            for start in range(0, len(keys), MOST_AT_ONCE):
                part = keys[start : start + MOST_AT_ONCE]
                found += await judge(connection, self.profiles, key_of(campaign) or 0, part, now, sure_agent)
        return tuple(found)

    async def campaigns(self) -> tuple[CampaignProfile, ...]:
        """Those that are not over, and whose rules they keep."""
        query = select(campaigns.c.name, campaigns.c.profile).where(campaigns.c.state != "stopped")
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(campaigns.c.name))
            return tuple(CampaignProfile(row.name, row.profile) for row in rows)

    async def faults(self, campaign: str, now: datetime) -> tuple[Against, ...]:
        """What stands against starting it, by the law; empty also where there is no such campaign."""
        async with self._database.reading() as connection:
            row = await _campaign(connection, key_of(campaign) or 0)
            if row is None:
                return ()
            lists = await lists_for(connection, row.id)
        return faults(_facts(row), await self.profiles.ready(row.profile, now), lists, now)


async def judge(
    connection: AsyncConnection,
    profiles: Profiles,
    campaign: int,
    lead_keys: Sequence[int],
    now: datetime,
    sure_agent: bool = False,
) -> list[Judged]:
    """As :meth:`Lawfulness.judged`, on a connection: also inside the transaction that writes the attempt down."""
    row = await _campaign(connection, campaign)
    if row is None or not lead_keys:
        return []
    numbers = await _numbers(connection, campaign, lead_keys)
    known = await _gather(connection, campaign, numbers)
    facts = _facts(row)
    profile = await profiles.ready(row.profile, now)
    if profile is not None:
        profile = limited(profile, {rule: row.settings.get(name) for name, rule in LIMITS.items()})
    found = []
    for each in numbers:
        candidate = known.candidate(each, facts, sure_agent or facts.mode == "preview")
        found.append(Judged(str(each.lead_id), each.n, each.number, may_dial(candidate, profile, now)))
    order = {key: n for n, key in enumerate(lead_keys)}
    return sorted(found, key=lambda one: (order[int(one.lead)], one.n))


@dataclass(frozen=True, slots=True)
class _Known:
    """``tried``: attempts by their lead's id and by their number, each with its own key."""

    tried: Mapping[str, Mapping[int, Tried]]
    suppressions: Mapping[str, tuple[Suppression, ...]]
    lists: tuple[Listed, ...]
    zones: Mapping[str, frozenset[str]]

    def candidate(self, row: Row[Any], campaign: Campaign, sure_agent: bool) -> Candidate:
        lead, number = str(row.lead_id), str(row.number)
        tried = {**self.tried.get(lead, {}), **self.tried.get(number, {})}
        return Candidate(
            lead=lead, number=number, campaign=campaign, country=country_of(number), kind=kind_of(number),
            zones=_zones(row, self.zones.get(number, frozenset())), attempts=tuple(tried.values()),
            suppressions=self.suppressions.get(number, ()), lists=self.lists, consent=consent_of(row.consent),
            sure_agent=sure_agent, bad=row.bad,
        )  # fmt: skip


def _zones(row: Row[Any], owners: frozenset[str]) -> tuple[str, ...]:
    """Where the number could lie, and where people say that its owner lives: neither is sure, so all must agree."""
    possible = possible_zones(row.number)
    said = {zone for zone in (row.time_zone, row.contact_zone, *owners) if zone and is_zone(zone)}
    return tuple(sorted({*possible, *said})) if possible else ()


async def _campaign(connection: AsyncConnection, key: int) -> Row[Any] | None:
    return (await connection.execute(select(campaigns).where(campaigns.c.id == key))).first()


def _facts(row: Row[Any]) -> Campaign:
    sound = row.settings.get("legal_sound")
    return Campaign(str(row.id), row.mode, row.caller_number, row.company, row.reason, str(sound) if sound else None)


async def _numbers(connection: AsyncConnection, campaign: int, keys: Sequence[int]) -> Sequence[Row[Any]]:
    joined = lead_numbers.join(leads, leads.c.id == lead_numbers.c.lead_id)
    joined = joined.outerjoin(contacts, contacts.c.id == leads.c.contact_id)
    told = select(lead_numbers, leads.c.time_zone, leads.c.consent, contacts.c.time_zone.label("contact_zone"))
    mine = (leads.c.campaign_id == campaign) & leads.c.id.in_(keys)
    return (await connection.execute(told.select_from(joined).where(mine))).all()


async def _gather(connection: AsyncConnection, campaign: int, rows: Sequence[Row[Any]]) -> _Known:
    numbers = sorted({str(row.number) for row in rows})
    lead_keys = sorted({int(row.lead_id) for row in rows})
    return _Known(
        await _tried(connection, lead_keys, numbers),
        await suppressions_of(connection, numbers, campaign),
        await lists_for(connection, campaign),
        await _owners_zones(connection, numbers),
    )


async def _tried(
    connection: AsyncConnection, lead_keys: Sequence[int], numbers: Sequence[str]
) -> Mapping[str, Mapping[int, Tried]]:
    of = attempts.c
    told = select(of.id, of.at, of.lead_id, of.number, of.campaign_id, of.outcome)
    found: dict[str, dict[int, Tried]] = {}
    for row in await connection.execute(
        union(told.where(of.lead_id.in_(lead_keys)), told.where(of.number.in_(numbers)))
    ):
        one = Tried(row.at, str(row.lead_id), row.number, str(row.campaign_id), row.outcome)
        for key in (one.lead, one.number):
            found.setdefault(key, {})[row.id] = one
    return found


async def _owners_zones(connection: AsyncConnection, numbers: Sequence[str]) -> Mapping[str, frozenset[str]]:
    owners = contact_numbers.join(contacts, contact_numbers.c.contact_id == contacts.c.id)
    query = select(contact_numbers.c.e164, contacts.c.time_zone).select_from(owners)
    query = query.where(contact_numbers.c.e164.in_(numbers), contacts.c.time_zone.is_not(None))
    found: dict[str, set[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.e164, set()).add(row.time_zone)
    return {number: frozenset(zones) for number, zones in found.items()}


def consent_of(kept: Any) -> Consent | None:
    """Of a lead: ``{"basis", "at", "text", "by"?, "withdrawn_at"?}``. None for what does not say basis and time."""
    if not isinstance(kept, Mapping) or kept.get("basis") not in BASES:
        return None
    given, withdrawn = _moment(kept.get("at")), kept.get("withdrawn_at")
    if given is None:
        return None
    # Withdrawn at a time that nobody can read is withdrawn all the same.
    until = None if not withdrawn else _moment(withdrawn) or given
    return Consent(kept["basis"], given, str(kept.get("text") or ""), str(kept.get("by") or ""), until)


def _moment(text: Any) -> datetime | None:
    """A date alone is that day's beginning; a time without an offset is UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
