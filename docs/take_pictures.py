"""Takes pictures of every screen of the panel, to be looked at; some of them are in docs/images.

``python docs/take_pictures.py FOLDER`` writes ``LOOK-SCREEN.png`` for each look and screen; further words limit it to
those that have one of them in their names. The panel is the real one, built with its server inside the page (``vite
build --mode look``): its people and calls are invented in agent_ui/web/src/dev. ``python docs/take_pictures.py docs``
renews those of docs/images that show nothing but the page (bring them below 150 KB with pngquant); the others were
taken of ``helin demo``. ``python docs/take_pictures.py sheets FOLDER`` puts the pictures of such a folder together, a
sheet with all looks for each screen that was taken, into docs/images/screens.
"""

from __future__ import annotations

import asyncio
import base64
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
    "wall": "scene=rest&role=supervisor&at=/wall",
    "screen": "scene=rest&role=viewer",
    "floor-leader": "scene=rest&role=leader",
    "wall-tv": "scene=rest&role=supervisor&at=/wall/tv",
    "alarms": "scene=rest&role=supervisor&at=/alarms",
    "wall-alarm": "scene=alarm&role=supervisor&at=/wall",
    "lost-callers": "scene=rest&role=supervisor&at=/lost-callers",
    "users": "scene=rest&role=admin&at=/users",
    "user-form": "scene=rest&role=admin&at=/users",
    "queues": "scene=rest&role=admin&at=/queues",
    "queue": "scene=rest&role=admin&at=/queues/support",
    "what-if": "scene=rest&role=supervisor&at=/what-if",
    "staffing": "scene=rest&role=supervisor&at=/staffing",
    "reports": "scene=rest&role=supervisor&at=/reports",
    "letter": "scene=letter",
    "letter-offered": "scene=letter-offered",
    "queue-new": "scene=rest&role=admin&at=/new-queue",
    "pauses": "scene=rest&role=admin&at=/pauses",
    "gaps": "scene=rest&role=supervisor&at=/gaps",
    "webhooks": "scene=rest&role=admin&at=/webhooks",
    "hours": "scene=rest&role=admin&at=/hours",
    "campaign-call": "scene=campaign-call",
    "preview": "scene=preview",
    "campaigns": "scene=rest&role=campaign_manager&at=/campaigns",
    "campaign": "scene=rest&role=campaign_manager&at=/campaigns/3",
    "campaign-settings": "scene=rest&role=campaign_manager&at=/campaigns/3/settings",
    "campaign-lists": "scene=rest&role=campaign_manager&at=/campaigns/3/lists",
    "campaign-script": "scene=rest&role=campaign_manager&at=/campaigns/3/script",
    "campaign-attempts": "scene=rest&role=campaign_manager&at=/campaigns/3/attempts",
    "campaign-results": "scene=rest&role=campaign_manager&at=/campaigns/3/results",
}
PRESS = {
    "user-form": "tbody tr:first-child button", "what-if": "main form button[type=submit]",
    "staffing": "main form button[type=submit]", "campaign-attempts": "tbody:nth-of-type(2) button",
    "preview": "main section > p + button",
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
            await page.locator("[role=dialog] form, main svg[role=img], main table, main section dl").first.wait_for()
            await settled(page)
            await page.evaluate("scrollTo(0, 0)")
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


SHEET = """<body style="margin:0;padding:12px;background:#8b8f98;display:grid;gap:12px;
  grid-template-columns:640px 640px 268px 268px">%s</body>"""
PLACES = {"light": "1/1", "dark": "1/2", "estonian": "2/1", "russian": "2/2", "narrow": "1/3/3/3",
          "russian-narrow": "1/4/3/4"}  # fmt: skip
SHEET_SIZE = {"width": 1876, "height": 900}


def laid_out(screen: str, pictures: Path) -> str:
    """A page with the screen's picture in each look, cut at the bottom."""
    images = []
    for look, area in PLACES.items():
        picture = base64.b64encode((pictures / f"{look}-{screen}.png").read_bytes()).decode()
        style = f"grid-area:{area};width:100%;height:{876 if 'narrow' in look else 432}px;object-fit:cover"
        images.append(
            f'<img style="{style};object-position:top;border-radius:8px" src="data:image/png;base64,{picture}">'
        )
    return SHEET % "".join(images)


async def sheets(pages: dict[str, str], to: Path) -> None:
    async with chromium("--hide-scrollbars") as browser, await browser.new_context(viewport=SHEET_SIZE) as context:
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        for screen, html in pages.items():
            await page.set_content(html)
            taken = await devtools.send("Page.captureScreenshot", {"format": "webp", "quality": 60})
            (to / f"{screen}.webp").write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    if sys.argv[1] == "sheets":
        folder = HERE / "images" / "screens"
        folder.mkdir(parents=True, exist_ok=True)
        taken = Path(sys.argv[2])
        there = [each for each in SCREENS if all((taken / f"{look}-{each}.png").exists() for look in LOOKS)]
        asyncio.run(sheets({screen: laid_out(screen, taken) for screen in there}, folder))
    else:
        main(Path(sys.argv[1]).resolve(), sys.argv[2:])
