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
    store, detail = node.store, {"campaign": wish.campaign} if wish.campaign else {"scope": wish.scope}
    if wish.campaign:
        kept, new = await store.suppressions.add_for_campaign(wish.campaign, wish.number, who, wish.reason, now())
    else:
        kept, new = await store.do_not_call.add(wish.number, wish.scope, who, wish.reason, now())
    if new:
        await store.audit.add(now(), who, "added", f"do-not-call:{kept.number}", detail)
    return said(kept, 201 if new else 200)


async def allow(request: web.Request) -> web.Response:
    node, number = request.app[NODE], request.match_info["number"]
    scope, reason = request.query.get("scope", "all"), request.query.get("reason", "")[:500]
    campaign = request.query.get("campaign", "")
    if campaign:
        gone = await node.store.suppressions.remove_for_campaign(campaign, number)
    else:
        gone = await node.store.do_not_call.remove(number, scope)
    found(gone, "number on the list")
    detail = {**({"campaign": campaign[:40]} if campaign else {"scope": scope}), "reason": reason}
    await node.store.audit.add(now(), request[SESSION].user.login, "removed", f"do-not-call:{number[:40]}", detail)
    return web.Response(status=204)


async def lists(request: web.Request) -> web.Response:
    return said({"items": await request.app[NODE].store.suppressions.lists(), "next": None})


async def list_number(request: web.Request) -> web.Response:
    """It stands there from now on, until the next import of the whole list."""
    return await _put(request, listed=True)


async def unlist_number(request: web.Request) -> web.Response:
    return await _put(request, listed=False)


async def _put(request: web.Request, *, listed: bool) -> web.Response:
    node, of = request.app[NODE], request.match_info
    name, number, who = of["name"], of["n"], request[SESSION].user.login
    changed = await node.store.suppressions.put_number(name, number, listed)
    found(changed is not None, "list")
    if not listed:
        found(changed, "number on the list")
    if changed:
        detail = {"list": name[:100], "reason": request.query.get("reason", "")[:500]}
        what = "added" if listed else "removed"
        await node.store.audit.add(now(), who, what, f"do-not-call:{number[:40]}", detail)
    return web.Response(status=204)
