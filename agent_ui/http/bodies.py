"""What requests may carry. Strict: nothing is coerced, unknown keys are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
RoleName = Literal["agent", "leader", "supervisor", "campaign_manager", "admin", "partner", "api", "viewer"]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class SignIn(Body):
    login: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=200, repr=False)]


class ContactBody(Body):
    """``account`` is a company's name; ``numbers`` replace all that were there.

    ``preferred_agent``: the login of whose caller this contact is; ``account_agent``: of everybody's of the account who
    has none of their own.
    """

    name: Name
    account: Annotated[str, Field(max_length=200)] | None = None
    numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] = []
    email: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    note: Text | None = None
    time_zone: Annotated[str, Field(max_length=40)] | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None
    preferred_agent: Name | None = None
    account_agent: Name | None = None


class ContactChange(Body):
    """Only what is given is changed."""

    name: Name = ""
    account: Annotated[str, Field(max_length=200)] | None = None
    numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] = []
    email: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    note: Text | None = None
    time_zone: Annotated[str, Field(max_length=40)] | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None
    preferred_agent: Name | None = None
    account_agent: Name | None = None


class ScenarioBody(Body):
    """What is left out stays as the queues have it. ``agents``: so many more, or fewer, at work."""

    name: Annotated[str, Field(max_length=60)] = ""
    policy: Literal["rules", "helin", "helin:misses", "fifo", "app_queue:rrmemory", "app_queue:leastrecent"] = "rules"
    target_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    max_wait_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    agents: Annotated[int, Field(ge=-500, le=500)] = 0


class WhatIfBody(Body):
    """A recorded day (``date`` in ``time_zone``), or ``csv`` with so many ``agents`` at work all the time."""

    date: Annotated[str, Field(max_length=20)] | None = None
    time_zone: Annotated[str, Field(max_length=40)] = "UTC"
    csv: Annotated[str, Field(max_length=900_000)] | None = None
    agents: Annotated[int, Field(ge=0, le=500)] = 10
    scenarios: Annotated[list[ScenarioBody], Field(min_length=1, max_length=4)]


class StaffingBody(Body):
    """``calls`` in ``interval_minutes``; ``patience_seconds`` null: callers never give up. Shares from 0 to 1.

    ``abandoned``: at most so many may give up. ``absent``: of those on the list, so many are not at work.
    """

    calls: Annotated[float, Field(gt=0, le=100_000)]
    interval_minutes: Annotated[int, Field(ge=1, le=1_440)] = 30
    handle_seconds: Annotated[float, Field(gt=0, le=36_000)]
    patience_seconds: Annotated[float, Field(gt=0, le=36_000)] | None = None
    target_seconds: Annotated[float, Field(ge=0, le=36_000)] = 20
    in_time: Annotated[float, Field(ge=0, lt=1)] = 0.8
    abandoned: Annotated[float, Field(ge=0, le=1)] = 1
    absent: Annotated[float, Field(ge=0, lt=1)] = 0


class TierBody(Body):
    """Set by hand; null: as the orders make it again."""

    tier: Literal["A", "B", "C"] | None


class InteractionBody(Body):
    """``channel``: how it came about; a call is none of these, it is written down by itself."""

    channel: Literal["note", "email", "chat", "letter", "meeting"]
    direction: Literal["inbound", "outbound", "internal"] | None = None
    disposition: Annotated[str, Field(max_length=200)] | None = None
    note: Text | None = None


class HoldBody(Body):
    """``on``: nobody may erase the call's recordings from now on. ``reason`` goes into the audit trail."""

    on: bool
    reason: Annotated[str, Field(max_length=500)] | None = None


class CallBody(Body):
    """``from_agent``: whose phone rings first; left out: the own one."""

    to: Annotated[str, Field(min_length=1, max_length=200)]
    from_agent: Annotated[str, Field(max_length=200)] | None = None


Skills = dict[str, int]
"""By name, each with its level from 1 to 100."""
Version = Annotated[str | None, Field(min_length=1, max_length=40)]
"""What was read: the change is refused (409) if somebody has changed it since. Left out: it is not looked at."""
Logins = Annotated[list[Name], Field(max_length=1_000)]


class UserFields(Body):
    """``password`` may be left out for a user who has one, ``queues`` where they stay as they are. ``language``: what
    the user's pages speak; null: as their browser does."""

    name: Name
    role: RoleName = "agent"
    password: Annotated[str | None, Field(min_length=6, max_length=200, repr=False)] = None
    extension: Annotated[str, Field(max_length=40)] | None = None
    interface: Annotated[str, Field(max_length=80)] | None = None
    skills: Skills = {}
    active: bool = True
    phone: Literal["browser", "sip"] = "browser"
    queues: Annotated[list[Name], Field(max_length=1_000)] | None = None
    language: Literal["et", "en", "ru"] | None = None
    team: Annotated[str, Field(max_length=80)] | None = None
    version: Version = None


class UserBody(UserFields):
    login: Name


class UserChange(UserFields):
    """Only what is given is changed."""

    name: Name = ""


class StepBody(Body):
    """From this long a wait on the queue asks for these skills instead."""

    after_seconds: int
    skills: Skills = {}


class RuleFields(Body):
    """What a queue lives by. ``tiers``: what its callers are worth, where not as the shop says; ``weights``: seconds of
    idleness that one level of a skill counts; ``last_agent_seconds``: a caller waits so long at most for who they last
    spoke to. ``short_seconds``: who gives up sooner is a short abandon; ``empty_interval``: what reports show
    where nobody called: 100 %, no level, or no line."""

    rule: Literal["helin", "helin:misses"] = "helin"
    target_seconds: int = 20
    max_wait_seconds: int = 300
    tiers: dict[str, float] = {}
    skills: Skills = {}
    weights: dict[str, float] = {}
    relax: Annotated[list[StepBody], Field(max_length=20)] = []
    last_agent_seconds: int = 0
    short_seconds: int = 5
    empty_interval: Literal["full", "none", "left_out"] = "none"


class RuleChange(RuleFields):
    """Only what is given is changed. ``version``: the queue's, as it was read."""

    version: Version = None


class QueueFields(RuleFields):
    """Seconds. ``max_wait_seconds``: from nine tenths of it on a caller goes before all others. ``wrap_up_required``:
    wrap-up ends with a result only, never by time. ``recording_keep_days``: null as the settings say, 0 for ever.
    ``auto_pause``: who missed a call is paused."""

    mode: Literal["assist", "direct"] = "assist"
    wrap_up_seconds: int = 0
    wrap_up_required: bool = False
    agents: Logins = []
    recording_keep_days: int | None = None
    pop_on: Literal["ring", "answer"] = "ring"
    pop_url: Annotated[str, Field(max_length=2_000)] | None = None
    auto_pause: bool = True
    version: Version = None


class QueueBody(QueueFields):
    name: Annotated[str, Field(min_length=1, max_length=128)]


class QueueChange(QueueFields):
    """Only what is given is changed."""


Times = Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)]
"""Like ``09:00-17:00``, by the wall clock of the calendar's zone."""
Sound = Annotated[str, Field(max_length=80)]
QueueName = Annotated[str, Field(max_length=128)]


class ExceptionBody(Body):
    """A day that is not like its weekday; without ``hours`` it is closed."""

    date: date
    hours: Times = []
    name: Annotated[str, Field(max_length=100)] = ""


class CalendarFields(Body):
    """``hours`` by weekday (``monday`` …), those left out are closed. ``country``, ``region``: whose public holidays
    (ISO codes, "" for none), ``on_holidays``: what is open then. Sounds: as Asterisk names them, "" for its own."""

    time_zone: Annotated[str, Field(min_length=1, max_length=40)]
    queues: Annotated[list[QueueName], Field(max_length=200)] = []
    hours: Annotated[dict[str, Times], Field(max_length=7)] = {}
    country: Annotated[str, Field(max_length=2)] = ""
    region: Annotated[str, Field(max_length=40)] = ""
    on_holidays: Times = []
    exceptions: Annotated[list[ExceptionBody], Field(max_length=400)] = []
    closing_minutes: int = 0
    closed_sound: Sound = ""
    holiday_sound: Sound = ""
    late_sound: Sound = ""
    closed_queue: QueueName = ""
    overflow_queue: QueueName = ""
    overflow_after_seconds: int = 0
    overflow_when_alone: bool = False
    emergency_sound: Sound = ""
    emergency_then: Literal["hang_up", "wait"] = "hang_up"
    version: Version = None


class CalendarBody(CalendarFields):
    name: Annotated[str, Field(min_length=1, max_length=80)]


def _plausible(at: datetime) -> datetime:
    if not 1990 <= at.year <= 2200:
        raise ValueError("the year must be between 1990 and 2200")
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]


class ShiftBody(Body):
    """``agent``: a login; ``kind``: work, or a break in it."""

    agent: Annotated[str, Field(min_length=1, max_length=200)]
    begins_at: Moment
    ends_at: Moment
    kind: Literal["work", "break"] = "work"


class CallbackBody(Body):
    """``since``: since when the customer waits; now if not said."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    queue: Annotated[str, Field(min_length=1, max_length=128)]
    name: Annotated[str, Field(max_length=200)] | None = None
    text: Text | None = None
    since: Moment | None = None


class DoNotCallBody(Body):
    """``all``: never dialled for anything; ``marketing``: by no campaign; with ``campaign`` (an id): not by it."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    scope: Literal["all", "marketing"] = "all"
    campaign: Annotated[str, Field(max_length=20)] | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None


class EmergencyBody(Body):
    """``until``: at the longest seven days from now; left out: four hours."""

    on: bool
    until: Moment | None = None


class PreviewBody(Body):
    """``queue``: whom the caller calls; "" for the calendar's first. ``at`` left out: now."""

    calendar: CalendarBody
    at: Moment | None = None
    days: Annotated[int, Field(ge=1, le=62)] = 14
    queue: QueueName = ""


Id = Annotated[str, Field(min_length=1, max_length=200)]
Subject = Annotated[str, Field(min_length=1, max_length=200)]
Sentence = Annotated[str, Field(min_length=1, max_length=1_000)]
TicketKind = Literal["bug", "wish", "question"]
TicketStatus = Literal["open", "waiting", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
OrderStatus = Literal["new", "confirmed", "delivered", "cancelled"]


class TicketBody(Body):
    contact: Id
    subject: Subject
    kind: TicketKind = "question"
    status: TicketStatus = "open"
    priority: Priority = "normal"
    text: Text | None = None
    owner: Name | None = None
    due_at: Moment | None = None
    call: Id | None = None


class TicketChange(Body):
    """Only what is given is changed."""

    subject: Subject = ""
    kind: TicketKind = "question"
    status: TicketStatus = "open"
    priority: Priority = "normal"
    text: Text | None = None
    owner: Name | None = None
    due_at: Moment | None = None


class LineBody(Body):
    """``price`` is that of one, with at most two decimals."""

    product: Name
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    price: Annotated[float, Field(ge=0, le=1e10, strict=False)]


Lines = Annotated[list[LineBody], Field(min_length=1, max_length=100)]


class OrderBody(Body):
    contact: Id
    lines: Lines
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    status: OrderStatus = "new"
    note: Text | None = None
    call: Id | None = None
    at: Moment = Field(default_factory=lambda: datetime.now(UTC))


class OrderChange(Body):
    """Only what is given is changed; ``lines`` replace them all."""

    status: OrderStatus = "new"
    note: Text | None = None
    lines: Lines = []


class PromiseBody(Body):
    contact: Id
    text: Sentence
    due_at: Moment
    call: Id | None = None


class PromiseChange(Body):
    """Only what is given is changed."""

    text: Sentence = ""
    due_at: Moment = Field(default_factory=lambda: datetime.now(UTC))
    kept: bool = False


class TaskBody(Body):
    """``owner``: left out it is oneself, null is anyone. ``time_zone`` is the customer's."""

    text: Sentence
    due_at: Moment
    kind: Literal["task", "callback"] = "task"
    time_zone: Annotated[str, Field(max_length=40)] | None = None
    owner: Name | None = None
    contact: Id | None = None
    number: Annotated[str, Field(max_length=40)] | None = None
    call: Id | None = None


class TaskChange(Body):
    """Only what is given is changed."""

    text: Sentence = ""
    due_at: Moment = Field(default_factory=lambda: datetime.now(UTC))
    time_zone: Annotated[str, Field(max_length=40)] | None = None
    owner: Name | None = None
    done: bool = False


class DispositionBody(Body):
    """``labels`` by language: et, en, ru. ``queues``: names; [] means all."""

    key: Annotated[str, Field(pattern="^[a-z0-9_]{1,40}$")]
    labels: dict[Literal["et", "en", "ru"], Annotated[str, Field(min_length=1, max_length=100)]]
    outcome: Literal["reached", "sale", "refused", "not_reached", "complaint", "other"] = "other"
    parent: Annotated[str, Field(max_length=40)] | None = None
    queues: Annotated[list[Name], Field(max_length=200)] = []
    position: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    active: bool = True
    next: Literal["callback", "ticket", "task"] | None = None


class DispositionsBody(Body):
    items: Annotated[list[DispositionBody], Field(max_length=500)]


class AlarmRuleBody(Body):
    """``limit``: a count, seconds, or a share from 0 to 1; passed for ``after_seconds`` without a break."""

    measure: Literal["waiting", "longest_wait", "agents", "service_level", "abandoned"]
    limit: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
    after_seconds: Annotated[int, Field(ge=0, le=3_600)] = 0


class AlarmRulesBody(Body):
    items: Annotated[list[AlarmRuleBody], Field(max_length=5)]


class PauseReasonBody(Body):
    """``labels`` by language: et, en, ru."""

    key: Annotated[str, Field(pattern="^[a-z0-9_]{1,40}$")]
    labels: dict[Literal["et", "en", "ru"], Annotated[str, Field(min_length=1, max_length=100)]]
    kind: Literal["rest", "work", "other"] = "other"
    limit_minutes: Annotated[int, Field(ge=1, le=1_440)] | None = None
    position: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    active: bool = True


class PauseReasonsBody(Body):
    items: Annotated[list[PauseReasonBody], Field(max_length=50)]


class ArticleBody(Body):
    section: Annotated[str, Field(min_length=1, max_length=100)]
    title: Name
    body: Annotated[str, Field(min_length=1, max_length=50_000)]
    kind: Literal["article", "answer"] = "article"
    language: Literal["et", "en", "ru"]


class ArticleChange(Body):
    """Only what is given is changed."""

    section: Annotated[str, Field(min_length=1, max_length=100)] = ""
    title: Name = ""
    body: Annotated[str, Field(min_length=1, max_length=50_000)] = ""
    kind: Literal["article", "answer"] = "article"
    language: Literal["et", "en", "ru"] = "en"


class VoteBody(Body):
    yes: bool


class DraftBody(Body):
    """``text``: the panel's own JSON; an empty one takes the draft away."""

    text: Annotated[str, Field(max_length=40_000)]


class RequestDraftBody(Body):
    """``text``: the panel's own JSON; an empty one takes the draft away."""

    text: Annotated[str, Field(max_length=250_000)]


class PreferencesBody(Body):
    """At most 10,000 bytes of JSON."""

    preferences: dict[str, Any]


class RequestBody(Body):
    """What waits for an agent. ``skills``: levels by skill. ``since``: its place in line; now if not said."""

    queue: Name
    subject: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["callback", "form", "mail", "ticket"] = "form"
    text: Annotated[str, Field(max_length=100_000)] | None = None
    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=320)] | None = None
    number: Annotated[str, Field(max_length=40)] | None = None
    contact: Id | None = None
    tier: Literal["A", "B", "C"] | None = None
    skills: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=80)], Annotated[int, Field(ge=0, le=100)]],
        Field(max_length=50),
    ] = {}
    since: Moment | None = None
    due_at: Moment | None = None
    not_before: Moment | None = None
    expires_at: Moment | None = None


class RequestChange(Body):
    contact: Id


class ReplyBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=50_000)]


class CampaignChange(Body):
    """Only what is given is changed; of ``settings`` those that are named. ``script``: a text, or steps by their keys.
    ``version``: the campaign's, as it was read."""

    name: Name = ""
    queue: Annotated[str, Field(max_length=128)] = ""
    mode: Literal["preview", "progressive", "predictive"] = "preview"
    profile: Annotated[str, Field(max_length=20)] = ""
    caller_number: Annotated[str, Field(max_length=40)] | None = None
    company: Annotated[str, Field(max_length=200)] | None = None
    reason: Annotated[str, Field(max_length=2_000)] | None = None
    script: dict[str, Any] | Annotated[str, Field(max_length=5_000)] | None = None
    settings: dict[str, Any] = {}
    version: int | None = None


class CampaignBody(Body):
    """``queue``: whose agents serve it; ``profile``: the key of the country profile that it keeps to."""

    name: Name
    queue: Annotated[str, Field(min_length=1, max_length=128)]
    mode: Literal["preview", "progressive", "predictive"]
    profile: Annotated[str, Field(min_length=1, max_length=20)]
    caller_number: Annotated[str, Field(max_length=40)] | None = None
    company: Annotated[str, Field(max_length=200)] | None = None
    reason: Annotated[str, Field(max_length=2_000)] | None = None
    script: dict[str, Any] | Annotated[str, Field(max_length=5_000)] | None = None
    settings: dict[str, Any] = {}


class ListBody(Body):
    """A list that is a search over contacts: see docs/reference/http-api.md for ``segment``."""

    name: Name
    segment: dict[str, Any]
    source: Annotated[str, Field(max_length=200)] | None = None
    cost: Annotated[float, Field(ge=0, le=1e12, strict=False)] | None = None


class ListChange(Body):
    """Only what is given is changed. One that is not ``active`` is not dialled."""

    name: Name = ""
    segment: dict[str, Any] = {}
    source: Annotated[str, Field(max_length=200)] | None = None
    cost: Annotated[float, Field(ge=0, le=1e12, strict=False)] | None = None
    active: bool = True


class LeadChange(Body):
    """``owner``: a login, null: nobody's. ``skip``: it is called no more."""

    owner: Name | None = None
    skip: bool = False


class HandOverBody(Body):
    """Logins. ``to`` null: nobody's."""

    from_agent: Name
    to: Name | None = None


Events = Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=50)]


class WebhookBody(Body):
    """Without a ``secret`` one is made and shown once. ``events``: groups (``call``) or types (``call.ended``)."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    secret: Annotated[str | None, Field(max_length=200, repr=False)] = None
    events: Events = ["call"]
    active: bool = True


class WebhookChange(Body):
    """Only what is given is changed."""

    url: Annotated[str, Field(min_length=1, max_length=2_000)] = ""
    secret: Annotated[str, Field(max_length=200, repr=False)] = ""
    events: Events = []
    active: bool = True


class ReplayBody(Body):
    """What happened at or after ``from`` and before ``to`` is told again."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment


class SavedReportBody(Body):
    """``measures``, ``by``, ``each``, ``only``, ``formula`` as for ``/reports/figures``. ``every`` null: it is not
    sent; else ``at`` (07:30, in ``time_zone``) every day, on Mondays or on the first, about the whole time before."""

    name: Name
    measures: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=20)]
    by: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=6)] = []
    each: Literal["half_hour", "hour", "day", "week", "month"] | None = None
    only: Annotated[dict[Literal["queue", "agent", "tier", "direction", "skill"], Name], Field(max_length=5)] = {}
    formula: Literal["offered", "asterisk", "asterisk2", "genesys"] = "offered"
    shared: bool = False
    every: Literal["day", "week", "month"] | None = None
    at: Annotated[str, Field(max_length=5)] = "07:00"
    time_zone: Annotated[str, Field(max_length=40)] | None = None
    recipients: Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=20)] = []
