"""Countries' rules as they are shipped, a shop's own file over them, and that nothing is loosened unsaid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crm_store.country_profiles import load, shipped
from crm_store.errors import BadFile
from crm_store.public_holidays import countries
from routing.lawful import ListRule, Profile

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def at(key: str, file: Path | None = None, now: datetime = NOW) -> Profile:
    found = load(file).at(key, now)
    assert found is not None
    return found


def test_what_is_shipped() -> None:
    us, uk, ee = at("US"), at("UK"), at("EE")
    assert shipped().keys() == ("EE", "UK", "US")
    assert {spans for day in us.hours.week for spans in day} == {(480, 1260)}
    assert (us.abandonment.limit, us.abandonment.window_days, us.abandonment.per_campaign) == (0.03, 30, True)
    assert (us.ring_seconds, us.agent_seconds, us.lists, us.keep_days >= 5 * 365) == (
        15, 2.0, (ListRule("us-national", 31),), True,
    )  # fmt: skip
    assert (uk.abandonment.limit, uk.predictive, uk.abandoned_lock_hours, uk.machine_lock_hours) == (
        None, "reason", 72, 24,
    )  # fmt: skip
    assert {one.max_age_days for one in uk.lists} == {28}
    assert (ee.consent, ee.hours.holidays is not None and date(2027, 2, 24) in ee.hours.holidays.days) == (
        "legitimate_interest", True,
    )  # fmt: skip
    for one in shipped().versions:
        assert one.hours.holidays is None or one.hours.holidays.country in countries()
        assert one.legal_message
        assert "toll_free" in one.refused_kinds


def test_a_shop_makes_one_tighter_from_a_day_on(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(
        """
        [[profiles]]
        key = "US"
        version = "shop-1"
        effective_from = 2026-12-01
        attempts_per_lead = 4
        hours = { monday = ["09:00-20:00"] }
        day_parts = [{ name = "morning", begins = "08:00" }, { name = "evening", begins = "17:00" }]
        attempts_per_day_part = 1
        """
    )
    profiles = load(file)
    assert profiles.looser == ()
    assert at("US", file).version == "2024-10-15"
    later = at("US", file, datetime(2026, 12, 1, tzinfo=UTC))
    assert (later.version, later.attempts_per_lead, later.abandonment.limit) == ("shop-1", 4, 0.03)
    assert later.hours.week[1] == ()
    assert later.day_parts[1].begins == 17 * 60


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ('hours = { sunday = ["07:00-21:00"] }', "allows hours"),
        ("attempts_per_24_hours = 9", "attempts_per_24_hours = 9, its base 3"),
        ("lists = []", "does not ask the do-not-call list us-national"),
        ('lists = [{ name = "us-national", max_age_days = 90 }]', "be 90 days old"),
        ("abandonment = { limit = 0.05, per_campaign = true }", "allows 5.0% of abandoned calls"),
        ("abandonment = { limit = 0.03 }", "over another time"),
        ("keep_days = 10", "keep_days = 10"),
        ("legal_message = false", "no legal message"),
        ('refused_kinds = ["premium_rate"]', "shared_cost, toll_free"),
        ('countries = ["US", "CA"]', "is for CA"),
        ("agent_seconds = 5.0", "agent_seconds = 5.0"),
        ('based_on = "UK"\npredictive = "allowed"', "predictive = allowed, its base reason"),
        ('based_on = "UK"\nholidays = ""', "does not keep the holidays of GB"),
        ('based_on = "UK"\nabandoned_lock_hours = 1', "abandoned_lock_hours = 1"),
        ('based_on = "EE"\nconsent = "none"', "consent = none"),
    ],
)
def test_what_a_shop_loosens_is_said(tmp_path: Path, says: str, words: str) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(f'[[profiles]]\nkey = "US"\nversion = "loose"\neffective_from = 2026-11-01\n{says}\n')
    said = load(file).looser
    assert any(words in one for one in said), said
    assert at("US", file).version == "loose"


def test_a_country_of_the_shops_own(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(
        '[[profiles]]\nkey = "LV"\nversion = "1"\neffective_from = 2026-01-01\nname = "Latvia"\ncountries = ["LV"]\n'
        'hours = { monday = ["10:00-18:00"] }\nholidays = "LV"\n'
    )
    latvia = at("LV", file)
    # What it does not say is as strict as can be.
    assert (latvia.consent, latvia.predictive, latvia.legal_message) == ("consent", "never", True)
    assert load(file).looser == ("Profile LV 1 is based on none that Helin ships, so nobody compared it with any.",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("profiles = 1", "Expected"),
        ("[[profiles", "not valid TOML"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2026-01-01\nhour=1', "unknown field `hour`"),
        ('[[profiles]]\nkey="XX"\nversion="1"\neffective_from=2026-01-01', "does not say name, countries, hours"),
        ('[[profiles]]\nkey="XX"\nversion="1"\neffective_from=2026-01-01\nbased_on="YY"', "no profile 'YY'"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2024-10-15', "take effect on 2024-10-15"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2026-01-01\nkeep_days=-1', "keep_days must be"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2026-01-01\nholidays="Mars"', "holidays of 'Mars'"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2026-01-01\nhours={funday=[]}', "not 'funday'"),
        ('[[profiles]]\nkey="US"\nversion="1"\neffective_from=2026-01-01\nhours={monday=["9-x"]}', "09:00-17:00"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(text)
    with pytest.raises(BadFile, match=why):
        load(file)
    with pytest.raises(BadFile, match="cannot be read"):
        load(tmp_path / "none.toml")
