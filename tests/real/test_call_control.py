"""What an agent does with a call, on a real Asterisk with SIPp's phones."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from config.asterisk_folder.find import Asterisk
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, Service, configured, signed_in

NUMBER = "+37255501000"
OUTSIDE = "+37255501009"
ENDLESS = Caller(number=NUMBER, talk_ms=None)
QUICK = {
    "pjsip.conf": {("[softphone](!,any)", "rtp_timeout"): "2"},
    "extensions.conf": {("[globals]", "HELIN_PATIENCE_ALONE"): "60"},
}


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, QUICK) as running:
        yield running


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    async with configured(tmp_path, shop.asterisk) as service:
        service.start()
        await service.until_ready()
        await shop.log_in("1001")
        yield service


async def together(shop: Shop, *phones: str, seconds: float = 20) -> None:
    """Asterisk has these, and nobody else, in one bridge."""
    deadline = time.monotonic() + seconds
    bridges: list[list[str]] = []
    while time.monotonic() < deadline:
        bridges = []
        for line in (await shop.asterisk.rx("bridge show all")).splitlines()[1:]:
            shown = await shop.asterisk.rx(f"bridge show {line.split()[0]}")
            bridges.append(sorted(re.findall(r"Channel: PJSIP/(\w+)-", shown)))
        if sorted(phones) in bridges:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {phones} but {bridges}")


async def talking(shop: Shop, agent: Person) -> str:
    """The id of the call that the agent has answered."""
    answered = await agent.hears("call.answered", agent="agent1")
    await together(shop, "trunk", "1001")
    return str(answered["call"]["id"])


async def the_log(person: Person, call: str, seconds: float = 40) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        async with person.http.get(f"{person.url}/api/v1/calls/{call}") as answer:
            found = await answer.json()
            if answer.status == 200 and found["state"] == "ended":
                return dict(found)
        await asyncio.sleep(0.1)
    raise AssertionError(f"not ended: {found}")


def consult(message: dict[str, Any]) -> tuple[str, str] | None:
    beside = message["call"]["consult"]
    return (beside["to"], beside["state"]) if beside is not None else None


async def test_a_consultation_cancelled_swapped_and_completed(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "agent2") as other:
        with (
            shop.phone("1001") as phone,
            shop.phone("1002", Phone(answer_ms=400)) as second,
            shop.calls(ENDLESS) as caller,
        ):
            call = await talking(shop, agent)
            assert (await agent.command("complete_transfer", call=call))["error"]["code"] == "not_possible"
            await agent.did("consult", call=call, to="agent2")
            assert consult(await agent.hears("call.consult")) == ("agent2", "ringing")
            assert (await other.hears("call.ringing"))["call"]["id"] == call
            assert consult(await agent.hears("call.consult")) == ("agent2", "talking")
            await together(shop, "1001", "1002")
            await agent.did("cancel_transfer", call=call)
            assert consult(await agent.hears("call.consult")) is None
            await together(shop, "trunk", "1001")

            await agent.did("consult", call=call, to="1002")
            await together(shop, "1001", "1002")
            await second.noted("answered", 2)
            await agent.did("swap", call=call)
            await together(shop, "trunk", "1001")
            while consult(changed := await agent.hears("call.consult")) != ("agent2", "held"):
                assert changed
            await agent.did("swap", call=call)
            await together(shop, "1001", "1002")
            await agent.hears("call.consult")
            await agent.did("swap", call=call)
            await together(shop, "trunk", "1001")
            while consult(await agent.hears("call.consult")) != ("agent2", "held"):
                pass
            await agent.did("complete_transfer", call=call)
            await together(shop, "trunk", "1002")
            await phone.noted("got_bye")
            assert (await agent.hears("call.transferred"))["to"] == "agent2"
            await other.did("hang_up", call=call)
            await caller.noted("got_bye")
        logged = await the_log(agent, call)
    assert (logged["transfers"], logged["ended_by"], logged["outcome"]) == (1, "agent", "answered")
    assert [(one["agent"], one["transferred_to"]) for one in logged["segments"]] == [
        ("agent1", "agent2"), ("agent2", None), ("agent2", None),
    ]  # fmt: skip
    assert logged["segments"][0]["held_seconds"] > 0


async def test_who_does_not_come_is_told_and_the_caller_is_back(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent:
        busy = shop.phone("1002", Phone(status="486 Busy Here"))
        with shop.phone("1001") as phone, busy, shop.calls(ENDLESS) as caller:
            call = await talking(shop, agent)
            await agent.did("consult", call=call, to="agent2")
            while consult(told := await agent.hears("call.consult")) != ("agent2", "failed"):
                pass
            assert told["call"]["consult"]["reason"] == "busy"
            await together(shop, "trunk", "1001")
            await agent.did("dtmf", call=call, digits="12#")
            # Blind, to somebody who is busy: the caller is the first in the queue, which rings agent1 again.
            await agent.did("transfer", call=call, to="agent2")
            await phone.noted("answered", 2)
            await together(shop, "trunk", "1001")
            await agent.did("hang_up", call=call)
            await caller.noted("got_bye")
        logged = await the_log(agent, call)
    assert [one["agent"] for one in logged["segments"]] == ["agent1", "agent1"]
    assert (logged["segments"][0]["transferred_to"], logged["segments"][0]["ended_by"]) == ("agent2", "agent")


async def test_a_conference_that_the_first_agent_leaves(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "agent2") as other:
        with shop.phone("1001"), shop.phone("1002") as second, shop.calls(ENDLESS) as caller:
            call = await talking(shop, agent)
            await agent.did("consult", call=call, to="agent2")
            await together(shop, "1001", "1002")
            await agent.did("conference", call=call)
            await together(shop, "1001", "1002", "trunk")
            assert (await agent.hears("call.conference"))["call"]["conference"]
            await agent.did("hang_up", call=call)
            await together(shop, "1002", "trunk")
            # The last agent's phone is lost: the caller comes back to whoever held them.
            second.kill()
            await together(shop, "1001", "trunk")
            await agent.did("hang_up", call=call)
            await caller.noted("got_bye")
        logged = await the_log(other, call)
    assert [one["agent"] for one in logged["segments"]] == ["agent1", "agent2", "agent1"]
    assert logged["segments"][0]["transferred_to"] == "agent2"


async def test_a_desk_phone_is_held_from_the_panel(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "admin") as admin, signed_in(helin.url, "agent1") as agent:
        desk = {"login": "agent1", "name": "One", "extension": "1001", "interface": "PJSIP/1001", "phone": "sip"}
        with shop.phone("1001") as phone, shop.calls(ENDLESS) as caller:
            call = await talking(shop, agent)
            assert "browser holds" in (await agent.command("hold", call=call))["error"]["message"]
            await admin.post("/users", desk)
            await asyncio.wait_for(_until_done(agent, "hold", call), 20)
            await together(shop, "trunk")
            await agent.hears("call.held", agent="agent1")
            await agent.did("resume", call=call)
            await together(shop, "trunk", "1001")
            await agent.hears("call.resumed", agent="agent1")
            assert "at the phone" in (await agent.command("mute", call=call))["error"]["message"]
            await agent.did("hold", call=call)
            await together(shop, "trunk")
            phone.kill()
            with shop.phone("1001") as again:
                await again.noted("answered")
                await together(shop, "trunk", "1001")
                await agent.did("hang_up", call=call)
                await caller.noted("got_bye")


async def _until_done(agent: Person, name: str, call: str) -> None:
    while not (await agent.command(name, call=call))["ok"]:
        await asyncio.sleep(0.2)


async def test_helin_is_killed_in_a_consultation(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent:
        with shop.phone("1001") as phone, shop.phone("1002"), shop.calls(ENDLESS) as caller:
            call = await talking(shop, agent)
            await agent.did("consult", call=call, to="agent2")
            while consult(await agent.hears("call.consult")) != ("agent2", "talking"):
                pass
            helin.processes[0].kill()
            helin.processes[0].wait()
            helin.start()
            await helin.until_ready()
            async with signed_in(helin.url, "supervisor") as chief, signed_in(helin.url, "agent1") as again:
                (shown,) = (await chief.get("/calls", state="active"))["items"]
                assert (shown["id"], shown["consult"]["to"], shown["consult"]["state"]) == (call, "agent2", "talking")
                await again.did("complete_transfer", call=call)
                await together(shop, "trunk", "1002")
                await phone.noted("got_bye")
                caller.kill()
                await shop.asterisk.rx("channel request hangup all")
                logged = await the_log(chief, call)
    assert [(one["agent"], one["transferred_to"]) for one in logged["segments"]] == [
        ("agent1", "agent2"), ("agent2", None),
    ]  # fmt: skip


async def test_click_to_call_dials_once(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent:
        with shop.phone("1001") as phone, shop.called() as far:
            assert (await dial(agent, "k1", {"to": "112"}))[0] == 422
            status, said = await dial(agent, "k2", {"to": "55501009"})
            assert (status, said["state"]) == (202, "dialling")
            assert await dial(agent, "k2", {"to": "55501009"}) == (202, said)
            answered = await agent.hears("call.answered", agent="agent1")
            assert (answered["call"]["direction"], answered["call"]["number"]) == ("outbound", OUTSIDE)
            await together(shop, "trunk", "1001")
            assert (await dial(agent, "k3", {"to": OUTSIDE}))[0] == 409
            with shop.phone("1002"):
                await agent.did("consult", to="agent2")
                await together(shop, "1001", "1002")
                await agent.did("complete_transfer")
                await together(shop, "trunk", "1002")
            await phone.noted("got_bye")
            assert (phone.notes()["answered"], far.notes()["answered"]) == (1, 1)


async def dial(person: Person, key: str, wish: dict[str, str]) -> tuple[int, Any]:
    headers = {"Idempotency-Key": key}
    request: aiohttp.ClientResponse
    async with person.http.post(f"{person.url}/api/v1/calls", json=wish, headers=headers) as request:
        return request.status, await request.json()
