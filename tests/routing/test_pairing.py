"""Levels, requirements that relax, holding for an agent, rejections, room: each by itself, and all by chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from routing.levels import Scale
from routing.pairing import Need, Pairing
from routing.requests import Class, Idle, Requests, Skills, Waiting
from routing.worth import Promise, Rule, due_from
from tests.routing.loads import Loads

VALUES = {"A": 5.0, "B": 2.0, "C": 1.0}
X, Y = frozenset("x"), frozenset("y")
levels = some.dictionaries(some.sampled_from("xyz"), some.integers(0, 5), max_size=3)
rules = some.sampled_from(["cost", "misses"])


@given(some.lists(levels, min_size=1, max_size=4), levels, some.sets(some.sampled_from("xyz")))
def test_an_agent_s_set_holds_exactly_what_the_agent_can(
    needs: list[dict[str, int]], has: dict[str, int], weighted: set[str]
) -> None:
    scale = Scale(needs, weighted)
    for need in needs:
        can = all(has.get(name, 0) >= level for name, level in need.items())
        assert (scale.asks(need) <= scale.has(has)) == can


def test_agents_who_differ_in_nothing_that_is_asked_are_one_group() -> None:
    scale = Scale([{"x": 3}])
    assert scale.has({"x": 3, "y": 1}) == scale.has({"x": 5, "y": 4})
    assert scale.has({"x": 2}) != scale.has({"x": 3})
    assert Scale([{"x": 3}], ["x"]).has({"x": 3}) != Scale([{"x": 3}], ["x"]).has({"x": 5})


def relaxing() -> Requests:
    """Both skills are asked for, from 30 s on x alone, from 60 s on nothing."""
    return Requests({"q": Promise(20, 300)}, VALUES, {"q": ((30, X), (60, frozenset()))})


@pytest.mark.parametrize(("skills", "waited", "served"), [
    (X | Y, 0, True), (X, 29, False), (X, 30, True), (Y, 30, False), (Y, 59, False), (Y, 60, True),
])  # fmt: skip
def test_what_is_asked_for_becomes_less_by_steps(skills: Skills, waited: float, served: bool) -> None:
    requests = relaxing()
    requests.put(Waiting("old", Class("q", "A", X | Y), 0), 0)
    requests.put(Waiting("new", Class("q", "A", X | Y), 60), 60)
    taken = requests.take_for(skills, waited)
    assert (taken is not None) == served
    assert taken is None or taken.id == "old"


def test_a_level_above_the_least_counts_like_idleness_where_the_queue_weighs_it() -> None:
    need, scale = {"billing": 2}, Scale([{"billing": 2}], ["billing"])
    asked = scale.asks(need)
    for weight, first in ((10.0, "long"), (20.0, "able")):
        idle = Idle([])
        idle.add("long", scale.has({"billing": 2}), 0.0)
        idle.add("able", scale.has({"billing": 5}), 40.0)
        idle.add("unable", scale.has({"billing": 1}), 0.0)
        pairing = Pairing(Requests({}, VALUES), idle, scale, {"q": Need(need, {"billing": weight})})
        pair = pairing.agent_for(Waiting("1", Class("q", "A", asked), 100), 100.0)
        assert pair is not None
        assert pair.agent == first
        assert sum(points for _, points in pair.reasons) == pair.score
        assert (first != "able") or ("billing 5, asked 2", 60.0) in pair.reasons


def test_who_waits_for_an_agent_is_nobody_else_s_until_the_time_is_over() -> None:
    requests = Requests({"q": Promise(20, 300)}, VALUES)
    request = Waiting("1", Class("q", "A", X), 0)
    assert requests.hold(request, "mari", 20, 0)
    assert requests.pace(X).waiting == 1
    assert requests.take_for(X, 19, "jaan") is None
    assert requests.best_for(X, 19, "mari") is request
    assert requests.take_for(X, 20, "jaan") is request
    assert requests.take_for(X, 20, "mari") is None


def test_nobody_waits_for_an_agent_who_went_nor_in_a_long_line_for_one_nor_when_due() -> None:
    requests = Requests({"q": Promise(20, 100)}, VALUES)
    waiting = [Waiting(f"{n}", Class("q", "A", X), n) for n in range(4)]
    assert [requests.hold(one, "mari", 500, 3) for one in waiting] == [True, True, True, False]
    assert requests.take_for(X, 4, "jaan") is waiting[3]
    assert requests.take_for(X, 91, "jaan") is waiting[0], "nine tenths of the longest wait"
    requests.gone("mari")
    assert requests.take_for(X, 91, "jaan") is waiting[1]
    requests.left(waiting[2])
    assert requests.pace(X).waiting == 0
    assert requests.take_for(X, 91, "mari") is None


def test_who_rejected_it_is_not_offered_it_again_at_once() -> None:
    for rule in ("cost", "misses"):
        requests = Requests({"q": Promise(20, 300, rule)}, VALUES)  # type: ignore[arg-type]
        first, second = Waiting("1", Class("q", "A", X), 0), Waiting("2", Class("q", "A", X), 1)
        requests.put(first, 0)
        requests.put(second, 1)
        assert requests.take_for(X, 5, "mari") is first
        requests.refused(first, "mari", 5)
        assert requests.best_for(X, 6, "mari") is second
        assert requests.best_for(X, 6, "jaan") is first
        assert requests.best_for(X, 36, "mari") is first


def test_who_is_due_is_offered_even_to_who_has_just_rejected_it() -> None:
    for now, who in ((70.0, []), (75.0, ["a0"])):
        room = Room([{"x": 1}], "cost")
        room.came("1", "easy", "C", "call", 0.0, None)
        room.requests.refused(taken_by(room, 69.0), "a0", 69.0)
        assert [one.id for one in [room.requests.best_for(X, now, "a0")] if one is not None] == (["1"] if who else [])
        assert [agent for _, agent in room.tick(now)] == who


def taken_by(room: Room, now: float) -> Waiting:
    taken = room.requests.take_for(X, now, "a0")
    assert taken is not None
    return taken


def test_an_agent_who_cannot_do_it_does_not_get_what_was_held_for_them() -> None:
    requests = Requests({"q": Promise(20, 300)}, VALUES)
    requests.hold(Waiting("1", Class("q", "A", X), 0), "mari", 20, 0)
    assert requests.best_for(Y, 1, "mari") is None


def test_there_is_room_for_one_call_and_so_many_written_requests() -> None:
    loads = Loads({"mari": 2})
    assert loads.room("jaan") == ("call",)
    for n in ("1", "2"):
        assert loads.reserve("mari", n, "written")
        assert loads.room("mari") == (), "one offer at a time"
        assert not loads.reserve("mari", "9", "call")
        loads.accepted("mari", n)
    assert loads.room("mari") == ("call",)
    assert loads.reserve("mari", "3", "call")
    loads.accepted("mari", "3")
    assert loads.room("mari") == ()
    loads.over("mari", "1")
    assert loads.room("mari") == (), "who talks writes nothing new"
    loads.over("mari", "3")
    assert loads.room("mari") == ("call", "written")


# -- all at once -------------------------------------------------------------------------------------------------------

NEEDS = {"easy": {"x": 1}, "hard": {"x": 3, "y": 1}, "weighed": {"y": 2}}
WEIGHTS = {"weighed": {"y": 15.0}}
RELAX = {"hard": ((25.0, {"x": 1}),)}
MAX_WAIT = 80.0
staff = some.lists(levels, min_size=1, max_size=5)
acts = some.lists(
    some.tuples(
        some.sampled_from(["came", "came", "came", "written", "done", "done", "reject", "left", "pause", "back"]),
        some.sampled_from(sorted(NEEDS)), some.sampled_from("ABC"), some.integers(0, 12), some.integers(0, 4),
    ),
    max_size=60,
)  # fmt: skip


class Room:
    """A small centre: whatever becomes possible is paired at the end of each tick."""

    def __init__(self, people: Sequence[dict[str, int]], rule: Rule) -> None:
        needs = {name: Need(need, WEIGHTS.get(name, {})) for name, need in NEEDS.items()}
        steps = [skills for each in RELAX.values() for _, skills in each]
        self.scale = Scale([*NEEDS.values(), *steps], ["y"])
        relax = {name: tuple((after, self.scale.asks(need)) for after, need in each) for name, each in RELAX.items()}
        self.promises = {name: Promise(10, MAX_WAIT, rule) for name in NEEDS}
        self.requests = Requests(self.promises, VALUES, relax)
        self.skills = {f"a{n}": self.scale.has(one) for n, one in enumerate(people)}
        self.idle = {channel: Idle(self.skills.values()) for channel in ("call", "written")}
        self.pairing = {each: Pairing(self.requests, idle, self.scale, needs) for each, idle in self.idle.items()}
        self.loads = Loads(dict.fromkeys(self.skills, 2))
        self.waiting: dict[str, Waiting] = {}
        self.served: dict[str, str] = {}
        self.paused: set[str] = set()
        self.free_since = dict.fromkeys(self.skills, 0.0)

    def seat(self, agent: str) -> None:
        for channel, idle in self.idle.items():
            fits = channel in self.loads.room(agent) and agent not in self.paused
            if fits != (agent in idle):
                idle.add(agent, self.skills[agent], self.free_since[agent]) if fits else idle.remove(agent)

    def came(
        self, id_: str, queue: str, tier: str, channel: str, now: float, wants: str | None, age: float = 0.0
    ) -> None:
        request = Waiting(id_, Class(queue, tier, self.scale.asks(NEEDS[queue]), channel), now - age)
        self.waiting[id_] = request
        self.idle[channel].asked_for(request.of.skills)
        if wants is not None and wants in self.skills and request.of.skills <= self.skills[wants]:
            self.requests.hold(request, wants, 20, now)
        else:
            self.requests.put(request, now)

    def over(self, id_: str, now: float) -> str:
        agent = self.served.pop(id_)
        self.loads.over(agent, id_)
        self.free_since[agent] = now
        return agent

    def tick(self, now: float) -> list[tuple[str, str]]:
        for agent in self.skills:
            self.seat(agent)
        pairs = []
        for channel in ("call", "written"):
            for pair in self.pairing[channel].pairs(now, channel):
                assert self.loads.reserve(pair.agent, pair.request.id, channel), "booked twice"
                self.loads.accepted(pair.agent, pair.request.id)
                assert self.requests.asks(pair.request, now) <= self.skills[pair.agent]
                assert sum(points for _, points in pair.reasons) == pytest.approx(pair.score)
                self.served[pair.request.id] = pair.agent
                pairs.append((pair.request.id, pair.agent))
            for agent in self.skills:
                self.seat(agent)
        return pairs

    def starving(self, now: float) -> list[str]:
        """Who is due although somebody free could serve them."""
        return [
            one.id
            for one in self.waiting.values()
            if one.waits
            and now - one.since >= due_from(self.promises[one.of.queue], self.requests.pace(one.of.skills))
            and any(self.requests.asks(one, now) <= group for group in self.idle[one.of.channel].groups())
        ]


def play(people: Sequence[dict[str, int]], rule: Rule, told: Sequence[tuple[str, str, str, int, int]]) -> None:
    room, now = Room(people, rule), 0.0
    room.tick(now)
    for n, (what, queue, tier, seconds, which) in enumerate(told):
        now += seconds
        agent = f"a{which % len(people)}"
        if what in ("came", "written"):
            wants = agent if which % 2 and agent not in room.idle["call"] else None
            room.came(f"{n}", queue, tier, "call" if what == "came" else "written", now, wants)
        elif what in ("done", "reject") and room.served:
            id_ = sorted(room.served)[which % len(room.served)]
            by = room.over(id_, now)
            if what == "reject":
                room.requests.refused(room.waiting[id_], by, now)
        elif what == "left":
            for one in [each for each in room.waiting.values() if each.waits][:1]:
                room.requests.left(one)
        elif what == "pause":
            room.paused.add(agent)
            room.requests.gone(agent)
        elif what == "back":
            room.paused.discard(agent)
        room.tick(now)
        assert room.starving(now) == []


@settings(deadline=None, max_examples=150)
@given(staff, rules, acts)
def test_nobody_is_booked_twice_and_nobody_who_is_due_waits_for_a_free_agent(
    people: list[dict[str, int]], rule: Rule, told: list[tuple[str, str, str, int, int]]
) -> None:
    play(people, rule, told)


arrivals = some.lists(
    some.tuples(some.sampled_from(sorted(NEEDS)), some.sampled_from("ABC"), some.integers(0, 90)), max_size=10
)


@settings(deadline=None)
@given(staff, rules, arrivals, some.integers(0, 2**32))
def test_inside_a_tick_it_does_not_matter_what_is_told_first(
    people: list[dict[str, int]], rule: Rule, told: list[tuple[str, str, int]], seed: int
) -> None:
    found = []
    for shuffled in (False, True):
        room, dice = Room(people, rule), random.Random(seed)
        news = [("came", n) for n in range(len(told))] + [("free", n) for n in range(len(people))]
        if shuffled:
            dice.shuffle(news)
        for what, n in news:
            if what == "came":
                queue, tier, age = told[n]
                room.came(f"{n}", queue, tier, "call", 100.0, None, age)
            else:
                room.seat(f"a{n}")
        found.append(room.tick(100.0))
    assert found[0] == found[1]


@settings(deadline=None)
@given(some.lists(some.integers(0, 40), min_size=2, max_size=8), rules)
def test_in_a_tick_the_more_urgent_is_paired_first(ages: list[int], rule: Rule) -> None:
    room = Room([{"x": 1}] * 8, rule)
    for n, age in enumerate(ages):
        room.came(f"{n}", "easy", "C", "call", 50.0, None, age)
    served = [room.waiting[id_].since for id_, _ in room.tick(50.0)]
    late = [since for since in served if 50 - since >= 10]
    assert late == sorted(late)
    assert len(served) == len(ages)
    assert all(before <= after for before, after in pairwise(late))
