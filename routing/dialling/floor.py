"""The floor as a campaign sees it, from the live board: who could take its next call, and who is busy since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from routing.dialer import Floor, Traits
from routing.facts import AgentChanged
from routing.picture import Picture


def floor_of(
    picture: Picture, queue: str, ringing: Sequence[tuple[float, Traits]], now: datetime, clock: float
) -> Floor:
    """``clock``: monotonic seconds at ``now``, and those of ``ringing``."""
    here = [agent for agent in picture.agents.values() if queue in agent.queues]
    waiting = sum(1 for call in picture.calls.values() if call.waiting_in == queue and not call.ringing)
    return Floor(
        sum(1 for agent in here if is_idle(agent, queue)),
        waiting,
        [_since(agent, now, clock) for agent in here if agent.leg in ("ringing", "talking", "hold")],
        [_since(agent, now, clock) for agent in here if agent.leg == "none" and agent.availability == "wrap_up"],
        ringing,
    )


def is_idle(agent: AgentChanged, queue: str) -> bool:
    """Whether a call of this queue could ring there now."""
    if agent.availability != "ready" or agent.leg != "none" or agent.booked is not None:
        return False
    return agent.reachable and not agent.phone_busy and queue in agent.queues and queue not in agent.paused_in


def _since(agent: AgentChanged, now: datetime, clock: float) -> float:
    return clock - max(0.0, (now - agent.since).total_seconds())


def together(picture: Picture, queues: Mapping[str, str]) -> list[set[str]]:
    """Campaigns (by the queue of each) that have agents in common, directly or by others: they share them out."""
    groups: list[tuple[set[str], set[str]]] = []
    for campaign, queue in queues.items():
        agents = {name for name, agent in picture.agents.items() if queue in agent.queues} | {f"queue {queue}"}
        mine = {campaign}
        for group in [each for each in groups if each[1] & agents]:
            groups.remove(group)
            mine |= group[0]
            agents |= group[1]
        groups.append((mine, agents))
    return [names for names, _ in groups]
