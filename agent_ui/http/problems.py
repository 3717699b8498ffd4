"""One table of endings: which error becomes which status. Bodies are problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web
from pydantic import ValidationError

from agent_ui.shapes import encode
from crm_store.errors import Conflict, Refused, StoreAway
from crm_store.sound import NoRecording

log = structlog.get_logger("http")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Problem(Exception):
    """An answer that is not the one that was asked for. ``detail`` is one sentence for the person."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Conflict, 409), (Refused, 422), (NoRecording, 404), (StoreAway, 503),
)  # fmt: skip
TITLES = {
    400: "Not understood", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Not offered here",
    409: "Conflict", 413: "Too large", 415: "Not JSON", 422: "Refused", 429: "Too many", 500: "Our fault",
    503: "Not available now",
}  # fmt: skip


class ProblemShape(msgspec.Struct, frozen=True):
    """Problem details (RFC 9457). ``detail`` is one sentence for the person."""

    type: str
    title: str
    status: int
    detail: str


def answer(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    body = encode(ProblemShape("about:blank", TITLES.get(status, "Problem"), status, detail))
    return web.Response(status=status, body=body, content_type="application/problem+json", headers=headers)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error of the handlers and of aiohttp becomes a problem document."""
    try:
        if any("\0" in text for text in (*request.query.values(), *request.match_info.values())):
            raise Problem(422, "The address holds a character that is no text.")  # PostgreSQL cannot hold it
        return await handler(request)
    except Problem as problem:
        return answer(problem.status, problem.detail, problem.headers)
    except ValidationError as error:
        return answer(422, _first(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return answer(error.status, error.text or error.reason, kept)
    except Exception as error:
        for kind, status in STATUS:
            if isinstance(error, kind):
                return answer(status, str(error))
        log.exception("a request failed", method=request.method, route=_route(request))
        return answer(500, "Something went wrong here; it is in the log.")


def _first(error: ValidationError) -> str:
    said = error.errors()[0]
    where = ".".join(str(part) for part in said["loc"])
    return f"{where}: {said['msg']}" if where else str(said["msg"])


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
