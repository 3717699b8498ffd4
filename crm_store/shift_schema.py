"""The table of shifts, beside those of :mod:`crm_store.schema`."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from crm_store.schema import Key, Stamp, metadata

shifts = Table(
    "shifts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("begins_at", Stamp, nullable=False),
    Column("ends_at", Stamp, nullable=False),
    Column("kind", Text, nullable=False),
    UniqueConstraint("agent", "begins_at", "kind"),
    Index(None, "begins_at"),
    sqlite_autoincrement=True,
)
"""When an agent (a login) is to work (``kind`` work) and to have a break (``break``)."""
