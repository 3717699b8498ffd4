"""What stands against starting a campaign, before its first number is dialled: one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from routing.lawful.candidate import Campaign, Listed
from routing.lawful.profile import Profile
from routing.lawful.rules import Against, caller_number_fault, list_fault, mode_fault

UNKNOWN: Final = "Nobody knows the campaign's country profile; choose one that Helin has, or add yours in a file."


def faults(campaign: Campaign, profile: Profile | None, lists: Sequence[Listed], now: datetime) -> tuple[Against, ...]:
    """Empty where it may start. ``profile`` None: one that nobody knows. ``lists``: those in the store."""
    if profile is None:
        return (Against("profile", "profile_unknown", UNKNOWN),)
    found = [
        caller_number_fault(campaign, profile),
        mode_fault(campaign, profile),
        *(list_fault(wanted, lists, now) for wanted in profile.lists),
        message_fault(campaign, profile),
        profile_fault(profile, now),
    ]
    return tuple(each for each in found if each is not None)


def profile_fault(profile: Profile, now: datetime) -> Against | None:
    if profile.effective_from <= now.astimezone(UTC).date():
        return None
    why = f"The profile {profile.key} {profile.version} is not in force yet."
    said = {"profile": profile.key, "version": profile.version, "date": str(profile.effective_from)}
    return Against("profile", "profile_to_come", why, said)


def message_fault(campaign: Campaign, profile: Profile) -> Against | None:
    """Its text, or the company's name, which stands for one. In mode preview the agent is there first."""
    if not profile.legal_message or campaign.mode == "preview":
        return None
    if (campaign.legal_message or "").strip() or (campaign.company or "").strip():
        return None
    why = (
        f"{profile.name} wants a message with the caller's name for calls that meet no agent in time; "
        "give the campaign its company's name."
    )
    return Against("company", "message_missing", why, {"profile": profile.name})
