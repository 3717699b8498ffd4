"""The doctor's look at the law: the shop's own country profiles, and do-not-call lists that grow old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from config.findings import Finding
from config.settings import Settings
from crm_store.country_profiles import Profiles, load
from crm_store.errors import BadFile
from crm_store.store import Store
from crm_store.suppressions import SuppressionList
from routing.lawful import Listed, Profile
from routing.lawful.rules import list_fault


async def lawfulness(settings: Settings, store: Store) -> list[Finding]:
    """Raises StoreError."""
    try:
        profiles = load(settings.law.file)
    except BadFile as problem:
        return [
            Finding("fail", f"The country profiles cannot be used: {problem}.", "correct the file of [law] profiles")
        ]
    used = {campaign.profile: campaign.name for campaign in await store.lawfulness.campaigns()}
    return [*_profiles(profiles), *_campaigns(profiles, used, await store.suppressions.lists())]


def _profiles(profiles: Profiles) -> Iterator[Finding]:
    for said in profiles.looser:
        yield Finding("warn", said, "see [law] profiles; whoever loosens a rule answers for it")
    if profiles.own and not profiles.looser:
        yield Finding("ok", f"The shop's own profiles ({', '.join(sorted(profiles.own))}) loosen nothing.")


def _campaigns(profiles: Profiles, used: dict[str, str], lists: Sequence[SuppressionList]) -> Iterator[Finding]:
    now = datetime.now(UTC)
    there = [Listed(one.name, one.version, one.as_of) for one in lists if one.campaign is None]
    for key, campaign in sorted(used.items()):
        profile: Profile | None = profiles.at(key, now)
        if profile is None:
            what = f"Campaign {campaign} has the country profile {key}, which nobody knows: it dials nobody."
            yield Finding("fail", what, f"choose one of {', '.join(profiles.keys())}, or add it in a file")
            continue
        for wanted in profile.lists:
            found = list_fault(wanted, there, now)
            if found:
                yield Finding("fail", f"Campaign {campaign} dials nobody. {found.why}", "helin import do-not-call")
