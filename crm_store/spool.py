"""The spool: lines on the local disk, in order, until the database has them.

A line that was appended is with the operating system before ``append`` returns, so it survives the death of this
process; ``sync`` puts it on the disk, so that it survives the machine's. Lines live in numbered files of a few
megabytes. What the database has is cut off: whole files are removed, and the last one is emptied as soon as all of it
was taken. A process that dies between the database's commit and the cut leaves lines that the database has already;
whoever replays them must know them again (facts are known by stream and number).

One process at a time: the folder is held by a lock on ``lock``. Nothing here waits for anything but the disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_store.errors import SpoolInUse

FILE_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class _File:
    path: Path
    size: int


class Spool:
    """Takes ``most`` bytes; beyond that ``append`` refuses. Raises SpoolInUse, or OSError for the folder."""

    def __init__(self, folder: Path, most: int, file_bytes: int = FILE_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most = most
        self._file_bytes = file_bytes
        self._lock = _locked(folder)
        self._files = deque(_found(folder))
        self.size = sum(file.size for file in self._files)
        """Bytes that the database does not have yet, as far as this process knows."""
        self._read = 0
        """Bytes of the first file that the database has."""
        self._lent = 0
        self._unsynced: list[Path] = []
        self._active = -1
        if not self._files:
            self._begin_file()
        else:
            self._active = _opened(self._files[-1].path)

    def append(self, lines: bytes) -> bool:
        """Takes whole lines, each with its newline, all or none. False: no room in the spool, or on the disk."""
        if self.size + len(lines) > self._most:
            return False
        last = self._files[-1]
        try:
            if last.size and last.size + len(lines) > self._file_bytes:
                last = self._begin_file()
            written = os.write(self._active, lines)
        except OSError:
            written = 0
        if written < len(lines):
            with contextlib.suppress(OSError):
                os.ftruncate(self._active, last.size)
            return False
        last.size += written
        self.size += written
        return True

    def lend(self, most: int) -> list[bytes]:
        """The next lines that the database lacks, ``most`` of them; the same ones again until :meth:`cut`."""
        first = self._files[0]
        with first.path.open("rb") as file:
            file.seek(self._read)
            lines = []
            for line in file:
                if not line.endswith(b"\n"):
                    break
                lines.append(line)
                if len(lines) >= most:
                    break
        self._lent = sum(map(len, lines))
        return [line[:-1] for line in lines]

    def cut(self) -> None:
        """The database has what was lent."""
        self._read += self._lent
        self.size -= self._lent
        self._lent = 0
        if self._read < self._files[0].size:
            return
        self._read = 0
        if len(self._files) > 1:
            gone = self._files.popleft().path
            gone.unlink(missing_ok=True)
            self._unsynced = [path for path in self._unsynced if path != gone]
        else:
            os.ftruncate(self._active, 0)
            self._files[0].size = 0

    def refuse(self, line: bytes, why: str) -> None:
        """Puts a line aside that the database will never take, with the reason on the line before it."""
        with contextlib.suppress(OSError), (self._folder / "refused.txt").open("ab") as file:
            file.write(b"# " + " ".join(why.split()).encode("utf-8", "replace")[:500] + b"\n" + line + b"\n")

    def to_sync(self) -> list[Path]:
        """The files that hold what may not be on the disk yet, for :func:`sync`, which may run in another thread."""
        older, self._unsynced = self._unsynced, []
        return [*older, self._files[-1].path]

    def close(self) -> None:
        os.close(self._active)
        os.close(self._lock)

    def _begin_file(self) -> _File:
        number = int(self._files[-1].path.stem) + 1 if self._files else 1
        path = self._folder / f"{number:012d}.jsonl"
        handle = _opened(path)
        if self._active >= 0:
            os.close(self._active)
            self._unsynced.append(self._files[-1].path)
        self._active = handle
        self._files.append(_File(path, 0))
        return self._files[-1]


def sync(files: Sequence[Path]) -> None:
    """Puts these files on the disk; one that the database has taken meanwhile is gone. Raises OSError."""
    for path in files:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _locked(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise SpoolInUse(f"the spool {folder} is in use by another Helin; give each its own [spool] dir") from None
    return handle


def _found(folder: Path) -> list[_File]:
    """What an earlier process left; of empty files at most the last one."""
    files = [_File(path, _without_torn_end(path)) for path in sorted(folder.glob("*.jsonl"))]
    for file in files[:-1]:
        if not file.size:
            file.path.unlink()
    return [file for file in files[:-1] if file.size] + files[-1:]


def _opened(path: Path) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return handle


def _without_torn_end(path: Path) -> int:
    """The file's size, after a last line without its newline (the machine died while writing it) was cut off."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        at = size
        while at > 0:
            start = max(0, at - 65_536)
            file.seek(start)
            newline = file.read(at - start).rfind(b"\n")
            if newline >= 0:
                at = start + newline + 1
                break
            at = start
        if at < size:
            file.truncate(at)
        return at
