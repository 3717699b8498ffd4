"""Reports that people keep, share, and have sent to them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agent_ui.http.bodies import SavedReportBody
from agent_ui.http.node import NODE, SESSION, body, found, now, said


def _given(wish: SavedReportBody) -> dict[str, Any]:
    return wish.model_dump()


async def saved(request: web.Request) -> web.Response:
    """Own and shared ones."""
    return said({"items": await request.app[NODE].store.saved_reports.all(request[SESSION].user.login), "next": None})


async def add(request: web.Request) -> web.Response:
    wish, login = await body(request, SavedReportBody), request[SESSION].user.login
    return said(await request.app[NODE].store.saved_reports.add(login, _given(wish), now()), 201)


async def put(request: web.Request) -> web.Response:
    """Only the own ones can be changed."""
    wish, login = await body(request, SavedReportBody), request[SESSION].user.login
    one = await request.app[NODE].store.saved_reports.put(request.match_info["id"], login, _given(wish), now())
    found(one, "report of yours")
    return said(one)


async def remove(request: web.Request) -> web.Response:
    gone = await request.app[NODE].store.saved_reports.remove(request.match_info["id"], request[SESSION].user.login)
    found(gone, "report of yours")
    return web.Response(status=204)
