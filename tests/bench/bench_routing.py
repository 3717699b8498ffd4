"""The contest of routings: the same calls, agents and patience for all, loads from 70 % to 110 %.

Helin under both rules beside app_queue's strategies as installed and with their best static priorities and weights
(tried: all that put nobody of less worth before somebody of more), plain first come, first served, and what no order
can go below (:mod:`tests.bench.clairvoyant`). "Best" is told twice: the one setting that is best over all the days,
which a shop could type in, and the best for each day alone, which it would have to know in the evening before (of
fifty settings one always has luck with the talks).

The rule was tuned on other days; the seeds here were first played when it stood. Ratios are of sums over the days; what
follows ± is the standard deviation of one day's ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from routing.what_if.app_queue import STRATEGIES, AppQueue, Key
from routing.what_if.contest import Contest, orders
from routing.what_if.day import Day, Policy, run
from routing.what_if.figures import figures
from tests.bench.clairvoyant import everyone_can_do_everything, least_cost, least_misses
from tests.bench.days import PROMISES, VALUES, WORLDS, InventedDay
from tests.bench.plot import svg
from tests.bench.table import Row, at_most, show

LOADS: Final = (0.7, 0.8, 0.9, 0.95, 1.0, 1.1)
JUDGED: Final = 0.95
FIRST_SEED: Final = 1001
PLAIN: Final = ("helin", "helin:misses", "fifo", *(f"app_queue:{strategy}" for strategy in STRATEGIES))
BOUND: Final = "clairvoyant"
FIELDS: Final = ("cost", "misses")


class Figures(NamedTuple):
    """Of one policy on one day; ``lowest_p99``: seconds."""

    cost: float
    misses: float
    lowest_p99: float = 0.0
    abandoned: float = 0.0


Result = dict[str, Figures]


def of(day: Day) -> Figures:
    result = figures(day, PROMISES, VALUES)
    lowest = result["tiers"]["C"]["wait_p99"]
    abandoned = result["abandoned"] / result["offered"]
    return Figures(result["value_weighted_cost"], result["value_weighted_misses"], lowest, abandoned)


def play(job: tuple[str, float, int]) -> Result:
    """One day under everything. Strategies other than rrmemory only at the load that is judged: it takes long."""
    world, load, seed = job
    invented = WORLDS[world](load, seed)
    contest = Contest(*invented, PROMISES, VALUES)
    days = {name: contest.play(name) for name in PLAIN}
    result = {name: of(day) for name, day in days.items()}
    for strategy in STRATEGIES if load == JUDGED else STRATEGIES[:1]:
        for n, policy in enumerate(static(invented, strategy)):
            result[f"{strategy}, setting {n}"] = of(run(*invented, policy))
    result[BOUND] = clairvoyant(invented, days)
    return result


def with_the_best(results: Sequence[Result]) -> list[Result]:
    """Instead of all settings the best of each strategy: over all days, and for each day alone."""
    kept = [{name: one for name, one in result.items() if ", setting " not in name} for result in results]
    for strategy in STRATEGIES:
        settings = [name for name in results[0] if name.startswith(f"{strategy}, setting ")]
        for field in FIELDS if settings else ():
            best = min(settings, key=lambda name: total(results, name, field))
            for into, result in zip(kept, results, strict=True):
                into[best_name(strategy, field)] = result[best]
                of_day = min((result[name] for name in settings), key=lambda one: getattr(one, field))
                into[best_name(strategy, field, of_day=True)] = of_day
    return kept


def best_name(strategy: str, field: str, *, of_day: bool = False) -> str:
    return f"{strategy}, best for {field}" + (" of each day" if of_day else "")


def static(invented: InventedDay, strategy: str) -> Iterator[Policy]:
    """app_queue with each sensible setting."""
    kinds: list[Key] = sorted({(one.of.queue, one.of.skills) for one in invented.arrivals}, key=repr)
    for priorities in orders(list(VALUES)):
        if priorities["A"] >= priorities["B"] >= priorities["C"]:
            for weights in orders(kinds):
                yield AppQueue(invented.shifts, strategy, priorities, weights)


def clairvoyant(invented: InventedDay, days: Mapping[str, Day]) -> Figures:
    """For one pool of Helin's own days, else of the day on which everyone could do everything."""
    promise = PROMISES["q"]
    if len({shift.skills for shift in invented.shifts}) > 1:
        day = everyone_can_do_everything(*invented)
        return Figures(least_cost(day, promise, VALUES), least_misses(day, promise, VALUES))
    return Figures(least_cost(days["helin"], promise, VALUES), least_misses(days["helin:misses"], promise, VALUES))


def ratio(results: Sequence[Result], one: str, other: str, field: str) -> float:
    return total(results, one, field) / (total(results, other, field) or 1.0)


def spread(results: Sequence[Result], one: str, other: str, field: str) -> float:
    each = [getattr(result[one], field) / (getattr(result[other], field) or 1.0) for result in results]
    return statistics.stdev(each) if len(each) > 1 else 0.0


def total(results: Sequence[Result], name: str, field: str) -> float:
    values: list[float] = [getattr(result[name], field) for result in results]
    return sum(values)


def judged(world: str, results: Sequence[Result]) -> Iterator[Row]:
    """The limits, at the load that is judged."""
    pool = world == "one pool"

    def best(field: str, *, of_day: bool = False) -> str:
        names = [best_name(one, field, of_day=of_day) for one in STRATEGIES]
        return min(names, key=lambda name: total(results, name, field))

    def row(what: str, mine: str, peer: str, field: str, limit: float) -> Row:
        figure = f"{total(results, mine, field) / len(results):.3f} ± {spread(results, mine, peer, field):.2f}"
        return at_most(f"{world}: {what}", figure, ratio(results, mine, peer, field), limit, peer)

    installed = min((f"app_queue:{one}" for one in STRATEGIES), key=lambda name: total(results, name, "cost"))
    yield row("cost", "helin", installed, "cost", 0.8)
    for of_day in (False, True):
        yield row("cost", "helin", best("cost", of_day=of_day), "cost", 0.93 if pool else 0.85)
        yield row("misses", "helin:misses", best("misses", of_day=of_day), "misses", 1.0 if pool else 0.9)
    for name in ("helin", "helin:misses"):
        late = max(result[name].lowest_p99 for result in results)
        guaranteed = PROMISES["q"].max_wait_seconds
        what = f"{world}: {name}, C's p99, worst day"
        yield Row(what, f"{late:.0f} s", None, f"at most {guaranteed:.0f} s", late <= guaranteed)
        yield row(f"{name}, abandoned", name, installed, "abandoned", 1.02)
    yield Row(f"{world}: cost, no order below", f"{total(results, BOUND, 'cost') / len(results):.3f}",
              ratio(results, "helin", BOUND, "cost"))  # fmt: skip
    yield Row(f"{world}: misses, no order below", f"{total(results, BOUND, 'misses') / len(results):.3f}",
              ratio(results, "helin:misses", BOUND, "misses"))  # fmt: skip


def table(world: str, load: float, results: Sequence[Result]) -> Table:
    shown = Table(title=f"{world}, load {load:.0%}, {len(results)} days", title_justify="left", show_edge=False)
    for head in ("", "cost", "× app_queue", "misses", "× app_queue", "C waits, p99", "abandoned"):
        shown.add_column(head, justify="left" if not head else "right")
    for name in results[0]:
        mean = Figures(*(total(results, name, field) / len(results) for field in Figures._fields))
        ratios = [f"{ratio(results, name, 'app_queue:rrmemory', field):.2f}" for field in FIELDS]
        rest = ("", "") if name == BOUND else (f"{mean.lowest_p99:.0f} s", f"{mean.abandoned:.1%}")
        shown.add_row(name, f"{mean.cost:.3f}", ratios[0], f"{mean.misses:.3f}", ratios[1], *rest)
    return shown


def plotted(
    lines: dict[str, dict[str, list[tuple[float, float]]]], world: str, load: float, results: Sequence[Result]
) -> None:
    """Adds the ratios to app_queue at this load to the lines of two pictures of this world."""
    for field in FIELDS:
        for name in ("helin", "helin:misses", "fifo", best_name(STRATEGIES[0], field), BOUND):
            of_world = lines.setdefault(f"{world}, {field}", {})
            of_world.setdefault(name, []).append((load, ratio(results, name, "app_queue:rrmemory", field)))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=8, help="at the load that is judged; others get a third of it")
    parser.add_argument("--judged-only", action="store_true", help=f"only the load {JUDGED:.0%}")
    parser.add_argument("--world", choices=list(WORLDS), help="only this one")
    parser.add_argument("--plots", type=Path, help="a folder for the figures over the load, as SVG")
    args = parser.parse_args(words)
    rows: list[Row] = []
    lines: dict[str, dict[str, list[tuple[float, float]]]] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for world in [args.world] if args.world else WORLDS:
            for load in (JUDGED,) if args.judged_only else LOADS:
                days = args.days if load == JUDGED else max(1, args.days // 3)
                jobs = [(world, load, FIRST_SEED + n) for n in range(days)]
                results = with_the_best(list(pool.map(play, jobs)))
                Console(width=140).print(table(world, load, results), "")
                plotted(lines, world, load, results)
                rows += judged(world, results) if load == JUDGED else ()
    if args.plots:
        args.plots.mkdir(parents=True, exist_ok=True)
    for name, of_world in lines.items() if args.plots else ():
        title = f"{name}, beside app_queue as installed, over the load"
        file = args.plots / f"{name.replace(',', '').replace(' ', '-')}.svg"
        file.write_text(svg(title, of_world, frozenset({BOUND})))
    show(f"The contest of routings at {JUDGED:.0%} load", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
