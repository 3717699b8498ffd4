"""Who may come in: sign-in, sessions by cookie or Bearer token, where a request may come from, how often one may try.

Passwords are checked by argon2 in a thread, for unknown users against a dummy, so that an answer's time says nothing.
A cookie's unsafe request must come from our own origin (a token's cannot be sent by another site's page at all).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from agent_ui.http.problems import Problem
from crm_store.records import Session
from crm_store.store import Store

SESSION = timedelta(hours=12)
TRIES, TRY_SECONDS = 8, 60.0
KEPT_TRIES = 10_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Tries:
    """At most TRIES failed sign-ins for a login, and for an address, within TRY_SECONDS. Bounded in memory."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, keys: tuple[str, ...], now: float) -> None:
        """Raises Problem 429 with how long to wait."""
        for key in keys:
            recent = [at for at in self._failed.get(key, []) if now - at < TRY_SECONDS]
            if len(recent) >= TRIES:
                wait = str(int(TRY_SECONDS - (now - recent[0])) + 1)
                raise Problem(429, f"Too many failed tries; wait {wait} seconds.", Retry_After=wait)

    def failed(self, keys: tuple[str, ...], now: float) -> None:
        for key in keys:
            recent = [at for at in self._failed.pop(key, []) if now - at < TRY_SECONDS]
            self._failed[key] = [*recent, now]
        while len(self._failed) > KEPT_TRIES:
            self._failed.popitem(last=False)


class Entry:
    """``public_url`` decides whether the cookie is a ``__Host-`` one and which Origin is ours."""

    def __init__(self, store: Store, public_url: str) -> None:
        self._store = store
        self._hasher = PasswordHasher()
        self._dummy = self._hasher.hash(secrets.token_hex(8))
        self._tries = Tries()
        self.secure = public_url.startswith("https:")
        self.cookie = "__Host-helin" if self.secure else "helin"
        self._origin = _origin(public_url)

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, Session]:
        """The token and the session. Raises Problem 401 or 429."""
        loop = asyncio.get_running_loop()
        keys = (f"login {login}", f"address {address}")
        self._tries.check(keys, loop.time())
        stored = await self._store.users.password_hash(login)
        right = await asyncio.to_thread(self._fits, stored or self._dummy, password)
        user = await self._store.users.by_login(login) if right and stored is not None else None
        if user is None:
            self._tries.failed(keys, loop.time())
            raise Problem(401, "The login or the password is wrong.")
        token = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        return token, await self._store.sessions.open(user, token, now, now + SESSION)

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    async def session(self, request: web.Request) -> Session:
        """Raises Problem 401 without a session, 403 for a cookie's unsafe request from elsewhere."""
        token = bearer(request)
        if token is None:
            token = request.cookies.get(self.cookie)
            if token is not None and request.method not in SAFE:
                self.check_origin(request)
        found = await self._store.sessions.find(token, datetime.now(UTC)) if token else None
        if found is None:
            raise Problem(401, "Sign in first.", WWW_Authenticate="Bearer")
        return found

    def check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not self.ours(origin, request.host):
            raise Problem(403, "This request came from another site.")

    def ours(self, origin: str, host: str) -> bool:
        """The public one, or the very host that was asked."""
        return origin == self._origin or urlsplit(origin).netloc == host

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False


def bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
