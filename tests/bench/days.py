"""Invented days for the contest of routings: who calls when about what, how long they talk, how long they are patient.

Three tiers worth 5, 2 and 1 (a fifth, three tenths, half of the calls); talks of 3 minutes on the average, lognormal;
patience exponential, 4 minutes on the average. Everything is drawn from the seed before any policy sees the day, so all
play the same one. ``load``: work that comes ÷ work that all agents can do.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from routing.requests import Class, Skills
from routing.what_if.day import Arrival, Shift
from routing.worth import Promise

VALUES: Final = {"A": 5.0, "B": 2.0, "C": 1.0}
SHARES: Final = {"A": 0.2, "B": 0.3, "C": 0.5}
PROMISES: Final = {"q": Promise(20, 300)}
HOURS = 8
TALK_SECONDS, TALK_CV = 180.0, 0.8
PATIENCE_SECONDS = 240.0
AFTER_SECONDS = 3600.0
"""Agents stay until all who came have been served."""


class InventedDay(NamedTuple):
    arrivals: list[Arrival]
    shifts: list[Shift]


def one_pool(load: float, seed: int) -> InventedDay:
    """20 agents who can do everything."""
    return _day(f"pool {load} {seed}", load, {"": 20}, {"": 1.0})


def overlapping_skills(load: float, seed: int) -> InventedDay:
    """20 agents with one, two or three of three skills; every call needs one."""
    staff = {"x": 5, "y": 4, "z": 2, "xy": 4, "yz": 3, "xyz": 2}
    return _day(f"skills {load} {seed}", load, staff, {"x": 0.45, "y": 0.35, "z": 0.2})


WORLDS: Final[Mapping[str, Callable[[float, int], InventedDay]]] = {
    "one pool": one_pool,
    "overlapping skills": overlapping_skills,
}


def _day(seed: str, load: float, staff: Mapping[str, int], asked: Mapping[str, float]) -> InventedDay:
    dice = random.Random(seed)
    end = HOURS * 3600.0
    shifts = [
        Shift(f"{group}{n}", frozenset(group), 0.0, end + AFTER_SECONDS)
        for group, many in staff.items()
        for n in range(many)
    ]
    rate = load * len(shifts) / TALK_SECONDS
    spread = math.log(1.0 + TALK_CV**2)
    arrivals, at = [], dice.expovariate(rate)
    while at < end:
        skills: Skills = frozenset(dice.choices(list(asked), list(asked.values()))[0])
        tier = dice.choices(list(SHARES), list(SHARES.values()))[0]
        talk = dice.lognormvariate(math.log(TALK_SECONDS) - spread / 2, math.sqrt(spread))
        arrivals.append(Arrival(at, Class("q", tier, skills), talk, dice.expovariate(1.0 / PATIENCE_SECONDS)))
        at += dice.expovariate(rate)
    return InventedDay(arrivals, shifts)
