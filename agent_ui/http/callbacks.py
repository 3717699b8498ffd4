"""Callbacks that a web page asks for: the same list as those asked for by a key."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime

import msgspec
from aiohttp import web

from agent_ui.http.bodies import CallbackBody
from agent_ui.http.node import NODE, SESSION, body, now, said
from agent_ui.http.problems import Problem
from crm_store.requests import RequestState

MOST, SECONDS = 30, 60.0
"""Callbacks that one user may ask for within so many seconds: a form on a web page is open to everybody."""
REMEMBERED = 1_000


class CallbackShape(msgspec.Struct, frozen=True):
    """``not_before``: when the number may first be called; null: now. ``since``: its place in line."""

    id: str
    number: str
    queue: str
    state: RequestState
    since: datetime
    not_before: datetime | None
    expires_at: datetime | None


class Flood:
    """How often each user asked of late. Bounded in memory."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, login: str, at: float) -> None:
        """Raises Problem 429."""
        recent = [one for one in self._asked.pop(login, ()) if at - one < SECONDS]
        self._asked[login] = recent
        if len(recent) >= MOST:
            wait = str(int(SECONDS - (at - recent[0])) + 1)
            raise Problem(429, f"Too many callbacks at once; wait {wait} seconds.", Retry_After=wait)
        recent.append(at)
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)


FLOOD: web.AppKey[Flood] = web.AppKey("flood", Flood)


async def ask(request: web.Request) -> web.Response:
    """201; 200 with the one in flight where the number has one already."""
    node, wish, login = request.app[NODE], await body(request, CallbackBody), request[SESSION].user.login
    request.app[FLOOD].check(login, asyncio.get_running_loop().time())
    added = await node.store.callbacks.ask(
        wish.number, wish.queue, now(), wish.since, wish.name, wish.text, {"source": "web", "by": login}
    )
    one = added.request
    shape = CallbackShape(one.id, one.number or "", one.queue, one.state, one.since, one.not_before, one.expires_at)
    return said(shape, 201 if added.new else 200)
