"""Who is signed in, and the tickets that open a panel's socket. Tokens are kept as SHA-256 only: a stolen copy of the
database opens no session. (They are random and long, so a slow hash would protect nothing more.)"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from crm_store.database import Database
from crm_store.records import Session, User
from crm_store.schema import sessions, tickets, users
from crm_store.users import user_of
from crm_store.values import key_of

TICKET_SECONDS = 30
SEEN_EVERY = timedelta(seconds=60)
"""``seen_at`` is written at most this often, so that reading stays reading."""


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, user: User, token: str, now: datetime, expires_at: datetime) -> Session:
        row = {
            "token_hash": _hash(token),
            "user_id": key_of(user.id),
            "created_at": now,
            "seen_at": now,
            "expires_at": expires_at,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(sessions).values(row))
        return Session(_hash(token), user, now, now, expires_at)

    async def find(self, token: str, now: datetime) -> Session | None:
        """The session of this token, if it is not over and its user still active; it counts as seen now."""
        return (await self.find_all([token], now))[0]

    async def find_all(self, tokens: Sequence[str], now: datetime) -> list[Session | None]:
        """As :meth:`find` for each, in one question: after a restart all panels come back at once."""
        return await self._find_keys([_hash(token) for token in tokens], now)

    async def _find_keys(self, keys: Sequence[str], now: datetime) -> list[Session | None]:
        query = (
            select(sessions, *(column for column in users.c))
            .join(users, sessions.c.user_id == users.c.id)
            .where(sessions.c.token_hash.in_(keys), sessions.c.expires_at > now, users.c.active)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        unseen = [row.token_hash for row in rows if now - row.seen_at >= SEEN_EVERY]
        if unseen:
            async with self._database.writing() as connection:
                await connection.execute(update(sessions).where(sessions.c.token_hash.in_(unseen)).values(seen_at=now))
        found = {row.token_hash: _session(row) for row in rows}
        return [found.get(key) for key in keys]

    async def close(self, token: str) -> bool:
        """Signs out; its tickets go with it."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))
            return gone.rowcount > 0

    async def close_all(self, user: str) -> int:
        """Signs the user out everywhere; how many sessions that were."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(sessions).where(sessions.c.user_id == key_of(user)))
            return gone.rowcount

    async def sweep(self, now: datetime) -> int:
        """Forgets sessions and tickets that are over; how many sessions that were."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tickets).where(tickets.c.expires_at <= now))
            return (await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))).rowcount

    async def count(self, now: datetime) -> int:
        query = select(func.count()).select_from(sessions).where(sessions.c.expires_at > now)
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def issue_ticket(self, ticket: str, session: Session, now: datetime) -> bool:
        """False when the session was closed meanwhile."""
        return (await self.issue_tickets([(ticket, session)], now))[0]

    async def issue_tickets(self, given: Sequence[tuple[str, Session]], now: datetime) -> list[bool]:
        """As :meth:`issue_ticket` for each, in one transaction."""
        until = now + timedelta(seconds=TICKET_SECONDS)
        async with self._database.writing() as connection:
            wanted = {session.key for _, session in given}
            open_ = select(sessions.c.token_hash).where(sessions.c.token_hash.in_(wanted))
            there = set((await connection.execute(open_.with_for_update(read=True))).scalars())
            rows = [
                {"ticket_hash": _hash(ticket), "session_hash": session.key, "expires_at": until}
                for ticket, session in given
                if session.key in there
            ]
            if rows:
                await connection.execute(insert(tickets), rows)
        return [session.key in there for _, session in given]

    async def redeem(self, ticket: str, now: datetime) -> Session | None:
        """The session behind a ticket, once: of two that try at the same time one gets it."""
        return (await self.redeem_all([ticket], now))[0]

    async def redeem_all(self, given: Sequence[str], now: datetime) -> list[Session | None]:
        """As :meth:`redeem` for each, in one transaction. One that is named twice counts once."""
        hashes = [_hash(ticket) for ticket in given]
        taken = delete(tickets).where(tickets.c.ticket_hash.in_(set(hashes))).returning(tickets)
        async with self._database.writing() as connection:
            rows = (await connection.execute(taken)).all()
        good = {row.ticket_hash: row.session_hash for row in rows if row.expires_at > now}
        keys = [good.pop(hashed, "") for hashed in hashes]
        return await self._find_keys(keys, now)


def _session(row: Row[Any]) -> Session:
    return Session(row.token_hash, user_of(row), row.created_at, row.seen_at, row.expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
