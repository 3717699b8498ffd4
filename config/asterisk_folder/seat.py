"""The folder an instance lives in, and the user it runs as.

Inside a folder of packages the instances' folders are under ``srv/helin``, since a chroot sees nothing else; for this
machine's own Asterisk they are in the cache. Each has a lock that its owner holds: a folder whose lock is free was left
behind by a killed run.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.asterisk_folder.find import Asterisk, cache_folder

USER = "asterisk"
FOLDERS = (
    "etc",
    "lib/keys",
    "spool/outgoing",
    "spool/monitor",
    "log/cdr-csv",
    "log/cel-custom",
    "run",
    "cache",
    "music",
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an instance lives: ``outside`` is its folder for us, ``inside`` the same folder as Asterisk sees it."""

    asterisk: Asterisk
    outside: Path
    inside: Path

    def give(self, path: Path) -> None:
        """Makes the path, and all below it, the property of the user that Asterisk runs as."""
        user = _user(self.asterisk)
        if user is None:
            return
        os.chown(path, *user)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder, name), *user)

    def command(self, *words: str, tied: bool = False) -> list[str]:
        """The command line of ``asterisk``, as its own user; ``tied``: it is killed when the calling thread ends."""
        enter = ["chroot", str(self.asterisk.root)] if self.asterisk.in_folder else []
        become = [f"--reuid={USER}", f"--regid={USER}", "--init-groups"] if _user(self.asterisk) else []
        tie = ["--pdeathsig=KILL"] if tied else []
        drop = ["setpriv", *become, *tie] if become or tie else []
        return [*enter, *drop, "asterisk", "-C", str(self.inside / "etc/asterisk.conf"), *words]


@contextmanager
def taken_seat(asterisk: Asterisk, name: str) -> Iterator[Seat]:
    """An empty folder for an instance; removed at the end."""
    home = asterisk.root / "srv/helin" if asterisk.in_folder else cache_folder() / "instances"
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    outside = home / f"{name}-{os.getpid()}-{secrets.token_hex(3)}"
    outside.mkdir()
    inside = Path("/") / outside.relative_to(asterisk.root) if asterisk.in_folder else outside
    with (outside / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for folder in FOLDERS:
            (outside / folder).mkdir(parents=True)
        try:
            yield Seat(asterisk, outside, inside)
        finally:
            shutil.rmtree(outside, ignore_errors=True)


def _sweep(home: Path) -> None:
    for left in home.glob("*/lock"):
        with left.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(left.parent, ignore_errors=True)


def _user(asterisk: Asterisk) -> tuple[int, int] | None:
    """The ids of Asterisk's user (in a folder maybe another user's on this machine); None if we are not root."""
    if os.geteuid() != 0:
        return None
    if not asterisk.in_folder:
        try:
            entry = pwd.getpwnam(USER)
        except KeyError:
            return None
        return entry.pw_uid, entry.pw_gid
    for line in (asterisk.root / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == USER:
            return int(fields[2]), int(fields[3])
    return None
