"""Wrap-ups: what an agent says came of a call, and the next step, kept together or not at all.

The result goes to the contact's history and, for each agent of the call, to ``wrap_ups``; so one who wraps up a call of
nobody we know can still say that it was a wrong number. The next step (a callback, a ticket, a task) is made once for a
command, however often that is sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.interactions import put_note
from crm_store.lead_results import CallBack, attempt_of, put_answers, put_result
from crm_store.orders import OrderLine, add_order
from crm_store.schema import (
    calls,
    contacts,
    drafts,
    interactions,
    numbers,
    orders,
    segments,
    service_tickets,
    tasks,
    wrap_ups,
)
from crm_store.service_tickets import LONGEST_SUBJECT, add_ticket
from crm_store.tasks import add_task
from crm_store.tiers import TierRule
from crm_store.values import checked_text, key_of, upsert
from routing.story import Call

Step = Literal["callback", "ticket", "task"]
STEPS: tuple[Step, ...] = ("callback", "ticket", "task")
LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Next:
    """``owner`` None: anyone. ``at``: when it is due (only a ticket may do without); ``zone``: the customer's."""

    step: Step
    at: datetime | None
    text: str | None
    owner: str | None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class WrapUp:
    """``contact``: whom the agent chose where the number alone does not say; ``command`` names the wish, once.

    ``answers``: to a campaign's script (:mod:`crm_store.answers`); ``order``: what the customer ordered.
    """

    agent: str
    command: str
    disposition: str | None = None
    note: str | None = None
    contact: str | None = None
    next: Next | None = None
    answers: Mapping[str, Any] | None = None
    order: tuple[OrderLine, ...] = ()


class WrapUps:
    """``country`` reads answers that are telephone numbers; ``rule``: what an order makes of its customer's tier."""

    def __init__(self, database: Database, country: str, rule: TierRule) -> None:
        self._database = database
        self._country = country
        self._rule = rule

    async def keep(self, call: Call, wish: WrapUp, now: datetime) -> bool:
        """All of it in one transaction, the agent's draft goes. False, and nothing kept: a note, and nobody is known.

        Raises Refused.
        """
        async with self._database.writing() as connection:
            about = (wish.contact, call.started_at, call.contact)
            kept = await put_note(connection, call.id, wish.agent, wish.disposition, wish.note, *about)
            if kept is None and (wish.note or wish.contact):
                return False
            contact = int(kept.contact) if kept is not None else None
            await self._put(connection, call, wish, contact, now)
            told = checked_text("disposition", wish.disposition, 200)
            attempt = await attempt_of(connection, call.id)
            if wish.answers is not None and attempt is not None:
                await put_answers(connection, attempt, wish.answers, told, self._country)
            if wish.order:
                theirs = contact or _key(call.contact) or (attempt.contact_id if attempt is not None else None)
                await self._take_order(connection, call, wish, theirs, attempt, now)
            by_campaign = await put_result(connection, attempt, told, _call_back(wish.next), now)
            if wish.next is not None and not by_campaign and not await _made(connection, wish.command):
                await _take_step(connection, call, wish, wish.next, contact)
            mine = (drafts.c.call_id == call.id) & (drafts.c.agent == wish.agent)
            await connection.execute(delete(drafts).where(mine))
        return True

    async def owed(self, agent: str, queues: Collection[str]) -> str | None:
        """The agent's last call, if it was one of these queues' and nobody knows yet what the agent says came of it."""
        of = segments.c
        last = select(of.call_id).where(of.agent == agent).order_by(of.started_at.desc(), of.call_id.desc()).limit(1)
        said = select(wrap_ups.c.call_id).where(
            wrap_ups.c.call_id == calls.c.id, wrap_ups.c.agent == agent, wrap_ups.c.disposition.is_not(None)
        )
        query = select(calls.c.id).where(
            calls.c.id == last.scalar_subquery(), calls.c.queue.in_(list(queues)), ~said.exists()
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def dispositions_of(self, agent: str, begin: datetime, end: datetime) -> dict[str, int]:
        """How often the agent gave which result."""
        query = select(wrap_ups.c.disposition, func.count()).where(
            wrap_ups.c.agent == agent,
            wrap_ups.c.at >= begin,
            wrap_ups.c.at < end,
            wrap_ups.c.disposition.is_not(None),
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.group_by(wrap_ups.c.disposition))
            return {row[0]: row[1] for row in rows}

    async def _take_order(
        self,
        connection: AsyncConnection,
        call: Call,
        wish: WrapUp,
        contact: int | None,
        attempt: Row[Any] | None,
        now: datetime,
    ) -> None:
        """Once for a command; it stands in the customer's history too."""
        if contact is None:
            raise Refused("contact", "an order is somebody's: choose or make the contact first")
        if (await connection.execute(select(orders.c.id).where(orders.c.command == wish.command))).first() is not None:
            return
        settings = attempt.settings if attempt is not None else {}
        fields = {"call_id": call.id, "at": now, "currency": settings.get("currency", "EUR")}
        order = await add_order(connection, str(contact), wish.agent, wish.order, fields, self._rule, wish.command)
        note = f"{order.what} — {order.total:.2f} {order.currency}"
        row = {"contact_id": contact, "at": now, "channel": "order", "agent": wish.agent, "note": note}
        await connection.execute(insert(interactions).values(row))

    @staticmethod
    async def _put(connection: AsyncConnection, call: Call, wish: WrapUp, contact: int | None, now: datetime) -> None:
        row = {
            "call_id": call.id,
            "agent": wish.agent,
            "at": now,
            "disposition": checked_text("disposition", wish.disposition, 200),
            "contact_id": contact,
            "next": wish.next.step if wish.next is not None else None,
        }
        change = [name for name in ("at", "disposition", "contact_id", "next") if row[name] is not None]
        await connection.execute(upsert(connection, wrap_ups, row, ("call_id", "agent"), change), row)


def _key(contact: str | None) -> int | None:
    return key_of(contact) if contact else None


def _call_back(step: Next | None) -> CallBack | None:
    return CallBack(step.at, step.owner) if step is not None and step.step == "callback" and step.at else None


async def _made(connection: AsyncConnection, command: str) -> bool:
    for table in (tasks, service_tickets):
        if (await connection.execute(select(table.c.id).where(table.c.command == command))).first() is not None:
            return True
    return False


async def _take_step(connection: AsyncConnection, call: Call, wish: WrapUp, step: Next, contact: int | None) -> None:
    text = checked_text("next_text", step.text, LONGEST_TEXT) or (wish.note or "").strip()[:LONGEST_TEXT]
    if step.step == "ticket":
        if contact is None:
            raise Refused("contact", "a ticket is somebody's: choose or make the contact first")
        if not text:
            raise Refused("next_text", "say in a few words what the ticket is about")
        subject = text.splitlines()[0][:LONGEST_SUBJECT]
        fields = {"subject": subject, "due_at": step.at, "owner": step.owner, "call_id": call.id}
        fields |= {"text": text} if text != subject else {}
        await add_ticket(connection, contact, wish.agent, fields, wish.command)
        return
    if step.at is None:
        raise Refused("next_at", f"say when the {step.step} is due")
    if step.step == "callback" and contact is None and call.number is None:
        raise Refused("contact", "nobody knows whom to call back: choose or make the contact first")
    fields = {
        "kind": step.step,
        "text": text or wish.disposition or step.step,
        "due_at": step.at,
        "time_zone": step.zone or await _zone(connection, contact, call.number),
        "owner": step.owner,
        "number": call.number if step.step == "callback" else None,
        "call_id": call.id,
    }
    await add_task(connection, contact, wish.agent, fields, wish.command)


async def _zone(connection: AsyncConnection, contact: int | None, number: str | None) -> str | None:
    """The contact's own, else the number's."""
    for query in (
        select(contacts.c.time_zone).where(contacts.c.id == contact),
        select(numbers.c.time_zone).where(numbers.c.e164 == number),
    ):
        found = (await connection.execute(query)).scalar_one_or_none()
        if found is not None:
            return str(found)
    return None


def utc(text: str) -> datetime:
    """RFC 3339 as UTC. Raises Refused."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("next_at", "next_at must be a time like 2026-11-27T10:00:00+02:00") from None
