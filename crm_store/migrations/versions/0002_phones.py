"""Phones: whose is a browser, which passwords of softphones are in force; and what agents do with a call."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Stamp

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text(), nullable=False, server_default="browser"))
    op.add_column("calls", sa.Column("consult", sa.JSON(none_as_null=True)))
    op.add_column("calls", sa.Column("conference", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "phone_passwords",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("issued_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="pk_phone_passwords"),
    )
    op.create_table(
        "dials",
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("by", "key", name="pk_dials"),
    )
