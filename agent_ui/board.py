"""What the live picture looks like to one person: the snapshot, and each part of it as ready bytes.

Synchronous and free of sockets: the hub asks, the API asks, tests ask. The board keeps indexes over the picture, so
that a question costs what it is about and not what there is.

An agent sees the calls that ring at them or in which they have a lifted phone; a supervisor sees all. Contacts and
history (the *pop*) are only for whom the call is at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from agent_ui.commands import allowed_commands
from agent_ui.shapes import (
    AgentCounts,
    AgentShape,
    AlarmShape,
    ColleagueShape,
    QueueShape,
    WaitingShape,
    agent_shape,
    call_shape,
    colleague_shape,
    encode,
    reasons,
    unseen_agent,
)
from routing.commands import Role
from routing.events import Directory, Person, Phone, QueuePlan
from routing.facts import AgentChanged, LinkChanged
from routing.order import Doubt, Moved, beside, doubts, sample_line
from routing.picture import Picture
from routing.priority import Request
from routing.requests import Kind
from routing.story import Call
from routing.why import Cause, Floor, why

SEE_ALL: frozenset[Role] = frozenset({"supervisor", "admin"})
SHOWN_WAITING = 20
NO_POP = b'"contacts":null,"history":null'


class Me(msgspec.Struct, frozen=True):
    login: str
    name: str
    role: Role
    extension: str | None
    phone: Phone
    can: tuple[str, ...]


def me(login: str, name: str, role: Role, extension: str | None, phone: Phone = "browser") -> Me:
    return Me(login, name, role, extension, phone, allowed_commands(role))


def parties(call: Call | None) -> frozenset[str]:
    """The agents whom the call is at: it rings there, they talk, or their phone is off the hook for it."""
    if call is None or not call.active:
        return frozenset()
    talking = (segment.agent for segment in call.segments if segment.ended_at is None)
    lifted = (leg.agent for leg in call.legs if leg.agent and leg.answered_at is not None and leg.ended_at is None)
    return frozenset((*call.ringing, *talking, *lifted))


class Board:
    def __init__(self, picture: Picture, directory: Directory) -> None:
        self.picture = picture
        self.alarms: dict[str, AlarmShape] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        self._seen: dict[str, frozenset[str]] = {}
        self._people: dict[str, Person] = {}
        self._plans: dict[str, QueuePlan] = {}
        self._paces: dict[str, Kind] = {}
        self.use(directory)

    def use(self, directory: Directory) -> None:
        """Users and queues as they are now."""
        self._people = {person.login: person for person in directory.people}
        self._plans = {plan.name: plan for plan in directory.queues}
        self._tier_values = dict(directory.tier_values)
        self.reindex()

    def reindex(self) -> None:
        """After the picture was replaced."""
        self._waiting = {}
        for pace in self._paces.values():
            pace.waiting = 0
        for call in self.picture.calls.values():
            self.place(None, call)
        self._seen = {name: frozenset(seen.agents) for name, seen in self.picture.queues.items()}
        for link in self.picture.links.values():
            self.link(link)

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
        return {name for name in (was, now) if name is not None}

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

    def queue_seen(self, name: str) -> None:
        """After a fact about a queue."""
        seen = self.picture.queues.get(name)
        self._seen[name] = frozenset(seen.agents) if seen is not None else frozenset()

    def counted_in(self, login: str) -> set[str]:
        """The queues in whose counts this agent is."""
        return {*self.queues_of(login), *(name for name, agents in self._seen.items() if login in agents)}

    # Alarms

    def link(self, link: LinkChanged) -> tuple[AlarmShape, bool] | None:
        """The alarm that this link's state raises (True) or ends (False), if that is news.

        A link that is ready and still has a reason lacks something, such as a class of its account.
        """
        id_ = f"asterisk:{link.asterisk}"
        if link.state == "ready":
            if link.reason:
                text = f"Asterisk {link.asterisk} gives less than Helin needs: {link.reason}. See helin doctor."
                return self._raise(AlarmShape(id_, "warning", text, link.at))
            gone = self.alarms.pop(id_, None)
            return None if gone is None else (gone, False)
        level: Literal["error", "warning"] = "error" if link.state == "down" else "warning"
        why = link.reason or f"the link is {link.state}"
        return self._raise(AlarmShape(id_, level, f"No live picture from Asterisk {link.asterisk}: {why}", link.at))

    def engine(self, name: str, alive: bool, now: datetime) -> tuple[AlarmShape, bool] | None:
        id_ = f"engine:{name}"
        if alive:
            gone = self.alarms.pop(id_, None)
            return None if gone is None else (gone, False)
        text = f"Nothing is heard from the engine of Asterisk {name}; calls go on, what is shown may be old."
        return self._raise(AlarmShape(id_, "error", text, now))

    def _raise(self, alarm: AlarmShape) -> tuple[AlarmShape, bool] | None:
        had = self.alarms.get(alarm.id)
        if had is not None and (had.level, had.text) == (alarm.level, alarm.text):
            return None
        self.alarms[alarm.id] = alarm
        return alarm, True

    # Parts

    def queue_names(self) -> list[str]:
        return list({**self._plans, **dict.fromkeys(self.picture.queues)})

    def queues_that_ask(self) -> frozenset[str]:
        """Those in which a wrap-up ends only with a result of the call."""
        return frozenset(name for name, plan in self._plans.items() if plan.wrap_up_required)

    def queues_of(self, login: str) -> frozenset[str]:
        """Those that the agent serves now, or is meant to."""
        person, agent = self._people.get(login), self.picture.agents.get(login)
        meant = person.queues if person is not None else ()
        return frozenset((*meant, *(agent.queues if agent is not None else ()))) & frozenset(self.queue_names())

    def visible_queues(self, login: str, role: Role) -> frozenset[str]:
        return frozenset(self.queue_names()) if role in SEE_ALL else self.queues_of(login)

    def agent(self, login: str) -> AgentShape:
        found = self.picture.agents.get(login)
        return unseen_agent(login) if found is None else agent_shape(found)

    def agents(self) -> list[AgentShape]:
        return [self.agent(login) for login in {**self._people, **self.picture.agents}]

    def knows(self, login: str) -> bool:
        return login in self._people or login in self.picture.agents

    def why(self, login: str, now: datetime) -> tuple[Cause, ...]:
        """Why this agent gets no calls."""
        down = [name for name, link in self.picture.links.items() if link.state != "ready"]
        silent = [id_.partition(":")[2] for id_ in self.alarms if id_.startswith("engine:")]
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
            oldest_queued_at=min((call.waiting_since for call in waiting if call.waiting_since), default=None),
            agents=self._counts(name),
        )

    def waiting(self, name: str, most: int = SHOWN_WAITING) -> list[WaitingShape]:
        """The queue's line: the highest score first, among equals who came first."""
        line = sorted((self.picture.calls[id_] for id_ in self._waiting.get(name, ())), key=_rank)
        return [_waiting(call, position) for position, call in enumerate(line[:most], 1)]

    def under(self, other: QueuePlan, now: datetime) -> tuple[bool, list[Moved]]:
        """Who waits in a queue, and where each would stand under the other rule. True: it is a sample, nobody waits."""
        present = self._plans.get(other.name) or QueuePlan(other.name)
        calls = [self.picture.calls[id_] for id_ in self._waiting.get(other.name, ())]
        waiting = [Request(call.id, other.name, "", call.waiting_since or call.started_at, call.tier) for call in calls]
        if waiting:
            return False, beside(waiting, present, other, self._tier_values, now, self._paces[other.name].pace())
        waiting, pace = sample_line(present, now)
        return True, beside(waiting, present, other, self._tier_values, now, pace)

    def doubts(self, plan: QueuePlan) -> list[Doubt]:
        """What is odd about a rule."""
        people = [dict(person.skills) for person in self._people.values()]
        return doubts(plan, people, self._tier_values)

    def card(self, call: Call, at_them: bool, now: datetime) -> bytes:
        """A call with its pop if it is ``at_them``, as it stands in a snapshot."""
        return b"%b,%b}" % (encode(call_shape(call, now))[:-1], self.pop(call.id) if at_them else NO_POP)

    def pop(self, call: str) -> bytes:
        """``"contacts":…,"history":…`` as ready JSON, both null while nobody knows."""
        text = self.picture.pops.get(call, "")
        return text[1:-1].encode("utf-8", "replace") if len(text) > 2 and text[0] == "{" else NO_POP

    def calls(self, login: str, role: Role) -> Iterable[Call]:
        """Those that this person sees."""
        calls = self.picture.calls.values()
        return calls if role in SEE_ALL else (call for call in calls if login in parties(call))

    def snapshot(self, who: Me, in_charge: bool, now: datetime) -> bytes:
        """The whole state, without the beginning ``{"type":"snapshot","seq":N``."""
        sees_all = who.role in SEE_ALL
        own = self.agent(who.login)
        queues = sorted(self.visible_queues(who.login, who.role))
        cards = [self.card(call, who.login in parties(call), now) for call in self.calls(who.login, who.role)]
        waiting = [{"queue": name, "calls": self.waiting(name)} for name in queues]
        parts = (
            (b'"at":', encode(now)),
            (b'"me":', encode(who)),
            (b'"in_charge":', encode(in_charge)),
            (b'"agent":', encode(own)),
            (b'"agents":', encode(self.agents() if sees_all else [own])),
            (b'"calls":', b"[%b]" % b",".join(cards)),
            (b'"queues":', encode([self.queue(name) for name in queues])),
            (b'"waiting":', encode(waiting)),
            (b'"alarms":', encode(list(self.alarms.values()))),
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


def _rank(call: Call) -> tuple[float, datetime]:
    return -(call.score or 0.0), call.waiting_since or call.started_at


def _waiting(call: Call, position: int) -> WaitingShape:
    return WaitingShape(
        call=call.id,
        position=position,
        number=call.number,
        name=call.name,
        tier=call.tier,
        queued_at=call.waiting_since or call.started_at,
        score=call.score,
        reasons=reasons(call),
    )
