"""The tables, once for both databases. What changes here needs a migration beside it; a test compares the two.

Keys are integers that are never used twice (text outside: ids in JSON are strings), except that a call's key is the id
that its engine gave it. Times are aware UTC: ``timestamptz`` in PostgreSQL, RFC 3339 text of fixed width in SQLite,
which sorts right and is ready for JSON. ``calls``, ``legs``, ``segments`` are projections of ``facts`` and can be made
again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

Key = BigInteger().with_variant(Integer(), "sqlite")
"""An integer key; in SQLite it must be called INTEGER to be the row's own number."""

Word = Text().with_variant(String(collation="C"), "postgresql")
"""Text that is compared byte by byte, so that a range of it is a prefix."""


class Stamp(TypeDecorator[datetime]):
    """An aware UTC time with microseconds. A naive one is refused: nobody knows what it means."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return stamp_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else value


def stamp_text(at: datetime) -> str:
    """As SQLite keeps it: ``2026-11-24T00:01:02.000003Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


accounts = Table(
    "accounts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("tier", String(1)),
    Column("created_at", Stamp, nullable=False),
    Column("tier_by", Text),
    Column("preferred_agent", Word),
    CheckConstraint("tier IN ('A', 'B', 'C')", name="tier"),
    sqlite_autoincrement=True,
)
"""``tier_by``: hand, or orders (:mod:`crm_store.tiers`); null where nothing has made a tier yet. ``preferred_agent``: a
user's login, whose caller everybody of it is who has none of their own."""

contacts = Table(
    "contacts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("external_id", Text, unique=True),
    Column("name", Text, nullable=False),
    Column("account_id", Key, ForeignKey("accounts.id", ondelete="SET NULL"), index=True),
    Column("email", Text, index=True),
    Column("language", String(8)),
    Column("note", Text),
    Column("open_tickets", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    Column("time_zone", Text),
    Column("tier", String(1)),
    Column("tier_by", Text),
    Column("preferred_agent", Word),
    sqlite_autoincrement=True,
)
"""``open_tickets`` counts service_tickets: whoever writes those keeps it, so that a pop need not count. ``tier``: of
who has no account."""

contact_words = Table(
    "contact_words",
    metadata,
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("word", Word, primary_key=True),
    Index(None, "word", "contact_id"),
    sqlite_with_rowid=False,
)
"""The words of each contact's name, folded (lower case, no accents), for search by the beginnings of words."""

numbers = Table(
    "numbers",
    metadata,
    Column("e164", Word, primary_key=True),
    Column("region", String(2)),
    Column("time_zone", Text),
    sqlite_with_rowid=False,
)
"""``time_zone`` where the region has only one."""

contact_numbers = Table(
    "contact_numbers",
    metadata,
    Column("e164", Word, ForeignKey("numbers.e164", ondelete="CASCADE"), primary_key=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False, server_default=text("0")),
    sqlite_with_rowid=False,
)
"""Whose number it is. A number may be several people's; ``position`` orders a contact's own, 0 first."""

interactions = Table(
    "interactions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("at", Stamp, nullable=False),
    Column("channel", Text, nullable=False),
    Column("direction", Text),
    Column("agent", Text),
    Column("disposition", Text),
    Column("note", Text),
    Column("call_id", Text, unique=True),
    Index(None, "contact_id", "at", "id"),
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("call_id", Text),
    Column("at", Stamp, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("stream", "seq"),
    Index(None, "call_id", "id"),
    Index(
        "ix_facts_agents",
        "at",
        sqlite_where=text("kind = 'AgentChanged'"),
        postgresql_where=text("kind = 'AgentChanged'"),
    ),
    sqlite_autoincrement=True,
)
"""The journal: append-only. ``body`` is the fact as :mod:`crm_store.codec` writes it, ``kind`` its class."""

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("asterisk", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("number", Text),
    Column("name", Text),
    Column("did", Text),
    Column("queue", Text),
    Column("started_at", Stamp, nullable=False),
    Column("queued_at", Stamp),
    Column("unqueued_at", Stamp),
    Column("answered_at", Stamp),
    Column("ended_at", Stamp),
    Column("outcome", Text),
    Column("ended_by", Text),
    Column("estimated", Boolean, nullable=False),
    Column("contact_id", Key),
    Column("tier", Text),
    Column("score", Float),
    Column("reasons", JSON, nullable=False),
    Column("ringing", JSON, nullable=False),
    Column("waiting_in", Text),
    Column("waiting_since", Stamp),
    Column("transfers", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("consult", JSON(none_as_null=True)),
    Column("conference", Boolean, nullable=False, server_default=false()),
    Index(None, "started_at", "id"),
    Index(None, "number", "started_at"),
    Index(None, "queue", "started_at"),
    Index(None, "contact_id", "started_at"),
    Index(
        "ix_calls_active",
        "asterisk",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
"""``contact_id`` is no foreign key: a contact may be erased, the call stays."""

legs = Table(
    "legs",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("leg", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("agent", Text),
    Column("number", Text),
    Column("started_at", Stamp, nullable=False),
    Column("answered_at", Stamp),
    Column("ended_at", Stamp),
    Column("cause", Integer),
    Column("estimated", Boolean, nullable=False),
    Index(None, "agent", "started_at"),
)

segments = Table(
    "segments",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("leg", Text, nullable=False),
    Column("started_at", Stamp, nullable=False),
    Column("ended_at", Stamp),
    Column("ended_by", Text),
    Column("transferred_to", Text),
    Column("held_since", Stamp),
    Column("held_seconds", Float, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "agent", "started_at"),
    Index(None, "started_at"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("file", Text, nullable=False, index=True),
    Column("leg", Text, nullable=False),
    Column("started_at", Stamp, nullable=False),
    Column("ended_at", Stamp),
    Column("pauses", JSON, nullable=False),
)
"""``file``: a path below the folder of recordings. ``pauses``: [from, by, until, resumed by] of each, times as text."""

erased_recordings = Table(
    "erased_recordings",
    metadata,
    Column("file", Text, primary_key=True),
    Column("at", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Whose file is gone on purpose. ``by``: a login, or ``retention``. No projection: what was erased stays erased."""

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("at", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Calls whose recordings nobody may erase. No foreign key: a rebuild must not end a hold."""

links = Table(
    "links",
    metadata,
    Column("asterisk", Text, primary_key=True),
    Column("boot", Text, nullable=False),
    Column("alive_at", Stamp, nullable=False),
)
"""The last proof of life of each Asterisk: where a gap begins."""

users = Table(
    "users",
    metadata,
    Column("id", Key, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("extension", Text, unique=True),
    Column("interface", Text, unique=True),
    Column("skills", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("phone", Text, nullable=False, server_default="browser"),
    Column("team", Text),
    CheckConstraint(
        "role IN ('agent', 'leader', 'supervisor', 'campaign_manager', 'admin', 'partner', 'api', 'viewer')",
        name="role",
    ),
    sqlite_autoincrement=True,
)

queues = Table(
    "queues",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("mode", Text, nullable=False),
    Column("target_seconds", Integer, nullable=False),
    Column("max_wait_seconds", Integer, nullable=False),
    Column("wrap_up_seconds", Integer, nullable=False),
    Column("wrap_up_required", Boolean, nullable=False),
    Column("recording_keep_days", Integer),
    Column("skills", JSON, nullable=False),
    Column("pop_on", Text, nullable=False, server_default=text("'ring'")),
    Column("pop_url", Text),
    Column("auto_pause", Boolean, nullable=False, server_default=true()),
    Column("rule", Text, nullable=False, server_default=text("'helin'")),
    Column("tiers", JSON, nullable=False, server_default=text("'{}'")),
    Column("weights", JSON, nullable=False, server_default=text("'{}'")),
    Column("relax", JSON, nullable=False, server_default=text("'[]'")),
    Column("last_agent_seconds", Integer, nullable=False, server_default=text("0")),
    Column("rule_version", Integer, nullable=False, server_default=text("1")),
    Column("short_seconds", Integer, nullable=False, server_default=text("5")),
    Column("empty_interval", Text, nullable=False, server_default=text("'none'")),
    CheckConstraint("mode IN ('assist', 'direct')", name="mode"),
    sqlite_autoincrement=True,
)

queue_alarms = Table(
    "queue_alarms",
    metadata,
    Column("queue", Text, ForeignKey("queues.name", ondelete="CASCADE"), primary_key=True),
    Column("measure", Word, primary_key=True),
    Column("limit", Float, nullable=False),
    Column("after_seconds", Integer, nullable=False),
)
"""Limits past which a queue raises an alarm (:mod:`routing.alarms`)."""

alarm_log = Table(
    "alarm_log",
    metadata,
    Column("id", Key, primary_key=True),
    Column("queue", Word, nullable=False),
    Column("measure", Word, nullable=False),
    Column("asterisk", Word, nullable=False),
    Column("raised_at", Stamp, nullable=False),
    Column("cleared_at", Stamp),
    Column("value", Float, nullable=False),
    Column("limit", Float, nullable=False),
    UniqueConstraint("queue", "measure", "raised_at"),
    sqlite_autoincrement=True,
)
"""Every alarm of a queue, written from its facts. ``value``: when it was raised."""

queue_rules = Table(
    "queue_rules",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    Column("rule", JSON, nullable=False),
)
"""Every rule that a queue of this name ever had. No foreign key: the history outlives the queue."""

queue_agents = Table(
    "queue_agents",
    metadata,
    Column("queue_id", Key, ForeignKey("queues.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Stamp, nullable=False),
    Column("seen_at", Stamp, nullable=False),
    Column("expires_at", Stamp, nullable=False, index=True),
)

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_hash", Text, primary_key=True),
    Column("session_hash", Text, ForeignKey("sessions.token_hash", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Stamp, nullable=False, index=True),
)

phone_passwords = Table(
    "phone_passwords",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("session_hash", Text, nullable=False),
    Column("issued_at", Stamp, nullable=False),
)

dials = Table(
    "dials",
    metadata,
    Column("by", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", Stamp, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Stamp, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)

service_tickets = Table(
    "service_tickets",
    metadata,
    Column("id", Key, primary_key=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text),
    Column("owner", Text),
    Column("due_at", Stamp),
    Column("call_id", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    Column("closed_at", Stamp),
    Column("command", Text, unique=True),
    CheckConstraint("kind IN ('bug', 'wish', 'question')", name="kind"),
    CheckConstraint("status IN ('open', 'waiting', 'solved', 'closed')", name="status"),
    CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
    Index(None, "contact_id", "id"),
    Index(None, "status", "id"),
    Index(None, "owner", "id"),
    sqlite_autoincrement=True,
)
"""What customers asked of us (``tickets`` are those of panels). ``command``: the panel's that made it, made once."""

orders = Table(
    "orders",
    metadata,
    Column("id", Key, primary_key=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("at", Stamp, nullable=False),
    Column("what", Text, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", Text, nullable=False),
    Column("note", Text),
    Column("call_id", Text, index=True),
    Column("created_by", Text, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    Column("command", Text),
    CheckConstraint("status IN ('new', 'confirmed', 'delivered', 'cancelled')", name="status"),
    Index(None, "contact_id", "at", "id"),
    Index(None, "command", unique=True),
    sqlite_autoincrement=True,
)
"""``what`` and ``total_cents`` follow from the lines, so that a pop need not read them.

``command``: the panel's that took it, once."""

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_cents", BigInteger, nullable=False),
)

promises = Table(
    "promises",
    metadata,
    Column("id", Key, primary_key=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("promised_by", Text, nullable=False),
    Column("promised_at", Stamp, nullable=False),
    Column("due_at", Stamp, nullable=False),
    Column("kept_at", Stamp),
    Column("call_id", Text),
    Index(None, "contact_id", "due_at"),
    Index(None, "due_at", "id"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", Stamp, nullable=False),
    Column("time_zone", Text),
    Column("owner", Text),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), index=True),
    Column("number", Text),
    Column("call_id", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", Stamp, nullable=False),
    Column("done_at", Stamp),
    Column("done_by", Text),
    Column("command", Text, unique=True),
    CheckConstraint("kind IN ('task', 'callback')", name="kind"),
    Index(None, "due_at", "id"),
    Index(
        "ix_tasks_open",
        "owner",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""``owner`` is a login; null: anyone may do it. ``time_zone`` is the customer's."""

wrap_ups = Table(
    "wrap_ups",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("at", Stamp, nullable=False),
    Column("disposition", Text),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="SET NULL"), index=True),
    Column("next", Text),
    Index(None, "agent", "at"),
)
"""What each agent said came of a call, also of one that is nobody's we know."""

dispositions = Table(
    "dispositions",
    metadata,
    Column("key", Word, primary_key=True),
    Column("parent", Text),
    Column("labels", JSON, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("next", Text),
)
"""A tree, written as a whole. Interactions keep the word itself: they outlive a disposition that is taken away."""

pause_reasons = Table(
    "pause_reasons",
    metadata,
    Column("key", Word, primary_key=True),
    Column("labels", JSON, nullable=False),
    Column("kind", Text, nullable=False),
    Column("limit_minutes", Integer),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""A short list, written as a whole. Members and the journal keep the key itself."""

calendars = Table(
    "calendars",
    metadata,
    Column("name", Word, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("emergency_since", Stamp),
    Column("emergency_until", Stamp),
    Column("emergency_by", Text),
)
"""``body``: a whole calendar as people write it (:class:`crm_store.calendars.CalendarFile`)."""

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("number", Word, primary_key=True),
    Column("scope", Word, primary_key=True),
    Column("since", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
    CheckConstraint("scope IN ('all', 'marketing')", name="scope"),
    sqlite_with_rowid=False,
)
"""No foreign key: whoever is erased is not called all the same."""

campaign_do_not_call = Table(
    "campaign_do_not_call",
    metadata,
    Column("campaign_id", Key, ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Word, primary_key=True),
    Column("since", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
    sqlite_with_rowid=False,
)
"""Who wants to hear no more of one campaign."""

suppression_lists = Table(
    "suppression_lists",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Word, nullable=False, index=True),
    Column("country", String(2)),
    Column("campaign_id", Key, ForeignKey("campaigns.id", ondelete="CASCADE")),
    Column("as_of", String(10), nullable=False),
    Column("version", Text, nullable=False),
    Column("numbers", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("imported_at", Stamp, nullable=False),
    Column("imported_by", Text, nullable=False),
    CheckConstraint("state IN ('loading', 'ready', 'old')", name="state"),
    sqlite_autoincrement=True,
)
"""Do-not-call lists from outside, one row for each import. ``as_of``: the day that the list itself says it is from.
Only ``ready`` ones are asked; of each name there is one. ``campaign_id``: it is for this campaign alone."""

suppressed_numbers = Table(
    "suppressed_numbers",
    metadata,
    Column("list_id", Key, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""``number``: E.164 without its plus. Millions: an integer is a third of the text, and the key is the whole table."""

erased_numbers = Table(
    "erased_numbers",
    metadata,
    Column("hash", Word, primary_key=True),
    Column("erased_at", Stamp, nullable=False),
    sqlite_with_rowid=False,
)
"""Numbers of people who asked to be forgotten, so that nobody calls them again: HMAC-SHA256 with the salt of here."""

salts = Table(
    "salts",
    metadata,
    Column("name", Word, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)
"""Random, made with the table. Never in an export."""

articles = Table(
    "articles",
    metadata,
    Column("id", Key, primary_key=True),
    Column("section", Word, nullable=False),
    Column("title", Word, nullable=False),
    Column("body", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("used", Integer, nullable=False, server_default=text("0")),
    Column("helpful", Integer, nullable=False, server_default=text("0")),
    Column("not_helpful", Integer, nullable=False, server_default=text("0")),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    Column("changed_by", Text),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False),
    CheckConstraint("kind IN ('article', 'answer')", name="kind"),
    UniqueConstraint("language", "title"),
    Index(None, "section", "title", "id"),
    Index("ix_articles_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
    sqlite_autoincrement=True,
)
"""``words`` is what search reads, folded. In SQLite the FTS5 table ``article_index`` and three triggers stand over it
(made by the migration; whoever rebuilds this table must make the triggers again)."""

article_votes = Table(
    "article_votes",
    metadata,
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("who", Text, primary_key=True),
    Column("yes", Boolean, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_at", Stamp, nullable=False, index=True),
)
"""The half-filled form of a call, one for each agent in it. ``call_id``: also ``request/7``, an answer half written."""

preferences = Table(
    "preferences",
    metadata,
    Column("user_id", Key, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("body", Text, nullable=False),
    Column("changed_at", Stamp, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("key", Text, unique=True),
    Column("contact_id", Key, ForeignKey("contacts.id", ondelete="CASCADE"), index=True),
    Column("name", Text),
    Column("number", Text),
    Column("email", Text),
    Column("subject", Text, nullable=False),
    Column("text", Text),
    Column("details", JSON, nullable=False),
    Column("tier", Text),
    Column("skills", JSON, nullable=False),
    Column("since", Stamp, nullable=False),
    Column("due_at", Stamp),
    Column("not_before", Stamp),
    Column("expires_at", Stamp),
    Column("agent", Text),
    Column("offered_at", Stamp),
    Column("parked_until", Stamp),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("call_id", Text),
    Column("service_ticket_id", Key, ForeignKey("service_tickets.id", ondelete="CASCADE"), index=True),
    Column("created_at", Stamp, nullable=False),
    Column("changed_at", Stamp, nullable=False, index=True),
    Column("ended_at", Stamp),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("kind IN ('callback', 'form', 'mail', 'ticket')", name="kind"),
    CheckConstraint("state IN ('waiting', 'offered', 'taken', 'parked', 'done', 'cancelled', 'expired')", name="state"),
    Index(None, "state", "id"),
    Index(None, "number", "state"),
    Index(None, "agent", "state"),
    sqlite_autoincrement=True,
)
"""What waits for an agent and is no live call. ``key``: the same thing again is not added twice. ``skills``: levels."""

replies = Table(
    "replies",
    metadata,
    Column("id", Key, primary_key=True),
    Column("request_id", Key, ForeignKey("requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("command", Text, nullable=False, unique=True),
    Column("message_id", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("trouble", Text),
    Column("at", Stamp, nullable=False),
    CheckConstraint("state IN ('sending', 'sent', 'failed')", name="state"),
    sqlite_autoincrement=True,
)
"""Mails that agents answered with: written down before they are sent."""

attachments = Table(
    "attachments",
    metadata,
    Column("request_id", Key, ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Stamp, nullable=False, index=True),
)
"""What came with a mail, byte for byte as its sender made it. ``n``: its place in the request's ``details``."""

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("read_at", Stamp, nullable=False),
)
"""How far each mailbox was read."""

mailbox_troubles = Table(
    "mailbox_troubles",
    metadata,
    Column("name", Word, primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Stamp, nullable=False),
    sqlite_with_rowid=False,
)
"""Mailboxes that cannot be read now, and why: whoever serves panels tells those who can mend it."""
