"""A recorded day, or one from a file, played under other rules: for supervisors, before a rule goes live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from agent_ui.http.bodies import WhatIfBody
from agent_ui.http.node import NODE, body, said
from agent_ui.http.problems import Problem
from agent_ui.playing import Busy, Job
from crm_store.users import plan_of
from routing.priority import promise
from routing.what_if.past import Past
from routing.what_if.scenarios import MOST_CALLS, Scenario


async def what_if(request: web.Request) -> web.Response:
    """Played in a process of its own, one day at a time, for at most some seconds."""
    wish, node = await body(request, WhatIfBody), request.app[NODE]
    past = await _past(request, wish)
    plans = [plan_of(queue) for queue in await node.store.queues.all()]
    job = Job(
        past=past,
        csv=wish.csv or "",
        agents=wish.agents,
        promises={plan.name: promise(plan) for plan in plans},
        values=dict((await node.store.directory()).tier_values),
        own={plan.name: dict(plan.tiers) for plan in plans if plan.tiers},
        scenarios=[Scenario(**one.model_dump()) for one in wish.scenarios],
    )
    try:
        played = await node.playing.play(job)
    except Busy:
        raise Problem(429, "Somebody else is playing a day just now; try again in a moment.", Retry_After="5") from None
    except TimeoutError:
        raise Problem(422, "This takes too long here; play a shorter time, or use helin simulate day.") from None
    if played.refused:
        raise Problem(422, f"{played.refused[0].upper()}{played.refused[1:]}.")
    return said(played)


async def _past(request: web.Request, wish: WhatIfBody) -> Past | None:
    if (wish.date is None) == (wish.csv is None):
        raise Problem(422, "Give either the date of a recorded day or a CSV of calls.")
    if wish.date is None:
        return None
    begin, end = day_of(wish.date, wish.time_zone)
    return await request.app[NODE].store.past_days.read(begin, end, MOST_CALLS)


def day_of(text: str, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight there. Raises Problem."""
    try:
        there = ZoneInfo(zone)
        first = date.fromisoformat(text)
        begin, end = (datetime.combine(day, time(), there) for day in (first, first + timedelta(days=1)))
        return begin.astimezone(UTC), end.astimezone(UTC)
    except (ZoneInfoNotFoundError, OSError, ValueError, OverflowError):
        raise Problem(422, "date: write a day like 2026-11-24; time_zone: one like Europe/Tallinn.") from None
