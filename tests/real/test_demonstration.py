"""``helin demo`` where no Asterisk can be had: recorded calls ring in, and are in the log."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from config.asterisk_folder.ports import free_port
from tests.real.service import _environment

DEMO = """
import sys
from config.asterisk_folder import find
from config.cli import main
find._on_this_machine = lambda: None
sys.argv = ["helin", "demo", "--port", sys.argv[1]]
main()
"""
"""The command, on a machine that has no Asterisk of its own."""


async def test_recorded_calls_where_no_asterisk_can_be_had(tmp_path: Path) -> None:
    port = free_port()
    # No mmdebstrap and no apt-get: a folder cannot be made.
    bare = {**_environment(), "PATH": str(tmp_path), "HELIN_CACHE": str(tmp_path / "cache"), "COLUMNS": "200"}
    with (tmp_path / "said").open("wb") as said:
        demo = subprocess.Popen(
            [sys.executable, "-c", DEMO, str(port)], cwd=tmp_path, env=bare, stdout=said, stderr=said
        )
    try:
        call = await first_call(f"http://127.0.0.1:{port}/api/v1", demo)
        assert (call["direction"], call["queue"], call["number"][:4]) == ("inbound", "support", "+372")
        assert call["contact"] is not None, "a customer of the demonstration"
    finally:
        demo.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(demo.wait, 30)
    text = (tmp_path / "said").read_text()
    assert status == 0, text
    assert "No Asterisk, but recorded calls." in text
    assert "mmdebstrap is missing" in text
    assert oct((tmp_path / "var/demo/helin.toml").stat().st_mode & 0o777) == oct(0o600)
    assert not os.path.exists(f"/proc/{demo.pid}")


async def first_call(api: str, demo: subprocess.Popen[bytes]) -> dict[str, object]:
    deadline = time.monotonic() + 150
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline and demo.poll() is None:
            try:
                async with http.post(f"{api}/session", json={"login": "admin", "password": "helin-demo"}) as answer:
                    token = (await answer.json())["token"]
                http.cookie_jar.clear()
                headers = {"Authorization": f"Bearer {token}"}
                async with http.get(f"{api}/calls", params={"state": "ended"}, headers=headers) as answer:
                    items = (await answer.json())["items"]
                if items:
                    return dict(items[0])
            except (aiohttp.ClientError, KeyError):
                pass
            await asyncio.sleep(1)
    raise AssertionError("no call was in the log within 150 s")
