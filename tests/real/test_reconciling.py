"""Calls that began and ended while nobody listened, judged by SIPp's callers and by Asterisk's own records."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.real.asterisk import Shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, configured, signed_in
from tests.real.test_spine import logged

TALKING, WAITING, MISSED, GIVEN_UP = "+37255501001", "+37255501002", "+37255501003", "+37255501004"


class Cable:
    """Between Helin and AMI. While it is cut nothing goes through, and nobody gets a new connection."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._ends: list[asyncio.StreamWriter] = []
        self._is_cut = False

    @asynccontextmanager
    async def lying(self) -> AsyncIterator[int]:
        """The port at which Helin finds it."""
        async with await asyncio.start_server(self._connect, "127.0.0.1", 0) as server:
            yield int(server.sockets[0].getsockname()[1])
            self.cut()

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def mend(self) -> None:
        self._is_cut = False

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends += writer, far_writer
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


async def is_quiet(shop: Shop, calls: str = "0 active channels") -> None:
    async with asyncio.timeout(60):
        while calls not in await shop.asterisk.rx("core show channels count"):
            await asyncio.sleep(0.1)


async def reconciled(person: Person, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        items: Sequence[dict[str, Any]] = (await person.get("/gaps"))["items"]
        if items:
            return items[0]
        await asyncio.sleep(0.2)
    raise AssertionError("no gap was looked at")


def seconds_between(one: str, other: str) -> float:
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


async def test_calls_in_a_gap_have_exactly_one_closed_record_with_their_times(shop: Shop, tmp_path: Path) -> None:
    """kill -9 while one call talks and one waits; both end, two more come and go; then Helin comes back."""
    records = f'records = "{shop.asterisk.folder / "log"}"'
    async with configured(tmp_path, shop.asterisk, more=records) as helin:
        helin.start()
        await helin.until_ready()
        await shop.log_in("1001")
        with shop.phone("1001", Phone(answer_ms=200)):
            async with signed_in(helin.url, "supervisor") as supervisor:
                with shop.calls(Caller(number=TALKING, talk_ms=6000)):
                    await supervisor.hears("call.answered")
                    with shop.calls(Caller(number=WAITING, talk_ms=2000)):
                        await supervisor.hears("call.waiting")
                        os.kill(helin.processes[-1].pid, signal.SIGKILL)
                        helin.processes[-1].wait()
                        await is_quiet(shop)
            with shop.calls(Caller(number=MISSED, talk_ms=2000)):
                await is_quiet(shop, "2 active channels")
                await is_quiet(shop)
            await shop.log_out("1001")
            with shop.calls(Caller(number=GIVEN_UP, cancel_ms=2500)):
                await is_quiet(shop, "1 active channel")
                await is_quiet(shop)
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "supervisor") as supervisor:
            gap = await reconciled(supervisor)
            assert (gap["why"], gap["unexplained"], gap["sources"]) == (
                "Helin was not running",
                0,
                ["cel", "cdr", "queue_log"],
            )
            await logged(supervisor, 4)
            every = (await supervisor.get("/calls"))["items"]
            assert sorted(call["number"] for call in every) == [TALKING, WAITING, MISSED, GIVEN_UP]
            by_number = {call["number"]: call for call in every}
        truth = {row["src"]: row for row in shop.asterisk.cdr()}
        for number, call in by_number.items():
            assert (call["state"], call["estimated"], call["queue"]) == ("ended", True, "support"), call
            ended = truth[number]["end"].replace(" ", "T") + "Z"
            assert seconds_between(call["ended_at"], ended) <= 2.5, (call, truth[number])
            answered = [one["agent"] for one in call["segments"]]
            assert (call["outcome"], answered) == (
                ("abandoned", []) if number == GIVEN_UP else ("answered", ["agent1"])
            )
        for number in (WAITING, MISSED):
            assert 0.5 <= by_number[number]["segments"][0]["talked_seconds"] <= 4.0
        done = helin.run("reconcile", "--from", gap["from"], "--to", gap["to"])
        assert (done.returncode, "0 repaired" in done.stdout) == (0, True), done.stdout + done.stderr
        rebuilt = helin.run("rebuild")
        assert rebuilt.returncode == 0, rebuilt.stderr
        async with signed_in(helin.url, "supervisor") as supervisor:
            assert (await supervisor.get("/calls"))["items"] == every


async def test_the_log_is_true_after_the_link_was_cut_while_calls_went_on(shop: Shop, tmp_path: Path) -> None:
    """One call talks when the cable is cut and ends meanwhile; another comes and goes unseen. Helin runs on."""
    records = f'records = "{shop.asterisk.folder / "log"}"'
    cable = Cable(shop.asterisk.ports.ami)
    async with cable.lying() as port, configured(tmp_path, shop.asterisk, more=records) as helin:
        settings = tmp_path / "helin.toml"
        settings.write_text(settings.read_text().replace(f"port = {shop.asterisk.ports.ami}\n", f"port = {port}\n"))
        helin.start()
        await helin.until_ready()
        await shop.log_in("1001")
        async with signed_in(helin.url, "supervisor") as supervisor:
            with shop.phone("1001", Phone(answer_ms=200)):
                with shop.calls(Caller(number=TALKING, talk_ms=4000)):
                    await supervisor.hears("call.answered")
                    cable.cut()
                    await is_quiet(shop)
                with shop.calls(Caller(number=MISSED, talk_ms=2000)):
                    await is_quiet(shop, "2 active channels")
                    await is_quiet(shop)
            cable.mend()
            gap = await reconciled(supervisor)
            assert ("Helin was not running" in gap["why"], gap["unexplained"]) == (False, 0), gap
            await logged(supervisor, 2)
            calls = {call["number"]: call for call in (await supervisor.get("/calls"))["items"]}
        truth = {row["src"]: row for row in shop.asterisk.cdr()}
        assert set(calls) == set(truth) == {TALKING, MISSED}
        for number, call in calls.items():
            assert (call["state"], call["outcome"], call["estimated"]) == ("ended", "answered", True), call
            assert [one["agent"] for one in call["segments"]] == ["agent1"]
            ended = truth[number]["end"].replace(" ", "T") + "Z"
            assert seconds_between(call["ended_at"], ended) <= 2.5, (call, truth[number])
        rebuilt = helin.run("rebuild")
        assert rebuilt.returncode == 0, rebuilt.stderr
        async with signed_in(helin.url, "supervisor") as supervisor:
            assert {call["number"]: call for call in (await supervisor.get("/calls"))["items"]} == calls
