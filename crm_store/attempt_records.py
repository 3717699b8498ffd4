"""Attempts as proof: written out for whoever asks how a campaign kept the law, and gone when no law wants them kept."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any, Final, TextIO

from sqlalchemy import Row, Select, delete, exists, func, insert, select

from crm_store.campaign_schema import attempts, campaigns, dial_lists, leads
from crm_store.country_profiles import Profiles
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import audit, legal_holds
from crm_store.spreadsheet import guarded

AT_ONCE: Final = 500
BY_TIME: Final = "retention"
ATTEMPT_COLUMNS: Final = (
    "id", "campaign", "list", "lead", "lead_name", "number", "mode", "agent", "at", "deadline", "outcome",
    "answered_at", "connected_at", "seconds_to_agent", "ended_at", "cause", "call", "disposition", "estimated",
    "profile", "profile_version", "profile_effective_from", "country", "kind", "local_times", "do_not_call_lists",
    "suppressions", "consent_basis", "consent_at", "consent_by", "consent_text", "attempts_of_lead",
    "attempts_of_number", "attempts_of_number_24_hours", "caller_number", "predictive_reason", "sure_agent",
    "decided_at", "decision", "decision_code", "proof",
)  # fmt: skip
"""From ``profile`` on it is what was known when the call left; ``proof`` is all of that, as JSON."""


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """``campaign``: its name; None: all. Attempts at or after ``from_`` and before ``to``."""

    campaign: str | None = None
    from_: datetime | None = None
    to: datetime | None = None


async def export_attempts(
    database: Database,
    out: TextIO,
    want: AttemptFilter,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """One row an attempt, oldest first; how many. ``out`` must not translate line ends. Times are RFC 3339, UTC.

    Raises Refused for a campaign that is not there.
    """
    which = await _which(database, want)
    async with database.reading() as connection:
        counted = select(func.count()).select_from(attempts).where(*which)
        total = int((await connection.execute(counted)).scalar_one())
    writer, done = csv.writer(out), 0
    writer.writerow(ATTEMPT_COLUMNS)
    progress(0, total)
    async for rows in _parts(database, which):
        writer.writerows([guarded(cell) for cell in _cells(row)] for row in rows)
        done += len(rows)
        progress(done, max(done, total))
    return done


async def _which(database: Database, want: AttemptFilter) -> list[Any]:
    of, which = attempts.c, []
    if want.campaign is not None:
        async with database.reading() as connection:
            key = (await connection.execute(select(campaigns.c.id).where(campaigns.c.name == want.campaign))).scalar()
        if key is None:
            raise Refused("campaign", f"there is no campaign {want.campaign[:80]!r}")
        which.append(of.campaign_id == key)
    if want.from_ is not None:
        which.append(of.at >= want.from_)
    if want.to is not None:
        which.append(of.at < want.to)
    return which


async def _parts(database: Database, which: list[Any]) -> AsyncIterator[list[Row[Any]]]:
    last = 0
    while True:
        async with database.reading() as connection:
            rows = list(await connection.execute(_page(which, last)))
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


def _page(which: list[Any], last: int) -> Select[Any]:
    joined = attempts.join(campaigns, campaigns.c.id == attempts.c.campaign_id)
    joined = joined.outerjoin(dial_lists, dial_lists.c.id == attempts.c.list_id)
    joined = joined.outerjoin(leads, leads.c.id == attempts.c.lead_id)
    told = select(attempts, campaigns.c.name.label("campaign"), dial_lists.c.name.label("list"), leads.c.name)
    return told.select_from(joined).where(*which, attempts.c.id > last).order_by(attempts.c.id).limit(AT_ONCE)


def _cells(row: Row[Any]) -> list[str]:
    waited = row.connected_at - row.answered_at if row.connected_at and row.answered_at else None
    happened = (
        row.id, row.campaign, row.list, row.lead_id, row.name, row.number, row.mode, row.agent, row.at, row.deadline,
        row.outcome, row.answered_at, row.connected_at, None if waited is None else f"{waited.total_seconds():.3f}",
        row.ended_at, row.cause, row.call_id, row.disposition, row.estimated,
    )  # fmt: skip
    return [_text(each) for each in (*happened, *_proof(row.proof))]


def _proof(proof: Mapping[str, Any]) -> tuple[Any, ...]:
    profile, consent = proof.get("profile") or {}, proof.get("consent") or {}
    counters, campaign = proof.get("counters") or {}, proof.get("campaign") or {}
    decision = proof.get("decision") or {}
    lists = [f"{one.get('name')} {one.get('version')} of {one.get('as_of')}" for one in proof.get("lists") or ()]
    return (
        profile.get("key"), profile.get("version"), profile.get("effective_from"), proof.get("country"),
        proof.get("kind"), "; ".join(f"{zone} {at}" for zone, at in (proof.get("local") or {}).items()),
        "; ".join(lists), "; ".join(proof.get("suppressions") or ()), consent.get("basis"), consent.get("at"),
        consent.get("by"), consent.get("text"), counters.get("lead"), counters.get("number"),
        counters.get("number_24_hours"), campaign.get("caller_number"), campaign.get("reason"),
        proof.get("sure_agent"), proof.get("at"),
        _decided(decision.get("allowed")), decision.get("code"),
        dumps(proof, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _decided(allowed: object) -> str:
    return "" if allowed is None else "allowed" if allowed is True else "refused"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


async def retain_attempts(database: Database, profiles: Profiles, now: datetime) -> int:
    """Forgets attempts that their profile wants kept no longer; how many. What is under a legal hold stays.

    Both the profile that an attempt was dialled by and its campaign's present one must want it no longer; where nobody
    knows them it is kept. Attempts that are not over are never touched.
    """
    kept: dict[str, timedelta] = {}
    for one in profiles.versions:
        kept[one.key] = max(kept.get(one.key, timedelta()), timedelta(days=one.keep_days))
    async with database.reading() as connection:
        used = (await connection.execute(select(campaigns.c.id, campaigns.c.profile))).all()
    gone = 0
    for campaign in used:
        if kept.get(campaign.profile):
            gone += await _forget(database, campaign.id, now - kept[campaign.profile], kept, now)
    if gone:
        row = {"at": now, "who": BY_TIME, "what": "erased attempts", "subject": "attempts", "detail": {"count": gone}}
        async with database.writing() as connection:
            await connection.execute(insert(audit).values(row))
    return gone


async def _forget(
    database: Database, campaign: int, before: datetime, kept: Mapping[str, timedelta], now: datetime
) -> int:
    of, last, gone = attempts.c, 0, 0
    held = exists().where(legal_holds.c.call_id == of.call_id)
    old = (of.campaign_id == campaign) & (of.at < before) & of.outcome.is_not(None) & ~held
    while True:
        some = select(of.id, of.at, of.proof).where(old, of.id > last).order_by(of.id).limit(AT_ONCE)
        async with database.writing() as connection:
            rows = (await connection.execute(some)).all()
            keys = [row.id for row in rows if _wanted_until(row, kept) < now]
            if keys:
                await connection.execute(delete(attempts).where(of.id.in_(keys)))
        gone += len(keys)
        if len(rows) < AT_ONCE:
            return gone
        last = rows[-1].id


def _wanted_until(row: Any, kept: Mapping[str, timedelta]) -> datetime:
    span = kept.get(str((row.proof.get("profile") or {}).get("key")))
    return row.at + span if span else datetime.max.replace(tzinfo=UTC)
