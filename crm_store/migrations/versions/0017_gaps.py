"""Gaps: when nobody listened to an Asterisk, and what its own records said of that time."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0017"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", Key, nullable=False),
        sa.Column("asterisk", Word, nullable=False),
        sa.Column("from_at", Stamp(), nullable=False),
        sa.Column("to_at", Stamp(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("looked_at", Stamp(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("troubles", sa.JSON(), nullable=False),
        sa.Column("witnessed", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gaps_from_at", "gaps", ["from_at"])
