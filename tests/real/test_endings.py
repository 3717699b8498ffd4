"""The ways in which a call ends, on a real Asterisk with the shop's dialplan: what the log says afterwards.

Those that need one agent at most are in ``test_spine``. Here the shop is quick: a caller whom nobody serves hears the
word of good-bye after a second, and a phone that rings in vain is given up after three.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from config.asterisk_folder.find import Asterisk
from cti import frames
from cti.link import AsteriskAddress
from tests.cti.conformance import Peer
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, Service, configured, signed_in, until
from tests.real.test_spine import logged, nothing_is_up

QUICK = {
    "extensions.conf": {("[globals]", "HELIN_PATIENCE_ALONE"): "1", ("[globals]", "HELIN_ROUND"): "10"},
    "queues.conf": {
        ("[helin-queue](!)", "timeout"): "3",
        ("[support](helin-queue)", "strategy"): "linear",
        ("[sales](helin-queue)", "leavewhenempty"): "yes",
    },
}
SALES = "+3725550200"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, QUICK) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def helin(office: Shop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with configured(tmp_path_factory.mktemp("helin"), office.asterisk) as service:
        service.start()
        await service.until_ready()
        yield service


@pytest.fixture
async def shop(office: Shop, helin: Service) -> AsyncIterator[Shop]:
    """Nobody is logged in, no call is up, before and after."""
    yield office
    await office.asterisk.rx("channel request hangup all")
    for extension in ("1001", "1002"):
        for queue in ("support", "sales"):
            await office.log_out(extension, queue)
    await until_quiet(office)


@pytest.fixture
async def ami(office: Shop) -> AsyncIterator[Peer]:
    """A second session of Helin's account, for what a shop's other programs do."""
    at = office.asterisk
    peer = Peer(AsteriskAddress("main", "127.0.0.1", at.ports.ami, "helin", at.secret))
    await peer.link.open()
    await peer.link.booted.wait()
    yield peer
    peer.link.close("test over")


async def test_served_by_nobody(shop: Shop, helin: Service, ami: Peer) -> None:
    """Three at once: timed out in support; in sales one is withdrawn, and of the other the last agent goes away."""
    timed_out, left_alone, withdrawn = "+37255503001", "+37255503002", "+37255503003"
    await shop.log_in("1002", "sales")
    async with AsyncExitStack() as stack:
        supervisor = await stack.enter_async_context(signed_in(helin.url, "supervisor"))
        stack.enter_context(shop.phone("1002", Phone(answer_ms=None)))
        for number in (left_alone, withdrawn):
            stack.enter_context(shop.calls(Caller(number, SALES, talk_ms=None)))
            await joined(ami, number)
        stack.enter_context(shop.calls(Caller(timed_out, talk_ms=None)))
        channel = (await joined(ami, withdrawn))["Channel"]
        assert (await ami.ask("QueueWithdrawCaller", Queue="sales", Caller=channel)).ok
        await shop.log_out("1002", "sales")
        calls = await calls_of(supervisor, timed_out, left_alone, withdrawn)
        assert [(call["outcome"], call["ended_by"], call["queue"]) for call in calls] == [
            ("timed_out", "system", "support"),
            ("queue_empty", "system", "sales"),
            ("withdrawn", "system", "sales"),
        ]
        assert [(call["segments"], call["estimated"]) for call in calls] == [([], False)] * 3
        await nothing_is_up(supervisor, shop)


async def test_the_second_agent_takes_it(shop: Shop, helin: Service) -> None:
    """The first one's phone is busy; in the next call it is not answered. The one who answered has the call."""
    busy, unanswered = "+37255503011", "+37255503012"
    await shop.log_in("1001")
    await shop.log_in("1002")
    async with signed_in(helin.url, "supervisor") as supervisor:
        with shop.phone("1002"):
            for number, phone in ((busy, Phone(status="486 Busy Here")), (unanswered, Phone(answer_ms=None))):
                with shop.phone("1001", phone), shop.calls(Caller(number, talk_ms=500)):
                    await calls_of(supervisor, number)
                # Who does not take a call is paused; the other one brings them back.
                await shop.asterisk.rx("queue unpause member PJSIP/1001")
        for number, reason in ((busy, "busy"), (unanswered, "no_answer")):
            (call,) = await calls_of(supervisor, number)
            assert (call["outcome"], call["ended_by"], call["transfers"]) == ("answered", "caller", 0)
            assert [one["agent"] for one in call["segments"]] == ["agent2"]
            facts = (await supervisor.get(f"/calls/{call['id']}"))["facts"]
            missed = [(one["agent"], one["reason"]) for one in facts if one["kind"] == "AgentMissed"]
            assert set(missed) == {("agent1", reason)}


async def test_transfers(shop: Shop, helin: Service, ami: Peer) -> None:
    """Blind, then attended (the other agent is asked first): one call each, with a segment for each agent."""
    blind, attended = "+37255503021", "+37255503022"
    await shop.log_in("1001")
    async with signed_in(helin.url, "supervisor") as supervisor:
        with shop.phone("1001"), shop.phone("1002"):
            with shop.calls(Caller(blind, talk_ms=8_000)):
                await supervisor.hears("call.answered", agent="agent1")
                assert (await ami.ask("BlindTransfer", **await to_agent2(shop))).ok
                await supervisor.hears("call.answered", agent="agent2")
                await calls_of(supervisor, blind)
            with shop.calls(Caller(attended, talk_ms=14_000)):
                await supervisor.hears("call.answered", agent="agent1")
                way = await to_agent2(shop)
                assert (await ami.ask("Atxfer", **way)).ok
                await supervisor.hears("call.answered", agent="agent2")
                assert (await ami.ask("Hangup", Channel=way["Channel"], Cause="16")).ok
                await calls_of(supervisor, attended)
        for call in await calls_of(supervisor, blind, attended):
            assert (call["outcome"], call["ended_by"], call["transfers"]) == ("answered", "caller", 1)
            told = [(one["agent"], one["ended_by"], one["transferred_to"]) for one in call["segments"]]
            assert told == [("agent1", "agent", "agent2"), ("agent2", "caller", None)]
        await nothing_is_up(supervisor, shop)


async def calls_of(person: Person, *numbers: str) -> list[dict[str, Any]]:
    """The one closed call of each number."""
    found = [await logged(person, number=number) for number in numbers]
    assert [len(each) for each in found] == [1] * len(numbers)
    return [each[0] for each in found]


async def joined(ami: Peer, number: str) -> dict[str, str]:
    """The event of this caller's coming into a queue."""

    def seen() -> list[dict[str, str]]:
        joins = [each for each in ami.ear.messages if frames.name_of(each) == b"QueueCallerJoin"]
        return [each for each in map(frames.parse, joins) if each["CallerIDNum"] == number]

    await until(seen, f"{number} waits in a queue")
    return seen()[0]


async def to_agent2(shop: Shop) -> dict[str, str]:
    """Where a transfer of agent1's caller begins and goes."""
    lines = (await shop.asterisk.rx("core show channels concise")).splitlines()
    (channel,) = [name for name in (line.partition("!")[0] for line in lines) if name.startswith("PJSIP/1001-")]
    return {"Channel": channel, "Context": "agents", "Exten": "1002"}


async def until_quiet(shop: Shop) -> None:
    async with asyncio.timeout(30):
        while "0 active channels" not in await shop.asterisk.rx("core show channels count"):
            await asyncio.sleep(0.1)
