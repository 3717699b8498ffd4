"""Campaigns, leads and attempts as rows, for tests of what is reckoned from them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert

from crm_store.campaign_schema import attempts, campaigns, dial_lists, lead_numbers, leads
from crm_store.store import Store

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""A Friday, two in the afternoon in Tallinn."""
CONSENT = {"basis": "consent", "at": "2026-05-01", "text": "You may call me."}
_channels = count()


async def add_campaign(store: Store, name: str = "autumn", **more: Any) -> str:
    row = {
        "name": name, "queue": "sales", "mode": "progressive", "state": "running", "profile": "EE", "settings": {},
        "caller_number": "+3726000000", "company": "Acme", "created_at": NOW, "changed_at": NOW, **more,
    }  # fmt: skip
    async with store.database.writing() as connection:
        made = await connection.execute(insert(campaigns).values(**row).returning(campaigns.c.id))
        key = int(made.scalar_one())
        await connection.execute(insert(dial_lists).values(campaign_id=key, name="first", imported_at=NOW))
    return str(key)


async def add_lead(store: Store, campaign: str, *numbers: str, **more: Any) -> str:
    row = {
        "campaign_id": int(campaign), "list_id": int(campaign), "key": numbers[0], "name": "Mari", "fields": {},
        "consent": CONSENT, "state": "open", "next_at": NOW, "created_at": NOW, "changed_at": NOW, **more,
    }  # fmt: skip
    async with store.database.writing() as connection:
        key = int((await connection.execute(insert(leads).values(**row).returning(leads.c.id))).scalar_one())
        for n, number in enumerate(numbers):
            await connection.execute(insert(lead_numbers).values(lead_id=key, n=n, number=number))
    return str(key)


async def add_attempt(store: Store, campaign: str, lead: str, number: str, at: datetime, **more: Any) -> int:
    row = {
        "channel": f"c{next(_channels)}", "campaign_id": int(campaign), "list_id": 1, "lead_id": int(lead),
        "number": number, "mode": "progressive", "at": at, "deadline": at, "outcome": "no_answer", "proof": {}, **more,
    }  # fmt: skip
    async with store.database.writing() as connection:
        return int((await connection.execute(insert(attempts).values(**row).returning(attempts.c.id))).scalar_one())
