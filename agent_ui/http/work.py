"""Tickets, orders, promises, tasks: what agents keep about contacts."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agent_ui.http.bodies import (
    Body,
    OrderBody,
    OrderChange,
    PromiseBody,
    PromiseChange,
    TaskBody,
    TaskChange,
    TicketBody,
    TicketChange,
)
from agent_ui.http.node import NODE, SESSION, body, found, moment, one_of, page, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import may_see, sees_all
from crm_store.orders import OrderLine
from crm_store.service_tickets import TicketFilter
from crm_store.tasks import Task, TaskFilter


def _given(wish: Body, *without: str) -> dict[str, Any]:
    """What the body named, in the store's words."""
    fields = wish.model_dump(exclude_unset=True, exclude={"contact", *without})
    if "call" in fields:
        fields["call_id"] = fields.pop("call")
    return fields


def _yes(request: web.Request, name: str) -> bool:
    value = request.query.get(name, "false")
    if value not in ("true", "false"):
        raise Problem(422, f"{name}: true or false.")
    return value == "true"


def _word(request: web.Request, name: str) -> str | None:
    return request.query.get(name) or None


async def tickets(request: web.Request) -> web.Response:
    names = ("contact", "status", "kind", "owner")
    want = TicketFilter(**{name: _word(request, name) for name in names}, open=_yes(request, "open"))
    return said(await request.app[NODE].store.service_tickets.page(want, *page(request)))


async def add_ticket(request: web.Request) -> web.Response:
    wish, who = await body(request, TicketBody), request[SESSION].user.login
    return said(await request.app[NODE].store.service_tickets.add(wish.contact, who, _given(wish)), 201)


ticket = one_of("ticket", lambda store: store.service_tickets)


async def change_ticket(request: web.Request) -> web.Response:
    wish = await body(request, TicketChange)
    one = await request.app[NODE].store.service_tickets.change(request.match_info["id"], _given(wish))
    found(one, "ticket")
    return said(one)


async def orders(request: web.Request) -> web.Response:
    of = _word(request, "contact"), _word(request, "status")
    return said(await request.app[NODE].store.orders.page(*of, *page(request)))


async def add_order(request: web.Request) -> web.Response:
    wish, who = await body(request, OrderBody), request[SESSION].user.login
    lines = [OrderLine(**line.model_dump()) for line in wish.lines]
    return said(await request.app[NODE].store.orders.add(wish.contact, who, lines, _given(wish, "lines")), 201)


async def products(request: web.Request) -> web.Response:
    """To choose from; anything else may be ordered too."""
    return said({"items": await request.app[NODE].store.orders.products(), "next": None})


order = one_of("order", lambda store: store.orders)


async def change_order(request: web.Request) -> web.Response:
    wish = await body(request, OrderChange)
    lines = [OrderLine(**line.model_dump()) for line in wish.lines] if "lines" in wish.model_fields_set else None
    one = await request.app[NODE].store.orders.change(request.match_info["id"], _given(wish, "lines"), lines)
    found(one, "order")
    return said(one)


async def promises(request: web.Request) -> web.Response:
    of = _word(request, "contact"), _yes(request, "open")
    return said(await request.app[NODE].store.promises.page(*of, *page(request)))


async def add_promise(request: web.Request) -> web.Response:
    wish, who = await body(request, PromiseBody), request[SESSION].user.login
    made = await request.app[NODE].store.promises.add(wish.contact, who, wish.text, wish.due_at, wish.call)
    return said(made, 201)


promise = one_of("promise", lambda store: store.promises)


async def change_promise(request: web.Request) -> web.Response:
    wish = await body(request, PromiseChange)
    one = await request.app[NODE].store.promises.change(request.match_info["id"], _given(wish))
    found(one, "promise")
    return said(one)


# Tasks: an agent has to do with own ones and with anyone's


async def tasks(request: web.Request) -> web.Response:
    want = TaskFilter(
        owners=await _owners(request),
        kind=_word(request, "kind"),
        contact=_word(request, "contact"),
        done=_yes(request, "done"),
        due_before=moment(request, "due_before"),
    )
    return said(await request.app[NODE].store.tasks.page(want, *page(request)))


async def _owners(request: web.Request) -> tuple[str | None, ...]:
    me, whose, owner = request[SESSION].user.login, _word(request, "whose"), _word(request, "owner")
    known: dict[str | None, tuple[str | None, ...]] = {
        None: (me, None),
        "mine": (me,),
        "anyone": (None,),
        "all": (),
    }
    if whose not in known:
        raise Problem(422, "whose: mine, anyone or all.")
    if not sees_all(request) and (whose == "all" or not await _sees(request, owner)):
        raise Problem(403, "You may see your own tasks and anyone's.")
    return (owner,) if owner is not None else known[whose]


async def _sees(request: web.Request, owner: str | None) -> bool:
    """Anyone's, and those of whom this person sees."""
    return owner is None or await may_see(request, (owner,))


async def _task(request: web.Request) -> Task:
    """Raises Problem 404 also for one that is somebody else's, unless this person made it."""
    one = await request.app[NODE].store.tasks.get(request.match_info["id"])
    me = request[SESSION].user.login
    if one is None or not (await _sees(request, one.owner) or one.created_by == me):
        raise Problem(404, "There is no such task.")
    return one


async def _may_give(request: web.Request, owner: str | None) -> None:
    if not await _sees(request, owner):
        raise Problem(403, "A supervisor gives tasks to others; leave it to anyone, or take it yourself.")


async def add_task(request: web.Request) -> web.Response:
    wish, me = await body(request, TaskBody), request[SESSION].user.login
    fields = _given(wish, "text", "due_at")
    fields.setdefault("owner", me)
    await _may_give(request, fields["owner"])
    made = await request.app[NODE].store.tasks.add(me, wish.text, wish.due_at, wish.contact, fields)
    return said(made, 201)


async def task(request: web.Request) -> web.Response:
    return said(await _task(request))


async def change_task(request: web.Request) -> web.Response:
    wish, had = await body(request, TaskChange), await _task(request)
    if "owner" in wish.model_fields_set:
        await _may_give(request, wish.owner)
    me = request[SESSION].user.login
    one = await request.app[NODE].store.tasks.change(had.id, me, _given(wish), had.owner)
    found(one, "task")
    return said(one)
