"""The next half hour of the queues, and what a pause would cost."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

import msgspec
from aiohttp import web

from agent_ui.http.node import NODE, SESSION, now, said
from agent_ui.http.problems import Problem
from agent_ui.looking import Price
from routing.ahead import Ahead
from routing.outlook import Outlook
from routing.pauses import MAX_REASON

NOTHING = Ahead(math.nan, None, None, math.nan, math.nan, None)
"""Not known."""


class HandsShape(msgspec.Struct, frozen=True):
    """Agents of the queue. ``back_seconds``: in how many seconds each returns, from wrap-up or a pause with a limit;
    ``away``: paused with no end known, about to pause, or without a phone. ``talked_seconds``: of the busy ones."""

    free: int
    busy: int
    away: int
    back_seconds: list[int]
    talked_seconds: list[int]


class AheadShape(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be expected of a queue's next 30 minutes, and from what that is reckoned.

    ``service_level``: the share of the calls to come that is answered within the target; ``wait_seconds`` their mean
    wait, ``longest_wait_seconds`` that of who comes at the worst moment; ``lost``: callers who give up. Null: no calls
    are expected, it is not known how many, or a wait has no end. ``own``: the share of its agents' line that is this
    queue's. ``drift``: calls of the last half hour beside the forecast, null: there is no forecast.
    """

    queue: str
    service_level: float | None
    wait_seconds: float | None
    longest_wait_seconds: float | None
    lost: float | None
    offered: float | None
    occupancy: float | None
    formula: Literal["Erlang A", "Erlang C"]
    target_seconds: float
    waiting: int
    callbacks: int
    agents: HandsShape
    recent: int | None
    drift: float | None
    handle_seconds: float
    handle_known: bool
    patience_seconds: float | None
    own: float


class NextShape(msgspec.Struct, frozen=True):
    """``at``: when it was reckoned."""

    at: datetime
    minutes: int
    items: list[AheadShape]


class CostShape(msgspec.Struct, frozen=True):
    """A queue's next 30 minutes as it is, and with the pause."""

    queue: str
    now: AheadShape
    paused: AheadShape


class PriceShape(msgspec.Struct, frozen=True):
    """Empty ``items``: no queue counts on the agent now, so the pause costs nothing."""

    agent: str
    reason: str
    at: datetime
    items: list[CostShape]


async def next_half_hour(request: web.Request) -> web.Response:
    at, found = await request.app[NODE].looking.all(now())
    return said(NextShape(at, 30, [_shape(found[name]) for name in sorted(found)]))


async def my_price(request: web.Request) -> web.Response:
    return said(await _price(request, request[SESSION].user.login))


async def agents_price(request: web.Request) -> web.Response:
    login = request.match_info["login"]
    if not request.app[NODE].board.knows(login):
        raise Problem(404, "There is no such agent.")
    return said(await _price(request, login))


async def _price(request: web.Request, login: str) -> PriceShape:
    reason, at = request.query.get("reason", ""), now()
    if len(reason) > MAX_REASON or not (reason or " ").isprintable():
        raise Problem(422, f"reason: at most {MAX_REASON} letters on one line.")
    found = await request.app[NODE].looking.price(login, reason, at)
    return PriceShape(login, reason, at, [_cost(one) for one in found])


def _cost(one: Price) -> CostShape:
    return CostShape(one.now.queue, _shape(one.now), _shape(one.then))


def _shape(of: Outlook) -> AheadShape:
    found = of.figures or NOTHING
    return AheadShape(
        queue=of.queue,
        service_level=_rounded(found.level, 4),
        wait_seconds=_rounded(found.wait, 1),
        longest_wait_seconds=_rounded(found.longest, 1),
        lost=_rounded(found.lost, 2),
        offered=_rounded(found.offered, 2),
        occupancy=_rounded(found.busy, 4),
        formula="Erlang C" if of.patience is None else "Erlang A",
        target_seconds=of.target,
        waiting=of.waiting,
        callbacks=of.callbacks,
        agents=HandsShape(
            len(of.hands.free),
            len(of.hands.busy),
            len(of.hands.away),
            [round(one) for one in sorted(of.hands.back.values())],
            [round(one) for one in of.hands.talked],
        ),
        recent=of.recent,
        drift=_rounded(of.drift, 3),
        handle_seconds=round(of.handle, 1),
        handle_known=of.handle_known,
        patience_seconds=_rounded(of.patience, 1),
        own=round(of.own, 3),
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return round(value, digits) if value is not None and math.isfinite(value) else None
