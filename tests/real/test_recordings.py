"""Recordings on a real Asterisk: a pause is silence in both directions, and stays so whatever happens.

The caller sends a tone of 440 Hz, the phones one of 880 Hz: what of each is in the file says who was recorded when.
"""

from __future__ import annotations

import array
import math
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.asterisk_folder.find import Asterisk
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, Service, configured, signed_in
from tests.real.test_dialplan import the_channel, until
from tests.real.test_spine import NUMBER, logged

CALLER, AGENT = 440.0, 880.0
POLICY = {("[globals]", "HELIN_RECORD_support"): "yes", ("[globals]", "HELIN_RECORD_outbound"): "yes"}
PART = 800
"""Samples of a part that is looked at: a tenth of a second."""


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, {"extensions.conf": POLICY}) as running:
        yield running


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    sounds = f'[recordings]\ndir = "{shop.asterisk.folder}/spool/monitor"'
    async with configured(tmp_path, shop.asterisk, more=sounds) as service:
        service.start()
        await service.until_ready()
        yield service


class Sound:
    """What has been written of the one recording so far, also while Asterisk is writing it."""

    def __init__(self, shop: Shop) -> None:
        self._folder = shop.asterisk.folder / "spool/monitor"

    def samples(self, file: str = "support") -> array.array[int]:
        found = sorted(self._folder.rglob(f"{file}*.wav"))
        data = found[0].read_bytes()[44:] if found else b""
        return array.array("h", data[: len(data) // 2 * 2])

    def heard(self, begin: int = 0, file: str = "support") -> list[tuple[bool, bool]]:
        """For each part from sample ``begin`` on: whether the caller and the agent are in it."""
        samples = self.samples(file)[begin:]
        parts = [samples[at : at + PART] for at in range(0, len(samples) - PART + 1, PART)]
        return [(loudness(part, CALLER) > 500, loudness(part, AGENT) > 500) for part in parts]

    async def falls_silent(self) -> int:
        """Waits for a part in which nobody is, after both were; the sample at which it begins."""
        found: list[int] = []

        def silent() -> bool:
            parts = self.heard()
            both = parts.index((True, True)) if (True, True) in parts else len(parts)
            found[:] = [place for place in range(both, len(parts)) if parts[place] == (False, False)][:1]
            return bool(found)

        await until(silent, 40)
        return found[0] * PART

    async def grows_by(self, seconds: float) -> None:
        """Waits until so much more was written. What Asterisk has written stands on the disk a moment later."""
        stood = len(self.samples())
        await until(lambda: len(self.samples()) > stood + seconds * 8000, 60)


def loudness(part: array.array[int], hertz: float) -> float:
    angle = 2 * math.pi * hertz / 8000
    real = sum(sample * math.cos(angle * n) for n, sample in enumerate(part))
    other = sum(sample * math.sin(angle * n) for n, sample in enumerate(part))
    return 2 * math.hypot(real, other) / len(part)


async def the_call(person: Person) -> str:
    """The one that is up, once somebody talks in it."""
    found: list[str] = []

    async def talks() -> bool:
        items = (await person.get("/calls", state="active"))["items"]
        found[:] = [each["id"] for each in items if each["segments"]]
        return bool(found)

    await until(talks, 40)
    return found[0]


async def recording_of(person: Person, call: str, wanted: str | None) -> None:
    async def says() -> bool:
        return bool((await person.get(f"/calls/{call}"))["recording"] == wanted)

    await until(says, 40)


async def test_a_pause_is_silence_both_ways_through_kill_and_transfer(shop: Shop, helin: Service) -> None:
    sound = Sound(shop)
    await shop.log_in("1001")
    with shop.phone("1001"), shop.phone("1002") as second, shop.calls(Caller(number=NUMBER, talk_ms=None)) as caller:
        async with signed_in(helin.url, "agent1") as agent:
            call = await the_call(agent)
            await recording_of(agent, call, "on")
            await until(lambda: (True, True) in sound.heard(), 30)
            result = await agent.command("pause_recording", call=call)
            assert result["ok"], result
            await recording_of(agent, call, "paused")
            paused_at = await sound.falls_silent()
            await sound.grows_by(1.5)
            assert not any(any(each) for each in sound.heard(paused_at))
        os.kill(helin.processes[-1].pid, signal.SIGKILL)
        helin.processes[-1].wait()
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "supervisor") as boss:
            await recording_of(boss, call, "paused")
            trunk = await the_channel(shop.asterisk, "PJSIP/trunk")
            await shop.asterisk.rx(f"channel redirect {trunk} agents,1002,1")
            await second.noted("answered")
            # A recorder that somebody else starts in a paused call is muted as well.
            await shop.asterisk.rx(f"mixmonitor start {trunk} other.wav,b")
            await sound.grows_by(1.5)
            assert not any(any(each) for each in sound.heard(paused_at)), "still paused"
            await recording_of(boss, call, "paused")
            assert not any(any(each) for each in sound.heard(8000, "other"))
            assert (await boss.command("resume_recording", call=call))["ok"]
            await until(lambda: any(any(each) for each in sound.heard(paused_at)), 40)
            caller.kill()
            await shop.asterisk.rx("channel request hangup all")
            await logged(boss)
            (item,) = (await boss.get(f"/calls/{call}/recordings"))["items"]
            assert (item["state"], [each["by"] for each in item["pauses"]]) == ("ready", ["agent1"])
            assert item["pauses"][0]["resumed_by"] == "supervisor"
            assert abs(item["pauses"][0]["from_seconds"] - paused_at / 8000) < 1.0, "silent within a second"
    (other,) = (shop.asterisk.folder / "spool/monitor").rglob("other.wav")
    other.unlink()
    assert helin.run("recordings", "check").returncode == 0


async def test_click_to_call_is_recorded_and_a_lost_folder_costs_no_call(shop: Shop, helin: Service) -> None:
    async with signed_in(helin.url, "supervisor") as boss:
        with shop.phone("1001"), shop.called(Phone(bye_ms=1500)):
            await shop.asterisk.rx("channel originate PJSIP/1001 extension +37255501010@agents")
            (call,) = await logged(boss)
        assert call["number"] == "+37255501010"
        (item,) = (await boss.get(f"/calls/{call['id']}/recordings"))["items"]
        assert item["state"] == "ready"
        assert item["seconds"] > 0.5
        folder = shop.asterisk.folder / "spool/monitor"
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()
        folder.write_text("no folder")
        await shop.log_in("1001")
        with shop.phone("1001"), shop.calls(Caller(number=NUMBER, talk_ms=1500)) as caller:
            assert (await caller.done()).ok == 1, "the caller is served"
        calls = await logged(boss, 2)
        assert {each["outcome"] for each in calls} == {"answered"}
        folder.unlink()
        folder.mkdir()
        done = helin.run("recordings", "check")
        assert done.returncode == 1
        assert done.stdout.count("is missing") == 2
