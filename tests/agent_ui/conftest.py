"""Each test gets a fresh SQLite file, copied from one that was migrated once."""

from __future__ import annotations

import pytest

from tests.real.databases import sqlite_template, sqlite_url, store

__all__ = ["sqlite_template", "sqlite_url", "store"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url
