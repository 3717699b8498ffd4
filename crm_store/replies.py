"""Answers to written requests by mail: written down before they are sent, so that none is sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_store.database import Database
from crm_store.drafts import of_request
from crm_store.schema import drafts, interactions, replies, requests
from crm_store.values import checked_text, key_of, needed_text

ReplyState = Literal["sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Reply:
    """``sending`` of one that is long over: nobody knows whether it left. ``trouble``: why it failed."""

    id: str
    message_id: str
    agent: str
    text: str
    state: ReplyState
    trouble: str | None
    at: datetime


class Replies:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, request: str, command: str, message_id: str, agent: str, text: str, now: datetime
    ) -> tuple[Reply, bool]:
        """Written down as ``sending``, and True. The same command again: what became of the first, and False.

        Raises Refused.
        """
        row = {"request_id": key_of(request) or 0, "command": command, "message_id": message_id, "agent": agent}
        row |= {"text": needed_text("text", text, 50_000), "state": "sending", "at": now}
        try:
            async with self._database.writing() as connection:
                return _reply((await connection.execute(insert(replies).values(row).returning(replies))).one()), True
        except IntegrityError:
            async with self._database.reading() as connection:
                had = await connection.execute(select(replies).where(replies.c.command == command))
                return _reply(had.one()), False

    async def ended(self, id: str, trouble: str | None, now: datetime) -> Reply:
        """``trouble`` None: it was sent, is the contact's history from now on, and no draft any more."""
        async with self._database.writing() as connection:
            mine = replies.c.id == key_of(id)
            state = "sent" if trouble is None else "failed"
            said = checked_text("trouble", (trouble or "")[:500], 500)
            change = update(replies).where(mine).values(state=state, trouble=said)
            row = (await connection.execute(change.returning(replies))).one()
            owner = select(requests.c.contact_id, requests.c.subject).where(requests.c.id == row.request_id)
            of = (await connection.execute(owner)).one()
            if trouble is None:
                sent = drafts.c.call_id == of_request(str(row.request_id))
                await connection.execute(delete(drafts).where(sent))
            if trouble is None and of.contact_id is not None:
                note = f"{of.subject}\n{row.text}"[:10_000]
                told = {"contact_id": of.contact_id, "at": now, "channel": "email", "direction": "outbound"}
                await connection.execute(insert(interactions).values(told | {"agent": row.agent, "note": note}))
            return _reply(row)

    async def of(self, request: str) -> list[Reply]:
        """In order."""
        query = select(replies).where(replies.c.request_id == (key_of(request) or 0)).order_by(replies.c.id)
        async with self._database.reading() as connection:
            return [_reply(row) for row in (await connection.execute(query)).all()]


def _reply(row: Row[Any]) -> Reply:
    return Reply(str(row.id), row.message_id, row.agent, row.text, row.state, row.trouble, row.at)
