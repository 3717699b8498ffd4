"""What an agent does with a call: from the channels' places to facts, and from commands to actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from routing.actions import Action, Answer, HangUp, Originate, PlayDigits, SendTo
from routing.commands import Command
from routing.events import (
    BridgeEntered,
    BridgeExited,
    Channel,
    ChannelEnded,
    ChannelStarted,
    ConsultTold,
    DialBegan,
    DialEnded,
    Directory,
    Event,
    Person,
)
from routing.facts import CallTransferred, ConsultChanged, Fact
from routing.situations import ALLOWED, SENTENCES
from routing.story import Call
from routing.switchboard import Switchboard
from tests.routing.told import RECEIVED

PEOPLE = (
    Person("agent1", "One", "PJSIP/1001", "1001", ("support",)),
    Person("agent2", "Two", "PJSIP/1002", "1002", ("support",), "sip"),
)
CALLER = Channel("1.0", "1.0", "PJSIP/trunk-0", "Up", "helin-wait", "s", "+3725550011", "")
AGENT = Channel("1.1", "1.0", "PJSIP/1001-1", "Up", "agents", "s", "1001", "")
OTHER = Channel("1.2", "1.0", "PJSIP/1002-2", "Down", "agents", "s", "1002", "")


def at_place(chan: Channel, context: str, state: str = "Up") -> Channel:
    return Channel(chan.id, chan.linked, chan.name, state, context, "s", chan.number, "")


class Talk:
    """A caller and agent1 who talk; everything after it is told by name."""

    def __init__(self) -> None:
        self.board = Switchboard(
            "lab", Directory(PEOPLE, ()), frozenset({"from-trunk"}), "s",
            outside=lambda text: (text, "") if text.startswith("+") else ("", "No such number."),
            dial="PJSIP/{number}@trunk",
        )  # fmt: skip
        self.now = RECEIVED
        self.facts: list[Fact] = []
        self.hear(
            lambda at: ChannelStarted(at, "1.0", "1.0", "PJSIP/trunk-0", "Ring", "from-trunk", "600", "+3725550011", "")
        )
        self.hear(lambda at: ChannelStarted(at, "1.1", "1.0", "PJSIP/1001-1", "Down", "agents", "s", "1001", ""))
        self.hear(lambda at: DialBegan(at, CALLER, AGENT, "1001"))
        self.bridge("b1", CALLER, AGENT)
        self.id = next(iter(self.board.calls()))

    def hear(self, event: Callable[..., Event]) -> list[Action]:
        self.now += timedelta(milliseconds=10)
        facts, actions = self.board.receive(event(self.now), self.now)
        self.facts += facts
        return actions

    def bridge(self, name: str, *chans: Channel) -> None:
        for chan in chans:
            self.hear(lambda at, chan=chan: BridgeEntered(at, chan, name, 2))  # type: ignore[misc]

    def leave(self, name: str, *chans: Channel) -> None:
        for left, chan in enumerate(reversed(chans)):
            self.hear(lambda at, chan=chan, left=left: BridgeExited(at, chan, name, left))  # type: ignore[misc]

    def consult(self, *, answered: bool = True) -> None:
        """agent1 asks agent2; the caller is on hold."""
        self.leave("b1", at_place(AGENT, "helin-consult"), at_place(CALLER, "helin-held"))
        self.bridge("h1", at_place(CALLER, "helin-held"))
        self.hear(lambda at: ChannelStarted(at, "1.2", "1.0", "PJSIP/1002-2", "Down", "agents", "s", "1002", ""))
        self.hear(lambda at: DialBegan(at, at_place(AGENT, "helin-consult"), OTHER, "1002"))
        if answered:
            self.bridge("b2", at_place(OTHER, "agents"), at_place(AGENT, "helin-consult"))

    def back(self) -> None:
        self.leave("h1", at_place(CALLER, "helin-held"))
        self.bridge("b3", at_place(CALLER, "helin-held"), at_place(AGENT, "helin-back"))

    def gone(self, chan: Channel, cause: int) -> None:
        self.hear(
            lambda at: ChannelEnded(at, chan.id, chan.linked, chan.name, cause, chan.state, chan.context, chan.exten)
        )

    def wish(self, name: str, login: str = "agent1", **args: str) -> list[Action]:
        return self.hear(lambda at: Command(f"{name}-{at}", login, "agent", name, login, tuple(args.items())))

    @property
    def call(self) -> Call:
        return self.board.calls()[self.id]

    def steps(self) -> list[tuple[str | None, str, str | None]]:
        return [(fact.to, fact.state, fact.reason) for fact in self.facts if isinstance(fact, ConsultChanged)]


def refusal(actions: list[Action]) -> str:
    (answer,) = actions
    assert isinstance(answer, Answer)
    assert not answer.result.ok
    return answer.result.message


def test_a_consultation_is_told_by_places_and_ends_back_with_the_caller() -> None:
    talk = Talk()
    talk.consult()
    assert talk.steps() == [("agent2", "ringing", None), ("agent2", "talking", None)]
    assert talk.call.segments[0].held_since is not None
    talk.leave("b2", at_place(AGENT, "helin-consult"), at_place(OTHER, "agents"))
    talk.gone(at_place(OTHER, "agents"), 16)
    talk.back()
    assert talk.call.consult is None
    assert talk.call.segments[0].held_since is None
    assert [segment.agent for segment in talk.call.segments] == ["agent1", "agent2"]


@pytest.mark.parametrize(
    ("cause", "status", "reason"), [(17, "BUSY", "busy"), (19, "NOANSWER", "no_answer"), (20, "CONGESTION", "failed")]
)
def test_nobody_came_to_it(cause: int, status: str, reason: str) -> None:
    talk = Talk()
    talk.consult(answered=False)
    talk.hear(lambda at: DialEnded(at, at_place(AGENT, "helin-consult"), OTHER, status))
    talk.hear(lambda at: ConsultTold(at, at_place(AGENT, "helin-consult"), status))
    talk.gone(OTHER, cause)
    talk.back()
    assert talk.steps()[-1] == ("agent2", "failed", reason)


def test_a_phone_that_cannot_even_be_rung_is_told_by_the_dialplan() -> None:
    talk = Talk()
    talk.wish("consult", to="agent2")
    talk.leave("b1", at_place(AGENT, "helin-consult"), at_place(CALLER, "helin-held"))
    talk.bridge("h1", at_place(CALLER, "helin-held"))
    talk.hear(lambda at: ConsultTold(at, at_place(AGENT, "helin-consult"), "CHANUNAVAIL"))
    talk.back()
    assert talk.steps() == [("agent2", "failed", "failed")]


def test_the_agent_leaves_and_the_other_one_has_the_caller() -> None:
    talk = Talk()
    talk.consult()
    (ended,) = talk.wish("complete_transfer")
    assert isinstance(ended, HangUp)
    assert ended.channel == "1.1"
    talk.gone(at_place(AGENT, "helin-consult"), 16)
    talk.leave("h1", at_place(CALLER, "helin-held"))
    talk.bridge("b4", at_place(CALLER, "helin-held"), at_place(OTHER, "helin-back"))
    (passed,) = [fact for fact in talk.facts if isinstance(fact, CallTransferred)]
    assert (passed.to, passed.kind) == ("agent2", "attended")
    assert talk.call.consult is None
    assert [segment.transferred_to for segment in talk.call.segments] == ["agent2", None]


def test_commands_become_places() -> None:
    talk = Talk()
    (sent,) = talk.wish("consult", to="1002")
    assert isinstance(sent, SendTo)
    held, agent = sent.places
    assert (held.channel, held.context) == ("PJSIP/trunk-0", "helin-held")
    assert (agent.channel, agent.context, dict(agent.variables)["HELIN_TARGET"]) == (
        "PJSIP/1001-1", "helin-consult", "PJSIP/1002",
    )  # fmt: skip
    (sent,) = talk.wish("transfer", to="+3725550042")
    assert isinstance(sent, SendTo)
    assert [(place.context, place.exten) for place in sent.places] == [("helin-transfer", "+3725550042")]
    (digits,) = talk.wish("dtmf", digits="12#")
    assert isinstance(digits, PlayDigits)
    assert refusal(talk.wish("dtmf", digits="12;")).startswith("Digits are")
    assert refusal(talk.wish("consult", to="agent1")) == "That is yourself."
    assert refusal(talk.wish("transfer", to="555")) == "No such number."
    assert refusal(talk.wish("hold")) == "The browser holds by itself."
    assert refusal(talk.wish("call", to="agent2")) == "You are in a call; end it first."
    (rung,) = talk.wish("call", "agent2", to="+3725550042", channel="helin-1")
    assert isinstance(rung, Originate)
    assert (rung.interface, rung.dial, rung.answer) == ("PJSIP/1002", "PJSIP/+3725550042@trunk", False)


def test_each_situation_refuses_what_it_does_not_allow() -> None:
    talk = Talk()
    for name in ("cancel_transfer", "complete_transfer", "swap", "conference"):
        assert refusal(talk.wish(name)) == SENTENCES["talking"]
    talk.consult(answered=False)
    assert refusal(talk.wish("hang_up", call=talk.id)) == SENTENCES["asking"]
    assert refusal(talk.wish("swap")) == SENTENCES["asking"]
    (cancelled,) = talk.wish("cancel_transfer")
    assert isinstance(cancelled, HangUp)
    assert cancelled.channel == "1.2"
    assert set().union(*ALLOWED.values()) == set(SENTENCES)
