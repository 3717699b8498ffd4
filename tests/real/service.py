"""Helin as its users run it: the command in a process of its own, with settings in a file, spoken to over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from config.asterisk_folder.instance import Instance
from config.asterisk_folder.ports import free_port

PASSWORD = "a-good-password"
PEOPLE = "".join(
    f"""
[[users]]
login = "{login}"
name = "{name}"
password = "{PASSWORD}"
role = "{role}"
{f'extension = "{extension}"' if extension else ""}
{f'interface = "PJSIP/{extension}"' if extension else ""}
"""
    for login, name, role, extension in (
        ("agent1", "Agent One", "agent", "1001"),
        ("agent2", "Agent Two", "agent", "1002"),
        ("supervisor", "Super Visor", "supervisor", ""),
        ("admin", "Ad Min", "admin", ""),
    )
)
QUEUES = """
[[queues]]
name = "support"
mode = "assist"
agents = ["agent1", "agent2"]
[[queues]]
name = "sales"
mode = "assist"
agents = ["agent1", "agent2"]
"""


@dataclass(slots=True)
class Service:
    """One configured Helin in a folder; any number of its processes may run."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        command = [sys.executable, "-m", "config.cli", *words, "--config", str(self.folder / "helin.toml")]
        return subprocess.run(command, cwd=self.folder, env=_environment(), capture_output=True, text=True, timeout=180)

    def start(self, role: str = "all", **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "config.cli", "serve", "--role", role]
        command += ["--config", str(self.folder / "helin.toml")]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env={**_environment(), **environment}, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    async def until_ready(self, seconds: float = 90, port: int | None = None) -> None:
        url = f"http://127.0.0.1:{port or self.port}/health/ready"
        deadline = time.monotonic() + seconds
        said = "nothing"
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                        said = await answer.text()
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise AssertionError(f"not ready after {seconds} s: {said}\n{self.log[-3000:]}")

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


_PEOPLED: list[bytes] = []
"""The SQLite database of the first shop of this run, migrated and with its people; the others begin as copies of it."""


def _migrate_and_apply(service: Service) -> None:
    for words in (("migrate",), ("apply", str(service.folder / "people.toml"))):
        done = service.run(*words)
        assert done.returncode == 0, done.stderr
    made = service.folder / "helin.db"
    if made.exists():
        assert not made.with_name("helin.db-wal").exists(), "the database is not whole in its file"
        _PEOPLED.append(made.read_bytes())


@asynccontextmanager
async def configured(
    folder: Path, asterisk: Instance, store_url: str | None = None, bus_url: str = "", more: str = ""
) -> AsyncIterator[Service]:
    """Settings, schema and people in place, nothing started."""
    service = Service(folder, free_port())
    (folder / "helin.toml").write_text(
        f"""
[web]
port = {service.port}
[store]
url = "{store_url or f"sqlite:///{folder}/helin.db"}"
[bus]
url = "{bus_url}"
[spool]
dir = "{folder}/spool"
[[asterisk]]
name = "main"
host = "127.0.0.1"
port = {asterisk.ports.ami}
username = "helin"
secret = "{asterisk.secret}"
{more}
"""
    )
    (folder / "people.toml").write_text(PEOPLE + QUEUES)
    if store_url is None and _PEOPLED:
        (folder / "helin.db").write_bytes(_PEOPLED[0])
    else:
        _migrate_and_apply(service)
    try:
        yield service
    finally:
        service.end()


class Person:
    """Somebody signed in: the API, and a panel's socket: its first snapshot, then its messages in order."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.heard: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.commands = 0

    async def did(self, name: str, **args: str) -> None:
        """As ``command``, and it was carried out."""
        result = await self.command(name, **args)
        assert result["ok"], result

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(f"{self.url}/api/v1{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Any = None) -> Any:
        async with self.http.post(f"{self.url}/api/v1{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def command(self, name: str, **args: str) -> dict[str, Any]:
        """Its result, whatever it is."""
        assert self.socket is not None
        self.commands += 1
        id_ = f"{name}-{self.commands}-{secrets.token_hex(4)}"
        await self.socket.send_json({"type": "command", "id": id_, "name": name, "args": args})
        return await self.hears("result", id=id_)

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        async for frame in socket:
            self.heard.append(json.loads(frame.data))

    async def hears(self, kind: str, seconds: float = 30, **about: Any) -> dict[str, Any]:
        """The first message of this type that has not been taken yet."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for index, message in enumerate(self.heard):
                if message["type"] == kind and all(message.get(key) == value for key, value in about.items()):
                    return self.heard.pop(index)
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {kind} within {seconds} s, but {[message['type'] for message in self.heard]}")


@asynccontextmanager
async def signed_in(url: str, login: str) -> AsyncIterator[Person]:
    """Signed in by token, with the panel's socket open and its snapshot taken."""
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{url}/api/v1/session", json={"login": login, "password": PASSWORD}) as answer:
            assert answer.status == 200, await answer.text()
            token = (await answer.json())["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        http.cookie_jar.clear()
        person = Person(http, url)
        ticket = await person.post("/panel-ticket")
        async with http.ws_connect(ticket["url"]) as socket:
            await socket.send_json({"type": "hello", "ticket": ticket["ticket"]})
            listening = asyncio.create_task(person.listen(socket))
            try:
                person.snapshot = await person.hears("snapshot")
                yield person
            finally:
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening


async def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Waits for it; raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)


def wait_for(processes: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    return [process.wait(10) for process in processes]


def _environment() -> dict[str, str]:
    """Without what this shell may have set for its own Helin."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELIN_")}
    cache = {"HELIN_CACHE": os.environ["HELIN_CACHE"]} if "HELIN_CACHE" in os.environ else {}
    return {**kept, **cache, "PYTHONPATH": str(Path(__file__).parent.parent.parent), "PYTHONWARNINGS": "default"}
