"""The tables of telemarketing, beside those of :mod:`crm_store.schema`: campaigns, their lists, leads and attempts.

A lead keeps what was imported; what happened to it is in its attempts, one row for each dialling, written before the
call leaves. The counters on a lead are there to find the next one quickly and are changed in the attempt's transaction.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from crm_store.schema import Key, Stamp, Word, metadata

__all__ = ["attempts", "campaigns", "dial_lists", "lead_numbers", "leads", "metadata"]

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("queue", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("caller_number", Text),
    Column("company", Text),
    Column("reason", Text),
    Column("script", JSON),
    Column("settings", JSON, nullable=False),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    Column("started_at", Stamp),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("mode IN ('preview', 'progressive', 'predictive')", name="mode"),
    CheckConstraint("state IN ('draft', 'running', 'paused', 'stopped')", name="state"),
    sqlite_autoincrement=True,
)
"""``queue``: whose agents serve it, and whose wrap-up and dispositions it has. ``profile``: the country profile's key.
``reason``: why it dials ahead, where the profile wants one in writing."""

dial_lists = Table(
    "dial_lists",
    metadata,
    Column("id", Key, primary_key=True),
    Column("campaign_id", Key, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("name", Word, nullable=False),
    Column("source", Text),
    Column("cost", Float),
    Column("segment", JSON),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("imported_at", Stamp, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("campaign_id", "name"),
    sqlite_autoincrement=True,
)
"""``source``: where its leads are from; ``cost``: what it cost; ``segment``: the rule of a list that is a search."""

leads = Table(
    "leads",
    metadata,
    Column("id", Key, primary_key=True),
    Column("campaign_id", Key, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("list_id", Key, ForeignKey("dial_lists.id", ondelete="CASCADE"), nullable=False),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="SET NULL")),
    Column("key", Word, nullable=False),
    Column("name", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("language", Text),
    Column("time_zone", Text),
    Column("consent", JSON),
    Column("owner", Text),
    Column("rank", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("next_at", Stamp, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("outcome", Text),
    Column("disposition", Text),
    Column("reserved_by", Text),
    Column("reserved_until", Stamp),
    Column("callback_for", Text),
    Column("callback_until", Stamp),
    Column("recycled", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    CheckConstraint(
        "state IN ('open', 'reserved', 'dialling', 'talking', 'callback', 'done', 'skipped')", name="state"
    ),
    UniqueConstraint("list_id", "key"),
    Index(None, "list_id", "state", "rank", "next_at"),
    sqlite_autoincrement=True,
)
"""``key``: what makes the same row of a list the same lead. ``rank``: the higher, the sooner. ``owner``: a login.

``callback_for``: whose callback it is, null anyone's; from ``callback_until`` on it is no callback any more.
``recycled``: how often it was made open again after it was done."""

_of_contacts = leads.c.contact_id.is_not(None)
_of_owners = leads.c.owner.is_not(None)
Index(
    "ix_leads_owner",
    *(leads.c.owner, leads.c.list_id, leads.c.state, leads.c.rank, leads.c.next_at),
    postgresql_where=_of_owners,
    sqlite_where=_of_owners,
)
Index("ix_leads_contact_id", leads.c.contact_id, postgresql_where=_of_contacts, sqlite_where=_of_contacts)

lead_numbers = Table(
    "lead_numbers",
    metadata,
    Column("lead_id", Key, ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("number", Word, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("bad", Text),
)
"""In the order in which they are tried. ``bad``: why this number is not tried again."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("channel", Text, nullable=False, unique=True),
    Column("asterisk", Text, nullable=False, server_default=""),
    Column("campaign_id", Key, ForeignKey("campaigns.id"), nullable=False),
    Column("list_id", Key, nullable=False),
    Column("lead_id", Key, nullable=False, index=True),
    Column("number", Word, nullable=False),
    Column("mode", Text, nullable=False),
    Column("agent", Text),
    Column("at", Stamp, nullable=False),
    Column("deadline", Stamp, nullable=False),
    Column("outcome", Text),
    Column("answered_at", Stamp),
    Column("connected_at", Stamp),
    Column("ended_at", Stamp),
    Column("cause", Integer),
    Column("call_id", Text),
    Column("disposition", Text),
    Column("estimated", Boolean, nullable=False, server_default=false()),
    Column("proof", JSON, nullable=False),
    Column("answers", JSON(none_as_null=True)),
    Index(None, "number", "at"),
    Index(None, "campaign_id", "at"),
    sqlite_autoincrement=True,
)
"""Never deleted with its lead: it is the proof. ``outcome`` null: it is under way, or nobody knows yet. ``channel``:
the unique id that Asterisk was told to use. ``proof``: profile and list versions, local times, consent, decision.
``answers``: what the customer answered to the script, see crm_store.answers; it goes with a person who is forgotten."""
