"""The stand-in passes the conformance suite, and its world says what the tapes it plays say."""

from __future__ import annotations

import asyncio

import pytest

from cti.frames import value_of
from cti.recorded import RecordedAsterisk, perform
from cti.tape import Renumber, read_tape
from tests.cti import conformance
from tests.cti.conftest import CAPTURES, account, address_of, linked, until


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
async def test_conformance(asterisk: RecordedAsterisk, check: conformance.Check) -> None:
    asterisk.accounts["helin"] = account(conformance.READ, conformance.WRITE)
    await conformance.run(check, address_of(asterisk))


@pytest.mark.parametrize("name", sorted(path.stem for path in CAPTURES.glob("queue_*.txt")))
async def test_a_tape_that_ends_leaves_no_channel(asterisk: RecordedAsterisk, name: str) -> None:
    tape = read_tape(CAPTURES / f"{name}.txt")
    await asterisk.play(tape)
    assert asterisk.world.channels == {}
    assert asterisk.world.waiting == {}


async def test_its_lists_follow_the_tape(asterisk: RecordedAsterisk) -> None:
    tape = read_tape(CAPTURES / "queue_answered_caller_hangup.txt")
    asterisk.world.seed(message for _, message in tape.events)
    joined = next(i for i, (_, each) in enumerate(tape.events) if each.startswith(b"Event: QueueCallerJoin"))
    for _, message in tape.events[: joined + 1]:
        asterisk.tell(message)
    async with linked(asterisk) as (link, _):
        status = (await link.ask([("Action", "QueueStatus")])).items
        assert [item["Queue"] for item in status if item["Event"] == "QueueEntry"] == ["support"]
        assert [item["Location"] for item in status if item["Event"] == "QueueMember"] == ["PJSIP/1001"]
        channels = (await link.ask([("Action", "CoreShowChannels")])).items
        assert [item["Application"] for item in channels[:1]] == ["Queue"]


async def test_a_tape_played_twice_is_two_calls_now(asterisk: RecordedAsterisk) -> None:
    tape = read_tape(CAPTURES / "queue_abandoned_no_agent.txt")
    async with linked(asterisk) as (_, ear):
        for run in (1, 2):
            await asterisk.play(tape, change=Renumber(run, 1795500000, {b"+3725550011": b"+3725559999"}))
        await until(lambda: sum(each.startswith(b"Event: Hangup\r") for each in ear.messages) == 2)
        ids = {value_of(each, b"Uniqueid") for each in ear.messages} - {None}
        assert len(ids) == 2
        assert not any(b"+3725550011" in each for each in ear.messages)
        assert value_of(ear.messages[0], b"Timestamp") > b"1.7"


async def test_speed(asterisk: RecordedAsterisk) -> None:
    tape = read_tape(CAPTURES / "queue_abandoned_no_agent.txt")
    before = asyncio.get_running_loop().time()
    await asterisk.play(tape, speed=tape.seconds / 0.3)
    assert 0.25 < asyncio.get_running_loop().time() - before < 2


async def test_a_call_that_is_hung_up_plays_no_further(asterisk: RecordedAsterisk) -> None:
    tape = read_tape(CAPTURES / "queue_answered_caller_hangup.txt")
    async with linked(asterisk) as (link, ear):
        playing = asyncio.ensure_future(asterisk.play(tape, speed=20))
        await until(lambda: asterisk.world.waiting)
        channel = next(iter(asterisk.world.channels))
        assert (await link.ask([("Action", "Hangup"), ("Channel", channel)])).ok
        await playing
        assert asterisk.world.channels == {}
        assert not any(each.startswith(b"Event: AgentConnect") for each in ear.messages)


async def test_it_performs_call_after_call_from_caller_after_caller(asterisk: RecordedAsterisk) -> None:
    tape = read_tape(CAPTURES / "queue_abandoned_no_agent.txt")
    async with linked(asterisk) as (_, ear):
        task = asyncio.ensure_future(perform(asterisk, [tape], [b"+37255501", b"+37255502"], every=0.1))

        def began() -> list[bytes | None]:
            return [value_of(each, b"CallerIDNum") for each in ear.messages if each.startswith(b"Event: Newchannel")]

        await until(lambda: len(began()) == 3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert began() == [b"+37255502", b"+37255501", b"+37255502"]
    assert len(asterisk.world.channels) == 3
