"""``helin simulate day``: the files read, every line of them checked, the policies played, the table shown.

Nothing is guessed: a line that cannot be read, a queue without a promise, a skill that nobody has are refused with the
place and what to do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.table import Table

from config.errors import HelinError
from config.settings import sentence
from routing.requests import Skills, Step
from routing.what_if.contest import NAMES, Contest
from routing.what_if.day import Arrival, Shift
from routing.what_if.table import BadTable, arrivals_of
from routing.worth import Promise

TIERS = {"A": 5.0, "B": 2.0, "C": 1.0}
BAR = 24

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AgentEntry(_Entry):
    name: Name
    skills: dict[str, Annotated[int, Field(ge=1, le=100)]] = {}
    from_seconds: Seconds = 0.0
    to_seconds: Seconds = 86_400.0


class StepEntry(_Entry):
    """From this long a wait on the queue's callers ask for these skills instead, as in ``helin apply``."""

    after_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    skills: dict[str, Annotated[int, Field(ge=1, le=100)]] = {}


class QueueEntry(_Entry):
    name: Name
    target_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 20.0
    max_wait_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 300.0
    last_agent_seconds: Seconds = 0.0
    relax: Annotated[list[StepEntry], Field(max_length=20)] = []


class TierEntry(_Entry):
    name: Name
    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Staff(_Entry):
    """The staff file: who works when with what skills, what queues promise, what tiers are worth."""

    agents: Annotated[list[AgentEntry], Field(min_length=1)]
    queues: list[QueueEntry] = []
    tiers: list[TierEntry] = []


def read_staff(path: Path) -> Staff:
    """Raises HelinError with one sentence."""
    try:
        staff = Staff.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise HelinError(f"{path} cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise HelinError(f"{path} is not TOML: {problem}") from problem
    except ValidationError as problem:
        raise HelinError(sentence(problem, str(path))) from problem
    for what, names in (
        ("agent", [one.name for one in staff.agents]),
        ("queue", [one.name for one in staff.queues]),
        ("tier", [one.name for one in staff.tiers]),
    ):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise HelinError(f"{path}: the {what} {twice!r} stands there twice")
    for one in staff.agents:
        if one.to_seconds <= one.from_seconds:
            raise HelinError(
                f"{path}: the agent {one.name!r} goes before coming: to_seconds must be after from_seconds"
            )
    return staff


def read_arrivals(path: Path) -> list[Arrival]:
    """Raises HelinError, naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(arrivals_of(file))
    except OSError as problem:
        raise HelinError(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise HelinError(f"{path} is not a CSV file in UTF-8: {problem}") from problem
    except BadTable as problem:
        where = ", " if str(problem).startswith("line ") else " "
        raise HelinError(f"{path}{where}{problem}") from problem


def contest(arrivals: Path, staff: Path) -> Contest:
    """Both files read, and held against each other."""
    people, calls = read_staff(staff), read_arrivals(arrivals)
    shifts = [Shift(one.name, frozenset(one.skills), one.from_seconds, one.to_seconds) for one in people.agents]
    able = {shift.skills for shift in shifts}
    for asked in {arrival.of.skills for arrival in calls}:
        if not any(asked <= skills for skills in able):
            raise HelinError(f"no agent in {staff} has the skills {'+'.join(sorted(asked))}, which {arrivals} asks for")
    promises = {
        one.name: Promise(one.target_seconds, one.max_wait_seconds, keep_seconds=one.last_agent_seconds)
        for one in people.queues
    }
    values = {one.name: one.value for one in people.tiers} or TIERS
    for queue in {arrival.of.queue for arrival in calls} - set(promises):
        raise HelinError(f"{staff} has no [[queues]] named {queue!r}, which {arrivals} asks for")
    return Contest(calls, shifts, promises, values, relax=_relaxing(people.queues, calls, str(staff)))


def _relaxing(queues: Iterable[QueueEntry], calls: Iterable[Arrival], staff: str) -> dict[str, tuple[Step, ...]]:
    """The steps by queue, each later than the one before and asking for less than every caller did until then."""
    asked: dict[str, list[Skills]] = {}
    for call in calls:
        asked.setdefault(call.of.queue, []).append(call.of.skills)
    found: dict[str, tuple[Step, ...]] = {}
    for queue in queues:
        since, before = 0.0, asked.get(queue.name, [])
        for entry in queue.relax:
            where, less = (
                f"{staff}: the queue {queue.name!r} relaxes after {entry.after_seconds:g} s",
                frozenset(entry.skills),
            )
            if entry.after_seconds <= since:
                raise HelinError(f"{where}, which is not after the step before")
            if more := next((less - one for one in before if not less <= one), None):
                raise HelinError(
                    f"{where} to {min(more)}, which a caller did not ask for before; steps only ask for less"
                )
            found[queue.name] = (*found.get(queue.name, ()), (entry.after_seconds, less))
            since, before = entry.after_seconds, [less]
    return found


def check_policies(names: list[str]) -> list[str]:
    """The wished policies, or a sensible few; raises HelinError for one that does not exist."""
    for name in names:
        if name not in NAMES:
            raise HelinError(f"there is no policy {name[:60]!r}; there are {', '.join(NAMES)}")
    return names or ["helin", "helin:misses", "fifo", "app_queue:rrmemory"]


def show(results: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    """Side by side; the bars compare what the waiting cost."""
    table = Table(title="What if", title_justify="left")
    heads = (
        "policy",
        "answered in time",
        "value missed",
        "cost of waiting",
        "",
        "abandoned",
        "occupancy",
        "waits of tiers, p50 · p99",
    )
    for head in heads:
        table.add_column(head)
    worst = max((result["value_weighted_cost"] for result in results.values()), default=0.0) or 1.0
    for name, result in results.items():
        offered = max(1, result["offered"])
        tiers = "  ".join(
            f"{tier or '–'} {one['wait_p50']:.0f}·{one['wait_p99']:.0f} s" for tier, one in result["tiers"].items()
        )
        table.add_row(
            name, f"{result['within_target'] / offered:.1%}", f"{result['value_weighted_misses']:.1%}",
            f"{result['value_weighted_cost']:.2f}", "█" * round(BAR * result["value_weighted_cost"] / worst),
            f"{result['abandoned'] / offered:.1%}", f"{result['occupancy']:.1%}", tiers,
        )  # fmt: skip
    console.print(table)
