"""Webhooks, as administrators set them. A secret is said once, by whom it was made, and never again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

from aiohttp import web

from agent_ui.http.bodies import ReplayBody, WebhookBody, WebhookChange
from agent_ui.http.node import NODE, SESSION, body, found, now, said
from agent_ui.http.problems import Problem
from crm_store.webhooks import Webhook, fresh_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook(Webhook):
    """``secret`` is shown this once; null where whoever asked has given it."""

    secret: str | None


async def webhooks(request: web.Request) -> web.Response:
    return said({"items": await request.app[NODE].store.webhooks.all(), "next": None})


async def add_webhook(request: web.Request) -> web.Response:
    wish = await body(request, WebhookBody)
    made = fresh_secret() if wish.secret is None else None
    await request.app[NODE].store.webhooks.put(
        wish.name, now(), url=wish.url, secret=made or wish.secret, events=wish.events, active=wish.active, new=True
    )
    await _note(request, "add", wish.name, {"url": wish.url})
    one = await _one(request, wish.name)
    return said(NewWebhook(**asdict(one), secret=made), 201)


async def change_webhook(request: web.Request) -> web.Response:
    name, wish = request.match_info["name"], await body(request, WebhookChange)
    await _one(request, name)
    given = wish.model_dump(exclude_unset=True)
    changed = await request.app[NODE].store.webhooks.put(name, now(), **given, new=False)
    if changed:
        await _note(request, "change", name, {"changed": list(changed)})
    return said(await _one(request, name))


async def remove_webhook(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    found(await request.app[NODE].store.webhooks.remove(name), "webhook")
    await _note(request, "remove", name, {})
    return web.Response(status=204)


async def replay_webhook(request: web.Request) -> web.Response:
    name, wish = request.match_info["name"], await body(request, ReplayBody)
    await _one(request, name)
    begin, end = wish.from_.astimezone(UTC), wish.to.astimezone(UTC)
    await request.app[NODE].store.webhooks.replay(name, begin, end, request[SESSION].user.login, now())
    await _note(request, "replay", name, {"from": begin.isoformat(), "to": end.isoformat()})
    return said(await _one(request, name), 202)


async def webhook_failures(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    await _one(request, name)
    return said({"items": await request.app[NODE].store.webhooks.failures(name), "next": None})


async def _one(request: web.Request, name: str) -> Webhook:
    one = await request.app[NODE].store.webhooks.get(name)
    if one is None:
        raise Problem(404, "There is no such webhook.")
    return one


async def _note(request: web.Request, what: str, name: str, detail: dict[str, Any]) -> None:
    who = request[SESSION].user.login
    await request.app[NODE].store.audit.add(now(), who, what, f"webhook:{name}", detail)
