"""Limits of queues, and the alarms that there were."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agent_ui.bus.port import DirectoryChanged
from agent_ui.http.bodies import AlarmRulesBody
from agent_ui.http.node import NODE, SESSION, body, now, page, said
from agent_ui.http.problems import Problem
from crm_store.errors import Refused
from routing.events import AlarmRule, Measure


class AlarmRuleShape(msgspec.Struct, frozen=True):
    """``limit``: a count, seconds, or a share from 0 to 1; passed for ``after_seconds`` without a break."""

    measure: Measure
    limit: float
    after_seconds: int


async def rules(request: web.Request) -> web.Response:
    node, name = request.app[NODE], request.match_info["name"]
    if await node.store.queues.by_name(name) is None:
        raise Problem(404, "There is no such queue.")
    kept = (await node.store.queue_alarms.rules()).get(name, ())
    return said({"items": [_shape(one) for one in kept], "next": None})


async def put_rules(request: web.Request) -> web.Response:
    """The queue has these limits, and no others."""
    node, name, wish = request.app[NODE], request.match_info["name"], await body(request, AlarmRulesBody)
    if await node.store.queues.by_name(name) is None:
        raise Problem(404, "There is no such queue.")
    kept = [AlarmRule(one.measure, one.limit, one.after_seconds) for one in wish.items]
    try:
        changed = await node.store.queue_alarms.put(name, kept)
    except Refused as why:
        raise Problem(422, f"{why}.") from None
    if changed:
        limits: dict[str, float] = {one.measure: one.limit for one in kept}
        await node.store.audit.add(now(), request[SESSION].user.login, "put", f"alarms of {name}", limits)
        node.tell(DirectoryChanged())
    return said({"items": [_shape(one) for one in kept], "next": None})


async def log(request: web.Request) -> web.Response:
    """Newest first."""
    after, limit = page(request)
    up = {"": None, "true": True, "false": False}.get(request.query.get("open", ""))
    if up is None and request.query.get("open"):
        raise Problem(422, "open: true or false.")
    store = request.app[NODE].store
    found = await store.queue_alarms.log(request.query.get("queue") or None, after, limit, up)
    return said({"items": found.items, "next": found.next})


def _shape(one: AlarmRule) -> AlarmRuleShape:
    return AlarmRuleShape(one.measure, one.limit, one.after_seconds)
