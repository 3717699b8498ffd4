"""An engine and two web processes on one PostgreSQL and one Redis: the same pops, and one of them may be killed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from playwright.async_api import Browser, Page, WebSocket, expect

from config.asterisk_folder.ports import free_port
from tests.real.asterisk import Shop
from tests.real.balancer import Balancer
from tests.real.browser import panel
from tests.real.redis_server import RedisServer, redis_server
from tests.real.scenarios import Caller, Phone
from tests.real.service import Service, configured, signed_in, until
from tests.real.test_spine import NUMBER, add_caller, logged, nothing_is_up

__all__ = ["redis_server"]

OTHER = "+37255502000"


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    process: Popen[bytes]


@dataclass(frozen=True, slots=True)
class Site:
    """``url`` is the balancer's, which prefers ``first``."""

    url: str
    first: Web
    second: Web


@pytest.fixture
async def site(shop: Shop, tmp_path: Path, postgres_url: str, redis_server: RedisServer) -> AsyncIterator[Site]:
    async with configured(tmp_path, shop.asterisk, postgres_url, redis_server.url) as service:
        ports = (free_port(), free_port())
        service.start("engine")
        webs = [_web(service, port) for port in ports]
        async with Balancer(ports).listening(service.port):
            for port in ports:
                await service.until_ready(port=port)
            yield Site(service.url, *webs)


def _web(service: Service, port: int) -> Web:
    process = service.start("web", HELIN_WEB__PORT=str(port), HELIN_WEB__PUBLIC_URL=service.url)
    return Web(f"http://127.0.0.1:{port}", process)


async def test_two_web_processes_show_the_same_and_one_is_killed(shop: Shop, site: Site, browser: Browser) -> None:
    """Its agents come to the other one by themselves; picture, calls and log are as if nothing had been."""
    for phone in ("1001", "1002"):
        await shop.log_in(phone)
    async with AsyncExitStack() as stack:
        stays = await stack.enter_async_context(signed_in(site.second.url, "supervisor"))
        contact = await add_caller(await stack.enter_async_context(signed_in(site.second.url, "admin")))
        agent = await stack.enter_async_context(panel(browser, site.url, "agent1"))
        snapshots = snapshots_of(agent.page)
        async with signed_in(site.first.url, "supervisor") as goes:
            stack.enter_context(shop.phone("1001", Phone(answer_ms=1500)))
            caller = stack.enter_context(shop.calls(Caller(NUMBER, talk_ms=None)))
            pops = [await each.hears("call.ringing") for each in (goes, stays)]
            assert _same(pops[0]) == _same(pops[1])
            await stays.hears("call.answered")
            card = agent.page.locator("article[data-phase=talking]")
            await expect(card.get_by_role("heading", name="Mari Maasikas")).to_be_visible()
            seen = len(snapshots)
            site.first.process.kill()
            site.first.process.wait()

        await until(lambda: len(snapshots) > seen, "the page comes to the other process")
        (shown,) = snapshots[-1]["calls"]
        assert [one["agent"] for one in shown["segments"]] == ["agent1"]
        assert [(one["id"], one["name"]) for one in shown["contacts"]] == [(contact, "Mari Maasikas")]

        stack.enter_context(shop.phone("1002"))
        stack.enter_context(shop.calls(Caller(OTHER, talk_ms=500)))
        assert (await stays.hears("call.ringing"))["agent"] == "agent2"
        await card.get_by_role("button", name="Hang up").click()
        assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
        calls = {call["number"]: call for call in await logged(stays, 2)}
        assert _told(calls[NUMBER]) == ("answered", "agent", ["agent1"], False)
        assert _told(calls[OTHER]) == ("answered", "caller", ["agent2"], False)
        assert calls[NUMBER]["id"] == pops[0]["call"]["id"]
        assert len((await stays.get("/calls"))["items"]) == 2
        assert [one for one in stays.heard if one["type"] == "snapshot"] == [], "the other process had a hole"
        await nothing_is_up(stays, shop)


def snapshots_of(page: Page) -> list[dict[str, Any]]:
    """Those that the page gets on each socket that it opens from now on."""
    heard: list[dict[str, Any]] = []

    def take(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "snapshot":
            heard.append(message)

    def meet(socket: WebSocket) -> None:
        socket.on("framereceived", take)

    page.on("websocket", meet)
    return heard


def _same(pop: dict[str, Any]) -> dict[str, Any]:
    """Without what each socket numbers, and each process reckons, for itself."""
    call = {key: value for key, value in pop["call"].items() if key != "waited_seconds"}
    return {**pop, "seq": None, "call": call}


def _told(call: dict[str, Any]) -> tuple[str, str, list[str], bool]:
    return call["outcome"], call["ended_by"], [one["agent"] for one in call["segments"]], call["estimated"]
