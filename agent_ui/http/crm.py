"""Contacts and their history, and who is signed in."""

from __future__ import annotations

import asyncio
import contextlib
import secrets

from aiohttp import web

from agent_ui.board import Me, me_of
from agent_ui.bus.port import SignedOut
from agent_ui.http.bodies import ContactBody, ContactChange, InteractionBody, SignIn, TierBody
from agent_ui.http.entry import address_of, bearer
from agent_ui.http.node import NODE, SESSION, SignedIn, Ticket, body, found, now, one_of, page, said
from agent_ui.http.problems import Problem
from crm_store.records import ContactFields, User

SIGN_OUT_WAITS = 2.0
"""For the softphone's password to be replaced; if it takes longer, the next sweep does it."""


def _me(request: web.Request, user: User) -> Me:
    return me_of(user, request.app[NODE].board.policy)


async def sign_in(request: web.Request) -> web.Response:
    node = request.app[NODE]
    node.entry.check_origin(request)
    wish = await body(request, SignIn)
    token, session = await node.entry.sign_in(wish.login, wish.password, address_of(request))
    await node.store.audit.add(now(), wish.login, "signed in", f"user:{session.user.id}")
    answer = said(SignedIn(token, _me(request, session.user)))
    answer.set_cookie(
        node.entry.cookie, token, httponly=True, samesite="Lax", secure=node.entry.secure, path="/",
        max_age=int((session.expires_at - session.created_at).total_seconds()),
    )  # fmt: skip
    return answer


async def sign_out(request: web.Request) -> web.Response:
    node, session = request.app[NODE], request[SESSION]
    token = bearer(request) or request.cookies.get(node.entry.cookie, "")
    await node.store.sessions.close(token)
    node.tell(SignedOut(session.user.login, session.key))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SIGN_OUT_WAITS):
            await node.softphones.session_over(session.key)
    answer = web.Response(status=204)
    answer.del_cookie(node.entry.cookie, path="/", secure=node.entry.secure, httponly=True, samesite="Lax")
    return answer


async def who_am_i(request: web.Request) -> web.Response:
    return said(_me(request, request[SESSION].user))


async def ticket(request: web.Request) -> web.Response:
    """One use, 30 s. Any web process takes it."""
    node = request.app[NODE]
    drawn = secrets.token_urlsafe(24)
    if not await node.entry.issue((drawn, request[SESSION])):
        raise Problem(401, "Sign in first.")
    return said(Ticket(drawn, node.entry.socket_url(request.host, node.socket_path)))


async def contacts(request: web.Request) -> web.Response:
    after, limit = page(request)
    query = request.query
    return said(
        await request.app[NODE].store.contacts.search(query.get("q", ""), query.get("number", ""), after, limit)
    )


async def add_contact(request: web.Request) -> web.Response:
    # The body's model has the record's keys and types; mypy cannot see that of a dictionary.
    fields = ContactFields(**(await body(request, ContactBody)).model_dump(exclude_unset=True))  # type: ignore[typeddict-item]
    return said(await request.app[NODE].store.contacts.add(fields), 201)


contact = one_of("contact", lambda store: store.contacts)


async def change_contact(request: web.Request) -> web.Response:
    # As above: the model has the record's keys and types.
    fields = ContactFields(**(await body(request, ContactChange)).model_dump(exclude_unset=True))  # type: ignore[typeddict-item]
    one = await request.app[NODE].store.contacts.change(request.match_info["id"], fields)
    found(one, "contact")
    return said(one)


async def set_tier(request: web.Request) -> web.Response:
    """By hand: of the contact's account, or of the contact without one."""
    node, id_, wish = request.app[NODE], request.match_info["id"], await body(request, TierBody)
    found(await node.store.tiers.set(id_, wish.tier), "contact")
    await node.store.audit.add(
        now(), request[SESSION].user.login, "set tier", f"contact:{id_}", {"tier": wish.tier or "as the orders make it"}
    )
    return said(await node.store.contacts.get(id_))


async def remove_contact(request: web.Request) -> web.Response:
    node, id_ = request.app[NODE], request.match_info["id"]
    forget = request.query.get("forget") == "true"
    contacts, who = node.store.contacts, request[SESSION].user.login
    if request.query.get("objected") == "true" and (one := await contacts.get(id_)) is not None:
        for number in one.numbers:
            _, new = await node.store.do_not_call.add(
                number, "marketing", who, "objected; the contact is removed", now()
            )
            if new:
                await node.store.audit.add(now(), who, "added", f"do-not-call:{number}", {"scope": "marketing"})
    found(await (contacts.erase(id_, now()) if forget else contacts.remove(id_)), "contact")
    what = "erased" if forget else "removed"
    await node.store.audit.add(now(), request[SESSION].user.login, what, f"contact:{id_}")
    return web.Response(status=204)


async def interactions(request: web.Request) -> web.Response:
    after, limit = page(request)
    store, id_ = request.app[NODE].store, request.match_info["id"]
    found(await store.contacts.get(id_), "contact")
    return said(await store.interactions.of_contact(id_, after, limit))


async def add_interaction(request: web.Request) -> web.Response:
    """Something that happened with a contact apart from calls, which are written down by themselves."""
    wish = await body(request, InteractionBody)
    store, who = request.app[NODE].store, request[SESSION].user.login
    id_ = request.match_info["id"]
    found(await store.contacts.get(id_), "contact")
    added = await store.interactions.add(id_, wish.channel, now(), wish.direction, who, wish.disposition, wish.note)
    return said(added, 201)
