"""The first whole way through Helin: a call on a real Asterisk pops at the agent, and is logged whatever breaks.

SIPp calls in and answers as the agent's phone; Helin runs as a process of its own. What must be true is judged by the
API and by Asterisk's own console.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.real.asterisk import Shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, Service, configured, signed_in

NUMBER = "+37255501000"


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    async with configured(tmp_path, shop.asterisk) as service:
        service.start()
        await service.until_ready()
        yield service


async def add_caller(admin: Person) -> str:
    contact = await admin.post("/contacts", {"name": "Mari Maasikas", "account": "Maasikas OÜ", "numbers": [NUMBER]})
    return str(contact["id"])


async def logged(person: Person, count: int = 1, seconds: float = 45, **query: str) -> list[dict[str, Any]]:
    """The closed calls in the log, once there are so many."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        items = (await person.get("/calls", state="ended", **query))["items"]
        if len(items) >= count:
            return list(items)
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(items)} closed calls after {seconds} s, not {count}")


async def nothing_is_up(person: Person, shop: Shop, seconds: float = 40) -> None:
    """N2: no ghost in the store or on the panel, and Asterisk agrees."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        items = (await person.get("/calls", state="active"))["items"]
        if not items and "0 active channels" in await shop.asterisk.rx("core show channels count"):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"still up: {items}")


async def test_a_call_pops_with_the_caller_s_history_and_is_logged(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "admin") as admin, signed_in(helin.url, "agent1") as agent:
        contact = await add_caller(admin)
        await shop.log_in("1001")
        with shop.phone("1001", Phone(answer_ms=1500)), shop.calls(Caller(number=NUMBER, talk_ms=2000)):
            rings = await agent.hears("call.ringing")
            assert rings["call"]["number"] == NUMBER
            assert rings["call"]["queue"] == "support"
            contacts = rings["contacts"] or (await agent.hears("call.contact"))["contacts"]
            assert [(one["id"], one["name"], one["account"]) for one in contacts] == [
                (contact, "Mari Maasikas", "Maasikas OÜ")
            ]
            await agent.hears("call.answered")
            await agent.hears("call.ended", seconds=40)
        (call,) = await logged(admin)
        assert (call["outcome"], call["ended_by"], call["queue"], call["did"]) == (
            "answered",
            "caller",
            "support",
            "+3725550100",
        )
        assert [(one["agent"], one["ended_by"]) for one in call["segments"]] == [("agent1", "caller")]
        assert 1.0 < call["segments"][0]["talked_seconds"] < 4.0
        assert call["contact"] == contact
        assert call["estimated"] is False
        history = (await admin.get(f"/contacts/{contact}/interactions"))["items"]
        assert [(one["channel"], one["direction"], one["agent"]) for one in history] == [("call", "inbound", "agent1")]
        await nothing_is_up(admin, shop)


@pytest.mark.parametrize(
    ("phone", "caller", "outcome", "ended_by"),
    [
        (Phone(answer_ms=300, bye_ms=1500), Caller(number=NUMBER, talk_ms=None), "answered", "agent"),
        (Phone(answer_ms=None), Caller(number=NUMBER, cancel_ms=2500), "abandoned", "caller"),
        (None, Caller(number=NUMBER, cancel_ms=2000), "abandoned", "caller"),
    ],
    ids=["agent hangs up", "abandoned while ringing", "abandoned with nobody there"],
)
async def test_each_way_of_ending_is_logged_right(
    shop: Shop, helin: Service, phone: Phone | None, caller: Caller, outcome: str, ended_by: str
) -> None:
    async with signed_in(helin.url, "supervisor") as supervisor:
        if phone is not None:
            await shop.log_in("1001")
            with shop.phone("1001", phone), shop.calls(caller):
                (call,) = await logged(supervisor)
        else:
            with shop.calls(caller):
                (call,) = await logged(supervisor)
        assert (call["outcome"], call["ended_by"], call["estimated"]) == (outcome, ended_by, False)
        await nothing_is_up(supervisor, shop)


async def test_killed_in_the_middle_of_a_call_helin_comes_back_to_it(shop: Shop, helin: Service) -> None:
    """kill -9 while talking: Asterisk goes on alone; after the start the call is there again and is closed once."""
    await shop.log_in("1001")
    async with AsyncExitStack() as stack:
        supervisor = await stack.enter_async_context(signed_in(helin.url, "supervisor"))
        stack.enter_context(shop.phone("1001", Phone(answer_ms=200)))
        stack.enter_context(shop.calls(Caller(number=NUMBER, talk_ms=15_000)))
        await supervisor.hears("call.answered")
        os.kill(helin.processes[-1].pid, signal.SIGKILL)
        helin.processes[-1].wait()
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "supervisor") as supervisor:
            (up,) = (await supervisor.get("/calls", state="active"))["items"]
            assert [one["agent"] for one in up["segments"]] == ["agent1"]
            (call,) = await logged(supervisor, seconds=60)
            assert call["id"] == up["id"]
            assert (call["outcome"], call["ended_by"]) == ("answered", "caller")
            await nothing_is_up(supervisor, shop)
            assert len((await supervisor.get("/calls"))["items"]) == 1


async def test_a_call_that_ends_while_helin_is_dead_is_closed_as_estimated(shop: Shop, helin: Service) -> None:
    await shop.log_in("1001")
    async with signed_in(helin.url, "supervisor") as supervisor:
        with shop.phone("1001", Phone(answer_ms=200)), shop.calls(Caller(number=NUMBER, talk_ms=2500)):
            answered = await supervisor.hears("call.answered")
            os.kill(helin.processes[-1].pid, signal.SIGKILL)
            helin.processes[-1].wait()
            while "0 active channels" not in await shop.asterisk.rx("core show channels count"):
                await asyncio.sleep(0.2)
    helin.start()
    await helin.until_ready()
    async with signed_in(helin.url, "supervisor") as supervisor:
        (call,) = await logged(supervisor)
        assert call["id"] == answered["call"]["id"]
        assert (call["outcome"], call["estimated"]) == ("answered", True)
        assert call["answered_at"] <= call["ended_at"]
        await nothing_is_up(supervisor, shop)


async def test_asterisk_killed_in_the_middle_of_a_call(shop: Shop, helin: Service) -> None:
    """N1, N2, N10: the call is closed as estimated within 5 s of Asterisk's return, and no ghost stays."""
    await shop.log_in("1001")
    async with signed_in(helin.url, "supervisor") as supervisor:
        with shop.phone("1001", Phone(answer_ms=200)), shop.calls(Caller(number=NUMBER, talk_ms=20_000)):
            await supervisor.hears("call.answered")
            await shop.asterisk.kill()
            await shop.asterisk.start()
            (call,) = await logged(supervisor, seconds=40)
        assert (call["outcome"], call["estimated"], call["ended_by"]) == ("answered", True, None)
        await nothing_is_up(supervisor, shop)


async def test_bad_settings_are_one_clear_line(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as service:
        text = (tmp_path / "helin.toml").read_text()
        (tmp_path / "helin.toml").write_text(text.replace("[web]\nport", "[web]\nprot"))
        done = service.run("doctor")
        assert done.returncode == 1
        assert done.stderr.strip().splitlines()[-1].startswith("helin: ")
        assert "prot is not a known setting" in done.stderr.replace(": is", " is")
        (tmp_path / "helin.toml").write_text(text.replace("sqlite:///", "postgresql://nobody@127.0.0.1:1/none?x="))
        done = service.run("migrate")
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1


async def test_a_wrong_secret_is_said_plainly(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as service:
        text = (tmp_path / "helin.toml").read_text()
        (tmp_path / "helin.toml").write_text(text.replace(shop.asterisk.secret, "wrong"))
        done = service.run("doctor")
        assert done.returncode == 1
        assert "secret" in done.stdout
        assert "Traceback" not in done.stderr
