"""The table of routes: method, path, handler, who may, what is sent and what comes back.

A route without roles is open to nobody: the table is checked when the application is made. The OpenAPI document is
made from the same table, so a route cannot be missing there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from aiohttp import web
from apispec import APISpec
from pydantic import BaseModel

from agent_ui.board import Me
from agent_ui.commands import PANELS, TALKERS
from agent_ui.http import (
    ahead,
    alarms,
    audit,
    bodies,
    calendars,
    callbacks,
    campaigns,
    crm,
    desk,
    dialling,
    directory,
    do_not_call,
    figures,
    forecast,
    forms,
    gaps,
    leads,
    live,
    lost,
    next_lead,
    recordings,
    reports,
    requests,
    saved_reports,
    shifts,
    softphone,
    staffing,
    states,
    webhooks,
    what_if,
    work,
)
from agent_ui.http.node import NODE, SESSION, SignedIn, Ticket
from agent_ui.http.problems import Handler, Problem, ProblemShape
from agent_ui.playing import Played
from agent_ui.shapes import (
    AgentShape,
    CallShape,
    ColleagueShape,
    PeaksShape,
    QueueShape,
    RecordingShape,
    StoryShape,
    WaitingShape,
)
from agent_ui.softphones import PhonesShape
from crm_store.articles import Article, FoundArticle
from crm_store.audit import Deed
from crm_store.campaign_results import BY, OUTCOMES, AttemptFile, Result
from crm_store.campaign_settings import STATES
from crm_store.dial_lists import DialList
from crm_store.dispositions import Disposition
from crm_store.do_not_call import Suppressed
from crm_store.drafts import Draft
from crm_store.lead_import import SCOPES, FileLook, LeadReport
from crm_store.leads import LEAD_STATES, Lead
from crm_store.orders import Order, Product
from crm_store.pause_reasons import PauseReason
from crm_store.preferences import Preferences
from crm_store.previews import Expected, Preview
from crm_store.promises import Promise
from crm_store.queue_alarms import Alarm
from crm_store.records import Contact, Interaction
from crm_store.replies import Reply
from crm_store.requests import Request, RequestState
from crm_store.rules import RuleVersion
from crm_store.saved_reports import SavedReport
from crm_store.service_tickets import ServiceTicket
from crm_store.shifts import Shift, ShiftReport
from crm_store.suppressions import SuppressionList
from crm_store.tasks import Task
from crm_store.webhooks import Failure, Webhook
from routing.commands import CHIEFS, LEADERS, Role

PREFIX = "/api/v1"
ANYBODY: frozenset[Role] = frozenset()
STAFF: frozenset[Role] = TALKERS | {"api"}
EVERYBODY: frozenset[Role] = STAFF | {"partner", "viewer"}
ADMIN: frozenset[Role] = frozenset({"admin"})
MANAGERS: frozenset[Role] = frozenset({"campaign_manager", "admin"})
WATCHERS: frozenset[Role] = MANAGERS | {"supervisor"}
"""Who sees campaigns, and who makes and runs them (MANAGERS)."""

Q = dict[str, str]
LIST: Q = {"cursor": "where the list goes on (`next` of the part before)", "limit": "1 to 200, 50 if not said"}
CALLS: Q = {
    "from": "started at or after (RFC 3339)", "to": "started before", "queue": "its name", "agent": "a login",
    "number": "E.164", "state": "active or ended", "contact": "its id", "team": "one of its agents had a part in it",
    "direction": "inbound, outbound or internal", "tier": "A, B or C", "skill": "its queue asks for this skill",
    "counted": "only calls that this sum of a report counts, like abandoned", "answered_by": "who answered first",
    "talked_by": "whose talk counts", "without": "what it must not have: queue, tier, agent, skill, team",
    "target_seconds": "instead of the queues' own", "short_seconds": "what a short abandon is, instead", **LIST,
}  # fmt: skip
SERVICE_LEVEL: Q = {
    "from": "calls that came at or after (RFC 3339)", "to": "that came before", "queue": "its name; else each",
    "by": "hour or day; else all in one", "formula": "offered (the usual), asterisk, asterisk2 or genesys",
    "time_zone": "whose hours and days, like Europe/Tallinn; UTC if not said",
    "short_seconds": "who gives up sooner is a short abandon, for genesys; else as each queue has it",
}  # fmt: skip
FIGURES: Q = {
    "measures": "their keys, with commas between: see `/reports/measures`",
    "by": "queue, agent, team, tier, direction, skill or reason (of pauses), with commas between; else all in one",
    "each": "half_hour, hour, day, week or month; else the whole time in one",
    "from": "calls that came at or after (RFC 3339)", "to": "that came before",
    "time_zone": "whose hours and days, like Europe/Tallinn; UTC if not said",
    "queue": "only this one", "agent": "only this login", "team": "only its agents", "tier": "only this one",
    "skill": "only queues that ask for it", "direction": "inbound, outbound or internal",
    "formula": "of service_level: offered, asterisk, asterisk2 or genesys",
    "target_seconds": "instead of the queues' own, which is slower",
    "short_seconds": "what a short abandon is, instead of the queues' own, which is slower",
    "format": "json, csv, xlsx or pdf", "title": "of the file",
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
    "from": {"type": "string", "format": "date-time"},
    "to": {"type": "string", "format": "date-time"},
    "state": {"type": "string", "enum": ["active", "ended"]},
    "open": {"type": "string", "enum": ["true", "false"]},
    "done": {"type": "string", "enum": ["true", "false"]},
    "figures": {"type": "string", "enum": ["true", "false"]},
    "whose": {"type": "string", "enum": ["mine", "anyone", "all"]},
    "scope": {"type": "string", "enum": ["all", "marketing"]},
    "at": {"type": "string", "format": "date-time"},
    "days": {"type": "integer", "minimum": 1, "maximum": 62},
    "due_before": {"type": "string", "format": "date-time"},
    "by": {"type": "string", "enum": list(BY)},
    "dedupe": {"type": "string", "enum": list(SCOPES)},
    "outcome": {"type": "string", "enum": list(OUTCOMES)},
    "map": {"type": "array", "items": {"type": "string"}},
    "cost": {"type": "number", "minimum": 0},
}
"""Of parameters that are not just text."""
KINDS_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "/campaigns": {"state": STATES}, "/campaigns/{id}/leads": {"state": LEAD_STATES},
    "/requests": {"state": get_args(RequestState)},
}  # fmt: skip
"""Words that a parameter may be, of one path: before KINDS."""
MAY_MAKE = {
    ("POST", "/users"), ("PUT", "/queues/{name}"), ("PUT", "/calendars/{name}"), ("POST", "/do-not-call"),
    ("POST", "/callbacks"),
}  # fmt: skip
"""These answer 201 where there was none before."""
REFUSALS = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503")


@dataclass(frozen=True, slots=True)
class Route:
    """``roles`` empty and ``open`` False is refused at start. ``gives``: one item's type; ``many``: a list of them."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    roles: frozenset[Role] = ANYBODY
    open: bool = False
    takes: type[BaseModel] | None = None
    gives: Any = None
    many: bool = False
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()


OF_TICKETS: Q = {
    "contact": "its id", "status": "open, waiting, solved or closed", "kind": "bug, wish or question",
    "owner": "a login", "open": "true: open and waiting ones", **LIST,
}  # fmt: skip
OF_TASKS: Q = {
    "whose": "mine, anyone or all; without it mine and anyone's", "owner": "a login", "kind": "task or callback",
    "contact": "its id", "done": "true: those that are done", "due_before": "due before (RFC 3339)", **LIST,
}  # fmt: skip
OF_REQUESTS: Q = {
    "queue": "its name", "kind": "callback, form, mail or ticket", "state": "waiting, offered, taken, …",
    "agent": "a login", "contact": "its id", "number": "E.164", "open": "true: those that are not over", **LIST,
}  # fmt: skip
OF_CAMPAIGNS: Q = {"state": "draft, running, paused or stopped", "figures": "true: with how each does", **LIST}
OF_LEADS: Q = {
    "state": "open, reserved, dialling, talking, callback, done or skipped", "list": "its id", "owner": "a login",
    "number": "E.164", **LIST,
}  # fmt: skip
OF_ATTEMPTS: Q = {
    "from": "at or after (RFC 3339)", "to": "before", "list": "its id", "lead": "its id", "agent": "a login",
    "outcome": "what came of it", "number": "E.164", **LIST,
}  # fmt: skip
OF_FILE: Q = {
    "list": "its name, made where there is none; else the file's", "dedupe": "where a number may be only once; else "
    "in the campaign", "map": "FIELD=COLUMN, for what the headers do not say; may be repeated", "country": "two "
    "letters, for numbers without an international prefix", "encoding": "guessed if not said", "delimiter": "guessed "
    "if not said", "source": "where the list is from", "cost": "what the list cost", "basis": "consent or "
    "legitimate_interest, of rows that do not say it", "basis_text": "to what they agreed, or whose interest it is",
}  # fmt: skip
OF_ARTICLES: Q = {
    "q": "beginnings of words", "language": "et, en or ru", "kind": "article or answer", "section": "its name", **LIST,
}  # fmt: skip


def _query(of: Q) -> tuple[tuple[str, str], ...]:
    return tuple(of.items())


async def openapi(request: web.Request) -> web.Response:
    return web.json_response(document())


ROUTES: tuple[Route, ...] = (
    Route("POST", "/session", crm.sign_in, "Sign in", open=True, takes=bodies.SignIn, gives=SignedIn),
    Route("DELETE", "/session", crm.sign_out, "Sign out", EVERYBODY, status=204),
    Route("GET", "/me", crm.who_am_i, "Who is signed in", EVERYBODY, gives=Me),
    Route("POST", "/panel-ticket", crm.ticket, "A ticket for the panel's socket: one use, 30 s", PANELS, gives=Ticket),
    Route("POST", "/softphone", softphone.issue, "A softphone's password, until this session ends", TALKERS,
          gives=PhonesShape),
    Route("GET", "/contacts", crm.contacts, "Search contacts", STAFF, gives=Contact, many=True,
          query=_query({"q": "words of the name, or a number's beginning", "number": "exactly this number", **LIST})),
    Route("POST", "/contacts", crm.add_contact, "Add a contact", STAFF, takes=bodies.ContactBody, gives=Contact,
          status=201),
    Route("GET", "/contacts/{id}", crm.contact, "One contact", STAFF, gives=Contact),
    Route("PATCH", "/contacts/{id}", crm.change_contact, "Change what is given", STAFF, takes=bodies.ContactChange,
          gives=Contact),
    Route("DELETE", "/contacts/{id}", crm.remove_contact, "Remove a contact and its history", CHIEFS, status=204,
          query=_query({"forget": "true: they asked to be forgotten, and no campaign calls their numbers again",
                        "objected": "true: they do not want to be called; their numbers go on the do-not-call list"})),
    Route("PUT", "/contacts/{id}/tier", crm.set_tier, "Set the tier by hand, or leave it to the orders again", CHIEFS,
          takes=bodies.TierBody, gives=Contact),
    Route("GET", "/contacts/{id}/interactions", crm.interactions, "What happened with a contact", STAFF,
          gives=Interaction, many=True, query=_query(LIST)),
    Route("POST", "/contacts/{id}/interactions", crm.add_interaction, "Write down what happened", STAFF,
          takes=bodies.InteractionBody, gives=Interaction, status=201),
    Route("GET", "/calls", live.calls, "The log of calls; an agent sees own ones, a leader the team's", STAFF,
          gives=CallShape, many=True, query=_query(CALLS)),
    Route("POST", "/calls", dialling.dial, "Click to call; needs the header Idempotency-Key", TALKERS | {"api"},
          takes=bodies.CallBody, gives=dialling.Dialled, status=202),
    Route("GET", "/calls/{id}", live.call, "One call with its legs and facts", STAFF, gives=StoryShape),
    Route("GET", "/calls/{id}/recordings", recordings.of_call, "What was recorded of a call", STAFF,
          gives=RecordingShape, many=True),
    Route("GET", "/calls/{id}/recordings/{n}/audio", recordings.audio, "Listen (WAV, ranges); who does is written down",
          STAFF),
    Route("GET", "/calls/{id}/recordings/{n}/peaks", recordings.peaks, "What it looks like", STAFF, gives=PeaksShape),
    Route("DELETE", "/calls/{id}/recordings/{n}", recordings.erase, "Erase a recording's sound", ADMIN, status=204,
          query=_query({"reason": "why, at most 500 characters; kept in the audit trail"})),
    Route("POST", "/calls/{id}/hold", recordings.hold, "Put the recordings under legal hold, or end it", ADMIN,
          takes=bodies.HoldBody, status=204),
    Route("GET", "/queues", live.queues, "Queues, live", STAFF, gives=QueueShape, many=True),
    Route("POST", "/queues", directory.add_queue, "Make a queue", ADMIN, takes=bodies.QueueBody,
          gives=directory.QueueSettings, status=201),
    Route("GET", "/queues/{name}", directory.queue, "What is set for a queue", CHIEFS, gives=directory.QueueSettings),
    Route("PUT", "/queues/{name}", directory.put_queue, "The queue of this name is so from now on", ADMIN,
          takes=bodies.QueueFields, gives=directory.QueueSettings),
    Route("PATCH", "/queues/{name}", directory.change_queue, "Change what is given", ADMIN, takes=bodies.QueueChange,
          gives=directory.QueueSettings),
    Route("DELETE", "/queues/{name}", directory.remove_queue, "Remove a queue; its calls stay", ADMIN, status=204),
    Route("PATCH", "/queues/{name}/rule", directory.change_rule, "Change what is given of the queue's rule", CHIEFS,
          takes=bodies.RuleChange, gives=directory.QueueSettings),
    Route("POST", "/queues/{name}/rule/preview", directory.preview_rule,
          "Who would be next under another rule; nothing is changed", CHIEFS, takes=bodies.RuleChange,
          gives=directory.PreviewShape),
    Route("GET", "/queues/{name}/rules", directory.rule_versions, "Every rule that the queue ever had, newest first",
          CHIEFS, gives=RuleVersion, many=True, query=_query(LIST)),
    Route("GET", "/reports/service-level", reports.service_level_report,
          "The service level by queue and time, by each of its formulas", CHIEFS | {"api"},
          gives=reports.ServiceLevelShape, many=True, query=_query(SERVICE_LEVEL)),
    Route("GET", "/reports/measures", figures.catalogue, "What reports can be made of, with each formula", STAFF,
          gives=figures.MeasureShape, many=True),
    Route("GET", "/reports/figures", figures.figures,
          "Measures by queue, agent, team, tier, skill and time; an agent sees own ones, a leader the team's",
          STAFF, gives=figures.FiguresShape, query=_query(FIGURES)),
    Route("GET", "/reports/saved", saved_reports.saved, "Own and shared reports", LEADERS, gives=SavedReport,
          many=True),
    Route("POST", "/reports/saved", saved_reports.add, "Save a report; have it sent at fixed times", CHIEFS,
          takes=bodies.SavedReportBody, gives=SavedReport, status=201),
    Route("PUT", "/reports/saved/{id}", saved_reports.put, "The own report is so from now on", CHIEFS,
          takes=bodies.SavedReportBody, gives=SavedReport),
    Route("DELETE", "/reports/saved/{id}", saved_reports.remove, "Remove the own report", CHIEFS, status=204),
    Route("POST", "/what-if", what_if.what_if, "Play a recorded day, or one from a file, under other rules and staff",
          CHIEFS, takes=bodies.WhatIfBody, gives=Played),
    Route("POST", "/staffing", staffing.staffing, "How many agents so many calls take, by Erlang C or A", CHIEFS,
          takes=bodies.StaffingBody, gives=staffing.StaffingShape),
    Route("GET", "/queues/{name}/half-hours", staffing.recorded, "What the half hours of a recorded day asked for",
          CHIEFS, gives=staffing.HalfHourShape, many=True, query=_query({
              "date": "a day like 2026-11-24", "time_zone": "its midnight's; UTC if not said"})),
    Route("GET", "/queues/{name}/forecast", forecast.forecast, "What to expect of its half hours, and whom they take",
          CHIEFS | {"api"}, gives=forecast.ForecastShape, query=_query({
              "date": "the first day, like 2026-11-24; today if not said", "days": "1 to 28, 7 if not said",
              "time_zone": "whose midnights; and whose half hours where the queue has no calendar; UTC if not said",
              "weeks": "of the past that it is learnt from, 1 to 26; 12 if not said",
              "in_time": "the share to be answered within the queue's target; 0.8 if not said"})),
    Route("GET", "/shifts", shifts.shifts, "Who is to work when; an agent sees own ones", STAFF, gives=Shift, many=True,
          query=_query({"from": "ends after (RFC 3339); yesterday if not said", "to": "begins before; 62 days at most",
                        "agent": "a login", **LIST})),
    Route("POST", "/shifts", shifts.add, "Plan a shift, or a break in one", CHIEFS | {"api"}, takes=bodies.ShiftBody,
          gives=Shift, status=201),
    Route("DELETE", "/shifts/{id}", shifts.remove, "Take it out of the plan", CHIEFS | {"api"}, status=204),
    Route("POST", "/shifts/file", shifts.read, "Plan shifts from a CSV file: agent, begin, end, kind", CHIEFS | {"api"},
          gives=ShiftReport, query=_query({"time_zone": "of times that have none; UTC if not said"})),
    Route("GET", "/next-half-hour", ahead.next_half_hour, "What to expect of each queue's next 30 minutes",
          CHIEFS | {"api"}, gives=ahead.NextShape),
    Route("GET", "/me/pause-price", ahead.my_price, "What an own pause would cost the next 30 minutes", TALKERS,
          gives=ahead.PriceShape, query=_query({"reason": "the pause's; one with a limit ends by itself"})),
    Route("GET", "/agents/{login}/pause-price", ahead.agents_price,
          "What a pause of this agent would cost the next 30 minutes", CHIEFS, gives=ahead.PriceShape,
          query=_query({"reason": "the pause's; one with a limit ends by itself"})),
    Route("GET", "/queues/{name}/waiting", live.waiting, "A queue's line, live", STAFF, gives=WaitingShape, many=True),
    Route("GET", "/agents", live.agents, "Agents, live", STAFF, gives=AgentShape, many=True),
    Route("GET", "/agents/{login}/why", states.agent_why, "Why this agent gets no calls, now", LEADERS,
          gives=states.WhyShape),
    Route("GET", "/me/why", states.my_why, "Why no calls come, now", TALKERS, gives=states.WhyShape),
    Route("GET", "/calendars", calendars.calendars, "Opening hours, and what holds now", STAFF,
          gives=calendars.CalendarSettings, many=True),
    Route("POST", "/calendars", calendars.add_calendar, "Make a new calendar", CHIEFS, takes=bodies.CalendarBody,
          gives=calendars.CalendarSettings, status=201),
    Route("POST", "/calendars/preview", calendars.preview_of, "What a calendar would mean, without keeping it",
          CHIEFS, takes=bodies.PreviewBody, gives=calendars.PreviewShape),
    Route("GET", "/calendars/{name}", calendars.calendar, "One calendar", STAFF, gives=calendars.CalendarSettings),
    Route("PUT", "/calendars/{name}", calendars.put_calendar, "Make the calendar be so", CHIEFS,
          takes=bodies.CalendarFields, gives=calendars.CalendarSettings),
    Route("DELETE", "/calendars/{name}", calendars.remove_calendar, "Remove it; its queues are open", CHIEFS,
          status=204),
    Route("GET", "/calendars/{name}/preview", calendars.preview, "Its days, and what a caller meets", STAFF,
          gives=calendars.PreviewShape, query=_query({
              "at": "when somebody calls (RFC 3339); now if not said", "days": "1 to 62, 14 if not said",
              "queue": "whom they call"})),
    Route("PUT", "/calendars/{name}/emergency", calendars.set_emergency, "Switch the emergency message on or off",
          CHIEFS, takes=bodies.EmergencyBody, gives=calendars.CalendarSettings),
    Route("GET", "/holiday-countries", calendars.holiday_countries, "Countries whose public holidays are known",
          CHIEFS, gives=calendars.CountryShape, many=True),
    Route("GET", "/leads/previews", next_lead.previews, "Campaigns whose leads who asks looks at before the call",
          TALKERS, gives=next_lead.PreviewShape, many=True),
    Route("POST", "/leads/next", next_lead.next_lead, "The next lead to look at, kept for who asks", TALKERS,
          gives=next_lead.KeptLead),
    Route("POST", "/leads/{id}/release", next_lead.release_lead, "Give a lead back that is kept for who asks", TALKERS,
          status=204),
    Route("POST", "/callbacks", callbacks.ask, "Call this customer back", STAFF, takes=bodies.CallbackBody,
          gives=callbacks.CallbackShape),
    Route("GET", "/alarms", alarms.log, "Every alarm of a queue, newest first", CHIEFS | {"api"}, gives=Alarm,
          many=True, query=_query({"queue": "its name", "open": "true: those that are up", **LIST})),
    Route("GET", "/queues/{name}/alarms", alarms.rules, "Limits past which a queue raises an alarm", CHIEFS,
          gives=alarms.AlarmRuleShape, many=True),
    Route("PUT", "/queues/{name}/alarms", alarms.put_rules, "Make the limits be these", CHIEFS,
          takes=bodies.AlarmRulesBody, gives=alarms.AlarmRuleShape, many=True),
    Route("GET", "/lost-callers", lost.lost_callers, "Who gave up waiting and was not talked with since",
          CHIEFS | {"api"}, gives=lost.LostCallersShape, query=_query({
              "from": "came at or after (RFC 3339); 3 days ago if not said, 31 at most", "queue": "its name"})),
    Route("GET", "/do-not-call", do_not_call.suppressed, "Numbers that must not be dialled", STAFF, gives=Suppressed,
          many=True, query=_query({"number": "this one only", **LIST})),
    Route("POST", "/do-not-call", do_not_call.suppress, "This number is not to be dialled any more", STAFF,
          takes=bodies.DoNotCallBody, gives=Suppressed),
    Route("GET", "/do-not-call/lists", do_not_call.lists, "Do-not-call lists from outside, with their dates", STAFF,
          gives=SuppressionList, many=True),
    Route("PUT", "/do-not-call/lists/{name}/{n}", do_not_call.list_number, "Add a number to a list; n: the number",
          CHIEFS, status=204, query=_query({"reason": "for the audit trail"})),
    Route("DELETE", "/do-not-call/lists/{name}/{n}", do_not_call.unlist_number, "Take it off; n: the number", CHIEFS,
          status=204, query=_query({"reason": "for the audit trail"})),
    Route("DELETE", "/do-not-call/{number}", do_not_call.allow, "It may be dialled again: the customer wants it",
          CHIEFS, status=204, query=_query({
              "scope": "all or marketing", "campaign": "an id: it was for this campaign alone",
              "reason": "kept in the audit trail",
          })),
    Route("GET", "/pause-reasons", states.pause_reasons, "What agents may pause for", EVERYBODY, gives=PauseReason,
          many=True),
    Route("PUT", "/pause-reasons", states.put_pause_reasons, "Make the list be this one", ADMIN,
          takes=bodies.PauseReasonsBody, gives=PauseReason, many=True),
    Route("GET", "/colleagues", live.colleagues, "Whom a call may be given to: name, and free, busy or away", PANELS,
          gives=ColleagueShape, many=True),
    Route("GET", "/users", directory.users, "All users; a leader sees the team", LEADERS,
          gives=directory.UserSettings, many=True),
    Route("POST", "/users", directory.put_user, "Make or change the user of this login", ADMIN, takes=bodies.UserBody,
          gives=directory.UserSettings),
    Route("PATCH", "/users/{login}", directory.change_user, "Change what is given", ADMIN, takes=bodies.UserChange,
          gives=directory.UserSettings),
    Route("GET", "/tickets", work.tickets, "What customers asked of us", STAFF, gives=ServiceTicket, many=True,
          query=_query(OF_TICKETS)),
    Route("POST", "/tickets", work.add_ticket, "Write down what a customer asks", STAFF, takes=bodies.TicketBody,
          gives=ServiceTicket, status=201),
    Route("GET", "/tickets/{id}", work.ticket, "One ticket", STAFF, gives=ServiceTicket),
    Route("PATCH", "/tickets/{id}", work.change_ticket, "Change what is given", STAFF, takes=bodies.TicketChange,
          gives=ServiceTicket),
    Route("GET", "/orders", work.orders, "Orders, newest first", STAFF, gives=Order, many=True,
          query=_query({"contact": "its id", "status": "new, confirmed, delivered or cancelled", **LIST})),
    Route("POST", "/orders", work.add_order, "Take an order", STAFF, takes=bodies.OrderBody, gives=Order, status=201),
    Route("GET", "/products", work.products, "What was ordered lately, with its last price", STAFF, gives=Product,
          many=True),
    Route("GET", "/orders/{id}", work.order, "One order with its lines", STAFF, gives=Order),
    Route("PATCH", "/orders/{id}", work.change_order, "Change what is given", STAFF, takes=bodies.OrderChange,
          gives=Order),
    Route("GET", "/promises", work.promises, "What customers were promised", STAFF, gives=Promise, many=True,
          query=_query({"contact": "its id", "open": "true: not kept yet", **LIST})),
    Route("POST", "/promises", work.add_promise, "Write down what was promised", STAFF, takes=bodies.PromiseBody,
          gives=Promise, status=201),
    Route("GET", "/promises/{id}", work.promise, "One promise", STAFF, gives=Promise),
    Route("PATCH", "/promises/{id}", work.change_promise, "Change what is given", STAFF, takes=bodies.PromiseChange,
          gives=Promise),
    Route("GET", "/tasks", work.tasks, "Tasks and callbacks: own ones and anyone's", STAFF, gives=Task, many=True,
          query=_query(OF_TASKS)),
    Route("POST", "/tasks", work.add_task, "Make a task or a callback", STAFF, takes=bodies.TaskBody, gives=Task,
          status=201),
    Route("GET", "/tasks/{id}", work.task, "One task", STAFF, gives=Task),
    Route("PATCH", "/tasks/{id}", work.change_task, "Change what is given; take it; say it is done", STAFF,
          takes=bodies.TaskChange, gives=Task),
    Route("GET", "/dispositions", desk.dispositions, "What may come of a call", STAFF, gives=Disposition, many=True,
          query=_query({"queue": "its name: only what it has, and only active ones"})),
    Route("PUT", "/dispositions", desk.put_dispositions, "Make the tree be this one", CHIEFS,
          takes=bodies.DispositionsBody, gives=Disposition, many=True),
    Route("GET", "/articles", desk.articles, "Find articles and standard answers", STAFF, gives=FoundArticle,
          many=True, query=_query(OF_ARTICLES)),
    Route("POST", "/articles", desk.add_article, "Add an article", CHIEFS, takes=bodies.ArticleBody, gives=Article,
          status=201),
    Route("GET", "/articles/{id}", desk.article, "One article", STAFF, gives=Article),
    Route("PATCH", "/articles/{id}", desk.change_article, "Change what is given", CHIEFS, takes=bodies.ArticleChange,
          gives=Article),
    Route("DELETE", "/articles/{id}", desk.remove_article, "Remove an article", CHIEFS, status=204),
    Route("POST", "/articles/{id}/used", desk.article_used, "It was opened for a call", STAFF, status=204),
    Route("POST", "/articles/{id}/helpful", desk.article_helpful, "Say whether it helped", STAFF,
          takes=bodies.VoteBody, gives=Article),
    Route("GET", "/calls/{id}/draft", desk.draft, "The half-filled form of a call", TALKERS, gives=Draft),
    Route("PUT", "/calls/{id}/draft", desk.put_draft, "Keep the half-filled form of a call", TALKERS,
          takes=bodies.DraftBody, gives=Draft),
    Route("GET", "/calls/{id}/lead", next_lead.lead_of_call, "Whom a campaign called, and its script", TALKERS,
          gives=next_lead.ShownLead),
    Route("GET", "/me/day", desk.my_day, "The own day, beside the team's average", TALKERS, gives=desk.OwnDay,
          query=_query({"from": "since when (RFC 3339); 24 hours before `to` if not said", "to": "until when"})),
    Route("GET", "/me/preferences", desk.preferences, "What the page keeps for its user", EVERYBODY,
          gives=Preferences),
    Route("PUT", "/me/preferences", desk.put_preferences, "Keep it", EVERYBODY, takes=bodies.PreferencesBody,
          gives=Preferences),
    Route("GET", "/requests", requests.requests, "Requests that are no calls; an agent sees own ones", STAFF,
          gives=Request, many=True, query=_query(OF_REQUESTS)),
    Route("POST", "/requests", requests.add_request, "Add a request; with an Idempotency-Key once", CHIEFS | {"api"},
          takes=bodies.RequestBody, gives=Request, status=201),
    Route("GET", "/requests/{id}", requests.request_, "One request", STAFF, gives=Request),
    Route("PATCH", "/requests/{id}", requests.change_request, "Say whose it is", STAFF, takes=bodies.RequestChange,
          gives=Request),
    Route("POST", "/requests/{id}/cancel", requests.cancel_request, "It need not be served any more", CHIEFS | {"api"},
          gives=Request),
    Route("GET", "/requests/{id}/replies", requests.replies, "Mails with which it was answered", STAFF, gives=Reply,
          many=True),
    Route("POST", "/requests/{id}/replies", requests.reply, "Answer by mail; needs the header Idempotency-Key", TALKERS,
          takes=bodies.ReplyBody, gives=Reply),
    Route("GET", "/requests/{id}/attachments/{n}", requests.attachment, "Save what came with a mail", STAFF),
    Route("GET", "/requests/{id}/draft", requests.draft, "The half-written answer", TALKERS, gives=Draft),
    Route("PUT", "/requests/{id}/draft", requests.put_draft, "Keep the half-written answer", TALKERS,
          takes=bodies.RequestDraftBody, gives=Draft),
    Route("GET", "/campaigns", campaigns.campaigns, "Campaigns, newest first", WATCHERS,
          gives=campaigns.CampaignShape, many=True, query=_query(OF_CAMPAIGNS)),
    Route("GET", "/country-profiles", campaigns.profiles, "Countries' rules that a campaign may keep to", STAFF,
          gives=campaigns.ProfileShape, many=True),
    Route("POST", "/campaigns", campaigns.add_campaign, "Make a campaign", MANAGERS, takes=bodies.CampaignBody,
          gives=campaigns.CampaignShape, status=201),
    Route("GET", "/campaigns/{id}", campaigns.campaign, "One campaign, and why it cannot start", WATCHERS,
          gives=campaigns.CampaignShape),
    Route("PATCH", "/campaigns/{id}", campaigns.change_campaign, "Change what is given", MANAGERS,
          takes=bodies.CampaignChange, gives=campaigns.CampaignShape),
    Route("POST", "/campaigns/{id}/start", campaigns.start, "Start it; refused with all that speaks against it",
          MANAGERS, gives=campaigns.CampaignShape),
    Route("POST", "/campaigns/{id}/pause", campaigns.pause, "No new call leaves", MANAGERS,
          gives=campaigns.CampaignShape),
    Route("POST", "/campaigns/{id}/stop", campaigns.stop, "It is over", MANAGERS, gives=campaigns.CampaignShape),
    Route("GET", "/campaigns/{id}/leads", leads.leads, "Its leads", WATCHERS, gives=Lead, many=True,
          query=_query(OF_LEADS)),
    Route("POST", "/campaigns/{id}/leads", leads.add_leads, "Import a dial list (CSV); again: it goes on", MANAGERS,
          gives=LeadReport, query=_query(OF_FILE)),
    Route("POST", "/campaigns/{id}/leads/look", leads.look_at_leads, "How a file would be read; nothing is imported",
          MANAGERS, gives=FileLook, query=_query(OF_FILE)),
    Route("GET", "/campaigns/{id}/leads/{n}", leads.lead, "One lead; n: its id", WATCHERS, gives=Lead),
    Route("PATCH", "/campaigns/{id}/leads/{n}", leads.change_lead, "Say whose it is, or that it is called no more",
          MANAGERS, takes=bodies.LeadChange, gives=Lead),
    Route("GET", "/campaigns/{id}/lists", leads.lists, "Its lists, with how many leads are in which state", WATCHERS,
          gives=DialList, many=True),
    Route("POST", "/campaigns/{id}/lists", leads.add_list, "Make a list that is a search over contacts", MANAGERS,
          takes=bodies.ListBody, gives=DialList, status=201),
    Route("PATCH", "/campaigns/{id}/lists/{n}", leads.change_list, "Change what is given; n: the list's id", MANAGERS,
          takes=bodies.ListChange, gives=DialList),
    Route("POST", "/campaigns/{id}/hand-over", leads.hand_over, "Give all that an agent has to another, or to nobody",
          MANAGERS, takes=bodies.HandOverBody, gives=leads.Changed),
    Route("POST", "/campaigns/{id}/share", campaigns.share, "Share out leads that are nobody's, as the settings say",
          MANAGERS, gives=campaigns.Shared),
    Route("GET", "/campaigns/{id}/attempts", campaigns.attempts, "Every dialling with its proof, newest first",
          WATCHERS, gives=AttemptFile, many=True, query=_query(OF_ATTEMPTS)),
    Route("GET", "/campaigns/{id}/preview", campaigns.preview, "What would be dialled now and what not, and why",
          WATCHERS, gives=Preview),
    Route("GET", "/campaigns/{id}/preview/leads", campaigns.preview_leads, "The same, lead by lead", WATCHERS,
          gives=Expected, many=True, query=_query({"list": "its id", **LIST})),
    Route("GET", "/campaigns/{id}/results", campaigns.results, "What came of it: the funnel, cost and return",
          WATCHERS, gives=Result, many=True, query=_query({
              "by": "all, list, agent, hour or attempt", "from": "attempts at or after (RFC 3339)", "to": "before"})),
    Route("GET", "/gaps", gaps.gaps, "When nobody listened to an Asterisk, and what its own records said, newest first",
          CHIEFS, gives=gaps.GapShape, many=True, query=_query(LIST)),
    Route("GET", "/webhooks", webhooks.webhooks, "Programs that are told what happens", ADMIN, gives=Webhook,
          many=True),
    Route("POST", "/webhooks", webhooks.add_webhook, "Tell one more; its secret is shown once", ADMIN,
          takes=bodies.WebhookBody, gives=webhooks.NewWebhook, status=201),
    Route("PATCH", "/webhooks/{name}", webhooks.change_webhook, "Change what is given; turn it on or off", ADMIN,
          takes=bodies.WebhookChange, gives=Webhook),
    Route("DELETE", "/webhooks/{name}", webhooks.remove_webhook, "Tell it no more", ADMIN, status=204),
    Route("POST", "/webhooks/{name}/replay", webhooks.replay_webhook, "Tell it again what happened in this time", ADMIN,
          takes=bodies.ReplayBody, gives=Webhook, status=202),
    Route("GET", "/webhooks/{name}/failures", webhooks.webhook_failures, "What it refused for good, newest first",
          ADMIN, gives=Failure, many=True),
    Route("GET", "/audit", audit.deeds, "Who did what to whom, newest first", ADMIN, gives=Deed, many=True,
          query=_query({"who": "a login", "what": "like listen, listened live, take_over, force_state, message",
                        "subject": "like agent:agent1", **LIST})),
    Route("POST", "/forms/{key}", forms.send, "Send a web form", open=True, gives=forms.Received, status=202),
    Route("OPTIONS", "/forms/{key}", forms.allowed, "Whether another site's script may send it", open=True, status=204),
    Route("GET", "/openapi.json", openapi, "This document", open=True),
)  # fmt: skip


def add_routes(app: web.Application) -> None:
    """Raises ValueError for a route that nobody may call and that is not marked open."""
    app[callbacks.FLOOD] = callbacks.Flood()
    for route in ROUTES:
        if not route.open and not route.roles:
            raise ValueError(f"{route.method} {route.path} has no roles")
        app.router.add_route(route.method, PREFIX + route.path, guarded(route))


def guarded(route: Route) -> Handler:
    async def guard(request: web.Request) -> web.StreamResponse:
        if not route.open:
            session = await request.app[NODE].entry.session(request)
            if session.user.role not in route.roles:
                raise Problem(403, "Your role may not do this.")
            request[SESSION] = session
        return await route.handler(request)

    return guard


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    spec = APISpec(title="Helin", version="1", openapi_version="3.1.0", info={"description": "See docs/reference."})
    shapes = [ProblemShape, *(route.gives for route in ROUTES if route.gives is not None)]
    _, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    for name, schema in components.items():
        spec.components.schema(name, schema)
    nested: dict[str, Any] = {}
    for body in {route.takes for route in ROUTES if route.takes is not None}:
        schema = body.model_json_schema(ref_template="#/components/schemas/{model}")
        nested |= {**schema.pop("$defs", {}), body.__name__: schema}
    for name, schema in nested.items():
        spec.components.schema(name, schema)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for path in dict.fromkeys(route.path for route in ROUTES):
        operations = {route.method.lower(): _operation(route) for route in ROUTES if route.path == path}
        spec.path(path=PREFIX + path, operations=operations)
    return {"openapi": "3.1.0"} | spec.to_dict()


def _operation(route: Route) -> dict[str, Any]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    parameters += [
        {"name": name, "in": "query", "description": why, "schema": _kind(route, name)} for name, why in route.query
    ]
    responses: dict[str, Any] = {str(route.status): _response(route)}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemShape"}}}
    responses |= {code: {"description": "A problem", "content": problem} for code in REFUSALS}
    operation: dict[str, Any] = {"summary": route.summary, "parameters": parameters, "responses": responses}
    if (route.method, route.path) in MAY_MAKE:
        responses["201"] = _response(route)
    if route.path.endswith("/audio"):
        sound = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
        responses |= {code: {"description": route.summary, "content": sound} for code in ("200", "206")}
        responses["416"] = {"description": "No such range", "content": problem}
    if route.path.endswith("/attachments/{n}"):
        octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        responses["200"] = {"description": route.summary, "content": octets}
    if route.gives in (FileLook, LeadReport):
        text_ = {"schema": {"type": "string"}}
        operation["requestBody"] = {"required": True, "content": {"text/csv": text_}}
    if route.takes is not None:
        schema = {"$ref": f"#/components/schemas/{route.takes.__name__}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if not route.open:
        operation["security"] = [{"token": []}]
    return operation


def _kind(route: Route, name: str) -> dict[str, Any]:
    if name in KINDS_OF.get(route.path, {}):
        return {"type": "string", "enum": list(KINDS_OF[route.path][name])}
    return KINDS.get(name, {"type": "string"})


def _response(route: Route) -> dict[str, Any]:
    if route.gives is None:
        return {"description": route.summary}
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{route.gives.__name__}"}
    if route.many:
        listed = {"items": {"type": "array", "items": schema}, "next": {"type": ["string", "null"]}}
        schema = {"type": "object", "properties": listed, "required": ["items", "next"]}
    return {"description": route.summary, "content": {"application/json": {"schema": schema}}}
