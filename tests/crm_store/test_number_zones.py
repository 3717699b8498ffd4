"""Where a number could lie: from its numbering plan to the hours at which it may be called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.country_profiles import shipped
from crm_store.numbers import country_of, kind_of
from crm_store.zones import possible_zones
from routing.lawful import Campaign, Candidate, Listed, Profile, may_dial

CAMPAIGN = Campaign("7", "progressive", "+12125550100", "Acme")
DAY = datetime(2026, 11, 27, tzinfo=UTC)
US = shipped().at("US", DAY)


def open_hours(number: str, profile: Profile | None) -> list[int]:
    """The hours of a day, UTC, at which it may be dialled."""
    assert profile is not None
    lists = tuple(Listed(each.name, "v", DAY.date()) for each in profile.lists)
    one = Candidate(
        "1", number, CAMPAIGN, country_of(number), kind_of(number), possible_zones(number), lists=lists
    )  # fmt: skip
    hours = (DAY + timedelta(hours=hour) for hour in range(24))
    return [at.hour for at in hours if may_dial(one, profile, at).allowed]


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125551234", ("America/New_York",)),
        ("+13125551234", ("America/Chicago",)),
        ("+13035551234", ("America/Denver",)),
        ("+16025551234", ("America/Phoenix",)),
        ("+13105551234", ("America/Los_Angeles",)),
        ("+19075551234", ("America/Adak", "America/Anchorage")),
        ("+18085551234", ("Pacific/Honolulu",)),
        ("+16715551234", ("Pacific/Guam",)),
        ("+3725550123", ("Europe/Tallinn",)),
        ("+442071234567", ("Europe/London",)),
        # A country with many zones, and a number that belongs to none of its areas.
        ("+15555550123", ()),
        ("+88312345678", ()),
        ("+112", ()),
    ],
)
def test_zones(number: str, zones: tuple[str, ...]) -> None:
    assert possible_zones(number) == zones


def test_a_number_in_many_zones_is_called_when_all_of_them_allow_it() -> None:
    assert US is not None
    freephone = "+18005550123"
    assert {"America/New_York", "Pacific/Honolulu", "America/Phoenix", "Pacific/Guam"} <= set(possible_zones(freephone))
    # Nobody is dialled who would pay for it; and if a shop allows it, then between Guam's morning and Newfoundland's
    # night.
    assert open_hours(freephone, US) == []
    assert open_hours(freephone, replace(US, refused_kinds=frozenset())) == [0, 22, 23]
    assert open_hours("+12125551234", US) == [0, 1, *range(13, 24)]


def test_russia_and_kazakhstan_share_a_prefix_and_eleven_zones() -> None:
    assert US is not None
    assert (country_of("+79161234567"), country_of("+77012345678")) == ("RU", "KZ")
    assert open_hours("+79161234567", US) == []
    russia = replace(US, countries=frozenset(("RU",)), lists=())
    # Eight in Kaliningrad, nine in the evening in Kamchatka.
    assert open_hours("+79161234567", russia) == [6, 7, 8]
    # The plan names Bucharest for Kaliningrad, which has no summer time: all of Russia is possible.
    assert "Europe/Kaliningrad" in possible_zones("+74012345678")
    assert open_hours("+77012345678", russia) == []


def test_neighbours_under_one_prefix_have_no_rules_of_ours() -> None:
    assert (country_of("+14165551234"), country_of("+17875551234")) == ("CA", "PR")
    assert open_hours("+14165551234", US) == []
    assert open_hours("+17875551234", US) == [0, *range(12, 24)]
