"""What an agent says came of a campaign's call: written to its attempt and its lead, with the wrap-up.

The disposition decides whether the lead is settled or tried again (:func:`routing.retrying.after_disposition`). A
callback for anyone is the campaign's: the lead is dialled then. One that agents keep for themselves is a task of
theirs, as after any call, and the campaign leaves the lead alone; in mode preview it is shown to them when it is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.answers import checked_answers
from crm_store.campaign_schema import attempts, campaigns, lead_numbers, leads
from crm_store.campaign_settings import CampaignSettings
from crm_store.errors import Refused
from crm_store.schema import dispositions
from crm_store.zones import possible_zones
from routing.attempts import channel_of
from routing.lawful import Tried
from routing.retrying import Lead, Number, Retry, RetryRules, after_disposition


@dataclass(frozen=True, slots=True)
class CallBack:
    """``owner``: the login of whose it is, None anyone's."""

    at: datetime
    owner: str | None


async def attempt_of(connection: AsyncConnection, call: str) -> Row[Any] | None:
    """The attempt whose call has this id, with its campaign's ``script`` and ``settings`` and the lead's contact."""
    channel = channel_of(call)
    if channel is None:
        return None
    joined = attempts.join(campaigns, campaigns.c.id == attempts.c.campaign_id)
    joined = joined.outerjoin(leads, leads.c.id == attempts.c.lead_id)
    told = select(attempts, campaigns.c.script, campaigns.c.settings, leads.c.contact_id).select_from(joined)
    return (await connection.execute(told.where(attempts.c.channel == channel))).first()


async def put_answers(
    connection: AsyncConnection, attempt: Row[Any], given: Mapping[str, Any], disposition: str | None, country: str
) -> None:
    """In place of what was kept before. Raises Refused."""
    if attempt.script is None:
        raise Refused("answers", "this campaign has no script (any more); save without answers")
    said = disposition or attempt.disposition
    what = select(dispositions.c.outcome).where(dispositions.c.key == said)
    sold = (await connection.execute(what)).scalar() == "sale"
    kept = checked_answers(attempt.script, given, said, sold, country)
    await connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(answers=kept))


async def put_result(
    connection: AsyncConnection,
    attempt: Row[Any] | None,
    disposition: str | None,
    callback: CallBack | None,
    now: datetime,
) -> bool:
    """Of a call's attempt. Whether the campaign itself calls back."""
    if attempt is None or (disposition is None and callback is None):
        return False
    if disposition is not None:
        said = update(attempts).where(attempts.c.id == attempt.id)
        await connection.execute(said.values(disposition=disposition))
    lead = (await connection.execute(select(leads).where(leads.c.id == attempt.lead_id))).first()
    of = campaigns.c
    campaign = (await connection.execute(select(of.mode, of.settings).where(of.id == attempt.campaign_id))).one()
    if lead is None:
        return False
    settings = CampaignSettings(**campaign.settings)
    ours = callback is not None and (callback.owner is None or campaign.mode == "preview")
    then = await _then(connection, attempt, lead, settings, disposition, callback if ours else None, now)
    values: dict[str, Any] = {"state": then.state, "next_at": then.at or now, "changed_at": now}
    values |= {"disposition": disposition or lead.disposition, "callback_for": None, "callback_until": None}
    if then.state == "callback" and callback is not None:
        until = (then.at or now) + timedelta(hours=settings.callback_hours)
        values |= {"callback_for": callback.owner, "callback_until": until}
    await connection.execute(update(leads).where(leads.c.id == lead.id).values(values))
    return ours


async def _then(
    connection: AsyncConnection,
    attempt: Row[Any],
    lead: Row[Any],
    settings: CampaignSettings,
    disposition: str | None,
    callback: CallBack | None,
    now: datetime,
) -> Retry:
    of, has = attempts.c, lead_numbers.c
    tries = await connection.execute(select(of.at, of.number, of.campaign_id, of.outcome).where(of.lead_id == lead.id))
    known = [Tried(row.at, str(lead.id), row.number, str(row.campaign_id), row.outcome) for row in tries]
    rows = (await connection.execute(select(lead_numbers).where(has.lead_id == lead.id).order_by(has.n))).all()
    numbers = [Number(row.n, row.attempts, row.bad is not None) for row in rows]
    n = next((row.n for row in rows if row.number == attempt.number), 0)
    what = select(dispositions.c.outcome).where(dispositions.c.key == disposition)
    outcome_class = (await connection.execute(what)).scalar() or "other"
    zone = lead.time_zone or next(iter(possible_zones(attempt.number)), "UTC")
    rules = RetryRules(settings.attempts, settings.attempts_per_day, settings.retry, settings.retry_dispositions)
    at = callback.at if callback is not None else None
    about = Lead(str(lead.id), zone, numbers, known)
    return after_disposition(about, n, disposition or "", outcome_class, rules, now, at)
