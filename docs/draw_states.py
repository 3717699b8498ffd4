"""Draws the agents' state diagrams from routing's tables into docs/explanation/call-truth.md.

``python docs/draw_states.py`` writes them; a test says when that was forgotten.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parent / "explanation" / "call-truth.md"
sys.path.insert(0, str(PAGE.parent.parent.parent))

from routing.agents import AVAILABILITY, LEG  # noqa: E402 - the script may be started from anywhere


def diagram(table: Mapping[str, Mapping[str, str | None]], start: str) -> str:
    """Mermaid. An arrow for each change of state; what leaves the state as it is is not drawn."""
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {start}"]
    for state, row in table.items():
        arrows: dict[str, list[str]] = {}
        for event, after in row.items():
            if after is not None and after != state:
                arrows.setdefault(after, []).append(event)
        lines += [f"  {state} --> {after}: {', '.join(events)}" for after, events in arrows.items()]
    return "\n".join([*lines, "```"])


def table(rows: Mapping[str, Mapping[str, str | None]]) -> str:
    """Every blank is a decision: what cannot happen is a dash."""
    events = list(next(iter(rows.values())))
    lines = [f"| | {' | '.join(events)} |", "|---" * (len(events) + 1) + "|"]
    lines += [f"| **{state}** | {' | '.join(row[event] or '–' for event in events)} |" for state, row in rows.items()]
    return "\n".join(lines)


def drawn(page: str) -> str:
    """The page with its drawn parts anew, each between ``<!-- drawn: NAME -->`` and ``<!-- end -->``."""
    for name, rows, start in (("availability", AVAILABILITY, "offline"), ("leg", LEG, "none")):
        before, _, rest = page.partition(f"<!-- drawn: {name} -->")
        _, end, after = rest.partition("<!-- end -->")
        words = f"{table(rows)}\n\n{diagram(rows, start)}"  # type: ignore[arg-type]
        page = f"{before}<!-- drawn: {name} -->\n\n{words}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
