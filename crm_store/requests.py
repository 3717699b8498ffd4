"""Requests that are no live calls: callbacks, web forms, mails, tickets near breach. The store is the truth about them.

A request has one state at a time, and each change of it is a compare-and-set: it names the states (and the agent) that
it goes out from, and who comes second gets None. So engines, web nodes and the intake need no other lock, and an engine
that starts anew reads here what stands.

::

    waiting ──offer──► offered ──take──► taken ──done──► done
       ▲ ▲                │                │ ▲
       │ └── back ────────┘ ◄──── back ────┤ └── offered again when its time is up
       └──────── time is up ──── parked ◄──┘
    waiting, offered, parked ──► cancelled, expired;   taken ──► cancelled

``since`` is its place in line and never changes: what comes back stands where it stood.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, case, delete, func, insert, null, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.attachments import Attachment, keep
from crm_store.database import Database
from crm_store.drafts import of_request
from crm_store.errors import Refused
from crm_store.lists import Check, by_time, checked, contact_key, same_contact, with_names
from crm_store.numbers import to_e164
from crm_store.records import Page
from crm_store.rules import checked_skills
from crm_store.schema import (
    accounts,
    contact_numbers,
    contacts,
    drafts,
    interactions,
    queues,
    requests,
    service_tickets,
    users,
)
from crm_store.values import checked_text, key_of, needed_text

RequestKind = Literal["callback", "form", "mail", "ticket"]
RequestState = Literal["waiting", "offered", "taken", "parked", "done", "cancelled", "expired"]

OPEN: Final[tuple[RequestState, ...]] = ("waiting", "offered", "taken", "parked")
UNTAKEN: Final[tuple[RequestState, ...]] = ("waiting", "offered", "parked")
OVER: Final[tuple[RequestState, ...]] = ("done", "cancelled", "expired")
COMES_AGAIN: Final[tuple[RequestKind, ...]] = ("callback", "ticket")
"""Kinds whose key is free again when they are over: one callback for a number at a time, but another one tomorrow."""

_CHANNELS: Final[dict[str, tuple[str, str | None]]] = {
    "callback": ("callback", "outbound"),
    "form": ("web", "inbound"),
    "mail": ("email", "inbound"),
    "ticket": ("ticket", None),
}
"""Channel and direction of the interaction that each kind becomes."""

LONGEST_SUBJECT = 300
LONGEST_TEXT = 100_000
MOST_READ = 1_000


@dataclass(frozen=True, slots=True)
class Request:
    """``since``: its place in line. ``skills``: levels by skill. ``details``: what its kind alone has (a mail's ids).

    ``agent``: to whom it is offered, who has it, or who parked it and is asked first when it is back.
    ``offered_at``: since when the offer stands. ``version`` grows with each change, whatever clocks say.
    """

    id: str
    kind: RequestKind
    queue: str
    state: RequestState
    contact: str | None
    contact_name: str | None
    name: str | None
    number: str | None
    email: str | None
    subject: str
    text: str | None
    details: Mapping[str, Any]
    tier: str | None
    skills: Mapping[str, int]
    since: datetime
    due_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None
    agent: str | None
    offered_at: datetime | None
    parked_until: datetime | None
    attempts: int
    call: str | None
    service_ticket: str | None
    created_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """``open``: all that are not over."""

    queue: str | None = None
    kind: str | None = None
    state: str | None = None
    agent: str | None = None
    contact: str | None = None
    number: str | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """``new``: it was not there before."""

    request: Request
    new: bool


_CHECKS: Final[dict[str, Check]] = {
    "name": lambda value: checked_text("name", value, 200),
    "email": lambda value: checked_text("email", value, 320),
    "text": lambda value: checked_text("text", value, LONGEST_TEXT),
    "tier": lambda value: checked_text("tier", value, 20),
    "call_id": lambda value: checked_text("call", value, 200),
    "number": lambda value: value,
    "details": lambda value: value,
    "skills": checked_skills,
    "since": lambda value: value,
    "due_at": lambda value: value,
    "not_before": lambda value: value,
    "expires_at": lambda value: value,
    "service_ticket_id": lambda value: value,
}


class Requests:
    """``country`` reads numbers without an international prefix."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def add(
        self,
        kind: RequestKind,
        queue: str,
        subject: str,
        now: datetime,
        fields: Mapping[str, Any],
        *,
        contact: str | None = None,
        key: str | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Added:
        """``fields``: any of name, number, email, text, details, tier, skills, since, due_at, not_before, expires_at,
        call_id, service_ticket_id.

        With a ``key`` that was given before, what was added then. Without a contact it is whose number or mail address
        this alone is; ``tier`` is by default the contact's. Raises Refused, also for a queue that does not exist and a
        skill that nobody has: such a request would wait for ever.
        """
        values = self._checked(kind, queue, subject, fields)
        values |= {"key": checked_text("key", key, 1_000), "state": "waiting", "created_at": now, "changed_at": now}
        values["since"] = values.get("since") or now
        if values["key"] is not None and (had := await self._by_key(values["key"])) is not None:
            return Added(had, False)
        try:
            async with self._database.writing() as connection:
                await _can_be_served(connection, values)
                owner = await contact_key(connection, contact) if contact else await _owner(connection, values)
                values["contact_id"] = owner
                values["tier"] = values.get("tier") or await _tier(connection, owner)
                made = insert(requests).values(values).returning(requests.c.id)
                number = int((await connection.execute(made)).scalar_one())
                await keep(connection, number, attachments, now)
                request = await _read(connection, number)
        except IntegrityError:
            had = await self._by_key(values["key"]) if values["key"] is not None else None
            if had is None:
                raise Refused("service_ticket_id", "there is no such ticket") from None
            return Added(had, False)
        assert request is not None  # noqa: S101 - written a line ago
        return Added(request, True)

    def _checked(self, kind: str, queue: str, subject: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        values = {"details": {}, "skills": {}, **checked(fields, _CHECKS)}
        values["kind"] = needed_text("kind", kind, 10, among=get_args(RequestKind))
        values["queue"] = needed_text("queue", queue, 200)
        values["subject"] = needed_text("subject", subject, LONGEST_SUBJECT)
        if values.get("number"):
            values["number"] = to_e164(values["number"], self._country)
            if values["number"] is None:
                raise Refused("number", "number is not a telephone number")
        return values

    async def get(self, id: str) -> Request | None:
        async with self._database.reading() as connection:
            return await _read(connection, key_of(id))

    async def page(self, want: RequestFilter, after: str | None = None, limit: int = 50) -> Page[Request]:
        """In the order of coming."""
        of, query = requests.c, _all()
        for column, value in (
            (of.queue, want.queue), (of.kind, want.kind), (of.state, want.state), (of.agent, want.agent),
            (of.number, want.number),
        ):  # fmt: skip
            if value is not None:
                query = query.where(column == value)
        if want.contact is not None:
            query = query.where(same_contact(of.contact_id, want.contact))
        if want.open:
            query = query.where(of.state.in_(OPEN))
        return await by_time(self._database, query, of.since, of.id, _request, after, limit)

    async def open(self) -> tuple[Request, ...]:
        """All that are not over, in the order of coming: what an engine starts from."""
        return await self._walk(requests.c.state.in_(OPEN))

    async def changed(self, since: datetime) -> tuple[Request, ...]:
        """Those added or changed at or after ``since``, as their writers' clocks had it, in the order of coming."""
        return await self._walk(requests.c.changed_at >= since)

    async def _walk(self, which: ColumnElement[bool]) -> tuple[Request, ...]:
        """All of them, read in bounded steps."""
        found: list[Request] = []
        async with self._database.reading() as connection:
            while True:
                query = _all().where(which, requests.c.id > (int(found[-1].id) if found else 0))
                rows = (await connection.execute(query.order_by(requests.c.id).limit(MOST_READ))).all()
                found += map(_request, rows)
                if len(rows) < MOST_READ:
                    return tuple(sorted(found, key=lambda one: (one.since, int(one.id))))

    async def take_tickets(self, queue: str, now: datetime, within: timedelta) -> int:
        """Tickets due within that time become requests, each once for one due time; closed ones cancel theirs.

        ``since`` is the ticket's own age, so its urgency is its share of the time promised. How many are new. Refused:
        there is no such queue.
        """
        of, mine = service_tickets.c, requests.c
        known = select(mine.id).where(mine.service_ticket_id == of.id, mine.due_at == of.due_at)
        known = known.where(mine.state != "cancelled")
        due = select(service_tickets).where(of.status == "open", of.due_at <= now + within, ~known.exists())
        closed = select(mine.id).join(service_tickets, of.id == mine.service_ticket_id)
        closed = closed.where(mine.kind == "ticket", mine.state.in_(OPEN), of.status.in_(("solved", "closed")))
        async with self._database.reading() as connection:
            rows = (await connection.execute(due.order_by(of.due_at).limit(MOST_READ))).all()
            over = (await connection.execute(closed.limit(MOST_READ))).scalars().all()
        for key in over:
            await self.move(str(key), "cancelled", now, was=OPEN)
        added = [await self._add_ticket(row, queue, now) for row in rows]
        return sum(one.new for one in added)

    async def _add_ticket(self, row: Row[Any], queue: str, now: datetime) -> Added:
        wish = {"text": row.text, "since": row.created_at, "due_at": row.due_at, "service_ticket_id": row.id}
        stamp = row.due_at.isoformat()
        return await self.add(
            "ticket", queue, row.subject, now, wish, contact=str(row.contact_id), key=f"ticket:{row.id}:{stamp}"
        )

    # -- changes of state ----------------------------------------------------------------------------------------------

    async def offer(self, id: str, agent: str, most: int, now: datetime) -> Request | None:
        """Waiting → offered to this agent, unless something is offered to them already or they have ``most`` taken.

        None: it does not wait any more, or the agent has enough. The agent's own row is the lock.
        """
        of = requests.c
        async with self._database.writing() as connection:
            await connection.execute(select(users.c.id).where(users.c.login == agent).with_for_update())
            counts = select(of.state, func.count()).where(of.agent == agent, of.state.in_(("offered", "taken")))
            held: dict[str, int] = {row[0]: row[1] for row in await connection.execute(counts.group_by(of.state))}
            if held.get("offered", 0) or held.get("taken", 0) >= most:
                return None
            values = {"state": "offered", "agent": agent, "offered_at": now, "attempts": of.attempts + 1}
            return await _move(connection, id, of.state == "waiting", now, values)

    async def move(
        self,
        id: str,
        to: RequestState,
        now: datetime,
        *,
        was: Collection[RequestState],
        agent_was: str | None = None,
        agent: str | None = None,
        parked_until: datetime | None = None,
        call: str | None = None,
    ) -> Request | None:
        """The request as it is then; None when it is not in one of the states ``was`` (or ``agent_was`` has it not).

        ``agent``: whose it is in its new state (None: nobody's). ``agent_was`` None: whoever has it.
        """
        values: dict[str, Any] = {"state": to, "agent": agent, "parked_until": parked_until}
        if to != "taken":
            values["offered_at"] = None
        if call is not None:
            values["call_id"] = call
        async with self._database.writing() as connection:
            return await _move(connection, id, _was(was, agent_was), now, values)

    async def done(self, id: str, agent: str, now: datetime, note: str | None = None) -> Request | None:
        """Taken by this agent → done; its note becomes the contact's history, unless a call's wrap-up has that already.

        None: this agent does not have it. Raises Refused.
        """
        text = checked_text("note", note, 10_000)
        async with self._database.writing() as connection:
            request = await _move(connection, id, _was(("taken",), agent), now, {"state": "done", "agent": agent})
            if request is not None and request.contact is not None and request.call is None:
                channel, direction = _CHANNELS[request.kind]
                said = "\n".join(part for part in (request.subject, text) if part)
                row = {"contact_id": int(request.contact), "at": now, "channel": channel, "direction": direction}
                await connection.execute(insert(interactions).values(row | {"agent": agent, "note": said}))
            return request

    async def belongs_to(self, id: str, contact: str, now: datetime) -> Request | None:
        """The agent says whose request this is. None: there is no such request. Raises Refused."""
        async with self._database.writing() as connection:
            owner = await contact_key(connection, contact)
            return await _move(connection, id, requests.c.state.in_(OPEN), now, {"contact_id": owner})

    async def put_back(
        self, id: str, agent: str, now: datetime, not_before: datetime, details: Mapping[str, Any]
    ) -> Request | None:
        """Taken by this agent → waiting at its place in line, and offered to nobody before then."""
        values = {"state": "waiting", "agent": None, "offered_at": None, "not_before": not_before}
        async with self._database.writing() as connection:
            return await _move(connection, id, _was(("taken",), agent), now, {**values, "details": dict(details)})

    async def cancel_of(self, number: str, now: datetime, kind: RequestKind = "callback") -> tuple[Request, ...]:
        """Cancels those of this number that nobody has taken; what was cancelled. They called, or were reached."""
        of, e164 = requests.c, to_e164(number, self._country)
        if e164 is None:
            return ()
        mine = select(of.id).where(of.number == e164, of.kind == kind, of.state.in_(UNTAKEN))
        async with self._database.writing() as connection:
            keys = (await connection.execute(mine.order_by(of.id))).scalars().all()
            return await _move_all(connection, keys, of.state.in_(UNTAKEN), now, {"state": "cancelled", "agent": None})

    async def time_up(self, now: datetime) -> tuple[Request, ...]:
        """Expires what is too late, and brings back to the line what was parked until now; those that changed."""
        of = requests.c
        late = of.state.in_(UNTAKEN) & (of.expires_at <= now)
        again = (of.state == "parked") & (of.parked_until <= now)
        query = select(of.id, late.label("late")).where(or_(late, again)).order_by(of.id).limit(MOST_READ)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return ()
        async with self._database.writing() as connection:
            gone = await _move_all(
                connection, [row.id for row in rows if row.late], late, now, {"state": "expired", "agent": None}
            )
            back = [row.id for row in rows if not row.late]
            return gone + await _move_all(connection, back, again, now, {"state": "waiting", "parked_until": None})

    async def _by_key(self, key: str) -> Request | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(_all().where(requests.c.key == key))).first()
        return _request(row) if row is not None else None


async def _move_all(
    connection: AsyncConnection, keys: Collection[int], was: ColumnElement[bool], now: datetime, values: dict[str, Any]
) -> tuple[Request, ...]:
    moved = [await _move(connection, str(key), was, now, values) for key in keys]
    return tuple(one for one in moved if one is not None)


def _was(states: Collection[str], agent: str | None) -> ColumnElement[bool]:
    there = requests.c.state.in_(tuple(states))
    return there if agent is None else there & (requests.c.agent == agent)


async def _move(
    connection: AsyncConnection, id: str, was: ColumnElement[bool], now: datetime, values: Mapping[str, Any]
) -> Request | None:
    """The compare-and-set. What is over needs no half-written answers."""
    key = key_of(id) or 0
    changes = {**values, "changed_at": now, "version": requests.c.version + 1}
    if values.get("state") in OVER:
        freed = case((requests.c.kind.in_(COMES_AGAIN), null()), else_=requests.c.key)
        changes |= {"ended_at": now, "parked_until": None, "key": freed}
    done = await connection.execute(update(requests).where(requests.c.id == key, was).values(changes))
    if not done.rowcount:
        return None
    if values.get("state") in OVER:
        await connection.execute(delete(drafts).where(drafts.c.call_id == of_request(str(key))))
    return await _read(connection, key)


async def _can_be_served(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Raises Refused."""
    known = select(queues.c.id).where(queues.c.name == values["queue"])
    if (await connection.execute(known)).first() is None:
        raise Refused("queue", f"there is no queue {values['queue'][:80]!r}")
    if values["skills"]:
        staff = (await connection.execute(select(users.c.skills).where(users.c.active))).scalars().all()
        missing = [skill for skill in values["skills"] if not any(skill in skills for skills in staff)]
        if missing:
            raise Refused("skills", f"no agent has the skill {missing[0]!r}")


async def _owner(connection: AsyncConnection, values: Mapping[str, Any]) -> int | None:
    """Whose number or mail address this is, if it is one contact's only."""
    email = values.get("email") or ""
    for query in (
        select(contact_numbers.c.contact_id).where(contact_numbers.c.e164 == values.get("number")),
        select(contacts.c.id).where(contacts.c.email.in_({email, email.lower()})),
    ):
        found = (await connection.execute(query.limit(2))).scalars().all()
        if len(found) == 1:
            return int(found[0])
    return None


async def _tier(connection: AsyncConnection, contact: int | None) -> str | None:
    joined = contacts.join(accounts, contacts.c.account_id == accounts.c.id)
    query = select(accounts.c.tier).select_from(joined).where(contacts.c.id == contact)
    return (await connection.execute(query)).scalar() if contact is not None else None


def _all() -> Select[Any]:
    return with_names(requests, outer=True)


async def _read(connection: AsyncConnection, key: int | None) -> Request | None:
    row = (await connection.execute(_all().where(requests.c.id == (key or 0)))).first()
    return _request(row) if row is not None else None


def _request(row: Row[Any]) -> Request:
    def id_of(key: int | None) -> str | None:
        return None if key is None else str(key)

    return Request(
        id=str(row.id),
        kind=row.kind,
        queue=row.queue,
        state=row.state,
        contact=id_of(row.contact_id),
        contact_name=row.contact_name,
        name=row.name,
        number=row.number,
        email=row.email,
        subject=row.subject,
        text=row.text,
        details=row.details,
        tier=row.tier,
        skills=row.skills,
        since=row.since,
        due_at=row.due_at,
        not_before=row.not_before,
        expires_at=row.expires_at,
        agent=row.agent,
        offered_at=row.offered_at,
        parked_until=row.parked_until,
        attempts=row.attempts,
        call=row.call_id,
        service_ticket=id_of(row.service_ticket_id),
        created_at=row.created_at,
        changed_at=row.changed_at,
        ended_at=row.ended_at,
        version=row.version,
    )
