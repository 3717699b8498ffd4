"""How many agents it takes, by Erlang C or A; and the half hours that were recorded, to reckon from."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from aiohttp import web

from agent_ui.http.bodies import StaffingBody
from agent_ui.http.node import NODE, body, said
from agent_ui.http.problems import Problem
from agent_ui.http.what_if import day_of
from crm_store.users import plan_of
from routing.priority import promise
from routing.staffing import Load, Service, around, enough
from routing.what_if.half_hours import half_hours
from routing.what_if.scenarios import MOST_CALLS

MOST_WORK = 2_000.0
"""Erlangs. More than so much is reckoned by ``helin simulate staffing``: it takes too long beside the rings."""
FEWER, MORE = 3, 5


class ServiceShape(msgspec.Struct, frozen=True):
    """What so many ``agents`` at work give; shares of all calls. ``wait_seconds`` null: it grows without end."""

    agents: int
    in_time: float
    waits: float
    abandoned: float
    wait_seconds: float | None
    occupancy: float


class StaffingShape(msgspec.Struct, frozen=True):
    """``agents`` at work are enough; ``agents_on_the_list`` with those who are absent."""

    formula: Literal["Erlang A", "Erlang C"]
    work_erlangs: float
    agents: int
    agents_on_the_list: int
    around: list[ServiceShape]


class HalfHourShape(msgspec.Struct, frozen=True):
    """``handle_seconds``: talk and wrap-up on the average; null: nobody was answered that day.

    ``patience_seconds`` is that of the day; null: nobody gave up.
    """

    at: datetime
    calls: int
    answered: int
    abandoned: int
    in_time: int
    handle_seconds: float | None
    patience_seconds: float | None
    target_seconds: float


async def staffing(request: web.Request) -> web.Response:
    wish = await body(request, StaffingBody)
    load = Load(wish.calls / (wish.interval_minutes * 60.0), wish.handle_seconds, wish.patience_seconds)
    if load.work > MOST_WORK:
        raise Problem(
            422, f"calls: this is work for more than {MOST_WORK:,.0f} agents; is one of the figures too high?"
        )
    done = await asyncio.to_thread(_planned, load, wish)
    if done is None:
        raise Problem(422, "in_time: no number of agents reaches that; ask for less, or for a longer target.")
    return said(done)


def _planned(load: Load, wish: StaffingBody) -> StaffingShape | None:
    fewest = enough(load, wish.target_seconds, wish.in_time, wish.abandoned)
    if fewest is None:
        return None
    near = around(load, wish.target_seconds, fewest.agents, FEWER, MORE)
    on_the_list = math.ceil(fewest.agents / (1.0 - wish.absent))
    formula: Literal["Erlang A", "Erlang C"] = "Erlang C" if load.patience is None else "Erlang A"
    return StaffingShape(formula, load.work, fewest.agents, on_the_list, [_shape(one) for one in near])


def _shape(one: Service) -> ServiceShape:
    wait = one.wait if math.isfinite(one.wait) else None
    return ServiceShape(one.agents, one.in_time, one.waits, one.abandoned, wait, one.occupancy)


async def recorded(request: web.Request) -> web.Response:
    """Those of one day in which somebody called."""
    store, name = request.app[NODE].store, request.match_info["name"]
    queue = await store.queues.by_name(name)
    if queue is None:
        raise Problem(404, "There is no such queue.")
    begin, end = day_of(request.query.get("date", ""), request.query.get("time_zone") or "UTC")
    past = await store.past_days.read(begin, end, MOST_CALLS)
    target = promise(plan_of(queue)).target_seconds
    items = [
        HalfHourShape(
            begin + timedelta(seconds=one.at), one.calls, one.answered, one.abandoned, one.in_time, one.handle,
            one.patience, target,
        )
        for one in half_hours(past, name, target)
    ]  # fmt: skip
    return said({"items": items, "next": None})
