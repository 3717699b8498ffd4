"""Agents who talk in a real Chromium, at an Asterisk that knows no other phones of theirs."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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

ANSWER = re.compile("^Answer")
"""The name of the button, with or without its key."""
AGENT_HERTZ = 1000
"""What the fake microphone says; SIPp's callers say 440 Hz."""
KEEPS_CONNECTIONS = """
window.connections = [];
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...words) { super(...words); window.connections.push(this); }
};
"""
SAYS = """
navigator.mediaDevices.getUserMedia = async () => {
  const sound = new AudioContext();
  const tone = new OscillatorNode(sound, { frequency: HERTZ });
  const out = new MediaStreamAudioDestinationNode(sound);
  tone.connect(new GainNode(sound, { gain: 0.2 })).connect(out);
  tone.start();
  return out.stream;
};
"""
HEARS = """async wanted => {
  const track = (window.connections ?? []).filter(each => each.connectionState === 'connected')
    .flatMap(each => each.getReceivers().map(one => one.track)).findLast(each => each.readyState === 'live');
  if (!track) return [];
  const sound = new AudioContext();
  const ear = new AnalyserNode(sound, { fftSize: 16384, smoothingTimeConstant: 0 });
  const from = new MediaStreamAudioSourceNode(sound, { mediaStream: new MediaStream([track]) });
  from.connect(ear);
  await new Promise(resolve => setTimeout(resolve, 600));
  const levels = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(levels);
  await sound.close();
  const at = hertz => Math.max(...levels.slice(...[-4, 5].map(more =>
    Math.round(hertz * ear.fftSize / sound.sampleRate) + more)));
  return wanted.filter(hertz => at(hertz) > -70 && at(hertz) > at(hertz * 1.25) + 20);
}"""
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
async def agent_phone(browser: Browser, service: Service, login: str, *scripts: str) -> AsyncIterator[Panel]:
    """An agent whose browser is the phone, registered. ``scripts`` run before the page's."""
    async with panel(browser, service.url, login, "en", KEEPS_CONNECTIONS, *scripts) as opened:
        await registered(opened.page)
        yield opened


async def registered(page: Page) -> None:
    await expect(page.locator("[data-phone]")).to_have_attribute("data-state", "registered")


async def carries_sound(page: Page, at_least: int = 8_000, seconds: float = 40) -> None:
    """Until so many bytes of sound went each way since now."""
    before = await page.evaluate(BYTES)

    async def enough() -> bool:
        now = await page.evaluate(BYTES)
        return all(new - old >= at_least for new, old in zip(now, before, strict=True))

    await until(enough, seconds)


def says(hertz: int) -> str:
    """A script: the page's microphone is this tone, which no noise suppression takes for noise after a while."""
    return SAYS.replace("HERTZ", str(hertz))


async def hears(page: Page, *wanted: int, among: Sequence[int]) -> None:
    """Until of these tones exactly the wanted ones come from the far side."""
    heard: list[int] = []
    deadline = time.monotonic() + 40
    while (heard := await page.evaluate(HEARS, list(among))) != sorted(wanted):
        assert time.monotonic() < deadline, f"heard {heard}, not {sorted(wanted)}"


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
