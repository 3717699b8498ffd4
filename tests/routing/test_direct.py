"""Mode *direct*: the same choices as the what-if's, and never two calls for an agent or two agents for a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.actions import Action, SendTo, ShowLife
from routing.callers import Seat
from routing.choice import REST
from routing.direct import STRANDED, Direct
from routing.events import QueuePlan, Step
from routing.requests import Class, Skills, Waiting
from routing.what_if.day import Arrival, Shift, run
from routing.what_if.policies import HelinPolicy
from routing.worth import Promise
from tests.bench.days import overlapping_skills

VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}
BEGAN = datetime(2026, 11, 27, 8, tzinfo=UTC)
QUEUES = {name: QueuePlan(name, "direct", 20, 300, skills=((name, 1),)) for name in "xyz"}
PHONES = {f"PJSIP/{n}": f"a{n}" for n in range(4)}


def seat(skills: Skills, *, free: bool = True, at: datetime = BEGAN, phone: str = "PJSIP/1") -> Seat:
    queues = frozenset(QUEUES)
    return Seat(queues, queues if free else frozenset(), tuple((each, 1) for each in sorted(skills)), phone, "s", at)


def offers(actions: Sequence[Action]) -> list[tuple[str, str]]:
    """Channels and the phones that are to ring for them."""
    return [
        (each.places[0].channel, each.places[0].variables[0][1])
        for each in actions
        if isinstance(each, SendTo) and each.places[0].context == "helin-deliver"
    ]


class Through:
    """The real thing as a policy of the what-if: callers' channels and agents' phones go by their own names."""

    def __init__(self, shifts: Sequence[Shift], keep_seconds: int = 0) -> None:
        self.direct = Direct()
        self.direct.use({name: replace(plan, last_agent_seconds=keep_seconds) for name, plan in QUEUES.items()}, VALUES)
        self._keep_seconds = keep_seconds
        self.direct.awake = True
        self._skills = {shift.agent: shift.skills for shift in shifts}
        self._waiting: dict[str, Waiting] = {}
        for shift in shifts:
            self._seat(shift.agent, free=False, at=BEGAN)

    def _seat(self, agent: str, *, free: bool, at: datetime) -> None:
        self.direct.seat(agent, seat(self._skills[agent], free=free, at=at, phone=agent))

    def _decided(self, at: datetime, *, ticks: bool = False) -> tuple[str, str] | None:
        self.direct.actions.clear()
        if ticks:
            self.direct.tick(at)
        self.direct.decide(at)
        found = offers(self.direct.actions)
        for call, agent in found:
            self.direct.leave(call)
            self._seat(agent, free=False, at=at)
        assert len(found) <= 1
        return found[0] if found else None

    def came(self, agent: str, now: float) -> Waiting | None:
        at = BEGAN + timedelta(seconds=now)
        self._seat(agent, free=True, at=at)
        taken = self._decided(at)
        if taken is None:
            return None
        request = self._waiting[taken[0]]
        request.waits = False
        return request

    def went(self, agent: str) -> None:
        self._seat(agent, free=False, at=BEGAN)

    def arrived(self, request: Waiting, now: float) -> str | None:
        at = BEGAN + timedelta(seconds=now)
        self._waiting[request.id] = request
        favoured = tuple((agent, "who knows them") for agent in request.prefers)
        self.direct.hold(request.id, request.of.queue, request.id, request.of.tier, at, favoured=favoured)
        taken = self._decided(at)
        request.waits = taken is None
        if self.direct.reason(request.id) is not None:
            request.wants, request.until = request.prefers[0], request.since + self._keep_seconds
        return None if taken is None else taken[1]

    def relaxes(self, request: Waiting) -> tuple[float, ...]:
        return ()

    def released(self, request: Waiting, now: float) -> str | None:
        taken = self._decided(BEGAN + timedelta(seconds=now), ticks=True)
        request.waits = taken is None
        return None if taken is None else taken[1]

    def left(self, request: Waiting) -> None:
        request.waits = False
        self.direct.leave(request.id)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_it_chooses_as_the_what_if_says(seed: int) -> None:
    day = overlapping_skills(0.95, seed)
    arrivals = [
        Arrival(one.at, Class(next(iter(one.of.skills)), one.of.tier, one.of.skills), one.service, one.patience)
        for one in day.arrivals[:400]
    ]
    promises = dict.fromkeys(QUEUES, Promise(20, 300))
    said = run(arrivals, day.shifts, HelinPolicy(day.shifts, promises, VALUES, "cost"))
    done = run(arrivals, day.shifts, Through(day.shifts))
    assert [one.agent for one in done.served] == [one.agent for one in said.served]


@pytest.mark.parametrize("seed", range(3))
def test_callers_are_kept_for_whom_they_know_as_the_what_if_says(seed: int) -> None:
    day, dice = overlapping_skills(0.9, seed), Random(seed)
    agents = [shift.agent for shift in day.shifts]
    arrivals = [
        Arrival(
            # In parts of a second that no clock rounds, so that a time that is over is over for both.
            round(64 * one.at) / 64, Class(next(iter(one.of.skills)), one.of.tier, one.of.skills), one.service,
            one.patience, tuple(dice.sample(agents, dice.randrange(3))),
        )
        for one in day.arrivals[:400]
    ]  # fmt: skip
    promises = dict.fromkeys(QUEUES, Promise(20, 300, keep_seconds=45))
    said = run(arrivals, day.shifts, HelinPolicy(day.shifts, promises, VALUES, "cost"))
    done = run(arrivals, day.shifts, Through(day.shifts, 45))
    assert [one.agent for one in done.served] == [one.agent for one in said.served]
    assert [one.waited for one in done.served] == pytest.approx([one.waited for one in said.served], abs=0.001)
    nobody = run(arrivals, day.shifts, HelinPolicy(day.shifts, dict.fromkeys(QUEUES, Promise(20, 300)), VALUES, "cost"))
    met, met_by_chance = (sum(1 for one in of.served if one.agent in one.arrival.prefers) for of in (said, nobody))
    assert met > 2 * met_by_chance


KEPT = QueuePlan("x", "direct", 20, 300, last_agent_seconds=20)
HOW = "who talked with them last"


def kept_floor(*agents: Seat, plan: QueuePlan = KEPT) -> Direct:
    """Agents a0, a1, …, and a caller who knows a0."""
    direct = Direct()
    direct.use({"x": plan}, VALUES)
    direct.awake = True
    for n, one in enumerate(agents):
        direct.seat(f"a{n}", one)
    direct.hold("one", "x", "one", "B", BEGAN, favoured=(("a0", HOW),))
    direct.decide(BEGAN)
    return direct


def at_work(phone: str, *, free: bool, stays: bool = True, since: int = 0) -> Seat:
    queues = frozenset("x")
    began = BEGAN + timedelta(seconds=since)
    return Seat(queues, queues if free else frozenset(), (), phone, "s", began, stays)


def test_whom_the_caller_knows_goes_before_who_is_idle_for_longer() -> None:
    direct = kept_floor(at_work("PJSIP/1", free=True, since=5), at_work("PJSIP/2", free=True))
    assert offers(direct.actions) == [("one", "PJSIP/1")]
    assert direct.reason("one") == f"goes to a0, {HOW}"
    direct = kept_floor(
        at_work("PJSIP/1", free=True, since=5), at_work("PJSIP/2", free=True), plan=replace(KEPT, last_agent_seconds=0)
    )
    assert offers(direct.actions) == [("one", "PJSIP/2")], "the queue's rule does not say so"
    assert direct.reason("one") is None


def test_a_caller_waits_for_whom_they_know_and_no_longer_than_the_rule_says() -> None:
    direct = kept_floor(at_work("PJSIP/1", free=False), at_work("PJSIP/2", free=True))
    assert offers(direct.actions) == []
    assert direct.reason("one") == f"kept a while for a0, {HOW}"
    for seconds in range(1, 20):
        direct.tick(BEGAN + timedelta(seconds=seconds))
    assert offers(direct.actions) == []
    direct.told.clear()
    direct.tick(BEGAN + timedelta(seconds=20))
    assert offers(direct.actions) == [("one", "PJSIP/2")]
    assert (direct.reason("one"), list(direct.told)) == (None, ["one"])


def test_whom_the_caller_knows_becomes_free_in_time() -> None:
    direct = kept_floor(at_work("PJSIP/1", free=False), at_work("PJSIP/2", free=True))
    direct.use({"x": replace(KEPT, target_seconds=30)}, VALUES)
    direct.decide(BEGAN + timedelta(seconds=3))
    assert offers(direct.actions) == [], "other rules, the same acquaintance"
    direct.seat("a0", at_work("PJSIP/1", free=True, since=9))
    direct.decide(BEGAN + timedelta(seconds=9))
    assert offers(direct.actions) == [("one", "PJSIP/1")]
    assert direct.reason("one") == f"goes to a0, {HOW}"
    direct.in_vain("one", None, "PJSIP/1", BEGAN + timedelta(seconds=12))
    direct.actions.clear()
    direct.decide(BEGAN + timedelta(seconds=12))
    assert offers(direct.actions) == [("one", "PJSIP/2")], "who let it ring is not waited for"
    assert direct.reason("one") is None


@pytest.mark.parametrize("gone", [None, at_work("PJSIP/1", free=False, stays=False)])
def test_nobody_waits_for_who_has_gone_or_rests(gone: Seat | None) -> None:
    direct = kept_floor(at_work("PJSIP/1", free=False), at_work("PJSIP/2", free=True))
    direct.seat("a0", gone)
    direct.tick(BEGAN + timedelta(seconds=1))
    assert offers(direct.actions) == [("one", "PJSIP/2")]


def test_it_becomes_known_late_whom_the_caller_knows() -> None:
    direct = Direct()
    direct.use({"x": KEPT}, VALUES)
    direct.awake = True
    direct.seat("a0", at_work("PJSIP/1", free=False))
    direct.seat("a1", at_work("PJSIP/2", free=False))
    direct.hold("one", "x", "one", None, BEGAN)
    direct.decide(BEGAN)
    direct.known("one", "B", (("a0", HOW),), BEGAN + timedelta(seconds=1))
    direct.seat("a1", at_work("PJSIP/2", free=True, since=2))
    direct.decide(BEGAN + timedelta(seconds=2))
    assert offers(direct.actions) == []
    direct.seat("a0", at_work("PJSIP/1", free=True, since=3))
    direct.decide(BEGAN + timedelta(seconds=3))
    assert offers(direct.actions) == [("one", "PJSIP/1")]


class Floor:
    """Some callers, some agents, and whatever may happen to them."""

    def __init__(self) -> None:
        self.direct = Direct()
        self.direct.use({"x": QUEUES["x"]}, VALUES)
        self.direct.awake = True
        self.now = BEGAN
        self.free: set[str] = set()
        self.held: set[str] = set()
        self.offered: dict[str, tuple[str, str]] = {}
        self.refused: dict[tuple[str, str], datetime] = {}

    def do(self, what: str, n: int) -> None:
        call, phone = f"c{n % 6}", f"PJSIP/{n % 4}"
        agent = PHONES[phone]
        self.now += timedelta(seconds=1)
        if what == "comes" and call not in self.held:
            self.held.add(call)
            self.refused = {pair: at for pair, at in self.refused.items() if pair[0] != call}
            self.direct.hold(call, "x", call, "ABC"[n % 3], self.now)
        elif what == "goes":
            self.held.discard(call)
            self.offered.pop(call, None)
            self.direct.leave(call)
        elif what in ("free", "busy"):
            (self.free.add if what == "free" else self.free.discard)(agent)
            self.direct.seat(agent, seat(frozenset("x"), free=what == "free", at=self.now, phone=phone))
        elif what == "rings" and call in self.offered:
            self.direct.ringing(call, PHONES[self.offered[call][0]], self.now)
        elif what in ("in vain", "not sent") and call in self.offered:
            phone, name = self.offered.pop(call)
            if what == "in vain":
                self.refused[call, phone] = self.now
                self.direct.in_vain(call, None, phone, self.now)
            else:
                self.direct.done(name, False, self.now)
        elif what == "answers" and call in self.offered:
            phone, _ = self.offered.pop(call)
            self.held.discard(call)
            self.direct.leave(call)
            self.free.discard(PHONES[phone])
            self.direct.seat(PHONES[phone], seat(frozenset("x"), free=False, at=self.now, phone=phone))
        elif what == "time":
            self.now += timedelta(seconds=4)
            self.direct.tick(self.now)
            # Whose phone does not ring in time was offered in vain.
            for call in [each for each in self.offered if self.direct.offered(each) is None]:
                phone, _ = self.offered.pop(call)
                self.refused[call, phone] = self.now
        self.direct.decide(self.now)
        self.look()

    def look(self) -> None:
        for action in self.direct.actions:
            if isinstance(action, SendTo) and action.command is not None:
                (call, phone) = offers([action])[0]
                assert call in self.held, "only who is held is offered"
                assert call not in self.offered, "a caller is offered to one agent at a time"
                assert phone not in {each for each, _ in self.offered.values()}, (
                    "an agent is offered one call at a time"
                )
                assert PHONES[phone] in self.free
                before = self.refused.get((call, phone))
                assert before is None or self.now - before >= REST, "nobody gets at once what they have refused"
                self.offered[call] = phone, action.command
        self.direct.actions.clear()


@settings(deadline=None, max_examples=200)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(
                ["comes", "comes", "free", "free", "goes", "busy", "rings", "in vain", "not sent", "answers", "time"]
            ),
            some.integers(0, 11),
        ),
        max_size=60,
    )
)
def test_nobody_is_offered_two_things_at_once(story: list[tuple[str, int]]) -> None:
    floor = Floor()
    for what, n in story:
        floor.do(what, n)
    # In the end everybody is free for long enough: whoever is held gets somebody.
    for _ in range(60):
        for n in range(4):
            floor.do("free", n)
        for n in range(6):
            floor.do("answers", n)
        floor.do("time", 0)
    assert not floor.held


def test_several_who_are_found_at_once_are_served_by_worth() -> None:
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.awake = True
    direct.seat("anna", seat(frozenset("x")))
    for call, tier in (("one", "C"), ("two", "A"), ("three", "B")):
        direct.hold(call, "x", call, tier, BEGAN)
    direct.decide(BEGAN)
    assert offers(direct.actions) == [("two", "PJSIP/1")]


def test_whose_agent_was_lost_goes_before_all_others() -> None:
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.awake = True
    direct.hold("rich", "x", "rich", "A", BEGAN - timedelta(seconds=200))
    direct.hold("cut", "x", "cut", "C", BEGAN, head=True)
    direct.decide(BEGAN)
    direct.seat("anna", seat(frozenset("x")))
    direct.decide(BEGAN)
    assert offers(direct.actions) == [("cut", "PJSIP/1")]


def test_who_talked_in_between_is_no_longer_the_longest_idle() -> None:
    """Nobody looks at agents while nobody is held: anna's own call is seen only by since when she is free."""
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.awake = True
    direct.seat("anna", seat(frozenset("x"), phone="PJSIP/anna"))
    direct.seat("ben", seat(frozenset("x"), phone="PJSIP/ben", at=BEGAN + timedelta(seconds=5)))
    direct.seat("cleo", seat(frozenset("y"), phone="PJSIP/cleo"))
    direct.hold("one", "y", "one", None, BEGAN)
    direct.decide(BEGAN)
    direct.leave("one")
    direct.seat("anna", seat(frozenset("x"), phone="PJSIP/anna", at=BEGAN + timedelta(seconds=90)))
    direct.actions.clear()
    direct.hold("two", "x", "two", None, BEGAN + timedelta(seconds=100))
    direct.decide(BEGAN + timedelta(seconds=100))
    assert offers(direct.actions) == [("two", "PJSIP/ben")]


def test_a_level_that_is_asked_for_is_kept() -> None:
    direct = Direct()
    direct.use({"x": QueuePlan("x", "direct", skills=(("billing", 5),))}, VALUES)
    direct.awake = True
    queues = frozenset("x")
    direct.seat("able", Seat(queues, queues, (("billing", 7),), "PJSIP/2", "1002", BEGAN + timedelta(seconds=9)))
    direct.seat("learning", Seat(queues, queues, (("billing", 3),), "PJSIP/1", "1001", BEGAN))
    direct.hold("one", "x", "one", None, BEGAN)
    direct.decide(BEGAN)
    assert offers(direct.actions) == [("one", "PJSIP/2")]


def test_whom_nobody_at_work_can_serve_app_queue_gets() -> None:
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.awake = True
    direct.seat("anna", seat(frozenset("y")))
    direct.hold("one", "x", "one", None, BEGAN)
    direct.decide(BEGAN)
    direct.tick(BEGAN)
    direct.tick(BEGAN + STRANDED / 2)
    assert [each for each in direct.actions if not isinstance(each, ShowLife)] == []
    direct.tick(BEGAN + STRANDED)
    (sent,) = (each for each in direct.actions if isinstance(each, SendTo))
    assert (sent.places[0].channel, sent.places[0].context) == ("one", "helin-wait")


def test_what_is_asked_for_becomes_less_with_the_wait() -> None:
    direct = Direct()
    plan = QueuePlan("x", "direct", skills=(("billing", 5),), relax=(Step(30, (("billing", 2),)),))
    direct.use({"x": plan}, VALUES)
    direct.awake = True
    queues = frozenset("x")
    direct.seat("learning", Seat(queues, queues, (("billing", 3),), "PJSIP/1", "1001", BEGAN))
    direct.hold("one", "x", "one", None, BEGAN)
    direct.decide(BEGAN)
    for seconds in range(1, 30):
        direct.tick(BEGAN + timedelta(seconds=seconds))
    assert not any(isinstance(each, SendTo) for each in direct.actions)
    direct.tick(BEGAN + timedelta(seconds=31))
    assert offers(direct.actions) == [("one", "PJSIP/1")]


def test_a_level_counts_as_idleness_where_the_queue_says_so() -> None:
    direct = Direct()
    plan = QueuePlan("x", "direct", skills=(("billing", 1),), weights=(("billing", 10.0),))
    direct.use({"x": plan}, VALUES)
    direct.awake = True
    queues = frozenset("x")
    direct.seat("idle", Seat(queues, queues, (("billing", 1),), "PJSIP/1", "1001", BEGAN))
    direct.seat("good", Seat(queues, queues, (("billing", 9),), "PJSIP/2", "1002", BEGAN + timedelta(seconds=1)))
    direct.hold("one", "x", "one", None, BEGAN + timedelta(seconds=2))
    direct.decide(BEGAN + timedelta(seconds=2))
    assert offers(direct.actions) == [("one", "PJSIP/2")]


def test_nothing_is_decided_without_a_link() -> None:
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.seat("anna", seat(frozenset("x")))
    direct.hold("one", "x", "one", None, BEGAN)
    direct.decide(BEGAN)
    assert direct.actions == []
    direct.awake = True
    direct.decide(BEGAN)
    assert len(offers(direct.actions)) == 1


def test_who_was_dialled_for_an_agent_is_that_agents_and_nobody_elses() -> None:
    """Also when both come free in the same moment, and somebody has waited for that agent for long."""
    direct = Direct()
    direct.use(QUEUES, VALUES)
    direct.awake = True
    for n in range(2):
        direct.seat(f"a{n}", seat(frozenset("x"), free=False, phone=f"PJSIP/{n}"))
    direct.hold("waits", "x", "PJSIP/trunk-1", None, BEGAN)
    direct.decide(BEGAN)
    later = BEGAN + timedelta(seconds=60)
    direct.hold("dialled", "x", "PJSIP/trunk-2", None, later, head=True, meant="a1")
    direct.seat("a1", seat(frozenset("x"), at=later, phone="PJSIP/1"))
    direct.decide(later)
    assert offers(direct.actions) == [("PJSIP/trunk-2", "PJSIP/1")]
    direct.actions.clear()
    direct.seat("a0", seat(frozenset("x"), at=later, phone="PJSIP/0"))
    direct.decide(later)
    assert offers(direct.actions) == [("PJSIP/trunk-1", "PJSIP/0")]
