"""Finding and making the folder, with programs in mmdebstrap's and chroot's place that do as they are told."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from config.asterisk_folder import find
from config.asterisk_folder.find import Asterisk, NoAsterisk, find_asterisk, find_or_make

MAKES = 'for last; do :; done; mkdir -p "$last/usr/sbin" "$last/etc"; touch "$last/usr/sbin/asterisk"\n'
EXPIRED = (
    'case "$*" in *Check-Valid-Until*) ;; *) echo "E: Release file for x is expired (since 2 d)."; exit 1;; esac\n'
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root's machine without an Asterisk; programs go to its ``bin``, the cache is ``cache``."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HELIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HELIN_ASTERISK_FOLDER", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(find, "_on_this_machine", lambda: None)
    program(tmp_path, "chroot", "echo Asterisk 22.10.1+dfsg\n")
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f'#!/bin/sh\necho "{name} $*" >> {machine}/calls\n{script}')
    path.chmod(0o755)


def runs_of(machine: Path, name: str) -> list[str]:
    return [line for line in (machine / "calls").read_text().splitlines() if line.startswith(name)]


def test_it_is_made_once_and_found_afterwards(machine: Path) -> None:
    program(machine, "mmdebstrap", MAKES)
    assert find_asterisk() is None
    made = find_or_make()
    assert made == Asterisk(machine / "cache/asterisk", "22.10.1")
    assert find_or_make() == made == find_asterisk()
    assert len(runs_of(machine, "mmdebstrap")) == 1
    assert (made.root / "etc/resolv.conf").read_text() == ""
    assert "localhost" in (made.root / "etc/hosts").read_text()


def test_a_frozen_mirror_is_asked_again_only_after_it_said_so(machine: Path) -> None:
    program(machine, "mmdebstrap", EXPIRED + MAKES)
    said: list[str] = []
    assert find_or_make(said.append).in_folder
    plain, patient = runs_of(machine, "mmdebstrap")
    assert "Check-Valid-Until" not in plain
    assert "Check-Valid-Until" in patient
    assert any("frozen" in line for line in said)


def test_a_failure_is_one_sentence_and_leaves_no_half_of_a_folder(machine: Path) -> None:
    program(machine, "mmdebstrap", MAKES + 'echo "E: Could not resolve the mirror"; exit 1\n')
    with pytest.raises(NoAsterisk, match="could not be made: E: Could not resolve the mirror"):
        find_or_make()
    assert [path.name for path in (machine / "cache").iterdir()] == ["asterisk.lock"]
    assert len(runs_of(machine, "mmdebstrap")) == 1


def test_two_runs_make_one_folder(machine: Path) -> None:
    program(machine, "mmdebstrap", "sleep 0.3\n" + MAKES)
    found: list[Asterisk] = []
    runs = [threading.Thread(target=lambda: found.append(find_or_make())) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(20)
    assert len(found) == 3
    assert len(runs_of(machine, "mmdebstrap")) == 1


def test_who_is_not_root_is_told(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoAsterisk, match="takes root"):
        find_or_make()


def test_an_asterisk_that_helin_does_not_know_is_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "mine/usr/sbin").mkdir(parents=True)
    (machine / "mine/usr/sbin/asterisk").touch()
    monkeypatch.setenv("HELIN_ASTERISK_FOLDER", str(machine / "mine"))
    assert find_or_make() == Asterisk(machine / "mine", "22.10.1")
    program(machine, "chroot", "echo Asterisk 16.2.1\n")
    with pytest.raises(NoAsterisk, match="HELIN_ASTERISK_FOLDER"):
        find_or_make()
