"""Shifts: who is to work when. Supervisors plan them; an agent sees own ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from agent_ui.http.bodies import ShiftBody
from agent_ui.http.node import NODE, SESSION, body, found, moment, now, page, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import reach
from crm_store.errors import Refused
from crm_store.zones import checked_zone
from routing.adherence import Planned

LONGEST: Final = timedelta(days=62)
KINDS: Final = ("text/csv", "text/plain", "application/csv", "application/octet-stream")


async def shifts(request: web.Request) -> web.Response:
    """Those of a time of two months at most; this week if none is said."""
    begin = moment(request, "from") or now() - timedelta(days=1)
    end = moment(request, "to") or begin + timedelta(days=8)
    if not timedelta() < end - begin <= LONGEST:
        raise Problem(422, f"to: later than from, by at most {LONGEST.days} days.")
    mine, agent = await reach(request), request.query.get("agent")
    if mine is not None and agent and agent not in mine:
        raise Problem(403, "You may see your own shifts, and those of a team that you lead.")
    among = mine if not agent else frozenset({agent})
    after, limit = page(request)
    listed = await request.app[NODE].store.shifts.page(begin, end, among, after, limit)
    return said({"items": listed.items, "next": listed.next})


async def add(request: web.Request) -> web.Response:
    node, wish = request.app[NODE], await body(request, ShiftBody)
    made = await node.store.shifts.add(Planned(wish.agent, wish.begins_at, wish.ends_at, wish.kind))
    who = request[SESSION].user.login
    await node.store.audit.add(now(), who, "put", f"shift:{made.id}", {"agent": made.agent})
    return said(made, 201)


async def remove(request: web.Request) -> web.Response:
    node, id_ = request.app[NODE], request.match_info["id"]
    gone = await node.store.shifts.remove(id_)
    found(gone, "shift")
    await node.store.audit.add(now(), request[SESSION].user.login, "remove", f"shift:{id_}", {})
    return web.Response(status=204)


async def read(request: web.Request) -> web.Response:
    """A CSV file; each row is taken, or refused with a sentence."""
    if request.content_type not in KINDS:
        raise Problem(415, "Send a CSV file, with Content-Type: text/csv.")
    try:
        zone = ZoneInfo(checked_zone(request.query.get("time_zone")) or "UTC")
        text = (await request.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(422, "This is no CSV file in UTF-8; save it as one.") from None
    except Refused as why:
        raise Problem(422, f"time_zone: {why}.") from None
    node = request.app[NODE]
    report = await node.store.shifts.read(text, zone)
    counts = {"rows": report.rows, "added": report.added, "refused": report.refused}
    await node.store.audit.add(now(), request[SESSION].user.login, "put", "shifts", counts)
    return said(report)
