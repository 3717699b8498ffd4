"""One fact about a call as the messages that different panels get of it (docs/reference/panel-protocol.md)."""

from __future__ import annotations

from agent_ui.board import NO_POP, Board
from agent_ui.shapes import call_shape, encode
from routing.facts import (
    AgentMissed,
    AgentRinging,
    CallAnswered,
    CallEnded,
    CallerKnown,
    CallFact,
    CallHeld,
    CallResumed,
    CallTransferred,
    ConferenceChanged,
    ConsultChanged,
)
from routing.story import Call

CHANGED = "call.changed"
WORDS: dict[type, str] = {
    AgentRinging: "call.ringing",
    CallerKnown: "call.contact",
    CallAnswered: "call.answered",
    CallHeld: "call.held",
    CallResumed: "call.resumed",
    CallTransferred: "call.transferred",
    ConsultChanged: "call.consult",
    ConferenceChanged: "call.conference",
    AgentMissed: "call.missed",
    CallEnded: "call.ended",
}
"""What a fact is called on the socket; all others are CHANGED."""
HEADS = {word: b'{"type":"%b","seq":' % word.encode() for word in (*WORDS.values(), CHANGED)}
BY_ONE_AGENT = (AgentRinging, AgentMissed)


class CallNews:
    """Each form is made when first needed. A message is what stands before the socket's number, and what after."""

    __slots__ = ("_body", "_full", "_over", "board", "call", "fact", "word")

    def __init__(self, board: Board, fact: CallFact, call: Call, over: bool) -> None:
        self.board = board
        self.fact = fact
        self.call = call
        self.word = WORDS.get(type(fact), CHANGED)
        self._over = over
        self._body = b',"at":%b,"call":%b%b' % (encode(fact.at), encode(call_shape(call, fact.at)), _more(fact))
        self._full: bytes | None = None

    def to_party(self, login: str, sees_all: bool, was: bool, now: bool) -> tuple[bytes, bytes]:
        """For one whom the call was or is at (or, when it ended, once was)."""
        head = HEADS[self.word]
        about_another = isinstance(self.fact, BY_ONE_AGENT) and self.fact.agent != login
        if (about_another and not sees_all) or (isinstance(self.fact, CallerKnown) and not now):
            head = HEADS[CHANGED]
        if self._over or not (now or sees_all):
            return head, self._body + b',"gone":true}'
        if not now:
            return head, b"%b,%b}" % (self._body, NO_POP) if was else self._body + b"}"
        if was and not isinstance(self.fact, AgentRinging | CallerKnown):
            return head, self._body + b"}"
        return head, self._with_pop()

    def to_overseer(self, sees: bool = True) -> tuple[bytes, bytes]:
        """For one at whom this call is not. ``sees``: whether it is at somebody whom they see, now."""
        head = HEADS[CHANGED if isinstance(self.fact, CallerKnown) else self.word]
        return head, self._body + (b"}" if sees and not self._over else b',"gone":true}')

    def _with_pop(self) -> bytes:
        if self._full is None:
            suggestion = b',"suggestion":null}' if isinstance(self.fact, AgentRinging) else b"}"
            self._full = b"%b,%b%b" % (self._body, self.board.pop(self.call.id), suggestion)
        return self._full


def _more(fact: CallFact) -> bytes:
    """The keys that only some messages have."""
    if isinstance(fact, CallTransferred):
        return b',"agent":%b,"to":%b,"kind":"%b"' % (encode(fact.agent), encode(fact.to), fact.kind.encode())
    if isinstance(fact, AgentMissed):
        return b',"agent":%b,"reason":"%b"' % (encode(fact.agent), fact.reason.encode())
    if isinstance(fact, AgentRinging | CallAnswered | CallHeld | CallResumed | ConsultChanged):
        return b',"agent":%b' % encode(fact.agent)
    return b""
