"""Whose calls and figures the person who asks may see: :mod:`agent_ui.sight`, over HTTP.

The live picture goes by the teams of those who have a phone (:attr:`agent_ui.board.Board.teams`), what is kept by the
store's: a team keeps the calls of who does not work any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from agent_ui.http.node import NODE, SESSION
from agent_ui.http.problems import Problem
from agent_ui.sight import SEE_ALL, Teams
from crm_store.records import CallFilter
from crm_store.store import Store
from routing.figures import TALK_SUMS


def sees_all(request: web.Request) -> bool:
    role = request[SESSION].user.role
    return role in SEE_ALL or role == "api"


async def teams(store: Store) -> Teams:
    return Teams(await store.users.teams())


async def reach(request: web.Request) -> frozenset[str] | None:
    """The logins whose calls and figures this person may see; None: all."""
    user = request[SESSION].user
    if sees_all(request):
        return None
    if user.role != "leader":
        return frozenset({user.login})
    return (await teams(request.app[NODE].store)).seen_by(user)


async def may_see(request: web.Request, logins: Iterable[str]) -> bool:
    """Whether one of these is among them."""
    mine = await reach(request)
    return mine is None or not mine.isdisjoint(logins)


async def held(request: web.Request) -> dict[str, Any]:
    """The part of a call filter that holds this person to what they may see, and finds a team's calls.

    ``team`` behind a figure: whom a call's first answer, or a talk, was by; else a leg. Raises Problem 403.
    """
    query, mine = request.query, await reach(request)
    agent, team = query.get("agent"), query.get("team")
    if mine is not None and agent and agent not in mine:
        own = len(mine) == 1
        raise Problem(403, "You may see your own calls." if own else "You may see the calls of your team.")
    given: dict[str, Any] = {"among": tuple(sorted(mine))} if mine is not None else {}
    if not team and "team" not in query.get("without", "").split(","):
        return given
    of = await request.app[NODE].store.users.teams()
    part = "talked" if query.get("counted") in TALK_SUMS else "answered"
    if not team:
        return given | {f"{part}_outside": tuple(sorted(of))}
    members = tuple(login for login, name in of.items() if name == team)
    if query.get("counted"):
        return given | {f"{part}_among": members}
    return {"among": tuple(login for login in members if mine is None or login in mine)}


def fits(call_agents: frozenset[str], want: CallFilter) -> bool:
    """Of a call that is up: whether its agents are among those who are wanted."""
    return want.among is None or not call_agents.isdisjoint(want.among)
