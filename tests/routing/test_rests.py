"""Pauses booked and begun, missed calls, queues one by one, a page that vanishes: as Asterisk's members have it.

``Office`` is an agent at an Asterisk of two queues: it keeps members as app_queue does, carries out what it is told
after a while, and rings only who may be rung.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.actions import Action, AddMember, Answer, PauseMember, RemoveMember
from routing.commands import Command, Result
from routing.control import Control, nobody_outside
from routing.desk import Desk
from routing.events import ActionDone, Directory, MemberSeen, Person, QueuePlan
from routing.exchange import Exchange
from routing.facts import (
    AgentChanged,
    AgentMissed,
    AgentRinging,
    CallAnswered,
    CallArrived,
    CallFact,
    CallQueued,
    CallUnqueued,
    Fact,
    LegAnswered,
    LegEnded,
    LegStarted,
    MissReason,
    SegmentEnded,
)
from routing.listeners import Listeners
from routing.parties import Owners
from routing.pauses import AWAY, MISSED, booked, decoded, wrapping_up
from routing.stepping_in import SteppingIn
from routing.story import Call, fold
from routing.tapes import Tapes
from routing.wishes import Wishes
from tests.routing.told import RECEIVED

IFACE = "PJSIP/1001"
ONE = Person("agent1", "Agent 1", IFACE, "1001", ("support", "forced"))
PLANS = (
    QueuePlan("support", wrap_up_seconds=30),
    QueuePlan("forced", wrap_up_seconds=30, wrap_up_required=True),
    QueuePlan("patient", auto_pause=False),
)


class Office:
    def __init__(self, person: Person = ONE, queues: Iterable[str] = ("support", "forced")) -> None:
        self.person = person
        self.now = RECEIVED
        self.members = {queue: MemberSeen(queue, IFACE, "Agent 1", False, "", 1, False) for queue in queues}
        self.on_the_way: list[Action] = []
        self.results: dict[str, Result] = {}
        self.facts: list[Fact] = []
        self.call: Call | None = None
        self.talking = False
        self.calls = self.wishes_given = 0
        self.start()

    def start(self) -> None:
        """Helin begins, or begins again: it knows what the store holds open, and Asterisk's lists."""
        self.owners = Owners(Directory((self.person,), PLANS), frozenset())
        self.desk = Desk("lab", self.owners)
        control = Control(self.owners, {}, lambda _: (), self.desk.members.has_queue, nobody_outside, "")
        exchange = Exchange("lab", self.owners)
        step_in = SteppingIn(exchange, self.owners, Listeners(exchange), self.desk.members, lambda _: ())
        self.wishes = Wishes(self.desk, control, self.owners, Tapes(exchange), step_in)
        self.on_the_way = []
        if self.call is not None:
            for leg in self.call.legs:
                if leg.ended_at is None:
                    self.desk.revive(self.call, leg)
        self.look()

    def look(self) -> None:
        """A snapshot: what Asterisk has now, also where something is on its way."""
        self.desk.replace_all(("support", "forced", "patient"), self.members.values(), (), self.now)
        self.take()

    def take(self) -> None:
        self.facts += self.desk.tell(self.now)
        self.on_the_way += self.desk.take_actions()

    def told(self) -> AgentChanged:
        return self.desk.agents()["agent1"]

    def state(self) -> tuple[str, str | None, str | None]:
        told = self.told()
        return told.availability, told.reason, told.booked

    # -- Asterisk

    def carry_out(self) -> None:
        """The first thing on the way arrives, and is answered after the events that follow from it."""
        action = self.on_the_way.pop(0)
        after = dict(self.members)
        match action:
            case PauseMember():
                for queue, member in self.members.items():
                    reason = action.reason if action.paused else ""
                    after[queue] = replace(member, paused=action.paused, reason=reason, paused_at=self.now)
            case AddMember():
                after.setdefault(action.queue, MemberSeen(action.queue, IFACE, "", action.paused, "", 1, False))
            case RemoveMember():
                after.pop(action.queue, None)
            case Answer():
                self.results[action.result.id] = action.result
        before, self.members = self.members, after
        for queue in before.keys() - after.keys():
            self.desk.member_gone(queue, IFACE, self.now)
            self.take()
        for queue, member in after.items():
            if before.get(queue) != member:
                self.desk.member_changed(member, self.now)
                self.take()
        command = getattr(action, "command", None)
        if command is not None:
            self.on_the_way += self.wishes.done(ActionDone(self.now, command, True))
            self.take()

    def settle(self) -> None:
        while self.on_the_way:
            self.carry_out()

    def may_ring(self) -> str | None:
        """A queue that would ring this agent now; a phone in use is not rung (ringinuse=no)."""
        return None if self.call is not None else next((q for q, m in self.members.items() if not m.paused), None)

    def happens(self, *facts: CallFact) -> None:
        for fact in facts:
            self.call = fold(self.call, fact)
            self.desk.hear(self.call, fact, self.now)
        self.take()

    def ring(self, queue: str = "") -> bool:
        """False: no queue may."""
        queue = queue or self.may_ring() or ""
        if self.call is not None or queue not in self.members or self.members[queue].paused:
            return False
        self.calls += 1
        call, leg = f"c{self.calls}", f"l{self.calls}"
        self.happens(
            CallArrived(call, self.now, "lab", "inbound", None, None, None),
            CallQueued(call, self.now, queue),
            LegStarted(call, self.now, leg, "agent", "agent1", None),
            AgentRinging(call, self.now, "agent1", leg),
        )
        return True

    def answer(self) -> None:
        if self.call is not None and not self.talking and self.call.waiting_in is not None:
            call, leg = self.call.id, f"l{self.calls}"
            self.talking = True
            self.happens(
                CallUnqueued(call, self.now, self.call.waiting_in, "answered"),
                LegAnswered(call, self.now, leg),
                CallAnswered(call, self.now, "agent1", leg),
            )

    def miss(self, reason: MissReason = "no_answer") -> None:
        if self.call is not None and not self.talking:
            call, leg = self.call.id, f"l{self.calls}"
            self.happens(AgentMissed(call, self.now, "agent1", leg, reason), LegEnded(call, self.now, leg, 16))
            self.call = None

    def hang_up(self) -> None:
        if self.call is not None and self.talking:
            call, leg = self.call.id, f"l{self.calls}"
            self.happens(SegmentEnded(call, self.now, "agent1", leg, "caller"), LegEnded(call, self.now, leg, 16))
            self.call, self.talking = None, False

    # -- people and time

    def wish(self, name: str, **args: str) -> str:
        self.wishes_given += 1
        id_ = str(self.wishes_given)
        self.on_the_way += self.wishes.receive(Command(id_, "agent1", "agent", name, "agent1", tuple(args.items())))
        self.take()
        return id_

    def tick(self, seconds: float = 1.0) -> None:
        self.now += timedelta(seconds=seconds)
        self.desk.rests.tick(self.now)
        self.take()


def test_a_pause_in_a_talk_is_booked_and_begins_when_the_call_is_over() -> None:
    office = Office()
    office.ring("support")
    office.answer()
    office.wish("pause", reason="lunch")
    office.settle()
    assert office.state() == ("ready", None, "lunch")
    assert {member.reason for member in office.members.values()} == {"after_call:lunch"}, "no call can slip in"
    began = office.now = office.now + timedelta(minutes=3)
    office.hang_up()
    assert office.state() == ("paused", "lunch", None), "wrapping up is not required here"
    office.settle()
    assert {member.reason for member in office.members.values()} == {"lunch"}
    assert (office.told().since, office.told().by) == (began, "agent1")


def test_a_required_wrap_up_comes_before_the_booked_pause() -> None:
    office = Office()
    office.ring("forced")
    office.wish("pause", reason="lunch")
    office.answer()
    office.settle()
    office.hang_up()
    office.look()
    office.settle()
    assert office.state() == ("wrap_up", None, "lunch")
    assert office.told().until == office.now + timedelta(seconds=30)
    office.start()
    assert office.state() == ("wrap_up", None, "lunch"), "a restart loses nothing"
    office.tick()
    office.wish("wrapped_up")
    office.settle()
    assert office.state() == ("paused", "lunch", None)


def test_a_pause_in_a_required_wrap_up_waits_until_it_is_written() -> None:
    office = Office()
    office.ring("forced")
    office.answer()
    office.hang_up()
    office.settle()
    office.wish("pause", reason="lunch")
    office.settle()
    office.tick(31)
    assert office.state() == ("wrap_up", None, "lunch"), "time does not end it"
    office.wish("wrapped_up")
    office.settle()
    assert office.state() == ("paused", "lunch", None)


def test_a_pause_in_a_wrap_up_that_is_not_required_begins_at_once() -> None:
    office = Office()
    office.ring("support")
    office.answer()
    office.hang_up()
    office.settle()
    assert office.state()[0] == "wrap_up"
    office.wish("pause", reason="lunch")
    office.settle()
    assert office.state() == ("paused", "lunch", None)


@pytest.mark.thorough
@pytest.mark.parametrize("when", ["talking", "wrap_up"])
def test_a_booked_pause_is_taken_back_by_ready(when: str) -> None:
    office = Office()
    office.ring("forced")
    office.answer()
    if when == "wrap_up":
        office.hang_up()
        office.settle()
    office.wish("pause", reason="lunch")
    office.settle()
    assert office.told().booked == "lunch"
    office.wish("ready")
    office.settle()
    assert office.state() == ("ready", None, None)
    assert not any(member.paused for member in office.members.values())


@pytest.mark.parametrize("taken", [True, False])
def test_a_pause_just_before_a_ring(taken: bool) -> None:
    """The ring began before Asterisk had the pause: it is taken or missed, and the pause is what was asked for."""
    office = Office()
    office.wish("pause", reason="lunch")
    assert office.ring("forced")
    office.settle()
    assert (office.state(), office.told().leg) == (("paused", "lunch", None), "ringing")
    if taken:
        office.answer()
        office.hang_up()
        office.settle()
        assert office.state() == ("wrap_up", None, "lunch"), "this queue wants its wrap-up first"
        office.wish("wrapped_up")
    else:
        office.miss()
    office.settle()
    assert office.state() == ("paused", "lunch", None)


@pytest.mark.parametrize("reason", ["no_answer", "busy"])
def test_a_missed_call_pauses_with_its_reason_and_ready_brings_back(reason: MissReason) -> None:
    office = Office()
    office.ring("support")
    office.miss(reason)
    office.settle()
    assert office.state() == ("paused", MISSED, None)
    assert (office.told().by, office.told().since) == ("system", office.now)
    office.now += timedelta(minutes=5)
    office.start()
    assert office.state() == ("paused", MISSED, None), "the reason lives in Asterisk"
    assert office.told().since == office.now - timedelta(minutes=5)
    assert not office.ring()
    office.wish("ready")
    office.settle()
    assert office.state() == ("ready", None, None)
    assert office.ring()


def test_what_is_no_fault_of_the_agent_does_not_pause() -> None:
    for queue, reason in (("support", "cancelled"), ("support", "failed"), ("patient", "no_answer")):
        office = Office(queues=("support", "patient"))
        office.ring(queue)
        office.miss(reason)  # type: ignore[arg-type]
        office.settle()
        assert office.state() == ("ready", None, None), (queue, reason)


def test_asterisk_s_own_auto_pause_is_a_missed_call_too() -> None:
    assert decoded("Auto-Pause").reason == MISSED


def test_into_and_out_of_one_queue() -> None:
    office = Office(queues=())
    office.wish("log_in", queues="support")
    office.settle()
    assert (office.told().queues, office.state()[0]) == (("support",), "ready")
    office.wish("pause", reason="lunch")
    office.settle()
    office.wish("log_in", queues="forced")
    office.settle()
    assert (office.told().queues, office.state()) == (("forced", "support"), ("paused", "lunch", None))
    assert {member.reason for member in office.members.values()} == {"lunch"}
    office.wish("log_out", queues="support")
    office.settle()
    assert (office.told().queues, office.state()) == (("forced",), ("paused", "lunch", None))
    office.wish("log_out", queues="support")
    office.settle()
    assert office.results["5"].ok, "out already"
    office.wish("log_out", queues="nil")
    office.settle()
    assert office.results["6"].code == "not_possible"
    office.wish("log_out")
    office.settle()
    assert office.state()[0] == "offline"


@pytest.mark.parametrize("word", ["missed", "away", "wrap_up", "wrap_up:x", "after_call:x", "ä" * 40, "x" * 61])
def test_helin_s_own_words_and_long_ones_are_no_reasons(word: str) -> None:
    office = Office()
    office.wish("pause", reason=word)
    office.settle()
    assert office.results["1"].code == "invalid"


def test_paused_in_one_queue_only_is_said_once_it_lasts() -> None:
    office = Office()
    office.desk.member_changed(replace(office.members["forced"], paused=True, reason="help"), office.now)
    office.take()
    assert (office.state(), office.told().paused_in) == (("ready", None, None), ())
    office.tick()
    assert office.told().paused_in == ("forced",)


def test_a_phone_in_use_without_a_call_is_said_once_it_lasts() -> None:
    office = Office()
    office.desk.device_changed(IFACE, "INUSE")
    office.tick()
    assert not office.told().phone_busy
    office.tick()
    office.tick()
    assert office.told().phone_busy
    office.desk.device_changed(IFACE, "NOT_INUSE")
    office.tick()
    assert not office.told().phone_busy


# -- a page that vanishes


def browser() -> Office:
    """An agent whose phone is the page, which a web node has told of for a while."""
    office = Office(replace(ONE, phone="browser"))
    for _ in range(6):
        beat(office, "agent1")
    return office


def beat(office: Office, *logins: str) -> None:
    office.tick(4)
    office.desk.rests.present(logins, office.now)
    office.take()
    office.settle()


def test_a_page_that_vanishes_gets_no_call_after_its_grace_and_comes_back_by_itself() -> None:
    office = browser()
    for _ in range(3):
        beat(office)
    assert office.state() == ("ready", None, None), "a reload takes less than fifteen seconds"
    beat(office)
    beat(office)
    assert office.state() == ("paused", AWAY, None)
    office.start()
    assert office.state() == ("paused", AWAY, None)
    beat(office, "agent1")
    assert office.state() == ("ready", None, None)


def test_a_page_that_vanishes_keeps_its_call_and_gets_no_other() -> None:
    office = browser()
    office.ring("forced")
    office.answer()
    for _ in range(5):
        beat(office)
    assert (office.told().leg, office.state()) == ("talking", ("ready", None, AWAY))
    office.hang_up()
    office.settle()
    assert office.state() == ("wrap_up", None, AWAY)
    beat(office, "agent1")
    assert office.state() == ("wrap_up", None, None), "back: the wrap-up goes on"


def test_who_has_a_desk_phone_needs_no_page_and_a_pause_of_one_s_own_stays() -> None:
    for known in (Office(replace(ONE, phone="sip")), Office(ONE)):
        if known.person.phone == "sip":
            beat(known, "agent1")
        for _ in range(10):
            beat(known)
        assert known.state() == ("ready", None, None), "a desk phone, or no page was ever seen"
    office = browser()
    office.wish("pause", reason="lunch")
    for _ in range(10):
        beat(office)
    beat(office, "agent1")
    assert office.state() == ("paused", "lunch", None)


def test_nobody_vanishes_while_nobody_tells_who_is_there() -> None:
    office = browser()
    for _ in range(60):
        office.tick(4)
    assert office.state() == ("ready", None, None), "the web nodes are away, the phones may be well"
    beat(office)
    beat(office)
    assert office.state() == ("ready", None, None), "the panels have time to come back too"
    for _ in range(3):
        beat(office)
    assert office.state() == ("paused", AWAY, None)


# -- whatever happens, in any order

STEPS = (
    "ring", "ring forced", "answer", "miss", "cancel", "hang up", "lunch", "meeting", "ready", "wrapped up",
    "leave support", "join support", "carry out", "carry out", "tick", "long tick", "settle", "restart", "look",
)  # fmt: skip
WISHES = ("lunch", "meeting", "ready", "wrapped up", "leave support", "join support")


def do(office: Office, step: str) -> None:
    # A person gives the next wish about a state when the one before has been answered, which takes milliseconds.
    # Several that contradict each other on their way at once may end in the last but one.
    if step in WISHES and any(getattr(action, "command", None) for action in office.on_the_way):
        office.settle()
    match step:
        case "ring":
            office.ring()
        case "ring forced":
            office.ring("forced")
        case "answer":
            office.answer()
        case "miss":
            office.miss()
        case "cancel":
            office.miss("cancelled")
        case "hang up":
            office.hang_up()
        case "lunch" | "meeting":
            office.wish("pause", reason=step)
        case "ready" | "wrapped up":
            office.wish(step.replace(" ", "_"))
        case "leave support":
            office.wish("log_out", queues="support")
        case "join support":
            office.wish("log_in", queues="support")
        case "carry out" if office.on_the_way:
            office.carry_out()
        case "tick":
            office.tick()
        case "long tick":
            office.settle()  # an action has a deadline of some seconds
            office.tick(40)
        case "settle":
            office.settle()
        case "look":
            office.look()
        case "restart":
            office.settle()
            office.start()


def rung_in_vain_or_at_all(office: Office) -> None:
    """What is shown is what Asterisk will do."""
    availability, reason, then = office.state()
    texts = {member.reason if member.paused else None for member in office.members.values()}
    expected: str | None
    match availability, then:
        case "ready", None:
            expected = None
        case "ready", str():
            expected = booked(then)
            assert office.told().leg != "none", "nothing to wait for"
        case "wrap_up", _:
            expected = wrapping_up(then)
        case _:
            expected = reason
    assert texts == {expected}


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=25))
@example(["ring forced", "answer", "lunch", "hang up", "carry out", "carry out", "carry out"])
@example(["ring", "answer", "hang up", "ready", "settle"])
@example(["ring", "miss", "ready", "settle"])
@example(["lunch", "ready", "settle"])
@example(["lunch", "leave support", "settle", "ready", "join support"])
@example(["ring", "lunch", "miss", "ready"])
@example(["ring", "answer", "lunch", "restart", "hang up", "restart"])
def test_a_pause_is_never_lost_and_the_state_is_what_asterisk_does(steps: list[str]) -> None:
    office = Office()
    wanted: str | None = None
    for step in steps:
        do(office, step)
        if step in ("lunch", "meeting"):
            wanted = step
        if step == "ready":
            wanted = None
        rung = office.call is not None and not office.talking
        assert not rung or office.told().leg in ("ringing", "talking")
    office.settle()
    rung_in_vain_or_at_all(office)
    availability, reason, then = office.state()
    assert wanted == ((reason if availability == "paused" else then) if reason != MISSED else None)
    stamps: list[datetime] = [fact.at for fact in office.facts if isinstance(fact, AgentChanged)]
    assert stamps == sorted(stamps)
