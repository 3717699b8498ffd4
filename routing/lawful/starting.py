"""What stands against starting a campaign, before its first number is dialled: one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from routing.lawful.candidate import Campaign, Listed
from routing.lawful.profile import Profile
from routing.lawful.rules import caller_number_fault, list_fault, mode_fault

UNKNOWN: Final = "Nobody knows the campaign's country profile; choose one that Helin has, or add yours in a file."


@dataclass(frozen=True, slots=True)
class Against:
    """``field``: of the campaign, or ``lists``; ``why``: one sentence that says what to do."""

    field: str
    why: str


def faults(campaign: Campaign, profile: Profile | None, lists: Sequence[Listed], now: datetime) -> tuple[Against, ...]:
    """Empty where it may start. ``profile`` None: one that nobody knows. ``lists``: those in the store."""
    if profile is None:
        return (Against("profile", UNKNOWN),)
    found = [
        Against("caller_number", caller_number_fault(campaign, profile)),
        Against("reason" if profile.predictive == "reason" else "mode", mode_fault(campaign, profile)),
        *(Against("lists", list_fault(wanted, lists, now)) for wanted in profile.lists),
        Against("company", message_fault(campaign, profile)),
    ]
    if profile.effective_from > now.astimezone(UTC).date():
        found.append(Against("profile", f"The profile {profile.key} {profile.version} is not in force yet."))
    return tuple(each for each in found if each.why)


def message_fault(campaign: Campaign, profile: Profile) -> str:
    """Its text, or the company's name, which stands for one. In mode preview the agent is there first."""
    if not profile.legal_message or campaign.mode == "preview":
        return ""
    if (campaign.legal_message or "").strip() or (campaign.company or "").strip():
        return ""
    return (
        f"{profile.name} wants a message with the caller's name for calls that meet no agent in time; "
        "give the campaign its company's name."
    )
