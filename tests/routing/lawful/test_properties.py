"""What holds for every number, every past and every moment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from routing.lawful import Candidate, Listed, Suppression, Tried, may_dial
from routing.lawful.rules import RULES
from tests.routing.lawful.people import CANDIDATE, CONSENT, NOON, PROFILE

TICK = timedelta(microseconds=1)
OUTCOMES = ("person", "machine", "abandoned", "no_answer", "busy", "failed", "unknown", None)

moments = some.integers(-20 * 86_400, 5 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
tries = some.builds(
    Tried,
    at=some.integers(0, 6 * 86_400).map(lambda ago: NOON - timedelta(seconds=ago)),
    lead=some.sampled_from(("1", "2")),
    number=some.sampled_from((CANDIDATE.number, "+12125550000")),
    campaign=some.sampled_from(("7", "9")),
    outcome=some.sampled_from(OUTCOMES),
)
zones = some.lists(
    some.sampled_from(("America/New_York", "America/Los_Angeles", "Europe/Tallinn", "Pacific/Honolulu")),
    max_size=3, unique=True,
).map(tuple)  # fmt: skip
candidates = some.builds(
    lambda **given: replace(CANDIDATE, **given),
    attempts=some.lists(tries, max_size=6).map(tuple),
    zones=zones,
    country=some.sampled_from(("US", "US", "US", "EE", "CA", None)),
    kind=some.sampled_from(("mobile", "mobile", "mobile", "toll_free")),
    suppressions=some.sampled_from(((), (), (), (Suppression("own", "all"),))),
    lists=some.sampled_from(((), CANDIDATE.lists, CANDIDATE.lists, (Listed("national", "old", date(2026, 9, 1)),))),
    consent=some.sampled_from((CONSENT, CONSENT, None, replace(CONSENT, withdrawn_at=NOON))),
    sure_agent=some.booleans(),
)
many = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@many
@given(candidates, moments)
def test_allowed_is_what_no_rule_forbids(one: Candidate, now: datetime) -> None:
    verdict = may_dial(one, PROFILE, now)
    against = [said for rule in RULES if (said := rule(one, PROFILE, now)) is not None]
    assert verdict.allowed == (not against)
    assert verdict.allowed or verdict.code in {said.code for said in against}
    assert json.loads(json.dumps(verdict.proof))["decision"]["against"] == [said.code for said in against]


@many
@given(candidates, moments)
def test_not_before_is_when_that_rule_first_allows_it(one: Candidate, now: datetime) -> None:
    for rule in RULES:
        said = rule(one, PROFILE, now)
        if said is None or said.not_before is None:
            continue
        assert said.not_before > now
        assert rule(one, PROFILE, said.not_before) is None, said
        assert rule(one, PROFILE, said.not_before - TICK) is not None, said


@many
@given(candidates, moments)
def test_the_verdicts_moment_is_the_latest_and_none_where_time_mends_nothing(one: Candidate, now: datetime) -> None:
    verdict = may_dial(one, PROFILE, now)
    times = [said.not_before for rule in RULES if (said := rule(one, PROFILE, now)) is not None]
    if verdict.allowed or None in times:
        assert verdict.not_before is None
    else:
        assert verdict.not_before == max(each for each in times if each is not None)


@many
@given(candidates, moments, tries, some.sampled_from(("try", "suppress", "zone", "list", "consent", "age")))
def test_what_is_known_more_never_allows_more(one: Candidate, now: datetime, more: Tried, how: str) -> None:
    worse = {
        "try": lambda: replace(one, attempts=(*one.attempts, more)),
        "suppress": lambda: replace(one, suppressions=(*one.suppressions, Suppression("external", "other"))),
        "zone": lambda: replace(one, zones=(*one.zones, "Asia/Tokyo")) if one.zones else one,
        "list": lambda: replace(one, lists=()),
        "consent": lambda: replace(one, consent=None),
        "age": lambda: replace(
            one, lists=tuple(replace(each, as_of=each.as_of - timedelta(days=9)) for each in one.lists)
        ),
    }[how]()
    # A list from the future is refused; older, it is only as old as it is.
    if how == "age" and any(each.as_of > now.date() for each in one.lists):
        return
    assert may_dial(one, PROFILE, now).allowed or not may_dial(worse, PROFILE, now).allowed
