"""Click to call, for programs."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from aiohttp import web

from agent_ui.board import me_of
from agent_ui.http.bodies import CallBody
from agent_ui.http.node import NODE, SESSION, body, said
from agent_ui.http.problems import Problem

KEY = re.compile(r"[A-Za-z0-9_.\-]{1,64}", re.ASCII)
STATUS = {"invalid": 422, "unknown": 404, "not_allowed": 403, "not_ready": 503}


class Dialled(msgspec.Struct, frozen=True):
    """``id``: the channel's that rings the agent. ``unknown``: nobody knows whether it was sent."""

    id: str
    state: Literal["dialling", "unknown"]


async def dial(request: web.Request) -> web.Response:
    node, user = request.app[NODE], request[SESSION].user
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Problem(422, "Idempotency-Key: send a header of 1 to 64 letters, digits or _ . - with each wish.")
    wish = await body(request, CallBody)
    args = {"to": wish.to} | ({"agent": wish.from_agent} if wish.from_agent else {})
    who = me_of(user, node.board.policy)
    result = await node.carry_out(who, key, "call", args)
    dialled = await node.store.dials.get(user.login, key)
    if dialled is None or dialled.state == "refused":
        raise Problem(STATUS.get(result.code, 409), result.message)
    return said(Dialled(dialled.channel, dialled.state), 202)
