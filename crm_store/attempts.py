"""Attempts: each dialling of a lead, written down before the call leaves and never begun twice.

``begin`` commits the row and the lead's counters in one transaction, and only then may anything be sent. All that is
counted (attempts of a lead, a number, a day; answered and abandoned calls of a window) is counted from these rows, so
it is exact whenever the service was killed. In that same transaction is looked at what may have changed in the last
moment: the campaign runs, the lead is free, and the law, with every list and count as it is now, allows the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import attempts, campaigns, dial_lists, lead_numbers, leads
from crm_store.country_profiles import Profiles
from crm_store.database import Database
from crm_store.lawfulness import judge
from routing.attempts import AttemptOutcome, Course
from routing.lawful import Tried, Verdict

FREE: Final = ("open", "callback")
"""States in which a lead may be dialled; a reserved one by whom it is reserved for."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """``deadline``: nothing leaves later. ``agent``: who waits for the answer, in preview."""

    channel: str
    asterisk: str
    campaign: str
    list: str
    lead: str
    number: str
    mode: str
    at: datetime
    deadline: datetime
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    id: str
    channel: str
    asterisk: str
    campaign: str
    list: str
    lead: str
    number: str
    mode: str
    agent: str | None
    at: datetime
    outcome: AttemptOutcome | None
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    call: str | None


@dataclass(frozen=True, slots=True)
class NextTry:
    """How a lead goes on after an attempt. ``bad``: why its number is not dialled again."""

    state: str
    at: datetime
    bad: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Of a window: calls that a person answered (with and without an agent), and those without."""

    persons: int
    abandoned: int


class NotBegun(Exception):
    """Why nothing may be sent: one clear sentence. ``verdict``: the law's, where that is why."""

    def __init__(self, why: str, verdict: Verdict | None = None) -> None:
        super().__init__(why)
        self.verdict = verdict


class Attempts:
    """``profiles``: countries' rules, asked when a call is about to leave."""

    def __init__(self, database: Database, profiles: Profiles) -> None:
        self._database = database
        self._profiles = profiles

    async def begin(self, new: NewAttempt) -> str:
        """The attempt's id, once row and counters are committed. Raises NotBegun, and then nothing has changed."""
        try:
            async with self._database.writing() as connection:
                proof = await _still_right(connection, self._profiles, new)
                await _count(connection, new)
                row = {
                    "channel": new.channel, "asterisk": new.asterisk, "campaign_id": int(new.campaign),
                    "list_id": int(new.list), "lead_id": int(new.lead), "number": new.number, "mode": new.mode,
                    "agent": new.agent, "at": new.at, "deadline": new.deadline, "proof": proof,
                }  # fmt: skip
                made = await connection.execute(insert(attempts).values(row).returning(attempts.c.id))
                return str(made.scalar_one())
        except IntegrityError:
            raise NotBegun("this attempt was begun before") from None

    async def went_on(self, channel: str, call: str | None, course: Course, to: NextTry | None) -> bool:
        """What has become known of an attempt; ``to`` once it is over. Whether that was news: what was known stays."""
        of = attempts.c
        async with self._database.writing() as connection:
            row = (await connection.execute(select(attempts).where(of.channel == channel))).first()
            if row is None or row.ended_at is not None:
                return False
            outcome = row.outcome or course.outcome
            known = {
                "outcome": outcome,
                "answered_at": row.answered_at or course.answered_at,
                # A Helin that was away wrote down when it heard of it, which is late; the end may know better.
                "connected_at": min(filter(None, (row.connected_at, course.connected_at)), default=None),
                "agent": row.agent or course.agent,
                "call_id": row.call_id or call,
                "cause": row.cause if row.cause is not None else course.cause,
                "estimated": row.estimated or course.estimated,
                "ended_at": course.ended_at if to is not None else None,
            }
            await connection.execute(update(attempts).where(of.id == row.id).values(known))
            if to is not None:
                await _over(connection, row, outcome, to)
            elif course.connected_at is not None:
                talking = update(leads).where(leads.c.id == row.lead_id, leads.c.state == "dialling")
                await connection.execute(talking.values(state="talking", changed_at=course.connected_at))
            return True

    async def put_off(self, lead: str, until: datetime, now: datetime) -> None:
        """A lead that may not be called before then; somebody else's is left alone."""
        free = update(leads).where(leads.c.id == int(lead), leads.c.state.in_(FREE))
        async with self._database.writing() as connection:
            await connection.execute(free.values(next_at=until, changed_at=now))

    async def open(self, asterisk: str) -> tuple[Attempt, ...]:
        """All of this Asterisk that are not over, as far as the rows go; oldest first."""
        of = attempts.c
        query = select(attempts).where(of.asterisk == asterisk, of.ended_at.is_(None)).order_by(of.id)
        async with self._database.reading() as connection:
            return tuple(map(_attempt, (await connection.execute(query)).all()))

    async def of_channel(self, channel: str) -> Attempt | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(attempts).where(attempts.c.channel == channel))).first()
        return _attempt(row) if row is not None else None

    async def shown(self, channel: str) -> dict[str, Any] | None:
        """What the agent sees of an attempt beside the customer: campaign with its script, and lead. None: no such."""
        query = select(attempts.c.lead_id, attempts.c.number).where(attempts.c.channel == channel)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return await self.shown_lead(str(row.lead_id), row.number) if row is not None else None

    async def kept_for(self, agent: str, now: datetime) -> tuple[str, datetime] | None:
        """The lead that this agent looks at now, and until when it is theirs."""
        of = leads.c
        mine = (of.state == "reserved") & (of.reserved_by == agent) & (of.reserved_until > now)
        query = select(of.id, of.reserved_until).join(campaigns, campaigns.c.id == of.campaign_id)
        query = query.where(mine, campaigns.c.state == "running", campaigns.c.mode == "preview").limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return (str(row.id), row.reserved_until) if row is not None else None

    async def shown_lead(self, lead: str, number: str | None = None) -> dict[str, Any] | None:
        """The same of a lead that is not dialled yet."""
        joined = leads.join(campaigns, campaigns.c.id == leads.c.campaign_id)
        joined = joined.join(dial_lists, dial_lists.c.id == leads.c.list_id)
        query = select(leads, campaigns.c.name.label("campaign"), campaigns.c.mode, campaigns.c.company,
            campaigns.c.script, campaigns.c.settings, dial_lists.c.name.label("list")).select_from(joined)  # fmt: skip
        first = select(lead_numbers.c.number).where(lead_numbers.c.lead_id == int(lead)).order_by(lead_numbers.c.n)
        answered = select(attempts.c.answers).where(attempts.c.lead_id == int(lead), attempts.c.answers.is_not(None))
        answered = answered.order_by(attempts.c.id.desc())
        async with self._database.reading() as connection:
            row = (await connection.execute(query.where(leads.c.id == int(lead)))).first()
            number = number or (await connection.execute(first.limit(1))).scalar()
            said = (await connection.execute(answered.limit(1))).scalar()
        return _shown(row, number, said) if row is not None else None

    async def answered(self, campaign: str, since: datetime) -> Answered:
        """What a person answered since then, and how many of these met no agent."""
        of = attempts.c
        query = (
            select(of.outcome, func.count())
            .where(of.campaign_id == int(campaign), of.at >= since, of.outcome.in_(("person", "abandoned")))
            .group_by(of.outcome)
        )
        async with self._database.reading() as connection:
            counts = {row[0]: int(row[1]) for row in await connection.execute(query)}
        return Answered(sum(counts.values()), counts.get("abandoned", 0))

    async def tried(self, lead: str) -> tuple[Tried, ...]:
        """All attempts of this lead, oldest first."""
        of = attempts.c
        query = select(of.at, of.lead_id, of.number, of.campaign_id, of.outcome).where(of.lead_id == int(lead))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(of.id))).all()
        return tuple(Tried(row.at, str(row.lead_id), row.number, str(row.campaign_id), row.outcome) for row in rows)


async def _still_right(connection: AsyncConnection, profiles: Profiles, new: NewAttempt) -> dict[str, Any]:
    """What may have changed since the lead was chosen; the proof that it is lawful. Raises NotBegun."""
    state = (await connection.execute(select(campaigns.c.state).where(campaigns.c.id == int(new.campaign)))).scalar()
    if state != "running":
        raise NotBegun("the campaign does not run")
    agent_waits = new.agent is not None
    judged = await judge(connection, profiles, int(new.campaign), [int(new.lead)], new.at, agent_waits)
    verdict = next((one.verdict for one in judged if one.number == new.number), None)
    if verdict is None:
        raise NotBegun("the lead has this number no longer")
    if not verdict.allowed:
        raise NotBegun(verdict.why, verdict)
    return dict(verdict.proof)


async def _count(connection: AsyncConnection, new: NewAttempt) -> None:
    """The lead is taken, and counted. Two who want it at once: one of them gets it."""
    of = leads.c
    free = or_(of.state.in_(FREE), and_(of.state == "reserved", of.reserved_by == new.agent))
    taken = update(leads).where(of.id == int(new.lead), free).values(
        state="dialling", attempts=of.attempts + 1, changed_at=new.at, reserved_by=None, reserved_until=None
    )  # fmt: skip
    if (await connection.execute(taken)).rowcount != 1:
        raise NotBegun("somebody else has the lead, or it is done")
    counted = update(lead_numbers).where(lead_numbers.c.lead_id == int(new.lead), lead_numbers.c.number == new.number)
    await connection.execute(counted.values(attempts=lead_numbers.c.attempts + 1))


async def _over(connection: AsyncConnection, row: Row[Any], outcome: str | None, to: NextTry) -> None:
    """The lead is free again, unless somebody has put it elsewhere meanwhile (a disposition, a do-not-call)."""
    of = leads.c
    mine = update(leads).where(of.id == row.lead_id, of.state.in_(("dialling", "talking")))
    await connection.execute(mine.values(state=to.state, next_at=to.at, changed_at=to.at, outcome=outcome))
    if to.bad is not None:
        bad = update(lead_numbers).where(
            lead_numbers.c.lead_id == row.lead_id, lead_numbers.c.number == row.number, lead_numbers.c.bad.is_(None)
        )
        await connection.execute(bad.values(bad=to.bad))


def _shown(row: Row[Any], number: str | None, answered: Mapping[str, Any] | None) -> dict[str, Any]:
    campaign = {"id": str(row.campaign_id), "name": row.campaign, "mode": row.mode, "company": row.company}
    campaign |= {"currency": row.settings.get("currency", "EUR")}
    lead = {"id": str(row.id), "name": row.name, "list": row.list, "number": number, "fields": row.fields}
    more = {"language": row.language, "attempt": row.attempts, "disposition": row.disposition}
    more |= {"answers": answered["values"] if answered else {}}
    return {"campaign": campaign | {"script": row.script}, "lead": lead | more}


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        str(row.id), row.channel, row.asterisk, str(row.campaign_id), str(row.list_id), str(row.lead_id), row.number,
        row.mode, row.agent, row.at, row.outcome, row.answered_at, row.connected_at, row.ended_at, row.call_id,
    )  # fmt: skip
