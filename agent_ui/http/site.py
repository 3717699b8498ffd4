"""What is not the API: the panel's files, health, metrics, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from agent_ui.http.entry import COOKIES
from agent_ui.http.problems import Handler, Problem, answer

STATIC = Path(__file__).parent.parent / "static"
NOT_BUILT = "<!doctype html><title>Helin</title><p>The panel is not built yet: run <code>make setup</code>."
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""``connect-src`` names any WebSocket because a softphone's is that of the Asterisk it registers at."""

Trouble = Callable[[], Awaitable[dict[str, str]]]
"""What is wrong with each part, in a sentence; a part that is well is left out."""


@web.middleware
async def headed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Security headers; nothing of the API is kept by a cache."""
    given = await handler(request)
    if not given.prepared:
        for name, value in HEADERS.items():
            given.headers.setdefault(name, value)
        given.headers.setdefault("Cache-Control", "no-store")
    return given


def add_site(
    app: web.Application, trouble: Trouble, warnings: Callable[[], dict[str, str]], registry: CollectorRegistry
) -> None:
    """``warnings``: what works with less than it should; the process is ready all the same."""

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_: web.Request) -> web.Response:
        wrong = await trouble()
        said = {"status": "ready" if not wrong else "not ready", "parts": wrong, "warnings": warnings()}
        return web.json_response(said, status=503 if wrong else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})

    app.router.add_get("/health/live", alive)
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/assets/{name}", asset)
    app.router.add_get("/{path:.*}", page)


async def asset(request: web.Request) -> web.StreamResponse:
    """Named by their content, so they may be kept for ever."""
    file = STATIC / "assets" / Path(request.match_info["name"]).name
    if not file.is_file():
        raise Problem(404, "There is no such file.")
    return web.FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable", **HEADERS})


async def page(request: web.Request) -> web.StreamResponse:
    """The panel; its own router reads the path."""
    path = request.match_info["path"]
    if path.startswith("api/"):
        return answer(404, "There is no such route; see /api/v1/openapi.json.")
    file = STATIC / Path(path).name if path and "/" not in path else STATIC
    if not file.is_file():
        # Who has no session gets the document that fetches nothing but the sign-in page.
        file = STATIC / ("index.html" if any(name in COOKIES for name in request.cookies) else "door.html")
    if not file.is_file():
        return web.Response(text=NOT_BUILT, content_type="text/html", status=503)
    return web.FileResponse(file, headers={"Cache-Control": "no-cache", "Vary": "Cookie", **HEADERS})
