"""What came with a mail is kept, so that agents can save it; which mailbox cannot be read is known everywhere."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("request_id", Key, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_attachments_request_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("request_id", "n", name="pk_attachments"),
    )
    op.create_index("ix_attachments_at", "attachments", ["at"])
    op.create_table(
        "mailbox_troubles",
        sa.Column("name", Word, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailbox_troubles"),
        sqlite_with_rowid=False,
    )
