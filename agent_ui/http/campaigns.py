"""Campaigns over HTTP: set, started, paused, stopped; what they would dial and why not; what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from aiohttp import web

from agent_ui.http.bodies import CampaignBody, CampaignChange
from agent_ui.http.node import NODE, SESSION, body, known, moment, now, page, said
from agent_ui.http.problems import Problem
from crm_store.campaign_results import BY, AttemptWish
from crm_store.campaigns import Campaign, Campaigns, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShape(Campaign):
    """``faults``: why it cannot start now; empty when it can."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """How many leads each agent got."""

    leads: Mapping[str, int]


async def shape(request: web.Request, campaign: Campaign) -> CampaignShape:
    values = {one.name: getattr(campaign, one.name) for one in fields(campaign)}
    return CampaignShape(**values, faults=await request.app[NODE].store.campaigns.faults(campaign, now()))


async def named(request: web.Request) -> Campaign:
    """The campaign of the path. Raises Problem 404."""
    one = await request.app[NODE].store.campaigns.get(request.match_info["id"])
    if one is None:
        raise Problem(404, "There is no such campaign.")
    return one


def _parts(request: web.Request) -> Campaigns:
    return request.app[NODE].store.campaigns


async def campaigns(request: web.Request) -> web.Response:
    part = await _parts(request).page(request.query.get("state") or None, *page(request))
    return said({"items": [await shape(request, one) for one in part.items], "next": part.next})


async def add_campaign(request: web.Request) -> web.Response:
    wish = await body(request, CampaignBody)
    one = await _parts(request).add(_given(wish), request[SESSION].user.login, now())
    return said(await shape(request, one), 201)


async def campaign(request: web.Request) -> web.Response:
    return said(await shape(request, await named(request)))


async def change_campaign(request: web.Request) -> web.Response:
    wish = await body(request, CampaignChange)
    who = request[SESSION].user.login
    put = await _parts(request).change(request.match_info["id"], _given(wish), who, now(), wish.version)
    if put is None:
        raise Problem(404, "There is no such campaign.")
    return said(await shape(request, put.value))


def _given(wish: CampaignBody | CampaignChange) -> Any:
    """What the body named."""
    return wish.model_dump(exclude_unset=True, exclude={"version"})


async def start(request: web.Request) -> web.Response:
    """Refused with all that speaks against it."""
    return await _moved(request, await _parts(request).start(*_who(request)))


async def pause(request: web.Request) -> web.Response:
    return await _moved(request, await _parts(request).pause(*_who(request)))


async def stop(request: web.Request) -> web.Response:
    return await _moved(request, await _parts(request).stop(*_who(request)))


def _who(request: web.Request) -> tuple[str, str, Any]:
    return request.match_info["id"], request[SESSION].user.login, now()


async def _moved(request: web.Request, one: Campaign | None) -> web.Response:
    if one is None:
        raise Problem(404, "There is no such campaign.")
    return said(await shape(request, one))


async def attempts(request: web.Request) -> web.Response:
    one, of = await named(request), request.query.get
    want = AttemptWish(
        from_=moment(request, "from"), to=moment(request, "to"), list=of("list") or None, lead=of("lead") or None,
        agent=of("agent") or None, outcome=of("outcome") or None, number=of("number") or None,
    )  # fmt: skip
    return said(await request.app[NODE].store.results.attempts(one.id, want, *page(request)))


async def results(request: web.Request) -> web.Response:
    one, by = await named(request), known(request.query.get("by", "all"), BY)
    if by is None:
        raise Problem(422, f"by: one of {', '.join(BY)}.")
    found = await request.app[NODE].store.results.of(one, by, moment(request, "from"), moment(request, "to"))
    return said({"items": found, "next": None})


async def preview(request: web.Request) -> web.Response:
    """Counted, over all or a part of the leads."""
    return said(await request.app[NODE].store.previews.of(await named(request), now()))


async def preview_leads(request: web.Request) -> web.Response:
    """Lead by lead."""
    one = await named(request)
    part = await request.app[NODE].store.previews.page(one, request.query.get("list") or None, now(), *page(request))
    return said({"items": part[0], "next": part[1]})


async def share(request: web.Request) -> web.Response:
    """Gives leads that are nobody's to the agents, as the settings say."""
    one, node = await named(request), request.app[NODE]
    got = await node.store.sharing_out.share(one, now())
    await node.store.audit.add(now(), request[SESSION].user.login, "shared out", f"campaign:{one.id}", dict(got))
    return said(Shared(got))
