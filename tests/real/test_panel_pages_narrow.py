"""The pages of test_panel_pages on a phone, in the dark, in Russian: a file of its own, to run beside that one."""

from __future__ import annotations

from pathlib import Path

from tests.real.test_panel_pages import built, every_page_fits

__all__ = ["built"]


async def test_axe_finds_nothing_and_every_page_fits(built: Path) -> None:
    await every_page_fits(built, "narrow, dark, Russian")
