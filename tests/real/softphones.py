"""Agents who talk in a real Chromium, at an Asterisk that knows no other phones of theirs."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from config.asterisk_folder.adapt import Changes
from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance, running_asterisk
from config.demo import SHOP_CONF
from tests.real.browser import FAKE_MICROPHONE, Panel, panel, running_browser
from tests.real.service import Service, configured
from tests.real.tones import write_tone_file

AGENT_HERTZ = 1000
"""What the fake microphone says; SIPp's callers say 440 Hz."""
KEEPS_CONNECTIONS = """
window.connections = [];
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...words) { super(...words); window.connections.push(this); }
};
"""
BYTES = """async () => {
  let received = 0, sent = 0;
  for (const one of window.connections ?? []) for (const each of (await one.getStats()).values()) {
    if (each.type === 'inbound-rtp') received += each.bytesReceived;
    if (each.type === 'outbound-rtp') sent += each.bytesSent;
  }
  return [received, sent];
}"""


@asynccontextmanager
async def running_office(home: Asterisk, folder: Path, changes: Changes) -> AsyncIterator[tuple[Instance, Service]]:
    """The shop as it is shipped, with these changes, and Helin for it."""
    async with running_asterisk(home, SHOP_CONF, "main", changes) as asterisk:
        url = f'websocket_url = "ws://127.0.0.1:{asterisk.ports.http}/ws"'
        async with configured(folder, asterisk, more=url) as service:
            service.start()
            await service.until_ready()
            yield asterisk, service


@asynccontextmanager
async def talking_browser(folder: Path) -> AsyncIterator[Browser]:
    """Its microphone hears a tone of AGENT_HERTZ for ever."""
    tone = write_tone_file(folder / "agent.wav", AGENT_HERTZ)
    async with running_browser(*FAKE_MICROPHONE, f"--use-file-for-fake-audio-capture={tone}") as browser:
        yield browser


@asynccontextmanager
async def agent_phone(browser: Browser, service: Service, login: str) -> AsyncIterator[Panel]:
    """An agent whose browser is the phone, registered."""
    async with panel(browser, service.url, login) as opened:
        await registered(opened.page)
        await opened.page.context.add_init_script(KEEPS_CONNECTIONS)
        await opened.page.reload()
        await registered(opened.page)
        yield opened


async def registered(page: Page) -> None:
    await expect(page.locator("[data-phone]")).to_have_attribute("data-state", "registered")


async def carries_sound(page: Page, at_least: int = 8_000) -> None:
    """Until so many bytes of sound went each way since now."""
    before = await page.evaluate(BYTES)

    async def enough() -> bool:
        now = await page.evaluate(BYTES)
        return all(new - old >= at_least for new, old in zip(now, before, strict=True))

    await until(enough)


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        await asyncio.sleep(0.05)


def browsers_of_this_process() -> set[int]:
    """The ids of the Chromiums (not of their helpers) that descend from us."""
    parents: dict[int, tuple[int, bytes]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            parents[int(folder.name)] = (parent, (folder / "cmdline").read_bytes())
        except (OSError, ValueError):
            continue

    def ours(pid: int) -> bool:
        while pid in parents and pid > 1:
            pid = parents[pid][0]
            if pid == os.getpid():
                return True
        return False

    return {
        pid for pid, (_, words) in parents.items() if b"chromium" in words and b"--type=" not in words and ours(pid)
    }


def kill_browser(pids: set[int]) -> None:
    """Without a word: kill -9."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
