"""A caller whom an agent knows, told by AMI and by the look-up: kept for them, with the reason in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from routing.actions import SendTo
from routing.events import CallerFound, QueuePlan, Tick
from routing.facts import RequestRanked
from routing.keeping import LAST, OWN
from tests.routing.test_scenarios import events_of
from tests.routing.told import DIRECTORY, RECEIVED, new_switchboard

PLAN = QueuePlan("support", "direct", wrap_up_seconds=60, last_agent_seconds=20)
CALLER = """caller = PJSIP/trunk-0 1.0/1.0 from-trunk:+3725550100 +3725550011 Ann
phone = PJSIP/1001-1 1.1/1.0 agents:s 1001 Agent One
snapshot
0.000 QueueMemberAdded Queue=support Interface=PJSIP/1001 MemberName=One Status=1 Paused=1 PausedReason=wrap_up
0.000 QueueMemberAdded Queue=support Interface=PJSIP/1002 MemberName=Two Status=1 Paused=0
0.010 Newchannel caller:Ring"""
HELD = (
    """0.300 BridgeEnter caller:Up@helin-hold:s BridgeUniqueid=h1 BridgeNumChannels=1 BridgeName=helin-hold-support"""
)
FREE = "2.000 QueueMemberStatus Queue=support Interface=PJSIP/1001 MemberName=One Status=1 Paused=0"


class Shop:
    """``sent``: the phones that are to ring for the caller; ``why``: the reasons of the last rank."""

    def __init__(self) -> None:
        self.board = new_switchboard(replace(DIRECTORY, queues=(PLAN,)))
        self.sent: list[str] = []
        self.why: list[str] = []

    def hear(self, text: str, after: str = "") -> None:
        given = [*CALLER.splitlines(), *text.splitlines()]
        events = list(events_of(given))
        for event in events[len(list(events_of(CALLER.splitlines()))) if after else 0 :]:
            self.receive(event)

    def receive(self, event: object) -> None:
        facts, actions = self.board.receive(event, getattr(event, "at", RECEIVED))  # type: ignore[arg-type]
        for fact in facts:
            if isinstance(fact, RequestRanked):
                self.why = [words for words, _ in fact.reasons]
        self.sent += [each.places[0].variables[0][1] for each in actions if isinstance(each, SendTo)]

    def found(self, seconds: float, *, own: str | None = None, last: str | None = None) -> None:
        (call,) = self.board.calls()
        at = RECEIVED + timedelta(seconds=seconds)
        self.receive(CallerFound(at, call, ("c1",), "B", "{}", own, last))


def test_a_caller_is_kept_for_who_talked_with_them_last() -> None:
    shop = Shop()
    shop.hear("")
    shop.found(0.1, last="agent1")
    shop.hear(HELD, after="caller")
    assert (shop.sent, shop.why[-1]) == ([], f"kept a while for agent1, {LAST}")
    shop.hear(FREE, after="caller")
    assert (shop.sent, shop.why[-1]) == (["PJSIP/1001"], f"goes to agent1, {LAST}")


def test_nobody_is_kept_for_longer_than_the_rule_says() -> None:
    shop = Shop()
    shop.hear(HELD)
    assert shop.sent == ["PJSIP/1002"], "nobody knew them yet"
    shop = Shop()
    shop.hear("")
    shop.found(0.1, own="agent1", last="agent2")
    shop.hear(HELD, after="caller")
    assert (shop.sent, shop.why[-1]) == ([], f"kept a while for agent1, {OWN}")
    for seconds in range(1, 23):
        shop.receive(Tick(RECEIVED + timedelta(seconds=seconds)))
    assert shop.sent == ["PJSIP/1002"]
    assert not any("agent1" in words for words in shop.why)
