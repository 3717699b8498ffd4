"""The same agent again: who is favoured for a caller because they know each other.

One rule for the service and the what-if. A favoured agent who is free has the caller at once; one who is at work but
busy is waited for, as long as the queue's rule says (:meth:`routing.requests.Requests.hold`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from routing.events import CallerFound
from routing.requests import Requests, Waiting

Favoured = tuple[tuple[str, str], ...]
"""Agents with the words that say why, who comes first leading."""
OWN: Final = "their own agent"
LAST: Final = "who talked with them last"


def favoured_of(found: CallerFound) -> Favoured:
    """Whose caller it is goes before who talked with them last."""
    named = ((found.preferred_agent, OWN), (found.last_agent, LAST))
    return tuple((agent, words) for agent, words in named if agent is not None)


def acquaintance(
    requests: Requests, request: Waiting, able: Iterable[str], free: Container[str], now: float
) -> str | None:
    """The first of these, who are at work and can serve it, that is free or may be waited for. None: anybody."""
    if requests.keeps(request) <= 0:
        return None
    for agent in able:
        if not request.closed_to(agent, now) and (agent in free or requests.has_room(request, agent, now)):
            return agent
    return None
