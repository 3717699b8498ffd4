"""Which softphones have a password in force, and for which session: so that it goes when the session goes.

The password itself is nowhere here; Asterisk has what it checks it by. There is no foreign key to sessions or users: a
row outlives both until somebody has replaced the password at every Asterisk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, or_, select

from crm_store.database import Database
from crm_store.records import Session
from crm_store.schema import phone_passwords, sessions, users
from crm_store.values import upsert


@dataclass(frozen=True, slots=True)
class Issued:
    """``endpoint`` is the phone's name at Asterisk (``1001``), ``session`` the key of the session it is for."""

    endpoint: str
    login: str
    session: str


class PhonePasswords:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def issued(self, endpoint: str, session: Session, now: datetime) -> None:
        """Written down before it is issued: what was issued is always known."""
        row = {"endpoint": endpoint, "login": session.user.login, "session_hash": session.key, "issued_at": now}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, phone_passwords, row, ("endpoint",)).values(row))

    async def over(self, now: datetime) -> tuple[Issued, ...]:
        """Those in force whose session is over, or whose user is not active or has another phone now."""
        good = and_(
            sessions.c.expires_at > now,
            users.c.active,
            users.c.phone == "browser",
            users.c.interface == "PJSIP/" + phone_passwords.c.endpoint,
        )
        joined = phone_passwords.outerjoin(sessions, sessions.c.token_hash == phone_passwords.c.session_hash)
        joined = joined.outerjoin(users, users.c.id == sessions.c.user_id)
        query = select(phone_passwords).select_from(joined).where(or_(sessions.c.token_hash.is_(None), ~good))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(phone_passwords.c.endpoint))
            return tuple(Issued(row.endpoint, row.login, row.session_hash) for row in rows)

    async def of_session(self, session: str) -> tuple[Issued, ...]:
        query = select(phone_passwords).where(phone_passwords.c.session_hash == session)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return tuple(Issued(row.endpoint, row.login, row.session_hash) for row in rows)

    async def replaced(self, gone: Issued) -> None:
        """No Asterisk takes it any more. One that was issued for another session meanwhile stays."""
        same = (phone_passwords.c.endpoint == gone.endpoint) & (phone_passwords.c.session_hash == gone.session)
        async with self._database.writing() as connection:
            await connection.execute(delete(phone_passwords).where(same))
