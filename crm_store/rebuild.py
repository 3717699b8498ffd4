"""The projections made again from the journal, call by call, also while the service runs.

Some calls at a time, in one transaction that keeps the journal's writer out: else a fact that came between reading and
writing could be lost to the record. A record without any fact goes. What reports keep summed up is made anew at the
end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, distinct, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.codec import decode_fact
from crm_store.projection import is_call_fact, read_calls, write_calls
from crm_store.schema import calls, facts, legs, recordings, segments
from crm_store.store import Store
from routing.story import Call, fold

AT_ONCE = 200


async def rebuild(store: Store, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """How many calls there are now. ``progress(done, total)`` after each part. Raises StoreAway."""
    async with store.database.reading() as connection:
        total = int((await connection.execute(select(func.count(distinct(facts.c.call_id))))).scalar_one())
    done = kept = 0
    last = ""
    progress(0, total)
    while True:
        async with store.database.writing() as connection:
            await _keep_writers_out(connection)
            ids = await _next_ids(connection, last)
            kept += await _rebuild(connection, last, ids)
        if not ids:
            await store.rollups.forget()
            await store.rollups.roll(datetime.now(UTC))
            return kept
        done, last = done + len(ids), ids[-1]
        progress(done, total)


async def _keep_writers_out(connection: AsyncConnection) -> None:
    """SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE facts, calls IN SHARE ROW EXCLUSIVE MODE"))


async def _next_ids(connection: AsyncConnection, last: str) -> list[str]:
    query = select(facts.c.call_id).where(facts.c.call_id > last).distinct().order_by(facts.c.call_id).limit(AT_ONCE)
    return [str(id) for id in (await connection.execute(query)).scalars()]


async def _rebuild(connection: AsyncConnection, last: str, ids: Sequence[str]) -> int:
    """The calls after ``last``, up to the last of ``ids`` (to the end if there are none)."""
    strays = delete(calls).where(calls.c.id > last, calls.c.id.not_in(ids))
    await connection.execute(strays.where(calls.c.id <= ids[-1]) if ids else strays)
    if not ids:
        return 0
    after: dict[str, Call | None] = dict.fromkeys(ids)
    rows = await connection.execute(select(facts).where(facts.c.call_id.in_(ids)).order_by(facts.c.call_id, facts.c.id))
    for row in rows:
        fact = decode_fact(row.kind, row.body)
        if is_call_fact(fact):
            after[fact.call] = fold(after[fact.call], fact)
    had = await read_calls(connection, ids)
    for table in (legs, segments, recordings):
        await connection.execute(delete(table).where(table.c.call_id.in_(ids)))
    bare = {id: had.get(id) for id in ids}
    await write_calls(connection, {id: None if after[id] else bare[id] for id in ids}, after)
    return sum(call is not None for call in after.values())
