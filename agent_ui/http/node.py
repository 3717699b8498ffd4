"""What the handlers work with, and the small things that all of them need."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import msgspec
from aiohttp import web
from pydantic import BaseModel

from agent_ui.board import Board, Me
from agent_ui.bus.port import Notice
from agent_ui.http.entry import Entry
from agent_ui.http.flood import Forms
from agent_ui.http.listening import Listening
from agent_ui.http.problems import Handler, Problem
from agent_ui.looking import Looking
from agent_ui.mail.answering import Answering
from agent_ui.playing import Playing
from agent_ui.shapes import encode
from agent_ui.softphones import Softphones
from agent_ui.wishes import CarryOut
from crm_store.records import Session
from crm_store.sound import SoundFolder
from crm_store.store import Store

B = TypeVar("B", bound=BaseModel)
W = TypeVar("W", bound=str)


class SignedIn(msgspec.Struct, frozen=True):
    """``token`` goes into ``Authorization: Bearer``; a browser has it in its cookie and needs it not."""

    token: str
    user: Me


class Ticket(msgspec.Struct, frozen=True):
    """For one connection to ``url`` within 30 seconds."""

    ticket: str
    url: str


@dataclass(frozen=True, slots=True)
class Node:
    """One web process. ``tell`` sends a notice to engines and the other web processes."""

    store: Store
    board: Board
    entry: Entry
    tell: Callable[[Notice], None]
    socket_path: str
    sounds: SoundFolder
    listening: Listening
    softphones: Softphones
    carry_out: CarryOut
    forms: Forms
    answering: Answering
    looking: Looking
    playing: Playing = field(default_factory=Playing)


NODE = web.AppKey("node", Node)
SESSION: web.RequestKey[Session] = web.RequestKey("session", Session)


def said(value: object, status: int = 200) -> web.Response:
    """JSON by msgspec; times as RFC 3339 in UTC."""
    return web.Response(status=status, body=encode(value), content_type="application/json")


def now() -> datetime:
    return datetime.now(UTC)


async def body(request: web.Request, kind: type[B]) -> B:
    """Raises Problem 400 or 415, ValidationError."""
    if request.content_type != "application/json":
        raise Problem(415, "Send JSON, with Content-Type: application/json.")
    text = await request.read()
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not valid JSON.") from None
    return kind.model_validate_json(text)


def page(request: web.Request) -> tuple[str | None, int]:
    """The cursor and the size of a list's part."""
    limit = request.query.get("limit", "50")
    if not (limit.isascii() and limit.isdigit()) or not 0 < int(limit[:6]) <= 200:
        raise Problem(422, "limit: a whole number from 1 to 200.")
    return request.query.get("cursor") or request.query.get("after") or None, int(limit)


def moment(request: web.Request, name: str) -> datetime | None:
    """A time from the query. Without a zone it is UTC."""
    text = request.query.get(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(422, f"{name}: write a time like 2026-11-24T08:00:00Z.") from None


def known(text: str, words: Iterable[W]) -> W | None:
    """The one of ``words`` that ``text`` is, as that type; None: it is none of them."""
    return next((word for word in words if word == text), None)


def found(value: B | object | None, what: str) -> None:
    if value is None or value is False:
        raise Problem(404, f"There is no such {what}.")


class Kept(Protocol):
    """A part of the store whose things have ids."""

    async def get(self, id: str, /) -> object | None: ...


def one_of(what: str, part: Callable[[Store], Kept]) -> Handler:
    """The handler that gives one of these by its id."""

    async def give(request: web.Request) -> web.StreamResponse:
        one = await part(request.app[NODE].store).get(request.match_info["id"])
        found(one, what)
        return said(one)

    return give
