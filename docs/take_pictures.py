"""Takes pictures of every screen of the panel, to be looked at; some of them are in docs/images.

``python docs/take_pictures.py FOLDER`` writes ``LOOK-SCREEN.png`` for each look and screen; further words limit it to
those that have one of them in their names. The panel is the real one, built with its server inside the page (``vite
build --mode look``): its people and calls are invented in agent_ui/web/src/dev. ``python docs/take_pictures.py docs``
renews those of docs/images that show nothing but the page (bring them below 150 KB with pngquant); the others were
taken of ``helin demo``.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from config.build_panel import WEB, node_environment  # noqa: E402 - the script may be started from anywhere
from tests.real.test_panel_pages import chromium, served, settled  # noqa: E402 - the same

SCREENS = {
    "sign-in": "scene=login",
    "rest": "scene=rest",
    "ringing": "scene=ringing",
    "shared": "scene=shared",
    "talking": "scene=talking",
    "wrap-up": "scene=forced",
    "paused": "scene=paused",
    "day": "scene=rest&at=/day",
    "contact": "scene=rest&at=/contacts/17",
    "calls": "scene=rest&at=/calls",
    "call": "scene=rest&role=admin&at=/calls/main-1-100",
    "floor": "scene=rest&role=supervisor",
    "users": "scene=rest&role=admin&at=/users",
    "user-form": "scene=rest&role=admin&at=/users",
    "queues": "scene=rest&role=admin&at=/queues",
    "queue": "scene=rest&role=admin&at=/queues/support",
    "what-if": "scene=rest&role=supervisor&at=/what-if",
    "staffing": "scene=rest&role=supervisor&at=/staffing",
    "letter": "scene=letter",
    "letter-offered": "scene=letter-offered",
    "queue-new": "scene=rest&role=admin&at=/new-queue",
    "pauses": "scene=rest&role=admin&at=/pauses",
    "hours": "scene=rest&role=admin&at=/hours",
}
PRESS = {
    "user-form": "tbody tr:first-child button", "what-if": "main form button[type=submit]",
    "staffing": "main form button[type=submit]",
}  # fmt: skip
"""What is clicked before the picture is taken."""
DESKTOP, NARROW = {"width": 1280, "height": 860}, {"width": 400, "height": 860}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESKTOP, "color_scheme": "light", "locale": "en-GB"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark", "locale": "en-GB"},
    "narrow": {"viewport": NARROW, "color_scheme": "light", "locale": "en-GB"},
    "estonian": {"viewport": DESKTOP, "color_scheme": "light", "locale": "et-EE"},
    "russian": {"viewport": DESKTOP, "color_scheme": "light", "locale": "ru-RU"},
    "russian-narrow": {"viewport": NARROW, "color_scheme": "dark", "locale": "ru-RU"},
}
KEPT = {"light-queue-new": "queue", "light-user-form": "user", "light-call": "recording", "dark-wrap-up": "dark"}
"""Those in docs/images, and what they are called there."""


def wanted(words: list[str]) -> Iterator[tuple[str, str, str]]:
    for look in LOOKS:
        for screen in SCREENS:
            name = f"{look}-{screen}"
            if not words or any(word in name for word in words):
                yield name, look, screen


async def take(browser: Browser, url: str, look: str, screen: str, file: Path, whole: bool) -> None:
    async with await browser.new_context(**LOOKS[look], reduced_motion="reduce") as context:
        page: Page = await context.new_page()
        await page.goto(f"{url}/dev.html?{SCREENS[screen]}")
        await settled(page)
        if screen in PRESS:
            await page.locator(PRESS[screen]).click()
            await page.locator("[role=dialog] form, main svg[role=img], main table").first.wait_for()
            await settled(page)
        await page.screenshot(path=file, full_page=whole)


async def pictures(built: Path, to: Path, names: dict[str, str], words: list[str]) -> None:
    """``names``: only these, and what they are to be called; empty: all, as they are."""
    async with served(built) as url, chromium("--hide-scrollbars") as browser:
        for name, look, screen in wanted(words):
            if not names or name in names:
                await take(browser, url, look, screen, to / f"{names.get(name, name)}.png", whole=not names)


def main(folder: Path, words: list[str]) -> None:
    names, to = (KEPT, HERE / "images") if folder == HERE else ({}, folder)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as built:
        npm, environment = node_environment()
        command = [*npm, "exec", "--", "vite", "build", "--mode", "look", "--outDir", built, "--logLevel", "error"]
        subprocess.run(command, cwd=WEB, env=environment, check=True)  # noqa: S603 - the panel's own build
        asyncio.run(pictures(Path(built), to, names, words))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
