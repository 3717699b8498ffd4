"""Written requests and the agents who get them: ranked by the one rule, beside the callers who wait.

Waiting is counted in shares of what was promised. A mail that was promised an answer within four hours and has waited
for two counts as a caller does who has waited half of the queue's target; so mails, forms and tickets stand in the same
order as calls, by the same rule and value (:mod:`routing.worth`), without shutting out the callers: their share grows
much faster. What has no time promised (a callback keeps its caller's place) counts as a call.

A request is offered to one agent at a time, who is ready, at no call, has a page open and fewer than ``most`` requests
taken. Nobody who could now take a call that is more urgent gets an offer; and an offer is withdrawn when a call rings
after all. What is about to miss its promise is not outrun by calls that are less urgent: in mode *direct* these wait
until the agent has answered the offer, but not long (:mod:`routing.kept_free`); in mode *assist* the agent is
Asterisk's to ring. A request that comes back (declined, not answered, the page vanished) stands where it stood, and is
not offered to the same agent again for a while. All that changes is asked of the store first: see
:mod:`routing.letters`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from routing.desk import Desk
from routing.events import Person
from routing.facts import AgentChanged, Fact, WrittenChanged, WrittenRanked
from routing.kept_free import KeptFree, is_near
from routing.letters import OVER, MoveRequest, RequestMoved, RequestsSeen, WrittenRequest
from routing.parties import Owners
from routing.presence import Presence
from routing.priority import promise, values_of, worth
from routing.shares import counted_wait, scored
from routing.waiting import Line
from routing.worth import index

AGAIN: Final = timedelta(minutes=3)
"""So long a request is not offered again to who declined it."""
OWN_FIRST: Final = timedelta(minutes=2)
"""So long what an agent had parked waits for that agent before others get it."""
UNCONFIRMED: Final = timedelta(seconds=15)
"""So long a change may be on its way to the store."""
RANKED_EVERY: Final = timedelta(seconds=30)
FRONT: Final = 20
REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class WrittenRules:
    """``most`` requests one agent has at a time; ``offer_seconds`` until an offer counts as not wanted."""

    most: int = 2
    offer_seconds: float = 30.0


class _Class(NamedTuple):
    """Requests that differ in nothing but their age. ``promised``: seconds."""

    queue: str
    tier: str | None
    skills: tuple[tuple[str, int], ...]
    promised: int


class _Place(NamedTuple):
    since: datetime
    id: str


def _nobody(_: str) -> bool:
    return False


class Written:
    """``facts`` and ``actions`` collect what follows. ``engaged``: whether a call is being brought to this agent."""

    def __init__(
        self, desk: Desk, line: Line, owners: Owners, rules: WrittenRules, engaged: Callable[[str], bool] = _nobody
    ) -> None:
        self._desk, self._line, self._owners, self._rules, self._engaged = desk, line, owners, rules, engaged
        self._kept = KeptFree()
        self._presence = Presence()
        self._known: dict[str, WrittenRequest] = {}
        self._lines: dict[_Class, list[_Place]] = {}
        self._gone: dict[str, int] = {}
        self._moving: dict[str, tuple[str | None, datetime]] = {}
        self._mine: dict[str, str] = {}
        self._declined: dict[tuple[str, str], datetime] = {}
        self._withdrawn: dict[str, None] = {}
        self._back_at: dict[str, datetime] = {}
        self._told: dict[str, WrittenChanged] = {}
        self._ranked_at: datetime | None = None
        self.tier_values: dict[str, float] = {}
        self.facts: list[Fact] = []
        self.actions: list[MoveRequest] = []

    def __len__(self) -> int:
        return len(self._known)

    def get(self, id: str) -> WrittenRequest | None:
        return self._known.get(id)

    def take_facts(self) -> list[Fact]:
        facts, self.facts = self.facts, []
        return facts

    def take_actions(self) -> list[MoveRequest]:
        """What the store is to be asked, once."""
        actions, self.actions = self.actions, []
        return actions

    # -- what the store says -------------------------------------------------------------------------------------------

    def seen(self, event: RequestsSeen, now: datetime) -> None:
        for request in event.requests:
            self._take(request, now)
        if event.complete:
            listed = {request.id for request in event.requests}
            for id in [id for id in self._known if id not in listed]:
                self._forget(id, now)

    def moved(self, event: RequestMoved, now: datetime) -> None:
        """After an offer that could not be made this agent is left alone for a moment: the store knows more."""
        agent, _ = self._moving.pop(event.request, (None, now))
        if event.code and event.command is None and agent is not None:
            self._declined[event.request, agent] = now + UNCONFIRMED
        if event.seen is not None:
            self._take(event.seen, now)
        elif event.code == "unknown":
            self._forget(event.request, now)

    def _take(self, request: WrittenRequest, now: datetime) -> None:
        """The newest word counts; an older one that comes late changes nothing."""
        had = self._known.get(request.id)
        newest = had.version if had is not None else self._gone.get(request.id)
        if newest is not None and request.version <= newest:
            return
        if had is not None and had.agent is not None and request.state == "waiting" and request.agent is None:
            self._came_back(had.id, had.agent, now)
        self._unline(had)
        if request.state in OVER:
            self._known.pop(request.id, None)
            self._leave(request.id, request.version)
        else:
            self._known[request.id] = request
        if request.state == "waiting":
            insort(self._lines.setdefault(self._class(request), []), _Place(request.since, request.id))
            if had is not None and had.state != "waiting":
                self._back_at[request.id] = now
        if request.state != "offered":
            self._mine.pop(request.id, None)
        self._tell(request, now)

    def _came_back(self, id: str, agent: str, now: datetime) -> None:
        """Declined, or not answered. What was withdrawn because of a call is nobody's fault."""
        if id in self._withdrawn:
            del self._withdrawn[id]
        else:
            self._declined[id, agent] = now + AGAIN

    def _forget(self, id: str, now: datetime) -> None:
        """The store has it no longer: its contact was erased."""
        had = self._known.pop(id, None)
        if had is None:
            return
        self._unline(had)
        self._leave(id, had.version)
        self._told.pop(id, None)
        self.facts.append(_fact(had, now, "cancelled", None, None))

    def _unline(self, had: WrittenRequest | None) -> None:
        if had is not None and had.state == "waiting":
            line, place = self._lines[self._class(had)], _Place(had.since, had.id)
            if place in line:
                line.remove(place)
            if not line:
                del self._lines[self._class(had)]

    def _leave(self, id: str, version: int) -> None:
        self._gone[id] = version
        if len(self._gone) > REMEMBERED:
            del self._gone[next(iter(self._gone))]
        self._mine.pop(id, None)
        self._back_at.pop(id, None)
        self._withdrawn.pop(id, None)

    def _class(self, request: WrittenRequest) -> _Class:
        promised = 0 if request.due_at is None else max(1, round((request.due_at - request.since).total_seconds()))
        return _Class(request.queue, request.tier, request.skills, promised)

    # -- who gets what -------------------------------------------------------------------------------------------------

    def present(self, logins: tuple[str, ...], now: datetime) -> None:
        """These have a panel open."""
        self._presence.told(logins, now)

    def tick(self, now: datetime) -> None:
        for id, (_, asked_at) in list(self._moving.items()):
            if now - asked_at > UNCONFIRMED:
                del self._moving[id]
        for key, until in list(self._declined.items()):
            if until <= now:
                del self._declined[key]
        self._take_back(now)
        self.decide(now)
        if self._ranked_at is None or not timedelta() <= now - self._ranked_at < RANKED_EVERY:
            self._ranked_at = now
            self._rank(now)

    def agents_changed(self, now: datetime) -> None:
        """Somebody may be free now, or at a call."""
        if self._known:
            self._take_back(now)
            self.decide(now)

    def _take_back(self, now: datetime) -> None:
        """Offers that nobody answered, and our own whose agent cannot take them any more."""
        limit = timedelta(seconds=self._rules.offer_seconds)
        for one in [one for one in self._known.values() if one.state == "offered"]:
            late = one.offered_at is None or now - one.offered_at >= limit
            if one.id in self._moving or one.agent is None or not (late or self._lost(one, now)):
                continue
            if not late and self._here(one.agent, now):
                self._withdrawn[one.id] = None
            self._move(MoveRequest(one.id, "waiting", ("offered",), agent_was=one.agent), None, now)

    def _lost(self, one: WrittenRequest, now: datetime) -> bool:
        return one.id in self._mine and one.agent is not None and not self._free(one.agent, now)

    def kept_free(self) -> Collection[str]:
        """Agents who get no call now: they are offered what is more urgent and about to miss its promise."""
        return self._kept.agents()

    def _let_go(self, now: datetime) -> None:
        callers = self._line.urgencies(now) if self.kept_free() else {}
        self._kept.let_go(now, lambda name, id: self._holds_out(name, id, callers, now))

    def _holds_out(self, name: str, id: str, callers: dict[str, list[tuple[float, str]]], now: datetime) -> bool:
        """The offer is on its way to the store, or stands; and nobody more urgent waits for this agent."""
        one, agent = self._known.get(id), self._desk.agents().get(name)
        if one is None or agent is None or not self._free_of_calls(name):
            return False
        asking = self._moving.get(id, (None, now))[0] == name
        stands = one.state == "offered" and one.agent == name
        mine = self.urgency(one, now)
        return (asking or stands) and not any(rank > mine for rank, _ in self._callers_of(agent, callers))

    def decide(self, now: datetime) -> None:
        """Offers what waits to those who can take it."""
        self._let_go(now)
        if not self._lines:
            return
        callers = self._line.urgencies(now)
        covered: set[str] = set()
        for agent in self._agents(now):
            request, urgency = self._best_for(agent, now)
            if request is None:
                continue
            before = [call for rank, call in self._callers_of(agent, callers) if rank > urgency]
            call = next((call for call in before if call not in covered), None)
            if call is not None:
                covered.add(call)
                continue
            self._mine[request.id] = agent.agent
            # Not while somebody more urgent waits, though for another agent as it seems.
            if not before and is_near(request, self._desk.plan(request.queue), now):
                self._kept.keep(agent.agent, request.id, now)
            offer = MoveRequest(request.id, "offered", ("waiting",), agent=agent.agent, most=self._rules.most)
            self._move(offer, agent.agent, now)

    def _move(self, action: MoveRequest, agent: str | None, now: datetime) -> None:
        self._moving[action.request] = agent, now
        self.actions.append(action)

    def _agents(self, now: datetime) -> list[AgentChanged]:
        """Those who may be offered something, who has least to do and is idle for longest first."""
        busy = {to for to, _ in self._moving.values() if to is not None}
        held: dict[str, int] = {}
        for one in self._known.values():
            if one.state == "offered" and one.agent is not None:
                busy.add(one.agent)
            elif one.state == "taken" and one.agent is not None:
                held[one.agent] = held.get(one.agent, 0) + 1
        free = [
            agent
            for name, agent in self._desk.agents().items()
            if name not in busy and held.get(name, 0) < self._rules.most and self._free(name, now)
        ]
        return sorted(free, key=lambda agent: (held.get(agent.agent, 0), agent.since, agent.agent))

    def _free(self, name: str, now: datetime) -> bool:
        return self._free_of_calls(name) and not self._engaged(name) and self._here(name, now)

    def _free_of_calls(self, name: str) -> bool:
        agent = self._desk.agents().get(name)
        return agent is not None and agent.availability == "ready" and agent.leg == "none" and agent.booked is None

    def _here(self, name: str, now: datetime) -> bool:
        """A panel of theirs is open."""
        return self._presence.here(name, now)

    def _callers_of(self, agent: AgentChanged, callers: dict[str, list[tuple[float, str]]]) -> list[tuple[float, str]]:
        own = [caller for queue in agent.queues if queue not in agent.paused_in for caller in callers.get(queue, ())]
        return sorted(own, reverse=True)

    def _best_for(self, agent: AgentChanged, now: datetime) -> tuple[WrittenRequest | None, float]:
        """What this agent should have next, and how urgent it is. What the agent had parked comes first."""
        person = self._owners.person(agent.agent)
        best: tuple[bool, float, WrittenRequest] | None = None
        for of, line in self._lines.items() if person is not None else ():
            if person is None or not self._serves(agent, person, of):
                continue
            for one in self._candidates(line, agent.agent, now):
                rank = one.agent == agent.agent, self.urgency(one, now), one
                if best is None or rank[:2] > best[:2]:
                    best = rank
                if one.agent is None:
                    break
        return (best[2], best[1]) if best is not None else (None, 0.0)

    def _candidates(self, line: list[_Place], agent: str, now: datetime) -> Iterator[WrittenRequest]:
        """Of one line, those that this agent may be offered now, the oldest first."""
        for place in line:
            one = self._known[place.id]
            kept = one.agent not in (None, agent) and now - self._back_at.get(one.id, one.since) < OWN_FIRST
            early = one.not_before is not None and one.not_before > now
            if not (kept or early or one.id in self._moving or (one.id, agent) in self._declined):
                yield one

    def _serves(self, agent: AgentChanged, person: Person, of: _Class) -> bool:
        logged_in = of.queue in agent.queues and of.queue not in agent.paused_in
        own = of.queue in person.queues and not self._desk.members.has_queue(of.queue)
        plan, has = self._desk.plan(of.queue), dict(person.skills)
        needed = (*of.skills, *(plan.skills if plan is not None else ()))
        return (logged_in or own) and all(has.get(skill, -1) >= level for skill, level in needed)

    # -- ranks ---------------------------------------------------------------------------------------------------------

    def urgency(self, one: WrittenRequest, now: datetime) -> float:
        """The index of :mod:`routing.worth`, comparable with a caller's."""
        plan = self._desk.plan(one.queue)
        value = worth(one.tier, values_of(plan, self.tier_values))
        return index(promise(plan), value, counted_wait(one, plan, now))

    def _rank(self, now: datetime) -> None:
        """Tells the ranks at the front of each queue anew."""
        by_queue: dict[str, list[tuple[float, _Place]]] = {}
        for of, line in self._lines.items():
            ranked = by_queue.setdefault(of.queue, [])
            ranked += [(-self.urgency(self._known[place.id], now), place) for place in line]
        for ranked in by_queue.values():
            for _, place in sorted(ranked)[:FRONT]:
                score, why = self._score(self._known[place.id], now)
                self.facts.append(WrittenRanked(place.id, now, score, why))

    def _score(self, one: WrittenRequest, now: datetime) -> tuple[float, tuple[tuple[str, float], ...]]:
        plan = self._desk.plan(one.queue)
        return scored(one, plan, worth(one.tier, values_of(plan, self.tier_values)), now)

    def _tell(self, one: WrittenRequest, now: datetime) -> None:
        until = one.parked_until
        if one.state == "offered" and one.offered_at is not None:
            until = one.offered_at + timedelta(seconds=self._rules.offer_seconds)
        score, why = self._score(one, now) if one.state == "waiting" else (None, ())
        fact = _fact(one, now, one.state, until, score, why)
        had = self._told.get(one.id)
        if one.state in OVER:
            self._told.pop(one.id, None)
        else:
            self._told[one.id] = fact
        if had is None or (had.version, had.state, had.agent) != (fact.version, fact.state, fact.agent):
            self.facts.append(fact)


def _fact(
    one: WrittenRequest,
    at: datetime,
    state: str,
    until: datetime | None,
    score: float | None,
    why: tuple[tuple[str, float], ...] = (),
) -> WrittenChanged:
    return WrittenChanged(
        one.id, at, one.kind, one.queue, state, one.agent, one.since, one.version, one.due_at,  # type: ignore[arg-type]
        one.contact, one.tier, one.name, one.title, until, score, why,
    )  # fmt: skip
