"""Agents' states: what they may pause for, and why they get no calls."""

from __future__ import annotations

from datetime import datetime

import msgspec
from aiohttp import web

from agent_ui.http.bodies import PauseReasonsBody
from agent_ui.http.node import NODE, SESSION, body, now, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import may_see
from crm_store.pause_reasons import PauseReason
from routing.why import Cause, Param, sentence


class CauseShape(msgspec.Struct, frozen=True):
    """``stops``: no call comes while this is so. ``text``: the same in English."""

    code: str
    params: dict[str, str | int | tuple[str, ...]]
    stops: bool
    text: str


class WhyShape(msgspec.Struct, frozen=True):
    """``free``: nothing stops the calls; then the causes say who waits, and the place among those who are free."""

    agent: str
    at: datetime
    free: bool
    causes: tuple[CauseShape, ...]


async def pause_reasons(request: web.Request) -> web.Response:
    return said({"items": await request.app[NODE].store.pause_reasons.all(), "next": None})


async def put_pause_reasons(request: web.Request) -> web.Response:
    """The whole list is so from now on."""
    node, wish = request.app[NODE], await body(request, PauseReasonsBody)
    kept = await node.store.pause_reasons.put_all([PauseReason(**one.model_dump()) for one in wish.items])
    keys = {"keys": [one.key for one in kept]}
    await node.store.audit.add(now(), request[SESSION].user.login, "put", "pause_reasons", keys)
    return said({"items": kept, "next": None})


async def my_why(request: web.Request) -> web.Response:
    return said(_why(request, request[SESSION].user.login))


async def agent_why(request: web.Request) -> web.Response:
    login = request.match_info["login"]
    if not request.app[NODE].board.knows(login) or not await may_see(request, (login,)):
        raise Problem(404, "There is no such agent.")
    return said(_why(request, login))


def _why(request: web.Request, login: str) -> WhyShape:
    at = now()
    causes = request.app[NODE].board.why(login, at)
    return WhyShape(login, at, not any(cause.stops for cause in causes), tuple(_shape(cause) for cause in causes))


def _shape(cause: Cause) -> CauseShape:
    params = {key: _param(value) for key, value in cause.params.items()}
    return CauseShape(cause.code, params, cause.stops, sentence(cause))


def _param(value: Param) -> str | int | tuple[str, ...]:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
