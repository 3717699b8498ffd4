"""Opening hours, the emergency message that a supervisor switches on, and numbers that must not be dialled."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Stamp, Word

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("name", Word, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("emergency_since", Stamp()),
        sa.Column("emergency_until", Stamp()),
        sa.Column("emergency_by", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_calendars"),
    )
    op.create_table(
        "do_not_call",
        sa.Column("number", Word, nullable=False),
        sa.Column("scope", Word, nullable=False),
        sa.Column("since", Stamp(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("scope IN ('all', 'marketing')", name="scope"),
        sa.PrimaryKeyConstraint("number", "scope", name="pk_do_not_call"),
        sqlite_with_rowid=False,
    )
