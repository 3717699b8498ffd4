"""The live board: what is going on now, reduced from numbered facts.

A Picture is what a panel's snapshot is made of. The engine keeps one, and so does each web process, from the same
facts; ``reduce(picture, facts) == later picture`` is a tested property. Facts of one stream are numbered without a
hole: a hole means that this copy has missed something, and the only cure is a fresh picture from the engine
(:meth:`Picture.adopt`). Ended calls leave with the fact that ends them; what stays is bounded by what Asterisk has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from routing.facts import (
    CALL_FACTS,
    AgentChanged,
    AlarmChanged,
    CallerKnown,
    Drifted,
    HelpChanged,
    LinkAlive,
    LinkChanged,
    ListenChanged,
    QueueGone,
    QueueSeen,
    Recorded,
    WrittenChanged,
    WrittenRanked,
)
from routing.letters import OVER
from routing.story import Call, fold


@dataclass(slots=True)
class Picture:
    """``streams``: the last number seen of each stream. ``pops``: call id -> the pop (JSON text) of its caller.
    ``requests``: the written requests that are not over, which all engines know alike. ``listening``: by listener;
    ``helps``: by the agent who asks.

    A Picture that has seen no stream at all begins with whatever comes first if that is number 1; after that an unknown
    stream is a hole like any other.
    """

    calls: dict[str, Call] = field(default_factory=dict)
    agents: dict[str, AgentChanged] = field(default_factory=dict)
    queues: dict[str, QueueSeen] = field(default_factory=dict)
    links: dict[str, LinkChanged] = field(default_factory=dict)
    pops: dict[str, str] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    requests: dict[str, WrittenChanged] = field(default_factory=dict)
    listening: dict[str, ListenChanged] = field(default_factory=dict)
    helps: dict[str, HelpChanged] = field(default_factory=dict)
    alarms: dict[str, AlarmChanged] = field(default_factory=dict)
    _left: Call | None = field(default=None, repr=False, compare=False)

    def apply(self, recorded: Recorded) -> bool:
        """Take the next fact. False: facts of its stream are missing before it; nothing was changed, fetch a fresh one.

        A fact seen before changes nothing and is no hole.
        """
        last = self.streams.get(recorded.stream, 0 if not self.streams else None)
        if last is None or recorded.seq > last + 1:
            return False
        self._left = None
        if recorded.seq == last + 1:
            self.streams[recorded.stream] = recorded.seq
            _STEPS[type(recorded.fact)](self, recorded.fact)
        return True

    def after(self, call: str) -> Call | None:
        """The call as the last applied fact left it, also when that fact ended it and it is on the board no longer."""
        if self._left is not None and self._left.id == call:
            return self._left
        return self.calls.get(call)

    def adopt(self, fresh: Picture) -> None:
        """Put an engine's fresh picture in place of all that was known of its Asterisk; others' parts stay."""
        gone = {id_ for id_, call in self.calls.items() if call.asterisk in fresh.links}
        self.calls = {id_: call for id_, call in self.calls.items() if id_ not in gone} | fresh.calls
        self.pops = {id_: pop for id_, pop in self.pops.items() if id_ not in gone} | fresh.pops
        self.queues = {
            name: queue for name, queue in self.queues.items() if queue.asterisk not in fresh.links
        } | fresh.queues
        self.agents = self.agents | fresh.agents
        self.links = self.links | fresh.links
        self.streams = self.streams | fresh.streams
        self.requests = dict(fresh.requests)
        theirs = {who: one for who, one in self.listening.items() if one.asterisk not in fresh.links}
        self.listening = theirs | fresh.listening
        self.helps = {who: one for who, one in self.helps.items() if one.asterisk not in fresh.links} | fresh.helps
        others = {key: one for key, one in self.alarms.items() if one.asterisk not in fresh.links}
        self.alarms = others | fresh.alarms
        self._left = None

    def _call(self, fact: Any) -> None:
        before = self.calls.get(fact.call)
        after = fold(before, fact)
        if after is not None and after.active:
            self.calls[after.id] = after
        elif before is not None:
            del self.calls[before.id]
            self.pops.pop(before.id, None)
            self._left = after

    def _known(self, fact: CallerKnown) -> None:
        self._call(fact)
        if fact.pop and fact.call in self.calls:
            self.pops[fact.call] = fact.pop

    def _agent(self, fact: AgentChanged) -> None:
        self.agents[fact.agent] = fact

    def _queue(self, fact: QueueSeen) -> None:
        self.queues[fact.queue] = fact

    def _queue_gone(self, fact: QueueGone) -> None:
        self.queues.pop(fact.queue, None)

    def _link(self, fact: LinkChanged) -> None:
        self.links[fact.asterisk] = fact

    def _written(self, fact: WrittenChanged) -> None:
        """Several engines tell of the same request; the store's count says whose word is the newer."""
        had = self.requests.get(fact.request)
        if had is not None and had.version > fact.version:
            return
        if fact.state in OVER:
            self.requests.pop(fact.request, None)
        else:
            self.requests[fact.request] = fact

    def _ranked(self, fact: WrittenRanked) -> None:
        had = self.requests.get(fact.request)
        if had is not None and had.state == "waiting":
            self.requests[fact.request] = replace(had, score=fact.score, reasons=fact.reasons)

    def _listening(self, fact: ListenChanged) -> None:
        if fact.until is None:
            self.listening[fact.listener] = fact
        else:
            self.listening.pop(fact.listener, None)

    def _help(self, fact: HelpChanged) -> None:
        if fact.until is None:
            self.helps[fact.agent] = fact
        else:
            self.helps.pop(fact.agent, None)

    def _alarm(self, fact: AlarmChanged) -> None:
        key = f"{fact.queue}:{fact.measure}"
        if fact.on:
            self.alarms[key] = fact
        else:
            self.alarms.pop(key, None)

    def _nothing(self, fact: LinkAlive | Drifted) -> None:
        """For the journal, not for the board."""


_STEPS: dict[type, Callable[[Picture, Any], None]] = {
    **dict.fromkeys(CALL_FACTS, Picture._call),
    CallerKnown: Picture._known,
    AgentChanged: Picture._agent,
    QueueSeen: Picture._queue,
    QueueGone: Picture._queue_gone,
    LinkChanged: Picture._link,
    LinkAlive: Picture._nothing,
    Drifted: Picture._nothing,
    WrittenChanged: Picture._written,
    WrittenRanked: Picture._ranked,
    ListenChanged: Picture._listening,
    HelpChanged: Picture._help,
    AlarmChanged: Picture._alarm,
}
