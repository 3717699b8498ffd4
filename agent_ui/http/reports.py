"""Reports: figures that can be clicked down to their calls."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from agent_ui.http.node import NODE, known, moment, said
from agent_ui.http.problems import Problem
from crm_store.errors import Refused
from crm_store.service_levels import Cell, Wish, shown
from crm_store.zones import checked_zone
from routing.service_level import BYS, FORMULAS, EmptyInterval, Formula, shown_level


class ServiceLevelShape(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One queue in one interval. ``value``: 0 to 1, null where nothing counts. ``calls_url``: the calls offered.

    ``target_seconds``, ``short_seconds``, ``empty_interval``: by which it was counted, the queue's at its end.
    """

    queue: str
    from_: datetime
    to: datetime
    formula: Formula
    target_seconds: float
    short_seconds: float
    empty_interval: EmptyInterval
    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    abandoned_short: int
    value: float | None
    calls_url: str


async def service_level_report(request: web.Request) -> web.Response:
    """By queue, then by time. ``left_out``: what is no line of it, and why."""
    formula, wish = known(request.query.get("formula") or "offered", FORMULAS), _wish(request)
    if formula is None:
        raise Problem(422, f"formula: one of {', '.join(FORMULAS)}.")
    cells = await request.app[NODE].store.service_levels.of(wish)
    lines, left_out = shown(cells)
    return said({"items": [_shape(cell, formula) for cell in lines], "left_out": left_out, "next": None})


def _wish(request: web.Request) -> Wish:
    """Raises Problem 422."""
    query, by = request.query, known(request.query.get("by", ""), BYS)
    begin, end = moment(request, "from"), moment(request, "to")
    if begin is None or end is None:
        raise Problem(422, "Give from and to, times like 2026-11-24T08:00:00Z.")
    if by is None and query.get("by"):
        raise Problem(422, "by: hour or day; without it, the whole time in one.")
    try:
        zone = ZoneInfo(checked_zone(query.get("time_zone")) or "UTC")
        short = float(query["short_seconds"]) if query.get("short_seconds") else None
    except Refused as why:
        raise Problem(422, f"time_zone: {why}.") from None
    except ValueError:
        short = -1.0
    if short is not None and not 0 <= short <= 3600:
        raise Problem(422, "short_seconds: a number of seconds from 0 to 3600.")
    return Wish(begin, end, query.get("queue") or None, by, zone, short)


def _shape(cell: Cell, formula: Formula) -> ServiceLevelShape:
    of = cell.counts
    where = {"queue": cell.queue, "direction": "inbound", "from": _text(cell.from_), "to": _text(cell.to)}
    return ServiceLevelShape(
        queue=cell.queue, from_=cell.from_, to=cell.to, formula=formula,
        target_seconds=cell.by.target_seconds, short_seconds=cell.by.short_seconds,
        empty_interval=cell.by.empty_interval, offered=of.offered, answered=of.answered,
        answered_within=of.answered_within, abandoned=of.abandoned, abandoned_within=of.abandoned_within,
        abandoned_short=of.abandoned_short,
        value=shown_level(formula, of, cell.by.empty_interval), calls_url=f"/api/v1/calls?{urlencode(where)}",
    )  # fmt: skip


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
