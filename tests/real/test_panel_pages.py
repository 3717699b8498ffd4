"""Every page of the panel in a real Chromium, with its server inside the page: what axe finds, and whether it fits.

The pages are the panel's own, built with ``vite build --mode look``; scenes are those of agent_ui/web/src/dev.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from config.build_panel import WEB, node_environment

PATIENCE_MS = 60_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


SCENES = {
    "sign-in": "scene=login",
    "ringing": "scene=ringing",
    "shared number": "scene=shared",
    "stranger": "scene=stranger",
    "a call passed on": "scene=received",
    "wrap-up": "scene=forced",
    "paused": "scene=paused",
    "my day": "scene=rest&at=/day",
    "contact": "scene=rest&at=/contacts/17",
    "calls": "scene=rest&at=/calls",
    "call": "scene=rest&role=admin&at=/calls/main-1-100",
    "floor": "scene=rest&role=supervisor",
    "wall": "scene=rest&role=supervisor&at=/wall",
    "wall on a TV": "scene=rest&role=supervisor&at=/wall/tv",
    "wall with an alarm": "scene=alarm&role=supervisor&at=/wall",
    "alarms": "scene=rest&role=supervisor&at=/alarms",
    "lost callers": "scene=rest&role=supervisor&at=/lost-callers",
    "users": "scene=rest&role=admin&at=/users",
    "queues": "scene=rest&role=admin&at=/queues",
    "a queue": "scene=rest&role=admin&at=/queues/arved",
    "a letter": "scene=letter-offered",
    "staffing": "scene=rest&role=supervisor&at=/staffing",
    "reports": "scene=rest&role=supervisor&at=/reports",
    "campaigns": "scene=rest&role=campaign_manager&at=/campaigns",
    "a campaign": "scene=rest&role=campaign_manager&at=/campaigns/3",
    "a campaign's settings": "scene=rest&role=admin&at=/campaigns/3/settings",
    "a campaign's lists": "scene=rest&role=campaign_manager&at=/campaigns/3/lists",
    "a campaign's script": "scene=rest&role=campaign_manager&at=/campaigns/3/script",
    "a campaign's attempts": "scene=rest&role=supervisor&at=/campaigns/3/attempts",
    "what if": "scene=rest&role=supervisor&at=/what-if",
    "gaps": "scene=rest&role=supervisor&at=/gaps",
    "webhooks": "scene=rest&role=admin&at=/webhooks",
}
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light", "locale": "en-GB"},
    "narrow, dark, Russian": {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark", "locale": "ru-RU"},
}
"""Estonian words are shorter than the Russian ones; both colours and both widths are seen."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The panel with its server inside the page."""
    out = tmp_path_factory.mktemp("look")
    npm, environment = node_environment()
    command = [*npm, "exec", "--", "vite", "build", "--mode", "look", "--outDir", str(out), "--logLevel", "error"]
    subprocess.run(command, cwd=WEB, env=environment, check=True, timeout=300)
    return out


@asynccontextmanager
async def served(files: Path) -> AsyncIterator[str]:
    """Files as they are; every other path is the page's own."""

    async def answer(request: web.Request) -> web.StreamResponse:
        file = files / request.match_info["path"]
        return web.FileResponse(file if file.is_file() else files / "dev.html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    program = os.environ.get("HELIN_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", *flags], timeout=PATIENCE_MS
        )
        try:
            yield running
        finally:
            await running.close()


async def axe(page: Page) -> list[str]:
    """What axe finds, one line each."""
    found: dict[str, Any] = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"[:400]
        for each in found["violations"]
        for node in each["nodes"]
    ]


async def settled(page: Page) -> None:
    """The page is drawn, and nothing on it moves or fades any more."""
    await page.wait_for_function("() => document.querySelector('main h1, main h2, form button')", timeout=PATIENCE_MS)
    await page.evaluate("() => document.fonts.ready.then(() => true)")
    await page.wait_for_function(
        "() => document.getAnimations().every(each => each.effect.getTiming().iterations === Infinity"
        " || each.playState !== 'running')",
        timeout=PATIENCE_MS,
    )


async def test_axe_finds_nothing_and_every_page_fits(built: Path) -> None:
    await every_page_fits(built, "desktop")


async def every_page_fits(built: Path, look: str) -> None:
    script = WEB / "node_modules" / "axe-core" / "axe.min.js"
    wrong: list[str] = []
    async with served(built) as url, chromium() as browser:
        context = await browser.new_context(**LOOKS[look], reduced_motion="reduce")  # type: ignore[arg-type]
        await context.add_init_script(path=script)
        context.on("weberror", lambda raised: wrong.append(str(raised.error)))
        for name, query in SCENES.items():
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            await page.goto(f"{url}/dev.html?{query}")
            await settled(page)
            if name in ("what if", "staffing"):
                await page.locator("main form button[type=submit]").click()
                await page.locator("main [role=status] table").wait_for(timeout=PATIENCE_MS)
            # As tall as the page: what happens to lie under the bar at the bottom would be called too small.
            wide, tall = await page.evaluate("() => [innerWidth, document.documentElement.scrollHeight]")
            await page.set_viewport_size({"width": wide, "height": tall})
            await settled(page)
            wrong += [f"{name}: {each}" for each in await axe(page)]
            over = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{name}: {over} pixels too wide"] if over > 0 else []
            await page.close()
    assert not wrong, "\n".join(wrong)


async def test_dialogs_and_panels_are_accessible_too(built: Path) -> None:
    script = WEB / "node_modules" / "axe-core" / "axe.min.js"
    steps = {"keys": "?", "search": "Control+k", "articles": "i", "state": "p"}
    wrong: list[str] = []
    async with served(built) as url, chromium() as browser:
        context = await browser.new_context(**LOOKS["narrow, dark, Russian"], reduced_motion="reduce")  # type: ignore[arg-type]
        await context.add_init_script(path=script)
        for name, key in steps.items():
            page = await context.new_page()
            await page.goto(f"{url}/dev.html?scene=talking")
            await settled(page)
            await page.keyboard.press(key)
            opened = page.locator("[role=dialog], [role=menu], [role=combobox]").last
            await opened.wait_for(timeout=PATIENCE_MS)
            await settled(page)
            wrong += [f"{name}: {each}" for each in await axe(page)]
            inside = "() => document.activeElement?.closest('main, [role=dialog], [role=menu]') !== null"
            wrong += [] if await page.evaluate(inside) else [f"{name}: the focus is not in it"]
            await page.close()
    assert not wrong, "\n".join(wrong)
