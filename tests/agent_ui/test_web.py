"""A whole web node on its one port: HTTP for the ticket, websockets' own client for the panel, an engine on the bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent_ui.bus.in_process import InProcessBus
from agent_ui.bus.port import EngineBus
from agent_ui.web_server import WebServer, running_web
from crm_store.store import Store
from routing.facts import AgentRinging, CallArrived, CallerKnown, Fact, LinkChanged, Recorded
from tests.agent_ui.bus_suite import T0, Engine

PASSWORD = "a-good-password"
POP = '{"contacts":[{"id":"7","name":"<img src=x onerror=alert(1)>"}],"history":[]}'


@dataclass
class Shop:
    store: Store
    bus: InProcessBus
    engine: Engine
    end: EngineBus
    web: WebServer
    seq: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    def happens(self, *facts: Fact) -> None:
        recorded = [Recorded("s1", self.seq + place, fact) for place, fact in enumerate(facts, 1)]
        self.seq += len(facts)
        self.engine.publish(self.end, recorded)

    async def ticket(self, login: str) -> tuple[str, str]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            body = {"login": login, "password": PASSWORD}
            async with http.post(f"{self.url}/api/v1/session", json=body) as answer:
                assert answer.status == 200
                cookie = answer.cookies["helin"]
                assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
            async with http.post(f"{self.url}/api/v1/panel-ticket", headers={"Origin": self.url}) as answer:
                said = await answer.json()
        return said["ticket"], said["url"]


async def next_of(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["type"] == kind:
                return message


@asynccontextmanager
async def panel(shop: Shop, login: str, **hello: Any) -> AsyncIterator[ClientConnection]:
    ticket, url = await shop.ticket(login)
    async with connect(url, origin=shop.url) as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "hello", "ticket": ticket, **hello}))
        assert (await next_of(socket, "snapshot"))["me"]["login"] == login
        yield socket


@pytest.fixture
async def shop(store: Store) -> AsyncIterator[Shop]:
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for login, role in (("anna", "agent"), ("ben", "agent"), ("chief", "supervisor")):
        await store.users.put(login, login.title(), role, None, f"PJSIP/{login}", password_hash=hashed)  # type: ignore[arg-type]
    async with AsyncExitStack() as stack:
        bus, engine = InProcessBus(), Engine()
        end = bus.engine("main")
        await stack.enter_async_context(end.serve(engine))
        serving = running_web("127.0.0.1", 0, "http://127.0.0.1:8080", store, bus, {"main": ""}, CollectorRegistry())
        shop = Shop(store, bus, engine, end, await stack.enter_async_context(serving))
        shop.happens(LinkChanged("main", T0, "ready", ""))
        yield shop


async def test_a_ring_is_in_the_browser_when_publish_has_returned(shop: Shop) -> None:
    async with panel(shop, "anna") as anna, panel(shop, "ben") as ben, panel(shop, "chief") as chief:
        shop.happens(
            CallArrived("c1", T0, "main", "inbound", "+3725550123", "M", "600"),
            CallerKnown("c1", T0, "7", "A", POP),
            AgentRinging("c1", T0, "anna", "leg"),
        )
        ring = await next_of(anna, "call.ringing")
        assert ring["contacts"][0]["name"] == "<img src=x onerror=alert(1)>"
        assert (await next_of(chief, "call.ringing"))["call"]["id"] == "c1"
        await ben.send('{"type":"snapshot"}')
        message = json.loads(await ben.recv())
        while message["type"] != "snapshot":
            assert message["type"] in ("queue.changed", "call.waiting")
            message = json.loads(await ben.recv())
        assert message["calls"] == []


async def test_a_command_travels_to_the_engine_and_back(shop: Shop) -> None:
    async with panel(shop, "anna") as anna:
        await anna.send('{"type":"command","id":"c7","name":"pause","args":{"reason":"lunch"}}')
        assert await next_of(anna, "result") == {"type": "result", "id": "c7", "ok": True}
        assert shop.engine.begun == ["c7"]


async def test_signing_out_closes_the_panel(shop: Shop) -> None:
    async with panel(shop, "anna") as anna, aiohttp.ClientSession() as http:
        body = {"login": "anna", "password": PASSWORD}
        async with http.post(f"{shop.url}/api/v1/session", json=body) as answer:
            token = (await answer.json())["token"]
        await shop.store.sessions.close_all((await shop.store.users.by_login("anna")).id)  # type: ignore[union-attr]
        shop.web.hub.sign_out_all_but({}, {})
        with pytest.raises(ConnectionClosed, match="4001"):
            await next_of(anna, "never")
        async with http.get(f"{shop.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 401


async def test_a_hundred_panels_come_back_at_once(shop: Shop) -> None:
    user = await shop.store.users.by_login("anna")
    assert user is not None
    ticket, url = await shop.ticket("anna")
    now = T0.now(T0.tzinfo)
    session = await shop.store.sessions.open(user, "a token", now, now.replace(year=now.year + 1))
    tickets = [f"ticket {number}" for number in range(100)]
    for ticket in tickets:
        await shop.store.sessions.issue_ticket(ticket, session, now)

    async def come(ticket: str) -> str:
        async with connect(url) as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
            return str((await next_of(socket, "snapshot"))["me"]["login"])

    assert await asyncio.gather(*(come(ticket) for ticket in tickets)) == ["anna"] * 100


async def test_live_calls_are_listed_newest_first_and_in_pages(shop: Shop) -> None:
    shop.happens(*(CallArrived(f"c{n}", T0.replace(second=n), "main", "inbound", None, None, None) for n in range(5)))
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{shop.url}/api/v1/session", json={"login": "chief", "password": PASSWORD}) as answer:
            http.headers["Authorization"] = f"Bearer {(await answer.json())['token']}"
        seen: list[str] = []
        cursor = ""
        while True:
            query = {"state": "active", "limit": "2"} | ({"cursor": cursor} if cursor else {})
            async with http.get(f"{shop.url}/api/v1/calls", params=query) as answer:
                said = await answer.json()
            seen += [call["id"] for call in said["items"]]
            cursor = said["next"]
            if cursor is None:
                break
        assert seen == ["c4", "c3", "c2", "c1", "c0"]
        async with http.get(f"{shop.url}/api/v1/calls/c3") as answer:
            assert (await answer.json())["state"] == "active"


async def test_ready_says_what_is_not(shop: Shop) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{shop.url}/health/ready") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ready", "parts": {}, "warnings": {}})
        shop.happens(LinkChanged("main", T0, "ready", "the AMI account lacks read=call"))
        async with http.get(f"{shop.url}/health/ready") as answer:
            assert answer.status == 200
            assert (await answer.json())["warnings"] == {"asterisk main": "the AMI account lacks read=call"}
        shop.happens(LinkChanged("main", T0, "down", "connection refused"))
        async with http.get(f"{shop.url}/health/ready") as answer:
            assert answer.status == 503
            assert (await answer.json())["parts"] == {"asterisk main": "connection refused"}
