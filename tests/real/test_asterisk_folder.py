"""Asterisks run from a folder: side by side, on their own ports, gone without a trace."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import AsteriskFailed, Instance, running_asterisk
from config.demo import SHOP_CONF, Ring, running_demo
from tests.real.asterisk import Shop
from tests.real.scenarios import Caller

pytestmark = pytest.mark.timeout(60)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_two_run_side_by_side_and_leave_nothing(asterisk_home: Asterisk) -> None:
    async with (
        running_asterisk(asterisk_home, SHOP_CONF, "one") as one,
        running_asterisk(asterisk_home, SHOP_CONF, "two") as two,
    ):
        assert listens(one.ports.ami)
        assert listens(one.ports.http)
        assert listens(two.ports.ami)
        assert [line for line in one.full_log().splitlines() if "WARNING[" in line or "ERROR[" in line] == []
        assert not set(range(one.ports.rtp_start, one.ports.rtp_end + 1)) & {two.ports.rtp_start, two.ports.rtp_end}
        assert one.secret != two.secret
        assert "System uptime" in await two.rx("core show uptime")
    assert not listens(one.ports.ami)
    assert not one.folder.exists()
    with pytest.raises(AsteriskFailed):
        _ = two.pid


async def test_everything_listens_on_loopback_only(shop: Shop) -> None:
    ports = shop.asterisk.ports
    wanted = {ports.ami, ports.http, ports.sip}
    bound = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, port = row.split()[1].split(":")
            if int(port, 16) in wanted:
                bound.add((int(port, 16), address))
    assert bound == {(port, "0100007F") for port in wanted}


async def test_kill_9_and_back_on_the_same_ports_with_its_members(shop: Shop) -> None:
    await shop.log_in("1001")
    await asyncio.sleep(1.2)  # Asterisk writes its database down once a second.
    first = shop.asterisk.pid
    await shop.asterisk.kill()
    assert not listens(shop.asterisk.ports.ami)
    await shop.asterisk.start()
    assert shop.asterisk.pid != first
    assert listens(shop.asterisk.ports.ami)
    assert "PJSIP/1001" in await shop.asterisk.rx("queue show support")


async def test_a_frozen_one_says_nothing_until_it_thaws(asterisk: Instance) -> None:
    asterisk.freeze()
    asking = asyncio.create_task(asterisk.rx("core show uptime"))
    done, _ = await asyncio.wait({asking}, timeout=0.5)
    assert not done
    asterisk.thaw()
    assert "System uptime" in await asking


async def test_its_records_can_be_read(shop: Shop) -> None:
    await shop.log_in("1001")
    with shop.phone("1001"), shop.calls(Caller(talk_ms=300)) as caller:
        assert (await caller.done()).ok == 1
    for _ in range(100):
        if shop.asterisk.cdr():
            break
        await asyncio.sleep(0.05)
    (record,) = shop.asterisk.cdr()
    assert (record["src"], record["disposition"]) == ("+37255501000", "ANSWERED")
    assert record["uniqueid"] == record["linkedid"]
    assert record["uniqueid"].startswith("main-")
    assert [row[4] for row in shop.asterisk.queue_log()][-2:] == ["CONNECT", "COMPLETECALLER"]


async def test_a_broken_configuration_says_why(asterisk_home: Asterisk) -> None:
    broken = {"modules.conf": {("[modules]", "+require"): "res_nonesuch.so"}}
    with pytest.raises(AsteriskFailed, match="res_nonesuch"):
        async with running_asterisk(asterisk_home, SHOP_CONF, "broken", broken):
            raise AssertionError("it must not start")


def test_it_dies_with_the_program_that_started_it(asterisk_home: Asterisk, tmp_path: Path) -> None:
    """Also by kill -9; what it leaves is swept away by the next."""
    program = (
        "import asyncio\n"
        "from config.asterisk_folder.find import find_or_make\n"
        "from config.asterisk_folder.instance import running_asterisk\n"
        "from config.demo import SHOP_CONF\n"
        "async def main():\n"
        "    async with running_asterisk(find_or_make(), SHOP_CONF, 'orphan') as it:\n"
        "        print(it.ports.ami, it.folder, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port, folder = parent.stdout.readline().split()
        assert listens(int(port))
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not listens(int(port)):
            break
        time.sleep(0.05)
    assert not listens(int(port))
    assert Path(folder).exists()
    asyncio.run(_start_one(asterisk_home))
    assert not Path(folder).exists()


async def _start_one(home: Asterisk) -> None:
    async with running_asterisk(home, SHOP_CONF, "next"):
        pass


GONE = "not found!  Variable 'HELIN_"
"""A caller who goes between the dialplan's look and its word for them: Asterisk says so, and nobody needs the word."""


async def test_the_demonstration_rings_in_and_is_picked_up(asterisk_home: Asterisk) -> None:
    quick = {("[globals]", "RING_FROM"): "1", ("[globals]", "RING_TO"): "1"}
    async with running_demo(asterisk_home) as demo:
        demo.world.change("extensions.conf", quick)
        await demo.world.rx("dialplan reload")
        await demo.shop.rx("queue add member PJSIP/1001 to support")
        demo.place("one", Ring("+37255501007", "+3725550100", patience=20, talk=2, what=""))
        for _ in range(800):
            events = [row[4] for row in demo.shop.queue_log()]
            if "COMPLETECALLER" in events:
                break
            await asyncio.sleep(0.05)
        assert events[-3:] == ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]
        for instance in (demo.shop, demo.world):
            log = instance.full_log().splitlines()
            assert [line for line in log if ("WARNING[" in line or "ERROR[" in line) and GONE not in line] == []
