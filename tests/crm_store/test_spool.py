"""Lines on the disk: in order, bounded, and whole again after any death."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from crm_store.errors import SpoolInUse
from crm_store.spool import Spool, sync


def taken(spool: Spool, at_once: int = 3) -> list[bytes]:
    found: list[bytes] = []
    while lines := spool.lend(at_once):
        found += lines
        spool.cut()
    return found


def lines(count: int, start: int = 0) -> list[bytes]:
    return [b"line %d" % number for number in range(start, start + count)]


def filled(folder: Path, count: int, file_bytes: int = 30) -> Spool:
    spool = Spool(folder, 10_000, file_bytes)
    for line in lines(count):
        assert spool.append(line + b"\n")
    return spool


def test_gives_lines_in_order_and_leaves_nothing(tmp_path: Path) -> None:
    spool = filled(tmp_path, 20)
    assert len(list(tmp_path.glob("*.jsonl"))) > 3
    assert spool.lend(2) == spool.lend(2) == lines(2)
    assert taken(spool) == lines(20)
    assert spool.size == 0
    assert [path.stat().st_size for path in tmp_path.glob("*.jsonl")] == [0]
    assert spool.append(b"again\n")
    assert taken(spool) == [b"again"]
    spool.close()


def test_another_process_finds_what_was_left(tmp_path: Path) -> None:
    spool = filled(tmp_path, 20)
    spool.lend(3)
    spool.cut()
    spool.close()
    later = Spool(tmp_path, 10_000, 30)
    later.append(b"new\n")
    found = taken(later)
    assert found[-1] == b"new"
    assert found[-18:-1] == lines(17, 3)
    later.close()


@pytest.mark.parametrize("torn", [b"half a li", b"x" * 200_000])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    filled(tmp_path, 5, 10_000).close()
    [path] = tmp_path.glob("*.jsonl")
    path.write_bytes(path.read_bytes() + torn)
    spool = Spool(tmp_path, 10_000)
    spool.append(b"next\n")
    assert taken(spool) == [*lines(5), b"next"]
    spool.close()


def test_a_file_that_held_only_a_torn_line_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "000000000001.jsonl").write_bytes(b"torn")
    (tmp_path / "000000000002.jsonl").write_bytes(b"whole\n")
    spool = Spool(tmp_path, 10_000)
    assert taken(spool) == [b"whole"]
    spool.close()


def test_refuses_beyond_its_bound_and_takes_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 20, 10)
    assert spool.append(b"123456789\n")
    assert spool.append(b"123456789\n")
    assert not spool.append(b"1\n")
    spool.lend(1)
    spool.cut()
    assert spool.append(b"1\n")
    assert taken(spool) == [b"123456789", b"1"]
    spool.close()


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """The limit on file size stands for the disk: the write is cut short, then fails."""
    spool = Spool(tmp_path, 10_000)
    spool.append(b"first\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        assert not spool.append(b"too long for it\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert spool.append(b"second\n")
    assert taken(spool) == [b"first", b"second"]
    spool.close()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 10_000)
    with pytest.raises(SpoolInUse, match="in use by another Helin"):
        Spool(tmp_path, 10_000)
    spool.close()
    Spool(tmp_path, 10_000).close()


def test_syncs_what_is_there_and_holds_few_files_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    spool = filled(tmp_path, 60)
    assert len(os.listdir("/proc/self/fd")) <= before + 2
    waiting = spool.to_sync()
    assert len(waiting) > 10
    taken(spool)
    sync(waiting)
    assert len(spool.to_sync()) == 1
    spool.close()
