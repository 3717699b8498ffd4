"""Numbers that must not be dialled."""

from __future__ import annotations

from aiohttp import web

from agent_ui.http.bodies import DoNotCallBody
from agent_ui.http.node import NODE, SESSION, body, found, now, page, said


async def suppressed(request: web.Request) -> web.Response:
    number = request.query.get("number") or None
    return said(await request.app[NODE].store.do_not_call.page(number, *page(request)))


async def suppress(request: web.Request) -> web.Response:
    """At once, for whatever dials next; 200 where it stood there already."""
    node, wish, who = request.app[NODE], await body(request, DoNotCallBody), request[SESSION].user.login
    kept, new = await node.store.do_not_call.add(wish.number, wish.scope, who, wish.reason, now())
    if new:
        await node.store.audit.add(now(), who, "added", f"do-not-call:{kept.number}", {"scope": kept.scope})
    return said(kept, 201 if new else 200)


async def allow(request: web.Request) -> web.Response:
    node, number = request.app[NODE], request.match_info["number"]
    scope, reason = request.query.get("scope", "all"), request.query.get("reason", "")[:500]
    found(await node.store.do_not_call.remove(number, scope), "number on the list")
    detail = {"scope": scope, "reason": reason}
    await node.store.audit.add(now(), request[SESSION].user.login, "removed", f"do-not-call:{number[:40]}", detail)
    return web.Response(status=204)
