"""Recordings over the API: heard by those who may, written down who, by ranges, erased by the administrator alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from agent_ui.bus.in_process import InProcessBus
from agent_ui.http.recordings import place_of
from agent_ui.http.routes import PREFIX
from agent_ui.web_server import running_web
from crm_store.store import Store
from routing.facts import CallFact
from routing.story import Call, fold
from tests.agent_ui.test_api import PASSWORD, Site
from tests.crm_store.story import answered, at
from tests.crm_store.test_calls import record
from tests.crm_store.test_recordings import file_of, write_sound

ONE = f"{PREFIX}/calls/a/recordings/1"


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """With two calls of agent1's: ``a`` has its sound, that of ``b`` is no recording, and that of ``c`` is missing."""
    sounds = tmp_path / "sounds"
    async with await Store.open(sqlite_url) as store:
        for call in ("a", "b", "c"):
            await record(store, tmp_path / "spool", answered(call), call)
        write_sound(sounds / file_of("a"), 55.0)
        (sounds / file_of("b")).write_bytes(b"<html>no sound</html>")
        bus = InProcessBus()
        serving = running_web(
            "127.0.0.1", 0, "http://127.0.0.1:8080", store, bus, {}, CollectorRegistry(), None, sounds
        )
        async with serving as web:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            for login, role in (("agent1", "agent"), ("agent2", "agent"), ("boss", "supervisor"), ("admin", "admin")):
                await store.users.put(login, login, role, password_hash=hashed)  # type: ignore[arg-type]
            yield Site(f"http://127.0.0.1:{web.port}", store, web)


async def hear(site: Site, token: str, span: str = "") -> tuple[int, bytes, str]:
    headers = {"Authorization": f"Bearer {token}"} | ({"Range": span} if span else {})
    async with aiohttp.ClientSession() as http, http.get(f"{site.url}{ONE}/audio", headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers.get("Content-Type", "")


async def test_own_calls_by_ranges_and_it_is_written_down(site: Site) -> None:
    agent, other, boss = [await site.token(login) for login in ("agent1", "agent2", "boss")]
    assert (await hear(site, other))[0] == 404
    assert (await site.ask("GET", f"{PREFIX}/calls/a/recordings", other))[0] == 404
    status, whole, kind = await hear(site, agent)
    assert (status, kind, whole[:4], len(whole)) == (200, "audio/wav", b"RIFF", 44 + 55 * 16000)
    assert await hear(site, agent, "bytes=100-299") == (206, whole[100:300], "audio/wav")
    assert (await hear(site, agent, "bytes=99999999-"))[0] == 416
    assert (await hear(site, boss, "bytes=0-"))[0] == 206
    (item,) = (await site.ask("GET", f"{PREFIX}/calls/a/recordings", boss))[1]["items"]
    assert [each["who"] for each in item["listened"]] == ["boss", "agent1"], "one listening, however many pieces"
    (item,) = (await site.ask("GET", f"{PREFIX}/calls/a/recordings", agent))[1]["items"]
    assert (item["state"], item["seconds"], item["listened"]) == ("ready", 55.0, None)
    places = [(each["from_seconds"], each["to_seconds"], each["by"]) for each in item["pauses"]]
    assert places == [(15.0, 25.0, "agent1"), (35.0, None, "agent1")]
    status, picture = await site.ask("GET", f"{ONE}/peaks", agent)
    assert (status, picture["seconds"], max(picture["peaks"])) == (200, 55.0, 50)
    assert len(picture["peaks"]) <= 1000


async def test_what_is_not_to_be_had_is_a_sentence(site: Site) -> None:
    token = await site.token("boss")
    for path, says in (
        ("b/recordings/1/audio", "this file is no recording: it is no WAV file"),
        ("b/recordings/1/peaks", "this file is no recording: it is no WAV file"),
        ("c/recordings/1/audio", "the file of this recording is missing"),
        ("a/recordings/2/audio", "There is no such recording."),
        ("a/recordings/..%2f1/audio", "There is no such recording."),
        ("a/recordings/-1/audio", "There is no such recording."),
        ("z/recordings/1/audio", "There is no such call."),
    ):
        status, said = await site.ask("GET", f"{PREFIX}/calls/{path}", token)
        assert (status, said["detail"]) == (404, says), path
    states = [
        (await site.ask("GET", f"{PREFIX}/calls/{call}/recordings", token))[1]["items"][0]["state"] for call in "bc"
    ]
    assert states == ["missing", "missing"]


async def test_a_hold_forbids_erasing(site: Site) -> None:
    boss, admin = await site.token("boss"), await site.token("admin")
    assert (await site.ask("DELETE", ONE, boss))[0] == 403
    assert (await site.ask("POST", f"{PREFIX}/calls/a/hold", admin, json={"on": True, "reason": "court"}))[0] == 204
    status, said = await site.ask("DELETE", ONE, admin)
    assert (status, said["detail"]) == (409, "admin has put this call under legal hold; end that first.")
    assert (await site.ask("POST", f"{PREFIX}/calls/a/hold", admin, json={"on": False}))[0] == 204
    assert (await site.ask("DELETE", f"{ONE}?reason={'x' * 501}", admin))[0] == 422
    assert (await site.ask("DELETE", f"{ONE}?reason=the%20customer%20asked", admin))[0] == 204
    assert (await hear(site, admin))[0] == 404
    (item,) = (await site.ask("GET", f"{PREFIX}/calls/a/recordings", boss))[1]["items"]
    assert (item["state"], item["erased_by"]) == ("erased", "admin")
    done = [(each.who, each.what) for each in (await site.store.audit.page()).items if each.subject == "call:a"]
    assert done == [("admin", "erased recording"), ("admin", "ended legal hold"), ("admin", "legal hold")]
    reasons = [each.detail.get("reason") for each in (await site.store.audit.page()).items if each.subject == "call:a"]
    assert reasons == ["the customer asked", None, "court"]


def test_a_place_in_the_file_counts_only_talks() -> None:
    call: Call | None = None
    for fact in answered("a"):
        if isinstance(fact, CallFact):
            call = fold(call, fact)
    assert call is not None
    assert [place_of(call, at(second)) for second in (0, 5, 20, 60, 99)] == [0.0, 0.0, 15.0, 55.0, 55.0]
