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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.dialer_helin import Helin
from tests.bench.dialer_mdp import Thresholds, solve
from tests.bench.dialer_page import merged, report
from tests.bench.dialer_peers import Erlang, Level, Marginal, Mode, Progressive, Ratio, Vicidial
from tests.bench.dialer_sim import Played, Policy, Shift
from tests.bench.dialer_world import Kind, World

SIZES: Final = (5, 10, 20, 50, 100)
LEADS: Final = (Kind(0.4, 1.9, ("attempt:first",)), Kind(0.6, 0.4, ("attempt:later",)))
SEARCHED: Final = 16_000
"""Calls, about, that a setting is tried on in a search."""
Make = Callable[[], Policy]


@dataclass(frozen=True, slots=True)
class Mean:
    talk: float
    abandonment: float
    lawful: float
    windows: int
    setting: str = ""


def worlds(agents: int) -> dict[str, World]:
    hours = 4.0 if agents <= 20 else 2.0
    return {
        "Markov": World(agents, markov=True, hours=hours),
        "25 % log-normal": World(agents, hours=hours),
        "25 % exponential": World(agents, talks="exponential", hours=hours),
        "25 % bimodal": World(agents, talks="bimodal", hours=hours),
        "10 % log-normal": World(agents, 0.1, hours=hours),
        "60 % log-normal": World(agents, 0.6, hours=hours),
        "25 % log-normal, drifting": World(agents, drift=0.5, hours=hours),
        "10 % bimodal, drifting": World(agents, 0.1, "bimodal", 0.5, hours=hours),
        "40 % exponential, drifting": World(agents, 0.4, "exponential", 0.5, hours=hours),
        "25 % log-normal, drifting, breaks": World(agents, drift=0.5, churn=True, hours=hours),
        "25 % log-normal, leads differ": World(agents, kinds=LEADS, hours=hours),
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


def play(world: World, make: Make, seeds: Sequence[int]) -> list[Played]:
    return [Shift(world, seed, make()).run() for seed in seeds]


def mean(played: Sequence[Played], limit: float, setting: str = "") -> Mean:
    return Mean(
        sum(one.talk for one in played) / len(played),
        sum(one.abandoned for one in played) / max(1, sum(one.answered for one in played)),
        sum(one.abandonment <= limit for one in played) / len(played),
        len(played),
        setting,
    )


class Search:
    """The greatest boldness whose abandonment keeps the limit over all windows; abandonment rises with boldness."""

    def __init__(self, world: World, limit: float, seeds: Sequence[int]) -> None:
        calls = world.agents * world.hours * 29 / world.rate
        self._world, self._limit, self._seeds = world, limit, seeds
        self.few = seeds[: max(2, min(len(seeds), round(SEARCHED / calls)))]

    def best(self, make: Callable[[float], Make], low: float, high: float, rounds: int = 5) -> Mean:
        return self.shown(make, self.bold(make, low, high, rounds))

    def bold(self, make: Callable[[float], Make], low: float, high: float, rounds: int = 5) -> float:
        for _ in range(rounds):
            middle = (low + high) / 2
            tried = mean(play(self._world, make(middle), self.few), self._limit)
            low, high = (middle, high) if tried.abandonment <= self._limit else (low, middle)
        return low

    def shown(self, make: Callable[[float], Make], bold: float) -> Mean:
        """On all windows, a little more timid until the limit is kept."""
        for _ in range(4):
            found = mean(play(self._world, make(bold), self._seeds), self._limit, f"{bold:.3g}")
            if found.abandonment <= self._limit:
                break
            bold -= 0.06 * abs(bold)
        return found


def vicidial(world: World, limit: float, seeds: Sequence[int]) -> Mean:
    """The best of mode, tally, offset and intensity, each with the best cap of its level."""
    search, found = Search(world, limit, seeds), []
    settings: list[tuple[Mode, bool, float, float]] = [
        (mode, available, offset, speed)
        for mode in ("AVERAGE", "TAPERED")
        for available in (True, False)
        for offset, speed in ((0.0, 0.0), (-1.0, 0.0), (-1.0, 50.0))
    ]
    for of in settings:
        low, high = (1.4, max(10.0, 3 / world.rate)) if of[1] else (1.05, 3.0)
        for step in range(10):
            cap = low * (high / low) ** (step / 9)
            one = mean(play(world, capped(of, limit)(cap), search.few), limit)
            if one.abandonment <= 1.1 * limit:
                found.append((one.talk, cap, of))
    shown = []
    for _, bold, of in sorted(found, reverse=True)[:5]:
        one = search.shown(capped(of, limit), bold)
        words = f"{of[0]} {'available' if of[1] else 'all'} {of[2]:+g} {of[3]:+g} % cap {one.setting}"
        shown.append(Mean(one.talk, one.abandonment, one.lawful, one.windows, words))
    return max(shown, key=lambda one: (one.abandonment <= limit, one.talk))


def capped(of: tuple[Mode, bool, float, float], limit: float) -> Callable[[float], Make]:
    return lambda cap: lambda: Vicidial(of[0], limit, cap, of[2], of[1], of[3])


def ratio(world: World, limit: float, seeds: Sequence[int]) -> Mean:
    search = Search(world, limit, seeds)
    idle = search.best(lambda bold: lambda: Ratio(bold), 1.0, 2.5 / world.rate)
    every = search.best(lambda bold: lambda: Level(bold), 1.0, 1.0 + 1 / world.rate)
    return max(idle, every, key=lambda one: (one.abandonment <= limit, one.talk))


def optimum(world: World, limit: float, seeds: Sequence[int]) -> Mean:
    """Between the two prices around the limit a share of the time is played by each."""
    prices = [8.0 * 1.45**n for n in range(16)]
    before: Mean | None = None
    for most in solve(world.agents, world.rate, prices):
        found = mean(play(world, lambda most=most: Thresholds(most), seeds), limit, f"{most}")
        if before is not None and found.abandonment > limit:
            part = (limit - before.abandonment) / (found.abandonment - before.abandonment)
            return Mean(before.talk + part * (found.talk - before.talk), limit, 0.5, len(seeds))
        before = found
    assert before is not None
    return before


def helin(world: World, limit: float, seeds: Sequence[int]) -> dict[str, Mean]:
    """Its lawfulness is looked at in twice as many windows, its talk share in those of the peers."""
    played = play(world, lambda: Helin(limit), range(2 * len(seeds)))
    here, more = mean(played[: len(seeds)], limit), mean(played, limit)
    found = {"Helin": Mean(here.talk, more.abandonment, more.lawful, more.windows)}
    if len(world.kinds) > 1:
        found["Helin, leads alike"] = mean(play(world, lambda: Helin(limit, sees=False), seeds), limit)
    return found


def peers(world: World, limit: float, seeds: Sequence[int]) -> dict[str, Mean]:
    search = Search(world, limit, seeds)
    found = {
        "progressive": mean(play(world, Progressive, seeds), limit),
        "ratio": ratio(world, limit, seeds),
        "VICIdial": vicidial(world, limit, seeds),
        "Erlang": mean(play(world, Erlang, search.few), limit),
        "Erlang tuned": search.best(lambda bold: lambda: Erlang(0.97, bold), -1.0, 1.2, 4),
        "marginal": search.best(lambda bold: lambda: Marginal(bold), limit / 2, 1.5 * limit, 3),
        "only answers": mean(play(world.only_answers(), lambda: Helin(limit), search.few), limit),
    }
    modes: tuple[Mode, ...] = ("HARD", "AVERAGE", "TAPERED")
    for mode in modes:
        found[f"VICIdial {mode}"] = mean(play(world, lambda mode=mode: Vicidial(mode, limit), seeds), limit)
    if world.markov:
        found["MDP"] = optimum(world, limit, seeds)
    return found


def cell(agents: int, name: str, limit: float, windows: int, who: str) -> dict[str, Any]:
    world, seeds, found = worlds(agents)[name], range(windows), {}
    if who in ("all", "helin"):
        found |= helin(world, limit, seeds)
    if who == "vicidial":
        found["VICIdial"] = vicidial(world, limit, seeds)
    elif who != "helin":
        found |= peers(world, limit, seeds)
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
    words.add_argument("--who", choices=("all", "helin", "peers", "vicidial"), default="all")
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
            tasks = [
                pool.submit(cell, agents, name, limit, given.windows or usual.get(agents, 2), given.who)
                for agents, name, limit in cells(given)
            ]
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
