"""The engine on a real Asterisk that is killed, frozen, and given another secret."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.asterisk_folder.instance import Instance
from cti.engine import Engine
from cti.link import AsteriskAddress
from routing import events as said
from tests.cti.conftest import until
from tests.cti.test_engine import Book, found

READY_SECONDS = 5.0
"""N10: truth returns at most so long after FullyBooted."""


@asynccontextmanager
async def attached(asterisk: Instance, secret: str = "") -> AsyncIterator[tuple[Engine, Book]]:
    book = Book()
    address = AsteriskAddress("main", "127.0.0.1", asterisk.ports.ami, "helin", secret or asterisk.secret)
    engine = Engine(address, book, [], found, stream="s")
    task = asyncio.ensure_future(engine.run())
    try:
        yield engine, book
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_killed_and_started_again_it_is_ready_in_time_and_another_boot(asterisk: Instance) -> None:
    async with attached(asterisk) as (engine, book):
        await until(lambda: engine.status.ready)
        await asterisk.kill()
        await until(lambda: engine.status.state == "down")
        await asyncio.sleep(6)
        await asterisk.start()
        booted = time.monotonic()
        await until(lambda: engine.status.ready, READY_SECONDS)
        print(f"ready {time.monotonic() - booted:.2f} s after it was booted")
        first, second = book.of(said.LinkUp)
        assert first.boot != second.boot
        gap = book.of(said.Snapshot)[1]
        assert gap.gap_from is not None
        assert gap.gap_from < gap.at


async def test_stopped_dead_it_is_found_out_and_comes_back(asterisk: Instance) -> None:
    async with attached(asterisk) as (engine, _):
        await until(lambda: engine.status.ready)
        asterisk.freeze()
        try:
            await until(lambda: engine.status.state == "down", 12)
            assert "not said a word" in engine.status.reason
        finally:
            asterisk.thaw()
        await until(lambda: engine.status.ready, READY_SECONDS)


async def test_a_wrong_secret_is_named(asterisk: Instance) -> None:
    async with attached(asterisk, "wrong") as (engine, _):
        await until(lambda: engine.status.state == "down")
        assert "does not let the account 'helin' in (Authentication failed)" in engine.status.reason
