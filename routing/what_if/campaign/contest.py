"""Policies by name, each in the same windows of an invented campaign: what ``helin simulate campaign`` compares.

A *window* is what the law counts: here a whole campaign of the world's hours, begun with nothing learned and ended with
its last call. Each window has people of its own, the same for all policies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from routing.what_if.campaign.helin import Helin
from routing.what_if.campaign.peers import Erlang, Marginal, Progressive, Ratio, Vicidial
from routing.what_if.campaign.search import (
    Make,
    Mapping,
    Task,
    abandonment,
    best,
    play,
    ratio_settings,
    talk_share,
    vicidial_settings,
)
from routing.what_if.campaign.shift import Played
from routing.what_if.campaign.world import World

NAMES: Final = (
    "helin", "helin:alike", "progressive", "ratio:K", "ratio:best",
    "vicidial:hard", "vicidial:average", "vicidial:tapered", "vicidial:best", "marginal", "erlang",
)  # fmt: skip
USUAL: Final = (
    "helin", "progressive", "vicidial:hard", "vicidial:average", "vicidial:tapered", "vicidial:best", "marginal",
    "erlang",
)  # fmt: skip
CALLS: Final = 30_000
"""So many are played for each policy, about: four windows of ten agents, eight hours, a quarter answering."""
WINDOWS: Final = (3, 20)
"""At least and at most, unless told otherwise."""
MOST_RATIO: Final = 100.0
DEVIATIONS, BURSTS = 1.64, 1.5
"""Of the marginal rule's aim below the limit: one window in twenty is above; what is abandoned comes in bursts."""


class UnknownPolicy(Exception):
    """One sentence that names what there is."""


def windows_of(world: World) -> int:
    """How many are played if nobody says: more of small and short ones, whose luck differs more."""
    least, most = WINDOWS
    return max(least, min(most, round(CALLS / world.calls())))


def maker(name: str, world: World, limit: float) -> Make:
    """What makes the policy. Raises UnknownPolicy; not for those that are searched for."""
    simple: dict[str, Make] = {
        "helin": partial(Helin, limit, world.patience),
        "helin:alike": partial(Helin, limit, world.patience, sees=False),
        "progressive": Progressive,
        "vicidial:hard": partial(Vicidial, "HARD", limit),
        "vicidial:average": partial(Vicidial, "AVERAGE", limit),
        "vicidial:tapered": partial(Vicidial, "TAPERED", limit),
        "marginal": partial(Marginal, marginal_aim(world, limit), world.patience),
        "erlang": Erlang,
    }
    if name in simple:
        return simple[name]
    kind, _, number = name.partition(":")
    if kind == "ratio" and 0 < (lines := _number(number)) <= MOST_RATIO:
        return partial(Ratio, lines)
    raise UnknownPolicy(f"there is no policy {name[:60]!r}; there are {', '.join(NAMES)}, with K above 0 and up to 100")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def marginal_aim(world: World, limit: float) -> float:
    """The limit less 1.64 deviations of a window's share, so that nineteen windows of twenty keep it."""
    answers = max(1.0, world.calls() * world.mean_rate())
    return max(limit / 4, limit - DEVIATIONS * math.sqrt(BURSTS * limit / answers))


class Contest:
    """``seed`` and the window's number say who is met. ``mapped``: as ``map``, perhaps in several processes."""

    def __init__(self, world: World, seed: int, limit: float, windows: int, mapped: Mapping = map) -> None:
        self._world, self._limit, self._mapped = world, limit, mapped
        self._seeds = [f"{seed}/{window}" for window in range(windows)]

    def result(self, name: str) -> dict[str, Any]:
        """Figures of this policy in all windows, shares between 0 and 1. Raises UnknownPolicy."""
        searched: dict[str, Callable[[], Sequence[Any]]] = {
            "vicidial:best": vicidial_settings,
            "ratio:best": ratio_settings,
        }
        if name in searched:
            setting, played = best(searched[name](), self._world, self._seeds, self._limit, self._mapped)
            return {**figures(played), "setting": setting.words()}
        make = maker(name, self._world, self._limit)
        return figures(list(self._mapped(play, [Task(self._world, seed, make) for seed in self._seeds])))


def figures(played: Sequence[Played]) -> dict[str, Any]:
    return {
        "talk_share": talk_share(played),
        "answered": sum(one.answered for one in played),
        "abandoned": sum(one.abandoned for one in played),
        "abandonment": abandonment(played),
        "dialled": sum(one.dialled for one in played),
        "windows": [
            {
                "talk_share": one.talk,
                "answered": one.answered,
                "abandoned": one.abandoned,
                "abandonment": one.abandonment,
                "dialled": one.dialled,
            }
            for one in played
        ],
    }
