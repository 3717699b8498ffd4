"""Reports over HTTP: measures by dimensions, each figure with its calls; as JSON, CSV, a workbook or a PDF."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from agent_ui.http.live import DIRECTIONS, seconds
from agent_ui.http.node import NODE, SESSION, known, moment, now, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import reach, sees_all
from crm_store.errors import Refused
from crm_store.report_files import KINDS, written
from crm_store.reports import ONLY, QueueRule, Report, ReportRow, ReportWish
from crm_store.zones import checked_zone
from routing.figures import BYS, TALK_SUMS
from routing.measures import DIMENSIONS, Measure, measures
from routing.service_level import FORMULAS


class MeasureShape(msgspec.Struct, frozen=True):
    """``unit``: count, seconds, or share (0 to 1). ``source``: what it is reckoned from."""

    key: str
    unit: str
    formula: str
    source: str


class FigureShape(msgspec.Struct, frozen=True):
    """``value``: null where nothing counts. ``counts``: what it is reckoned from; times in microseconds. ``calls_url``:
    the very calls behind it; null for figures of agents' states."""

    value: float | None
    counts: dict[str, int]
    calls_url: str | None


class FigureRowShape(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """``keys``: the dimensions' values, empty where a call has none. ``figures``: by measure."""

    keys: dict[str, str]
    from_: str
    to: str
    figures: dict[str, FigureShape]


class QueueRuleShape(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What a queue was counted by from a time on. ``empty_interval``: full, none or left_out."""

    queue: str
    from_: str
    target_seconds: float
    short_seconds: float
    empty_interval: str


class FiguresShape(msgspec.Struct, frozen=True):
    """``left_out``: what is not in the figures, and why. ``rules``: what its queues were counted by, oldest first."""

    measures: list[MeasureShape]
    by: list[str]
    each: str | None
    time_zone: str
    rows: list[FigureRowShape]
    left_out: list[str]
    rules: list[QueueRuleShape]


async def figures(request: web.Request) -> web.StreamResponse:
    """By the dimensions' values, then by time."""
    report = await request.app[NODE].store.reports.of(await wish_of(request), now())
    kind = request.query.get("format") or "json"
    if kind == "json":
        return said(shape(report))
    if known(kind, KINDS) is None:
        raise Problem(422, f"format: json, {', '.join(KINDS)}.")
    title = (request.query.get("title") or "Helin")[:200]
    body, content = await asyncio.to_thread(written, report, kind, title)
    name = f"helin-report-{report.wish.from_:%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, headers=headers, content_type=content, charset="utf-8" if kind == "csv" else None)


async def catalogue(request: web.Request) -> web.Response:
    """What reports can be made of."""
    return said({"items": [_measure(one) for one in measures().values()], "next": None})


async def wish_of(request: web.Request) -> ReportWish:
    """Raises Problem 422 or 403; an agent's own figures are all that they see."""
    query = request.query
    begin, end = moment(request, "from"), moment(request, "to")
    if begin is None or end is None:
        raise Problem(422, "Give from and to, times like 2026-11-24T08:00:00Z.")
    each = known(query.get("each", ""), BYS)
    if each is None and query.get("each"):
        raise Problem(422, f"each: {', '.join(BYS)}; without it, the whole time in one.")
    formula = known(query.get("formula") or "offered", FORMULAS)
    if formula is None:
        raise Problem(422, f"formula: one of {', '.join(FORMULAS)}.")
    direction = query.get("direction")
    if direction and known(direction, DIRECTIONS) is None:
        raise Problem(422, "direction: inbound, outbound or internal.")
    try:
        zone = ZoneInfo(checked_zone(query.get("time_zone")) or "UTC")
    except Refused as why:
        raise Problem(422, f"time_zone: {why}.") from None
    short = seconds(request, "short_seconds") if query.get("short_seconds") else None
    target = seconds(request, "target_seconds") if query.get("target_seconds") else None
    chosen, by = _words(request, "measures"), _words(request, "by")
    return ReportWish(begin, end, chosen, by, each, zone, await _only(request), formula, target, short)


def _words(request: web.Request, name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in request.query.get(name, "").split(",") if word.strip())[:50]


async def _only(request: web.Request) -> dict[str, str]:
    only = {name: request.query[name] for name in ONLY if request.query.get(name)}
    if not sees_all(request):
        only |= await _held(request, only)
    if any("\0" in value or len(value) > 200 or not value.isprintable() for value in only.values()):
        raise Problem(422, "A filter holds a character that is no text, or is longer than 200.")
    return only


async def _held(request: web.Request, only: dict[str, str]) -> dict[str, str]:
    """A leader sees the team's figures, everybody else the own ones. Raises Problem 403."""
    user, mine = request[SESSION].user, await reach(request) or frozenset()
    if user.role == "leader" and user.team:
        if only.get("agent", user.login) not in mine or only.get("team", user.team) != user.team:
            raise Problem(403, "You may see your team's figures.")
        return {"team": user.team}
    if only.get("agent", user.login) != user.login or "team" in only:
        raise Problem(403, "You may see your own figures.")
    return {"agent": user.login}


def shape(report: Report) -> FiguresShape:
    wish = report.wish
    return FiguresShape(
        [_measure(one) for one in report.measures], list(wish.by), wish.each, wish.zone.key,
        [_row(report, row) for row in report.rows], list(report.left_out),
        [_rule(one) for one in report.rules],
    )  # fmt: skip


def _measure(one: Measure) -> MeasureShape:
    return MeasureShape(one.key, one.unit, one.formula, one.source)


def _rule(one: QueueRule) -> QueueRuleShape:
    by = one.by
    return QueueRuleShape(one.queue, _text(one.from_), by.target_seconds, by.short_seconds, by.empty_interval)


def _row(report: Report, row: ReportRow) -> FigureRowShape:
    figures_ = {
        one.key: FigureShape(
            row.values[one.key], {name: row.counts[name] for name in one.needs}, calls_url(report.wish, row, one)
        )
        for one in report.measures
    }
    return FigureRowShape(dict(row.keys), _text(row.from_), _text(row.to), figures_)


def _text(at: Any) -> str:
    return str(at.isoformat().replace("+00:00", "Z"))


def calls_url(wish: ReportWish, row: ReportRow, one: Measure) -> str | None:
    """Lists exactly the calls behind the figure."""
    if one.behind is None:
        return None
    where: dict[str, Any] = {"from": _text(row.from_), "to": _text(row.to), "counted": one.behind}
    without = []
    for name, value in {**wish.only, **row.keys}.items():
        asked = {"agent": "talked_by" if one.behind in TALK_SUMS else "answered_by"}.get(name, name)
        if value:
            where[asked] = value
        elif name in DIMENSIONS:
            without.append(name)
    if without:
        where["without"] = ",".join(without)
    for name in ("short_seconds", "target_seconds"):
        if getattr(wish, name) is not None:
            where[name] = getattr(wish, name)
    return f"/api/v1/calls?{urlencode(where)}"
