"""The store that the settings name. Apart from the service's parts, so that a command need not load the web server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import Settings
from crm_store.country_profiles import load as country_profiles
from crm_store.migrate import make_if_empty
from crm_store.store import Store
from crm_store.tiers import TierRule


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of the settings. An empty database gets its schema; an older one is refused with what to do."""
    await make_if_empty(settings.store.url)
    rule = TierRule(**settings.tiers.model_dump(exclude={"hour"}))
    profiles = country_profiles(settings.law.file)
    async with await Store.open(settings.store.url, settings.numbers.country, rule, profiles) as store:
        yield store
