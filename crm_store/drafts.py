"""Drafts: the half-filled form of a call, one for each agent in it, so that a reload or a transfer loses nothing.

The half-written answer to a request is kept the same way, under the name that :func:`of_request` gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import drafts
from crm_store.values import needed_text, upsert

MOST_BYTES = 60_000
MOST_OF_REQUEST = 250_000
"""Bytes: an answer may be 50,000 characters long."""
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Draft:
    """``text`` is the panel's own JSON. Where there is no draft: ``agent`` and ``changed_at`` None, ``text`` empty."""

    call: str
    agent: str | None
    text: str
    changed_at: datetime | None


def of_request(id: str) -> str:
    """In place of a call's id, which has no slash."""
    return f"request/{id}"


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, call: str, agent: str) -> Draft:
        """The agent's own, else the newest one of another agent in this call, else an empty one."""
        query = select(drafts).where(drafts.c.call_id == call)
        query = query.order_by((drafts.c.agent == agent).desc(), drafts.c.changed_at.desc()).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Draft(call, row.agent, row.text, row.changed_at) if row is not None else Draft(call, None, "", None)

    async def put_answer(self, request: str, agent: str, text: str, now: datetime) -> Draft:
        """As :meth:`put`, in place of what others have begun: a request is one agent's at a time. Raises Refused."""
        kept = await self.put(of_request(request), agent, text, now, MOST_OF_REQUEST)
        async with self._database.writing() as connection:
            others = (drafts.c.call_id == of_request(request)) & (drafts.c.agent != agent)
            await connection.execute(delete(drafts).where(others))
        return kept

    async def put(self, call: str, agent: str, text: str, now: datetime, most: int = MOST_BYTES) -> Draft:
        """Replaces the agent's own; an empty text takes it away. ``most``: bytes. Raises Refused."""
        if len(text.encode("utf-8", "replace")) > most:
            raise Refused("text", f"a draft is at most {most} bytes")
        needed_text("call", call, 200)
        async with self._database.writing() as connection:
            if not text.strip():
                mine = (drafts.c.call_id == call) & (drafts.c.agent == agent)
                await connection.execute(delete(drafts).where(mine))
                return Draft(call, None, "", None)
            kept = needed_text("text", text, most)
            row = {"call_id": call, "agent": agent, "text": kept, "changed_at": now}
            await connection.execute(upsert(connection, drafts, row, ("call_id", "agent")), row)
        return Draft(call, agent, kept, now)

    async def sweep(self, now: datetime) -> None:
        """Those that nobody has touched for a week go."""
        async with self._database.writing() as connection:
            await connection.execute(delete(drafts).where(drafts.c.changed_at < now - KEPT))
