"""A running campaign's leads are looked after; one that does not run is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.lead_keeping import keep, keeping_leads
from crm_store.leads import LeadFilter
from crm_store.store import Store

pytestmark = pytest.mark.usefixtures("sqlite_url")

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_running_campaigns_grow_and_are_shared_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/helin.db"
    async with await Store.open(url) as store, keeping_leads(store, often=3_600):
        await store.users.put("mari", "Mari", "agent", password_hash="x" * 20)
        await store.queues.put("sales", mode="direct", agents=["mari"])
        given: Any = {
            "name": "autumn", "queue": "sales", "mode": "preview", "profile": "EE", "caller_number": "6001234",
            "company": "Kontor", "script": "Hello", "settings": {"share": "equally", "callback_mine_minutes": 5},
        }  # fmt: skip
        campaign = await store.campaigns.add(given, "boss", NOW)
        await store.dial_lists.add(campaign.id, {"name": "all", "segment": {"language": "et"}}, NOW)
        await store.contacts.add({"name": "Jaan", "language": "et", "numbers": ["55501000"]})
        await keep(store, NOW, all_of_it=True)
        assert (await store.leads.page(campaign.id, LeadFilter())).items == ()
        await store.campaigns.start(campaign.id, "boss", NOW)
        await keep(store, NOW, all_of_it=True)
        (lead,) = (await store.leads.page(campaign.id, LeadFilter())).items
        assert (lead.name, lead.owner) == ("Jaan", "mari")
        await store.leads.call_back(lead.id, NOW, "mari", campaign.settings, NOW)
        await keep(store, NOW + timedelta(minutes=5), all_of_it=False)
        (lead,) = (await store.leads.page(campaign.id, LeadFilter())).items
        assert (lead.state, lead.callback_for) == ("callback", None)
