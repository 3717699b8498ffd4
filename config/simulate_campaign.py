"""``helin simulate campaign``: the world read and checked, the policies played on all cores, the table shown.

A world that cannot be is refused with the place and what to do; nothing is guessed but what the reference says.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from rich.console import Console
from rich.table import Table

from config.errors import HelinError
from config.settings import sentence
from routing.what_if.campaign.contest import USUAL, Contest, UnknownPolicy, maker, windows_of
from routing.what_if.campaign.laws import Law, quantiles
from routing.what_if.campaign.world import ALIKE, Kind, World

BAR = 12
MOST_AGENTS = 500
MOST_HOURS = 720.0
"""A window of the law: 30 days."""
MOST_CALLS = 3_000_000
"""About an hour of playing."""
LEAST_RATE = 0.01

Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False, strict=True)]
Lasting = Annotated[float, Field(ge=0.5, le=3600, allow_inf_nan=False, strict=True)]
Cv = Annotated[float, Field(ge=0, le=3, allow_inf_nan=False, strict=True)]
Hour = Annotated[float, Field(ge=0, le=MOST_HOURS, allow_inf_nan=False, strict=True)]
Rate = Annotated[float, Field(ge=LEAST_RATE, le=1, allow_inf_nan=False, strict=True)]
Count = Annotated[int, Field(ge=0, le=MOST_AGENTS, strict=True)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RingEntry(_Entry):
    mean: Lasting
    cv: Cv = 0.43


class TalkEntry(_Entry):
    kind: Literal["exponential", "lognormal", "bimodal"] = "lognormal"
    mean: Lasting
    cv: Cv = 0.95

    @model_validator(mode="after")
    def _two_kinds_differ(self) -> TalkEntry:
        if self.kind == "bimodal" and self.cv < 0.4:
            raise ValueError('a bimodal law has a cv of at least 0.4; take kind = "lognormal" for less')
        return self


class LeadsEntry(_Entry):
    """``share`` of the leads answer ``times`` as often as all, and the dialer sees that they are of one kind."""

    share: Annotated[float, Field(ge=0.01, le=1, allow_inf_nan=False, strict=True)]
    times: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, strict=True)]


class Described(_Entry):
    """The world file."""

    agents: Annotated[int, Field(ge=1, le=MOST_AGENTS, strict=True)]
    hours: Annotated[float, Field(gt=0, le=MOST_HOURS, allow_inf_nan=False, strict=True)]
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 1
    answer_rate: Annotated[list[tuple[Hour, Rate]], Field(min_length=1, max_length=1000)]
    ring_seconds: RingEntry = RingEntry(mean=12.0)
    no_answer_seconds: Annotated[float, Field(ge=1, le=120, allow_inf_nan=False, strict=True)] = 25.0
    talk_seconds: TalkEntry = TalkEntry(mean=90.0)
    wrap_seconds: Seconds = 15.0
    patience_seconds: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False, strict=True)] = 2.0
    agent_changes: Annotated[list[tuple[Hour, Count]], Field(max_length=1000)] = []
    leads: Annotated[list[LeadsEntry], Field(max_length=20)] = []

    @field_validator("answer_rate", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        if isinstance(given, bool) or not isinstance(given, (int, float, list)):
            raise ValueError("write a number between 0.01 and 1, or [[hour, rate], …]")
        return given if isinstance(given, list) else [(0.0, given)]

    @field_validator("answer_rate", "agent_changes")
    @classmethod
    def _in_order(cls, given: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
        if any(later[0] <= before[0] for before, later in pairwise(given)):
            raise ValueError("its hours must rise from line to line")
        return given

    @model_validator(mode="after")
    def _can_be(self) -> Described:
        if self.ring_seconds.mean >= self.no_answer_seconds:
            raise ValueError("ring_seconds.mean must be below no_answer_seconds, else hardly anybody answers in time")
        parts = [(one.share, one.share * one.times) for one in self.leads]
        if parts and any(abs(sum(part) - 1) > 0.02 for part in zip(*parts, strict=True)):
            raise ValueError("the shares of all leads must add up to 1, and so must share × times")
        if (calls := world_of(self).calls()) > MOST_CALLS:
            raise ValueError(
                f"some {calls:,.0f} calls take too long to play, at most {MOST_CALLS:,}: "
                "write fewer agents or hours, longer talks or a higher answer_rate"
            )
        return self


def read_world(path: Path) -> tuple[World, int]:
    """The world and its seed. Raises HelinError with one sentence."""
    try:
        described = Described.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise HelinError(f"{path} cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise HelinError(f"{path} is not TOML: {problem}") from problem
    except ValidationError as problem:
        raise HelinError(sentence(problem, str(path))) from problem
    return world_of(described), described.seed


def world_of(one: Described) -> World:
    ring, talk = one.ring_seconds, one.talk_seconds
    kinds = tuple(Kind(kind.share, kind.times, (f"kind:{n}",)) for n, kind in enumerate(one.leads))
    return World(
        one.agents,
        tuple(one.answer_rate),
        one.hours,
        Law("gamma", ring.mean, ring.cv, below=one.no_answer_seconds),
        Law("fixed", one.no_answer_seconds),
        Law(talk.kind, talk.mean, talk.cv),
        Law("gamma", one.wrap_seconds, 0.5),
        one.patience_seconds,
        tuple(one.agent_changes),
        kinds or ALIKE,
    )


def check_policies(names: Sequence[str], world: World, limit: float) -> list[str]:
    """The wished policies, or the usual ones; raises HelinError for one that does not exist."""
    for name in names:
        if not name.endswith(":best"):
            _made(name, world, limit)
        elif name not in ("vicidial:best", "ratio:best"):
            raise HelinError(f"nothing is searched for {name[:60]!r}; there are vicidial:best and ratio:best")
    return list(dict.fromkeys(names)) or list(USUAL)


def _made(name: str, world: World, limit: float) -> None:
    try:
        maker(name, world, limit)
    except UnknownPolicy as problem:
        raise HelinError(str(problem)) from None


def check_limit(limit: float) -> float:
    if not 0 < limit <= 0.5:
        raise HelinError(f"--limit {limit:g}: write a share of the answered calls above 0 and up to 0.5, like 0.03")
    return limit


def windows(world: World, wished: int | None) -> int:
    if wished is None:
        return windows_of(world)
    most = max(1, int(MOST_CALLS / world.calls()))
    if not 1 <= wished <= most:
        raise HelinError(f"--windows {wished}: from 1 to {most} can be played of this world")
    return wished


def play_all(
    names: Sequence[str], world: World, seed: int, limit: float, count: int, tell: Callable[[str, int], None]
) -> dict[str, dict[str, Any]]:
    """Figures by policy, played on all cores. ``tell``: which policy, and how many windows of it are done."""
    for law in (world.ring, world.fails, world.talk, world.wrap):
        quantiles(law)
    done = Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:

        def result(name: str) -> dict[str, Any]:
            def mapped(play: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
                for one in pool.map(play, tasks):
                    done[name] += 1
                    tell(name, done[name])
                    yield one

            tell(name, 0)
            return Contest(world, seed, limit, count, mapped).result(name)

        try:
            return {name: result(name) for name in names}
        except BrokenProcessPool as problem:
            raise HelinError("a process that played was ended from outside; perhaps the memory was short") from problem


def show(results: Mapping[str, Mapping[str, Any]], limit: float, console: Console) -> None:
    """Side by side; the bars compare how much of their time agents talked."""
    table = Table(title=f"At most {limit:.1%} abandoned in each window", title_justify="left")
    for head in ("policy", "talk share", "", "answered", "abandoned", "kept"):
        table.add_column(
            head, justify="right" if head in ("talk share", "answered", "abandoned") else "left", no_wrap=True
        )
    for name, result in results.items():
        kept = sum(one["abandonment"] <= limit for one in result["windows"])
        mark = "[red]" if result["abandonment"] > limit else ""
        table.add_row(
            name, f"{result['talk_share']:.1%}", "█" * round(BAR * result["talk_share"]), f"{result['answered']:,}",
            f"{mark}{result['abandonment']:.2%}", f"{kept} of {len(result['windows'])}",
        )  # fmt: skip
    console.print(table)
    for name, result in results.items():
        if "setting" in result:
            console.print(f"{name}, found in hindsight: {result['setting']}")
