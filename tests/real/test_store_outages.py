"""PostgreSQL goes away in several ways while facts are written and callers looked up.

Nothing is lost, and the truth is back within ten seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_store.codec import encode
from crm_store.errors import SchemaMismatch, StoreAway
from crm_store.journal import Journal
from crm_store.migrate import migrate
from crm_store.store import Store
from routing.facts import Recorded
from tests.crm_store.story import answered, numbered
from tests.crm_store.test_journal import folded, journaled, kept, logged
from tests.real.databases import Postgres, end_postgres, start_postgres

BACK_WITHIN = 10.0
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of these tests' own, because they stop it."""
    server = start_postgres()
    yield server
    end_postgres(server)


@pytest.fixture
async def url(server: Postgres) -> str:
    url = await server.database()
    await migrate(url)
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with await Store.open(url) as opened:
        await opened.contacts.add({"name": "Mari", "numbers": ["55501000"]})
        yield opened


class Traffic:
    """Twenty calls a second are appended as long as it lasts."""

    def __init__(self, journal: Journal) -> None:
        self.recorded: list[Recorded] = []
        self._journal = journal
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def _go_on(self) -> None:
        for n in range(10_000):
            for fact in answered(f"c{n:05}", begin=float(n)):
                self.recorded.append(Recorded("main-1", len(self.recorded) + 1, fact))
                self._journal.append(self.recorded[-1:])
            await asyncio.sleep(0.05)

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def check_all_is_there(store: Store, journal: Journal, traffic: Traffic, back_at: float) -> None:
    while journal.status.away_since is not None:
        assert time.monotonic() < back_at + BACK_WITHIN, "the journal did not come back in time"
        await asyncio.sleep(0.05)
    while True:
        try:
            assert (await store.look_up("+37255501000")).contacts == ("1",)
            break
        except StoreAway:
            assert time.monotonic() < back_at + BACK_WITHIN, "the look-up did not come back in time"
            await asyncio.sleep(0.05)
    await traffic.end()
    assert await journal.settled(20)
    assert journal.status.refused == journal.status.set_aside == 0
    assert await journaled(store) == kept(traffic.recorded)
    found = folded([each.fact for each in traffic.recorded])
    last = sorted(found)[-200:]
    assert await logged(store) == {id: found[id] for id in last}


async def until_away(store: Store, journal: Journal) -> None:
    with contextlib.suppress(StoreAway):
        for _ in range(100):
            await store.look_up("+37255501000")
            await asyncio.sleep(0.05)
        raise AssertionError("the look-up did not notice")
    for _ in range(400):
        if journal.status.away_since is not None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the journal did not notice")


@pytest.mark.parametrize("mode", ["immediate", "fast"])
async def test_stopped_and_started_again(server: Postgres, store: Store, tmp_path: Path, mode: str) -> None:
    async with Journal(store, tmp_path) as journal:
        traffic = Traffic(journal)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.stop, mode)
        try:
            await until_away(store, journal)
            with pytest.raises(StoreAway, match="cannot be reached"):
                await store.contacts.search("mari")
            with pytest.raises(StoreAway):
                await store.ping()
            await asyncio.sleep(3)
            before = journal.status
            assert before.spool_bytes > 10_000
            assert before.lag_seconds > 2
        finally:
            await asyncio.to_thread(server.start)
        await check_all_is_there(store, journal, traffic, time.monotonic())


async def test_hung_and_thawed(server: Postgres, store: Store, tmp_path: Path) -> None:
    async with Journal(store, tmp_path) as journal:
        traffic = Traffic(journal)
        await asyncio.sleep(0.5)
        server.freeze()
        try:
            await until_away(store, journal)
        finally:
            server.thaw()
        await check_all_is_there(store, journal, traffic, time.monotonic())


async def test_sessions_killed_inside_transactions(server: Postgres, store: Store, url: str, tmp_path: Path) -> None:
    async with Journal(store, tmp_path) as journal:
        traffic = Traffic(journal)
        for _ in range(20):
            await asyncio.sleep(0.1)
            await server.execute(server.url(), KILL.format(name=url.rpartition("/")[2]))
        await check_all_is_there(store, journal, traffic, time.monotonic())


async def test_connections_refused(server: Postgres, store: Store, url: str, tmp_path: Path) -> None:
    async with Journal(store, tmp_path) as journal:
        traffic = Traffic(journal)
        await asyncio.sleep(0.3)
        name = url.rpartition("/")[2]
        await server.execute(server.url(), f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await server.execute(server.url(), KILL.format(name=name))
        await until_away(store, journal)
        await server.execute(server.url(), f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await check_all_is_there(store, journal, traffic, time.monotonic())


async def test_a_start_while_it_is_away_is_one_line(server: Postgres, url: str) -> None:
    await asyncio.to_thread(server.stop)
    try:
        with pytest.raises(StoreAway) as away:
            await Store.open(url)
        assert str(away.value).startswith(f"the database {url} cannot be reached: ")
        assert "\n" not in str(away.value)
    finally:
        await asyncio.to_thread(server.start)


async def test_a_schema_that_changed_under_us_stops_the_next_start_only(store: Store, url: str) -> None:
    async with store.database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert (await store.look_up("+37255501000")).contacts == ("1",)
    with pytest.raises(SchemaMismatch, match="newer Helin"):
        await Store.open(url)


async def test_two_that_migrate_at_once(server: Postgres) -> None:
    url = await server.database()
    done = await asyncio.gather(*(migrate(url) for _ in range(3)))
    made, *found = sorted((each.before for each in done), key=lambda before: before is not None)
    assert made is None
    assert found == [done[0].after] * 2


async def test_a_left_over_spool_of_facts_that_were_committed(store: Store, tmp_path: Path) -> None:
    """The process died between the database's commit and the cut of the spool."""
    recorded = numbered(answered("c1"))
    async with Journal(store, tmp_path / "a") as journal:
        journal.append(recorded)
        lines = next((tmp_path / "a").glob("*.jsonl")).read_bytes()
        assert await journal.settled(5)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "000000000001.jsonl").write_bytes(lines)
    async with Journal(store, tmp_path / "b") as journal:
        assert await journal.settled(5)
    assert await journaled(store) == kept(recorded)


async def test_a_start_with_a_spool_and_no_database_goes_on(server: Postgres, store: Store, tmp_path: Path) -> None:
    recorded = numbered(answered("c1"))
    (tmp_path / "000000000001.jsonl").write_bytes(b"".join(encode(each) + b"\n" for each in recorded))
    await asyncio.to_thread(server.stop)
    try:
        begun = time.monotonic()
        async with Journal(store, tmp_path) as journal:
            assert time.monotonic() - begun < 10
            assert journal.status.away_since is not None
            await asyncio.to_thread(server.start)
            assert await journal.settled(BACK_WITHIN)
    finally:
        with contextlib.suppress(RuntimeError):
            await asyncio.to_thread(server.start)
    assert await journaled(store) == kept(recorded)
