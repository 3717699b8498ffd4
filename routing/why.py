"""Why an agent gets no calls, from the live facts: what stops them, and if nothing does, what they wait for.

Pure and without a memory, so that the answer is the same for the agent who asks and for the supervisor who looks. Each
cause is a code with parameters, for the panel to say in the agent's language; :func:`sentence` says it in English.
Causes come in the order in which they matter. One that ``stops`` keeps every call away until it is over; the others say
how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from routing.events import Person, QueuePlan
from routing.facts import AgentChanged
from routing.pauses import AWAY, MISSED
from routing.staff import SYSTEM

Param = str | int | datetime | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """What is known of everybody. ``waiting``: callers by queue; ``down``: Asterisks of which nothing is known now."""

    agents: Mapping[str, AgentChanged]
    plans: Mapping[str, QueuePlan]
    waiting: Mapping[str, int]
    down: tuple[str, ...] = ()


def why(login: str, person: Person | None, floor: Floor, now: datetime) -> tuple[Cause, ...]:
    """``person``: as the directory has this agent; None: no phone is assigned to them."""
    causes = [Cause("no_picture", {"asterisks": floor.down}, True)] if floor.down else []
    if person is None:
        return (*causes, Cause("no_phone", {}, True))
    agent = floor.agents.get(login)
    if agent is None or agent.availability == "offline":
        causes.append(_logged_out(person, floor))
        return tuple(causes)
    causes += [*_resting(agent, now), *_at_the_phone(agent, now)]
    causes += _partly(agent, person, floor)
    if not any(cause.stops for cause in causes):
        causes += _in_line(agent, person, floor, now)
    return tuple(causes)


def _logged_out(person: Person, floor: Floor) -> Cause:
    if not person.queues:
        return Cause("no_queue", {}, True)
    return Cause("logged_out", {"queues": person.queues, "waiting": _callers(person.queues, floor)}, True)


def _resting(agent: AgentChanged, now: datetime) -> list[Cause]:
    if agent.availability == "wrap_up":
        left = 0 if agent.until is None else round((agent.until - now).total_seconds())
        resting = Cause("wrap_up", {"seconds": left}, True) if left > 0 else Cause("wrap_up_due", {}, True)
        return [resting, *_booked(agent)]
    if agent.availability != "paused":
        return _booked(agent)
    since: dict[str, Param] = {} if agent.since is None else {"since": agent.since}
    if agent.reason in (MISSED, AWAY):
        return [Cause(agent.reason, since, True)]
    by = agent.by or ""
    code = (
        "paused"
        if by == agent.agent
        else "paused_by_helin"
        if by == SYSTEM
        else "paused_by"
        if by
        else "paused_outside"
    )
    return [Cause(code, {"reason": agent.reason or "", "by": by, **since}, True)]


def _booked(agent: AgentChanged) -> list[Cause]:
    return [Cause("booked", {"reason": agent.booked}, True)] if agent.booked is not None else []


def _at_the_phone(agent: AgentChanged, now: datetime) -> list[Cause]:
    causes: list[Cause] = []
    if agent.leg != "none":
        seconds = 0 if agent.since is None else max(0, round((now - agent.since).total_seconds()))
        causes.append(Cause("ringing" if agent.leg == "ringing" else "on_call", {"seconds": seconds}, True))
    elif agent.phone_busy:
        causes.append(Cause("phone_busy", {}, True))
    if not agent.reachable:
        causes.append(Cause("phone_away", {}, True))
    return causes


def _partly(agent: AgentChanged, person: Person, floor: Floor) -> list[Cause]:
    """Queues that send nothing while others do."""
    causes = [Cause("paused_in", {"queues": agent.paused_in})] if agent.paused_in else []
    left = tuple(queue for queue in person.queues if queue not in agent.queues)
    if left:
        causes.append(Cause("not_in", {"queues": left, "waiting": _callers(left, floor)}))
    return causes


def _in_line(agent: AgentChanged, person: Person, floor: Floor, now: datetime) -> list[Cause]:
    """Nothing stops the calls: who waits, and who is served with them before this agent."""
    own = [queue for queue in agent.queues if queue not in agent.paused_in]
    wanted = [queue for queue in own if floor.waiting.get(queue, 0) > 0]
    causes = [] if wanted else [Cause("no_callers", {"queues": tuple(own)}), *_elsewhere(own, person, floor)]
    causes += _fuller(wanted, floor)
    for queue in wanted or own:
        place, free = _place(agent, queue, floor)
        code = "next" if place == 1 else "in_line"
        causes.append(Cause(code, {"queue": queue, "place": place, "free": free, "ahead": place - 1}))
    if agent.since is not None:
        causes.append(Cause("free", {"seconds": max(0, round((now - agent.since).total_seconds()))}))
    return causes


def _elsewhere(own: list[str], person: Person, floor: Floor) -> list[Cause]:
    """Callers wait, but for others; ``skills``: what those queues ask for and this agent has not."""
    elsewhere = tuple(sorted(queue for queue, count in floor.waiting.items() if count > 0 and queue not in own))
    if not elsewhere:
        return []
    has = dict(person.skills)
    needed = {
        skill
        for queue in elsewhere
        for skill, level in (floor.plans[queue].skills if queue in floor.plans else ())
        if has.get(skill, 0) < level
    }
    params: dict[str, Param] = {"queues": elsewhere, "waiting": _callers(elsewhere, floor)}
    if needed:
        return [Cause("other_skills", {**params, "skills": tuple(sorted(needed))})]
    return [Cause("other_queues", params)]


def _fuller(wanted: list[str], floor: Floor) -> list[Cause]:
    """Where Helin itself chooses between queues, the fuller one goes first. (app_queue looks at each by itself.)"""
    chosen = [queue for queue in wanted if queue in floor.plans and floor.plans[queue].mode == "direct"]
    by_length = sorted(chosen, key=lambda queue: -floor.waiting[queue])
    if len(by_length) < 2 or floor.waiting[by_length[0]] == floor.waiting[by_length[-1]]:
        return []
    first, last = by_length[0], by_length[-1]
    return [Cause("fuller_queue", {
        "queue": first, "waiting": floor.waiting[first], "other": last, "other_waiting": floor.waiting[last],
    })]  # fmt: skip


def _place(agent: AgentChanged, queue: str, floor: Floor) -> tuple[int, int]:
    """The agent's place among those who are free for this queue, who was free first leading; how many are free."""
    free = [other for other in floor.agents.values() if _free_for(other, queue)]
    before = [
        other
        for other in free
        if other.agent != agent.agent
        and other.since is not None
        and agent.since is not None
        and other.since < agent.since
    ]
    return len(before) + 1, len(free)


def _free_for(agent: AgentChanged, queue: str) -> bool:
    willing = agent.availability == "ready" and agent.booked is None and queue in agent.queues
    return willing and agent.leg == "none" and agent.reachable and not agent.phone_busy and queue not in agent.paused_in


def _callers(queues: tuple[str, ...], floor: Floor) -> int:
    return sum(floor.waiting.get(queue, 0) for queue in queues)


# -- in English --------------------------------------------------------------------------------------------------------

SENTENCES: Final[Mapping[str, str]] = {
    "no_picture": "Nothing is known of {asterisks} now: what is shown may be old.",
    "no_phone": "No phone is assigned to this agent; an administrator can assign one.",
    "no_queue": "No queue is assigned to this agent; an administrator can assign one.",
    "logged_out": "Not logged in to a queue ({queues}).",
    "wrap_up": "Wrapping up: {seconds} s are left.",
    "wrap_up_due": "The wrap-up is not finished; calls come when it is.",
    "paused": "Paused by the agent: {reason}.",
    "paused_by": "Paused by {by}: {reason}.",
    "paused_by_helin": "Paused by Helin: {reason}.",
    "paused_outside": "Paused in Asterisk, not through Helin: {reason}.",
    "missed": "Paused because a call was not answered.",
    "away": "Paused because the page that is the phone was gone; it ends by itself when the page is back.",
    "booked": "A pause is booked and begins when the call is over: {reason}.",
    "ringing": "A call is ringing now.",
    "on_call": "On a call for {seconds} s.",
    "phone_busy": "The phone is in use, but not by a call that Helin knows.",
    "phone_away": "The phone is not registered: it cannot ring.",
    "paused_in": "Paused in {queues} only.",
    "not_in": "Not logged in to {queues}, where {waiting} wait.",
    "no_callers": "Nobody waits in {queues}.",
    "other_skills": "{waiting} wait in {queues}, which need skills that this agent does not have: {skills}.",
    "other_queues": "{waiting} wait in {queues}, which this agent does not serve.",
    "fuller_queue": "{queue} goes first: {waiting} wait there, in {other} {other_waiting}.",
    "next": "First in line for {queue}: the next call comes here.",
    "in_line": "{ahead} of {free} free agents in {queue} have been free for longer.",
    "free": "Free for {seconds} s.",
}
"""By code. A test looks that each code has one, here and in the panel's languages."""


def sentence(cause: Cause) -> str:
    return SENTENCES[cause.code].format_map({key: _text(value) for key, value in cause.params.items()})


def _text(value: Param) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, datetime) else str(value) or "no reason given"
