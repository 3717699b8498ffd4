"""The forecast of a queue's load, how well it did of late, and how many agents each half hour takes."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from agent_ui.foretelling import MOST_WEEKS, WEEKS, Told, foretell
from agent_ui.http.node import NODE, now, said
from agent_ui.http.problems import Problem
from agent_ui.http.what_if import day_of
from crm_store.users import plan_of
from routing.forecast import DAYS_NEEDED, USUAL_SPREAD, Accuracy, band, midnight
from routing.outlook import USUAL_HANDLE, Habits
from routing.priority import promise
from routing.staffing import Load, enough_for_each

MOST_DAYS: Final = 28
MOST_WORK: Final = 500.0
"""Erlangs in a half hour; more is reckoned by ``helin simulate staffing``."""


class ForecastHalf(msgspec.Struct, frozen=True):
    """Nine of ten times the calls are from ``low`` to ``high``. ``agents`` at work are enough; null: too many for here.
    ``special``: the holiday or exception that the day is, as its calendar calls it; ``open`` false: it is closed."""

    at: datetime
    calls: float
    low: int
    high: int
    agents: int | None
    open: bool
    special: str


class AccuracyShape(msgspec.Struct, frozen=True):
    """Of ``weeks`` that were forecast from what was known before each. ``wape``: the errors of half hours without sign
    ÷ the calls; ``naive_wape``: the same of "as a week before". ``bias``: (forecast − calls) ÷ calls. ``inside``: the
    share of half hours within the band."""

    weeks: int
    calls: int
    wape: float
    naive_wape: float
    bias: float
    inside: float


class ForecastShape(msgspec.Struct, frozen=True):
    """``time_zone``: of the half hours and the days they were learnt by. ``ready`` false: fewer than ``days_needed``
    days with calls are on record. ``accuracy`` null: too few weeks to test it. ``half_life_days``: of the level."""

    queue: str
    time_zone: str
    ready: bool
    days_needed: int
    half_life_days: float | None
    handle_seconds: float
    handle_known: bool
    patience_seconds: float | None
    target_seconds: float
    in_time: float
    accuracy: AccuracyShape | None
    items: list[ForecastHalf]


async def forecast(request: web.Request) -> web.Response:
    node, query, name = request.app[NODE], request.query, request.match_info["name"]
    queue = await node.store.queues.by_name(name)
    if queue is None:
        raise Problem(404, "There is no such queue.")
    zone = query.get("time_zone") or "UTC"
    days = _whole(request, "days", 7, MOST_DAYS)
    weeks = _whole(request, "weeks", WEEKS, MOST_WEEKS)
    in_time = _share(request, "in_time", 0.8)
    begin, _ = day_of(query.get("date") or _today(zone), zone)
    if not timedelta(days=-366) < begin - now() < timedelta(days=366):
        raise Problem(422, "date: a day within a year from now.")
    end = midnight(begin.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), ZoneInfo(zone))
    told = await foretell(node.store, name, begin, end, zone, weeks, now())
    habits = node.looking.habits.get(name, Habits())
    target = float(promise(plan_of(queue)).target_seconds)
    return said(await asyncio.to_thread(_shape, name, told, zone, habits, target, in_time))


def _shape(name: str, told: Told | None, zone: str, habits: Habits, target: float, in_time: float) -> ForecastShape:
    return ForecastShape(
        queue=name,
        time_zone=told.zone.key if told is not None else zone,
        ready=told is not None,
        days_needed=DAYS_NEEDED,
        half_life_days=told.half_life if told is not None else None,
        handle_seconds=round(habits.handle or USUAL_HANDLE, 1),
        handle_known=habits.handle is not None,
        patience_seconds=habits.patience,
        target_seconds=target,
        in_time=in_time,
        accuracy=_accuracy(told.accuracy) if told is not None else None,
        items=_halves(told, habits, target, in_time) if told is not None else [],
    )


def _halves(told: Told, habits: Habits, target: float, in_time: float) -> list[ForecastHalf]:
    """Staff is reckoned for whole calls, so that most half hours share it with others."""
    handle = habits.handle or USUAL_HANDLE
    spread = told.accuracy.spread if told.accuracy is not None else USUAL_SPREAD
    whole = {math.ceil(calls) for _, calls in told.halves}
    loads = {calls: Load(calls / 1800.0, handle, habits.patience) for calls in whole}
    each = enough_for_each([one for one in loads.values() if one.work <= MOST_WORK], target, in_time)
    return [
        ForecastHalf(
            half.at,
            round(calls, 2),
            *band(calls, spread),
            each.get(loads[math.ceil(calls)]),
            half.open,
            half.special.strip() or ("–" if half.special else ""),
        )
        for half, calls in told.halves
    ]


def _accuracy(of: Accuracy | None) -> AccuracyShape | None:
    if of is None:
        return None
    figures = (of.wape, of.naive, of.bias, of.inside)
    return AccuracyShape(of.weeks, of.calls, *(round(one, 4) for one in figures))


def _today(zone: str) -> str:
    day_of("2026-01-01", zone)
    return now().astimezone(ZoneInfo(zone)).date().isoformat()


def _whole(request: web.Request, name: str, usual: int, most: int) -> int:
    text = request.query.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        raise Problem(422, f"{name}: a whole number from 1 to {most}.")
    return int(text)


def _share(request: web.Request, name: str, usual: float) -> float:
    try:
        found = float(request.query.get(name) or usual)
    except ValueError:
        found = -1.0
    if not 0 < found < 1:
        raise Problem(422, f"{name}: a share between 0 and 1, like 0.8.")
    return found
