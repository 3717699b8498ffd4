"""One function for each rule: None where it allows the call, else why not, and from when on it would allow it.

A rule looks at nothing but what it is given, and more attempts, more lists or an older list never make it allow more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from routing.lawful.candidate import MAYBE_ABANDONED, Campaign, Candidate, Listed, Tried
from routing.lawful.clock import day_of, next_day, next_part, part_of
from routing.lawful.profile import ListRule, Profile

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """``why``: one sentence. ``not_before``: when this rule would first allow it; None: time alone changes nothing."""

    code: str
    why: str
    not_before: datetime | None = None


Rule = Callable[[Candidate, Profile, datetime], Refusal | None]


def in_force(_: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    if profile.effective_from > now.astimezone(UTC).date():
        return Refusal("profile", f"The profile {profile.key} {profile.version} is not in force yet.")
    return None


def may_use_mode(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    found = mode_fault(candidate.campaign, profile)
    return Refusal("mode", found.why) if found else None


def may_show_number(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    found = caller_number_fault(candidate.campaign, profile)
    return Refusal("caller_number", found.why) if found else None


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against a whole campaign. ``field``: of the campaign, or ``lists``; ``why``: one sentence that says
    what to do; ``code`` and ``params``: the same for those who say it in another language."""

    field: str
    code: str
    why: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


def mode_fault(campaign: Campaign, profile: Profile) -> Against | None:
    """None where the mode is allowed."""
    if campaign.mode != "predictive" or profile.predictive == "allowed":
        return None
    said = {"profile": profile.name}
    if profile.predictive == "never":
        why = f"{profile.name} does not allow predictive dialling; make the campaign progressive."
        return Against("mode", "mode_not_allowed", why, said)
    if (campaign.reason or "").strip():
        return None
    why = f"{profile.name} wants a written reason for predictive dialling; write it down or dial progressively."
    return Against("reason", "reason_missing", why, said)


def caller_number_fault(campaign: Campaign, profile: Profile) -> Against | None:
    number = campaign.caller_number or ""
    if not number:
        why = "The campaign has no caller number; give it one at which people can call back."
        return Against("caller_number", "caller_number_missing", why)
    digits = number[1:]
    if not (number.startswith("+") and digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        why = f"The caller number {number[:20]!r} is no number that people can call back; write it as +CCNNN…."
        return Against("caller_number", "caller_number_wrong", why, {"number": number[:20]})
    if profile.caller_numbers and not number.startswith(profile.caller_numbers):
        allowed = ", ".join(profile.caller_numbers)
        why = f"The caller number {number} is not one that {profile.name} allows ({allowed})."
        said = {"number": number, "profile": profile.name, "allowed": allowed}
        return Against("caller_number", "caller_number_not_allowed", why, said)
    return None


def number_works(candidate: Candidate, _: Profile, __: datetime) -> Refusal | None:
    if candidate.bad is None:
        return None
    return Refusal("bad_number", f"The number is not tried again: {candidate.bad.rstrip('.')}.")


def right_kind(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    if candidate.kind in profile.refused_kinds:
        return Refusal("kind", f"A number of the kind {candidate.kind.replace('_', '-')} is not dialled by a campaign.")
    return None


def right_country(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    if candidate.country in profile.countries:
        return None
    where = f"in {candidate.country}" if candidate.country else "in a country that nobody knows"
    return Refusal("country", f"The number is {where}, for which {profile.name} has no rules.")


_SUPPRESSED: Final = {
    "erased": "Its owner asked to be forgotten and is not called again.",
    "own": "The number is on our own do-not-call list.",
    "campaign": "The number is not to be called for this campaign.",
}


def not_suppressed(candidate: Candidate, _: Profile, __: datetime) -> Refusal | None:
    for kind in ("erased", "own", "campaign"):
        if any(each.kind == kind for each in candidate.suppressions):
            return Refusal("erased" if kind == "erased" else "do_not_call", _SUPPRESSED[kind])
    for each in candidate.suppressions:
        return Refusal("external_list", f"The number is on the do-not-call list {each.name}.")
    return None


def lists_fresh(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    for wanted in profile.lists:
        found = list_fault(wanted, candidate.lists, now)
        if found:
            return Refusal("stale_list", found.why)
    return None


def list_fault(wanted: ListRule, lists: Iterable[Listed], now: datetime) -> Against | None:
    found = next((each for each in lists if each.name == wanted.name), None)
    if found is None:
        why = f"The do-not-call list {wanted.name} was never imported; import it with its as-of date."
        return Against("lists", "list_missing", why, {"list": wanted.name})
    age = age_days(found, now)
    if age < 0:
        why = (
            f"The do-not-call list {wanted.name} is dated in the future ({found.as_of}); import it with its real date."
        )
        return Against("lists", "list_of_future", why, {"list": wanted.name, "date": str(found.as_of)})
    if age > wanted.max_age_days:
        why = (
            f"The do-not-call list {wanted.name} is {age} days old, {wanted.max_age_days} at most are allowed; "
            "import the current one."
        )
        return Against("lists", "list_old", why, {"list": wanted.name, "days": age, "most": wanted.max_age_days})
    return None


def age_days(listed: Listed, now: datetime) -> int:
    return (now.astimezone(UTC).date() - listed.as_of).days


def consented(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    given = candidate.consent
    if given is not None and given.withdrawn_at is not None:
        return Refusal("consent_withdrawn", "The customer withdrew the consent to be called.")
    if profile.consent == "none":
        return None
    if given is None:
        return Refusal("consent", f"{profile.name} wants {_bases(profile)} on record, and there is none.")
    if not given.text.strip() or given.at > now:
        return Refusal(
            "consent", "What is on record does not say since when the customer may be called, and by which text."
        )
    if profile.consent == "consent" and given.basis != "consent":
        return Refusal("consent", f"{profile.name} wants consent; a legitimate interest is not enough.")
    return None


def _bases(profile: Profile) -> str:
    return "consent" if profile.consent == "consent" else "consent or a legitimate interest"


def zone_known(candidate: Candidate, _: Profile, __: datetime) -> Refusal | None:
    if candidate.zones:
        return None
    return Refusal("no_zone", "Nobody knows what time it is where this number is.")


def lead_not_used_up(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    most, made = profile.attempts_per_lead, len(candidate.of_lead())
    if most is None or made < most:
        return None
    return Refusal("lead_attempts", f"The lead was tried {made} times, {most} at most are allowed.")


def number_not_used_up(candidate: Candidate, profile: Profile, _: datetime) -> Refusal | None:
    most = profile.attempts_per_number
    made = sum(each.campaign == candidate.campaign.id for each in candidate.of_number())
    if most is None or made < most:
        return None
    return Refusal("number_attempts", f"The number was tried {made} times, {most} at most are allowed.")


def not_under_way(candidate: Candidate, _: Profile, __: datetime) -> Refusal | None:
    if any(each.outcome is None for each in candidate.attempts):
        return Refusal("under_way", "An attempt to reach this lead or number is not over yet.")
    return None


def few_in_24_hours(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    most = profile.attempts_per_24_hours
    if most is None:
        return None
    recent = sorted((each.at for each in candidate.of_number() if each.at > now - DAY), reverse=True)
    if len(recent) < most:
        return None
    why = f"The number was dialled {len(recent)} times in 24 hours by all campaigns, {most} at most are allowed."
    return Refusal("number_24_hours", why, recent[most - 1] + DAY if most else None)


def few_in_a_day(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    most = profile.attempts_per_day
    if most is None:
        return None
    why = f"The lead was tried often enough today: {most} times a day at most."
    return _often("lead_day", why, candidate, most, now, day_of, next_day)


def few_in_a_day_part(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    most, parts = profile.attempts_per_day_part, profile.day_parts
    if most is None or not parts:
        return None
    why = f"The lead was tried often enough in this part of the day: {most} times at most."
    return _often("day_part", why, candidate, most, now, partial(part_of, parts), partial(next_part, parts))


def _often(
    code: str,
    why: str,
    candidate: Candidate,
    most: int,
    now: datetime,
    span_of: Callable[[str, datetime], Any],
    next_span: Callable[[str, datetime], datetime],
) -> Refusal | None:
    """At most so many in one span of days, by the clock of every zone. An attempt that lies ahead counts from now on:
    it is our clock that was put back."""
    tried = sorted((each.at for each in candidate.of_lead()), reverse=True)
    if not most:
        return Refusal(code, why)
    if len(tried) < most:
        return None
    last = tried[most - 1]
    over = [zone for zone in candidate.zones if span_of(zone, last) >= span_of(zone, now)]
    return Refusal(code, why, max(next_span(zone, max(now, last)) for zone in over)) if over else None


def not_too_soon(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    why = f"Between two attempts at least {profile.minutes_between} minutes must pass."
    tried = (*candidate.of_lead(), *candidate.of_number())
    return _locked("too_soon", why, tried, timedelta(minutes=profile.minutes_between), now)


def abandoned_lock(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    if candidate.sure_agent:
        return None
    tried = [each for each in candidate.of_number() if each.outcome in MAYBE_ABANDONED]
    hours = profile.abandoned_lock_hours
    why = f"The number was abandoned; for {hours} hours it is called only with an agent who waits for the answer."
    return _locked("abandoned", why, tried, timedelta(hours=hours), now)


def machine_lock(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    tried = [each for each in candidate.of_number() if each.outcome == "machine"]
    why = f"A machine answered; the number is not called again for {profile.machine_lock_hours} hours."
    return _locked("machine", why, tried, timedelta(hours=profile.machine_lock_hours), now)


def _locked(code: str, why: str, tried: Iterable[Tried], lock: timedelta, now: datetime) -> Refusal | None:
    last = max((each.at for each in tried), default=None)
    if last is None or not lock or now >= last + lock:
        return None
    return Refusal(code, why, last + lock)


def in_hours(candidate: Candidate, profile: Profile, now: datetime) -> Refusal | None:
    """Every zone must agree; without any zone :func:`zone_known` has spoken."""
    if not candidate.zones or profile.hours.allow_all(candidate.zones, now):
        return None
    begins = profile.hours.next(candidate.zones, now)
    if begins is None:
        return Refusal("hours", "Within two weeks there is no hour that is allowed in every zone of this number.")
    return Refusal("hours", "It is not an hour at which this number may be called, by the clock where it is.", begins)


RULES: Final[tuple[Rule, ...]] = (
    in_force, may_use_mode, may_show_number, right_country, right_kind, number_works, not_suppressed, lists_fresh,
    consented, zone_known, lead_not_used_up, number_not_used_up, not_under_way, few_in_24_hours, few_in_a_day,
    few_in_a_day_part, not_too_soon, abandoned_lock, machine_lock, in_hours,
)  # fmt: skip
