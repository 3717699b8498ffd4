"""The best setting of a peer for one world, found in hindsight: on the very windows it is then shown on.

It keeps the limit over all windows together; no operator could have known it beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from routing.what_if.campaign.peers import Level, Mode, Ratio, Vicidial
from routing.what_if.campaign.shift import Played, Policy, Shift
from routing.what_if.campaign.world import World

SEARCHED: Final = 8_000
"""Calls, about, that a setting is tried on in a search."""
STEPS: Final = 7
"""Caps or ratios that are tried for each setting, each so much bolder than the one before."""
HALVINGS: Final = 3
SHOWN: Final = 2
"""So many of the best are played in all windows,"""
REFINED: Final = 8
"""at most so many times,"""
BOLDER: Final = 1.03
"""so much bolder or more timid each time."""
Make = Callable[[], Policy]


class Mapping(Protocol):
    """``map``, or the map of a pool of processes."""

    def __call__(self, play: Callable[[Any], Any], tasks: Sequence[Any], /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One window: these people, dialled by this policy."""

    world: World
    seed: str
    make: Make


def play(task: Task) -> Played:
    return Shift(task.world, task.seed, task.make()).run()


def abandonment(played: Sequence[Played]) -> float:
    return sum(one.abandoned for one in played) / max(1, sum(one.answered for one in played))


def talk_share(played: Sequence[Played]) -> float:
    return sum(one.talk for one in played) / len(played)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a peer can be set to. ``boldness``: a cap, or a ratio: the one thing that is tried in steps."""

    method: Mode | None
    boldness: float
    available: bool = False
    offset: float = 0.0
    speed: float = 0.0

    def make(self, limit: float) -> Make:
        if self.method is None:
            return partial(Ratio if self.available else Level, self.boldness)
        return partial(Vicidial, self.method, limit, self.boldness, self.offset, self.available, self.speed)

    def words(self) -> str:
        tally = "available agents" if self.available else "all agents"
        if self.method is None:
            return f"{self.boldness:.2f} lines for each of {tally}"
        more = f", offset {self.offset:+g}" * bool(self.offset) + f", intensity {self.speed:+g} %" * bool(self.speed)
        return f"{self.method}, {tally}, level at most {self.boldness:.2f}{more}"


def vicidial_settings() -> list[Setting]:
    modes: tuple[Mode, ...] = ("AVERAGE", "TAPERED", "HARD")
    tuned = ((0.0, 0.0), (-1.0, 0.0), (-1.0, 50.0))
    return [
        Setting(mode, 1.0, available, offset, speed)
        for mode in modes
        for available in (True, False)
        for offset, speed in tuned
    ]


def ratio_settings() -> list[Setting]:
    return [Setting(None, 1.0, available) for available in (True, False)]


@dataclass(frozen=True, slots=True)
class Climb:
    """One setting, bolder and bolder on a few windows."""

    world: World
    seeds: tuple[str, ...]
    limit: float
    setting: Setting


@dataclass(frozen=True, slots=True)
class Climbed:
    """The boldest step that kept the limit in a few windows."""

    talk: float
    setting: Setting


def climb(task: Climb) -> Climbed:
    """In steps until one is far over the limit, then by halves between the best that kept it and the next."""
    rate = task.world.mean_rate()
    low, high = (1.2, max(8.0, 3 / rate)) if task.setting.available else (1.02, 1 + 1 / rate)
    growth = (high / low) ** (1 / (STEPS - 1))

    def tried(boldness: float) -> tuple[float, Climbed]:
        setting = replace(task.setting, boldness=boldness)
        played = [play(Task(task.world, seed, setting.make(task.limit))) for seed in task.seeds]
        return abandonment(played), Climbed(talk_share(played), setting)

    found = Climbed(0.0, replace(task.setting, boldness=low / growth))
    for step in range(STEPS):
        share, one = tried(low * growth**step)
        if share <= task.limit and one.talk > found.talk:
            found = one
        elif share > 2 * task.limit:
            break
    high = found.setting.boldness * growth
    for _ in range(HALVINGS):
        share, one = tried((found.setting.boldness + high) / 2)
        if share <= task.limit and one.talk > found.talk:
            found = one
        else:
            high = one.setting.boldness
    return found


def best(
    settings: Sequence[Setting], world: World, seeds: Sequence[str], limit: float, mapped: Mapping = map
) -> tuple[Setting, list[Played]]:
    """The setting with the greatest talk share that keeps the limit over all windows, and the windows with it."""
    few = tuple(seeds[: max(1, round(SEARCHED / world.calls()))])
    climbed: list[Climbed] = list(mapped(climb, [Climb(world, few, limit, setting) for setting in settings]))
    climbed.sort(key=lambda one: -one.talk)
    shown = [refined(one.setting, world, seeds, limit, mapped) for one in climbed[:SHOWN]]
    return max(shown, key=lambda one: (abandonment(one[1]) <= limit, talk_share(one[1])))


def refined(
    found: Setting, world: World, seeds: Sequence[str], limit: float, mapped: Mapping
) -> tuple[Setting, list[Played]]:
    """On all windows: bolder as long as the limit is kept, else more timid until it is."""
    kept: tuple[Setting, list[Played]] | None = None
    for _ in range(REFINED):
        shown = found, list(mapped(play, [Task(world, seed, found.make(limit)) for seed in seeds]))
        if abandonment(shown[1]) <= limit:
            if kept is not None and talk_share(shown[1]) < talk_share(kept[1]):
                break
            kept, found = shown, replace(found, boldness=found.boldness * BOLDER)
        elif kept is not None:
            break
        else:
            found = replace(found, boldness=found.boldness / BOLDER)
    return kept or shown
