"""When a number may be called."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing.calling_hours import CallingHours, next_allowed

HOURS = CallingHours()
US = ("America/New_York", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("zones", "now", "then"),
    [
        (("Europe/Tallinn",), "2026-11-27T06:00", "2026-11-27T06:00"),
        (("Europe/Tallinn",), "2026-11-27T05:59", "2026-11-27T06:00"),
        (("Europe/Tallinn",), "2026-11-27T19:00", "2026-11-28T06:00"),
        # Summer: the wall is an hour further.
        (("Europe/Tallinn",), "2026-07-27T04:00", "2026-07-27T05:00"),
        # Every zone that the number could lie in: from eight in the west to nine in the east.
        (US, "2026-11-27T14:00", "2026-11-27T16:00"),
        (US, "2026-11-28T02:00", "2026-11-28T16:00"),
        (("Asia/Kathmandu",), "2026-11-27T01:20", "2026-11-27T02:15"),
    ],
)
def test_the_next_moment(zones: tuple[str, ...], now: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_allowed(zones, at, HOURS) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_nobody_knows_what_time_it_is() -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert next_allowed((), now, HOURS) is None
    assert next_allowed(("Europe/Tallinn", "Pacific/Auckland"), now, CallingHours(600, 660)) is None


def test_no_sunday() -> None:
    sunday = datetime(2026, 11, 29, 12, tzinfo=UTC)
    hours = CallingHours(not_on=frozenset({6}))
    assert next_allowed(("Europe/Tallinn",), sunday, hours) == datetime(2026, 11, 30, 6, tzinfo=UTC)
