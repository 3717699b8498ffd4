"""The loop that holds an engine's queues against their limits: the engine's own picture, a store, a journal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.alarming import Alarming
from crm_store.journal import Journal
from crm_store.store import Store
from cti.engine import Engine
from cti.link import AsteriskAddress
from routing.events import AlarmRule, Directory, QueuePlan
from routing.facts import AlarmChanged, CallArrived, CallQueued, CallUnqueued, Fact, QueueSeen, Recorded
from routing.switchboard import Switchboard
from tests.crm_store.conftest import database_url, sqlite_template, sqlite_url, store

__all__ = ["database_url", "sqlite_template", "sqlite_url", "store"]

NOW = datetime.now(UTC)
LIMITED = Directory((), (QueuePlan("support", alarms=(AlarmRule("waiting", 1), AlarmRule("longest_wait", 600))),))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Floor:
    """An engine that reaches no Asterisk, so that nothing but the loop says anything, and what it has heard."""

    def __init__(self, store: Store, journal: Journal, up: Sequence[AlarmChanged] = (), stream: str = "s") -> None:
        async def nobody(_: str) -> Any:
            raise AssertionError("no caller is looked up here")

        self.heard: list[AlarmChanged] = []
        self.seq = 0
        self.engine = Engine(
            AsteriskAddress("main", "127.0.0.1", 1, "helin", "x"), Switchboard("main", LIMITED, frozenset(), stream),
            (journal.append, self.hear), nobody, stream=stream,
        )  # fmt: skip
        self.engine.picture().streams.update({stream: 0, "floor": 0})
        self.alarming = Alarming(store, self.engine, LIMITED, up)

    def hear(self, recorded: Sequence[Recorded]) -> None:
        self.heard += [one.fact for one in recorded if isinstance(one.fact, AlarmChanged)]

    def happens(self, *facts: Fact) -> None:
        """In the picture, as if the switchboard had said it; of another stream than the engine's own."""
        recorded = []
        for fact in facts:
            self.seq += 1
            recorded.append(Recorded("floor", self.seq, fact))
            assert self.engine.picture().apply(recorded[-1])
        self.alarming.hear(recorded)

    async def looks(self, now: datetime, alarms: int) -> None:
        """Until the engine has made facts of what the look found."""
        self.alarming.look(now)
        async with asyncio.timeout(20):
            while len(self.heard) < alarms:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def floor(store: Store, folder: Path, **more: Any) -> AsyncIterator[Floor]:
    async with Journal(store, folder) as journal:
        found = Floor(store, journal, **more)
        running = asyncio.create_task(found.engine.run())
        try:
            yield found
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        assert await journal.settled(20)


def waits(call: str) -> list[Fact]:
    return [CallArrived(call, NOW, "main", "inbound", None, None, "600"), CallQueued(call, NOW, "support")]


async def test_a_limit_that_is_passed_becomes_a_fact_and_a_row_and_is_over_once(store: Store, tmp_path: Path) -> None:
    async with floor(store, tmp_path / "spool") as shop:
        shop.happens(QueueSeen("support", NOW, "main", ()), *waits("a"))
        shop.alarming.look(at(1))
        shop.happens(*waits("b"))
        await shop.looks(at(2), 1)
        shop.alarming.look(at(3))
        [up] = shop.heard
        assert (up.queue, up.measure, up.on, up.value, up.limit) == ("support", "waiting", True, 2.0, 1.0)
        assert list(shop.engine.picture().alarms.values()) == [up]
        shop.happens(*(CallUnqueued(call, at(4), "support", "abandoned") for call in ("a", "b")))
        for second in (5, 10):
            shop.alarming.look(at(second))
        await shop.looks(at(16), 2)
        assert [(one.measure, one.on, one.since) for one in shop.heard] == [
            ("waiting", True, up.since), ("waiting", False, up.since),
        ]  # fmt: skip
        assert shop.engine.picture().alarms == {}
    [row] = (await store.queue_alarms.log()).items
    assert (row.queue, row.measure, row.value, row.cleared_at is not None) == ("support", "waiting", 2.0, True)
    assert await store.queue_alarms.open("main") == []


async def test_what_was_up_before_a_restart_is_over_after_it_and_not_raised_again(store: Store, tmp_path: Path) -> None:
    async with floor(store, tmp_path / "spool") as shop:
        shop.happens(QueueSeen("support", NOW, "main", ()), *waits("a"), *waits("b"))
        await shop.looks(at(1), 1)
    up = await store.queue_alarms.open("main")
    assert [(one.queue, one.measure) for one in up] == [("support", "waiting")]
    async with floor(store, tmp_path / "later", up=up, stream="s2") as shop:
        assert list(shop.engine.picture().alarms.values()) == up
        shop.happens(QueueSeen("support", NOW, "main", ()), *waits("a"), *waits("b"))
        shop.alarming.look(at(2))
        shop.happens(CallUnqueued("a", at(3), "support", "withdrawn"), CallUnqueued("b", at(3), "support", "withdrawn"))
        shop.alarming.look(at(4))
        await shop.looks(at(15), 1)
        assert [(one.on, one.since) for one in shop.heard] == [(False, up[0].since)]
    assert len((await store.queue_alarms.log()).items) == 1


async def test_a_limit_that_is_taken_away_ends_its_alarm(store: Store, tmp_path: Path) -> None:
    async with floor(store, tmp_path / "spool") as shop:
        shop.happens(QueueSeen("support", NOW, "main", ()), *waits("a"), *waits("b"))
        await shop.looks(at(1), 1)
        shop.alarming.use(Directory((), (QueuePlan("support"),)))
        await shop.looks(at(2), 2)
        assert [one.on for one in shop.heard] == [True, False]
