"""What an administrator can get wrong, or may break: each gives one clear line that says what to do, nothing is lost.

A wrong secret and a broken settings file are in ``test_spine``, each single class of the account in ``test_doctor``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from config.asterisk_folder.find import Asterisk
from crm_store.migrate import migrate
from tests.real.asterisk import Shop, running_shop
from tests.real.databases import Postgres, end_postgres, start_postgres
from tests.real.scenarios import Caller, Phone
from tests.real.service import Service, configured, signed_in
from tests.real.test_spine import NUMBER, logged, nothing_is_up


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home) as running:
        yield running


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, because it is stopped."""
    server = start_postgres()
    yield server
    end_postgres(server)


async def test_an_account_that_does_not_hear_calls(shop: Shop, tmp_path: Path) -> None:
    """The doctor names the class; so do health and the panels of a Helin that runs all the same."""
    asterisk = shop.asterisk
    asterisk.change("manager.conf", {("[helin]", "read"): "system,agent,user"})
    await asterisk.rx("manager reload")
    try:
        async with configured(tmp_path, asterisk) as service:
            done = service.run("doctor")
            assert done.returncode == 1
            assert "lacks read class call" in " ".join(done.stdout.split())
            assert "Traceback" not in done.stderr
            service.start()
            await service.until_ready()
            said = await health(service, "warnings", "asterisk main")
            assert "lacks read=call" in said
            async with signed_in(service.url, "agent1") as agent:
                (alarm,) = agent.snapshot["alarms"]
                assert (alarm["level"], said in alarm["text"]) == ("warning", True)
    finally:
        asterisk.change("manager.conf", {("[helin]", "read"): "system,call,agent,user"})
        await asterisk.rx("manager reload")


async def test_a_list_with_the_wrong_columns(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as service:
        wrong, right = tmp_path / "wrong.csv", tmp_path / "right.csv"
        wrong.write_text("Color;Weight\nred;5\n")
        right.write_text(f"Name;Phone\nMari Maasikas;{NUMBER}\n;nobody\n")
        said = one_line(service.run("import", "contacts", str(wrong)))
        assert "Color" in said
        assert "--map" in said
        assert not (tmp_path / "wrong.csv.refused.csv").exists()
        done = service.run("import", "contacts", str(right))
        assert (done.returncode, "1 added" in done.stdout, "1 refused" in done.stdout) == (0, True, True)
        assert "nobody" in (tmp_path / "right.csv.refused.csv").read_text()
        service.start()
        await service.until_ready()
        async with signed_in(service.url, "admin") as admin:
            assert [one["name"] for one in (await admin.get("/contacts"))["items"]] == ["Mari Maasikas"]


async def test_the_database_is_away(shop: Shop, server: Postgres, tmp_path: Path) -> None:
    """At the start: one line. Later: health says so, calls go on, and are in the log as soon as it is back."""
    url = await server.database()
    await migrate(url)
    await shop.log_in("1001")
    async with configured(tmp_path, shop.asterisk, url) as service:
        server.stop()
        assert "cannot be reached" in one_line(service.run("serve"))
        server.start()
        service.start()
        await service.until_ready()
        async with signed_in(service.url, "agent1") as agent:
            server.stop()
            with shop.phone("1001", Phone()), shop.calls(Caller(NUMBER, talk_ms=500)) as caller:
                rings = await agent.hears("call.ringing")
                assert (await caller.done()).ok == 1
                await agent.hears("call.ended")
            assert "cannot be reached" in await health(service, "parts", "store")
            assert "the spool" in await health(service, "parts", "journal")
            server.start()
        await service.until_ready()
        async with signed_in(service.url, "supervisor") as supervisor:
            (call,) = await logged(supervisor)
            assert call["id"] == rings["call"]["id"]
            assert (call["outcome"], call["ended_by"], call["estimated"]) == ("answered", "caller", False)
            assert [one["agent"] for one in call["segments"]] == ["agent1"]
            await nothing_is_up(supervisor, shop)


def one_line(done: CompletedProcess[str]) -> str:
    """What a command that could not be done said on stderr."""
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("helin: ")
    return line


async def health(service: Service, part: str, name: str, seconds: float = 40) -> str:
    """What ``/health/ready`` says about it, once it says something."""
    said: dict[str, Any] = {}
    async with aiohttp.ClientSession() as http, asyncio.timeout(seconds):
        while name not in said.get(part, {}):
            await asyncio.sleep(0.1)
            async with http.get(f"{service.url}/health/ready") as answer:
                said = await answer.json()
    return str(said[part][name])
