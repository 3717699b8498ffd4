"""The follower alone: when it believes a fact, when it asks for a fresh picture, and what it passes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_ui import follow
from agent_ui.bus.in_process import InProcessBus
from agent_ui.bus.port import EngineBus, Notice
from agent_ui.follow import Follower, OtherFact
from routing.facts import CallFact
from routing.story import Call
from tests.agent_ui.bus_suite import Engine, facts_of, until


class Screen:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.alive: list[bool] = []
        self.renewals = 0

    def call_changed(self, fact: CallFact, before: Call | None, after: Call | None) -> None:
        assert after is not None
        assert (before is None) == (after.version == 1)
        self.told.append(f"{type(fact).__name__} {fact.call}")

    def changed(self, fact: OtherFact) -> None:
        self.told.append(type(fact).__name__)

    def renewed(self) -> None:
        self.renewals += 1

    def engine_seen(self, engine: str, alive: bool) -> None:
        self.alive.append(alive)

    def noticed(self, notice: Notice) -> None: ...


class World:
    def __init__(self) -> None:
        self.bus = InProcessBus()
        self.desk, self.screen = Engine(), Screen()
        self.end: EngineBus = self.bus.engine("main")
        self.follower = Follower(self.bus.web(("main",)), ("main",), self.screen)

    async def true(self) -> None:
        await until(lambda: not self.follower.away())


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    async with made.end.serve(made.desk), made.follower.running():
        await made.true()
        yield made


async def test_facts_are_passed_on_at_once_and_once(world: World) -> None:
    facts = facts_of("s1", 5)
    world.desk.publish(world.end, facts)
    world.end.publish(facts[2:])
    assert world.screen.told == [
        "LinkChanged", "CallArrived main-s1-1", "CallQueued main-s1-1", "CallArrived main-s1-2", "CallQueued main-s1-2",
    ]  # fmt: skip
    assert world.follower.picture == world.desk.board


async def test_a_fact_left_out_is_made_good_by_a_fresh_picture(world: World) -> None:
    facts = facts_of("s1", 40)
    world.desk.publish(world.end, facts[:10])
    for recorded in facts[10:20]:
        world.desk.board.apply(recorded)
    world.desk.publish(world.end, facts[20:30])
    assert world.follower.away() == ["main"]
    world.desk.publish(world.end, facts[30:])
    await world.true()
    assert world.follower.picture == world.desk.board
    assert world.screen.renewals == 2


async def test_a_lost_last_fact_is_found_by_the_beat(world: World) -> None:
    facts = facts_of("s1", 6)
    world.desk.publish(world.end, facts[:5])
    world.desk.board.apply(facts[5])
    world.follower.beat("main", "s1", 5)
    assert world.follower.away() == []
    world.follower.beat("main", "s1", 6)
    await world.true()
    assert world.follower.picture == world.desk.board


async def test_an_engine_that_had_calls_before_we_came_shows_them(world: World) -> None:
    late = Screen()
    world.desk.publish(world.end, facts_of("s1", 9))
    follower = Follower(world.bus.web(("main",)), ("main",), late)
    async with follower.running():
        await until(lambda: not follower.away())
        assert follower.picture == world.desk.board
        assert (late.told, late.renewals) == ([], 1)


async def test_a_silent_engine_is_away_and_comes_back_with_a_fresh_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "SILENT_AFTER", 0.05)
    world = World()
    async with world.follower.running():
        async with world.end.serve(world.desk):
            await world.true()
        await until(lambda: world.screen.alive == [True, False])
        assert world.follower.away() == ["main"]
        async with world.end.serve(world.desk):
            world.follower.beat("main", "", 0)
            await world.true()
    assert world.screen.alive[:3] == [True, False, True]


async def test_while_the_picture_cannot_be_had_it_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "TRY_AGAIN", 0.01)
    world = World()
    async with world.follower.running():
        world.follower.beat("main", "s1", 1)
        await asyncio.sleep(0.05)
        assert world.follower.away() == ["main"]
        async with world.end.serve(world.desk):
            await world.true()
