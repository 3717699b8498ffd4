"""What the law has against starting a campaign, in the words of :mod:`crm_store.campaigns`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from crm_store.campaigns import Campaign, Check, Fault
from crm_store.country_profiles import Profiles
from crm_store.database import Database
from crm_store.suppressions import lists_for_all
from routing.lawful import Campaign as Facts
from routing.lawful import Listed, faults
from routing.lawful.profile import Profile


def checked_by(database: Database, profiles: Profiles) -> Check:
    """The check that asks campaigns' country profiles."""

    async def check(some: Sequence[Campaign], now: datetime) -> Mapping[str, Sequence[Fault]]:
        # The first look at a country's holidays reads a library, away from the loop.
        known = {key: await asyncio.to_thread(profiles.at, key, now) for key in {one.profile for one in some}}
        async with database.reading() as connection:
            lists = await lists_for_all(connection, [int(one.id) for one in some])
        return {one.id: _faults(one, known[one.profile], lists[int(one.id)], now) for one in some}

    return check


def _faults(one: Campaign, profile: Profile | None, lists: Sequence[Listed], now: datetime) -> list[Fault]:
    facts = Facts(one.id, one.mode, one.caller_number, one.company, one.reason, one.settings.legal_sound or None)
    found = [Fault(each.field, inside(each.why), each.code, each.params) for each in faults(facts, profile, lists, now)]
    return [*found, *(settings_faults(one, profile) if profile is not None else ())]


def settings_faults(campaign: Campaign, profile: Profile) -> list[Fault]:
    """Settings that the profile does not allow."""
    found, rule = [], campaign.settings
    wished, lawful = rule.abandonment_limit, profile.abandonment.limit
    if wished is not None and lawful is not None and wished > lawful:
        why = f"abandonment_limit is {wished:g}, but the profile {profile.key} allows at most {lawful:g}; lower it"
        said: dict[str, str | int] = {"profile": profile.key, "limit": f"{wished * 100:g}", "most": f"{lawful * 100:g}"}
        found.append(Fault("abandonment_limit", why, "abandonment_limit", said))
    if rule.ring_seconds < profile.ring_seconds:
        why = f"ring_seconds is {rule.ring_seconds}, but the profile {profile.key} asks for {profile.ring_seconds}"
        said = {"profile": profile.key, "seconds": rule.ring_seconds, "least": profile.ring_seconds}
        found.append(Fault("ring_seconds", f"{why} at least; raise it", "ring_seconds", said))
    return found


def inside(sentence: str) -> str:
    """As a part of a longer sentence."""
    bare = sentence.rstrip(".")
    return bare[:1].lower() + bare[1:] if bare[1:2].islower() else bare
