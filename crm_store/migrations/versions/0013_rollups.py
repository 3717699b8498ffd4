"""Sums of calls by time for reports; every hour with calls is to be summed up."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

SUMS = (
    "calls", "offered", "answered", "answered_within", "abandoned", "abandoned_within", "abandoned_short", "connected",
    "open", "estimated", "transferred", "answer_wait", "longest_wait", "talked", "talks", "talk", "hold", "passed_on",
    "talking",
)  # fmt: skip
KEYS = {"queue_rollups": ("queue", "direction", "tier"), "agent_rollups": ("agent", "queue", "direction")}
HOUR = 3600


def upgrade() -> None:
    for table, keys in KEYS.items():
        op.create_table(
            table,
            sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("begin", sa.BigInteger(), autoincrement=False, nullable=False),
            *(sa.Column(key, sa.Text(), nullable=False) for key in keys),
            sa.Column("target_seconds", sa.Integer()),
            sa.Column("short_micros", sa.BigInteger(), nullable=False),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
            sa.PrimaryKeyConstraint("span", "begin", *keys, name=f"pk_{table}"),
            sqlite_with_rowid=False,
        )
    stale = op.create_table(
        "stale_rollups",
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begin", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("marks", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("span", "begin", name="pk_stale_rollups"),
        sqlite_with_rowid=False,
    )
    first, last = op.get_bind().execute(sa.text("SELECT min(started_at), max(started_at) FROM calls")).one()
    if first is not None:
        hours = range(_hour(first), _hour(last) + HOUR, HOUR)
        op.bulk_insert(stale, [{"span": HOUR, "begin": begin} for begin in hours])


def _hour(at: datetime | str) -> int:
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return int(found.timestamp()) // HOUR * HOUR
