"""Limits past which a queue raises an alarm, and every alarm that there was."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "queue_alarms",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("measure", Word, nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.Column("after_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["queue"], ["queues.name"], name="fk_queue_alarms_queue", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue", "measure", name="pk_queue_alarms"),
    )
    op.create_table(
        "alarm_log",
        sa.Column("id", Key, nullable=False),
        sa.Column("queue", Word, nullable=False),
        sa.Column("measure", Word, nullable=False),
        sa.Column("asterisk", Word, nullable=False),
        sa.Column("raised_at", Stamp(), nullable=False),
        sa.Column("cleared_at", Stamp()),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_log"),
        sa.UniqueConstraint("queue", "measure", "raised_at", name="uq_alarm_log_queue_measure_raised_at"),
        sqlite_autoincrement=True,
    )
