"""The panel as an installed app: what its service worker keeps, and what it must not."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from agent_ui.http import site
from tests.real.test_panel_pages import PATIENCE_MS, chromium

KEPT = """async () => {
    const names = await caches.keys();
    const caught = await Promise.all(names.map(name => caches.open(name)));
    const requests = await Promise.all(caught.map(cache => cache.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
}"""
TAKEN_OVER = "() => navigator.serviceWorker.controller !== null"


@asynccontextmanager
async def house() -> AsyncIterator[str]:
    """The real site in front of an API that knows nobody."""

    async def nobody(_: web.Request) -> web.Response:
        return web.json_response({"detail": "Sign in first."}, status=401)

    async def well() -> dict[str, str]:
        return {}

    app = web.Application(middlewares=[site.headed])
    app.router.add_get("/api/v1/me", nobody)
    site.add_site(app, well, dict, CollectorRegistry())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_keeps_the_page_and_nothing_of_the_api_and_lets_a_new_version_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Path(shutil.copytree(site.STATIC, tmp_path / "static"))
    monkeypatch.setattr(site, "STATIC", files)
    async with house() as url, chromium() as browser:
        context = await browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(url)
        await page.wait_for_function(TAKEN_OVER)
        await page.reload()
        await page.locator("form").wait_for()
        kept = await page.evaluate(KEPT)
        assert {"/index.html", "/manifest.webmanifest"} <= set(kept)
        assert {f"/assets/{file.name}" for file in (files / "assets").iterdir() if file.suffix != ".gz"} <= set(kept)
        assert not [path for path in kept if path.startswith(("/api", "/panel", "/health", "/metrics"))]

        await context.set_offline(True)
        await page.reload()
        await page.locator("#root > *").first.wait_for(state="attached")
        offline = await page.evaluate("() => fetch('/api/v1/me').then(() => 'answered', () => 'refused')")
        assert offline == "refused"
        await context.set_offline(False)

        await page.reload()
        await page.locator("form").wait_for()
        worker = files / "sw.js"
        worker.write_text(worker.read_text().replace('"/icon.svg"', '"/icon.svg","/icon-192.png"'))
        await page.evaluate("() => navigator.serviceWorker.getRegistration().then(each => each.update())")
        # Nobody is signed in here, so no call can be up: the new version comes by itself, with a page of its own.
        await page.wait_for_function(
            "async () => (await caches.keys()).length === 2"
            " && (await navigator.serviceWorker.getRegistration()).waiting === null"
        )
        await page.locator("form").wait_for()
