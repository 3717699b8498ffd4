"""Reports that people saved, share, and have sent to them."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "saved_reports",
        sa.Column("id", Key, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("every", sa.Text()),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("next_at", Stamp()),
        sa.Column("try_at", Stamp()),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sending_at", Stamp()),
        sa.Column("sent_at", Stamp()),
        sa.Column("trouble", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_saved_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_reports_owner", "saved_reports", ["owner"])
    op.create_index("ix_saved_reports_try_at", "saved_reports", ["try_at"])
