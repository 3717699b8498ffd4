"""The page of roles is drawn from the tables that count."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "docs" / "draw_roles.py"


def test_the_page_says_who_may_what() -> None:
    script = runpy.run_path(str(SCRIPT))
    page = script["PAGE"].read_text()
    assert script["drawn"](page) == page, "run: python docs/draw_roles.py"
