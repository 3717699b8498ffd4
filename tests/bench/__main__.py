"""``make bench``: every benchmark in turn, each beside its peer or floor in the same run.

``python -m tests.bench ami ring`` runs only those; ``--small`` makes the store's data smaller, for a first look.
``python -m tests.bench day --calls 300`` runs one with options of its own.
Those of LONG (the kills take half an hour, the pacing some hours) run only when they are named.
"""

from __future__ import annotations

import subprocess
import sys

BENCHES = {
    "ami": [],
    "ring": [],
    "routing": [],
    "decisions": [],
    "lookup": ["--contacts", "1000000", "--interactions", "5000000"],
    "import": [],
    "reports": ["--calls", "10000000"],
    "ring_latency": [],
    "direct": [],
    "interactive": [],
    "panel_heap": [],
    "wallboard": [],
    "wallboard_screen": [],
    "pacing": ["--jobs", "2"],
    "killed_browser": ["--times", "50"],
    "campaign": [],
    "day": ["--calls", "5000"],
}
LONG = {"killed_browser", "pacing", "campaign", "day"}
SMALL = {
    "day": ["--calls", "200", "--rate", "2"],
    "campaign": ["--leads", "60", "--agents", "4", "--kills", "3"],
    "pacing": ["--agents", "10", "--only", "25 % log-normal", "--limit", "0.03", "--windows", "2"],
    "routing": ["--days", "1"],
    "lookup": ["--contacts", "10000", "--interactions", "50000"],
    "import": ["--leads", "20000"],
    "reports": ["--calls", "100000"],
    "wallboard": ["--seconds", "10", "--supervisors", "5"],
    "wallboard_screen": ["--agents", "200", "--seconds", "10"],
}


def main(words: list[str]) -> int:
    if words[:1] and words[0] in BENCHES and words[1:2] and words[1].startswith("--") and words[1] != "--small":
        return subprocess.run(
            [sys.executable, "-m", f"tests.bench.bench_{words[0]}", *words[1:]], check=False
        ).returncode
    named = [word for word in words if not word.startswith("-")] or [name for name in BENCHES if name not in LONG]
    unknown = sorted(set(named) - set(BENCHES))
    if unknown:
        print(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    failed = 0
    for name in named:
        options = SMALL.get(name, BENCHES[name]) if "--small" in words else BENCHES[name]
        failed |= subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}", *options], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
