"""Lost callers from the records: they appear when they give up and go when anybody talks with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crm_store.errors import Refused
from crm_store.store import Store
from routing.facts import CallAnswered, CallArrived, CallEnded, CallQueued, CallUnqueued, Fact
from tests.crm_store.story import at
from tests.crm_store.test_calls import record

DESK, MOBILE = "+37255501000", "+37255502000"
VALUES = {"A": 5.0}


def gives_up(call: str, begin: float, number: str | None) -> Iterator[Fact]:
    yield CallArrived(call, at(begin), "main", "inbound", number, None, "600")
    yield CallQueued(call, at(begin), "support")
    yield CallUnqueued(call, at(begin + 40), "support", "abandoned")
    yield CallEnded(call, at(begin + 40), "abandoned", "caller")


def reached(call: str, begin: float, number: str) -> Iterator[Fact]:
    yield CallArrived(call, at(begin), "main", "outbound", number, None, None)
    yield CallAnswered(call, at(begin + 5), "agent1", f"{call}.1")
    yield CallEnded(call, at(begin + 60), "answered", "agent")


async def test_they_come_and_go(store: Store, tmp_path: Path) -> None:
    await store.queues.put("support")
    mari = await store.contacts.add({"name": "Mari", "numbers": (DESK, MOBILE)})
    await record(store, tmp_path / "spool", [*gives_up("c1", 0, DESK), *gives_up("c2", 100, None)])
    found = await store.lost_ones.since(at(-60), at(3600), VALUES)
    [one] = found.items
    assert (one.lost.number, one.lost.waited_seconds, one.contact, one.name) == (DESK, 40.0, mari.id, "Mari")
    assert (one.request, found.withheld, found.cut) == (None, 1, False)
    asked = await store.callbacks.ask(DESK, "support", at(200), one.lost.since)
    [one] = (await store.lost_ones.since(at(-60), at(3600), VALUES)).items
    assert one.request == asked.request.id
    assert (await store.lost_ones.since(at(-60), at(3600), VALUES, "sales")).items == ()
    # By the other number of the same contact: the callback is void too.
    await record(store, tmp_path / "later", reached("c3", 300, MOBILE), "s2")
    assert [each.number for each in await store.callbacks.called(MOBILE, at(400))] == [DESK]
    assert (await store.lost_ones.since(at(-60), at(3600), VALUES)).items == ()


async def test_times_that_cannot_be_are_refused(store: Store) -> None:
    with pytest.raises(Refused, match="later than now"):
        await store.lost_ones.since(at(60), at(0), VALUES)
    with pytest.raises(Refused, match="31 days"):
        await store.lost_ones.since(at(0) - timedelta(days=40), at(0), VALUES)
