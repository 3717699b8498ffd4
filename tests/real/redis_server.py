"""A real redis-server of the tests' own: a free port, nothing written to disk; stopped, hung, emptied at will."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


class RedisServer:
    """``url`` stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is missing: apt-get install redis-server")
        words = (program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen((*words, "--dir", str(self._folder)), stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as probe:
                probe.settimeout(0.05)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("redis-server did not start: " + (self._folder / "redis.log").read_text()[-500:])

    def stop(self) -> None:
        """At once, with everything in it lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Stopped dead with all sockets open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def say(self, *words: str) -> str:
        """One command, by hand; its raw answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        writer.write(f"*{len(words)}\r\n{parts}".encode())
        answer = (await reader.readline()).decode().strip()
        writer.close()
        await writer.wait_closed()
        return answer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()
