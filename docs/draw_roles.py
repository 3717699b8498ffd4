"""Draws who may do what from the tables of routes and of the socket's commands into docs/reference/roles.md.

``python docs/draw_roles.py`` writes it; a test says when that was forgotten.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import get_args

PAGE = Path(__file__).parent / "reference" / "roles.md"
sys.path.insert(0, str(PAGE.parent.parent.parent))

from agent_ui.commands import COMMANDS  # noqa: E402 - the script may be started from anywhere
from agent_ui.http.routes import ROUTES  # noqa: E402
from routing.commands import Role  # noqa: E402

ROLES: tuple[Role, ...] = get_args(Role)


def row(what: str, roles: Collection[Role]) -> str:
    return f"| {what} | {' | '.join('✓' if role in roles else '' for role in ROLES)} |"


def table(head: str, rows: list[str]) -> str:
    return "\n".join([f"| {head} | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 1) + "|", *rows])


def routes() -> str:
    return table("route", [
        row(f"`{route.method} {route.path}` {route.summary}", ROLES if route.open else route.roles) for route in ROUTES
    ])  # fmt: skip


def commands() -> str:
    return table("command", [row(f"`{name}`", roles) for name, (_, roles) in COMMANDS.items()])


def drawn(page: str) -> str:
    """The page with its drawn parts anew, each between ``<!-- drawn: NAME -->`` and ``<!-- end -->``."""
    for name, text in (("routes", routes()), ("commands", commands())):
        before, _, rest = page.partition(f"<!-- drawn: {name} -->\n")
        _, _, after = rest.partition("<!-- end -->")
        page = f"{before}<!-- drawn: {name} -->\n{text}\n<!-- end -->{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
