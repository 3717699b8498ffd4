"""Lines over the load as a small SVG, readable on light and dark paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 48, 200, 28, 36
COLOURS: Final = ("#0b7285", "#e8590c", "#868e96", "#5f3dc4", "#2b8a3e")


def svg(
    title: str,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    dashed: frozenset[str] = frozenset(),
    label: Callable[[float], str] = "{:.0%}".format,
) -> str:
    """``lines``: points of load (0.95) and figure, by name. The figure's axis begins at 0. ``label``: of a load."""
    points = [point for line in lines.values() for point in line]
    first, last = min(load for load, _ in points), max(load for load, _ in points)
    highest = max(figure for _, figure in points)

    def x(load: float) -> float:
        return LEFT + (load - first) / (last - first or 1.0) * (WIDTH - LEFT - RIGHT)

    def y(figure: float) -> float:
        return HEIGHT - BOTTOM - figure / (highest or 1.0) * (HEIGHT - TOP - BOTTOM)

    loads = sorted({load for load, _ in points})
    drawn = [f'<text x="{LEFT}" y="16" font-weight="bold">{title}</text>']
    for load in loads:
        drawn.append(f'<text x="{x(load):.0f}" y="{HEIGHT - 14}" text-anchor="middle">{label(load)}</text>')
    for part in range(5):
        figure = highest * part / 4
        drawn.append(f'<path d="M{LEFT} {y(figure):.0f}H{WIDTH - RIGHT}" stroke="#868e96" stroke-opacity=".3"/>')
        drawn.append(f'<text x="{LEFT - 6}" y="{y(figure) + 4:.0f}" text-anchor="end">{figure:.2g}</text>')
    for n, (name, line) in enumerate(lines.items()):
        colour, dash = COLOURS[n % len(COLOURS)], ' stroke-dasharray="4 3"' if name in dashed else ""
        path = "L".join(f"{x(load):.0f} {y(figure):.0f}" for load, figure in sorted(line))
        row = TOP + 14 + n * 18
        drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        drawn.append(f'<path d="M{WIDTH - RIGHT + 14} {row - 4}h20" stroke="{colour}" stroke-width="2"{dash}/>')
        drawn.append(f'<text x="{WIDTH - RIGHT + 40}" y="{row}">{name}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
    return f'{head}font-family="sans-serif" font-size="12" fill="#868e96">\n' + "\n".join(drawn) + "\n</svg>\n"
