"""What the service level is made of, against counting the calls one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_store.errors import Refused
from crm_store.records import CallFilter
from crm_store.reports import ReportWish
from crm_store.service_levels import Wish, shown
from crm_store.store import Store
from routing.facts import CallAnswered, CallArrived, CallEnded, CallQueued, CallUnqueued, Fact
from routing.service_level import Counts, shown_level
from tests.crm_store.story import at
from tests.crm_store.test_calls import record

TARGET = 20
WAITS = (0.0, 4.999999, 5.0, 19.999999, 20.0, 20.000001, 61.0)
"""Seconds, some at the edge of what counts as short, or as in time."""


def came(call: str, begin: float, queue: str, waited: float, ending: str) -> Iterator[Fact]:
    """``ending``: answered, abandoned, timed_out, or waits: it is still in the queue."""
    yield CallArrived(call, at(begin), "main", "inbound", "+37255501000", None, "600")
    yield CallQueued(call, at(begin + 1), queue)
    over = at(begin + 1) + timedelta(seconds=waited)
    if ending == "waits":
        return
    yield CallUnqueued(call, over, queue, ending)  # type: ignore[arg-type]
    if ending == "answered":
        yield CallAnswered(call, over, "agent1", f"{call}.2")
    yield CallEnded(call, over + timedelta(seconds=30), ending, "caller")  # type: ignore[arg-type]


async def a_day(store: Store, folder: Path) -> None:
    dice = random.Random(7)
    facts: list[Fact] = []
    for n in range(120):
        ending = dice.choice(["answered", "answered", "abandoned", "timed_out", "waits"])
        facts += came(f"c{n}", dice.uniform(0, 7200), dice.choice(["support", "sales"]), dice.choice(WAITS), ending)
    facts += [CallArrived("out", at(60), "main", "outbound", "+37255501000", None, None)]
    await store.queues.put("support", target_seconds=TARGET)
    await record(store, folder, facts)


async def one_by_one(store: Store, wish: CallFilter) -> Counts:
    counts, page = Counts(), await store.calls.page(wish, limit=200)
    assert page.next is None
    for call in page.items:
        waited = call.waited_seconds() or 0.0
        answered, abandoned = call.answered_at is not None, call.outcome == "abandoned"
        within = (answered or abandoned) and waited <= TARGET
        counts += Counts(1, answered, answered and within, abandoned, abandoned and within, abandoned and waited < 5.0)
    return counts


async def test_every_cell_is_what_its_calls_are(store: Store, tmp_path: Path) -> None:
    await a_day(store, tmp_path / "spool")
    begin, end = at(-1800), at(9000)
    for by in (None, "hour", "day"):
        cells = await store.service_levels.of(Wish(begin, end, by=by, zone=ZoneInfo("Asia/Kathmandu")))  # type: ignore[arg-type]
        assert {cell.queue for cell in cells} == {"sales", "support"}
        for cell in cells:
            want = CallFilter(from_=cell.from_, to=cell.to, queue=cell.queue, direction="inbound")
            assert cell.counts == await one_by_one(store, want), (by, cell)
        assert sum((cell.counts for cell in cells), Counts()).offered == 120


async def test_one_queue_and_one_that_nobody_knows(store: Store, tmp_path: Path) -> None:
    await a_day(store, tmp_path / "spool")
    [cell] = await store.service_levels.of(Wish(at(0), at(9000), "support"))
    assert (cell.queue, cell.by.target_seconds, cell.counts.offered > 40) == ("support", TARGET, True)
    [nobody] = await store.service_levels.of(Wish(at(0), at(9000), "'; DROP TABLE calls; --"))
    assert nobody.counts == Counts()


@pytest.mark.parametrize(("empty", "hours", "level"), [("none", 2, None), ("full", 2, 1.0), ("left_out", 1, None)])
async def test_an_empty_interval_is_as_its_queues_rule_has_it(
    store: Store, tmp_path: Path, empty: str, hours: int, level: float | None
) -> None:
    """Also for measures by queue; one with calls of which none counts is not empty, and no rule makes it 100 %."""
    await store.queues.put("support", empty_interval=empty, short_seconds=10)
    await record(store, tmp_path / "spool", list(came("c", 60, "support", 7.0, "abandoned")))
    begin = at(0).replace(microsecond=0)
    end = begin + timedelta(hours=2)
    cells, left_out = shown(await store.service_levels.of(Wish(begin, end, by="hour")))
    assert (len(cells), len(left_out)) == (hours, 2 - hours)
    assert [shown_level("genesys", one.counts, one.by.empty_interval) for one in cells] == [None, level][:hours]
    assert (cells[0].counts.abandoned_short, cells[0].by.short_seconds) == (1, 10)
    wish = ReportWish(begin, end, ("service_level",), ("queue",), "hour", formula="genesys")
    report = await store.reports.of(wish, at(9000))
    assert [row.values["service_level"] for row in report.rows] == [None, level][:hours]
    assert [(one.queue, one.by.empty_interval) for one in report.rules] == [("support", empty)]
    assert ("left out" in " ".join(report.left_out)) is (empty == "left_out")


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish(at(60), at(0)), "later than from"),
        (Wish(at(0), at(0)), "later than from"),
        (Wish(at(0), at(86400 * 3660), by="hour"), "more than 20,000 figures"),
        (Wish(at(0), at(86400 * 36600)), "ten years"),
    ],
)
async def test_what_cannot_be_told_is_one_sentence(store: Store, wish: Wish, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await store.service_levels.of(wish)
