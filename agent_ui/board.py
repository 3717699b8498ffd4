"""What the live picture looks like to one person: the snapshot, and each part of it as ready bytes.

Synchronous and free of sockets: the hub asks, the API asks, tests ask. The board keeps indexes over the picture, so
that a question costs what it is about and not what there is.

An agent sees the calls that ring at them or in which they have a lifted phone, a leader those of the team, a supervisor
all (:mod:`agent_ui.sight`). Contacts and history (the *pop*) are only for whom the call is at.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from agent_ui.alarms import Alarms, private
from agent_ui.bus.port import CampaignLine
from agent_ui.commands import EVERYBODY, Policy, allowed_commands
from agent_ui.shapes import (
    AgentCounts,
    AgentShape,
    AlarmShape,
    ColleagueShape,
    HelpShape,
    ListenShape,
    QueueShape,
    RequestShape,
    WaitingShape,
    agent_shape,
    call_shape,
    colleague_shape,
    encode,
    help_shape,
    listen_shape,
    on_a_wall,
    reasons,
    request_shape,
    today_shape,
    unseen_agent,
)
from agent_ui.sight import SEE_ALL, Teams, Who
from crm_store.records import User
from routing.commands import Role
from routing.events import Directory, Person, Phone, QueuePlan
from routing.facts import AgentChanged, ListenChanged, WrittenChanged
from routing.letters import RequestKind
from routing.order import Doubt, Moved, beside, doubts, sample_line
from routing.picture import Picture
from routing.priority import Request
from routing.requests import Kind
from routing.story import Call
from routing.today import Today, terms_of
from routing.why import Cause, Floor, why

SHOWN_WAITING = 20
NO_POP = b'"contacts":null,"history":null'


class Me(msgspec.Struct, frozen=True):
    login: str
    name: str
    role: Role
    extension: str | None
    phone: Phone
    can: tuple[str, ...]
    team: str | None = None


def me(
    login: str,
    name: str,
    role: Role,
    extension: str | None,
    phone: Phone = "browser",
    policy: Policy = EVERYBODY,
    team: str | None = None,
) -> Me:
    return Me(login, name, role, extension, phone, allowed_commands(role, policy), team)


def me_of(user: User, policy: Policy) -> Me:
    return me(user.login, user.name, user.role, user.extension, user.phone, policy, user.team)


def parties(call: Call | None) -> frozenset[str]:
    """The agents whom the call is at: it rings there, they talk, or their phone is off the hook for it."""
    if call is None or not call.active:
        return frozenset()
    talking = (segment.agent for segment in call.segments if segment.ended_at is None)
    lifted = (leg.agent for leg in call.legs if leg.agent and leg.answered_at is not None and leg.ended_at is None)
    return frozenset((*call.ringing, *talking, *lifted))


class Board:
    def __init__(self, picture: Picture, directory: Directory, policy: Policy = EVERYBODY) -> None:
        self.picture = picture
        self.policy = policy
        self.alarms = Alarms()
        self.today = Today()
        self._campaigns: dict[str, tuple[CampaignLine, ...]] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        self._written: dict[str, dict[str, RequestKind]] = {}
        self._line_of: dict[str, str] = {}
        self._holders: dict[str, str] = {}
        self._touched: set[str] = set()
        self._seen: dict[str, frozenset[str]] = {}
        self._people: dict[str, Person] = {}
        self._plans: dict[str, QueuePlan] = {}
        self._paces: dict[str, Kind] = {}
        self.use(directory)

    def use(self, directory: Directory) -> bool:
        """Users and queues as they are now. Whether today's figures must be counted anew for it."""
        self._people = {person.login: person for person in directory.people}
        self.teams = Teams({person.login: person.team for person in directory.people})
        self._plans = {plan.name: plan for plan in directory.queues}
        self.tier_values = dict(directory.tier_values)
        recount = self.today.use(terms_of(directory.queues, directory.calendars))
        self.reindex()
        return recount

    def reindex(self) -> None:
        """After the picture was replaced."""
        self._waiting = {}
        self.today.only(self.picture.calls.values())
        for pace in self._paces.values():
            pace.waiting = 0
        for call in self.picture.calls.values():
            self.place(None, call)
        self._written, self._line_of, self._holders = {}, {}, {}
        for request in self.picture.requests:
            self.place_request(request)
        self._touched = set()
        self._seen = {name: frozenset(seen.agents) for name, seen in self.picture.queues.items()}
        for link in self.picture.links.values():
            self.alarms.link(link)
        self.alarms.queues(self.picture.alarms.values())

    def place(self, before: Call | None, after: Call | None) -> set[str]:
        """Keeps the waiting calls' index; the queues whose list or counts this change touches."""
        was = before.waiting_in if before is not None else None
        now = after.waiting_in if after is not None else None
        if was is not None and was != now and before is not None and self._took(was, before.id):
            self._went(was, after)
        if now is not None and after is not None:
            if after.id not in self._waiting.get(now, {}):
                came = after.waiting_since or after.started_at
                self._paces.setdefault(now, Kind()).came(came.timestamp())
            self._waiting.setdefault(now, {})[after.id] = None
        counted = self.today.changed(before, after)
        return {name for name in (was, now, counted) if name is not None}

    def _took(self, queue: str, call: str) -> bool:
        line = self._waiting.get(queue, {})
        there = call in line
        line.pop(call, None)
        return there

    def _went(self, queue: str, call: Call | None) -> None:
        """As the engine counts how fast a line moves, so that a preview of a rule reckons like the line itself."""
        talk = call.segments[-1] if call is not None and call.segments else None
        if talk is not None and talk.ended_at is None:
            self._paces[queue].served(talk.started_at.timestamp())
        else:
            self._paces[queue].left()

    def place_request(self, id: str) -> tuple[str | None, str | None]:
        """Keeps the written requests' index by what the picture says: who had this one, and who has it now."""
        now = self.picture.requests.get(id)
        line = now.queue if now is not None and now.state == "waiting" else None
        had_line, had = self._line_of.pop(id, None), self._holders.pop(id, None)
        if had_line is not None and had_line != line:
            self._written[had_line].pop(id, None)
        if now is not None and line is not None:
            self._line_of[id] = line
            self._written.setdefault(line, {})[id] = now.kind
        holder = now.agent if now is not None and now.state != "waiting" else None
        if holder is not None:
            self._holders[id] = holder
        self._touched.update(name for name in (had_line, line) if name is not None)
        return had, holder

    def take_touched(self) -> set[str]:
        """Queues whose line of written requests has changed, once."""
        touched, self._touched = self._touched, set()
        return touched

    def queues_with(self, request: str) -> set[str]:
        """The queue that it waits in."""
        return {self._line_of[request]} if request in self._line_of else set()

    def queue_seen(self, name: str) -> None:
        """After a fact about a queue."""
        seen = self.picture.queues.get(name)
        self._seen[name] = frozenset(seen.agents) if seen is not None else frozenset()

    def counted_in(self, login: str) -> set[str]:
        """The queues in whose counts this agent is."""
        return {*self.queues_of(login), *(name for name, agents in self._seen.items() if login in agents)}

    # Parts

    def queue_names(self) -> list[str]:
        return list({**self._plans, **dict.fromkeys(self.picture.queues)})

    def plans(self) -> dict[str, QueuePlan]:
        return dict(self._plans)

    def callers(self) -> dict[str, int]:
        """How many wait in each queue."""
        return {name: len(line) for name, line in self._waiting.items()}

    def queues_that_ask(self) -> frozenset[str]:
        """Those in which a wrap-up ends only with a result of the call."""
        return frozenset(name for name, plan in self._plans.items() if plan.wrap_up_required)

    def queues_of(self, login: str) -> frozenset[str]:
        """Those that the agent serves now, or is meant to."""
        person, agent = self._people.get(login), self.picture.agents.get(login)
        meant = person.queues if person is not None else ()
        return frozenset((*meant, *(agent.queues if agent is not None else ()))) & frozenset(self.queue_names())

    def visible_queues(self, who: Who) -> frozenset[str]:
        if who.role in SEE_ALL or who.role == "viewer":
            return frozenset(self.queue_names())
        return frozenset().union(*(self.queues_of(login) for login in self.teams.seen_by(who)))

    def agent(self, login: str) -> AgentShape:
        found = self.picture.agents.get(login)
        return unseen_agent(login) if found is None else agent_shape(found)

    def agents(self) -> list[AgentShape]:
        return [self.agent(login) for login in {**self._people, **self.picture.agents}]

    def agents_seen_by(self, who: Who) -> list[AgentShape]:
        """A screen on a wall is told how they are, never of which call."""
        if who.role in SEE_ALL:
            return self.agents()
        if who.role == "viewer":
            return [on_a_wall(one) for one in self.agents()]
        return [self.agent(login) for login in sorted(self.teams.seen_by(who))]

    def knows(self, login: str) -> bool:
        return login in self._people or login in self.picture.agents

    def why(self, login: str, now: datetime) -> tuple[Cause, ...]:
        """Why this agent gets no calls."""
        down = [name for name, link in self.picture.links.items() if link.state != "ready"]
        silent = self.alarms.silent()
        waiting = {name: len(line) for name, line in self._waiting.items()}
        floor = Floor(self.picture.agents, self._plans, waiting, tuple(dict.fromkeys((*down, *silent))))
        return why(login, self._people.get(login), floor, now)

    def colleagues(self) -> list[ColleagueShape]:
        """Everybody who has a phone, for anybody who may give a call to them."""
        return [
            colleague_shape(self.agent(login), person.name, bool(person.queues))
            for login, person in self._people.items()
        ]

    def queue(self, name: str) -> QueueShape:
        plan = self._plans.get(name) or QueuePlan(name)
        waiting = [self.picture.calls[id_] for id_ in self._waiting.get(name, ())]
        return QueueShape(
            name=name,
            mode=plan.mode,
            target_seconds=plan.target_seconds,
            max_wait_seconds=plan.max_wait_seconds,
            wrap_up_seconds=plan.wrap_up_seconds,
            wrap_up_required=plan.wrap_up_required,
            pop_on=plan.pop_on,
            pop_url=plan.pop_url,
            auto_pause=plan.auto_pause,
            waiting=len(waiting),
            written=len(self._written.get(name, ())),
            kinds=dict(Counter(self._written.get(name, {}).values())),
            oldest_queued_at=min((call.waiting_since for call in waiting if call.waiting_since), default=None),
            agents=self._counts(name),
            today=today_shape(self.today.figures(name)),
        )

    def waiting(self, name: str, most: int = SHOWN_WAITING) -> list[WaitingShape]:
        """The queue's line, calls and written requests: the highest score first, among equals who came first."""
        calls = [self.picture.calls[id_] for id_ in self._waiting.get(name, ())]
        letters = [self.picture.requests[id_] for id_ in self._written.get(name, ())]
        line = heapq.nsmallest(most, [*map(_rank, calls), *map(_letter_rank, letters)], key=lambda one: one[:2])
        return [_waiting(one, position) for position, (_, _, one) in enumerate(line, 1)]

    def requests(self, who: Who) -> list[RequestShape]:
        """Written requests that this person has or is offered, and those of whom they see."""
        seen = [id_ for id_, agent in self._holders.items() if self.teams.sees(who, agent)]
        return [request_shape(self.picture.requests[id_]) for id_ in seen]

    def told_of(self, one: ListenChanged, who: Who) -> bool:
        """Whether this person may know that somebody listens."""
        told = self.policy.agent_is_told or one.agent != who.login
        return who.role in SEE_ALL or (told and self.teams.sees(who, one.agent))

    def listening(self, who: Who) -> list[ListenShape]:
        return [listen_shape(one) for one in self.picture.listening.values() if self.told_of(one, who)]

    def helps(self, who: Who) -> list[HelpShape]:
        return [help_shape(one) for one in self.picture.helps.values() if self.teams.sees(who, one.agent)]

    def sees_alarm(self, who: Who, alarm: AlarmShape) -> bool:
        """Those of queues are for who sees the queue and can do something about it, or is a screen on the wall."""
        if who.role in SEE_ALL or not private(alarm):
            return True
        return who.role in ("leader", "viewer") and alarm.queue in self.visible_queues(who)

    def under(self, other: QueuePlan, now: datetime) -> tuple[bool, list[Moved]]:
        """Who waits in a queue, and where each would stand under the other rule. True: it is a sample, nobody waits."""
        present = self._plans.get(other.name) or QueuePlan(other.name)
        calls = [self.picture.calls[id_] for id_ in self._waiting.get(other.name, ())]
        waiting = [Request(call.id, other.name, "", call.waiting_since or call.started_at, call.tier) for call in calls]
        if waiting:
            return False, beside(waiting, present, other, self.tier_values, now, self._paces[other.name].pace())
        waiting, pace = sample_line(present, now)
        return True, beside(waiting, present, other, self.tier_values, now, pace)

    def doubts(self, plan: QueuePlan) -> list[Doubt]:
        """What is odd about a rule."""
        people = [dict(person.skills) for person in self._people.values()]
        return doubts(plan, people, self.tier_values)

    def card(self, call: Call, at_them: bool, now: datetime) -> bytes:
        """A call with its pop if it is ``at_them``, as it stands in a snapshot."""
        return b"%b,%b}" % (encode(call_shape(call, now))[:-1], self.pop(call.id) if at_them else NO_POP)

    def pop(self, call: str) -> bytes:
        """``"contacts":…,"history":…`` as ready JSON, both null while nobody knows."""
        text = self.picture.pops.get(call, "")
        return text[1:-1].encode("utf-8", "replace") if len(text) > 2 and text[0] == "{" else NO_POP

    def campaigns_at(self, engine: str, lines: tuple[CampaignLine, ...]) -> bool:
        """Those that run there now. Whether that is news."""
        had = self._campaigns.get(engine, ())
        self._campaigns[engine] = lines
        return had != lines

    def campaigns(self, who: Who) -> list[CampaignLine]:
        """Those that run, for who sees all, who makes campaigns, and screens; a leader's are those of the team's
        queues."""
        lines = [line for lines in self._campaigns.values() for line in lines]
        if who.role in SEE_ALL or who.role in ("campaign_manager", "viewer"):
            return lines
        queues = self.visible_queues(who) if who.role == "leader" and lines else ()
        return [line for line in lines if line.queue in queues]

    def calls(self, who: Who) -> Iterable[Call]:
        """Those that this person sees."""
        calls = self.picture.calls.values()
        if who.role in SEE_ALL:
            return calls
        return (call for call in calls if self.teams.sees_any(who, parties(call)))

    def snapshot(self, who: Me, in_charge: bool, now: datetime) -> bytes:
        """The whole state, without the beginning ``{"type":"snapshot","seq":N``."""
        queues = sorted(self.visible_queues(who))
        cards = [self.card(call, who.login in parties(call), now) for call in self.calls(who)]
        lines = queues if who.role != "viewer" else ()
        waiting = [{"queue": name, "calls": self.waiting(name)} for name in lines]
        alarms = [one for one in self.alarms.up() if self.sees_alarm(who, one)]
        parts = (
            (b'"at":', encode(now)),
            (b'"me":', encode(who)),
            (b'"in_charge":', encode(in_charge)),
            (b'"agent":', encode(self.agent(who.login))),
            (b'"agents":', encode(self.agents_seen_by(who))),
            (b'"calls":', b"[%b]" % b",".join(cards)),
            (b'"queues":', encode([self.queue(name) for name in queues])),
            (b'"waiting":', encode(waiting)),
            (b'"requests":', encode(self.requests(who))),
            (b'"listening":', encode(self.listening(who))),
            (b'"helps":', encode(self.helps(who))),
            (b'"alarms":', encode(alarms)),
            (b'"campaigns":', encode(self.campaigns(who))),
        )
        return b",%b}" % b",".join(key + value for key, value in parts)

    def _counts(self, queue: str) -> AgentCounts:
        counts = dict.fromkeys(("ready", "busy", "wrap_up", "paused", "offline"), 0)
        for login in self._serving(queue):
            agent = self.picture.agents.get(login)
            counts["offline" if agent is None else _count_as(agent)] += 1
        return AgentCounts(**counts)

    def _serving(self, queue: str) -> set[str]:
        serving = set(self._seen.get(queue, ()))
        serving.update(login for login, person in self._people.items() if queue in person.queues)
        serving.update(login for login, agent in self.picture.agents.items() if queue in agent.queues)
        return serving


def _count_as(agent: AgentChanged) -> str:
    return "busy" if agent.leg != "none" else agent.availability


def _rank(call: Call) -> tuple[float, datetime, Call | WrittenChanged]:
    return -(call.score or 0.0), call.waiting_since or call.started_at, call


def _letter_rank(request: WrittenChanged) -> tuple[float, datetime, Call | WrittenChanged]:
    return -(request.score or 0.0), request.since, request


def _waiting(one: Call | WrittenChanged, position: int) -> WaitingShape:
    return _waiting_call(one, position) if isinstance(one, Call) else _waiting_letter(one, position)


def _waiting_letter(request: WrittenChanged, position: int) -> WaitingShape:
    return WaitingShape(
        kind=request.kind,
        call=None,
        request=request.request,
        title=request.title,
        due_at=request.due_at,
        position=position,
        number=None,
        name=request.name,
        tier=request.tier,
        queued_at=request.since,
        score=request.score,
        reasons=reasons(request),
    )


def _waiting_call(call: Call, position: int) -> WaitingShape:
    return WaitingShape(
        kind="call",
        call=call.id,
        request=None,
        title=None,
        due_at=None,
        position=position,
        number=call.number,
        name=call.name,
        tier=call.tier,
        queued_at=call.waiting_since or call.started_at,
        score=call.score,
        reasons=reasons(call),
    )
