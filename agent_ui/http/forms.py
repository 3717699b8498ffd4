"""Web forms: anybody may send one, so each is bounded in size, number and meaning, and nothing of it is believed.

A form's key stands in the page that anybody can read: it only says which form it is. Fields: ``name``, ``email``,
``number``, ``subject``, ``message``; any other of at most 20 is shown to the agent as it came. ``website`` is a trap:
no person sees it, and what fills it in gets the usual answer and is thrown away.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog
from aiohttp import web

from agent_ui.http import callback_form
from agent_ui.http.entry import address_of
from agent_ui.http.flood import FormPlan
from agent_ui.http.node import NODE, now, said
from agent_ui.http.problems import Problem
from crm_store.errors import Refused

TRAP = "website"
KNOWN = ("name", "email", "number", "subject", "message")
LONGEST = {"name": 200, "email": 320, "number": 40, "subject": 300, "message": 20_000}
LARGEST, LONGEST_OTHER, MOST_OTHERS = 64_000, 2_000, 20
METHODS = "POST, OPTIONS"

log = structlog.get_logger("forms")


class Received(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of a form that asks for a callback also: ``text`` for the customer, and from when on they are called."""

    received: bool
    text: str = ""
    not_before: datetime | None = None


async def allowed(request: web.Request) -> web.Response:
    """What a browser asks before it lets another site's script send the form."""
    plan = request.app[NODE].forms.plan(request.match_info["key"])
    headers = _cors(plan, request)
    if not headers:
        raise Problem(403, "This page may not send this form: its address is not among the form's origins.")
    more = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": "Content-Type"}
    return web.Response(status=204, headers=headers | more | {"Access-Control-Max-Age": "600"})


async def send(request: web.Request) -> web.Response:
    """Takes the form. A page's script may read the answer if its site is one of the form's origins."""
    node = request.app[NODE]
    plan = node.forms.plan(request.match_info["key"])
    cors = _cors(plan, request)
    if "Origin" in request.headers and not cors and plan.origins:
        raise Problem(403, "This page may not send this form: its address is not among the form's origins.")
    try:
        taken = await _take(request, plan)
    except Problem as problem:
        problem.headers |= cors
        raise
    except Refused as why_not:
        raise Problem(422, str(why_not), **cors) from None
    if plan.thanks_url and request.content_type != "application/json":
        return web.Response(status=303, headers={"Location": plan.thanks_url, **cors})
    answer = said(taken, 202)
    answer.headers.update(cors)
    return answer


async def _take(request: web.Request, plan: FormPlan) -> Received:
    address = address_of(request)
    request.app[NODE].forms.flood.begin(plan, address, asyncio.get_running_loop().time())
    fields = await _fields(request)
    if fields.pop(TRAP, ""):
        log.info("a form was filled in by a machine", form=plan.name, address=address)
        return Received(True)
    known, others = _sorted(fields)
    if plan.kind == "callback":
        return Received(True, *await callback_form.take(request, plan, fields))
    if not known["message"] and not known["subject"]:
        raise Problem(422, "message: write what it is about.")
    if not (known["email"] or known["number"]):
        raise Problem(422, "email: leave a mail address or a telephone number, so that we can answer.")
    if known["email"] and not _is_address(known["email"]):
        raise Problem(422, "email: this is no mail address.")
    moment = now()
    about = " ".join((known["subject"] or known["message"]).split())[: LONGEST["subject"]]
    wish: dict[str, Any] = {name: known[name] for name in ("name", "email", "number") if known[name]}
    wish |= {"text": known["message"] or None, "skills": plan.skills, "due_at": moment + plan.answer_within}
    wish["details"] = {"form": plan.name, "fields": others}
    await request.app[NODE].store.requests.add("form", plan.queue, about, moment, wish)
    return Received(True)


async def _fields(request: web.Request) -> dict[str, str]:
    """Raises Problem. The body is read up to its limit and no further."""
    if (request.content_length or 0) > LARGEST:
        raise Problem(413, f"A form is at most {LARGEST // 1000} kB.")
    body = b""
    async for part in request.content.iter_chunked(16_384):
        body += part
        if len(body) > LARGEST:
            raise Problem(413, f"A form is at most {LARGEST // 1000} kB.")
    if request.content_type == "application/json":
        return _of_json(body)
    if request.content_type == "application/x-www-form-urlencoded":
        return _of_pairs(body)
    raise Problem(415, "Send JSON or a plain form (application/x-www-form-urlencoded).")


def _of_json(body: bytes) -> dict[str, str]:
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not valid JSON.") from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Problem(422, "Send one object whose values are texts.")
    return given


def _of_pairs(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=50, errors="strict")
    except ValueError:
        raise Problem(400, "The body is no form that could be read.") from None
    return dict(pairs)


def _sorted(fields: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Those that mean something, and the rest. Raises Problem for what is too long or no text."""
    for name, value in fields.items():
        longest = LONGEST.get(name, LONGEST_OTHER)
        if len(value) > longest or len(name) > 80:
            raise Problem(422, f"{name[:80]}: at most {longest} characters.")
        if "\0" in name + value or (not (name + value).isascii() and not _encodes(name + value)):
            raise Problem(422, f"{name[:80]}: this is no text.")
    known = {name: fields.get(name, "").strip() for name in KNOWN}
    others = {name: value for name, value in fields.items() if name not in KNOWN and value.strip()}
    if len(others) > MOST_OTHERS:
        raise Problem(422, f"A form has at most {MOST_OTHERS} fields of its own.")
    return known, others


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_address(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and local and "." in host) and text.isprintable() and not set(text) & set(' <>,;"')


def _cors(plan: FormPlan, request: web.Request) -> dict[str, str]:
    origin = request.headers.get("Origin", "")
    if origin not in plan.origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origin, "Vary": "Origin", "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Expose-Headers": "Retry-After",
    }  # fmt: skip
