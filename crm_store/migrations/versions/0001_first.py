"""The first schema: customers, calls with their journal, users, queues, sessions."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("tier", sa.String(length=1)),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.CheckConstraint("tier IN ('A', 'B', 'C')", name="ck_accounts_tier"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asterisk", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("did", sa.Text()),
        sa.Column("queue", sa.Text()),
        sa.Column("started_at", Stamp(), nullable=False),
        sa.Column("queued_at", Stamp()),
        sa.Column("unqueued_at", Stamp()),
        sa.Column("answered_at", Stamp()),
        sa.Column("ended_at", Stamp()),
        sa.Column("outcome", sa.Text()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("contact_id", Key),
        sa.Column("tier", sa.Text()),
        sa.Column("score", sa.Float()),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("ringing", sa.JSON(), nullable=False),
        sa.Column("waiting_in", sa.Text()),
        sa.Column("waiting_since", Stamp()),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index(
        "ix_calls_active",
        "calls",
        ["asterisk"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_calls_contact_id_started_at", "calls", ["contact_id", "started_at"])
    op.create_index("ix_calls_number_started_at", "calls", ["number", "started_at"])
    op.create_index("ix_calls_queue_started_at", "calls", ["queue", "started_at"])
    op.create_index("ix_calls_started_at_id", "calls", ["started_at", "id"])
    op.create_table(
        "facts",
        sa.Column("id", Key, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.Text()),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
        sa.UniqueConstraint("stream", "seq", name="uq_facts_stream_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_facts_call_id_id", "facts", ["call_id", "id"])
    op.create_table(
        "links",
        sa.Column("asterisk", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("alive_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("asterisk", name="pk_links"),
    )
    op.create_table(
        "numbers",
        sa.Column("e164", Word, nullable=False),
        sa.Column("region", sa.String(length=2)),
        sa.PrimaryKeyConstraint("e164", name="pk_numbers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "queues",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("max_wait_seconds", sa.Integer(), nullable=False),
        sa.Column("wrap_up_seconds", sa.Integer(), nullable=False),
        sa.Column("wrap_up_required", sa.Boolean(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.CheckConstraint("mode IN ('assist', 'direct')", name="ck_queues_mode"),
        sa.PrimaryKeyConstraint("id", name="pk_queues"),
        sa.UniqueConstraint("name", name="uq_queues_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("id", Key, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("extension", sa.Text()),
        sa.Column("interface", sa.Text()),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('agent', 'supervisor', 'campaign_manager', 'admin', 'partner', 'api')", name="ck_users_role"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("extension", name="uq_users_extension"),
        sa.UniqueConstraint("interface", name="uq_users_interface"),
        sa.UniqueConstraint("login", name="uq_users_login"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contacts",
        sa.Column("id", Key, nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", Key),
        sa.Column("email", sa.Text()),
        sa.Column("language", sa.String(length=8)),
        sa.Column("note", sa.Text()),
        sa.Column("open_tickets", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_contacts_account_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("external_id", name="uq_contacts_external_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contacts_account_id", "contacts", ["account_id"])
    op.create_index("ix_contacts_email", "contacts", ["email"])
    op.create_table(
        "legs",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("started_at", Stamp(), nullable=False),
        sa.Column("answered_at", Stamp()),
        sa.Column("ended_at", Stamp()),
        sa.Column("cause", sa.Integer()),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_legs_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_legs"),
    )
    op.create_index("ix_legs_agent_started_at", "legs", ["agent", "started_at"])
    op.create_table(
        "queue_agents",
        sa.Column("queue_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name="fk_queue_agents_queue_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_queue_agents_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue_id", "user_id", name="pk_queue_agents"),
    )
    op.create_index("ix_queue_agents_user_id", "queue_agents", ["user_id"])
    op.create_table(
        "segments",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("started_at", Stamp(), nullable=False),
        sa.Column("ended_at", Stamp()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("transferred_to", sa.Text()),
        sa.Column("held_since", Stamp()),
        sa.Column("held_seconds", sa.Float(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_segments_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_segments"),
    )
    op.create_index("ix_segments_agent_started_at", "segments", ["agent", "started_at"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("seen_at", Stamp(), nullable=False),
        sa.Column("expires_at", Stamp(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "contact_numbers",
        sa.Column("e164", Word, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_contact_numbers_contact_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["e164"], ["numbers.e164"], name="fk_contact_numbers_e164", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("e164", "contact_id", name="pk_contact_numbers"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_numbers_contact_id", "contact_numbers", ["contact_id"])
    op.create_table(
        "contact_words",
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("word", Word, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_contact_words_contact_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "word", name="pk_contact_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_words_word_contact_id", "contact_words", ["word", "contact_id"])
    op.create_table(
        "interactions",
        sa.Column("id", Key, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.Column("disposition", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("call_id", sa.Text()),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_interactions_contact_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_interactions"),
        sa.UniqueConstraint("call_id", name="uq_interactions_call_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_interactions_contact_id_at_id", "interactions", ["contact_id", "at", "id"])
    op.create_table(
        "tickets",
        sa.Column("ticket_hash", sa.Text(), nullable=False),
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", Stamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_hash"], ["sessions.token_hash"], name="fk_tickets_session_hash", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_hash", name="pk_tickets"),
    )
    op.create_index("ix_tickets_expires_at", "tickets", ["expires_at"])
    op.create_index("ix_tickets_session_hash", "tickets", ["session_hash"])


def downgrade() -> None:
    for table in (
        "tickets",
        "interactions",
        "contact_words",
        "contact_numbers",
        "sessions",
        "segments",
        "queue_agents",
        "legs",
        "contacts",
        "users",
        "queues",
        "numbers",
        "links",
        "facts",
        "calls",
        "audit",
        "accounts",
    ):
        op.drop_table(table)
