"""Do-not-call lists from outside and for one campaign, and the hashed numbers of people who asked to be forgotten."""

import os

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "campaign_do_not_call",
        sa.Column("campaign_id", Key, nullable=False),
        sa.Column("number", Word, nullable=False),
        sa.Column("since", Stamp(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_do_not_call_campaign_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_campaign_do_not_call"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suppression_lists",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("country", sa.String(length=2)),
        sa.Column("campaign_id", Key),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("imported_at", Stamp(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('loading', 'ready', 'old')", name="ck_suppression_lists_state"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_suppression_lists_campaign_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_suppression_lists"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suppression_lists_name", "suppression_lists", ["name"])
    op.create_table(
        "suppressed_numbers",
        sa.Column("list_id", Key, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "number", name="pk_suppressed_numbers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_numbers",
        sa.Column("hash", Word, nullable=False),
        sa.Column("erased_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_erased_numbers"),
        sqlite_with_rowid=False,
    )
    salts = op.create_table(
        "salts",
        sa.Column("name", Word, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_salts"),
    )
    op.bulk_insert(salts, [{"name": "erased_numbers", "salt": os.urandom(32)}])
