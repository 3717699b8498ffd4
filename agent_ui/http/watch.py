"""Each request gets an id (in the log and in ``X-Request-Id``), a time within which it must be done, and is counted."""

from __future__ import annotations

import asyncio
import secrets
import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Histogram

from agent_ui.http.problems import Handler, answer

DONE_WITHIN = 30.0
LONG = {("POST", "/api/v1/campaigns/{id}/leads"): 1_800.0}
"""Requests that have more time: a dial list of a million rows is sent and read in one."""
SLOW = 1.0

log = structlog.get_logger("http")


def watching(registry: CollectorRegistry, not_timed: str) -> Middleware:
    """A middleware. ``not_timed`` is the path whose requests live as long as they like (the socket's)."""
    seconds = Histogram("helin_http_seconds", "HTTP requests", ("route", "status"), registry=registry)

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == not_timed:
            return await handler(request)
        id_ = secrets.token_hex(8)
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(request=id_):
            given = await _in_time(request, handler)
            took = time.monotonic() - began
            named = _route(request)
            seconds.labels(named, str(given.status)).observe(took)
            say = log.warning if given.status >= 500 or took > SLOW else log.debug
            say("request", method=request.method, route=named, status=given.status, seconds=round(took, 3))
        if not given.prepared:
            given.headers["X-Request-Id"] = id_
        return given

    return watch


def _route(request: web.Request) -> str:
    route = request.match_info.route.resource
    return route.canonical if route is not None else "none"


async def _in_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        async with asyncio.timeout(LONG.get((request.method, _route(request)), DONE_WITHIN)):
            return await handler(request)
    except TimeoutError:
        return answer(503, "This took too long; try again.", {"Retry-After": "5"})
