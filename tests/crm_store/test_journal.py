"""What was appended is in the database once, whatever happened in between."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, select

from crm_store import schema
from crm_store.journal import Journal
from crm_store.rebuild import rebuild
from crm_store.records import CallFilter
from crm_store.spool import Spool
from crm_store.store import Store
from routing.facts import CALL_FACTS, CallMerged, Drifted, Fact, LinkAlive, Recorded
from routing.story import Call, fold
from tests.crm_store.story import abandoned, answered, at, numbered, parts


async def journaled(store: Store) -> list[tuple[str, int]]:
    """What the journal holds, in its order."""
    async with store.database.reading() as connection:
        query = select(schema.facts.c.stream, schema.facts.c.seq).order_by(schema.facts.c.id)
        return [(row.stream, row.seq) for row in await connection.execute(query)]


async def logged(store: Store) -> dict[str, Call]:
    return {call.id: call for call in (await store.calls.page(CallFilter(), limit=200)).items}


def kept(recorded: list[Recorded]) -> list[tuple[str, int]]:
    return [(each.stream, each.seq) for each in recorded if not isinstance(each.fact, LinkAlive)]


def folded(facts: list[Fact]) -> dict[str, Call]:
    found: dict[str, Call | None] = {}
    for fact in facts:
        if isinstance(fact, CALL_FACTS):
            found[fact.call] = fold(found.get(fact.call), fact)  # type: ignore[union-attr, index, arg-type]
    return {id: call for id, call in found.items() if call is not None}


def many_calls(count: int) -> list[Fact]:
    """Calls that overlap, told in the order of time."""
    told = [fact for n in range(count) for fact in (answered if n % 3 else abandoned)(f"c{n:03}", begin=n * 7.0)]
    return sorted(told, key=lambda fact: fact.at)


async def test_writes_all_and_leaves_an_empty_spool(store: Store, tmp_path: Path) -> None:
    facts = many_calls(40)
    recorded = numbered(facts)
    async with Journal(store, tmp_path) as journal:
        for part in parts(recorded, 37):
            journal.append(part)
        assert journal.status.spool_bytes > 0
        assert await journal.settled(10)
        status = journal.status
        assert (status.spool_bytes, status.lag_seconds, status.refused, status.away_since) == (0, 0.0, 0, None)
        assert status.written == len(recorded)
    assert await journaled(store) == kept(recorded)
    assert await logged(store) == folded(facts)


async def test_the_same_facts_again_change_nothing(store: Store, tmp_path: Path) -> None:
    recorded = numbered(many_calls(6))
    async with Journal(store, tmp_path) as journal:
        journal.append(recorded[:50])
        assert await journal.settled(5)
        journal.append(recorded[30:] + recorded[60:])
        assert await journal.settled(5)
        assert journal.status.set_aside == 0
    async with Journal(store, tmp_path) as journal:
        journal.append(recorded)
        assert await journal.settled(5)
        assert journal.status.set_aside == 0
    assert await journaled(store) == kept(recorded)
    assert await logged(store) == folded([each.fact for each in recorded])


async def test_a_killed_process_leaves_its_facts_to_the_next(store: Store, tmp_path: Path) -> None:
    """kill -9 right after append returned, before the database had anything."""
    code = f"""
import asyncio, os, signal
from pathlib import Path
from crm_store.journal import Journal
from crm_store.store import Store
from tests.crm_store.story import answered, numbered
async def main():
    async with await Store.open({store.database.url.render_as_string(hide_password=False)!r}) as store:
        async with Journal(store, Path({str(tmp_path)!r})) as journal:
            journal.append(numbered(answered("c1")))
            os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    died = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=False)
    assert died.returncode == -signal.SIGKILL
    assert await journaled(store) == []
    async with Journal(store, tmp_path) as journal:
        assert journal.status.spool_bytes == 0
        assert await journaled(store) == kept(numbered(answered("c1")))
    assert (await logged(store))["c1"].outcome == "answered"


async def test_pops_are_shown_and_not_kept(store: Store, tmp_path: Path) -> None:
    async with Journal(store, tmp_path) as journal:
        journal.append(numbered(answered("c1")))
        [spooled] = tmp_path.glob("*.jsonl")
        assert b"contacts" not in spooled.read_bytes()
        assert await journal.settled(5)
    file = await store.calls.get("c1")
    assert file is not None
    assert "contacts" not in repr(file.facts)


async def test_a_merged_call_leaves_the_log_but_not_the_journal(store: Store, tmp_path: Path) -> None:
    facts = [*answered("c1")[:9], *answered("c2")[:9], CallMerged("c2", at(20), "c1"), *answered("c1")[9:]]
    async with Journal(store, tmp_path) as journal:
        for part in parts(numbered(facts), 5):
            journal.append(part)
            assert await journal.settled(5)
    assert set(await logged(store)) == {"c1"}
    assert await store.calls.get("c2") is None
    assert len(await journaled(store)) == len(kept(numbered(facts)))


async def test_one_bad_fact_is_put_aside_and_stops_no_other(store: Store, tmp_path: Path) -> None:
    naive = Drifted("main", at(0).replace(tzinfo=None), "a time without a zone")
    recorded = numbered([*answered("c1")[:5], naive, *answered("c1")[5:]])
    async with Journal(store, tmp_path) as journal:
        journal.append(recorded)
        spool: Spool = journal._spool
        spool.append(b'{"stream":"main-1","seq":99,"kind":"Nonsense","fact":{}}\n')
        journal.append(numbered([Drifted("main", at(1), "after it")], first=100))
        assert await journal.settled(10)
        assert journal.status.set_aside == 2
    assert await journaled(store) == [*(each for each in kept(recorded) if each[1] != 6), ("main-1", 100)]
    said = (tmp_path / "refused.txt").read_text()
    assert "without a zone" in said
    assert "Nonsense" in said


async def test_a_full_spool_refuses_and_says_so(store: Store, tmp_path: Path) -> None:
    async with Journal(store, tmp_path, most_bytes=2_000) as journal:
        for n in range(1, 30):
            journal.append(numbered([Drifted("main", at(n), "x" * 100)], first=n))
        status = journal.status
        assert status.refusing
        assert status.refused > 10
        assert await journal.settled(5)
        journal.append(numbered([Drifted("main", at(99), "later")], first=99))
        assert not journal.status.refusing
        assert await journal.settled(5)
    assert len(await journaled(store)) == 30 - status.refused


async def test_a_transaction_that_dies_is_written_again(store: Store, tmp_path: Path) -> None:
    """Each statement of the batch in turn fails as a lost connection does."""
    engine = store.database._engine.sync_engine
    left = 0

    def fail(*_args: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise ConnectionResetError("the server closed the connection")

    event.listen(engine, "before_cursor_execute", fail)
    recorded: list[Recorded] = []
    async with Journal(store, tmp_path) as journal:
        for n in range(1, 9):
            left = n
            new = numbered(answered(f"c{n}", begin=n), first=len(recorded) + 1)
            recorded += new
            journal.append(new[:8])
            journal.append(new[8:])
            assert await journal.settled(10)
            left = 0
    assert await journaled(store) == kept(recorded)
    assert await logged(store) == folded([each.fact for each in recorded])


async def test_a_commit_whose_answer_was_lost_is_known_again(store: Store, tmp_path: Path) -> None:
    """The database committed, but the connection died before it could say so."""
    lose = False

    def commit_and_fail(connection: Connection) -> None:
        nonlocal lose
        if lose:
            lose = False
            connection.connection.commit()
            raise ConnectionResetError("the server closed the connection")

    event.listen(store.database._engine.sync_engine, "commit", commit_and_fail)
    recorded = numbered(answered("c1"))
    async with Journal(store, tmp_path) as journal:
        for part in parts(recorded, 5):
            journal.append(part)
            assert await journal.settled(10)
            lose = not lose
        assert journal.status.set_aside == 0
    assert await journaled(store) == kept(recorded)
    assert await logged(store) == folded([each.fact for each in recorded])


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_rebuilt_is_what_was_written_bit_by_bit(store: Store, tmp_path: Path, data: st.DataObject) -> None:
    facts: list[Fact] = [*answered("a"), *abandoned("b", begin=3), *answered("c", begin=30)]
    facts.insert(data.draw(st.integers(17, len(facts))), CallMerged("a", at(70), "c"))
    order = data.draw(st.permutations(range(len(facts))))
    stream = f"s{data.draw(st.integers(0, 10**12))}"
    recorded = numbered([facts[n] for n in order], stream)
    async with Journal(store, tmp_path) as journal:
        for part in parts(recorded, data.draw(st.integers(6, 60))):
            journal.append(part)
            assert await journal.settled(5)
    before = await logged(store)
    had = await rows(store)
    assert await rebuild(store) == len(before)
    assert await logged(store) == before
    assert await rows(store) == had


async def rows(store: Store) -> list[list[Any]]:
    """All rows of the projections."""
    async with store.database.reading() as connection:
        return [
            [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in (schema.calls, schema.legs, schema.segments)
        ]


async def test_rebuild_restores_what_was_lost_and_tells_how_far_it_is(store: Store, tmp_path: Path) -> None:
    recorded = numbered(many_calls(230))
    async with Journal(store, tmp_path) as journal:
        journal.append(recorded)
        assert await journal.settled(20)
    before = await logged(store)
    async with store.database.writing() as connection:
        await connection.execute(schema.calls.delete().where(schema.calls.c.id > "c100"))
        await connection.execute(schema.segments.update().values(agent="nobody"))
        stray = {**dict.fromkeys(schema.calls.c.keys()), "id": "zz", "asterisk": "main", "direction": "inbound"}
        stray |= {"started_at": at(0), "estimated": False, "transfers": 0, "version": 1, "conference": False}
        stray |= {"reasons": [], "ringing": []}
        await connection.execute(schema.calls.insert().values(stray))
    told: list[tuple[int, int]] = []
    assert await rebuild(store, lambda done, total: told.append((done, total))) == 230
    assert told == [(0, 230), (200, 230), (230, 230)]
    assert await logged(store) == before
    async with store.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(schema.calls))).scalar_one() == 230


async def test_two_journals_cannot_share_a_spool(store: Store, tmp_path: Path) -> None:
    async with Journal(store, tmp_path):
        with pytest.raises(Exception, match="in use by another Helin"):
            await Journal(store, tmp_path).__aenter__()
    assert os.listdir(tmp_path)
