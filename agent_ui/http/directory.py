"""Users and queues, as administrators set them. What is live about them is in :mod:`agent_ui.http.live`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import msgspec
from aiohttp import web

from agent_ui.bus.port import DirectoryChanged, SignedOut
from agent_ui.http.bodies import (
    QueueBody,
    QueueChange,
    QueueFields,
    RuleChange,
    UserBody,
    UserChange,
    UserFields,
)
from agent_ui.http.node import NODE, SESSION, Node, body, found, now, page, said
from agent_ui.http.problems import Problem
from agent_ui.shapes import ReasonShape
from crm_store.records import Queue, Relaxed, UserFile
from crm_store.rules import FIELDS as RULE
from crm_store.rules import checked_rule
from crm_store.users import NEW, Put, plan_of
from crm_store.values import version_of
from routing.order import Moved, Place
from routing.story import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings(Queue):
    """``version`` changes with any of it. ``asterisk``: the one in which a queue of this name is, null while none was
    seen in any."""

    version: str
    asterisk: str | None


SHOWN = 50


class PlaceShape(msgspec.Struct, frozen=True):
    """Where a caller stands under a rule; 1 is served first."""

    position: int
    score: float
    reasons: list[ReasonShape]


class MovedShape(msgspec.Struct, frozen=True):
    """A caller under the present rule (``now``) and under the other (``edited``). ``call`` null: of a sample line."""

    call: str | None
    number: str | None
    name: str | None
    tier: str | None
    waited_seconds: float
    now: PlaceShape
    edited: PlaceShape


class DoubtShape(msgspec.Struct, frozen=True):
    """What is allowed and yet may not be meant."""

    code: str
    params: dict[str, str | int]


class PreviewShape(msgspec.Struct, frozen=True):
    """``sample``: nobody waits, the line is a typical one. ``line``: the first 50 of ``waiting``, by the other rule."""

    sample: bool
    waiting: int
    line: list[MovedShape]
    doubts: list[DoubtShape]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings(UserFile):
    """``version`` changes with any of it."""

    version: str


def _queue(node: Node, queue: Queue) -> QueueSettings:
    seen = node.board.picture.queues.get(queue.name)
    return QueueSettings(**asdict(queue), version=version_of(queue), asterisk=seen.asterisk if seen else None)


def _user(file: UserFile) -> UserSettings:
    return UserSettings(**asdict(file), version=version_of(file))


async def _done(request: web.Request, what: str, subject: str, changed: tuple[str, ...] = ()) -> None:
    """Tells everybody, and writes down who it was."""
    node = request.app[NODE]
    node.tell(DirectoryChanged())
    detail = {"changed": list(changed)} if changed else None
    await node.store.audit.add(now(), request[SESSION].user.login, what, subject, detail)


# Queues


async def queue(request: web.Request) -> web.Response:
    node = request.app[NODE]
    one = await node.store.queues.by_name(request.match_info["name"])
    if one is None:
        raise Problem(404, "There is no such queue.")
    return said(_queue(node, one))


async def add_queue(request: web.Request) -> web.Response:
    wish = await body(request, QueueBody)
    put = await request.app[NODE].store.queues.put(**_given(wish), version=NEW, by=_by(request))
    return await _queue_is(request, put)


async def put_queue(request: web.Request) -> web.Response:
    """A queue of this name is so from now on."""
    wish, name = await body(request, QueueFields), request.match_info["name"]
    put = await request.app[NODE].store.queues.put(name, **_given(wish), version=wish.version, by=_by(request))
    return await _queue_is(request, put)


async def change_queue(request: web.Request) -> web.Response:
    return await _change(request, await body(request, QueueChange))


async def change_rule(request: web.Request) -> web.Response:
    return await _change(request, await body(request, RuleChange))


async def _change(request: web.Request, wish: QueueChange | RuleChange) -> web.Response:
    name, given = request.match_info["name"], wish.model_dump(exclude_unset=True, exclude={"version"})
    put = await request.app[NODE].store.queues.change(name, given, wish.version, _by(request))
    if put is None:
        raise Problem(404, "There is no such queue.")
    return await _queue_is(request, put)


async def _queue_is(request: web.Request, put: Put[Queue]) -> web.Response:
    if put.changed:
        await _done(request, "put", f"queue:{put.value.name}", put.changed)
    return said(_queue(request.app[NODE], put.value), 201 if "name" in put.changed else 200)


async def rule_versions(request: web.Request) -> web.Response:
    """Every rule that the queue ever had, newest first."""
    after, limit = page(request)
    return said(await request.app[NODE].store.rules.of(request.match_info["name"], after, limit))


async def preview_rule(request: web.Request) -> web.Response:
    """Who would be next under another rule, beside who is now. Nothing is changed."""
    wish, node = await body(request, RuleChange), request.app[NODE]
    queue = await node.store.queues.by_name(request.match_info["name"])
    if queue is None:
        raise Problem(404, "There is no such queue.")
    given = wish.model_dump(exclude_unset=True, exclude={"version"})
    present = {name: value for name, value in asdict(queue).items() if name in RULE}
    rule = checked_rule(**{**present, **given})
    plan = plan_of(replace(queue, **{**rule, "relax": tuple(Relaxed(**step) for step in rule["relax"])}))
    sample, moved = node.board.under(plan, now())
    calls = node.board.picture.calls
    lines = [_moved(one, calls.get(one.request.call)) for one in moved[:SHOWN]]
    doubts = [DoubtShape(one.code, dict(one.params)) for one in node.board.doubts(plan)]
    return said(PreviewShape(sample, len(moved), lines, doubts))


def _moved(one: Moved, call: Call | None) -> MovedShape:
    return MovedShape(
        call.id if call is not None else None,
        call.number if call is not None else None,
        call.name if call is not None else None,
        one.request.tier,
        round(one.waited, 1),
        _place(one.now),
        _place(one.other),
    )


def _place(place: Place) -> PlaceShape:
    return PlaceShape(place.position, place.score, [ReasonShape(*each) for each in place.reasons])


async def remove_queue(request: web.Request) -> web.Response:
    """Its calls stay, and keep its name."""
    name = request.match_info["name"]
    found(await request.app[NODE].store.queues.remove(name), "queue")
    await _done(request, "removed", f"queue:{name}")
    return web.Response(status=204)


def _by(request: web.Request) -> str:
    return request[SESSION].user.login


def _given(wish: QueueFields) -> dict[str, Any]:
    return wish.model_dump(exclude={"version"})


# Users


async def users(request: web.Request) -> web.Response:
    """A leader is told of the own team."""
    me, files = request[SESSION].user, await request.app[NODE].store.users.files()
    if me.role == "leader":
        files = tuple(file for file in files if file.team == me.team or file.login == me.login)
    return said({"items": [_user(file) for file in files], "next": None})


async def put_user(request: web.Request) -> web.Response:
    """A user of this login is so from now on."""
    wish = await body(request, UserBody)
    return await _user_is(request, wish.login, wish, wish.model_dump(exclude=APART | {"login"}))


async def change_user(request: web.Request) -> web.Response:
    wish, had = await body(request, UserChange), await request.app[NODE].store.users.file(request.match_info["login"])
    if had is None:
        raise Problem(404, "There is no such user.")
    kept = {key: value for key, value in asdict(had).items() if key not in (*APART, "id", "login")}
    return await _user_is(request, had.login, wish, kept | wish.model_dump(exclude_unset=True, exclude=APART), had)


APART = {"password", "language", "version"}
"""What does not go into the user's own record as it came."""


async def _user_is(
    request: web.Request, login: str, wish: UserFields, given: dict[str, Any], had: UserFile | None = None
) -> web.Response:
    node = request.app[NODE]
    _not_oneself_out(request, login, given)
    version = wish.version or (version_of(had) if had is not None else None)
    hashed = await node.entry.hash(wish.password) if wish.password is not None else None
    put = await node.store.users.put(login, **given, password_hash=hashed, version=version)
    changed = put.changed
    if "language" in wish.model_fields_set and await node.store.preferences.speak(put.value.id, wish.language, now()):
        changed = (*changed, "language")
    if hashed is not None or not put.value.active:
        await node.store.sessions.close_all(put.value.id)
    leads_another = put.value.role == "leader" and "team" in changed
    if hashed is not None or not put.value.active or "role" in changed or leads_another:
        node.tell(SignedOut(put.value.login, ""))
    await _done(request, "put", f"user:{put.value.id}", changed)
    file = await node.store.users.file(put.value.login)
    if file is None:
        raise Problem(404, "There is no such user any more.")
    return said(_user(file), 201 if "login" in changed else 200)


def _not_oneself_out(request: web.Request, login: str, given: dict[str, Any]) -> None:
    me = request[SESSION].user
    if me.login == login and (given["role"] != me.role or not given["active"]):
        raise Problem(409, "You cannot take your own rights away; another administrator can.")
