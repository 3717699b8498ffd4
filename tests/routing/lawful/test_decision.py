"""May it be dialled: each rule alone, what is told first, and the proof."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from routing.lawful import Campaign, Listed, Suppression, Tried, may_dial
from tests.routing.lawful.people import CAMPAIGN, CANDIDATE, CONSENT, NOON, PROFILE

DAY = timedelta(days=1)


def tried(ago: timedelta, outcome: str | None = "no_answer", **more: Any) -> Tried:
    return replace(Tried(NOON - ago, "1", CANDIDATE.number, "7", outcome), **more)


def test_all_is_well() -> None:
    verdict = may_dial(CANDIDATE, PROFILE, NOON)
    assert (verdict.allowed, verdict.code, verdict.not_before) == (True, "allowed", None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"campaign": replace(CAMPAIGN, reason=" ")}, "mode"),
        ({"campaign": Campaign("7", "progressive", None)}, "caller_number"),
        ({"campaign": replace(CAMPAIGN, caller_number="anonymous")}, "caller_number"),
        ({"country": None}, "country"),
        ({"country": "CA"}, "country"),
        ({"kind": "toll_free"}, "kind"),
        ({"suppressions": (Suppression("erased"),)}, "erased"),
        ({"suppressions": (Suppression("own", "marketing"),)}, "do_not_call"),
        ({"suppressions": (Suppression("campaign"),)}, "do_not_call"),
        ({"suppressions": (Suppression("external", "other"),)}, "external_list"),
        ({"lists": ()}, "stale_list"),
        ({"lists": (Listed("national", "abc", date(2026, 10, 26)),)}, "stale_list"),
        ({"lists": (Listed("national", "abc", date(2026, 12, 1)),)}, "stale_list"),
        ({"consent": None}, "consent"),
        ({"consent": replace(CONSENT, text="")}, "consent"),
        ({"consent": replace(CONSENT, basis="legitimate_interest")}, "consent"),
        ({"consent": replace(CONSENT, at=NOON + DAY)}, "consent"),
        ({"consent": replace(CONSENT, withdrawn_at=NOON)}, "consent_withdrawn"),
        ({"zones": ()}, "no_zone"),
        ({"attempts": tuple(tried(n * DAY) for n in range(2, 10))}, "lead_attempts"),
        ({"attempts": tuple(tried(n * DAY, lead="2") for n in range(2, 8))}, "number_attempts"),
        ({"attempts": (tried(DAY, None, number="+12125550000"),)}, "under_way"),
    ],
)
def test_what_time_does_not_mend(change: dict[str, Any], code: str) -> None:
    verdict = may_dial(replace(CANDIDATE, **change), PROFILE, NOON)
    assert (verdict.allowed, verdict.code, verdict.not_before) == (False, code, None)
    assert verdict.why.endswith(".")
    assert verdict.why.count("\n") == 0


@pytest.mark.parametrize(
    ("change", "code", "then"),
    [
        ({"zones": ("America/New_York", "Pacific/Honolulu")}, "hours", "2026-11-27T18:00"),
        ({"attempts": (tried(timedelta(minutes=10)),)}, "too_soon", "2026-11-27T17:20"),
        ({"attempts": (tried(2 * timedelta(hours=10), "machine"),)}, "machine", "2026-11-27T21:00"),
        ({"attempts": (tried(DAY, "abandoned", lead="2", campaign="9"),)}, "abandoned", "2026-11-29T17:00"),
        # Nobody knows what came of it: it may have been abandoned.
        ({"attempts": (tried(DAY, "unknown"),)}, "abandoned", "2026-11-29T17:00"),
        (
            {"attempts": tuple(tried(timedelta(hours=n), lead="2", campaign="9") for n in (20, 15, 10, 5))},
            "number_24_hours",
            "2026-11-27T21:00",
        ),
        (
            {"attempts": tuple(tried(timedelta(hours=n), number="+1") for n in (4, 3, 2))},
            "lead_day",
            "2026-11-28T05:00",
        ),
    ],
)
def test_what_time_mends(change: dict[str, Any], code: str, then: str) -> None:
    verdict = may_dial(replace(CANDIDATE, **change), PROFILE, NOON)
    assert verdict.not_before is not None
    assert (verdict.code, verdict.not_before.isoformat()[:16]) == (code, then)


def test_the_cadence_over_the_parts_of_a_day() -> None:
    """Two in the afternoon: the evening begins at five."""
    one = replace(CANDIDATE, attempts=(tried(timedelta(minutes=-10)), tried(timedelta(minutes=-50))))
    verdict = may_dial(one, PROFILE, NOON + timedelta(minutes=90))
    assert (verdict.code, str(verdict.not_before)) == ("day_part", "2026-11-27 22:00:00+00:00")


def test_an_unknown_profile_or_one_not_yet_in_force() -> None:
    assert may_dial(CANDIDATE, None, NOON).code == "profile"
    assert may_dial(CANDIDATE, replace(PROFILE, effective_from=date(2026, 11, 28)), NOON).code == "profile"


def test_an_abandoned_number_may_be_called_with_an_agent_who_waits() -> None:
    one = replace(CANDIDATE, attempts=(tried(DAY, "abandoned"),))
    assert not may_dial(one, PROFILE, NOON).allowed
    assert may_dial(replace(one, sure_agent=True), PROFILE, NOON).allowed


def test_what_never_left_this_machine_disturbed_nobody() -> None:
    one = replace(CANDIDATE, attempts=tuple(tried(timedelta(minutes=n), "failed") for n in range(20)))
    assert may_dial(one, PROFILE, NOON).allowed


def test_the_proof_is_json_and_says_what_was_known() -> None:
    one = replace(CANDIDATE, attempts=(tried(DAY),), suppressions=(Suppression("external", "other"),))
    proof = json.loads(json.dumps(may_dial(one, PROFILE, NOON).proof))
    assert proof["profile"] == {"key": "test", "version": "1", "effective_from": "2026-01-01"}
    assert proof["local"] == {"America/New_York": "2026-11-27T12:00:00-05:00"}
    assert proof["lists"] == [
        {"name": "national", "version": "abc", "as_of": "2026-11-01", "age_days": 26, "most_days": 31}
    ]
    assert proof["suppressions"] == ["external:other"]
    assert proof["consent"]["text"] == "You may call me."
    assert proof["counters"] == {"lead": 1, "number": 1, "number_24_hours": 0}
    assert proof["decision"]["code"] == "external_list"
    assert datetime.fromisoformat(proof["at"]) == NOON
