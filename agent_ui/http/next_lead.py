"""Preview dialling: a lead kept for an agent who looks at it first. It is dialled by the socket's ``dial_lead``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from agent_ui.http.desk import own_call
from agent_ui.http.node import NODE, SESSION, now, said
from agent_ui.http.problems import Problem
from routing.attempts import channel_of


class KeptLead(msgspec.Struct, frozen=True):
    """``campaign`` and ``lead`` as in a pop (panel-protocol.md). ``until``: then it is somebody else's again."""

    campaign: dict[str, Any]
    lead: dict[str, Any]
    until: datetime


class PreviewShape(msgspec.Struct, frozen=True):
    """A campaign whose leads this agent looks at before they are dialled."""

    id: str
    name: str


class ShownLead(msgspec.Struct, frozen=True):
    """``campaign`` and ``lead`` as in a pop (panel-protocol.md)."""

    campaign: dict[str, Any]
    lead: dict[str, Any]


async def lead_of_call(request: web.Request) -> web.Response:
    """After a reload the pop is gone; whoever had the call gets its lead and script again."""
    channel = channel_of(await own_call(request))
    shown = await request.app[NODE].store.attempts.shown(channel) if channel is not None else None
    if shown is None:
        raise Problem(404, "No campaign dialled this call.")
    return said(ShownLead(shown["campaign"], shown["lead"]))


async def previews(request: web.Request) -> web.Response:
    """Those that run now, of the queues that the agent is logged in to."""
    node, login = request.app[NODE], request[SESSION].user.login
    queues, running = node.board.agent(login).queues, await node.store.campaigns.running()
    own = [one for one in running if one.mode == "preview" and one.queue in queues]
    return said({"items": [PreviewShape(one.id, one.name) for one in own], "next": None})


async def next_lead(request: web.Request) -> web.Response:
    """The one that is kept for the agent already, else the next of the campaigns of their queues."""
    node, login = request.app[NODE], request[SESSION].user.login
    queues, at = node.board.agent(login).queues, now()
    kept = await node.store.attempts.kept_for(login, at)
    if kept is not None and (shown := await node.store.attempts.shown_lead(kept[0])) is not None:
        return said(KeptLead(shown["campaign"], shown["lead"], kept[1]))
    for campaign in await node.store.campaigns.running():
        if campaign.mode != "preview" or campaign.queue not in queues:
            continue
        lead = await node.store.sharing_out.take(campaign, login, at)
        if lead is not None and lead.reserved_until is not None:
            shown = await node.store.attempts.shown_lead(lead.id)
            if shown is not None:
                return said(KeptLead(shown["campaign"], shown["lead"], lead.reserved_until))
    raise Problem(404, "There is no lead for you to look at now.")


async def release_lead(request: web.Request) -> web.Response:
    """Not called: it is as it was before."""
    node, login = request.app[NODE], request[SESSION].user.login
    if await node.store.leads.release(request.match_info["id"], login, now()) is None:
        raise Problem(409, "This lead is not kept for you (any more).")
    return web.Response(status=204)
