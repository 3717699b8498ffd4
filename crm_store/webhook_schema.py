"""The tables of webhooks, beside those of :mod:`crm_store.schema`: who is told, how far, and what could not be told.

What is told is never copied here: it stands in the journal, and ``place`` says up to which fact all is done.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from crm_store.schema import Key, Stamp, Word, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("holder", Text),
    Column("held_until", Stamp),
    Column("away_since", Stamp),
    Column("trouble", Text),
    Column("delivered_at", Stamp),
    Column("changed_at", Stamp, nullable=False),
    sqlite_autoincrement=True,
)
"""``place``: the last fact that is done with. ``holder``: the process that delivers, until ``held_until``. ``trouble``:
why nothing is delivered now, ``away_since`` when."""

webhook_failures = Table(
    "webhook_failures",
    metadata,
    Column("webhook_id", Key, ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True),
    Column("fact_id", Key, primary_key=True, autoincrement=False),
    Column("at", Stamp, nullable=False),
    Column("why", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What a receiver refused again and again. It can be replayed."""

webhook_replays = Table(
    "webhook_replays",
    metadata,
    Column("id", Key, primary_key=True),
    Column("webhook_id", Key, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("from_at", Stamp, nullable=False),
    Column("to_at", Stamp, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("asked_at", Stamp, nullable=False),
    Column("done_at", Stamp),
    Index(None, "webhook_id"),
    sqlite_autoincrement=True,
)
"""Facts of ``from_at`` to ``to_at`` that are told again: ``place`` as above, ``last`` the one that it ends with."""
