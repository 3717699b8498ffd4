"""Runs an Asterisk of its own: a copy of a configuration, its own ports on 127.0.0.1, its own folders.

Any number of them run side by side from one folder of packages. Each lives in a folder that is removed when it ends;
what a killed run left behind goes at the next start. The process gets ``setpriv --pdeathsig``, so no Asterisk outlives
the program that started it.
"""

from __future__ import annotations

import asyncio
import csv
import os
import secrets
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from config.asterisk_folder.adapt import Changes, furnish
from config.asterisk_folder.conf import Values, with_values
from config.asterisk_folder.find import Asterisk, cache_folder
from config.asterisk_folder.ports import Ports, ports_of_an_instance
from config.asterisk_folder.seat import Seat, taken_seat
from config.errors import HelinError

BOOT_SECONDS = 30
CDR_COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
)  # fmt: skip


class AsteriskFailed(HelinError):
    """An Asterisk did not start, or did not answer; the message has the last lines of its log."""


class Instance:
    """A running Asterisk. It is tied to no event loop, so a fixture may start it and tests in other loops use it."""

    def __init__(self, name: str, seat: Seat, ports: Ports, secret: str) -> None:
        self.name = name
        self.ports = ports
        self.secret = secret
        self.folder = seat.outside
        self._seat = seat
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise AsteriskFailed(f"Asterisk {self.name} is not running.")
        return self._process.pid

    async def start(self) -> None:
        """Starts it on its own ports and returns when it is fully booted; raises AsteriskFailed."""
        (self.folder / "run/asterisk.ctl").unlink(missing_ok=True)
        self._spawn()
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise AsteriskFailed(f"Asterisk {self.name} ended at its start: {self._last_words()}")
            if (self.folder / "run/asterisk.ctl").exists():
                # When Asterisk gives up while it waits, the command ends well too: only the words count.
                _, said = await self._remote("core waitfullybooted")
                if "fully booted" in said:
                    return
            await asyncio.sleep(0.05)
        await self.kill()
        raise AsteriskFailed(f"Asterisk {self.name} was not up after {BOOT_SECONDS} s: {self._last_words()}")

    async def stop(self) -> None:
        """Ends it in good order; calls that are up are hung up."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """kill -9: nothing is written or said any more. ``start`` brings it back on the same ports."""
        await self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stops it dead with its sockets open, until ``thaw``."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def rx(self, command: str) -> str:
        """What the console command prints; raises AsteriskFailed when nobody answers."""
        status, said = await self._remote(command)
        if status != 0:
            raise AsteriskFailed(f"Asterisk {self.name} did not take '{command}': {said.strip()}")
        return said

    def change(self, file: str, values: Values) -> None:
        """Changes this instance's own copy of a configuration file; a reload or restart makes it count."""
        path = self.folder / "etc" / file
        path.write_text(with_values(path.read_text(), values))

    def place_call(self, name: str, call_file: str) -> None:
        """Hands it a call file (``Channel: …`` and so on), which it dials at once."""
        waiting = self.folder / "spool" / f"{name}.call"
        waiting.write_text(call_file)
        self._seat.give(waiting)
        waiting.rename(self.folder / "spool/outgoing" / waiting.name)

    def queue_log(self) -> list[list[str]]:
        """The lines of queue_log, split: time, call id, queue, member, event, then the event's own."""
        path = self.folder / "log/queue_log"
        return [line.split("|") for line in path.read_text().splitlines()] if path.exists() else []

    def cdr(self) -> list[dict[str, str]]:
        path = self.folder / "log/cdr-csv/Master.csv"
        if not path.exists():
            return []
        with path.open(newline="") as rows:
            return [dict(zip(CDR_COLUMNS, row, strict=False)) for row in csv.reader(rows)]

    def full_log(self) -> str:
        path = self.folder / "log/full"
        return path.read_text(errors="replace") if path.exists() else ""

    def _spawn(self) -> None:
        command = self._seat.command("-f", tied=True)
        with (self.folder / "log/console").open("ab") as console:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            # A frozen one would never hear of it.
            process.send_signal(signal.SIGCONT)
            process.send_signal(how)
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)

    async def _remote(self, command: str) -> tuple[int, str]:
        words = self._seat.command("-rx", command)
        asking = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said, _ = await asyncio.wait_for(asking.communicate(), BOOT_SECONDS)
        except TimeoutError:
            asking.kill()
            await asking.wait()
            return 1, "no answer"
        return asking.returncode or 0, said.decode(errors="replace")

    def _last_words(self) -> str:
        console = (self.folder / "log/console").read_text(errors="replace")
        lines = [line for line in (console + self.full_log()).splitlines() if line.strip()]
        return " / ".join(lines[-5:]) or "it said nothing."


@asynccontextmanager
async def running_asterisk(
    asterisk: Asterisk, conf: Path, name: str, changes: Changes | None = None, secret: str | None = None
) -> AsyncIterator[Instance]:
    """Runs a copy of the configuration in ``conf`` with these changes, until the context closes.

    ``name`` becomes the systemname, so it is also the prefix of its channels' unique ids. ``secret`` is what the copy's
    AMI account ``helin`` gets; a new one is drawn if none is given.
    """
    secret = secret or secrets.token_hex(16)
    with ExitStack() as undo:
        seat = undo.enter_context(taken_seat(asterisk, name))
        ports = undo.enter_context(ports_of_an_instance(cache_folder() / "ports"))
        instance = Instance(name, seat, ports, secret)
        furnish(seat, conf, name, ports, secret, changes or {})
        await instance.start()
        try:
            yield instance
        finally:
            await instance.stop()
