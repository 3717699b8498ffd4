"""The reference page names every table and every column."""

from __future__ import annotations

from pathlib import Path

from crm_store.campaign_schema import metadata

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "schema.md"


def test_the_page_names_all_tables_and_columns() -> None:
    sections = {part.partition("\n")[0]: part for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]}
    assert set(sections) == set(metadata.tables)
    for table in metadata.sorted_tables:
        for column in table.columns:
            assert f"`{column.name}`" in sections[table.name], f"{table.name}.{column.name}"
