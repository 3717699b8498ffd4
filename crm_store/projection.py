"""From facts to rows: what facts do to ``calls``, ``legs``, ``segments``, ``recordings``, and a contact's interactions.

:func:`routing.story.fold` alone says how a fact changes a call; here its result is written down. The calls that are up
are kept in memory between batches, so a batch costs no reading; what is not there is read back from the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeGuard

from msgspec.structs import fields
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.rollups import hour_of, mark_stale
from crm_store.schema import calls, contacts, interactions, legs, recordings, segments
from crm_store.values import key_of, storable, upsert
from routing.facts import CALL_FACTS, CallFact, Fact
from routing.story import Call, Consult, Leg, Pause, Recording, Segment, fold

MOST_KEPT = 2_000
"""Calls in memory: those that are up, and the latest ended ones, about which a late fact may still come."""

_LEG_FIELDS = tuple(field.name for field in fields(Leg))
_CONSULT_FIELDS = tuple(field.name for field in fields(Consult))
_SEGMENT_FIELDS = tuple(field.name for field in fields(Segment))
_RECORDING_FIELDS = tuple(field.name for field in fields(Recording))
_NO_COLUMNS = ("contact", "reasons", "ringing", "segments", "legs", "recordings", "consult", "heard")
_CALL_FIELDS = tuple(field.name for field in fields(Call) if field.name not in _NO_COLUMNS)


class Projection:
    """What the rows say about the calls of late. ``project`` inside a transaction, ``keep`` once it is committed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Call | None] = OrderedDict()

    async def project(self, connection: AsyncConnection, facts: Iterable[Fact]) -> dict[str, Call | None]:
        """Folds the facts in and writes what changed; the calls as they are now."""
        about: dict[str, list[CallFact]] = {}
        for fact in facts:
            if is_call_fact(fact):
                about.setdefault(fact.call, []).append(fact)
        before: dict[str, Call | None] = {id: self._kept[id] for id in about if id in self._kept}
        missing = [id for id in about if id not in before]
        if missing:
            read = await read_calls(connection, missing)
            before |= {id: read.get(id) for id in missing}
        after = {id: _folded(before[id], said) for id, said in about.items()}
        await write_calls(connection, before, after)
        return after

    def keep(self, after: Mapping[str, Call | None]) -> None:
        for id, call in after.items():
            self._kept[id] = call
            self._kept.move_to_end(id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """After a transaction whose end is not known: read it all again."""
        self._kept.clear()


def is_call_fact(fact: Fact) -> TypeGuard[CallFact]:
    """Whether it is about a call's record (an AgentChanged may name a call too, but is not)."""
    return isinstance(fact, CALL_FACTS)


def _folded(call: Call | None, said: Iterable[CallFact]) -> Call | None:
    for fact in said:
        call = fold(call, fact)
    return call


async def write_calls(
    connection: AsyncConnection, before: Mapping[str, Call | None], after: Mapping[str, Call | None]
) -> None:
    """Makes the rows what ``after`` says, given that they are what ``before`` says."""
    changed = [call for id, call in after.items() if call is not None and call != before[id]]
    gone = [id for id, call in after.items() if call is None and before[id] is not None]
    await mark_stale(connection, {hour_of(call.started_at) for call in (*changed, *map(before.get, gone)) if call})
    if gone:
        await connection.execute(delete(calls).where(calls.c.id.in_(gone)))
    if not changed:
        return
    await _write(connection, calls, [_call_row(call) for call in changed], ("id",))
    for table, part in ((legs, "legs"), (segments, "segments"), (recordings, "recordings")):
        rows: list[dict[str, Any]] = []
        for call in changed:
            was = getattr(before[call.id], part, ())
            now = getattr(call, part)
            rows += [
                _part_row(call.id, position, each)
                for position, each in enumerate(now)
                if position >= len(was) or was[position] != each
            ]
            if len(now) < len(was):
                surplus = (table.c.call_id == call.id) & (table.c.position >= len(now))
                await connection.execute(delete(table).where(surplus))
        await _write(connection, table, rows, ("call_id", "position"))
    await _write_interactions(connection, [call for call in changed if call.contact and not call.active])


async def _write(
    connection: AsyncConnection, table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    if rows:
        await connection.execute(upsert(connection, table, rows[0], key), rows)


async def _write_interactions(connection: AsyncConnection, ended: Sequence[Call]) -> None:
    """One for each ended call of a known contact. What an agent wrote meanwhile stays as it is."""
    keys = {call.id: key for call in ended if (key := key_of(call.contact or "")) is not None}
    if not keys:
        return
    query = select(contacts.c.id).where(contacts.c.id.in_(set(keys.values())))
    known = set((await connection.execute(query)).scalars())
    rows = [_interaction_row(call, keys[call.id]) for call in ended if keys.get(call.id) in known]
    if rows:
        await connection.execute(upsert(connection, interactions, rows[0], ("call_id",), change=()), rows)


def _interaction_row(call: Call, contact: int) -> dict[str, Any]:
    return {
        "contact_id": contact,
        "at": call.started_at,
        "channel": "call",
        "direction": call.direction,
        "agent": storable(call.segments[-1].agent) if call.segments else None,
        "disposition": None if call.outcome == "answered" else call.outcome,
        "note": None,
        "call_id": call.id,
    }


def _call_row(call: Call) -> dict[str, Any]:
    row = {name: _plain(getattr(call, name)) for name in _CALL_FIELDS}
    row["contact_id"] = key_of(call.contact) if call.contact else None
    row["reasons"] = [[_plain(reason), points] for reason, points in call.reasons]
    consult = call.consult
    row["consult"] = [_plain(getattr(consult, name)) for name in _CONSULT_FIELDS] if consult is not None else None
    row["ringing"] = [_plain(agent) for agent in call.ringing]
    return row


def _part_row(call: str, position: int, part: Leg | Segment | Recording) -> dict[str, Any]:
    if isinstance(part, Recording):
        row = {name: _plain(getattr(part, name)) for name in _RECORDING_FIELDS}
        return {"call_id": call, "position": position, **row, "pauses": [_pause_row(each) for each in part.pauses]}
    names = _LEG_FIELDS if isinstance(part, Leg) else _SEGMENT_FIELDS
    return {"call_id": call, "position": position, **{name: _plain(getattr(part, name)) for name in names}}


def _pause_row(pause: Pause) -> list[Any]:
    until = None if pause.until is None else pause.until.isoformat()
    return [pause.at.isoformat(), _plain(pause.by), until, _plain(pause.resumed_by)]


def _pause(row: Sequence[Any]) -> Pause:
    at, by, until, resumed_by = row
    return Pause(_time(at), by, None if until is None else _time(until), resumed_by)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _recording(**columns: Any) -> Recording:
    return Recording(**{**columns, "pauses": tuple(_pause(each) for each in columns["pauses"])})


def _plain(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


async def read_calls(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Call]:
    """The calls of these ids, as their rows say."""
    rows = await connection.execute(select(calls).where(calls.c.id.in_(ids)))
    return await calls_of(connection, rows.all())


async def calls_of(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[str, Call]:
    """The calls of these rows of ``calls``, in their order, with their legs, segments and recordings."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    parts: dict[str, dict[str, list[Any]]] = {"legs": {}, "segments": {}, "recordings": {}}
    kinds: tuple[tuple[str, Any, Callable[..., Any], tuple[str, ...]], ...] = (
        ("legs", legs, Leg, _LEG_FIELDS),
        ("segments", segments, Segment, _SEGMENT_FIELDS),
        ("recordings", recordings, _recording, _RECORDING_FIELDS),
    )
    for name, table, kind, columns in kinds:
        query = select(table).where(table.c.call_id.in_(ids)).order_by(table.c.call_id, table.c.position)
        for row in await connection.execute(query):
            part = kind(**{column: getattr(row, column) for column in columns})
            parts[name].setdefault(row.call_id, []).append(part)
    return {row.id: _call(row, {name: tuple(of.get(row.id, ())) for name, of in parts.items()}) for row in rows}


def _call(row: Row[Any], parts: Mapping[str, tuple[Any, ...]]) -> Call:
    return Call(
        **{name: getattr(row, name) for name in _CALL_FIELDS},
        contact=str(row.contact_id) if row.contact_id is not None else None,
        reasons=tuple((reason, float(points)) for reason, points in row.reasons),
        ringing=tuple(row.ringing),
        consult=Consult(*row.consult) if row.consult is not None else None,
        legs=parts["legs"],
        segments=parts["segments"],
        recordings=parts["recordings"],
    )
