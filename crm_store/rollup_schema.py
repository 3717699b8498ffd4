"""Reports: sums of calls by time, a cache of ``calls`` and ``segments`` made again any time; and saved reports."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from crm_store.schema import Key, Stamp, metadata
from routing.figures import SUMS

QUEUE_KEYS: Final = ("queue", "direction", "tier")
AGENT_KEYS: Final = ("agent", "queue", "direction")


def _sums() -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in SUMS]


queue_rollups = Table(
    "queue_rollups",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("begin", BigInteger, primary_key=True, autoincrement=False),
    *(Column(key, Text, primary_key=True) for key in QUEUE_KEYS),
    Column("target_seconds", Integer),
    Column("short_seconds", Integer),
    *_sums(),
    sqlite_with_rowid=False,
)
"""``span``: 900, 3600 or 86400 seconds from ``begin`` (seconds since 1970). Keys are empty where the call has none.
``target_seconds``, ``short_seconds``: with which ``answered_within`` and ``abandoned_short`` were counted, null where
that changed inside the span."""

agent_rollups = Table(
    "agent_rollups",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("begin", BigInteger, primary_key=True, autoincrement=False),
    *(Column(key, Text, primary_key=True) for key in AGENT_KEYS),
    Column("target_seconds", Integer),
    Column("short_seconds", Integer),
    *_sums(),
    sqlite_with_rowid=False,
)
"""Calls by who answered first (empty: nobody did), talks by who talked. Spans of 3600 and 86400 seconds."""

stale_rollups = Table(
    "stale_rollups",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),
    Column("begin", BigInteger, primary_key=True, autoincrement=False),
    Column("marks", BigInteger, nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
)
"""Hours and days whose calls changed since they were summed up, or that never were: reports count their calls one by
one. Written in the transaction that changes a call; who sums up takes the mark away first, so one waits for the other.
"""

saved_reports = Table(
    "saved_reports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("wish", JSON, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("every", Text),
    Column("minute", Integer, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("recipients", JSON, nullable=False),
    Column("next_at", Stamp),
    Column("try_at", Stamp),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("sending_at", Stamp),
    Column("sent_at", Stamp),
    Column("trouble", Text),
    Index(None, "try_at"),
    sqlite_autoincrement=True,
)
"""``every``, ``minute`` (after midnight in ``time_zone``): when it is sent to ``recipients``, null: never. ``next_at``:
which one is due next; ``try_at``: when that is tried; ``sending_at``: it is being sent, or nobody knows whether it was.
``trouble``: why the last try failed."""
