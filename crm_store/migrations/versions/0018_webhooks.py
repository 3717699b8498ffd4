"""Webhooks: who is told what happens, how far, and what could not be told."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("held_until", Stamp()),
        sa.Column("away_since", Stamp()),
        sa.Column("trouble", sa.Text()),
        sa.Column("delivered_at", Stamp()),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("name", name="uq_webhooks_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_failures",
        sa.Column("webhook_id", Key, nullable=False),
        sa.Column("fact_id", Key, autoincrement=False, nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_webhook_failures_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", "fact_id", name="pk_webhook_failures"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_replays",
        sa.Column("id", Key, nullable=False),
        sa.Column("webhook_id", Key, nullable=False),
        sa.Column("from_at", Stamp(), nullable=False),
        sa.Column("to_at", Stamp(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("asked_at", Stamp(), nullable=False),
        sa.Column("done_at", Stamp()),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_webhook_replays_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_replays"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_replays_webhook_id", "webhook_replays", ["webhook_id"])
