"""Dispositions: the tree of what may come of a call. It is small, so it is read and written as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import dispositions
from crm_store.values import needed_text, upsert

OutcomeClass = Literal["reached", "sale", "refused", "not_reached", "complaint", "other"]
NextStep = Literal["callback", "ticket", "task"]
LANGUAGES = ("et", "en", "ru")
MOST = 500
DEEPEST = 5
_KEY = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Disposition:
    """``parent`` is a heading's key; ``queues`` are names, () means all; ``next`` is what to suggest after it."""

    key: str
    labels: Mapping[str, str]
    outcome: OutcomeClass = "other"
    parent: str | None = None
    queues: tuple[str, ...] = field(default=())
    position: int = 0
    active: bool = True
    next: NextStep | None = None


class Dispositions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Disposition, ...]:
        """Parents before children, each family in order of position."""
        async with self._database.reading() as connection:
            return in_order(await _read(connection))

    async def of_queue(self, queue: str) -> tuple[Disposition, ...]:
        """The active ones that this queue has. What stands below one that it has not is not there either."""
        kept: dict[str, Disposition] = {}
        for one in await self.all():
            here = one.active and (not one.queues or queue in one.queues)
            if here and (one.parent is None or one.parent in kept):
                kept[one.key] = one
        return tuple(kept.values())

    async def put_all(self, tree: Sequence[Disposition]) -> tuple[Disposition, ...]:
        """Makes the tree be this one. Raises Refused for one that is no tree."""
        check_tree(tree)
        async with self._database.writing() as connection:
            await connection.execute(delete(dispositions))
            if tree:
                await connection.execute(insert(dispositions), [_values(one) for one in tree])
        return in_order(tree)

    async def put(self, some: Sequence[Disposition]) -> dict[str, tuple[str, ...]]:
        """Makes these be so and leaves the others. The fields of each that were not so before, by key."""
        async with self._database.writing() as connection:
            had = {one.key: one for one in await _read(connection)}
            check_tree(list({**had, **{one.key: one for one in some}}.values()))
            changed = {one.key: _changed(had.get(one.key), one) for one in some}
            rows = [_values(one) for one in some if changed[one.key]]
            if rows:
                await connection.execute(upsert(connection, dispositions, rows[0], ("key",)), rows)
        return changed


def check_tree(tree: Sequence[Disposition]) -> None:
    """Raises Refused."""
    if len(tree) > MOST:
        raise Refused("items", f"there may be at most {MOST} dispositions")
    parents = {one.key: one.parent for one in tree}
    if len(parents) < len(tree):
        raise Refused("key", "a key stands there twice")
    for one in tree:
        _check(one)
        above, steps = one.parent, 0
        while above is not None:
            if above not in parents:
                raise Refused("parent", f"{one.key}: there is no disposition {above[:40]} to stand below")
            above, steps = parents[above], steps + 1
            if steps >= DEEPEST:
                raise Refused("parent", f"{one.key} stands below itself, or deeper than {DEEPEST} levels")


def _check(one: Disposition) -> None:
    if not _KEY.fullmatch(one.key):
        raise Refused("key", f"{one.key[:40]!r}: a key is 1 to 40 of a-z, 0-9 and _")
    needed_text("outcome", one.outcome, 20, among=get_args(OutcomeClass))
    if one.next is not None:
        needed_text("next", one.next, 20, among=get_args(NextStep))
    if not one.labels or set(one.labels) - set(LANGUAGES):
        raise Refused("labels", f"{one.key} needs a label in one or more of {', '.join(LANGUAGES)}")
    for label in one.labels.values():
        needed_text("labels", label, 100)
    if len(one.queues) > 200:
        raise Refused("queues", f"{one.key}: at most 200 queues")
    for queue in one.queues:
        needed_text("queues", queue, 128)
    if not 0 <= one.position <= 1_000_000:
        raise Refused("position", "a position must be between 0 and 1000000")


def in_order(tree: Sequence[Disposition]) -> tuple[Disposition, ...]:
    """Parents before children, each family by position."""
    families: dict[str | None, list[Disposition]] = {}
    for one in sorted(tree, key=lambda one: (one.position, one.key)):
        families.setdefault(one.parent, []).append(one)
    found: list[Disposition] = []

    def add(parent: str | None) -> None:
        for one in families.get(parent, ()):
            found.append(one)
            add(one.key)

    add(None)
    return tuple(found)


def _values(one: Disposition) -> dict[str, Any]:
    return {
        "key": one.key,
        "parent": one.parent,
        "labels": {language: one.labels[language].strip() for language in LANGUAGES if language in one.labels},
        "outcome": one.outcome,
        "queues": list(one.queues),
        "position": one.position,
        "active": one.active,
        "next": one.next,
    }


def _changed(had: Disposition | None, one: Disposition) -> tuple[str, ...]:
    before, now = _values(had) if had is not None else {}, _values(one)
    return tuple(name for name, value in now.items() if had is None or before[name] != value)


async def _read(connection: AsyncConnection) -> list[Disposition]:
    return [_disposition(row) for row in await connection.execute(select(dispositions))]


def _disposition(row: Row[Any]) -> Disposition:
    return Disposition(
        key=row.key,
        labels=row.labels,
        outcome=row.outcome,
        parent=row.parent,
        queues=tuple(row.queues),
        position=row.position,
        active=bool(row.active),
        next=row.next,
    )
