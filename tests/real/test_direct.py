"""Mode *direct* on a real Asterisk: Helin picks the agent, app_queue takes over when Helin is gone."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.asterisk_folder.find import Asterisk
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import PEOPLE, QUEUES, Person, Service, configured, signed_in
from tests.real.test_dialplan import until
from tests.real.test_spine import NUMBER, logged, nothing_is_up

DID = "+3725550300"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OVERFLOW = """
[[calendars]]
name = "office"
time_zone = "Europe/Tallinn"
queues = ["support"]
overflow_queue = "sales"
overflow_after_seconds = 4
[calendars.hours]
"""
OVERFLOW += "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)
QUICK = {"extensions.conf": {("[globals]", "HELIN_HOLD"): "8", ("[globals]", "HELIN_RING"): "3"}}


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, QUICK) as running:
        yield running


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    async with configured(tmp_path, shop.asterisk) as service:
        (tmp_path / "direct.toml").write_text(PEOPLE + QUEUES.replace('"assist"', '"direct"'))
        done = service.run("apply", str(tmp_path / "direct.toml"))
        assert done.returncode == 0, done.stderr
        service.start()
        await service.until_ready()
        yield service


async def line(person: Person, count: int, seconds: float = 40) -> list[dict[str, Any]]:
    """Who waits in the queue, once they are so many."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        items: list[dict[str, Any]] = (await person.get("/queues/support/waiting"))["items"]
        if len(items) == count:
            return items
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(items)} wait, not {count}")


async def in_the_hold(shop: Shop, count: int, seconds: float = 40) -> None:
    """Waits until so many are in the bridge; who has gone on into the plain queue is fetched back."""
    deadline = time.monotonic() + seconds
    while (await shop.asterisk.rx("core show channels concise")).count("!BridgeWait!") != count:
        assert time.monotonic() < deadline, "not all are held"
        await asyncio.sleep(0.1)


def kill(helin: Service) -> None:
    os.kill(helin.processes[-1].pid, signal.SIGKILL)
    helin.processes[-1].wait()


async def test_whom_one_agent_lets_ring_the_next_one_gets(shop: Shop, helin: Service) -> None:
    """The caller keeps place and age; the log has one call with one wait."""
    async with AsyncExitStack() as people:
        slow, quick, supervisor = [
            await people.enter_async_context(signed_in(helin.url, login))
            for login in ("agent1", "agent2", "supervisor")
        ]
        await slow.did("log_in", queues="support")
        with (
            shop.phone("1001", Phone(answer_ms=None)) as silent,
            shop.phone("1002", Phone(answer_ms=300, bye_ms=1500)),
            shop.calls(Caller(number=NUMBER, to=DID, talk_ms=None)),
        ):
            rings = await slow.hears("call.ringing")
            assert (rings["call"]["number"], rings["call"]["queue"]) == (NUMBER, "support")
            assert rings["call"]["reasons"]
            await slow.hears("call.missed")
            await silent.noted("cancelled")
            (waits,) = await line(supervisor, 1)
            assert waits["position"] == 1
            await quick.did("log_in", queues="support")
            await quick.hears("call.answered")
            (call,) = await logged(supervisor)
        assert (call["outcome"], call["ended_by"], call["queue"]) == ("answered", "agent", "support")
        assert [each["agent"] for each in call["segments"]] == ["agent2"]
        assert call["waited_seconds"] > 2.5
        assert call["estimated"] is False
        await nothing_is_up(supervisor, shop)
    rows = [row[3:] for row in shop.asterisk.queue_log() if row[2] == "support" and row[1] != "MANAGER"]
    events = ["ENTERQUEUE", "RINGNOANSWER", "CONNECT", "COMPLETEAGENT"]
    assert [row for row in rows if row[1] in events] == [
        ["NONE", "ENTERQUEUE", "", NUMBER, "1"],
        ["PJSIP/1001", "RINGNOANSWER", rows[-3][2]],
        ["PJSIP/1002", "CONNECT", *rows[-2][2:]],
        ["PJSIP/1002", "COMPLETEAGENT", *rows[-1][2:]],
    ]
    assert 2500 < int(rows[-3][2]) < 10_000
    assert 1 <= int(rows[-1][3]) <= 10, "talked"


async def test_a_caller_waits_for_their_own_agent(shop: Shop, helin: Service) -> None:
    """Though somebody else is free; the supervisor reads why."""
    rule = QUEUES.replace('"assist"', '"direct"\nlast_agent_seconds = 120')
    (helin.folder / "kept.toml").write_text(PEOPLE + rule)
    done = helin.run("apply", str(helin.folder / "kept.toml"))
    assert done.returncode == 0, done.stderr
    async with AsyncExitStack() as people:
        own, other, supervisor = [
            await people.enter_async_context(signed_in(helin.url, login))
            for login in ("agent1", "agent2", "supervisor")
        ]
        await supervisor.post("/contacts", {"name": "Mari", "numbers": [NUMBER], "preferred_agent": "agent1"})
        await own.did("log_in", queues="support")
        with (
            shop.phone("1001"),
            shop.phone("1002"),
            shop.calls(Caller(number="+37255509999", to=DID, talk_ms=None)),
        ):
            busy_with = (await own.hears("call.answered"))["call"]["id"]
            await other.did("log_in", queues="support")
            with shop.calls(Caller(number=NUMBER, to=DID, talk_ms=1000)) as caller:
                (waits,) = await line(supervisor, 1)
                assert waits["reasons"][-1]["reason"] == "kept a while for agent1, their own agent"
                await own.did("hang_up", call=busy_with)
                await caller.done()
            calls = {each["number"]: each for each in await logged(supervisor, 2)}
        assert [each["agent"] for each in calls[NUMBER]["segments"]] == ["agent1"]


async def test_a_held_caller_goes_where_the_calendar_says(shop: Shop, helin: Service) -> None:
    """It closes while they wait: told after the minutes of grace. Overflow: to the other queue, where Helin picks."""
    async with AsyncExitStack() as people:
        away, other, supervisor = [
            await people.enter_async_context(signed_in(helin.url, login))
            for login in ("agent1", "agent2", "supervisor")
        ]
        await away.did("log_in", queues="support")
        await away.did("pause", reason="lunch")
        with shop.calls(Caller(number=NUMBER, to=DID, talk_ms=None)) as caller:
            await in_the_hold(shop, 1)
            # As the calendar would have written it when they came.
            channel = re.search(r"PJSIP/trunk-\w+", await shop.asterisk.rx("core show channels concise"))
            assert channel is not None
            await shop.asterisk.rx(f"dialplan set chanvar {channel[0]} HELIN_DEADLINE {int(time.time())}")
            assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
        (call,) = await logged(supervisor)
        assert (call["outcome"], call["ended_by"]) == ("timed_out", "system"), "the caller did not give up"

        (helin.folder / "overflow.toml").write_text(OVERFLOW)
        done = helin.run("apply", str(helin.folder / "overflow.toml"))
        assert done.returncode == 0, done.stderr
        await until(lambda: _rule_is_written(shop))
        await other.did("log_in", queues="sales")
        with (
            shop.phone("1002", Phone(answer_ms=300, bye_ms=1000)),
            shop.calls(Caller(number=NUMBER, to=DID, talk_ms=None)) as caller,
        ):
            await other.hears("call.answered")
            await caller.done()
        (call, _) = await logged(supervisor, 2)
        file = await supervisor.get(f"/calls/{call['id']}")
    waits = [(each["kind"], each["queue"], each.get("reason")) for each in map(_flat, file["facts"]) if "queue" in each]
    assert waits == [
        ("CallQueued", "support", None),
        ("CallUnqueued", "support", "timed_out"),
        ("CallQueued", "sales", None),
        ("CallUnqueued", "sales", "answered"),
    ]
    assert [each["agent"] for each in call["segments"]] == ["agent2"]
    assert call["waited_seconds"] > 3
    logs = [row[2:5] for row in shop.asterisk.queue_log() if row[4] in ("ENTERQUEUE", "EXITWITHTIMEOUT", "CONNECT")]
    assert logs[-4:] == [
        ["support", "NONE", "ENTERQUEUE"],
        ["support", "NONE", "EXITWITHTIMEOUT"],
        ["sales", "NONE", "ENTERQUEUE"],
        ["sales", "PJSIP/1002", "CONNECT"],
    ]


async def _rule_is_written(shop: Shop) -> bool:
    return ":sales:4" in await shop.asterisk.rx("dialplan show globals")


def _flat(fact: dict[str, Any]) -> dict[str, Any]:
    return {**fact, **fact.get("body", {})}


async def test_when_helin_is_killed_the_plain_queue_serves_who_waits(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as supervisor:
        await agent.did("log_in", queues="support")
        await agent.did("pause", reason="lunch")
        with shop.calls(Caller(number=NUMBER, to=DID, talk_ms=60_000)) as caller:
            (waits,) = await line(supervisor, 1)
            kill(helin)
            await shop.asterisk.rx("queue unpause member PJSIP/1001")
            with shop.phone("1001", Phone(answer_ms=200, bye_ms=1000)) as phone:
                await phone.noted("said_bye")
                await caller.done()
    helin.start()
    await helin.until_ready()
    async with signed_in(helin.url, "supervisor") as supervisor:
        (call,) = await logged(supervisor)
        assert (call["id"], call["estimated"]) == (waits["call"], True)


async def test_helin_finds_who_waits_with_their_age(shop: Shop, helin: Service) -> None:
    """Also a caller who came while it was away."""
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as supervisor:
        await agent.did("log_in", queues="support")
        await agent.did("pause", reason="lunch")
        with shop.calls(Caller(number=NUMBER, to=DID, talk_ms=None)):
            (before,) = await line(supervisor, 1)
            kill(helin)
            with shop.calls(Caller(number="+37255502000", to=DID, talk_ms=None)) as second:
                await second.noted("answered")
                came = time.time()
                helin.start()
                await helin.until_ready()
                async with signed_in(helin.url, "supervisor") as supervisor, signed_in(helin.url, "agent1") as agent:
                    found = {each["number"]: each for each in await line(supervisor, 2)}
                    assert found[NUMBER]["call"] == before["call"]
                    assert found[NUMBER]["queued_at"] == before["queued_at"]
                    at = datetime.fromisoformat(found["+37255502000"]["queued_at"]).timestamp()
                    assert abs(at - came) < 3
                    await in_the_hold(shop, 2)
                    with shop.phone("1001", Phone(answer_ms=200)):
                        await agent.did("ready")
                        answered = await agent.hears("call.answered")
                        assert answered["call"]["number"] == NUMBER


async def test_who_hangs_up_in_the_hold_has_given_up_and_has_heard_how_things_stand(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as supervisor:
        await agent.did("log_in", queues="support")
        await agent.did("pause", reason="lunch")
        with shop.calls(Caller(number=NUMBER, to=DID, talk_ms=12_000), count=2, rate=1):
            first, second = await logged(supervisor, 2)
    for call in (first, second):
        assert (call["outcome"], call["ended_by"], call["estimated"]) == ("abandoned", "caller", False)
        assert call["answered_at"] is None
        assert 9 < call["waited_seconds"] < 30
    said = shop.asterisk.full_log()
    assert re.findall(r'(?:Playback|SayNumber)\("PJSIP/trunk-\S+", "([^"]+)"', said).count("queue-youarenext") == 1
    assert 'SayNumber("PJSIP/trunk-00000001", "2")' in said
    assert not [line for line in said.splitlines() if "WARNING[" in line or "ERROR[" in line]
    assert [row[3:5] for row in shop.asterisk.queue_log() if row[4] in ("ENTERQUEUE", "ABANDON")] == [
        ["NONE", "ENTERQUEUE"], ["NONE", "ENTERQUEUE"], ["NONE", "ABANDON"], ["NONE", "ABANDON"],
    ]  # fmt: skip
