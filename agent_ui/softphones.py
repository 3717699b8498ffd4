"""SIP passwords of softphones: random, one for each sign-in, replaced when the sign-in is over.

Asterisk gets the MD5 that it checks a registration by (RFC 2617's A1), never the password; the password is in the
answer to the panel and nowhere else. With Helin away the last one keeps working: phones ring, which is what callers
need.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
import structlog

from agent_ui.bus.port import WebBus
from crm_store.phones import Issued
from crm_store.records import Session, User
from crm_store.store import Store
from routing.commands import Command, Result
from routing.wishes import PHONE_PASSWORD

ISSUE_WITHIN = 8.0
AT_ONCE = 8
REALM = "asterisk"
"""Stands in the dialplan's context helin-password too."""

log = structlog.get_logger("softphones")


class NoPhone(Exception):
    """There is no softphone for this user, or not now. ``args``: one sentence; ``status``: of HTTP."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class PhoneShape(msgspec.Struct, frozen=True):
    """How the browser registers at one Asterisk, over the WebSocket at ``websocket_url``."""

    asterisk: str
    websocket_url: str
    uri: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"<phone {self.username} at {self.asterisk}>"


class PhonesShape(msgspec.Struct, frozen=True):
    """Good until ``expires_at``, the end of the session, or until another one is issued."""

    phones: tuple[PhoneShape, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Softphones:
    """``urls``: by Asterisk's name, where its softphones connect to; an Asterisk without one is not among them."""

    bus: WebBus
    urls: Mapping[str, str]
    store: Store

    async def issue(self, session: Session, now: datetime) -> PhonesShape:
        """A fresh password at every Asterisk; older ones are void. Raises NoPhone, StoreAway."""
        endpoint = endpoint_of(session.user)
        if not self.urls:
            raise NoPhone("No Asterisk has a websocket_url in Helin's settings, so there are no softphones.", 503)
        await self.store.phone_passwords.issued(endpoint, session, now)
        password = secrets.token_urlsafe(24)
        results = await self._replace(endpoint, session.user.login, password)
        phones = tuple(
            PhoneShape(name, url, f"sip:{endpoint}@{urlsplit(url).hostname}", endpoint, password)
            for name, url in self.urls.items()
            if results[name].ok
        )
        if not phones:
            raise NoPhone(next(iter(results.values())).message, 503)
        return PhonesShape(phones, session.expires_at)

    async def session_over(self, key: str) -> None:
        """Signed out. What cannot be replaced now is tried again by the next sweep."""
        for issued in await self.store.phone_passwords.of_session(key):
            await self._take_back(issued)

    async def sweep(self, now: datetime) -> int:
        """Replaces what is over; how many that were."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(issued: Issued) -> bool:
            async with slots:
                return await self._take_back(issued)

        return sum(await asyncio.gather(*(one(each) for each in await self.store.phone_passwords.over(now))))

    async def _take_back(self, issued: Issued) -> bool:
        results = await self._replace(issued.endpoint, issued.login, secrets.token_urlsafe(24))
        failed = [name for name, result in results.items() if not result.ok]
        if failed:
            log.warning("a softphone's password could not be replaced", endpoint=issued.endpoint, at=failed)
            return False
        await self.store.phone_passwords.replaced(issued)
        return True

    async def _replace(self, endpoint: str, login: str, password: str) -> dict[str, Result]:
        a1 = hashlib.md5(f"{endpoint}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()
        args = (("credential", a1), ("endpoint", endpoint))
        wish = Command(secrets.token_hex(16), login, "admin", PHONE_PASSWORD, login, args)
        names = list(self.urls)
        answers = await asyncio.gather(*(self.bus.ask(name, wish, ISSUE_WITHIN) for name in names))
        return dict(zip(names, answers, strict=True))


def endpoint_of(user: User) -> str:
    """The name of the user's phone at Asterisk. Raises NoPhone."""
    if user.phone != "browser":
        raise NoPhone("Your phone is a SIP phone of its own; an administrator can set it to the browser.", 409)
    technology, _, endpoint = (user.interface or "").partition("/")
    if not user.extension or technology != "PJSIP" or not endpoint:
        raise NoPhone("You have no extension with a PJSIP phone; an administrator can give you one.", 409)
    return endpoint
