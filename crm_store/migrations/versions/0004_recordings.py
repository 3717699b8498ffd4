"""Recordings of calls: their files, what was erased, what must not be, and how long each queue's are kept."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Stamp

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("started_at", Stamp(), nullable=False),
        sa.Column("ended_at", Stamp()),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_recordings_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_recordings"),
    )
    op.create_index("ix_recordings_file", "recordings", ["file"])
    op.create_table(
        "erased_recordings",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file", name="pk_erased_recordings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "legal_holds",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_legal_holds"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.add_column("queues", sa.Column("recording_keep_days", sa.Integer()))
