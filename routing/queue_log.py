"""The lines of queue_log for callers whom Helin itself hands out, so that tools which read it go on working.

app_queue writes its own lines for whom it has; these are the same words for whom it has not. That a hold ran out
(EXITWITHTIMEOUT) the dialplan writes, since it happens when Helin is away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from routing.actions import Action, LogQueue
from routing.facts import (
    AgentMissed,
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallFact,
    CallQueued,
    CallTransferred,
    CallUnqueued,
    SegmentEnded,
)
from routing.knowledge import Chan
from routing.story import Call

NOBODY = "NONE"


@dataclass(slots=True)
class _Entry:
    """A caller who waits or talks. ``rang``: by agent since when."""

    queue: str
    channel: str
    since: datetime
    position: int
    rang: dict[str, datetime] = field(default_factory=dict)
    agent: str | None = None
    answered_at: datetime | None = None
    passed_to: str | None = None


class QueueLog:
    """``actions`` collects the lines; ``came``: calls that began to wait just now."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self._entries: dict[str, _Entry] = {}
        self.came: set[str] = set()

    def enter(self, call: Call, queue: str, chan: Chan, since: datetime, position: int) -> None:
        """This caller is held. Written only for who came just now: a Helin that starts anew finds others too."""
        self._entries[call.id] = _Entry(queue, chan.id, since, position)
        if call.id in self.came:
            number = call.number or ""
            plain = number if number.lstrip("+").isdigit() else ""
            self._write(self._entries[call.id], NOBODY, "ENTERQUEUE", "", plain, str(position))

    def forget(self, call: str) -> None:
        """app_queue has the caller now and writes itself."""
        self._entries.pop(call, None)

    def hear(self, fact: CallFact, interface: Callable[[str], str]) -> None:
        """``interface``: of an agent's phone."""
        if type(fact) is CallQueued:
            self.came.add(fact.call)
            return
        entry = self._entries.get(fact.call)
        if entry is None:
            return
        match fact:
            case AgentRinging():
                entry.rang[fact.agent] = fact.at
            case AgentMissed() if fact.reason != "cancelled" and entry.agent is None:
                rang_ms = round((fact.at - entry.rang.get(fact.agent, fact.at)).total_seconds() * 1000)
                self._write(entry, interface(fact.agent), "RINGNOANSWER", str(max(0, rang_ms)))
            case CallAnswered() if entry.agent is None:
                entry.agent, entry.answered_at = fact.agent, fact.at
                rang = _seconds(entry.rang.get(fact.agent, fact.at), fact.at)
                self._write(entry, interface(fact.agent), "CONNECT", _seconds(entry.since, fact.at), fact.leg, rang)
            case CallTransferred() if fact.agent == entry.agent and fact.kind == "blind":
                entry.passed_to = fact.to or ""
            case SegmentEnded() if fact.agent == entry.agent:
                self._complete(entry, fact, interface(fact.agent))
                del self._entries[fact.call]
            case CallUnqueued() if fact.reason == "abandoned":
                waited = _seconds(entry.since, fact.at)
                self._write(entry, NOBODY, "ABANDON", str(entry.position), str(entry.position), waited)
            case CallEnded():
                del self._entries[fact.call]

    def _complete(self, entry: _Entry, fact: SegmentEnded, interface: str) -> None:
        began = entry.answered_at or fact.at
        times = (_seconds(entry.since, began), _seconds(began, fact.at), str(entry.position))
        if entry.passed_to is not None:
            self._write(entry, interface, "BLINDTRANSFER", entry.passed_to, "", *times)
        else:
            self._write(entry, interface, "COMPLETECALLER" if fact.ended_by == "caller" else "COMPLETEAGENT", *times)

    def _write(self, entry: _Entry, interface: str, event: str, *data: str) -> None:
        self.actions.append(LogQueue(entry.queue, entry.channel, interface, event, data))


def _seconds(since: datetime, until: datetime) -> str:
    return str(max(0, round((until - since).total_seconds())))
