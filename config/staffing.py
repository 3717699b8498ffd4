"""``helin simulate staffing``: how many agents it takes, with what a few more or fewer would give."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.table import Table

from config.errors import HelinError
from routing.staffing import MOST_AGENTS, Load, Service, around, enough


def asked(calls: float, talk: float, patience: float | None) -> Load:
    """``calls``: an hour; seconds. Raises HelinError with one sentence."""
    for name, value in (("--calls", calls), ("--talk", talk), *((("--patience", patience),) if patience else ())):
        if not 0 < value < 1e6:
            raise HelinError(f"{name} {value:g}: give a number above 0 and below a million")
    if patience is not None and patience <= 0:
        raise HelinError("--patience 0: leave it out for callers who never give up")
    return Load(calls / 3600.0, talk, patience)


def plan(load: Load, target: float, level: float, abandoned: float, absent: float) -> dict[str, Any]:
    """What is printed as JSON. ``level``, ``abandoned``, ``absent``: shares of 1. Raises HelinError."""
    for name, share in (("--level", level), ("--abandoned", abandoned), ("--absent", absent)):
        if not 0 <= share <= 1 or (name == "--absent" and share == 1):
            raise HelinError(f"{name} {share:g}: give a share from 0 to 1, like 0.8 for 80 %")
    if not 0 <= target < 1e6:
        raise HelinError(f"--target {target:g}: give a number of seconds")
    fewest = enough(load, target, level, abandoned)
    if fewest is None:
        raise HelinError(f"no {MOST_AGENTS:,} agents reach that; ask for less than --level {level:g}")
    return {
        "formula": "Erlang C" if load.patience is None else "Erlang A",
        "work_erlangs": load.work,
        "agents": fewest.agents,
        "agents_on_the_list": math.ceil(fewest.agents / (1.0 - absent)),
        "around": [_entry(each) for each in around(load, target, fewest.agents)],
    }


def _entry(given: Service) -> dict[str, Any]:
    return {
        "agents": given.agents,
        "in_time": given.in_time,
        "waits": given.waits,
        "abandoned": given.abandoned,
        "wait_seconds": given.wait if math.isfinite(given.wait) else None,
        "occupancy": given.occupancy,
    }


def show(planned: dict[str, Any], target: float, console: Console) -> None:
    console.print(
        f"{planned['agents']} agents at work are enough, {planned['agents_on_the_list']} on the list "
        f"({planned['formula']}, {planned['work_erlangs']:.1f} erlangs of work)."
    )
    table = Table()
    for head in ("agents", f"within {target:g} s", "waits at all", "gives up", "average wait", "occupancy"):
        table.add_column(head, justify="right")
    for each in planned["around"]:
        wait = "grows without end" if each["wait_seconds"] is None else f"{each['wait_seconds']:.1f} s"
        table.add_row(
            str(each["agents"]), f"{each['in_time']:.1%}", f"{each['waits']:.1%}", f"{each['abandoned']:.1%}",
            wait, f"{each['occupancy']:.1%}", style="bold green" if each["agents"] == planned["agents"] else None,
        )  # fmt: skip
    console.print(table)
