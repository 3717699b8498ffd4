"""How the benchmarks print: one table each, every figure beside its peer or floor from the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` is against the row's peer; ``wanted`` says the bound in words, ``met`` None where none is set."""

    what: str
    figure: str
    ratio: float | None = None
    wanted: str = ""
    met: bool | None = None


def show(title: str, rows: Sequence[Row]) -> None:
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in ("", "measured", "ratio", "wanted", ""):
        table.add_column(name, justify="left" if name in ("", "wanted") else "right")
    for row in rows:
        mark = "" if row.met is None else "[green]met[/]" if row.met else "[red]short[/]"
        table.add_row(row.what, row.figure, "" if row.ratio is None else f"{row.ratio:.2f}", row.wanted, mark)
    Console(width=140).print(table)


def at_least(what: str, figure: str, ratio: float, bound: float, peer: str) -> Row:
    return Row(what, figure, ratio, f"at least {bound:g} × {peer}", ratio >= bound)


def at_most(what: str, figure: str, ratio: float, bound: float, peer: str) -> Row:
    return Row(what, figure, ratio, f"at most {bound:g} × {peer}", ratio <= bound)
