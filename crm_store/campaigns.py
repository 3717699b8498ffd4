"""Campaigns: made, changed, started, paused, stopped. Each change has a version and stands in the audit trail.

A campaign is served by a queue in mode direct: its agents, wrap-up and dispositions are the campaign's. It starts only
when nothing speaks against it; :meth:`Campaigns.faults` says what does, and a running one is never changed into one
that could not have been started.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Final, TypedDict

from sqlalchemy import Row, case, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import campaigns, dial_lists, leads
from crm_store.campaign_settings import MODES, STATES, CampaignSettings, Mode, State, checked_settings
from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.numbers import dialable
from crm_store.records import Page, cursor, page_size, place
from crm_store.schema import audit, queue_agents, queues, users
from crm_store.scripts import checked_script
from crm_store.users import QUEUE_NAME, Put
from crm_store.values import checked_text, key_of, needed_text

_PROFILE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,10})?")
OVER: Final = ("done", "skipped")
"""States of a lead that is dialled no more."""
LEFT: Final = ("open", "reserved", "dialling", "talking", "callback")
"""The others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """``queue``: whose agents serve it. ``profile``: the key of the country profile that it keeps to. ``reason``: why
    it dials ahead, where the profile wants one in writing. ``script``: see crm_store.scripts."""

    id: str
    name: str
    queue: str
    mode: Mode
    state: State
    profile: str
    caller_number: str | None
    company: str | None
    reason: str | None
    script: Mapping[str, Any] | None
    settings: CampaignSettings = field(default_factory=CampaignSettings)
    created_at: datetime
    changed_at: datetime
    started_at: datetime | None
    version: int


class CampaignFields(TypedDict, total=False):
    """What may be set. ``script``: a text, or steps; ``settings``: those that are named, the others stay."""

    name: str
    queue: str
    mode: str
    profile: str
    caller_number: str | None
    company: str | None
    reason: str | None
    script: Any
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a campaign cannot start. ``why``: one sentence that says what to do, without its full stop; ``code`` and
    ``params``: the same for those who say it in another language."""

    field: str
    why: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


Check = Callable[[Sequence[Campaign], datetime], Awaitable[Mapping[str, Sequence[Fault]]]]
"""What else speaks against a start, the law above all: of each of these campaigns, by its id."""
SET: Final = tuple(CampaignFields.__annotations__)


class Campaigns:
    """``country`` reads caller numbers without an international prefix. ``checks``: asked before each start."""

    def __init__(self, database: Database, country: str, checks: Sequence[Check] = ()) -> None:
        self._database = database
        self._country = country
        self.checks = tuple(checks)

    async def page(self, state: str | None = None, after: str | None = None, limit: int = 50) -> Page[Campaign]:
        """Newest first."""
        if state is not None:
            needed_text("state", state, 20, among=STATES)
        query, size = select(campaigns), page_size(limit)
        if state:
            query = query.where(campaigns.c.state == state)
        if after:
            query = query.where(campaigns.c.id < place(after, int)[0])
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(campaigns.c.id.desc()).limit(size + 1))).all()
        items = tuple(map(campaign_of, rows[:size]))
        return Page(items, cursor(rows[size - 1].id) if len(rows) > size else None)

    async def get(self, id: str) -> Campaign | None:
        return await self._one(campaigns.c.id == (key_of(id) or 0))

    async def by_name(self, name: str) -> Campaign | None:
        return await self._one(campaigns.c.name == name)

    async def running(self) -> tuple[Campaign, ...]:
        query = select(campaigns).where(campaigns.c.state == "running").order_by(campaigns.c.id)
        async with self._database.reading() as connection:
            return tuple(map(campaign_of, await connection.execute(query)))

    async def add(self, given: CampaignFields, by: str, now: datetime) -> Campaign:
        """Raises Refused for what cannot be, Conflict when there is one of this name."""
        values = self._checked(given)
        for name in ("name", "queue", "mode", "profile"):
            if name not in values:
                raise Refused(name, f"a new campaign needs {name}")
        values.setdefault("settings", asdict(CampaignSettings()))
        row = {**values, "state": "draft", "created_at": now, "changed_at": now, "version": 1}
        async with self._database.writing() as connection:
            try:
                made = await connection.execute(insert(campaigns).values(**row).returning(campaigns))
                one = campaign_of(made.one())
            except IntegrityError:
                raise Conflict("name", f"there is a campaign {values['name'][:80]} already") from None
            await _write_down(connection, now, by, "made", one.id, {"version": 1})
        return one

    async def change(
        self, id: str, given: CampaignFields, by: str, now: datetime, version: int | None = None
    ) -> Put[Campaign] | None:
        """What is not given stays. ``version``: what the caller believes to change. None: there is no such campaign.

        Raises Refused, also when it is running and could not have been started so; Conflict when somebody was faster.
        """
        async with self._database.writing() as connection:
            had = await _locked(connection, id)
            if had is None:
                return None
            if version is not None and version != had.version:
                raise Conflict("version", "somebody else has changed the campaign meanwhile; read it again")
            if "settings" in given:
                given = {**given, "settings": {**asdict(had.settings), **_table(given["settings"])}}
            values = self._checked(given)
            changed = tuple(name for name, value in values.items() if value != _kept(had, name))
            if not changed:
                return Put(had, ())
            values = {name: values[name] for name in changed} | {"changed_at": now, "version": had.version + 1}
            try:
                one = await _update(connection, id, values)
            except IntegrityError:
                raise Conflict("name", f"there is a campaign {values['name'][:80]} already") from None
            if one.state == "running":
                _none(one, (await self._faults(connection, [one], now))[one.id])
            await _write_down(connection, now, by, "changed", id, _difference(had, one, changed))
        return Put(one, changed)

    async def put(self, given: CampaignFields, by: str, now: datetime) -> Put[Campaign]:
        """The campaign of this name is so from now on; what is not given has its default. Raises Refused."""
        had = await self.by_name(given["name"])
        if had is None:
            return Put(await self.add(given, by, now), SET)
        blank = dict.fromkeys(("caller_number", "company", "reason", "script"))
        whole = {**blank, **given, "settings": {**asdict(CampaignSettings()), **_table(given.get("settings", {}))}}
        put = await self.change(had.id, CampaignFields(**whole), by, now)  # type: ignore[typeddict-item]
        assert put is not None  # noqa: S101 — campaigns are never removed
        return put

    def check(self, given: CampaignFields) -> None:
        """Raises Refused for what :meth:`put` would refuse by itself."""
        self._checked(given)

    async def faults(self, campaign: Campaign, now: datetime) -> tuple[Fault, ...]:
        """All that speaks against starting it now; () when nothing does."""
        return (await self.faults_of([campaign], now))[campaign.id]

    async def faults_of(self, some: Sequence[Campaign], now: datetime) -> dict[str, tuple[Fault, ...]]:
        """The same of several, by their ids: as many queries as for one."""
        async with self._database.reading() as connection:
            return await self._faults(connection, some, now)

    async def start(self, id: str, by: str, now: datetime) -> Campaign | None:
        """Raises Refused with all that speaks against it. One that runs already stays as it is."""
        return await self._move(id, "running", ("draft", "paused", "stopped"), by, now)

    async def pause(self, id: str, by: str, now: datetime) -> Campaign | None:
        """No new call leaves; those under way go on. Raises Refused for one that does not run."""
        return await self._move(id, "paused", ("running",), by, now)

    async def stop(self, id: str, by: str, now: datetime) -> Campaign | None:
        """As :meth:`pause`; it is over, until somebody starts it again."""
        return await self._move(id, "stopped", ("draft", "running", "paused"), by, now)

    async def _move(self, id: str, to: State, was: Sequence[State], by: str, now: datetime) -> Campaign | None:
        async with self._database.writing() as connection:
            had = await _locked(connection, id)
            if had is None or had.state == to:
                return had
            if had.state not in was:
                raise Refused("state", f"the campaign is {had.state}; only one that runs can be {to}")
            if to == "running":
                _none(had, (await self._faults(connection, [had], now))[had.id])
            values: dict[str, Any] = {"state": to, "changed_at": now, "version": had.version + 1}
            if to == "running" and had.started_at is None:
                values["started_at"] = now
            one = await _update(connection, id, values)
            await _write_down(connection, now, by, to, id, {"version": one.version, "was": had.state})
        return one

    async def _faults(
        self, connection: AsyncConnection, some: Sequence[Campaign], now: datetime
    ) -> dict[str, tuple[Fault, ...]]:
        if not some:
            return {}
        found = await _own_faults(connection, some)
        missing = {id: {one.field for one in own} & {"caller_number", "company"} for id, own in found.items()}
        for check in self.checks:
            for id, more in (await check(some, now)).items():
                found[id] += [one for one in more if one.field not in missing[id]]
        return {id: tuple(faults) for id, faults in found.items()}

    async def _one(self, where: Any) -> Campaign | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(campaigns).where(where))).first()
        return campaign_of(row) if row else None

    def _checked(self, given: CampaignFields) -> dict[str, Any]:
        """The given fields as they are stored."""
        checks: Mapping[str, Callable[[Any], Any]] = {
            "name": lambda value: needed_text("name", value, 200),
            "queue": _queue,
            "mode": lambda value: needed_text("mode", value, 20, among=MODES),
            "profile": _profile,
            "caller_number": self._caller_number,
            "company": lambda value: checked_text("company", value, 200),
            "reason": lambda value: checked_text("reason", value, 2_000),
            "script": checked_script,
            "settings": lambda value: asdict(checked_settings(_table(value))),
        }
        return {name: checks[name](value) for name, value in given.items()}

    def _caller_number(self, value: str | None) -> str | None:
        text = checked_text("caller_number", value, 40)
        if text is None:
            return None
        number, why = dialable(text, self._country)
        if not number:
            raise Refused("caller_number", f"the caller number cannot be called back: {why.rstrip('.')}")
        return number


async def _own_faults(connection: AsyncConnection, some: Sequence[Campaign]) -> dict[str, list[Fault]]:
    serving, active = await _serving(connection, some), await _active(connection, some)
    return {one.id: [*_queue_faults(one.queue, serving), *_left_out(one), *_list_faults(one, active)] for one in some}


def _left_out(one: Campaign) -> list[Fault]:
    """What it needs and has not."""
    found = []
    if one.caller_number is None:
        why = "it has no caller number; say which number customers see"
        found.append(Fault("caller_number", why, "caller_number_missing"))
    if one.company is None:
        found.append(Fault("company", "it has no company; say in whose name it calls", "company_missing"))
    if one.script is None:
        found.append(Fault("script", "it has no script; write what the agents say", "script_missing"))
    return found


async def _active(connection: AsyncConnection, some: Sequence[Campaign]) -> Mapping[int, bool]:
    """Campaigns with an active list: whether there is a lead in any that is still to be called, or that may come."""
    of = dial_lists.c
    left = exists().where(leads.c.list_id == of.id, leads.c.state.in_(LEFT))
    more = case((or_(of.segment.is_not(None), left), 1), else_=0)
    query = select(of.campaign_id, func.max(more)).where(of.campaign_id.in_([int(one.id) for one in some]), of.active)
    return {row[0]: bool(row[1]) for row in await connection.execute(query.group_by(of.campaign_id))}


def _list_faults(one: Campaign, active: Mapping[int, bool]) -> list[Fault]:
    if int(one.id) not in active:
        return [Fault("lists", "it has no active list; import leads first", "no_list")]
    if not active[int(one.id)]:
        return [Fault("lists", "its lists have no lead that is still to be called; import more", "no_lead")]
    return []


async def _serving(connection: AsyncConnection, some: Sequence[Campaign]) -> Mapping[str, tuple[str, int]]:
    """The queues' modes, and how many active agents they have."""
    joined = queues.outerjoin(queue_agents, queue_agents.c.queue_id == queues.c.id)
    joined = joined.outerjoin(users, (users.c.id == queue_agents.c.user_id) & users.c.active)
    query = select(queues.c.name, queues.c.mode, func.count(users.c.id)).select_from(joined)
    query = query.where(queues.c.name.in_({one.queue for one in some})).group_by(queues.c.name, queues.c.mode)
    return {row[0]: (row[1], row[2]) for row in await connection.execute(query)}


def _queue_faults(name: str, serving: Mapping[str, tuple[str, int]]) -> list[Fault]:
    said = {"queue": name[:80]}
    if name not in serving:
        return [Fault("queue", f"there is no queue {name[:80]}; make it first", "queue_missing", said)]
    mode, agents = serving[name]
    if mode != "direct":
        why = f"the queue {name[:80]} is not in mode direct; only such a queue can serve a campaign"
        return [Fault("queue", why, "queue_not_direct", said)]
    if not agents:
        return [Fault("agents", f"the queue {name[:80]} has no agents; add some", "no_agents", said)]
    return []


def _none(campaign: Campaign, faults: Sequence[Fault]) -> None:
    """Raises Refused with all of them."""
    if faults:
        whys = "; ".join(one.why for one in faults)
        raise Refused(faults[0].field, f"the campaign {campaign.name[:80]} cannot run: {whys}")


async def _locked(connection: AsyncConnection, id: str) -> Campaign | None:
    query = select(campaigns).where(campaigns.c.id == (key_of(id) or 0)).with_for_update()
    row = (await connection.execute(query)).first()
    return campaign_of(row) if row else None


async def _update(connection: AsyncConnection, id: str, values: Mapping[str, Any]) -> Campaign:
    statement = update(campaigns).where(campaigns.c.id == int(id)).values(**values).returning(campaigns)
    return campaign_of((await connection.execute(statement)).one())


async def _write_down(
    connection: AsyncConnection, now: datetime, by: str, what: str, id: str, detail: Mapping[str, Any]
) -> None:
    row = {"at": now, "who": by, "what": what, "subject": f"campaign:{id}", "detail": dict(detail)}
    await connection.execute(insert(audit).values(row))


def _difference(had: Campaign, one: Campaign, changed: Sequence[str]) -> dict[str, Any]:
    """What is small is told as it was and as it is."""
    told = {name: [_kept(had, name), _kept(one, name)] for name in changed if name not in ("script", "settings")}
    was, is_ = asdict(had.settings), asdict(one.settings)
    told |= {f"settings.{name}": [was[name], is_[name]] for name in is_ if was[name] != is_[name]}
    return {"version": one.version, "changed": list(changed), "values": told}


def _kept(campaign: Campaign, name: str) -> Any:
    return asdict(campaign.settings) if name == "settings" else getattr(campaign, name)


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused("settings", "settings must be a table of names and values")
    return value


def _queue(value: str) -> str:
    name = needed_text("queue", value, 128)
    if not QUEUE_NAME.fullmatch(name):
        raise Refused("queue", f"{name[:40]!r} is no queue's name")
    return name


def _profile(value: str) -> str:
    key = needed_text("profile", value, 20)
    if not _PROFILE.fullmatch(key):
        raise Refused("profile", "profile must be a country profile's key, like US, UK or EE")
    return key


def campaign_of(row: Row[Any]) -> Campaign:
    """Of a row of campaigns."""
    values = {one.name: getattr(row, one.name) for one in fields(Campaign)}
    kept = {name: value for name, value in row.settings.items() if name in CampaignSettings.__dataclass_fields__}
    return Campaign(**{**values, "id": str(row.id), "settings": CampaignSettings(**kept)})
