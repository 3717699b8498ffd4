"""SIPp as callers and as phones, on 127.0.0.1. Its counts are a witness that knows nothing of AMI."""

from __future__ import annotations

import asyncio
import csv
import math
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.asterisk_folder.ports import LOOPBACK, free_port
from tests.real.scenarios import Caller, Phone, caller_scenario, phone_scenario, register_scenario


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the calls; ``notes`` counts the words: answered, said_bye, got_bye, cancelled, refused."""

    ok: int
    failed: int
    notes: Counter[str]


class Sipp:
    """One running SIPp. Not tied to an event loop."""

    def __init__(self, folder: Path, scenario: str, words: list[str], port: int = 0) -> None:
        self.folder = folder
        self.port = port or free_port(socket.SOCK_DGRAM)
        (folder / "scenario.xml").write_text(scenario)
        command = ["sipp", *words, "-sf", "scenario.xml", "-i", LOOPBACK, "-mi", LOOPBACK, "-p", str(self.port)]
        command += ["-nostdin", "-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_logs", "-log_file", "notes.txt"]
        command += ["-trace_err", "-error_file", "errors.txt", "-nd"]
        self._process = _started(command, folder)

        until = time.monotonic() + 5
        while not _bound(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"SIPp did not start: {(folder / 'screen.txt').read_text()} {self.errors()}")
            time.sleep(0.01)

    async def done(self, seconds: float = 60) -> Counts:
        """Waits until all its calls are over; raises TimeoutError."""
        try:
            await asyncio.to_thread(self._process.wait, seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"After {seconds} s SIPp has calls up: {self.counts()} {self.errors()}") from None
        return self.counts()

    async def noted(self, word: str, count: int = 1, seconds: float = 30) -> None:
        """Waits until its scenario has said the word so many times; raises TimeoutError."""
        until = time.monotonic() + seconds
        while self.notes()[word] < count:
            if time.monotonic() > until:
                raise TimeoutError(f"SIPp noted {dict(self.notes())}, not {count} times {word}: {self.errors()}")
            await asyncio.sleep(0.02)

    def is_over(self) -> bool:
        """All its calls are over."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """It is gone without a word, calls and all: a phone whose cable was pulled."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def notes(self) -> Counter[str]:
        path = self.folder / "notes.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return Counter(line.split()[0] for line in lines if line.strip())

    def counts(self) -> Counts:
        path = self.folder / "stat.csv"
        rows = list(csv.DictReader(path.read_text().splitlines(), delimiter=";")) if path.exists() else []
        last = rows[-1] if rows else {}
        return Counts(int(last.get("SuccessfulCall(C)", 0)), int(last.get("FailedCall(C)", 0)), self.notes())

    def errors(self) -> str:
        path = self.folder / "errors.txt"
        return path.read_text(errors="replace")[:2000] if path.exists() else ""


@contextmanager
def calling(sip_port: int, caller: Caller, calls: int = 1, per_second: float = 5) -> Iterator[Sipp]:
    """Callers ring in at the Asterisk on this SIP port."""
    with tempfile.TemporaryDirectory(prefix="sipp-") as folder:
        sound = write_tone(Path(folder), 440)
        words = [f"{LOOPBACK}:{sip_port}", "-m", str(calls), "-r", str(per_second), "-rp", "1000"]
        sipp = Sipp(Path(folder), caller_scenario(caller, str(sound)), words)
        try:
            yield sipp
        finally:
            sipp.kill()


@contextmanager
def answering(phone: Phone, port: int = 0) -> Iterator[Sipp]:
    """A phone, or a carrier's far end, that takes any number of calls at this port (0: one of its own, ``.port``)."""
    with tempfile.TemporaryDirectory(prefix="sipp-") as folder:
        sound = write_tone(Path(folder), 880)
        sipp = Sipp(Path(folder), phone_scenario(phone, str(sound)), [], port)
        try:
            yield sipp
        finally:
            sipp.kill()


async def registers(sip_port: int, username: str, password: str) -> bool:
    """Whether a phone gets itself registered with this password. It takes itself out again."""
    with tempfile.TemporaryDirectory(prefix="sipp-") as folder:
        words = [f"{LOOPBACK}:{sip_port}", "-m", "1"]
        sipp = Sipp(Path(folder), register_scenario(username, password), words)
        try:
            counts = await sipp.done(30)
            return counts.notes["registered"] == 1
        finally:
            sipp.kill()


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "screen.txt").open("wb") as screen:
        try:
            return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen)
        except FileNotFoundError:
            raise RuntimeError(
                "SIPp is missing: run config/setup-machine.sh (as root), or install sip-tester."
            ) from None


def _bound(port: int) -> bool:
    return any(line.split()[1].endswith(f":{port:04X}") for line in Path("/proc/net/udp").read_text().splitlines()[1:])


def write_tone(folder: Path, hertz: float) -> Path:
    """A second of a sine as raw µ-law at 8 kHz, which SIPp plays over and over."""
    path = folder / "tone.ulaw"
    path.write_bytes(bytes(mu_law(int(8000 * math.sin(2 * math.pi * hertz * n / 8000))) for n in range(8000)))
    return path


def mu_law(sample: int) -> int:
    """ITU-T G.711: a 16 bit sample as one byte."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF
