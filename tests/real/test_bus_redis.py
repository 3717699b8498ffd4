"""The bus over a real Redis: the suite of all buses, and what Redis may do to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent_ui.bus import redis_link, redis_streams
from agent_ui.bus.port import Bus, Notice
from agent_ui.bus.redis_streams import RedisBus
from agent_ui.follow import Follower, OtherFact
from routing.facts import CallFact
from routing.story import Call
from tests.agent_ui.bus_suite import BusSuite, Engine, Joined, command, facts_of, joined, until
from tests.real.redis_server import RedisServer, redis_server

__all__ = ["joined", "redis_server"]


@pytest.fixture
def bus(redis_server: RedisServer) -> Bus:
    return RedisBus(redis_server.url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code with shorter patience, so that a test of a hung Redis takes seconds."""
    monkeypatch.setattr(redis_link, "HUNG_AFTER", 0.5)
    monkeypatch.setattr(redis_link, "BACK_OFF", (0.05, 0.2))
    monkeypatch.setattr(redis_streams, "PICTURE_WITHIN", 1.0)


class TestRedis(BusSuite):
    """The same promises."""


class Screen:
    """A watcher that counts."""

    def __init__(self) -> None:
        self.alive: dict[str, bool] = {}
        self.renewals = 0

    def call_changed(self, fact: CallFact, before: Call | None, after: Call | None) -> None: ...

    def changed(self, fact: OtherFact) -> None: ...

    def renewed(self) -> None:
        self.renewals += 1

    def engine_seen(self, engine: str, alive: bool) -> None:
        self.alive[engine] = alive

    def noticed(self, notice: Notice) -> None: ...


@asynccontextmanager
async def following(bus: Bus) -> AsyncIterator[tuple[Follower, Screen]]:
    screen = Screen()
    follower = Follower(bus.web(("main",)), ("main",), screen)
    async with follower.running():
        await until(lambda: not follower.away())
        yield follower, screen


async def test_the_copy_is_true_again_after_redis_was_down(redis_server: RedisServer, bus: Bus, joined: Joined) -> None:
    desk, end = await joined.engine()
    async with following(bus) as (follower, _):
        desk.publish(end, facts_of("s1", 100))
        await until(lambda: follower.picture == desk.board)
        redis_server.stop()
        desk.publish(end, facts_of("s1", 100, first=101))
        await until(lambda: bus.trouble)
        assert (await follower._bus.ask("main", command("ready"), 1)).code == "not_ready"
        redis_server.start()
        desk.publish(end, facts_of("s1", 100, first=201))
        await until(lambda: follower.picture == desk.board)
        await until(lambda: not bus.trouble)
        assert (await follower._bus.ask("main", command("ready", "c2"), 2)).ok


async def test_the_copy_is_true_again_after_redis_hung(redis_server: RedisServer, bus: Bus, joined: Joined) -> None:
    desk, end = await joined.engine()
    async with following(bus) as (follower, screen):
        redis_server.hang()
        for first in range(1, 1_000, 100):
            desk.publish(end, facts_of("s1", 100, first=first))
            await asyncio.sleep(0.1)
        await until(lambda: bus.trouble)
        await until(lambda: screen.alive == {"main": False})
        redis_server.wake()
        await until(lambda: follower.picture == desk.board)


async def test_a_command_that_hung_in_redis_is_not_begun_after_its_time(
    redis_server: RedisServer, bus: Bus, joined: Joined
) -> None:
    desk, _ = await joined.engine()
    node = await joined.node()
    redis_server.hang()
    assert (await node.end.ask("main", command("ready"), 1.0)).code == "no_answer"
    redis_server.wake()
    await until(lambda: not bus.trouble)
    await until(lambda: node.beats.clear() or True)
    await until(lambda: len(node.beats) > 2)
    assert desk.begun == []
    assert (await node.end.ask("main", command("ready", "c2"), 2)).ok


@pytest.mark.parametrize("fault", ["FLUSHALL", "CLIENT KILL TYPE normal", "DEL helin:facts:main"])
async def test_the_copy_stays_true_when_redis_forgets_or_cuts_off(
    redis_server: RedisServer, bus: Bus, joined: Joined, fault: str
) -> None:
    desk, end = await joined.engine()
    async with following(bus) as (follower, _):
        for first in range(1, 400, 20):
            desk.publish(end, facts_of("s1", 20, first=first))
            if first == 201:
                await redis_server.say(*fault.split())
            await asyncio.sleep(0.005)
        await until(lambda: follower.picture == desk.board)
        assert (await follower._bus.ask("main", command("ready"), 2)).ok


async def test_a_restarted_engine_is_taken_over_with_its_new_stream(bus: Bus) -> None:
    async with following_a_first_run(bus) as (follower, screen):
        before = screen.renewals
        desk, end = Engine(), bus.engine("main")
        async with end.serve(desk):
            desk.publish(end, facts_of("s2", 5))
            await until(lambda: follower.picture.calls == desk.board.calls)
            assert screen.renewals > before


@asynccontextmanager
async def following_a_first_run(bus: Bus) -> AsyncIterator[tuple[Follower, Screen]]:
    desk, end = Engine(), bus.engine("main")
    screen = Screen()
    follower = Follower(bus.web(("main",)), ("main",), screen)
    async with follower.running():
        async with end.serve(desk):
            desk.publish(end, facts_of("s1", 50))
            await until(lambda: follower.picture == desk.board)
        yield follower, screen


async def test_with_redis_away_from_the_start_nothing_fails_and_all_comes_later(
    redis_server: RedisServer, bus: Bus, joined: Joined
) -> None:
    redis_server.stop()
    desk, end = await joined.engine()
    node = await joined.node(beaten=False)
    desk.publish(end, facts_of("s1", 30))
    await until(lambda: bus.trouble)
    redis_server.start()
    await until(lambda: ("main", "s1", 30) in node.beats)


async def test_what_stays_in_redis_is_bounded(redis_server: RedisServer, joined: Joined) -> None:
    desk, end = await joined.engine()
    await joined.node()
    for first in range(1, 30_001, 1):
        desk.publish(end, facts_of("s1", 1, first=first))
        if first % 500 == 0:
            await asyncio.sleep(0.001)
    await until(lambda: not end._waiting)  # type: ignore[attr-defined]
    assert int((await redis_server.say("XLEN", "helin:facts:main")).lstrip(":")) < 2 * redis_streams.FACTS_KEPT
