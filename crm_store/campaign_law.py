"""What the law has against starting a campaign, in the words of :mod:`crm_store.campaigns`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from crm_store.campaigns import Campaign, Check, Fault
from crm_store.country_profiles import Profiles
from crm_store.database import Database
from crm_store.suppressions import lists_for
from routing.lawful import Campaign as Facts
from routing.lawful import faults
from routing.lawful.profile import Profile


def checked_by(database: Database, profiles: Profiles) -> Check:
    """The check that asks a campaign's country profile."""

    async def check(campaign: Campaign, now: datetime) -> Sequence[Fault]:
        one = campaign
        facts = Facts(one.id, one.mode, one.caller_number, one.company, one.reason, one.settings.legal_sound or None)
        # The first look at a country's holidays reads a library, away from the loop.
        profile = await asyncio.to_thread(profiles.at, one.profile, now)
        async with database.reading() as connection:
            lists = await lists_for(connection, int(one.id))
        found = [Fault(each.field, inside(each.why)) for each in faults(facts, profile, lists, now)]
        return [*found, *(settings_faults(one, profile) if profile is not None else ())]

    return check


def settings_faults(campaign: Campaign, profile: Profile) -> list[Fault]:
    """Settings that the profile does not allow."""
    found, rule = [], campaign.settings
    wished, lawful = rule.abandonment_limit, profile.abandonment.limit
    if wished is not None and lawful is not None and wished > lawful:
        why = f"abandonment_limit is {wished:g}, but the profile {profile.key} allows at most {lawful:g}; lower it"
        found.append(Fault("abandonment_limit", why))
    if rule.ring_seconds < profile.ring_seconds:
        why = f"ring_seconds is {rule.ring_seconds}, but the profile {profile.key} asks for {profile.ring_seconds}"
        found.append(Fault("ring_seconds", f"{why} at least; raise it"))
    return found


def inside(sentence: str) -> str:
    """As a part of a longer sentence."""
    bare = sentence.rstrip(".")
    return bare[:1].lower() + bare[1:] if bare[1:2].islower() else bare
