"""What agents may pause for. The list is short, so it is read and written as a whole.

A reason's ``key`` is what the pause command says, what Asterisk's members and the journal keep: it outlives a reason
that is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.dispositions import LANGUAGES
from crm_store.errors import Refused
from crm_store.schema import pause_reasons
from crm_store.values import needed_text, upsert
from routing.pauses import is_own

PauseKind = Literal["rest", "work", "other"]
MOST = 50
LONGEST_MINUTES = 1_440
_KEY = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class PauseReason:
    """``labels`` by language; ``limit_minutes``: how long such a pause should last at most, None: as long as it takes.

    ``kind``: time to rest, other work for the house, or neither; the panel has a sign for each.
    """

    key: str
    labels: Mapping[str, str]
    kind: PauseKind = "other"
    limit_minutes: int | None = None
    position: int = 0
    active: bool = True


class PauseReasons:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[PauseReason, ...]:
        """In order of position."""
        async with self._database.reading() as connection:
            return in_order(await _read(connection))

    async def put_all(self, reasons: Sequence[PauseReason]) -> tuple[PauseReason, ...]:
        """Makes the list be this one. Raises Refused."""
        check(reasons)
        async with self._database.writing() as connection:
            await connection.execute(delete(pause_reasons))
            if reasons:
                await connection.execute(insert(pause_reasons), [_values(one) for one in reasons])
        return in_order(reasons)

    async def put(self, some: Sequence[PauseReason]) -> dict[str, tuple[str, ...]]:
        """Makes these be so and leaves the others. The fields of each that were not so before, by key."""
        async with self._database.writing() as connection:
            had = {one.key: one for one in await _read(connection)}
            check(list({**had, **{one.key: one for one in some}}.values()))
            changed = {one.key: _changed(had.get(one.key), one) for one in some}
            rows = [_values(one) for one in some if changed[one.key]]
            if rows:
                await connection.execute(upsert(connection, pause_reasons, rows[0], ("key",)), rows)
        return changed


def check(reasons: Sequence[PauseReason]) -> None:
    """Raises Refused."""
    if len(reasons) > MOST:
        raise Refused("items", f"there may be at most {MOST} reasons to pause")
    if len({one.key for one in reasons}) < len(reasons):
        raise Refused("key", "a key stands there twice")
    for one in reasons:
        _check(one)


def _check(one: PauseReason) -> None:
    if not _KEY.fullmatch(one.key):
        raise Refused("key", f"{one.key[:40]!r}: a key is 1 to 40 of a-z, 0-9 and _")
    if is_own(one.key):
        raise Refused("key", f"{one.key} is Helin's own word; choose another key")
    needed_text("kind", one.kind, 20, among=get_args(PauseKind))
    if not one.labels or set(one.labels) - set(LANGUAGES):
        raise Refused("labels", f"{one.key} needs a label in one or more of {', '.join(LANGUAGES)}")
    for label in one.labels.values():
        needed_text("labels", label, 100)
    if one.limit_minutes is not None and not 1 <= one.limit_minutes <= LONGEST_MINUTES:
        raise Refused("limit_minutes", f"{one.key}: limit_minutes must be between 1 and {LONGEST_MINUTES}")
    if not 0 <= one.position <= 1_000_000:
        raise Refused("position", "a position must be between 0 and 1000000")


def in_order(reasons: Sequence[PauseReason]) -> tuple[PauseReason, ...]:
    return tuple(sorted(reasons, key=lambda one: (one.position, one.key)))


def _values(one: PauseReason) -> dict[str, Any]:
    return {
        "key": one.key,
        "labels": {language: one.labels[language].strip() for language in LANGUAGES if language in one.labels},
        "kind": one.kind,
        "limit_minutes": one.limit_minutes,
        "position": one.position,
        "active": one.active,
    }


def _changed(had: PauseReason | None, one: PauseReason) -> tuple[str, ...]:
    before, now = _values(had) if had is not None else {}, _values(one)
    return tuple(name for name, value in now.items() if had is None or before[name] != value)


async def _read(connection: AsyncConnection) -> list[PauseReason]:
    return [_reason(row) for row in await connection.execute(select(pause_reasons))]


def _reason(row: Row[Any]) -> PauseReason:
    return PauseReason(row.key, row.labels, row.kind, row.limit_minutes, row.position, bool(row.active))
