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
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

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
    CheckConstraint("tier IN ('A', 'B', 'C')", name="tier"),
    sqlite_autoincrement=True,
)

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
    sqlite_autoincrement=True,
)

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
    sqlite_with_rowid=False,
)

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
    CheckConstraint("role IN ('agent', 'supervisor', 'campaign_manager', 'admin', 'partner', 'api')", name="role"),
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
    CheckConstraint("mode IN ('assist', 'direct')", name="mode"),
    sqlite_autoincrement=True,
)

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
