"""One event to one receiver, once: what came of it is a word, never an exception."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from agent_ui.webhooks.addresses import CheckedResolver, Inside, Network, check_literal
from agent_ui.webhooks.signing import body_of, headers_of
from crm_store.webhooks import Receiver, Told

SECONDS = 10.0
CONNECT_SECONDS = 5.0
LANES = 8
READ_BYTES = 4_096
AWAY = frozenset((401, 403, 404, 405, 407, 408, 425, 429, 502, 503, 504))
"""Answers that say nothing of the event: of what stands in front of a receiver, or of a wrong address."""
GONE = 410
TRIES_OF_BAD, TRIES_OF_STUMBLING = 5, 12


@dataclass(frozen=True, slots=True)
class Answer:
    """``refused``: this event was not taken; that is so for good after ``tries``. ``away``: nobody can take any now.
    ``gone``: nobody ever will."""

    came: Literal["taken", "refused", "away", "gone"]
    why: str = ""
    tries: int = 0


TAKEN = Answer("taken")


class Sender:
    """An async context; one connection pool for one receiver, so that none waits for another's."""

    def __init__(self, receiver: Receiver, inside: Sequence[Network]) -> None:
        parts = urlsplit(receiver.url)
        self._receiver = receiver
        self._host, self._plain = parts.hostname or "", parts.scheme == "http"
        self._inside = inside

    async def __aenter__(self) -> Sender:
        resolver = CheckedResolver(self._inside, self._plain)
        connector = TCPConnector(resolver=resolver, use_dns_cache=False, limit=LANES)
        self._http = ClientSession(
            connector=connector,
            timeout=ClientTimeout(total=SECONDS, connect=CONNECT_SECONDS),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def send(self, told: Told) -> Answer:
        body = body_of(told)
        headers = headers_of(self._receiver.secret, told, int(time.time()), body)
        try:
            check_literal(self._host, self._inside, self._plain)
            async with self._http.post(
                self._receiver.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                await response.content.read(READ_BYTES)
                return _answer(response.status)
        except Inside as why:
            return Answer("away", str(why))
        except TimeoutError:
            return Answer("away", f"it did not answer within {SECONDS:.0f} s")
        except (ClientError, OSError, ssl.SSLError, ValueError, asyncio.IncompleteReadError) as problem:
            return Answer("away", _reason(problem))


def _answer(status: int) -> Answer:
    if 200 <= status < 300:
        return TAKEN
    if status == GONE:
        return Answer("gone", "it answered 410, which means that it wants no more")
    if 300 <= status < 400:
        return Answer("away", f"it answered {status}: redirects are not followed; give the address that it leads to")
    if status in AWAY:
        return Answer("away", f"it answered {status}")
    return Answer("refused", f"it answered {status}", TRIES_OF_BAD if status < 500 else TRIES_OF_STUMBLING)


def _reason(problem: Exception) -> str:
    inner: BaseException | None = problem
    while inner is not None and not isinstance(inner, Inside):
        inner = inner.__cause__ or inner.__context__
    return str(inner or problem)[:300] or type(problem).__name__
