"""What a short abandon is and what an empty interval shows is each queue's own, with a history as its target has."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    short = sa.Column("short_seconds", sa.Integer(), server_default=sa.text("5"), nullable=False)
    empty = sa.Column("empty_interval", sa.Text(), server_default=sa.text("'none'"), nullable=False)
    op.add_column("queues", short)
    op.add_column("queues", empty)
    for table in ("queue_rollups", "agent_rollups"):
        op.add_column(table, sa.Column("short_seconds", sa.Integer()))
        op.execute(f"UPDATE {table} SET short_seconds = 5 WHERE queue <> ''")  # noqa: S608 - names of ours
        op.drop_column(table, "short_micros")
