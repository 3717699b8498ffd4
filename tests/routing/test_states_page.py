"""The diagrams in the handbook are those of the tables."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "docs" / "draw_states.py"


def test_the_page_was_drawn_from_the_tables_as_they_are() -> None:
    script = runpy.run_path(str(SCRIPT))
    page = script["PAGE"].read_text()
    assert script["drawn"](page) == page, "run: python docs/draw_states.py"
    assert page.count("stateDiagram-v2") == 2


def test_every_arrow_is_drawn() -> None:
    script = runpy.run_path(str(SCRIPT))
    words = script["diagram"]({"off": {"push": "on", "pull": None}, "on": {"push": "on", "pull": "off"}}, "off")
    assert words.splitlines()[1:-1] == [
        "stateDiagram-v2",
        "  [*] --> off",
        "  off --> on: push",
        "  on --> off: pull",
    ]
