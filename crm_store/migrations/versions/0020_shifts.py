"""Shifts: when an agent is to work, and to have a break."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", Key, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("begins_at", Stamp(), nullable=False),
        sa.Column("ends_at", Stamp(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
        sa.UniqueConstraint("agent", "begins_at", "kind", name="uq_shifts_agent_begins_at_kind"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shifts_begins_at", "shifts", ["begins_at"])
