"""The command as a process: what it prints, and its status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def helin(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELIN_")}
    environment = {**kept, "PYTHONPATH": str(ROOT), "HELIN_STORE__URL": f"sqlite:///{folder}/helin.db"}
    command = [sys.executable, "-m", "config.cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_contacts_go_in_and_come_out(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Name,Phone\nMari Maasikas,5550 1000\n")
    assert helin(tmp_path, "import", "contacts", "people.csv").returncode == 0
    done = helin(tmp_path, "export", "contacts", "-")
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "Mari Maasikas,'+37255501000,,,,,,,,0")
    done = helin(tmp_path, "export", "contacts", "out.csv")
    assert done.stdout == "1 contacts are in out.csv.\n"
    assert "0 added, 0 changed, 1 as they were, 0 refused." in helin(tmp_path, "import", "contacts", "out.csv").stdout
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["out.csv", "people.csv"]


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    done = helin(tmp_path, "export", "calls", "/nowhere/calls.csv", "--from", "2026-11-01")
    assert (done.returncode, done.stderr) == (
        1,
        "helin: /nowhere/calls.csv cannot be written: No such file or directory\n",
    )
