"""Arrivals from a CSV: ``arrived_seconds,queue,tier,skills,service_seconds,patience_seconds``.

It may have ``preferred_agent`` and ``last_agent`` as well: agents by name, empty for none.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from routing.requests import Class
from routing.what_if.day import Arrival

COLUMNS: Final = ("arrived_seconds", "queue", "tier", "skills", "service_seconds", "patience_seconds")
AGENTS: Final = ("preferred_agent", "last_agent")


class BadTable(Exception):
    """One sentence, with the line where there is one."""


def arrivals_of(lines: Iterable[str], most: int | None = None) -> Iterator[Arrival]:
    """Raises BadTable; ``most``: so many lines are read at most, more are refused."""
    rows = csv.DictReader(lines)
    try:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise BadTable(f"lacks the column {missing[0]}; its first line must name {','.join(COLUMNS)}")
        for n, row in enumerate(rows):
            if most is not None and n >= most:
                raise BadTable(f"has more than {most:,} calls; play a part of them")
            yield _arrival(row)
    except ValueError as problem:
        raise BadTable(f"line {rows.line_num}: {problem}") from problem
    except csv.Error as problem:
        raise BadTable(f"is no CSV: {problem}") from problem


def _arrival(row: Mapping[str, str | None]) -> Arrival:
    queue = (row["queue"] or "").strip()
    if not queue:
        raise ValueError("the queue is missing")
    skills = frozenset(part.strip() for part in (row["skills"] or "").split("+") if part.strip())
    patience = (row["patience_seconds"] or "").strip()
    return Arrival(
        _seconds(row, "arrived_seconds"),
        Class(queue, (row["tier"] or "").strip(), skills),
        _seconds(row, "service_seconds"),
        _seconds(row, "patience_seconds") if patience else None,
        tuple(agent for name in AGENTS if (agent := (row.get(name) or "").strip())),
    )


def _seconds(row: Mapping[str, str | None], name: str) -> float:
    text = (row[name] or "").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1e9:
        raise ValueError(f"{name} {text[:40]!r} is no number of seconds")
    return value
