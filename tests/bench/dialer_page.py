"""The figures of the pacing benchmark as the page shows them: a table, what is short of its aim, two plots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench.plot import svg

Found = dict[str, list[Any]]
Cells = dict[tuple[str, float, int], Found]
COLUMNS: Final = ("progressive", "VICIdial", "ratio", "Erlang tuned", "marginal", "Helin", "MDP", "only answers")
MODES: Final = ("VICIdial HARD", "VICIdial AVERAGE", "VICIdial TAPERED")
PLOTTED: Final = ("Helin", "only answers", "marginal", "VICIdial", "progressive")


def merged(files: Iterable[Path]) -> Cells:
    cells: Cells = {}
    for file in files:
        for line in file.read_text().splitlines():
            one = json.loads(line)
            cells.setdefault((one["world"], one["limit"], one["agents"]), {}).update(one["found"])
    return {key: found for key, found in sorted(cells.items(), key=order) if "Helin" in found}


def order(cell: tuple[tuple[str, float, int], Found]) -> tuple[float, str, int]:
    (world, limit, agents), _ = cell
    return -limit, world, agents


def aims(world: str, agents: int, found: Found) -> list[tuple[str, float, float]]:
    """What is wanted, the ratio measured, the ratio wanted."""
    talk = {who: one[0] for who, one in found.items()}
    limit_kept = {who for who in MODES if who in found and found[who][2] >= 0.95}
    wanted = []
    if agents >= 10:
        lawful = max([talk[who] for who in limit_kept | ({"progressive"} & talk.keys())], default=0.0)
        plain = [("progressive and lawful defaults", lawful, 1.25)] if lawful else []
        best = (
            [("VICIdial's best", talk["VICIdial"], 1.04 if "drifting" in world else 1.0)] if "VICIdial" in talk else []
        )
        wanted += [*plain, *best]
    if "marginal" in talk:
        wanted.append(("the marginal rule", talk["marginal"], 1.0))
    if "MDP" in talk:
        wanted.append(("the MDP", talk["MDP"], 0.98))
    return [(what, talk["Helin"] / peer, least) for what, peer, least in wanted]


def report(cells: Cells, images: Path | None) -> str:
    lines = ["| world | limit | agents | " + " | ".join(COLUMNS) + " | Helin abandoned | windows kept | short of |"]
    lines.append("|---" * (len(COLUMNS) + 6) + "|")
    for (world, limit, agents), found in cells.items():
        figures = [figure(found[who], limit) if who in found else "" for who in COLUMNS]
        _, abandoned, kept, windows, _ = found["Helin"]
        short = [
            f"{what}: {ratio:.3f}, not {least:g}" for what, ratio, least in aims(world, agents, found) if ratio < least
        ]
        cells_of = [
            world,
            f"{limit:.0%}",
            str(agents),
            *figures,
            f"{abandoned:.2%}",
            f"{kept * windows:.0f} of {windows}",
        ]
        lines.append("| " + " | ".join([*cells_of, "; ".join(short)]) + " |")
    if images is not None:
        for world, name in (("25 % log-normal", "steady"), ("25 % log-normal, drifting", "drifting")):
            (images / f"pacing-{name}.svg").write_text(plot(cells, world))
    return "\n".join(lines)


def figure(one: Sequence[Any], limit: float) -> str:
    """The talk share; in brackets what is abandoned where that is over the limit."""
    return f"{one[0]:.3f}" if one[1] <= limit * 1.001 else f"({one[0]:.3f}, {one[1]:.1%})"


def plot(cells: Cells, world: str) -> str:
    sizes = sorted({agents for name, limit, agents in cells if name == world and limit == 0.03})
    lines = {
        who: [
            (float(at), cells[world, 0.03, agents][who][0])
            for at, agents in enumerate(sizes)
            if who in cells[world, 0.03, agents]
        ]
        for who in PLOTTED
    }
    title = f"Talk share over agents, {world}, at most 3 % abandoned"
    drawn = {who: line for who, line in lines.items() if line}
    return svg(title, drawn, frozenset({"only answers"}), lambda at: f"{sizes[round(at)]} agents")
