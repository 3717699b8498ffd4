"""Written requests beside callers: who is offered what, and that nothing is lost or given twice.

``Shop`` has a store that keeps its word as the real one does (tests/crm_store/test_requests.py), and answers when told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.answers import wanted
from routing.commands import Command, Refused, Role
from routing.desk import Desk
from routing.events import Directory, MemberSeen, Person, QueuePlan
from routing.facts import Fact, Recorded, WrittenChanged, WrittenRanked
from routing.letters import OVER, MoveRequest, RequestMoved, RequestsSeen, WrittenRequest
from routing.parties import Owners
from routing.picture import Picture
from routing.shares import scored
from routing.waiting import Line
from routing.written import AGAIN, Written, WrittenRules
from tests.routing.told import RECEIVED

PEOPLE = (
    Person("anna", "Anna", "PJSIP/1001", "1001", ("support", "letters"), skills=(("russian", 3),)),
    Person("bert", "Bert", "PJSIP/1002", "1002", ("support", "letters")),
)
PLANS = (QueuePlan("support", target_seconds=20, max_wait_seconds=300), QueuePlan("letters"))
HOUR = 3_600


def one(id: str, seconds: float = 0, **more: Any) -> WrittenRequest:
    at = RECEIVED + timedelta(seconds=seconds)
    due = more.pop("within", 4 * HOUR)
    made = WrittenRequest(id, "mail", "support", "waiting", at, 1, title=f"Letter {id}")
    return replace(made, due_at=None if due is None else at + timedelta(seconds=due), **more)


class Shop:
    def __init__(self) -> None:
        self.now = RECEIVED
        self.store: dict[str, WrittenRequest] = {}
        self.asked: list[MoveRequest] = []
        self.facts: list[Fact] = []
        self.picture = Picture()
        self.members = {
            person.login: MemberSeen("support", person.interface, "", False, "", 1, False) for person in PEOPLE
        }
        self.start()

    def start(self) -> None:
        """Helin begins, or begins again."""
        owners = Owners(Directory(PEOPLE, PLANS), frozenset())
        self.desk = Desk("lab", owners)
        self.line = Line(self.desk.plan)
        self.written = Written(self.desk, self.line, owners, WrittenRules())
        self.written.tier_values = {"A": 5.0}
        self.asked = []
        self.desk.replace_all(["support"], self.members.values(), [], self.now)
        self.desk.tell(self.now)
        self.open("anna", "bert")
        self.written.seen(RequestsSeen(self.now, tuple(self.store.values()), True), self.now)
        self.tick(0)

    def open(self, *logins: str) -> None:
        self.written.present(logins, self.now)

    def put(self, *requests: WrittenRequest) -> None:
        self.store |= {request.id: request for request in requests}
        self.written.seen(RequestsSeen(self.now, requests), self.now)
        self.written.decide(self.now)
        self.collect()

    def collect(self) -> None:
        self.asked += self.written.take_actions()
        for fact in self.written.take_facts():
            self.facts.append(fact)
            self.picture.apply(Recorded("s", len(self.facts), fact))

    def tick(self, seconds: float = 1, *, here: tuple[str, ...] = ("anna", "bert")) -> None:
        self.now += timedelta(seconds=seconds)
        self.open(*here)
        self.written.tick(self.now)
        self.collect()

    def state(self, login: str, *, paused: bool) -> None:
        self.members[login] = replace(self.members[login], paused=paused, reason="lunch" if paused else "")
        self.desk.member_changed(self.members[login], self.now)
        self.desk.tell(self.now)
        self.written.agents_changed(self.now)
        self.collect()

    def answer(self) -> None:
        """The store answers all that it was asked."""
        while self.asked:
            wish = self.asked.pop(0)
            had = self.store.get(wish.request)
            if had is None:
                self.written.moved(RequestMoved(self.now, wish.request, None, "unknown", "Gone."), self.now)
                continue
            fits = had.state in wish.was and wish.agent_was in (None, had.agent)
            if wish.to == "offered":
                mine = [each.state for each in self.store.values() if each.agent == wish.agent]
                fits = fits and "offered" not in mine and mine.count("taken") < wish.most
            if fits:
                offered = self.now if wish.to == "offered" else None
                had = self.store[had.id] = replace(
                    had,
                    state=wish.to,
                    agent=wish.agent,
                    offered_at=offered,
                    parked_until=wish.until,
                    version=had.version + 1,
                )
            code = "" if fits else "not_possible"
            self.written.moved(RequestMoved(self.now, had.id, had, code, "Somebody was faster."), self.now)
            self.written.decide(self.now)
            self.collect()

    def say(self, login: str, name: str, id: str, role: Role = "agent", by: str = "", **args: str) -> None:
        given = tuple({"request": id, **args}.items())
        self.asked.append(wanted(self.written, Command("c", by or login, role, name, login, given)))
        self.answer()

    def holds(self, login: str) -> dict[str, str]:
        return {each.id: each.state for each in self.store.values() if each.agent == login}


def test_the_most_urgent_goes_to_who_is_ready_and_one_at_a_time() -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.put(one("1", -70, within=8 * HOUR), one("2", -60), one("3", -50, tier="A"))
    shop.answer()
    assert shop.holds("anna") == {"3": "offered"}, "worth more outweighs a minute"
    shop.say("anna", "accept", "3")
    assert shop.holds("anna") == {"3": "taken", "2": "offered"}, "the shorter promise"
    shop.say("anna", "accept", "2")
    shop.tick()
    assert shop.asked == [], "two at a time are enough"
    shop.say("anna", "done", "3", note="Answered.")
    assert shop.holds("anna") == {"2": "taken", "3": "done", "1": "offered"}
    shop.state("bert", paused=False)
    shop.answer()
    assert shop.holds("bert") == {}


def test_who_declines_or_sleeps_is_not_asked_again_at_once_and_it_stands_where_it_stood() -> None:
    shop = Shop()
    shop.put(one("1"), one("2", 1))
    shop.answer()
    first = "anna" if "1" in shop.holds("anna") else "bert"
    other = "bert" if first == "anna" else "anna"
    shop.say(first, "decline", "1")
    assert shop.holds(first) == {}, "what else waits is offered to the other already"
    assert shop.store["1"].state == "waiting"
    shop.tick(29)
    assert shop.store["2"].state == "offered"
    shop.tick(2)
    shop.answer()
    assert shop.holds(other) == {"1": "offered"}, "the older one first, now that nobody answered the second"
    assert shop.holds(first) == {"2": "offered"}
    assert shop.store["1"].since == RECEIVED
    shop.say(other, "decline", "1")
    shop.say(first, "decline", "2")
    shop.tick()
    assert not any(each.state == "offered" for each in shop.store.values())
    shop.tick(AGAIN.total_seconds())
    shop.answer()
    assert sorted(each.state for each in shop.store.values()) == ["offered", "offered"]


def test_a_caller_who_is_more_urgent_goes_first_and_a_letter_that_is_late_before_a_new_caller() -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.line.join("c1", "support", "PJSIP/trunk-1", shop.now - timedelta(seconds=15), None, shop.now)
    shop.put(one("1", -HOUR))
    assert shop.asked == [], "a quarter of its promise against three quarters of the caller's"
    shop.line.leave("c1", shop.now, served=True)
    shop.tick()
    assert [each.to for each in shop.asked] == ["offered"]
    shop.answer()
    shop.say("anna", "decline", "1")
    shop.line.join("c2", "support", "PJSIP/trunk-2", shop.now, None, shop.now)
    shop.put(one("2", -5 * HOUR))
    shop.answer()
    assert shop.holds("anna") == {"2": "offered"}


def test_one_caller_keeps_one_agent_free_not_all() -> None:
    shop = Shop()
    shop.line.join("c1", "support", "PJSIP/trunk-1", shop.now - timedelta(seconds=15), None, shop.now)
    shop.put(one("1"))
    assert len(shop.asked) == 1


def test_an_offer_is_withdrawn_when_the_agent_cannot_take_it_and_is_no_fault() -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.put(one("1"))
    shop.answer()
    shop.state("anna", paused=True)
    shop.answer()
    assert shop.store["1"].state == "waiting"
    shop.state("anna", paused=False)
    shop.answer()
    assert shop.holds("anna") == {"1": "offered"}


def test_a_page_that_vanishes_gives_back_what_was_offered_and_keeps_what_was_taken() -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.put(one("1"), one("2", 1))
    shop.answer()
    shop.say("anna", "accept", "1")
    for _ in range(5):
        shop.tick(4, here=("bert",))
    shop.answer()
    assert shop.holds("anna") == {"1": "taken"}
    assert shop.store["2"].state == "waiting"
    shop.tick(1, here=("bert",))
    assert shop.asked == [], "nobody is there to be asked"


def test_skills_queues_and_times() -> None:
    shop = Shop()
    shop.put(
        one("russian", skills=(("russian", 3),)),
        one("better", skills=(("russian", 4),)),
        one("later", not_before=RECEIVED + timedelta(hours=1)),
        one("foreign", queue="sales"),
        one("helin's own", queue="letters"),
    )
    shop.answer()
    assert shop.holds("anna") == {"russian": "offered"}
    assert shop.holds("bert") == {"helin's own": "offered"}, "a queue that Asterisk does not have: who is in it by name"
    shop.tick(HOUR)
    shop.answer()
    assert "later" in shop.holds("anna") | shop.holds("bert")


def test_parked_until_a_time_comes_back_to_whoever_parked_it() -> None:
    shop = Shop()
    shop.put(one("1"))
    shop.answer()
    (who,) = (login for login in ("anna", "bert") if shop.holds(login))
    shop.say(who, "accept", "1")
    shop.say(who, "park", "1", until=(shop.now + timedelta(hours=1)).isoformat())
    assert shop.holds(who) == {"1": "parked"}
    shop.tick(HOUR)
    parked = shop.store["1"]
    shop.put(replace(parked, state="waiting", parked_until=None, version=parked.version + 1))
    shop.answer()
    assert shop.holds(who) == {"1": "offered"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "args", "role", "code"),
    [
        ("accept", {"request": "9"}, "agent", "unknown"),
        ("accept", {}, "agent", "unknown"),
        ("done", {}, "agent", "unknown"),
        ("done", {"request": "1"}, "agent", "not_possible"),
        ("park", {"request": "1", "until": "2026-12-01T08:00:00Z"}, "agent", "not_possible"),
    ],
)
def test_what_cannot_be_done_is_refused(name: str, args: dict[str, str], role: Role, code: str) -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.put(one("1"))
    shop.answer()
    with pytest.raises(Refused) as refused:
        wanted(shop.written, Command("c", "anna", role, name, "anna", tuple(args.items())))
    assert refused.value.args[0] == code


def test_what_is_another_s_is_not_taken_but_a_supervisor_may_give_it_back() -> None:
    shop = Shop()
    shop.state("bert", paused=True)
    shop.put(one("1"))
    shop.answer()
    with pytest.raises(Refused):
        shop.say("bert", "accept", "1")
    with pytest.raises(Refused):
        shop.say("anna", "accept", "1", by="bert")
    shop.say("anna", "accept", "1")
    for until in ("", "soon", "2026-12-01T08:00:00"):
        with pytest.raises(Refused):
            shop.say("anna", "park", "1", until=until)
    shop.say("anna", "decline", "1", role="supervisor", by="chief")
    assert shop.store["1"].state == "waiting"


def test_what_the_store_says_late_changes_nothing() -> None:
    shop = Shop()
    old = one("1")
    shop.put(old)
    shop.answer()
    (who,) = (login for login in ("anna", "bert") if shop.holds(login))
    shop.say(who, "accept", "1")
    shop.say(who, "done", "1")
    shop.put(old)
    assert shop.asked == []
    assert shop.picture.requests == {}
    assert len(shop.written) == 0


def test_one_that_was_erased_is_gone() -> None:
    shop = Shop()
    shop.put(one("1"), one("2", 1), one("3", 2))
    del shop.store["1"], shop.store["3"]
    shop.answer()
    shop.written.seen(RequestsSeen(shop.now, tuple(shop.store.values()), True), shop.now)
    shop.collect()
    assert set(shop.picture.requests) == {"2"}


def test_reasons_add_up_and_are_told_at_the_front() -> None:
    for waited, tier, rest in ((0, None, 0), (HOUR, "A", 0), (90 * HOUR, "A", 1)):
        letter = one("1", tier=tier, within=None if rest else 4 * HOUR)
        score, reasons = scored(letter, PLANS[0], 5.0 if tier else 1.0, RECEIVED + timedelta(seconds=waited))
        assert score == round(sum(points for _, points in reasons), 4)
    assert reasons[0][0] == "waited 90.0 h, promised 20 s"
    shop = Shop()
    for login in ("anna", "bert"):
        shop.state(login, paused=True)
    shop.put(one("1"))
    first = shop.picture.requests["1"].score
    shop.tick(31)
    assert any(isinstance(fact, WrittenRanked) for fact in shop.facts)
    assert (shop.picture.requests["1"].score or 0.0) > (first or 0.0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "answer", "tick", "accept", "decline", "done", "pause", "ready", "vanish", "restart"]),
        st.integers(0, 5),
        st.sampled_from(["anna", "bert"]),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_nobody_is_offered_two_and_nothing_is_lost(steps: list[tuple[str, int, str]]) -> None:
    shop, came = Shop(), 0
    for what, n, login in steps:
        mine = [each for each in shop.holds(login).items() if each[1] not in OVER]
        match what:
            case "put":
                shop.put(one(f"r{came}", shop.now.second + n))
                came += 1
            case "answer":
                shop.answer()
            case "tick":
                shop.tick(n * 9)
            case "vanish":
                shop.tick(n * 4, here=())
            case "pause" | "ready":
                shop.state(login, paused=what == "pause")
            case "restart":
                shop.start()
            case _:
                for id, _state in mine[:1]:
                    try:
                        shop.say(login, what, id)
                    except Refused:
                        continue
        for agent in ("anna", "bert"):
            held = list(shop.holds(agent).values())
            assert held.count("offered") <= 1
            assert held.count("taken") <= 2
    for login in ("anna", "bert"):
        shop.state(login, paused=False)
    for _ in range(40):
        shop.tick(10)
        shop.answer()
        for login in ("anna", "bert"):
            for id, state in shop.holds(login).items():
                if state in ("offered", "taken"):
                    shop.say(login, "accept" if state == "offered" else "done", id)
    assert len(shop.store) == came
    assert {each.state for each in shop.store.values()} <= {"done"}
    assert all(isinstance(fact, WrittenChanged | WrittenRanked) for fact in shop.facts)
    assert shop.picture.requests == {}
