"""Who did what to whom, for administrators."""

from __future__ import annotations

from aiohttp import web

from agent_ui.http.node import NODE, page, said


async def deeds(request: web.Request) -> web.Response:
    """Newest first."""
    after, limit = page(request)
    query = request.query
    found = await request.app[NODE].store.audit.page(
        after, limit, query.get("who") or None, query.get("what") or None, query.get("subject") or None
    )
    return said(found)
