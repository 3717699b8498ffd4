"""``sqlite_url`` is ``helin.db`` in the test's folder, copied from one that was migrated once."""

from __future__ import annotations

from tests.real.databases import sqlite_template, sqlite_url

__all__ = ["sqlite_template", "sqlite_url"]
