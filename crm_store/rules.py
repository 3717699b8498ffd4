"""What queues live by: checked, and kept with a version each time one changes.

The rule in force is in the queue's own row; ``queue_rules`` has every version that ever was, with who made it and when.
What was before is the version before. A queue that is removed and made again goes on counting.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, get_args

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.records import Page, Relaxed, cursor, page_size, place
from crm_store.rollups import mark_queue
from crm_store.schema import queue_rules
from crm_store.values import needed_text
from routing.events import RuleName
from routing.service_level import EMPTY_INTERVALS

LONGEST_TIME = 86_400
MOST_STEPS = 10
MOST_WORTH = 1_000.0
LONGEST_HOLD = 600
LONGEST_SHORT = 600
TIERS = ("A", "B", "C")
FIELDS: Final = (
    "rule", "target_seconds", "max_wait_seconds", "tiers", "skills", "weights", "relax", "last_agent_seconds",
    "short_seconds", "empty_interval",
)  # fmt: skip
"""Of a queue: its rule."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule that was in force from ``at`` until the next version. ``by``: a login, or ``helin apply``."""

    version: int
    at: datetime
    by: str
    rule: Mapping[str, Any]


class Rules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, queue: str, after: str | None = None, limit: int = 50) -> Page[RuleVersion]:
        """Every version of the queue's rule, newest first."""
        query = select(queue_rules).where(queue_rules.c.queue == queue)
        if after:
            query = query.where(queue_rules.c.version < place(after, int)[0])
        size = page_size(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(queue_rules.c.version.desc()).limit(size + 1))).all()
        items = tuple(_version(row) for row in rows[:size])
        return Page(items, cursor(items[-1].version) if len(rows) > size else None)


def _version(row: Row[Any]) -> RuleVersion:
    return RuleVersion(row.version, row.at, row.by, row.rule)


async def write_version(connection: AsyncConnection, queue: str, rule: Mapping[str, Any], by: str) -> int:
    """The number under which this rule is kept. The queue's row must be locked, or new."""
    last = select(func.coalesce(func.max(queue_rules.c.version), 0)).where(queue_rules.c.queue == queue)
    version = int((await connection.execute(last)).scalar_one()) + 1
    kept = {name: rule[name] for name in FIELDS}
    now = datetime.now(UTC)
    row = {"queue": queue, "version": version, "at": now, "by": by, "rule": kept}
    await connection.execute(insert(queue_rules).values(**row))
    await mark_queue(connection, queue, now if version > 1 else None)
    return version


def checked_rule(
    rule: str,
    target_seconds: int,
    max_wait_seconds: int,
    tiers: Mapping[str, float] | None,
    skills: Mapping[str, int] | None,
    weights: Mapping[str, float] | None,
    relax: Sequence[Relaxed | Mapping[str, Any]],
    last_agent_seconds: int,
    short_seconds: int,
    empty_interval: str,
) -> dict[str, Any]:
    """The values of the queue's columns. Raises Refused with one sentence."""
    needed = checked_skills(skills or {})
    return {
        "rule": needed_text("rule", rule, 20, among=get_args(RuleName)),
        "target_seconds": checked_seconds("target_seconds", target_seconds, 1),
        "max_wait_seconds": checked_seconds("max_wait_seconds", max_wait_seconds, 1),
        "tiers": _worths(tiers or {}),
        "skills": needed,
        "weights": _weights(weights or {}),
        "relax": _steps(needed, relax),
        "last_agent_seconds": checked_seconds("last_agent_seconds", last_agent_seconds, 0, LONGEST_HOLD),
        "short_seconds": checked_seconds("short_seconds", short_seconds, 0, LONGEST_SHORT),
        "empty_interval": needed_text("empty_interval", empty_interval, 10, among=EMPTY_INTERVALS),
    }


def checked_seconds(field: str, value: int, least: int, most: int = LONGEST_TIME) -> int:
    if not least <= value <= most:
        raise Refused(field, f"{field} must be between {least} and {most}")
    return value


def checked_skills(given: Mapping[str, int], field: str = "skills") -> dict[str, int]:
    if len(given) > 200:
        raise Refused(field, f"{field}: at most 200 skills")
    for name, level in given.items():
        needed_text(field, name, 80)
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= 100:
            raise Refused(field, f"the level of {name} must be between 0 and 100")
    return dict(given)


def _worths(tiers: Mapping[str, float]) -> dict[str, float]:
    for name, worth in tiers.items():
        if name not in TIERS:
            raise Refused("tiers", f"there is no tier {name[:40]!r}; there are {', '.join(TIERS)}")
        if not (math.isfinite(worth) and 0 < worth <= MOST_WORTH):
            raise Refused("tiers", f"what tier {name} is worth must be above 0 and at most {MOST_WORTH:g}")
    return {name: float(tiers[name]) for name in TIERS if name in tiers}


def _weights(weights: Mapping[str, float]) -> dict[str, float]:
    if len(weights) > 20:
        raise Refused("weights", "weights: at most 20 skills")
    for name, weight in weights.items():
        needed_text("weights", name, 80)
        if not (math.isfinite(weight) and 0 < weight <= LONGEST_TIME):
            raise Refused("weights", f"the weight of {name} must be above 0 and at most {LONGEST_TIME} seconds")
    return {name: float(weight) for name, weight in weights.items()}


def _steps(skills: Mapping[str, int], relax: Sequence[Relaxed | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each later than the one before, and asking for less."""
    if len(relax) > MOST_STEPS:
        raise Refused("relax", f"relax: at most {MOST_STEPS} steps")
    steps: list[dict[str, Any]] = []
    before, since = dict(skills), 0
    for given in relax:
        step = given if isinstance(given, Relaxed) else Relaxed(**given)
        after, asked = step.after_seconds, checked_skills(step.skills, "relax")
        if not since < after <= LONGEST_TIME:
            raise Refused(
                "relax", f"relax: each step must come later than the one before; {after} s is not after {since} s"
            )
        more = next((name for name, level in asked.items() if level > before.get(name, 0)), None)
        if more is not None:
            raise Refused(
                "relax", f"relax: the step after {after} s asks for more {more} than before; steps only ask for less"
            )
        if asked == before:
            raise Refused("relax", f"relax: the step after {after} s asks for the same as before; leave it out")
        steps.append({"after_seconds": after, "skills": asked})
        before, since = asked, after
    return steps
