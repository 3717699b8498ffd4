"""Several campaigns dial for the same agents: whose call leaves next.

Each campaign keeps its own budget and threshold; a call that one launches takes an agent from all, so each decision
sees the others' calls. Campaigns are asked in turn for one call, the one first that is furthest behind its share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from routing.dialer import Budget, Floor, Launch, Pacing, Traits


@dataclass(frozen=True, slots=True)
class Campaign:
    """``weight``: its share of the agents' time relative to the others'; ``had``: seconds of talk it had lately.
    ``floor.others`` stays empty: who is whose is known here."""

    pacing: Pacing
    floor: Floor
    budget: Budget
    leads: Sequence[Traits]
    weight: float = 1.0
    had: float = 0.0


def share_out(campaigns: Mapping[str, Campaign], now: float) -> dict[str, Launch]:
    """How many calls leave of each. An agent who serves several is on the floor of each of them; calls of others are
    counted against an agent as if they all could reach that agent, which errs to the safe side."""
    launched: dict[str, list[Traits]] = {name: [] for name in campaigns}
    last: dict[str, Launch] = {}
    asking = set(campaigns)
    while asking:
        name = min(asking, key=lambda name: (_behind(campaigns[name], launched[name]), name))
        one = campaigns[name]
        left = list(islice(one.leads, len(launched[name]), len(launched[name]) + 1))
        told = one.pacing.decide(_seen(name, campaigns, launched, now), one.budget, left, now)
        last[name] = told
        if told.count:
            launched[name] += left
        else:
            asking.discard(name)
    return {name: replace(told, count=len(launched[name])) for name, told in last.items()}


def _behind(one: Campaign, launched: Sequence[Traits]) -> float:
    """Talk it had and may expect of what rings, for each unit of its weight; the least comes first."""
    ringing = [*(traits for _, traits in one.floor.ringing), *launched]
    coming = sum(one.pacing.chance(traits) for traits in ringing) * one.pacing.talks.mean()
    return (one.had + coming) / one.weight


def _seen(name: str, campaigns: Mapping[str, Campaign], launched: Mapping[str, Sequence[Traits]], now: float) -> Floor:
    mine = campaigns[name]
    others = [
        (since, one.pacing.chance(traits))
        for other, one in campaigns.items()
        if other != name
        for since, traits in [*one.floor.ringing, *((now, traits) for traits in launched[other])]
    ]
    ringing = [*mine.floor.ringing, *((now, traits) for traits in launched[name])]
    return replace(mine.floor, ringing=ringing, others=others)
