"""Letters that are about to miss their promise, and the calls of mode *direct*: one order, and nobody waits long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.actions import Action, SendTo
from routing.commands import Refused
from routing.events import CallerFound, MemberSeen, Present, Snapshot, Tick
from routing.kept_free import LONGEST, ONCE_IN, KeptFree, is_near
from routing.letters import MoveRequest, RequestMoved, RequestsSeen, WrittenRequest
from tests.routing.test_scenarios import events_of
from tests.routing.test_written import PLANS, Shop, one
from tests.routing.told import RECEIVED, new_switchboard

MEMBER = MemberSeen("support", "PJSIP/1001", "Agent One", False, "", 1, False)
CALLER = [
    "caller = PJSIP/trunk-0 1.0/1.0 from-trunk:+3725550100 +3725550011 Ann",
    "0.000 Newchannel caller:Ring",
    "0.010 BridgeEnter caller:Up@helin-hold:s BridgeUniqueid=h1 BridgeNumChannels=1 BridgeName=helin-hold-support",
]


class House:
    """One agent who is ready, and a store that answers at once."""

    def __init__(self, share: float) -> None:
        self.board, self.now, self.sent = new_switchboard(), RECEIVED, 0
        self.hear(Snapshot(self.now, None, (), ("support",), (MEMBER,), ()))
        self.hear(Present(self.now, ("agent1",)))
        came = self.now - timedelta(hours=share)
        self.letter = WrittenRequest("7", "mail", "support", "waiting", came, 1, due_at=came + timedelta(hours=1))
        self.hear(RequestsSeen(self.now, (self.letter,), True))
        assert self.letter.state == "offered"

    def hear(self, event: object) -> None:
        _, actions = self.board.receive(event, self.now)  # type: ignore[arg-type]
        self.act(actions)

    def act(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, MoveRequest):
                self.moved(action.to, action.agent)
            self.sent += isinstance(action, SendTo) and action.places[0].context == "helin-deliver"

    def moved(self, to: str, agent: str | None) -> None:
        at = self.now if to == "offered" else None
        self.letter = replace(
            self.letter,
            state=to,
            agent=agent,
            offered_at=at,
            version=self.letter.version + 1,  # type: ignore[arg-type]
        )
        self.hear(RequestMoved(self.now, "7", self.letter, "", ""))

    def rings_in(self) -> None:
        for event in events_of(CALLER):
            self.hear(event)

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.hear(Present(self.now, ("agent1",)))
        self.hear(Tick(self.now))


def test_a_caller_who_has_only_come_waits_until_the_agent_has_answered_a_letter_that_is_nearly_late() -> None:
    house = House(share=0.95)
    house.rings_in()
    house.tick(2)
    assert (house.sent, house.letter.state) == (0, "offered")
    house.moved("taken", "agent1")
    assert house.sent == 1, "what was taken lies beside the calls"


def test_nobody_waits_long_for_an_agent_who_does_not_answer() -> None:
    house = House(share=5.0)
    house.rings_in()
    house.tick(LONGEST.total_seconds() - 0.5)
    assert house.sent == 0
    house.tick(1)
    assert house.sent == 1
    house.tick(1)
    assert house.letter.state == "waiting", "it is withdrawn, and not offered while the call is brought"


def test_a_young_letter_keeps_nobody_waiting() -> None:
    house = House(share=0.5)
    house.rings_in()
    assert house.sent == 1


def test_a_caller_who_is_worth_more_does_not_wait_as_long() -> None:
    house = House(share=0.95)
    house.rings_in()
    (call,) = house.board.calls()
    house.hear(CallerFound(house.now, call, ("c",), "A", ""))
    house.tick(2)
    assert house.sent == 1


def test_no_agent_is_offered_a_letter_while_a_call_is_brought_to_them() -> None:
    house = House(share=0.5)
    house.rings_in()
    assert house.sent == 1
    for _ in range(4):
        house.tick(1)
        assert house.letter.state == "waiting"


def test_nobody_is_kept_free_while_somebody_more_urgent_waits_for_a_colleague() -> None:
    shop = Shop()
    for call in ("c0", "c1"):
        shop.line.join(call, "support", f"PJSIP/t-{call}", shop.now, "A", shop.now)
    shop.tick(1)
    shop.put(one("r0", 1 - 0.9 * 3600, within=3600))
    shop.line.join("c0", "support", "PJSIP/t-c0", shop.now, None, shop.now)
    shop.tick(0)
    check(shop)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "join", "leave", "answer", "tick", "accept", "decline", "done", "pause", "ready"]),
        st.integers(0, 12),
        st.sampled_from(["anna", "bert"]),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_who_is_kept_free_is_asked_something_nearly_late_that_nobody_waiting_is_before(
    steps: list[tuple[str, int, str]],
) -> None:
    shop, came = Shop(), 0
    for what, n, login in steps:
        match what:
            case "put":
                at = (shop.now - RECEIVED).total_seconds() - n * 0.1 * 3600
                shop.put(one(f"r{came}", at, within=3600))
                came += 1
            case "join":
                tier = ("A", None)[n % 2]
                shop.line.join(f"c{n}", "support", f"PJSIP/t-{n}", shop.now, tier, shop.now)
            case "leave":
                shop.line.leave(f"c{n}", shop.now)
            case "answer":
                shop.answer()
            case "tick":
                shop.tick(n)
            case "pause" | "ready":
                shop.state(login, paused=what == "pause")
            case _:
                for id in list(shop.holds(login))[:1]:
                    try:
                        shop.say(login, what, id)
                    except Refused:
                        continue
        shop.tick(0)
        check(shop)


def check(shop: Shop) -> None:
    callers = shop.line.urgencies(shop.now)
    most = max((rank for rank, _ in callers.get("support", ())), default=float("-inf"))
    for login in shop.written.kept_free():
        agent = shop.desk.agents()[login]
        assert (agent.availability, agent.leg) == ("ready", "none")
        asked = {wish.request for wish in shop.asked if wish.agent == login and wish.to == "offered"}
        asked |= {each.id for each in shop.store.values() if (each.agent, each.state) == (login, "offered")}
        letters = [letter for id in asked if (letter := shop.written.get(id)) is not None]
        assert any(
            is_near(letter, PLANS[0], shop.now) and shop.written.urgency(letter, shop.now) >= most for letter in letters
        )


def test_the_same_request_keeps_an_agent_free_once_and_not_for_long() -> None:
    kept = KeptFree()
    kept.keep("anna", "1", RECEIVED)
    kept.let_go(RECEIVED + LONGEST - timedelta(seconds=1), lambda *_: True)
    assert set(kept.agents()) == {"anna"}
    kept.let_go(RECEIVED + LONGEST, lambda *_: True)
    assert not kept.agents()
    kept.keep("anna", "1", RECEIVED + LONGEST)
    assert not kept.agents(), "a slow store asks again and again"
    kept.keep("anna", "2", RECEIVED + LONGEST)
    kept.let_go(RECEIVED + LONGEST, lambda _, request: request != "2")
    assert not kept.agents()
    kept.let_go(RECEIVED + ONCE_IN, lambda *_: True)
    kept.keep("anna", "1", RECEIVED + ONCE_IN)
    assert set(kept.agents()) == {"anna"}
