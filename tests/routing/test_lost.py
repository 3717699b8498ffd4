"""Who is lost, and who is not any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from routing.lost import GaveUp, Talked, lost_callers

NINE = datetime(2026, 11, 27, 9, tzinfo=UTC)
DESK, MOBILE, OTHER = "+3726001000", "+37255501000", "+37255502000"
VALUES = {"A": 5.0, "C": 1.0}


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def gave_up(number: str | None, minutes: float, tier: str | None = None, waited: float = 60.0) -> GaveUp:
    return GaveUp(f"{number}-{minutes}", number, "support", at(minutes), waited, tier)


def test_who_gave_up_twice_is_one_and_the_first_try_counts() -> None:
    [one], withheld = lost_callers([gave_up(DESK, 5, waited=9), gave_up(DESK, 1)], [], {}, VALUES)
    assert (one.number, one.calls, one.since, one.last_at, one.waited_seconds) == (DESK, 2, at(1), at(5), 60.0)
    assert withheld == 0


def test_a_talk_closes_what_was_before_it_and_nothing_after() -> None:
    tries = [gave_up(DESK, 1), gave_up(DESK, 9)]
    assert lost_callers(tries, [Talked(DESK, at(10))], {}, VALUES) == ([], 0)
    [one], _ = lost_callers(tries, [Talked(DESK, at(5))], {}, VALUES)
    assert (one.calls, one.since) == (1, at(9))
    [one], _ = lost_callers(tries, [Talked(OTHER, at(10))], {}, VALUES)
    assert one.calls == 2


def test_another_number_of_the_same_person_closes_it_too() -> None:
    owners = {DESK: frozenset({"7"}), MOBILE: frozenset({"7", "8"}), OTHER: frozenset({"9"})}
    assert lost_callers([gave_up(DESK, 1)], [Talked(MOBILE, at(2))], owners, VALUES)[0] == []
    [one], _ = lost_callers([gave_up(DESK, 1), gave_up(MOBILE, 3)], [Talked(OTHER, at(9))], owners, VALUES)
    assert (one.number, one.numbers, one.calls) == (MOBILE, (DESK, MOBILE), 2)


def test_value_goes_before_time_and_withheld_numbers_are_only_counted() -> None:
    tries = [
        gave_up(DESK, 1),
        gave_up(MOBILE, 2, "A"),
        gave_up(OTHER, 3, "C"),
        gave_up("+4989123456", 0),
        gave_up(None, 4),
    ]
    found, withheld = lost_callers(tries, [], {}, VALUES)
    assert [one.number for one in found] == [MOBILE, OTHER, "+4989123456", DESK]
    assert withheld == 1
