"""The look-up costs the same however much has happened: with statistics too, SQLite reads no table from end to end."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy

from crm_store.lookup import SQLITE
from crm_store.schema import metadata

SERIES = "WITH RECURSIVE s(i) AS (SELECT 1 UNION SELECT i + 1 FROM s LIMIT 20000) SELECT i FROM s"
FILL = """
INSERT INTO contacts (name, created_at, changed_at) SELECT 'Mari', '2026-11-01', '2026-11-01' FROM n LIMIT 1000;
INSERT INTO numbers (e164) SELECT '+3725550' || (1000 + i) FROM n LIMIT 1000;
INSERT INTO contact_numbers (e164, contact_id) SELECT '+3725550' || (1000 + i), i FROM n LIMIT 1000;
INSERT INTO interactions (contact_id, at, channel, agent) SELECT 1 + i % 1000, '2026-11-01', 'call', 'anna' FROM n;
"""


def test_no_table_is_read_from_end_to_end(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TEMP TABLE n AS {SERIES}")
        database.executescript(FILL)
        database.execute("ANALYZE")
        steps = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + SQLITE, ("+37255501001",))]
    database.close()
    assert [step for step in steps if "BLOOM" in step or step.startswith("SCAN i")] == []
    assert sum("ix_interactions_contact_id_at_id" in step for step in steps) >= 4
