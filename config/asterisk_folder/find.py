"""Finds an Asterisk that the demo and the tests can start, or makes one in a folder.

In this order: the folder that ``HELIN_ASTERISK_FOLDER`` names; this machine's own ``asterisk``, if it is one of the
versions that Helin knows; the folder that an earlier run made; a new folder, made of Debian's packages by
mmdebstrap (about half a minute and 350 MB, once). Debian 12 and 13 have no Asterisk package of their own, which is why
the folder is of a newer Debian; it is entered by chroot, so making and using it takes root.

    python -m config.asterisk_folder      prints where it is
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.errors import HelinError

SUITE = "forky"
PACKAGES = "asterisk,asterisk-modules,asterisk-core-sounds-en-gsm"
KNOWN_VERSIONS = range(18, 23)

Progress = Callable[[str], None]


class NoAsterisk(HelinError):
    """No Asterisk was found and none could be made; the message is one sentence that says why and what to do."""


class PackagesExpired(NoAsterisk):
    """The package mirror is a frozen copy: its signed release files have run out."""


@dataclass(frozen=True, slots=True)
class Asterisk:
    """An Asterisk that can be started. ``root`` is the folder it lives in, ``/`` when it is this machine's own."""

    root: Path
    version: str

    @property
    def in_folder(self) -> bool:
        return self.root != Path("/")


def cache_folder() -> Path:
    """Where things that are made once are kept: ``HELIN_CACHE``, else ``helin`` in the user's cache folder."""
    named = os.environ.get("HELIN_CACHE")
    if named:
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helin"


def find_asterisk() -> Asterisk | None:
    """The Asterisk at hand, None if there is none yet."""
    named = os.environ.get("HELIN_ASTERISK_FOLDER")
    if named:
        found = _in_folder(Path(named).absolute())
        if found is None:
            raise _missing(named)
        return found
    return _on_this_machine() or _in_folder(cache_folder() / "asterisk")


def find_or_make(progress: Progress = lambda _: None) -> Asterisk:
    """The Asterisk at hand, else a new folder. ``progress`` gets a line for each step; raises NoAsterisk."""
    found = find_asterisk()
    if found is not None:
        return found
    if os.geteuid() != 0:
        raise NoAsterisk("There is no Asterisk here, and making one in a folder takes root: run this once as root.")
    folder = cache_folder() / "asterisk"
    with _locked(folder.with_name("asterisk.lock"), progress):
        # Another run may have made it while this one waited for the lock.
        return _in_folder(folder) or _make(folder, progress)


def _on_this_machine() -> Asterisk | None:
    program = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    version = _version([program, "-V"]) if program else None
    return Asterisk(Path("/"), version) if version else None


def _in_folder(folder: Path) -> Asterisk | None:
    if os.geteuid() != 0 or not (folder / "usr/sbin/asterisk").exists():
        return None
    version = _version(["chroot", str(folder), "asterisk", "-V"])
    return Asterisk(folder, version) if version else None


def _version(command: list[str]) -> str | None:
    """The version that ``asterisk -V`` names, None when it is not one that Helin knows."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"Asterisk (?:certified/)?((\d+)[.\d]*)", said)
    return match[1] if match and int(match[2]) in KNOWN_VERSIONS else None


def _missing(named: str) -> NoAsterisk:
    known = f"{KNOWN_VERSIONS.start} to {KNOWN_VERSIONS.stop - 1}"
    return NoAsterisk(
        f"HELIN_ASTERISK_FOLDER names {named}, but no Asterisk {known} in it can be started by this user."
    )


@contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Another run is making the Asterisk folder; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, progress: Progress) -> Asterisk:
    """Makes it beside its place and renames it when it is whole, so that a killed run leaves no half of one."""
    if shutil.which("mmdebstrap") is None:
        _install_mmdebstrap(progress)
    for left_over in folder.parent.glob("asterisk.making-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix="asterisk.making-", dir=folder.parent))
    try:
        try:
            _mmdebstrap(making, [], progress)
        except PackagesExpired:
            progress("The package mirror is a frozen one; trying again without the date of its release files.")
            _mmdebstrap(making, ['--aptopt=Acquire::Check-Valid-Until "false"'], progress)
        _fit_out(making)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    made = _in_folder(folder)
    if made is None:
        raise NoAsterisk(f"The packages are in {folder}, but the Asterisk there does not start.")
    progress(f"Asterisk {made.version} is ready in {folder}.")
    return made


def _install_mmdebstrap(progress: Progress) -> None:
    progress("Installing mmdebstrap, which makes the folder.")
    updated = _apt_get("update", "-q")
    if re.search(r"Release file .* is expired", updated.stdout + updated.stderr):
        _apt_get("update", "-q", "-o", "Acquire::Check-Valid-Until=false")
    done = _apt_get("install", "-qy", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring")
    if done.returncode != 0:
        raise NoAsterisk(f"apt-get could not install mmdebstrap: {_last_line(done.stderr)}")


def _apt_get(*words: str) -> subprocess.CompletedProcess[str]:
    """It asks nothing, and waits two minutes for another apt that is at work."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=120", *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise NoAsterisk("mmdebstrap is missing and this machine has no apt-get: install mmdebstrap.") from None


def _mmdebstrap(folder: Path, options: list[str], progress: Progress) -> None:
    command = ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "--mode=root", *options, SUITE, str(folder)]
    progress(f"Making a folder with Asterisk from Debian {SUITE}'s packages: about half a minute, once.")
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as making:
        for line in making.stdout or ():
            said.append(line)
            if line.startswith("I: "):
                progress(line[3:].rstrip())
    if making.returncode == 0:
        return
    # mkdtemp's folder stays; mmdebstrap insists on an empty one.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = "".join(said)
    if re.search(r"Release file .* is expired", text):
        raise PackagesExpired("The package mirror's release files have expired.")
    errors = "".join(line for line in said if line.startswith("E: "))
    raise NoAsterisk(f"The folder with Asterisk could not be made: {_last_line(errors or text)}")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it gave no reason."


def _fit_out(folder: Path) -> None:
    """No name server, because an unreachable one costs Asterisk 11 s at its start; localhost from the hosts file."""
    (folder / "etc/resolv.conf").unlink(missing_ok=True)
    (folder / "etc/resolv.conf").write_text("")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n")
    for made in ("run/asterisk", "var/lib/asterisk/keys", "srv/helin"):
        (folder / made).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
