"""An invented campaign for trying Helin out: paused, half worked through, of the invented customers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import attempts, campaigns, dial_lists, lead_numbers, leads
from crm_store.campaigns import Campaign, CampaignFields
from crm_store.dispositions import Disposition
from crm_store.schema import contact_numbers, contacts
from crm_store.store import Store

LEADS: Final = 160
TRIED: Final = 90
BY: Final = "demo"
SCRIPT: Final[dict[str, Any]] = {
    "first": "hello",
    "steps": {
        "hello": {
            "text": {
                "et": "Tere, {name}! Helistan Kontorist teie lepingu pärast. Kas teil on hetk aega?",
                "en": "Good day, {name}! I am calling from Kontor about your contract. Do you have a moment?",
                "ru": "Здравствуйте, {name}! Я звоню из компании Kontor по поводу договора. У вас есть минута?",
            },
            "next": [
                {"label": {"et": "Jah", "en": "Yes", "ru": "Да"}, "to": "offer"},
                {"label": {"et": "Mitte praegu", "en": "Not now", "ru": "Не сейчас"}, "disposition": "callback"},
            ],
        },
        "offer": {
            "text": {
                "et": "Fibre 1000 maksab teile pool aastat sama palju kui praegune pakett. Kas vormistame ära?",
                "en": "Fibre 1000 costs you no more than your plan for half a year. Shall we change it?",
                "ru": "Fibre 1000 полгода стоит столько же, сколько ваш тариф. Оформим?",
            },
            "fields": [
                {"key": "plan", "label": {"et": "Pakett", "en": "Plan", "ru": "Тариф"}, "kind": "choice",
                 "required": True, "choices": ["Fibre 300", "Fibre 1000"]},
                {"key": "from", "label": {"et": "Alates", "en": "From", "ru": "С какого дня"}, "kind": "date"},
                {"key": "email", "label": {"et": "E-post", "en": "E-mail", "ru": "Почта"}, "kind": "email"},
            ],
            "next": [
                {"label": {"et": "Sobib", "en": "Agreed", "ru": "Согласен"}, "disposition": "sold"},
                {"label": {"et": "Ei soovi", "en": "No", "ru": "Нет"}, "disposition": "declined"},
            ],
        },
    },
}  # fmt: skip
CAME: Final = (("person", 34), ("no_answer", 38), ("busy", 10), ("machine", 12), ("abandoned", 1), ("unreachable", 5))
"""Outcomes, and how often each comes."""


async def put_campaign(store: Store, queue: str, agents: Sequence[str], now: datetime, seed: int = 1) -> None:
    """Once; one that is there stays as it is. The agents look at each lead before it is dialled."""
    if await store.campaigns.by_name("Fibre for all") is not None:
        return
    fields: CampaignFields = {
        "name": "Fibre for all", "queue": queue, "mode": "preview", "profile": "EE", "company": "Kontor",
        "caller_number": "+3725550100", "script": SCRIPT, "settings": {"value": 29.9, "retry": {"busy": 15}},
    }  # fmt: skip
    await _put_results(store, queue)
    campaign = await store.campaigns.add(fields, BY, now)
    async with store.database.writing() as connection:
        paused = update(campaigns).where(campaigns.c.id == int(campaign.id))
        await connection.execute(paused.values(state="paused", started_at=now - timedelta(hours=6)))
        listed = {"campaign_id": int(campaign.id), "name": "Customers", "source": "CRM", "cost": 120.0,
                  "imported_at": now - timedelta(days=1)}  # fmt: skip
        key = (await connection.execute(insert(dial_lists).values(**listed).returning(dial_lists.c.id))).scalar_one()
        people = (await connection.execute(_people())).all()
        ids = [await _lead(connection, campaign, key, one, now) for one in people]
        dice = random.Random(seed)  # noqa: S311 - invented people have no secrets
        for place, (lead, one) in enumerate(list(zip(ids, people, strict=True))[:TRIED]):
            at = now - timedelta(minutes=3 * (TRIED - place), hours=1)
            await _tried(connection, campaign, key, lead, one.e164, dice, agents, at)


async def _put_results(store: Store, queue: str) -> None:
    """What a shop's own tree would have for such a campaign."""
    there = await store.dispositions.all()
    known = {one.key for one in there}
    own = (
        Disposition("sold", {"et": "Müüdud", "en": "Sold", "ru": "Продано"}, "sale", queues=(queue,), position=10),
        Disposition("declined", {"et": "Keeldus", "en": "Declined", "ru": "Отказ"}, "refused", queues=(queue,),
                    position=11),
    )  # fmt: skip
    await store.dispositions.put_all([*there, *(one for one in own if one.key not in known)])


def _people() -> Any:
    joined = contacts.join(contact_numbers, contact_numbers.c.contact_id == contacts.c.id)
    query = select(contacts.c.id, contacts.c.name, contacts.c.language, contact_numbers.c.e164).select_from(joined)
    invented = contacts.c.external_id.like("demo-%") & (contact_numbers.c.position == 0)
    return query.where(invented).order_by(contacts.c.id).limit(LEADS)


async def _lead(connection: AsyncConnection, campaign: Campaign, listed: int, one: Row[Any], now: datetime) -> int:
    row = {
        "campaign_id": int(campaign.id), "list_id": listed, "contact_id": one.id, "key": one.e164, "name": one.name,
        "fields": {}, "language": one.language, "state": "open", "next_at": now, "created_at": now, "changed_at": now,
        "consent": {"basis": "consent", "at": now.date().isoformat(), "text": "You may call me about my contract."},
    }  # fmt: skip
    key = int((await connection.execute(insert(leads).values(row).returning(leads.c.id))).scalar_one())
    await connection.execute(insert(lead_numbers).values(lead_id=key, n=0, number=one.e164))
    return key


async def _tried(
    connection: AsyncConnection,
    campaign: Campaign,
    listed: int,
    lead: int,
    number: str,
    dice: random.Random,
    agents: Sequence[str],
    at: datetime,
) -> None:
    outcome = dice.choices([name for name, _ in CAME], [times for _, times in CAME])[0]
    answered = at + timedelta(seconds=dice.randrange(4, 20)) if outcome in ("person", "abandoned") else None
    talked = outcome == "person"
    ended = (answered or at) + timedelta(seconds=dice.randrange(40, 160) if talked else 20)
    said = dice.choice(("sold", "declined", "declined", "callback", "resolved")) if talked else None
    answers = {"path": ["hello", "offer"], "values": {"plan": "Fibre 1000"}} if said == "sold" else None
    row = {
        "channel": f"demo-attempt-{lead}", "campaign_id": int(campaign.id), "list_id": listed, "lead_id": lead,
        "number": number, "mode": "preview", "agent": dice.choice(agents) if talked else None, "at": at,
        "deadline": at + timedelta(seconds=30), "outcome": outcome, "answered_at": answered,
        "connected_at": answered if talked else None, "ended_at": ended, "disposition": said, "answers": answers,
        "proof": {"note": "invented by the demonstration; nobody was called"},
    }  # fmt: skip
    await connection.execute(insert(attempts).values(row))
    over = said in ("sold", "declined", "resolved")
    now_ = {"state": "done" if over else "open", "attempts": 1, "outcome": outcome, "disposition": said}
    await connection.execute(update(leads).where(leads.c.id == lead).values(now_))
    counted = update(lead_numbers).where(lead_numbers.c.lead_id == lead)
    await connection.execute(counted.values(attempts=1))
