"""The table of gaps, beside those of :mod:`crm_store.schema`: when nobody listened, what Asterisk's records said."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, Table, Text

from crm_store.schema import Key, Stamp, Word, metadata

gaps = Table(
    "gaps",
    metadata,
    Column("id", Key, primary_key=True),
    Column("asterisk", Word, nullable=False),
    Column("from_at", Stamp, nullable=False),
    Column("to_at", Stamp, nullable=False),
    Column("why", Text, nullable=False),
    Column("looked_at", Stamp, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("troubles", JSON, nullable=False),
    Column("witnessed", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("unexplained", Integer, nullable=False),
    Column("differences", JSON, nullable=False),
    Index(None, "from_at"),
    sqlite_autoincrement=True,
)
"""``sources``: which of Asterisk's records were read; ``differences``: at most two hundred, those to look at first."""
