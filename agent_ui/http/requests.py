"""Written requests for programs and for the panel: added, listed, read, cancelled, answered by mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from agent_ui.http.bodies import ReplyBody, RequestBody, RequestChange, RequestDraftBody
from agent_ui.http.dialling import KEY
from agent_ui.http.node import NODE, SESSION, body, found, now, page, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import may_see, sees_all
from agent_ui.mail.answering import CannotSend
from crm_store.drafts import of_request
from crm_store.requests import UNTAKEN, Request, RequestFilter

ANSWER_WITHIN = timedelta(hours=4)
"""What is promised where nobody says anything else; a callback keeps its caller's place."""
FILTERS = ("queue", "kind", "state", "agent", "contact", "number")


async def _sees(request: web.Request, one: Request) -> bool:
    """Who sees all, programs, who has it or leads who has it, and who serves its queue."""
    user = request[SESSION].user
    if await may_see(request, (one.agent or "",)):
        return True
    return one.queue in request.app[NODE].board.queues_of(user.login)


async def _one(request: web.Request) -> Request:
    """Raises Problem 404, also for what this person may not see."""
    one = await request.app[NODE].store.requests.get(request.match_info["id"])
    if one is None or not await _sees(request, one):
        raise Problem(404, "There is no such request.")
    return one


def _holds(one: Request, login: str) -> None:
    """Raises Problem."""
    if one.agent != login or one.state not in ("taken", "parked"):
        raise Problem(409, "Accept the request first.")


async def requests(request: web.Request) -> web.Response:
    """In the order of coming. An agent sees own ones; a leader, with ``agent``, those of one of the team too."""
    user = request[SESSION].user
    given: dict[str, Any] = {name: request.query.get(name) or None for name in FILTERS}
    if not sees_all(request) and not (given["agent"] and await may_see(request, (given["agent"],))):
        given["agent"] = user.login
    want = RequestFilter(**given, open=request.query.get("open") == "true")
    return said(await request.app[NODE].store.requests.page(want, *page(request)))


async def request_(request: web.Request) -> web.Response:
    return said(await _one(request))


async def add_request(request: web.Request) -> web.Response:
    """201: it is new; 200: the same Idempotency-Key was given before, and this is what was added then."""
    wish, key = await body(request, RequestBody), request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Problem(422, "Idempotency-Key: 1 to 64 letters, digits or _ . -")
    fields = wish.model_dump(exclude_unset=True, exclude={"kind", "queue", "subject", "contact"})
    if wish.kind != "callback":
        fields["due_at"] = wish.due_at or (wish.since or now()) + ANSWER_WITHIN
    login = request[SESSION].user.login
    added = await request.app[NODE].store.requests.add(
        wish.kind, wish.queue, wish.subject, now(), fields | {"details": {"by": login}},
        contact=wish.contact, key=f"api:{login}:{key}" if key else None,
    )  # fmt: skip
    return said(added.request, 201 if added.new else 200)


async def change_request(request: web.Request) -> web.Response:
    """Whose request it is."""
    wish, one = await body(request, RequestChange), await _one(request)
    changed = await request.app[NODE].store.requests.belongs_to(one.id, wish.contact, now())
    if changed is None:
        raise Problem(409, "This request is over.")
    return said(changed)


async def cancel_request(request: web.Request) -> web.Response:
    """Also one that an agent has: it goes from their panel."""
    part, id_ = request.app[NODE].store.requests, request.match_info["id"]
    gone = await part.move(id_, "cancelled", now(), was=(*UNTAKEN, "taken"))
    if gone is None:
        found(await part.get(id_), "request")
        raise Problem(409, "This request is over already.")
    return said(gone)


async def reply(request: web.Request) -> web.Response:
    """Sends a mail to who wrote. The same Idempotency-Key again sends nothing and says what became of the first."""
    wish, one, node = await body(request, ReplyBody), await _one(request), request.app[NODE]
    key, user = request.headers.get("Idempotency-Key", ""), request[SESSION].user
    if not KEY.fullmatch(key):
        raise Problem(422, "Idempotency-Key: send a header of 1 to 64 letters, digits or _ . - with each answer.")
    _holds(one, user.login)
    try:
        return said(await node.answering.send(one, user.login, f"{user.login}/{key}", wish.text))
    except CannotSend as problem:
        raise Problem(409, str(problem)) from None


async def replies(request: web.Request) -> web.Response:
    one = await _one(request)
    return said({"items": await request.app[NODE].store.replies.of(one.id), "next": None})


async def draft(request: web.Request) -> web.Response:
    """The own one, else what the agent before had begun."""
    one = await _one(request)
    return said(await request.app[NODE].store.drafts.get(of_request(one.id), request[SESSION].user.login))


async def put_draft(request: web.Request) -> web.Response:
    """Only who has the request writes an answer."""
    wish, one, node = await body(request, RequestDraftBody), await _one(request), request.app[NODE]
    login = request[SESSION].user.login
    _holds(one, login)
    return said(await node.store.drafts.put_answer(one.id, login, wish.text, now()))


async def attachment(request: web.Request) -> web.Response:
    """To be saved, never shown: whatever its sender calls it, it is bytes, and no browser is to guess what they are."""
    one, text = await _one(request), request.match_info["n"]
    n = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    kept = await request.app[NODE].store.attachments.get(one.id, n)
    if kept is None:
        raise Problem(404, "This attachment is not kept here; look into the mailbox.")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(kept.name), safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return web.Response(body=kept.body, content_type="application/octet-stream", headers=headers)


def file_name(said: str) -> str:
    """A name that stays in the folder where it is saved, and shows its real ending.

    Windows takes no ``<>:"|?*``, and drops dots and spaces at the end.
    """
    plain = "".join(letter if letter.isprintable() and letter not in '<>:"|?*' else "_" for letter in said)
    base = plain.replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, dot, ending = base.rpartition(".")
    return f"{stem[:120]}{dot}{ending[:20]}" if stem else base[:120] or "attachment"
