"""The softphone of whoever is signed in."""

from __future__ import annotations

from aiohttp import web

from agent_ui.http.node import NODE, SESSION, now, said
from agent_ui.http.problems import Problem
from agent_ui.softphones import NoPhone


async def issue(request: web.Request) -> web.Response:
    """A fresh password for each Asterisk; the one before is void."""
    try:
        phones = await request.app[NODE].softphones.issue(request[SESSION], now())
    except NoPhone as problem:
        raise Problem(problem.status, str(problem)) from None
    answer = said(phones)
    answer.headers["Cache-Control"] = "no-store"
    return answer
