"""Gaps in the records: newest first, page by page; what somebody should look at is kept before what was made good."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_store.errors import Refused
from crm_store.gaps import MOST_DIFFERENCES, Gap
from crm_store.store import Store
from routing.facts import CallArrived, CallEnded
from routing.witness import Difference
from tests.crm_store.story import at
from tests.crm_store.test_calls import record


async def add(store: Store, begin: float, *differences: Difference) -> Gap:
    sources, troubles = ("cdr",), ("queue_log cannot be read",)
    return await store.gaps.add("main", at(begin), at(begin + 60), "why", at(900), sources, troubles, 7, differences)


async def test_what_nobody_explains_is_kept_first_and_all_is_counted(store: Store) -> None:
    good = [Difference("end", f"main-b-{n}", "its end was made good", True) for n in range(MOST_DIFFERENCES)]
    odd = Difference("missing_there", "main-b-odd", "Asterisk knows no such call", False)
    made = await add(store, 0, *good, odd)
    assert (made.repaired, made.unexplained, len(made.differences)) == (MOST_DIFFERENCES, 1, MOST_DIFFERENCES)
    assert made.differences[:2] == (odd, good[0])
    assert (await store.gaps.page()).items == (made,)
    assert (made.begin, made.end, made.looked_at, made.witnessed) == (at(0), at(60), at(900), 7)


async def test_they_are_told_newest_first_and_page_by_page(store: Store) -> None:
    made = [await add(store, n * 100) for n in range(5)]
    first = await store.gaps.page(None, 2)
    second = await store.gaps.page(first.next, 2)
    third = await store.gaps.page(second.next, 2)
    assert [*first.items, *second.items, *third.items] == made[::-1]
    assert third.next is None
    with pytest.raises(Refused):
        await store.gaps.page("not a cursor")


async def test_which_calls_were_up_in_it_and_of_which_run(store: Store, tmp_path: Path) -> None:
    def call(id_: str, begin: float, end: float | None) -> list[CallArrived | CallEnded]:
        arrived = CallArrived(id_, at(begin), "main", "inbound", "+37255501000", None, "600")
        return [arrived, *([] if end is None else [CallEnded(id_, at(end), "abandoned", "caller")])]

    await record(
        store,
        tmp_path / "spool",
        [
            *call("main-20261124T000102-before", 0, 99),
            *call("main-20261124T000102-into", 50, 100),
            *call("main-20261124T000102-inside", 120, 130),
            *call("main-20261124T111213-open", 150, None),
            *call("main-20261124T111213-after", 201, 300),
        ],
    )
    up = await store.gaps.calls_in("main", at(100), at(200))
    assert {one.id.rpartition("-")[2] for one in up} == {"into", "inside", "open"}
    assert await store.gaps.calls_in("other", at(100), at(200)) == ()
    assert await store.gaps.boots("main", at(100), at(200)) == ("20261124T000102", "20261124T111213")
