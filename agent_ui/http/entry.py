"""Who may come in: sign-in, sessions by cookie or Bearer token, where a request may come from, how often one may try.

Passwords are checked by argon2 in two threads of their own (each check costs 64 MB and a tenth of a second: more at
once would starve the calls), for unknown users against a dummy, so that an answer's time says nothing. A cookie's
unsafe request must come from our own origin (a token's cannot be sent by another site's page at all).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from agent_ui.http.problems import Problem
from agent_ui.together import Together
from crm_store.records import Session
from crm_store.store import Store

SESSION = timedelta(hours=12)
ON_A_WALL = timedelta(days=365)
"""Nobody stands before a screen to sign in again; an administrator ends it."""
COOKIES = ("helin", "__Host-helin")
"""Of the session: over plain HTTP, and over HTTPS."""
TRY_SECONDS = 60.0
TRIES, TRIES_OF_MANY = 8, 40
"""Failed sign-ins within TRY_SECONDS: for a login from one address; for an address, or for a login from anywhere."""
KEPT_TRIES = 10_000
HASHERS, HASHES_WAITING = 2, 40
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

T = TypeVar("T")


class Tries:
    """Counts a sign-in as failed before it is tried, so that many at once are bounded too. Bounded in memory."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, login: str, address: str, now: float) -> None:
        """Raises Problem 429 with how long to wait."""
        for key, most in _bounds(login, address):
            recent = [at for at in self._failed.get(key, ()) if now - at < TRY_SECONDS]
            if len(recent) >= most:
                wait = str(int(TRY_SECONDS - (now - recent[-most])) + 1)
                raise Problem(429, f"Too many failed tries; wait {wait} seconds.", Retry_After=wait)
        for key, _ in _bounds(login, address):
            recent = [at for at in self._failed.pop(key, ()) if now - at < TRY_SECONDS]
            self._failed[key] = [*recent, now]
        while len(self._failed) > KEPT_TRIES:
            self._failed.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        for key, _ in _bounds(login, address):
            if self._failed.get(key):
                self._failed[key].pop()


def _bounds(login: str, address: str) -> tuple[tuple[str, int], ...]:
    return (f"{login} at {address}", TRIES), (f"at {address}", TRIES_OF_MANY), (f"login {login}", TRIES_OF_MANY)


@cache
def _hash_of_nobody() -> str:
    """What the password of an unknown login is compared with, so that the answer takes as long as for a known one."""
    return PasswordHasher().hash(secrets.token_hex(8))


class Entry:
    """``public_url`` decides whether the cookie is a ``__Host-`` one and which Origin is ours."""

    def __init__(self, store: Store, public_url: str) -> None:
        self._store = store
        self._hasher = PasswordHasher()
        self._dummy = _hash_of_nobody()
        self._find = Together[str, Session | None](lambda tokens: store.sessions.find_all(tokens, datetime.now(UTC)))
        self.issue = Together[tuple[str, Session], bool](
            lambda given: store.sessions.issue_tickets(given, datetime.now(UTC))
        )
        self._tries = Tries()
        self._threads = ThreadPoolExecutor(HASHERS, "argon2")
        self._hashing = 0
        self.secure = public_url.startswith("https:")
        self.cookie = COOKIES[self.secure]
        self._public = urlsplit(public_url)

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, Session]:
        """The token and the session. Raises Problem 401, 429 or 503."""
        self._tries.begin(login, address, asyncio.get_running_loop().time())
        stored = await self._store.users.password_hash(login)
        right = await self._in_thread(lambda: self._fits(stored or self._dummy, password))
        user = await self._store.users.by_login(login) if right and stored is not None else None
        if user is None:
            raise Problem(401, "The login or the password is wrong.")
        self._tries.succeeded(login, address)
        token = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        until = now + (ON_A_WALL if user.role == "viewer" else SESSION)
        return token, await self._store.sessions.open(user, token, now, until)

    async def hash(self, password: str) -> str:
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._hashing >= HASHES_WAITING:
            raise Problem(503, "Too many are signing in at once; try again in a moment.", Retry_After="3")
        self._hashing += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._hashing -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def session(self, request: web.Request) -> Session:
        """Raises Problem 401 without a session, 403 for a cookie's unsafe request from elsewhere."""
        token = bearer(request)
        if token is None:
            token = request.cookies.get(self.cookie)
            if token is not None and request.method not in SAFE:
                self.check_origin(request)
        found = await self._find(token) if token else None
        if found is None:
            raise Problem(401, "Sign in first.", WWW_Authenticate="Bearer")
        return found

    def check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not self.ours(origin, request.host):
            raise Problem(403, "This request came from another site.")

    def ours(self, origin: str, host: str) -> bool:
        """The public one, or the very host that was asked."""
        parts = urlsplit(origin)
        return (parts.scheme, parts.netloc) == (self._public.scheme, self._public.netloc) or parts.netloc == host

    def socket_url(self, host: str, path: str) -> str:
        """Where the panel of a page that asked ``host`` connects to. On this machine: the very process it asked."""
        near = not self.secure and is_loopback(urlsplit(f"//{host}").hostname or "")
        return f"{'wss' if self.secure else 'ws'}://{host if near else self._public.netloc}{path}"

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False


def bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(request: web.Request) -> str:
    """Who asks. A proxy on this machine is believed about whom it speaks for, nobody else is."""
    peer = request.remote or ""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return said if said and is_loopback(peer) else peer
