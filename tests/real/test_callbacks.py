"""A callback instead of waiting, on a real Asterisk: asked for by a key, offered to an agent, dialled with one key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.asterisk_folder.find import Asterisk
from crm_store.requests import Request, RequestFilter
from crm_store.store import Store
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import PEOPLE, QUEUES, Service, configured, signed_in, until
from tests.real.test_spine import logged

SALES = "+3725550200"
DIRECT = "+3725550300"
ASKED = {
    ("[globals]", "HELIN_OFFER_CALLBACK"): "yes",
    # Long, so that on a slow machine too the key falls into it.
    ("[globals]", "HELIN_KEY_WITHIN"): "30",
}
NUMBER = "+37255501000"


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    """Where a key comes by SIP INFO."""
    changes = {"pjsip.conf": {("[trunk](any)", "dtmf_mode"): "info"}, "extensions.conf": ASKED}
    async with running_shop(asterisk_home, changes) as running:
        yield running


async def the_callback(helin: Service, fits: Callable[[Request], bool], seconds: float = 20) -> Request:
    deadline = time.monotonic() + seconds
    found: list[Request] = []
    async with await Store.open(f"sqlite:///{helin.folder}/helin.db") as store:
        while time.monotonic() < deadline:
            found = list((await store.requests.page(RequestFilter(kind="callback"))).items)
            if found and fits(found[-1]):
                return found[-1]
            await asyncio.sleep(0.1)
    raise AssertionError(f"no such callback: {found}")


def where_it_is_noon() -> str:
    """The customer's zone, so that the test may run at any hour."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


async def test_from_the_key_to_the_call_back(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as helin:
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as chief:
            mari = {"name": "Mari", "numbers": [NUMBER], "time_zone": where_it_is_noon()}
            await agent.post("/contacts", mari)
            with shop.calls(Caller(number=NUMBER, to=SALES, talk_ms=None, digit="1")) as caller:
                assert (await caller.done(60)).notes == {"answered": 1, "got_bye": 1}
            kept = await the_callback(helin, lambda one: one.state == "waiting")
            assert (kept.number, kept.queue, kept.contact_name) == (NUMBER, "sales", "Mari")
            (call,) = await logged(chief, number=NUMBER)
            assert call["outcome"] == "withdrawn"
            assert abs((kept.since - datetime.fromisoformat(call["queued_at"])).total_seconds()) < 1

            # The customer is busy: later again, at the same place.
            await agent.did("log_in")
            offered = await the_callback(helin, lambda one: one.state == "offered")
            assert offered.agent == "agent1"
            with shop.phone("1001"), shop.called(Phone(status="486 Busy Here")):
                await agent.did("call_back", request=kept.id)
                tried = await the_callback(helin, lambda one: one.details["tries"] == 1)
            assert (tried.state, tried.since) == ("waiting", kept.since)
            assert tried.not_before is not None


async def test_the_key_is_heard_where_helin_holds_the_caller(shop: Shop, tmp_path: Path) -> None:
    """Asked after the announcement. Kept: the caller is gone from the line. Not kept: held again at their place."""
    async with configured(tmp_path, shop.asterisk) as helin:
        (tmp_path / "direct.toml").write_text(PEOPLE + QUEUES.replace('"assist"', '"direct"'))
        assert helin.run("apply", str(tmp_path / "direct.toml")).returncode == 0
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "agent1") as agent, signed_in(helin.url, "supervisor") as chief:
            await agent.did("log_in", queues="support")
            await agent.did("pause", reason="lunch")
            await agent.post("/contacts", {"name": "Mari", "numbers": [NUMBER], "time_zone": where_it_is_noon()})
            pressed = Caller(number=NUMBER, to=DIRECT, talk_ms=None, digit="1", digit_ms=16_000)
            with shop.calls(pressed) as caller:
                assert (await caller.done(90)).notes == {"answered": 1, "got_bye": 1}
            kept = await the_callback(helin, lambda one: one.state == "waiting")
            assert (kept.number, kept.queue, kept.contact_name) == (NUMBER, "support", "Mari")
            (call,) = await logged(chief, number=NUMBER)
            assert call["outcome"] == "withdrawn"
            assert abs((kept.since - datetime.fromisoformat(call["queued_at"])).total_seconds()) < 1

            # Who hides their number cannot be called back: they wait on, and an agent has them.
            with (
                shop.calls(replace(pressed, number="anonymous", digit_ms=16_000)),
                shop.phone("1001", Phone(bye_ms=500)),
            ):
                await until(lambda: "im-sorry" in shop.asterisk.full_log() or None, "told that it is not kept", 60)
                await agent.did("ready")
                await agent.hears("call.answered")
                (call, _) = await logged(chief, 2)
            assert call["outcome"] == "answered"
            assert call["waited_seconds"] > 16


async def test_who_is_reached_or_calls_again_is_called_back_no_more(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as helin:
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "agent1") as agent:
            mari = {"name": "Mari", "numbers": [NUMBER], "time_zone": where_it_is_noon()}
            await agent.post("/contacts", mari)
            made = await agent.post("/callbacks", {"number": NUMBER, "queue": "support"})
            await agent.did("log_in")
            await the_callback(helin, lambda one: one.state == "offered")
            with shop.phone("1001"), shop.called(Phone(bye_ms=500)):
                await agent.did("call_back", request=made["id"])
                done = await the_callback(helin, lambda one: one.state == "done")
            assert done.call is not None
            again = await agent.command("call_back", request=made["id"])
            assert not again["ok"]

            await agent.did("log_out")
            await agent.post("/callbacks", {"number": NUMBER, "queue": "support"})
            await shop.log_in("1002")
            with shop.phone("1002"), shop.calls(Caller(number=NUMBER, talk_ms=500)) as caller:
                assert (await caller.done()).notes["said_bye"] == 1
            await the_callback(helin, lambda one: one.id != made["id"] and one.state == "cancelled")
