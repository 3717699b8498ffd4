"""``make run``: all of it from nothing. An Asterisk (:mod:`config.stage`), agents, customers who ring in, and Helin.

Helin runs as a process of its own and is started again when it ends, so that one may kill it in the middle of a call
and see what becomes of the call. Everything lives in ``var/demo/``; Ctrl-C ends all that was started here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.panel import Panel

from config.apply import Plan, apply
from config.asterisk_folder.ports import free_port
from config.errors import HelinError
from config.settings import Settings, load
from config.stage import QUEUES, ROBOTS, Stage, opened_stage
from crm_store.demo import demo_numbers, fill
from crm_store.demo_campaign import put_campaign
from crm_store.migrate import migrate
from crm_store.store import Store

HOME = Path("var/demo")
PASSWORD = "helin-demo"  # noqa: S105 - a demonstration's, printed on the screen
FIRST_RING_SECONDS = 2.0
CAMPAIGN = "campaign"
"""The queue of the invented campaign."""
LOGINS = {"1001": "agent1", "1002": "agent2", "1003": "agent3"}

say = Console(highlight=False)


async def run(port: int, configured: Settings) -> None:
    """Until Ctrl-C or SIGTERM. Of ``configured`` only the ``[[asterisk]]`` count: what the demonstration invents must
    not come into anybody's store."""
    ended = asyncio.Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(which, ended.set)
    await asyncio.to_thread(HOME.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        with say.status("Looking for an Asterisk …") as status:
            stage = await stack.enter_async_context(opened_stage(configured.asterisk, status.update))
        say.print(f"[bold]{stage.which}[/] {stage.means}")
        settings = _settings(stage, _free(port))
        await _furnish(settings, stage)
        await stack.enter_async_context(_helin(settings))
        await stack.enter_async_context(_callers(stage))
        _welcome(settings, stage)
        await ended.wait()
        say.print("Ending …")


def _settings(stage: Stage, port: int) -> Settings:
    """Written to a file, so that the other commands can be tried on the demonstration too."""
    lines = ['# Made anew by each "make run".', "[web]", f"port = {port}"]
    lines += ["[store]", f'url = "sqlite:///{HOME}/helin.db"', "[spool]", f'dir = "{HOME}/spool"']
    if stage.recordings is not None:
        lines += ["[recordings]", f"dir = {json.dumps(str(stage.recordings))}", "keep_days = 1"]
    for asterisk in stage.asterisks:
        lines.append("[[asterisk]]")
        for key, value in asterisk.model_dump(mode="json").items():
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    file = HOME / "helin.toml"
    file.unlink(missing_ok=True)
    # It holds the account's secret.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return load(file, {})


async def _furnish(settings: Settings, stage: Stage) -> None:
    await migrate(settings.store.url)
    async with await Store.open(settings.store.url, settings.numbers.country) as store:
        people = [
            {"login": login, "name": f"Agent {login[-1]}", "password": PASSWORD, "role": "agent",
             "extension": extension, "interface": f"PJSIP/{extension}",
             "phone": "sip" if extension in ROBOTS else "browser"}
            for extension, login in LOGINS.items()
        ]  # fmt: skip
        people += [
            {"login": role, "name": role.title(), "password": PASSWORD, "role": role}
            for role in ("supervisor", "admin")
        ]
        queues = [{"name": queue, "agents": list(LOGINS.values()), "wrap_up_seconds": 20} for queue in QUEUES]
        if stage.own_world:
            queues.append({"name": CAMPAIGN, "mode": "direct", "agents": [*LOGINS.values()], "wrap_up_seconds": 60})
        async for _ in apply(store, Plan.model_validate({"users": people, "queues": queues})):
            pass
        with say.status("Inventing 1,000 customers and their history …"):
            await fill(store, contacts=1000, seed=1)
        if stage.own_world:
            await put_campaign(store, CAMPAIGN, tuple(LOGINS.values()), datetime.now(UTC))


@asynccontextmanager
async def _helin(settings: Settings) -> AsyncIterator[None]:
    """The service, started again whenever it ends."""
    keeping = asyncio.create_task(_keep())
    try:
        await _ready(settings, keeping)
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


async def _keep() -> None:
    while True:
        with (HOME / "helin.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "config.cli", "serve", "--config", str(HOME / "helin.toml"),
                stdout=log, stderr=log, env=_environment(),
            )  # fmt: skip
        say.print(f"[green]Helin runs[/] as process {process.pid}; its log is {HOME / 'helin.log'}")
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        say.print(f"[red]Helin ended[/] ({status}); callers are served by Asterisk alone until it is back")
        await asyncio.sleep(2)


def _environment() -> dict[str, str]:
    """Without this shell's settings (HELIN_STORE__URL and the like): the demonstration has its own."""
    kept = {name: value for name, value in os.environ.items() if not (name.startswith("HELIN_") and "__" in name)}
    return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}


async def _ready(settings: Settings, keeping: asyncio.Task[None]) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(300):
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"{settings.web.public_url}/health/ready") as answer:
                    if answer.status == 200:
                        return
            if keeping.done():
                break
            await asyncio.sleep(0.1)
    raise HelinError(f"Helin did not get ready; see {HOME / 'helin.log'}")


@asynccontextmanager
async def _callers(stage: Stage) -> AsyncIterator[None]:
    async def ring_in() -> None:
        if stage.ring_in is not None:
            await asyncio.sleep(FIRST_RING_SECONDS)
            await stage.ring_in(demo_numbers(), lambda what: say.print(f"[cyan]☎[/] {what}"))

    ringing = asyncio.create_task(ring_in())
    try:
        yield
    finally:
        ringing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ringing


def _welcome(settings: Settings, stage: Stage) -> None:
    say.print(
        Panel(
            f"Open [bold underline]{settings.web.public_url}[/]\n\n"
            + "\n".join(f"  {login:<11} {PASSWORD}" for login in (*LOGINS.values(), "supervisor", "admin"))
            + f"\n\n{stage.which} {stage.means}\nCtrl-C ends all of it.",
            title="Helin",
            expand=False,
        )
    )


def _free(port: int) -> int:
    """The wished port, else one that is free."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            other = free_port()
            say.print(f"Port {port} is taken; the panel is on {other}.")
            return other
    return port
