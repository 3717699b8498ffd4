"""Short-lived SIP passwords on a real Asterisk: issued at sign-in, gone with it, and in no log."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.real.asterisk import Shop
from tests.real.service import Service, configured, signed_in
from tests.real.sipp import registers


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    url = f'websocket_url = "ws://127.0.0.1:{shop.asterisk.ports.http}/ws"'
    async with configured(tmp_path, shop.asterisk, more=url) as service:
        service.start()
        await service.until_ready()
        yield service


async def test_a_password_is_good_until_the_next_one_or_until_sign_out(shop: Shop, helin: Service) -> None:
    sip = shop.asterisk.ports.sip
    async with signed_in(helin.url, "agent1") as agent:
        first, second = [await agent.post("/softphone") for _ in range(2)]
        (old,), (phone,) = first["phones"], second["phones"]
        assert {key: value for key, value in phone.items() if key != "password"} == {
            "asterisk": "main",
            "websocket_url": f"ws://127.0.0.1:{shop.asterisk.ports.http}/ws",
            "uri": "sip:1001@127.0.0.1",
            "username": "1001",
        }
        assert not await registers(sip, "1001", old["password"])
        assert await registers(sip, "1001", phone["password"])
        assert (await agent.get("/me"))["phone"] == "browser"
        async with agent.http.delete(f"{helin.url}/api/v1/session") as answer:
            assert answer.status == 204
    assert not await registers(sip, "1001", phone["password"])
    for secret in (old["password"], phone["password"]):
        assert secret not in helin.log + shop.asterisk.full_log()
    issued = (await shop.asterisk.rx("database show")).split('md5_cred":"')[1][:32]
    assert issued not in helin.log + shop.asterisk.full_log()


async def test_a_password_outlives_helin_and_asterisk_and_not_the_user(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "admin") as admin:
        async with signed_in(helin.url, "agent2") as agent:
            (phone,) = (await agent.post("/softphone"))["phones"]
        helin.end()
        await shop.asterisk.stop()
        await shop.asterisk.start()
        assert await registers(shop.asterisk.ports.sip, "1002", phone["password"])
        helin.start()
        await helin.until_ready()
        gone = {"login": "agent2", "name": "Agent Two", "extension": "1002", "interface": "PJSIP/1002", "active": False}
        await admin.post("/users", gone)
        deadline = time.monotonic() + 90
        while await registers(shop.asterisk.ports.sip, "1002", phone["password"]):
            assert time.monotonic() < deadline, "the sweep did not replace it"


async def test_who_has_no_softphone_is_told_why(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "supervisor") as supervisor, signed_in(helin.url, "agent1") as agent:
        assert await refusal(supervisor.http, helin) == (409, "You have no extension with a PJSIP phone; "
                                                         "an administrator can give you one.")  # fmt: skip
        await shop.asterisk.stop()
        status, said = await refusal(agent.http, helin)
        assert (status, said[-1]) == (503, ".")


async def refusal(http: aiohttp.ClientSession, helin: Service) -> tuple[int, str]:
    async with http.post(f"{helin.url}/api/v1/softphone") as answer:
        return answer.status, (await answer.json())["detail"]
