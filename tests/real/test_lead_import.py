"""A dial list read by the command as a process: killed in the middle, started again, and what it says."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.real.test_export import ROOT, helin

PLAN = """
[[queues]]
name = "sales"
mode = "direct"
[[campaigns]]
name = "autumn"
queue = "sales"
mode = "predictive"
profile = "EE"
"""
ROWS = 40_000
WORDS = ("import", "leads", "list.csv", "--campaign", "autumn", "--basis", "legitimate_interest")


def written(path: Path) -> int:
    """A list with a bad row and a double one in every thousand; how many rows are bad."""
    bad = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Name", "Phone"])
        for n in range(ROWS):
            number = {500: "112", 900: f"+37255{n - 1:06d}"}.get(n % 1_000, f"+37255{n:06d}")
            bad += n % 1_000 in (500, 900)
            out.writerow([f"Person {n}", number])
    return bad


def counted(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "helin.db", timeout=30)) as connection:
        return int(connection.execute("SELECT count(*) FROM leads").fetchone()[0])


def killed_when(folder: Path, enough: Callable[[], bool]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HELIN_STORE__URL": f"sqlite:///{folder}/helin.db"}
    command = [sys.executable, "-m", "config.cli", *WORDS]
    running = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not enough() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait(30)


def test_killed_in_the_middle_it_goes_on_with_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    bad = written(tmp_path / "list.csv")
    unknown = helin(tmp_path, *WORDS)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert helin(tmp_path, "apply", "plan.toml").returncode == 0
    assert "there is no campaign x" in helin(tmp_path, "import", "leads", "list.csv", "--campaign", "x").stderr
    for enough in (1, 15_000):
        killed_when(tmp_path, lambda enough=enough: counted(tmp_path) >= enough)  # type: ignore[misc]
    had = counted(tmp_path)
    assert 0 < had < ROWS - bad, "it was killed in the middle"
    done = helin(tmp_path, *WORDS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{ROWS - bad - had} added, {had} as they were, {bad} refused.")
    assert counted(tmp_path) == ROWS - bad
    with (tmp_path / "list.csv.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        refused = list(csv.reader(file))[1:]
    assert len(refused) == bad
    assert {row[1].partition(" (")[0] for row in refused} == {
        "the telephone number is an emergency number",
        "the lead is in the list twice",
    }
    with closing(sqlite3.connect(tmp_path / "helin.db")) as connection:
        whole = "SELECT count(*) FROM leads WHERE id NOT IN (SELECT lead_id FROM lead_numbers)"
        assert connection.execute(whole).fetchone()[0] == 0, "each lead has its number"
    again = helin(tmp_path, *WORDS)
    assert again.stdout.startswith(f"0 added, {ROWS - bad} as they were, {bad} refused.")
