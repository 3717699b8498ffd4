"""Who rests, and who is rung meanwhile, on a real Asterisk with SIPp's phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.asterisk_folder.find import Asterisk
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, Service, configured, signed_in

CHANGES = {"queues.conf": {("[helin-queue](!)", "timeout"): "3"}}
ENDLESS = Caller(talk_ms=None)


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, CHANGES) as running:
        yield running


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    async with configured(tmp_path, shop.asterisk) as service:
        service.start()
        await service.until_ready()
        yield service


async def state(person: Person, seconds: float = 60, **about: Any) -> dict[str, Any]:
    """The first own state that says this."""
    while True:
        agent: dict[str, Any] = (await person.hears("agent.state", seconds))["agent"]
        if about.items() <= agent.items():
            return agent


async def codes(person: Person, path: str) -> list[str]:
    return [cause["code"] for cause in (await person.get(path))["causes"]]


async def test_who_does_not_answer_is_paused_and_the_caller_goes_to_the_next(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as slow, signed_in(helin.url, "agent2") as quick:
        assert await codes(slow, "/me/why") == ["logged_out"]
        await slow.did("log_in")
        await state(slow, state="ready", queues=["sales", "support"])
        with shop.phone("1001", Phone(answer_ms=None)), shop.phone("1002"), shop.calls(ENDLESS) as caller:
            missed = await slow.hears("call.missed", 60)
            paused = await state(slow, state="paused")
            assert (missed["reason"], paused["reason"], paused["by"]) == ("no_answer", "missed", "system")
            assert await codes(slow, "/me/why") == ["missed"]
            assert not slow.heard or "call.answered" not in {each["type"] for each in slow.heard}
            # The caller stayed in line for whoever comes.
            await quick.did("log_in", queues="support")
            answered = await quick.hears("call.answered", 60, agent="agent2")
            assert answered["call"]["id"] == missed["call"]["id"]
            await slow.did("ready")
            await state(slow, state="ready")
            await quick.did("hang_up", call=answered["call"]["id"])
            await caller.noted("got_bye")


async def test_a_pause_booked_in_a_call_begins_with_its_end(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as boss:
        await agent.did("log_in", queues="support")
        await state(agent, state="ready", queues=["support"])
        with shop.phone("1001"), shop.calls(ENDLESS) as caller:
            call = str((await agent.hears("call.answered", 60, agent="agent1"))["call"]["id"])
            await agent.did("pause", reason="lunch")
            booked = await state(agent, booked="lunch")
            assert (booked["state"], booked["leg"]) == ("ready", "talking")
            assert await codes(boss, "/agents/agent1/why") == ["booked", "on_call", "not_in"]
            await agent.did("ready")
            await state(agent, booked=None)
            await agent.did("pause", reason="break")
            await state(agent, booked="break")
            await agent.did("hang_up", call=call)
            await caller.noted("got_bye")
            begun = await state(agent, state="paused")
            assert (begun["reason"], begun["by"], begun["booked"], begun["leg"]) == ("break", "agent1", None, "none")
            assert await codes(boss, "/agents/agent1/why") == ["paused", "not_in"]
        members = await shop.asterisk.rx("queue show support")
        assert "paused:break" in members


@asynccontextmanager
async def page(person: Person) -> AsyncIterator[None]:
    """This agent's page is open in a browser, whose telephone it is."""
    ticket = await person.post("/panel-ticket")
    async with person.http.ws_connect(ticket["url"]) as socket:
        await socket.send_json({"type": "hello", "ticket": ticket["ticket"], "panel": "the-one-tab"})
        assert (await socket.receive_json())["in_charge"]
        yield


async def test_whose_page_is_gone_is_not_rung_until_it_is_back(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "agent2") as other:
        async with page(agent):
            await agent.did("log_in", queues="support")
            await other.did("log_in", queues="support")
            await state(agent, state="ready", queues=["support"])
        gone = await state(agent, state="paused")
        assert (gone["reason"], gone["by"]) == ("away", "system")
        assert (await other.get("/me/why"))["free"], "no page of theirs was ever seen: another phone, maybe"
        async with page(agent):
            back = await state(agent, state="ready")
            assert back["reason"] is None
