"""Today's figures: what facts and records add up to, and what time does to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from routing.calendars import Calendar
from routing.events import QueuePlan
from routing.service_level import Counts
from routing.story import Call
from routing.today import Ended, Figures, Terms, Today, mark_of, terms_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RINGS = Call("c1", "main", "inbound", "+37255501000", None, None, NOON)
WAITS = replace(RINGS, queue="support", queued_at=NOON, waiting_in="support")


def answered(call: Call, after: float) -> Call:
    at = NOON + timedelta(seconds=after)
    return replace(call, answered_at=at, unqueued_at=at, waiting_in=None)


def gave_up(call: Call, after: float) -> Call:
    at = NOON + timedelta(seconds=after)
    return replace(call, unqueued_at=at, ended_at=at, outcome="abandoned", waiting_in=None)


def row(call: Call) -> Ended:
    return Ended(
        call.id, call.direction, call.queue, call.started_at, call.queued_at, call.answered_at, call.unqueued_at,
        call.ended_at, call.outcome,
    )  # fmt: skip


def warm(today: Today, now: datetime = NOON, *calls: Call) -> Today:
    fresh = today.warming()
    fresh.take(row(call) for call in calls)
    today.warmed(fresh)
    today.advance(now)
    return today


def test_a_call_counts_from_its_queue_to_its_end_and_only_once() -> None:
    today = warm(Today({"support": Terms(20)}))
    assert today.changed(None, RINGS) is None
    assert today.changed(RINGS, WAITS) == "support"
    assert today.figures("support") == Figures(NOON - timedelta(hours=12), Counts(1), Counts(1))
    talks = answered(WAITS, 20)
    assert today.changed(WAITS, talks) == "support"
    over = replace(talks, ended_at=NOON + timedelta(minutes=3), outcome="answered")
    assert today.changed(talks, over) is None
    # The records have it by now: it is one call all the same.
    warm(today, NOON + timedelta(minutes=4), over)
    assert (found := today.figures("support")) is not None
    assert found.day == Counts(1, 1, 1)


def test_waits_are_in_time_to_the_letter_and_short_ones_are_told_apart() -> None:
    for after, counts in ((4.999, (0, 0, 1, 1, 1)), (5, (0, 0, 1, 1, 0)), (20.000001, (0, 0, 1, 0, 0))):
        mark = mark_of(gave_up(WAITS, after), 20)
        assert mark is not None
        assert mark.counts == Counts(1, *counts)
    plan = QueuePlan("support", short_seconds=7, empty_interval="full")
    found = warm(Today(terms_of([plan], [])), NOON, gave_up(WAITS, 6)).figures("support")
    assert found is not None
    assert (found.day.abandoned_short, found.empty) == (1, "full"), "as the queue's rule has it"
    assert mark_of(RINGS, 20) is None
    assert mark_of(replace(WAITS, direction="outbound"), 20) is None


def test_before_the_records_were_read_there_are_no_figures() -> None:
    today = Today()
    today.advance(NOON)
    today.changed(None, WAITS)
    assert today.figures("support") is None
    assert today.changed(WAITS, None) == "support"
    assert (found := warm(today).figures("support")) is not None
    assert found.day == Counts()


def test_the_half_hour_and_the_day_go_by() -> None:
    today = Today({"support": Terms(20, "Europe/Tallinn")})
    warm(today, NOON, gave_up(WAITS, 30))
    first = today.figures("support")
    assert first is not None
    assert (first.since, first.recent.abandoned) == (datetime(2026, 11, 23, 22, tzinfo=UTC), 1)
    assert today.advance(NOON + timedelta(minutes=29)) == set()
    assert today.advance(NOON + timedelta(minutes=30)) == {"support"}
    later = today.figures("support")
    assert later is not None
    assert (later.day.abandoned, later.recent) == (1, Counts())
    assert today.advance(NOON + timedelta(hours=10)) == {"support"}
    tomorrow = today.figures("support")
    assert tomorrow is not None
    assert (tomorrow.since, tomorrow.day) == (datetime(2026, 11, 24, 22, tzinfo=UTC), Counts())


def test_what_was_missed_comes_from_the_records() -> None:
    today = warm(Today())
    today.changed(None, WAITS)
    today.only([])  # the picture was fetched anew, and the call is not in it
    assert (found := today.figures("support")) is not None
    assert found.day == Counts()
    warm(today, NOON + timedelta(minutes=1), gave_up(WAITS, 30))
    assert (found := today.figures("support")) is not None
    assert found.day == Counts(1, abandoned=1)


def test_a_queues_day_is_its_calendars() -> None:
    plans = [QueuePlan("support", target_seconds=15), QueuePlan("night")]
    terms = terms_of(plans, [Calendar("shop", "Europe/Tallinn", ("support",))])
    assert terms == {"support": Terms(15, "Europe/Tallinn"), "night": Terms(20, "UTC")}
    today = Today(terms)
    assert not today.use(terms)
    assert today.use(terms | {"night": Terms(5)})
