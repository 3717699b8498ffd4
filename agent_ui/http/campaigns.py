"""Campaigns over HTTP: set, started, paused, stopped; what they would dial and why not; what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from aiohttp import web

from agent_ui.http.bodies import CampaignBody, CampaignChange
from agent_ui.http.node import NODE, SESSION, body, known, moment, now, page, said
from agent_ui.http.problems import Problem
from crm_store.campaign_results import BY, AttemptWish, Result
from crm_store.campaigns import Campaign, Campaigns, Fault
from crm_store.country_profiles import Profiles
from routing.lawful import Profile


@dataclass(frozen=True, slots=True)
class Standing:
    """How a campaign does. ``leads``: in its active lists; ``done``: of these those that are called no more."""

    leads: int
    done: int
    total: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShape(Campaign):
    """``faults``: why it cannot start now; empty when it can. ``standing``: only where it was asked for."""

    faults: tuple[Fault, ...]
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileShape:
    """One version of a country's rules. ``in_force``: it is the one that is asked today; ``own``: the shop's file has
    the key. ``abandonment_limit``: a share; ``lists``: do-not-call lists that must be there."""

    key: str
    name: str
    version: str
    effective_from: date
    in_force: bool
    own: bool
    countries: tuple[str, ...]
    predictive: str
    abandonment_limit: float | None
    ring_seconds: int
    lists: tuple[str, ...]
    consent: str


@dataclass(frozen=True, slots=True)
class Shared:
    """How many leads each agent got."""

    leads: Mapping[str, int]


async def shape(request: web.Request, campaign: Campaign) -> CampaignShape:
    (one,) = await shapes(request, [campaign], figures=False)
    return one


async def shapes(request: web.Request, some: Sequence[Campaign], *, figures: bool) -> list[CampaignShape]:
    """A fixed number of queries, however many campaigns there are."""
    store, standing = request.app[NODE].store, dict[str, Standing]()
    faults = await store.campaigns.faults_of(some, now())
    if figures:
        totals, far = await store.results.totals(some), await store.results.far(some)
        standing = {one.id: Standing(*far[one.id], totals[one.id]) for one in some}
    return [
        CampaignShape(
            **{each.name: getattr(one, each.name) for each in fields(one)},
            faults=faults[one.id],
            standing=standing.get(one.id),
        )
        for one in some
    ]


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
    figures = request.query.get("figures") == "true"
    return said({"items": await shapes(request, part.items, figures=figures), "next": part.next})


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


async def profiles(request: web.Request) -> web.Response:
    """Those that the law ships with, and the shop's own."""
    known = request.app[NODE].store.lawfulness.profiles
    today = now().date()
    return said({"items": [_profile(one, known, today) for one in known.versions], "next": None})


def _profile(one: Profile, known: Profiles, today: date) -> ProfileShape:
    begun = [each.effective_from for each in known.versions if each.key == one.key and each.effective_from <= today]
    return ProfileShape(
        key=one.key, name=one.name, version=one.version, effective_from=one.effective_from,
        in_force=bool(begun) and one.effective_from == max(begun), own=one.key in known.own,
        countries=tuple(sorted(one.countries)),
        predictive=one.predictive, abandonment_limit=one.abandonment.limit, ring_seconds=one.ring_seconds,
        lists=tuple(each.name for each in one.lists), consent=one.consent,
    )  # fmt: skip


async def share(request: web.Request) -> web.Response:
    """Gives leads that are nobody's to the agents, as the settings say."""
    one, node = await named(request), request.app[NODE]
    got = await node.store.sharing_out.share(one, now())
    await node.store.audit.add(now(), request[SESSION].user.login, "shared out", f"campaign:{one.id}", dict(got))
    return said(Shared(got))
