"""``helin apply FILE``: users, queues, calendars, campaigns and what else agents work with become what it says.

The same file again changes nothing. The whole file is checked before the first change. Who and what the file does not
name stays as it is. A user without a ``password`` keeps the present one; a key that is left out means its default.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import SettingsError
from config.settings import sentence
from crm_store.calendars import CalendarFile, ExceptionDay, calendar_of, check_queues, checked
from crm_store.campaigns import CampaignFields
from crm_store.dispositions import Disposition, check_tree
from crm_store.errors import Refused
from crm_store.pause_reasons import PauseReason
from crm_store.pause_reasons import check as check_reasons
from crm_store.queue_alarms import check as check_alarms
from crm_store.rules import FIELDS as RULE
from crm_store.rules import checked_rule
from crm_store.store import Store
from crm_store.values import checked_template
from crm_store.webhooks import checked as checked_webhook
from crm_store.webhooks import fresh_secret
from routing.events import AlarmRule, Measure, RuleName
from routing.service_level import EmptyInterval

Name = Annotated[str, Field(min_length=1, max_length=200)]
Level = Annotated[int, Field(ge=1, le=100)]
BY = "helin apply"
"""Who did it, in histories."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class UserEntry(_Entry):
    login: Name
    name: Name
    role: Literal["agent", "leader", "supervisor", "campaign_manager", "admin", "partner", "api", "viewer"] = "agent"
    password: Annotated[str | None, Field(min_length=6, max_length=200, repr=False)] = None
    extension: str | None = None
    interface: str | None = None
    skills: dict[str, Level] = {}
    active: bool = True
    phone: Literal["browser", "sip"] = "browser"
    team: Annotated[str | None, Field(min_length=1, max_length=80)] = None


class StepEntry(_Entry):
    """From this long a wait on the queue asks for these skills instead."""

    after_seconds: Annotated[int, Field(ge=1)]
    skills: dict[str, Level] = {}


class AlarmEntry(_Entry):
    """``limit``: a count, seconds, or a share from 0 to 1."""

    measure: Measure
    limit: Annotated[float, Field(ge=0, strict=False)]
    after_seconds: Annotated[int, Field(ge=0)] = 0


class QueueEntry(_Entry):
    name: Name
    mode: Literal["assist", "direct"] = "assist"
    target_seconds: Annotated[int, Field(ge=1)] = 20
    max_wait_seconds: Annotated[int, Field(ge=1)] = 300
    wrap_up_seconds: Annotated[int, Field(ge=0)] = 0
    wrap_up_required: bool = False
    skills: dict[str, Level] = {}
    agents: list[str] = []
    recording_keep_days: Annotated[int | None, Field(ge=0, le=36_500)] = None
    pop_on: Literal["ring", "answer"] = "ring"
    pop_url: str | None = None
    auto_pause: bool = True
    rule: RuleName = "helin"
    tiers: dict[str, float] = {}
    weights: dict[str, float] = {}
    relax: list[StepEntry] = []
    last_agent_seconds: int = 0
    short_seconds: Annotated[int, Field(ge=0, le=600)] = 5
    empty_interval: EmptyInterval = "none"
    alarms: list[AlarmEntry] = []


class DispositionEntry(_Entry):
    """``position``: where the file has it, if it is not said."""

    key: Name
    labels: dict[str, str]
    outcome: Literal["reached", "sale", "refused", "not_reached", "complaint", "other"] = "other"
    parent: str | None = None
    queues: list[str] = []
    position: Annotated[int, Field(ge=0)] | None = None
    active: bool = True
    next: Literal["callback", "ticket", "task"] | None = None


class PauseReasonEntry(_Entry):
    """``position``: where the file has it, if it is not said."""

    key: Name
    labels: dict[str, str]
    kind: Literal["rest", "work", "other"] = "other"
    limit_minutes: Annotated[int | None, Field(ge=1, le=1_440)] = None
    position: Annotated[int, Field(ge=0)] | None = None
    active: bool = True


class ArticleEntry(_Entry):
    """Known by its language and title."""

    section: Name
    title: Name
    body: Annotated[str, Field(min_length=1, max_length=50_000)]
    kind: Literal["article", "answer"] = "article"
    language: Literal["et", "en", "ru"]


class ExceptionEntry(_Entry):
    """``date`` as TOML writes it, with quotation marks or without."""

    date: Annotated[date, Field(strict=False)]
    hours: list[str] = []
    name: str = ""


class CalendarEntry(_Entry):
    """``hours`` by weekday: a day that is left out is closed."""

    name: Name
    time_zone: Name
    queues: list[str] = []
    hours: dict[str, list[str]] = {}
    country: str = ""
    region: str = ""
    on_holidays: list[str] = []
    exceptions: list[ExceptionEntry] = []
    closing_minutes: int = 0
    closed_sound: str = ""
    holiday_sound: str = ""
    late_sound: str = ""
    closed_queue: str = ""
    overflow_queue: str = ""
    overflow_after_seconds: int = 0
    overflow_when_alone: bool = False
    emergency_sound: str = ""
    emergency_then: Literal["hang_up", "wait"] = "hang_up"


class CampaignEntry(_Entry):
    """``script``: a text, or steps; ``settings``: see crm_store.campaign_settings."""

    name: Name
    queue: Name
    mode: Literal["preview", "progressive", "predictive"]
    profile: Name
    caller_number: str | None = None
    company: str | None = None
    reason: str | None = None
    script: str | dict[str, Any] | None = None
    settings: dict[str, Any] = {}


class WebhookEntry(_Entry):
    """Known by its name. Without a ``secret`` the present one stays."""

    name: Name
    url: Name
    secret: Annotated[str | None, Field(max_length=200, repr=False)] = None
    events: list[str] = ["call"]
    active: bool = True


class Plan(_Entry):
    """What an apply file may hold."""

    users: list[UserEntry] = []
    queues: list[QueueEntry] = []
    dispositions: list[DispositionEntry] = []
    pause_reasons: list[PauseReasonEntry] = []
    calendars: list[CalendarEntry] = []
    articles: list[ArticleEntry] = []
    campaigns: list[CampaignEntry] = []
    webhooks: list[WebhookEntry] = []

    @model_validator(mode="after")
    def _named_once(self) -> Plan:
        for what, names in (
            ("login", [user.login for user in self.users]),
            ("queue", [queue.name for queue in self.queues]),
            ("disposition", [one.key for one in self.dispositions]),
            ("pause reason", [one.key for one in self.pause_reasons]),
            ("calendar", [one.name for one in self.calendars]),
            ("campaign", [one.name for one in self.campaigns]),
            ("webhook", [one.name for one in self.webhooks]),
            ("article", [f"{one.title} ({one.language})" for one in self.articles]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]} stands in the file twice; keep one")
        return self


@dataclass(frozen=True, slots=True)
class Step:
    """One thing looked at; ``changed`` names the fields that were not so before."""

    kind: Literal["user", "queue", "disposition", "pause reason", "calendar", "article", "campaign", "webhook"]
    name: str
    changed: tuple[str, ...]


def read_plan(path: Path) -> Plan:
    """Raises SettingsError with one sentence when the file cannot be read or says what cannot be."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        return Plan.model_validate(tree)
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError(sentence(error, str(path))) from None


async def apply(store: Store, plan: Plan) -> AsyncIterator[Step]:
    """Makes it so, one step at a time. Raises crm_store.errors.Refused when the store does not take a value."""
    await _check_agents(store, plan)
    tree = await _checked_tree(store, plan)
    reasons = await _checked_reasons(store, plan)
    calendars = await _checked_calendars(store, plan)
    _check_queues(plan)
    _check_campaigns(store, plan)
    await _check_webhooks(store, plan)
    hasher = PasswordHasher()
    for user in plan.users:
        password_hash = await _new_hash(store, hasher, user)
        entry = user.model_dump(exclude={"password"})
        put = await store.users.put(**entry, password_hash=password_hash)
        yield Step("user", user.login, put.changed)
    for queue in plan.queues:
        changed = (await store.queues.put(**queue.model_dump(exclude={"alarms"}), by=BY)).changed
        new_limits = await store.queue_alarms.put(queue.name, _limits(queue))
        yield Step("queue", queue.name, (*changed, "alarms") if new_limits else changed)
    for key, changed in (await store.dispositions.put(tree)).items():
        yield Step("disposition", key, changed)
    for key, changed in (await store.pause_reasons.put(reasons)).items():
        yield Step("pause reason", key, changed)
    for name, changed in (await store.calendars.put_some(calendars)).items():
        yield Step("calendar", name, changed)
    for article in plan.articles:
        yield Step("article", article.title, await store.articles.put(BY, article.model_dump()))
    for one in plan.campaigns:
        changed = (await store.campaigns.put(_campaign(one), BY, datetime.now(UTC))).changed
        yield Step("campaign", one.name, changed)
    for hook in plan.webhooks:
        yield Step("webhook", hook.name, await store.webhooks.put(now=datetime.now(UTC), **hook.model_dump()))


def _check_queues(plan: Plan) -> None:
    """Raises Refused with the queue's name: a file may have many."""
    for queue in plan.queues:
        try:
            checked_template("pop_url", queue.pop_url)
            checked_rule(**queue.model_dump(include=set(RULE)))
            check_alarms(_limits(queue))
        except Refused as why_not:
            raise Refused(why_not.field, f"queue {queue.name}: {why_not}") from None


def _limits(queue: QueueEntry) -> list[AlarmRule]:
    return [AlarmRule(one.measure, one.limit, one.after_seconds) for one in queue.alarms]


def _check_campaigns(store: Store, plan: Plan) -> None:
    """Raises Refused with the campaign's name."""
    for one in plan.campaigns:
        try:
            store.campaigns.check(_campaign(one))
        except Refused as why_not:
            raise Refused(why_not.field, f"campaign {one.name}: {why_not}") from None


async def _check_webhooks(store: Store, plan: Plan) -> None:
    """Raises Refused with the webhook's name."""
    known = {one.name for one in await store.webhooks.all()} if plan.webhooks else set()
    for one in plan.webhooks:
        try:
            checked_webhook(one.url, one.secret, one.events, one.active)
        except Refused as why_not:
            raise Refused(why_not.field, f"webhook {one.name}: {why_not}") from None
        if one.secret is None and one.name not in known:
            raise Refused("secret", f"webhook {one.name} is new and needs a secret, like {fresh_secret()}")


def _campaign(one: CampaignEntry) -> CampaignFields:
    return cast("CampaignFields", one.model_dump())


async def _check_agents(store: Store, plan: Plan) -> None:
    known = {user.login for user in plan.users} | {user.login for user in await store.users.all()}
    for queue in plan.queues:
        for login in queue.agents:
            if login not in known:
                raise SettingsError(
                    f"queue {queue.name}: there is no user {login}; add it under [[users]] or take it out"
                )
    for user in plan.users:
        if user.password is None and await store.users.by_login(user.login) is None:
            raise SettingsError(f"user {user.login} is new and needs a password")


async def _checked_tree(store: Store, plan: Plan) -> list[Disposition]:
    """The file's part of the tree. Raises Refused when it does not fit to the rest."""
    tree = [
        Disposition(
            **one.model_dump(exclude={"queues", "position"}),
            queues=tuple(one.queues),
            position=place if one.position is None else one.position,
        )
        for place, one in enumerate(plan.dispositions)
    ]
    had = {one.key: one for one in await store.dispositions.all()}
    check_tree(list({**had, **{one.key: one for one in tree}}.values()))
    return tree


async def _checked_reasons(store: Store, plan: Plan) -> list[PauseReason]:
    """The file's reasons to pause. Raises Refused when they do not fit to the rest."""
    reasons = [
        PauseReason(**one.model_dump(exclude={"position"}), position=place if one.position is None else one.position)
        for place, one in enumerate(plan.pause_reasons)
    ]
    had = {one.key: one for one in await store.pause_reasons.all()}
    check_reasons(list({**had, **{one.key: one for one in reasons}}.values()))
    return reasons


async def _checked_calendars(store: Store, plan: Plan) -> list[CalendarFile]:
    """Raises Refused when one cannot be, by itself or beside the others."""
    files = [_calendar(one) for one in plan.calendars]
    every = {one.name: one for one in await store.calendars.all()} if files else {}
    every |= {one.name: one for one in map(calendar_of, files)}
    known = {queue.name for queue in plan.queues} | {queue.name for queue in await store.queues.all()}
    for file in files:
        check_queues(await checked(file, tuple(every.values())), known)
    return files


def _calendar(one: CalendarEntry) -> CalendarFile:
    given = one.model_dump(exclude={"exceptions"})
    return CalendarFile(**given, exceptions=tuple(ExceptionDay(**day.model_dump()) for day in one.exceptions))


async def _new_hash(store: Store, hasher: PasswordHasher, user: UserEntry) -> str | None:
    """None when the password is to stay: a fresh salt would make the same file a change."""
    if user.password is None:
        return None
    had = await store.users.password_hash(user.login, active_only=False)
    if had is not None and await asyncio.to_thread(_fits, hasher, had, user.password):
        return None
    return await asyncio.to_thread(hasher.hash, user.password)


def _fits(hasher: PasswordHasher, had: str, password: str) -> bool:
    try:
        return hasher.verify(had, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
