"""The dialer's pacing beside others, in the same worlds, from the same seeds: ``python -m tests.bench pacing``.

For each cell (a world and a limit): agents' talk share, the share of answered calls that were abandoned, and the share
of windows that kept the limit. A window is a campaign's shift, begun with nothing learned. Peers' settings are searched
for in hindsight, on the very windows they are then shown on, and need to keep the limit only on the mean of them; Helin
has no setting and must keep it in each window. One line of JSON for each cell goes to ``--out``; ``--report`` reads it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from routing.what_if.campaign.helin import Helin
from routing.what_if.campaign.laws import Law
from routing.what_if.campaign.peers import Erlang, Marginal, Mode, Progressive, Vicidial
from routing.what_if.campaign.search import Make, Task, best, play, ratio_settings, vicidial_settings
from routing.what_if.campaign.shift import Played
from routing.what_if.campaign.world import RINGS_OUT, Kind, World
from tests.bench.dialer_mdp import Thresholds, solve
from tests.bench.dialer_page import merged, report

SIZES: Final = (5, 10, 20, 50, 100)
LEADS: Final = (Kind(0.4, 1.9, ("attempt:first",)), Kind(0.6, 0.4, ("attempt:later",)))


@dataclass(frozen=True, slots=True)
class Mean:
    talk: float
    abandonment: float
    lawful: float
    windows: int
    setting: str = ""


def worlds(agents: int) -> dict[str, World]:
    """A quarter of the calls that nobody answers fail at once, a third reach a machine, the rest ring out."""

    def steady(rate: float) -> World:
        hours = 4.0 if agents <= 20 else 2.0
        return World(agents, ((0.0, rate),), hours, fails=Law("outcomes", RINGS_OUT))

    exponential, bimodal = Law("exponential", 90.0), Law("bimodal", 90.0, 0.9)
    quarter = steady(0.25)
    rings = Law("exponential", 12.0)
    markov = replace(quarter, ring=rings, fails=rings, talk=Law("exponential", 105.0), wrap=Law("fixed", 0.0))
    return {
        "Markov": markov,
        "25 % log-normal": quarter,
        "25 % exponential": replace(quarter, talk=exponential),
        "25 % bimodal": replace(quarter, talk=bimodal),
        "10 % log-normal": steady(0.1),
        "40 % log-normal": steady(0.4),
        "60 % log-normal": steady(0.6),
        "25 % log-normal, drifting": replace(quarter, drift=0.5),
        "10 % bimodal, drifting": replace(steady(0.1), talk=bimodal, drift=0.5),
        "40 % exponential, drifting": replace(steady(0.4), talk=exponential, drift=0.5),
        "25 % log-normal, drifting, breaks": replace(quarter, drift=0.5, churn=True),
        "25 % log-normal, leads differ": replace(quarter, kinds=LEADS),
    }


PLAYED: Final[dict[tuple[str, float], tuple[int, ...]]] = {
    ("25 % log-normal", 0.03): SIZES,
    ("25 % log-normal, drifting", 0.03): SIZES,
    ("Markov", 0.03): (5, 10, 20),
    ("10 % bimodal, drifting", 0.03): SIZES,
    ("60 % log-normal", 0.03): SIZES,
    ("25 % log-normal, drifting, breaks", 0.03): SIZES,
    ("25 % log-normal, leads differ", 0.03): (5, 10, 20),
    ("25 % log-normal", 0.01): (10, 50),
    ("25 % log-normal, drifting", 0.01): (10, 50),
    ("25 % exponential", 0.03): (10, 50),
    ("25 % bimodal", 0.03): (10, 50),
    ("10 % log-normal", 0.03): (10, 50),
    ("40 % exponential, drifting", 0.03): (10, 50),
    ("Markov", 0.01): (5, 10),
}
"""The cells of the page, by how much they tell; ``--all`` plays each world with each number of agents and limit."""


def played(world: World, make: Make, seeds: Sequence[str]) -> list[Played]:
    return [play(Task(world, seed, make)) for seed in seeds]


def mean(played: Sequence[Played], limit: float, setting: str = "") -> Mean:
    return Mean(
        sum(one.talk for one in played) / len(played),
        sum(one.abandoned for one in played) / max(1, sum(one.answered for one in played)),
        sum(one.abandonment <= limit for one in played) / len(played),
        len(played),
        setting,
    )


def boldest(
    world: World, limit: float, seeds: Sequence[str], make: Callable[[float], Make], low: float, high: float
) -> Mean:
    """The greatest boldness whose abandonment keeps the limit over all windows; abandonment rises with it."""
    kept = None
    for _ in range(5):
        middle = (low + high) / 2
        tried = mean(played(world, make(middle), seeds), limit, f"{middle:.3g}")
        if tried.abandonment <= limit:
            low, kept = middle, tried
        else:
            high = middle
    return kept or tried


def optimum(world: World, limit: float, seeds: Sequence[str]) -> Mean:
    """Between the two prices around the limit a share of the time is played by each."""
    prices = [8.0 * 1.45**n for n in range(16)]
    before: Mean | None = None
    for most in solve(world, prices):
        found = mean(played(world, lambda most=most: Thresholds(most), seeds), limit, f"{most}")
        if before is not None and found.abandonment > limit:
            part = (limit - before.abandonment) / (found.abandonment - before.abandonment)
            return Mean(before.talk + part * (found.talk - before.talk), limit, 0.5, len(seeds))
        before = found
    assert before is not None
    return before


def helin(world: World, limit: float, seeds: Sequence[str], more: Sequence[str]) -> dict[str, Mean]:
    """Its lawfulness is looked at in ``more`` windows as well, its talk share in those of the peers."""
    here = played(world, lambda: Helin(limit), seeds)
    every = mean([*here, *played(world, lambda: Helin(limit), more)], limit)
    found = {"Helin": Mean(mean(here, limit).talk, every.abandonment, every.lawful, every.windows)}
    if len(world.kinds) > 1:
        found["Helin, leads alike"] = mean(played(world, lambda: Helin(limit, sees=False), seeds), limit)
    return found


def peers(world: World, limit: float, seeds: Sequence[str]) -> dict[str, Mean]:
    ratio, with_ratio = best(ratio_settings(), world, seeds, limit)
    vicidial, with_vicidial = best(vicidial_settings(), world, seeds, limit)
    found = {
        "progressive": mean(played(world, Progressive, seeds), limit),
        "ratio": mean(with_ratio, limit, ratio.words()),
        "VICIdial": mean(with_vicidial, limit, vicidial.words()),
        "Erlang": mean(played(world, Erlang, seeds), limit),
        "Erlang tuned": boldest(world, limit, seeds, lambda bold: lambda: Erlang(0.97, bold), -1.0, 1.2),
        "marginal": boldest(world, limit, seeds, lambda bold: lambda: Marginal(bold), limit / 2, 1.5 * limit),
        "only answers": mean(played(world.only_answers(), lambda: Helin(limit), seeds), limit),
    }
    modes: tuple[Mode, ...] = ("HARD", "AVERAGE", "TAPERED")
    for mode in modes:
        found[f"VICIdial {mode}"] = mean(played(world, lambda mode=mode: Vicidial(mode, limit), seeds), limit)
    if world.ring.kind == "exponential":
        found["MDP"] = optimum(world, limit, seeds)
    return found


def cell(agents: int, name: str, limit: float, windows: int, more: int, who: str, seeds: str) -> dict[str, Any]:
    world, found = worlds(agents)[name], {}
    these = [f"{seeds}/{window}" for window in range(windows + more)]
    if who != "peers":
        found |= helin(world, limit, these[:windows], these[windows:])
    if who != "helin":
        found |= peers(world, limit, these[:windows])
    shown = {name: [one.talk, one.abandonment, one.lawful, one.windows, one.setting] for name, one in found.items()}
    return {"agents": agents, "world": name, "limit": limit, "found": shown}


def cells(given: argparse.Namespace) -> list[tuple[int, str, float]]:
    every = {(name, limit): SIZES for limit in given.limit for name in worlds(5)}
    return [
        (agents, name, limit)
        for (name, limit), sizes in (every if given.all else PLAYED).items()
        for agents in sizes
        if agents in given.agents and given.only in name and limit in given.limit
    ]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--agents", type=int, nargs="*", default=list(SIZES))
    words.add_argument("--limit", type=float, nargs="*", default=[0.03, 0.01])
    words.add_argument("--only", default="", help="cells with these words in their name")
    words.add_argument("--all", action="store_true", help="the whole cross: hours of processor time")
    words.add_argument("--windows", type=int, default=0, help="of each cell; else 8 up to 10 agents, 5, 3, 2")
    words.add_argument(
        "--more", type=int, default=0, help="windows for Helin's lawfulness beside those; else twice as many"
    )
    words.add_argument("--who", choices=("all", "helin", "peers"), default="all")
    words.add_argument("--seeds", default="shown", help="of whom; the pacing was tuned on those named tuning")
    words.add_argument("--jobs", type=int, default=1)
    words.add_argument("--out", type=Path, default=Path("pacing.jsonl"))
    words.add_argument("--report", type=Path, nargs="*", help="only show what these files hold, as the page has it")
    words.add_argument("--images", type=Path, help="with --report: a folder for the plots")
    given = words.parse_args()
    if given.report:
        print(report(merged(given.report), given.images))
    else:
        given.out.unlink(missing_ok=True)
        usual = {5: 8, 10: 8, 20: 5, 50: 3, 100: 2}
        with ProcessPoolExecutor(given.jobs) as pool:
            tasks = []
            for agents, name, limit in cells(given):
                windows = given.windows or usual.get(agents, 2)
                more = given.more or 2 * windows
                tasks.append(pool.submit(cell, agents, name, limit, windows, more, given.who, given.seeds))
            for task in as_completed(tasks):
                found = task.result()
                with given.out.open("a") as out:
                    out.write(json.dumps(found) + "\n")
                print(short(found), flush=True)
    return 0


def short(found: dict[str, Any]) -> str:
    figures = "  ".join(f"{who} {one[0]:.3f}/{one[1]:.2%}/{one[2]:.0%}" for who, one in found["found"].items())
    return f"{found['agents']} {found['world']} {found['limit']:.0%}: {figures}"


if __name__ == "__main__":
    sys.exit(main())
