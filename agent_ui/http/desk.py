"""What an agent has beside a call: dispositions, articles, drafts, the own day and preferences."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from agent_ui.http.bodies import (
    ArticleBody,
    ArticleChange,
    DispositionsBody,
    DraftBody,
    PreferencesBody,
    VoteBody,
)
from agent_ui.http.live import agents_of
from agent_ui.http.node import NODE, SESSION, body, found, moment, now, one_of, page, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import may_see
from crm_store.articles import ArticleFilter
from crm_store.days import Day
from crm_store.dispositions import Disposition
from crm_store.tasks import Task, TaskFilter

LONGEST_DAY = timedelta(days=31)
SHOWN_NEXT = 10
SOON = timedelta(days=1)
MOST_COUNTED = 200


class OwnDay(Day, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A day between ``from`` and ``to``.

    ``callbacks_due``, ``tasks_due``: own ones and anyone's, due until ``to``; ``next``: the first of them, and of what
    comes within a day.
    """

    from_: datetime
    to: datetime
    dispositions: dict[str, int]
    callbacks_due: int
    tasks_due: int
    next: tuple[Task, ...]


async def dispositions(request: web.Request) -> web.Response:
    kept, queue = request.app[NODE].store.dispositions, request.query.get("queue")
    return said({"items": await (kept.of_queue(queue) if queue else kept.all()), "next": None})


async def put_dispositions(request: web.Request) -> web.Response:
    """The whole tree is so from now on."""
    node, wish = request.app[NODE], await body(request, DispositionsBody)
    tree = [Disposition(**one.model_dump(exclude={"queues"}), queues=tuple(one.queues)) for one in wish.items]
    kept = await node.store.dispositions.put_all(tree)
    keys = {"keys": [one.key for one in kept]}
    await node.store.audit.add(now(), request[SESSION].user.login, "put", "dispositions", keys)
    return said({"items": kept, "next": None})


async def articles(request: web.Request) -> web.Response:
    """With ``q`` one part only: who does not find it there types another letter."""
    kept, query = request.app[NODE].store.articles, request.query
    want = ArticleFilter(query.get("language"), query.get("kind"), query.get("section"))
    after, limit = page(request)
    if query.get("q", "").strip():
        return said({"items": await kept.search(query["q"], want, limit), "next": None})
    return said(await kept.page(want, after, limit))


article = one_of("article", lambda store: store.articles)


async def add_article(request: web.Request) -> web.Response:
    node, who = request.app[NODE], request[SESSION].user.login
    made = await node.store.articles.add(who, (await body(request, ArticleBody)).model_dump())
    await node.store.audit.add(now(), who, "added", f"article:{made.id}", {"title": made.title})
    return said(made, 201)


async def change_article(request: web.Request) -> web.Response:
    node, who = request.app[NODE], request[SESSION].user.login
    given = (await body(request, ArticleChange)).model_dump(exclude_unset=True)
    one = await node.store.articles.change(request.match_info["id"], who, given)
    if one is None:
        raise Problem(404, "There is no such article.")
    await node.store.audit.add(now(), who, "changed", f"article:{one.id}", {"fields": sorted(given)})
    return said(one)


async def remove_article(request: web.Request) -> web.Response:
    node, id_ = request.app[NODE], request.match_info["id"]
    found(await node.store.articles.remove(id_), "article")
    await node.store.audit.add(now(), request[SESSION].user.login, "removed", f"article:{id_}")
    return web.Response(status=204)


async def article_used(request: web.Request) -> web.Response:
    found(await request.app[NODE].store.articles.count_use(request.match_info["id"]), "article")
    return web.Response(status=204)


async def article_helpful(request: web.Request) -> web.Response:
    wish, who = await body(request, VoteBody), request[SESSION].user.login
    one = await request.app[NODE].store.articles.vote(request.match_info["id"], who, wish.yes)
    found(one, "article")
    return said(one)


async def own_call(request: web.Request) -> str:
    """The call's id, if this person may have a draft of it: they had a part in it. Raises Problem 404."""
    node, id_ = request.app[NODE], request.match_info["id"]
    call = node.board.picture.calls.get(id_)
    if call is None:
        file = await node.store.calls.get(id_)
        call = file.call if file is not None else None
    if call is None or not await may_see(request, agents_of(call)):
        raise Problem(404, "There is no such call.")
    return call.id


async def draft(request: web.Request) -> web.Response:
    id_ = await own_call(request)
    return said(await request.app[NODE].store.drafts.get(id_, request[SESSION].user.login))


async def put_draft(request: web.Request) -> web.Response:
    id_, wish = await own_call(request), await body(request, DraftBody)
    return said(await request.app[NODE].store.drafts.put(id_, request[SESSION].user.login, wish.text, now()))


async def my_day(request: web.Request) -> web.Response:
    store, me = request.app[NODE].store, request[SESSION].user.login
    at = now()
    end = moment(request, "to") or at
    begin = moment(request, "from") or end - timedelta(hours=24)
    if not timedelta(0) < end - begin <= LONGEST_DAY:
        raise Problem(422, f"from must be before to, and at most {LONGEST_DAY.days} days.")
    day = await store.days.of(me, begin, end, at)
    due = (await store.tasks.page(_due(me, end), None, MOST_COUNTED)).items
    soon = await store.tasks.page(_due(me, max(end, at) + SOON), None, SHOWN_NEXT)
    callbacks = sum(task.kind == "callback" for task in due)
    own = OwnDay(
        from_=begin,
        to=end,
        **msgspec.structs.asdict(day),
        dispositions=await store.wrap_ups.dispositions_of(me, begin, end),
        callbacks_due=callbacks,
        tasks_due=len(due) - callbacks,
        next=soon.items,
    )
    return said(own)


def _due(me: str, before: datetime) -> TaskFilter:
    return TaskFilter(owners=(me, None), due_before=before)


async def preferences(request: web.Request) -> web.Response:
    return said(await request.app[NODE].store.preferences.get(request[SESSION].user.id))


async def put_preferences(request: web.Request) -> web.Response:
    wish = await body(request, PreferencesBody)
    kept = request.app[NODE].store.preferences
    return said(await kept.put(request[SESSION].user.id, wish.preferences, now()))
