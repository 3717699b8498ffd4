"""A profile and a candidate that may be dialled; tests change one thing at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from routing.lawful import Abandonment, Campaign, Candidate, Consent, DayPart, Hours, Listed, ListRule, Profile

ALL_DAYS = Hours((((8 * 60, 21 * 60),),) * 7)
NOON = datetime(2026, 11, 27, 17, tzinfo=UTC)
"""A Friday, noon in New York."""

CAMPAIGN = Campaign("7", "predictive", "+12125550100", "Acme", "Few people answer.")
PROFILE = Profile(
    key="test", version="1", effective_from=date(2026, 1, 1), name="Testland", countries=frozenset(("US", "EE", "RU")),
    hours=ALL_DAYS, attempts_per_lead=8, attempts_per_number=6, attempts_per_day=3, attempts_per_24_hours=4,
    attempts_per_day_part=2, minutes_between=30, machine_lock_hours=24, abandoned_lock_hours=72,
    day_parts=(DayPart("morning", 0), DayPart("afternoon", 720), DayPart("evening", 1020)),
    abandonment=Abandonment(0.03, 30, True), predictive="reason", lists=(ListRule("national", 31),), consent="consent",
)  # fmt: skip
CONSENT = Consent("consent", datetime(2026, 5, 1, tzinfo=UTC), "You may call me.", "web form")
CANDIDATE = Candidate(
    lead="1", number="+12125551234", campaign=CAMPAIGN, country="US", kind="fixed_line_or_mobile",
    zones=("America/New_York",), lists=(Listed("national", "abc", date(2026, 11, 1)),), consent=CONSENT,
)  # fmt: skip
