"""Lost callers: who gave up and was not talked with since."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from agent_ui.http.node import NODE, moment, now, said
from agent_ui.http.problems import Problem
from crm_store.errors import Refused
from crm_store.lost_callers import LostCaller

USUAL = timedelta(days=3)


class LostCallerShape(msgspec.Struct, frozen=True):
    """``number`` and ``queue``: of the last try; ``numbers``: all tried by. ``since``: the first try that nobody has
    made good. ``waited_seconds``: the longest wait. ``request``: a callback that is in flight."""

    number: str
    numbers: tuple[str, ...]
    queue: str
    tier: str | None
    contact: str | None
    name: str | None
    calls: int
    since: datetime
    last_at: datetime
    waited_seconds: float
    request: str | None


class LostCallersShape(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """``withheld``: given-up calls without a number, which nobody can call back. ``cut``: the oldest are left out."""

    from_: datetime
    items: list[LostCallerShape]
    withheld: int
    cut: bool
    next: None = None


async def lost_callers(request: web.Request) -> web.Response:
    """The most valuable first, then who waits longest."""
    node, at = request.app[NODE], now()
    begin = moment(request, "from") or at - USUAL
    try:
        found = await node.store.lost_ones.since(begin, at, node.board.tier_values, request.query.get("queue") or None)
    except Refused as why:
        raise Problem(422, f"{why}.") from None
    return said(LostCallersShape(begin, [_shape(one) for one in found.items], found.withheld, found.cut))


def _shape(one: LostCaller) -> LostCallerShape:
    lost = one.lost
    return LostCallerShape(
        number=lost.number, numbers=lost.numbers, queue=lost.queue, tier=lost.tier, contact=one.contact,
        name=one.name, calls=lost.calls, since=lost.since, last_at=lost.last_at,
        waited_seconds=round(lost.waited_seconds, 3), request=one.request,
    )  # fmt: skip
