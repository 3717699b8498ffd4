"""Telemarketing: campaigns, their lists and leads, and an attempt for each number that is dialled."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Key, Stamp, Word

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("caller_number", sa.Text()),
        sa.Column("company", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("script", sa.JSON()),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.Column("started_at", Stamp()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("mode IN ('preview', 'progressive', 'predictive')", name="ck_campaigns_mode"),
        sa.CheckConstraint("state IN ('draft', 'running', 'paused', 'stopped')", name="ck_campaigns_state"),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("name", name="uq_campaigns_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attempts",
        sa.Column("id", Key, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("asterisk", sa.Text(), server_default="", nullable=False),
        sa.Column("campaign_id", Key, nullable=False),
        sa.Column("list_id", Key, nullable=False),
        sa.Column("lead_id", Key, nullable=False),
        sa.Column("number", Word, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("deadline", Stamp(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("answered_at", Stamp()),
        sa.Column("connected_at", Stamp()),
        sa.Column("ended_at", Stamp()),
        sa.Column("cause", sa.Integer()),
        sa.Column("call_id", sa.Text()),
        sa.Column("disposition", sa.Text()),
        sa.Column("estimated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_attempts_campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("channel", name="uq_attempts_channel"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_campaign_id_at", "attempts", ["campaign_id", "at"])
    op.create_index("ix_attempts_lead_id", "attempts", ["lead_id"])
    op.create_index("ix_attempts_number_at", "attempts", ["number", "at"])
    op.create_table(
        "dial_lists",
        sa.Column("id", Key, nullable=False),
        sa.Column("campaign_id", Key, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("cost", sa.Float()),
        sa.Column("segment", sa.JSON()),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("imported_at", Stamp(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_dial_lists_campaign_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dial_lists"),
        sa.UniqueConstraint("campaign_id", "name", name="uq_dial_lists_campaign_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "leads",
        sa.Column("id", Key, nullable=False),
        sa.Column("campaign_id", Key, nullable=False),
        sa.Column("list_id", Key, nullable=False),
        sa.Column("contact_id", Key),
        sa.Column("key", Word, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("time_zone", sa.Text()),
        sa.Column("consent", sa.JSON()),
        sa.Column("owner", sa.Text()),
        sa.Column("rank", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", Stamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("disposition", sa.Text()),
        sa.Column("reserved_by", sa.Text()),
        sa.Column("reserved_until", Stamp()),
        sa.Column("callback_for", sa.Text()),
        sa.Column("callback_until", Stamp()),
        sa.Column("recycled", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'reserved', 'dialling', 'talking', 'callback', 'done', 'skipped')",
            name="ck_leads_state",
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_leads_campaign_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_leads_contact_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["list_id"], ["dial_lists.id"], name="fk_leads_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("list_id", "key", name="uq_leads_list_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_leads_list_id_state_rank_next_at", "leads", ["list_id", "state", "rank", "next_at"])
    of_owners = sa.text("owner IS NOT NULL")
    op.create_index(
        "ix_leads_owner",
        "leads",
        ["owner", "list_id", "state", "rank", "next_at"],
        postgresql_where=of_owners,
        sqlite_where=of_owners,
    )
    of_contacts = sa.text("contact_id IS NOT NULL")
    op.create_index(
        "ix_leads_contact_id", "leads", ["contact_id"], postgresql_where=of_contacts, sqlite_where=of_contacts
    )
    op.create_table(
        "lead_numbers",
        sa.Column("lead_id", Key, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", Word, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bad", sa.Text()),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_numbers_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", "n", name="pk_lead_numbers"),
    )
    op.create_index("ix_lead_numbers_number", "lead_numbers", ["number"])
