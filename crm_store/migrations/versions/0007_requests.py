"""Requests that are no live calls, the replies to them, and how far mailboxes were read."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("contact_id", Key),
        sa.Column("name", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("tier", sa.Text()),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("since", Stamp(), nullable=False),
        sa.Column("due_at", Stamp()),
        sa.Column("not_before", Stamp()),
        sa.Column("expires_at", Stamp()),
        sa.Column("agent", sa.Text()),
        sa.Column("offered_at", Stamp()),
        sa.Column("parked_until", Stamp()),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("call_id", sa.Text()),
        sa.Column("service_ticket_id", Key),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.Column("ended_at", Stamp()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('callback', 'form', 'mail', 'ticket')", name="ck_requests_kind"),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'parked', 'done', 'cancelled', 'expired')",
            name="ck_requests_state",
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_requests_contact_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["service_ticket_id"], ["service_tickets.id"], name="fk_requests_service_ticket_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("key", name="uq_requests_key"),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["contact_id"], ["service_ticket_id"], ["changed_at"], ["state", "id"], ["number", "state"], ["agent", "state"],
    ):  # fmt: skip
        op.create_index(f"ix_requests_{'_'.join(columns)}", "requests", columns)
    op.create_table(
        "replies",
        sa.Column("id", Key, nullable=False),
        sa.Column("request_id", Key, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.Column("at", Stamp(), nullable=False),
        sa.CheckConstraint("state IN ('sending', 'sent', 'failed')", name="ck_replies_state"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_replies_request_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("command", name="uq_replies_command"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replies_request_id", "replies", ["request_id"])
    op.create_table(
        "mailboxes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailboxes"),
    )
