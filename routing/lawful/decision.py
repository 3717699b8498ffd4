"""May this number be dialled now, and if not: why, and when is it worth asking again? With its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from routing.lawful.candidate import Candidate, Consent
from routing.lawful.profile import Profile
from routing.lawful.rules import DAY, RULES, Refusal, age_days

ALLOWED: Final = "allowed"
_UNKNOWN = Refusal("profile", "The campaign's country profile is not known; nothing is dialled without one.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code``: ``allowed`` or which rule stands against it; ``why``: one sentence.

    ``not_before``: when that rule would first allow it; None: not as long as nothing but time changes. ``proof``: what
    was known and decided, ready for JSON.
    """

    allowed: bool
    code: str
    why: str
    not_before: datetime | None
    proof: Mapping[str, Any]


def may_dial(candidate: Candidate, profile: Profile | None, now: datetime) -> Verdict:
    """``now`` is aware. ``profile``: the version in force; None is one that nobody knows.

    What time does not mend is told first; else what lasts longest.
    """
    if profile is None:
        against: Sequence[Refusal] = (_UNKNOWN,)
    else:
        against = [said for rule in RULES if (said := rule(candidate, profile, now)) is not None]
    told = _told(against)
    proof = _proof(candidate, profile, now, told, against)
    if told is None:
        return Verdict(True, ALLOWED, "Nothing stands against this call.", None, proof)
    return Verdict(False, told.code, told.why, told.not_before, proof)


def _told(against: Sequence[Refusal]) -> Refusal | None:
    for each in against:
        if each.not_before is None:
            return each
    return max(against, key=lambda each: each.not_before or datetime.max.replace(tzinfo=UTC), default=None)


def _proof(
    candidate: Candidate, profile: Profile | None, now: datetime, told: Refusal | None, against: Sequence[Refusal]
) -> dict[str, Any]:
    return {
        "at": _stamp(now),
        "number": candidate.number,
        "country": candidate.country,
        "kind": candidate.kind,
        "profile": None if profile is None else _profile(profile),
        "local": {zone: now.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") for zone in candidate.zones},
        "lists": _lists(candidate, profile, now),
        "suppressions": [f"{each.kind}:{each.name}".rstrip(":") for each in candidate.suppressions],
        "consent": None if candidate.consent is None else _consent(candidate.consent),
        "counters": _counters(candidate, now),
        "campaign": {
            "id": candidate.campaign.id,
            "mode": candidate.campaign.mode,
            "caller_number": candidate.campaign.caller_number,
            "reason": candidate.campaign.reason,
        },
        "sure_agent": candidate.sure_agent,
        "decision": {
            "allowed": told is None,
            "code": ALLOWED if told is None else told.code,
            "why": "" if told is None else told.why,
            "not_before": None if told is None or told.not_before is None else _stamp(told.not_before),
            "against": [each.code for each in against],
        },
    }


def _profile(profile: Profile) -> dict[str, str]:
    return {"key": profile.key, "version": profile.version, "effective_from": profile.effective_from.isoformat()}


def _lists(candidate: Candidate, profile: Profile | None, now: datetime) -> list[dict[str, Any]]:
    limits = {rule.name: rule.max_age_days for rule in profile.lists} if profile else {}
    return [
        {
            "name": each.name,
            "version": each.version,
            "as_of": each.as_of.isoformat(),
            "age_days": age_days(each, now),
            "most_days": limits.get(each.name),
        }
        for each in candidate.lists
    ]


def _consent(given: Consent) -> dict[str, Any]:
    withdrawn = given.withdrawn_at
    return {
        "basis": given.basis,
        "at": _stamp(given.at),
        "by": given.by,
        "text": given.text,
        "withdrawn_at": None if withdrawn is None else _stamp(withdrawn),
    }


def _counters(candidate: Candidate, now: datetime) -> dict[str, int]:
    number = candidate.of_number()
    return {
        "lead": len(candidate.of_lead()),
        "number": sum(each.campaign == candidate.campaign.id for each in number),
        "number_24_hours": sum(each.at > now - DAY for each in number),
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
