"""Calls, queues and agents: what is live from the board, what was from the store."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final, Literal

import msgspec
from aiohttp import web

from agent_ui.http.node import NODE, SESSION, known, moment, now, page, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import fits, held, may_see, sees_all
from agent_ui.shapes import StoryShape, call_shape
from crm_store.numbers import to_e164
from crm_store.records import CallFilter, cursor, place
from routing.story import Call

WITHOUT: Final = ("queue", "tier", "agent", "skill", "team")
DIRECTIONS: Final[tuple[Literal["inbound", "outbound", "internal"], ...]] = ("inbound", "outbound", "internal")


async def calls(request: web.Request) -> web.Response:
    node, query = request.app[NODE], request.query
    state = query.get("state") or None
    if state not in (None, "active", "ended"):
        raise Problem(422, "state: active or ended.")
    direction = known(query.get("direction", ""), DIRECTIONS)
    if direction is None and query.get("direction"):
        raise Problem(422, "direction: inbound, outbound or internal.")
    want = CallFilter(
        from_=moment(request, "from"),
        to=moment(request, "to"),
        queue=query.get("queue") or None,
        agent=query.get("agent") or None,
        number=_number(request),
        state="ended" if state == "ended" else None,
        contact=query.get("contact") or None,
        direction=direction,
        **await behind(request),
        **await held(request),
    )
    after, limit = page(request)
    if state == "active":
        return said(_active([call for call in node.board.picture.calls.values() if _fits(call, want)], after, limit))
    found_ = await node.store.calls.page(want, after, limit)
    return said({"items": [call_shape(call, now()) for call in found_.items], "next": found_.next})


async def behind(request: web.Request) -> dict[str, Any]:
    """The part of a filter that figures' links use. Raises Problem 422."""
    query = request.query
    given: dict[str, Any] = {
        name: query[name] for name in ("tier", "counted", "answered_by", "talked_by") if query.get(name)
    }
    for name in ("target_seconds", "short_seconds"):
        if query.get(name):
            given[name] = seconds(request, name)
    if query.get("without"):
        given["without"] = tuple(query["without"].split(","))
        if not set(given["without"]) <= set(WITHOUT):
            raise Problem(422, f"without: some of {', '.join(WITHOUT)}.")
    if query.get("skill"):
        asking = [one.name for one in await request.app[NODE].store.queues.all() if query["skill"] in one.skills]
        given["queues"] = tuple(asking)
    if "team" in given.get("without", ()):
        given["without"] = tuple(name for name in given["without"] if name != "team")
    if "skill" in given.get("without", ()):
        given["without"] = tuple(name for name in given["without"] if name != "skill")
        given["not_queues"] = tuple(one.name for one in await request.app[NODE].store.queues.all() if one.skills)
    if given and query.get("state") == "active":
        raise Problem(422, "state: active calls cannot be listed behind a figure; leave it out.")
    return given


def seconds(request: web.Request, name: str) -> float:
    try:
        found = float(request.query[name])
    except ValueError:
        found = -1.0
    if not 0 <= found <= 86_400:
        raise Problem(422, f"{name}: a number of seconds from 0 to 86400.")
    return found


def _active(calls: list[Call], after: str | None, limit: int) -> dict[str, Any]:
    """A page of what is up now, newest first; a call that began meanwhile does not move the pages behind it."""
    calls.sort(key=_age, reverse=True)
    if after:
        at, id_ = place(after, str, str)
        calls = [call for call in calls if _age(call) < (at, id_)]
    items = calls[:limit]
    return {
        "items": [call_shape(call, now()) for call in items],
        "next": cursor(*_age(items[-1])) if len(calls) > len(items) else None,
    }


def _age(call: Call) -> tuple[str, str]:
    return call.started_at.astimezone(UTC).isoformat(timespec="microseconds"), call.id


def _number(request: web.Request) -> str | None:
    text = request.query.get("number")
    if not text:
        return None
    e164 = to_e164(text if text.startswith("+") else text.strip(), request.app[NODE].store.country)
    plus = to_e164("+" + text.strip(), request.app[NODE].store.country) if text.startswith(" ") else None
    number = plus or e164
    if number is None:
        raise Problem(422, "number: this is no telephone number; write it like +3725550123.")
    return number


def _fits(call: Call, want: CallFilter) -> bool:
    return (
        (want.from_ is None or call.started_at >= want.from_)
        and (want.to is None or call.started_at < want.to)
        and (want.queue is None or call.queue == want.queue)
        and (want.direction is None or call.direction == want.direction)
        and (want.number is None or call.number == want.number)
        and (want.contact is None or call.contact == want.contact)
        and (want.agent is None or want.agent in agents_of(call))
        and fits(agents_of(call), want)
    )


def agents_of(call: Call) -> frozenset[str]:
    """Those at whom it rang or rings, and who talked in it."""
    took = {leg.agent for leg in call.legs if leg.agent} | {segment.agent for segment in call.segments}
    return frozenset((*call.ringing, *took))


async def call(request: web.Request) -> web.Response:
    """The call with its legs and its facts in order. One that is up is shown as it is now."""
    node, id_ = request.app[NODE], request.match_info["id"]
    file = await node.store.calls.get(id_)
    story = node.board.picture.calls.get(id_) or (file.call if file is not None else None)
    if story is None or not await may_see(request, agents_of(story)):
        raise Problem(404, "There is no such call.")
    facts = [_fact(one.fact) for one in (file.facts if file is not None else ())]
    return said(StoryShape(**msgspec.structs.asdict(call_shape(story, now())), legs=story.legs, facts=facts))


def _fact(fact: object) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": type(fact).__name__, **msgspec.to_builtins(fact)}
    for hidden in ("call", "pop"):
        shown.pop(hidden, None)
    return shown


def _queues(request: web.Request) -> frozenset[str]:
    """Those that this person sees."""
    board = request.app[NODE].board
    return frozenset(board.queue_names()) if sees_all(request) else board.visible_queues(request[SESSION].user)


async def queues(request: web.Request) -> web.Response:
    node = request.app[NODE]
    return said({"items": [node.board.queue(name) for name in sorted(_queues(request))], "next": None})


async def waiting(request: web.Request) -> web.Response:
    """The line of a queue; the first is served first."""
    node, name = request.app[NODE], request.match_info["name"]
    if name not in _queues(request):
        raise Problem(404, "There is no such queue.")
    return said({"items": node.board.waiting(name, 1000), "next": None})


async def colleagues(request: web.Request) -> web.Response:
    """Whom a call may be given to; less of each than a supervisor sees."""
    return said({"items": request.app[NODE].board.colleagues(), "next": None})


async def agents(request: web.Request) -> web.Response:
    board = request.app[NODE].board
    seen = board.agents() if sees_all(request) else board.agents_seen_by(request[SESSION].user)
    return said({"items": seen, "next": None})
