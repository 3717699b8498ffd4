"""Reports: chosen measures by chosen dimensions over a time, as rows of values; one and the same for every way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store.counting import Rule
from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.figures import GREENWICH, MOST_CELLS, Figures, FigureWish, checked_parts, too_many
from crm_store.schema import queues, users
from crm_store.service_levels import last_of, left_out
from crm_store.shifts import Shifts
from crm_store.state_times import StateTimes, Times
from routing.adherence import Kept, pieces
from routing.figures import MILLION, MOST, SERVICE_LEVEL_SUMS, SUMS, TALK_SUMS, By
from routing.measures import (
    AGAIN_HOURS,
    AGAIN_SUMS,
    DIMENSIONS,
    SERVICE_LEVEL,
    SHIFT_SUMS,
    STATE_SUMS,
    Measure,
    measures,
    of_again,
    of_calls,
    of_shifts,
    of_states,
)
from routing.service_level import CountedBy, Counts, EmptyInterval, Formula, shown_level

MOST_MEASURES: Final = 20
LONGEST_STATES: Final = timedelta(days=100)
"""Agents' states are read one by one."""
TOLD: Final = ("offered", "answered", "abandoned", "open", "estimated", "talking")
"""Of what is left out."""
RULED: Final = frozenset({"answered_within", "abandoned_within", "abandoned_short"})
"""What depends on the queues' rules."""
MOST_RULES: Final = 100
ONLY: Final = ("queue", "agent", "team", "tier", "direction", "skill")
Key = tuple[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class ReportWish:
    """``measures``: keys of routing.measures; ``by``: DIMENSIONS; ``each``: how the time is cut; ``only``: of ONLY.

    Times: ``from_`` ≤ came in < ``to``, cut by the clock of ``zone``.
    """

    from_: datetime
    to: datetime
    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    each: By | None = None
    zone: ZoneInfo = GREENWICH
    only: Mapping[str, str] = field(default_factory=dict)
    formula: Formula = "offered"
    target_seconds: float | None = None
    short_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """``keys``: the value of each dimension, empty where the calls have none. ``values``: by measure, None where
    nothing counts; ``counts``: the sums that they are made of (microseconds, where they are times)."""

    keys: Mapping[str, str]
    from_: datetime
    to: datetime
    values: Mapping[str, float | None]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QueueRule:
    """What a queue was counted by, from when on."""

    queue: str
    from_: datetime
    by: CountedBy


@dataclass(frozen=True, slots=True)
class Report:
    """``left_out``: what is not in the figures, and why; sentences. ``rules``: what its queues were counted by."""

    wish: ReportWish
    measures: tuple[Measure, ...]
    rows: tuple[ReportRow, ...]
    left_out: tuple[str, ...]
    rules: tuple[QueueRule, ...] = ()


class Reports:
    def __init__(self, database: Database, figures: Figures, states: StateTimes, shifts: Shifts) -> None:
        self._database = database
        self._figures = figures
        self._states = states
        self._shifts = shifts

    async def of(self, wish: ReportWish, now: datetime) -> Report:
        """By the dimensions' values, then by time. Raises Refused with one sentence, StoreAway."""
        chosen = checked(wish)
        skills, teams = await self._skills(), await self._teams()
        asked = _asked(wish, chosen, skills, teams)
        parts = checked_parts(asked)
        merged: dict[Key, dict[str, int]] = {}
        placed = _placing(asked.keys, wish.by, skills, teams)
        rule = Rule()
        if any(map(of_calls, chosen)):
            counted = await self._figures.of(asked)
            rule = counted.rule
            _merge(merged, counted.cells, placed)
        if any(map(of_again, chosen)):
            _merge(merged, (await self._figures.again(asked, now - timedelta(hours=AGAIN_HOURS))).cells, placed)
        if any(map(of_states, chosen)) or any(map(of_shifts, chosen)):
            agent = wish.only.get("agent")
            kept = Kept(pieces(await self._shifts.planned(wish.from_, wish.to, agent)), parts, now)
            times = _of_team(await self._states.of(parts, agent, now, kept), wish, teams)
            _merge(merged, _stated(times if any(map(of_states, chosen)) else {}, wish.by, teams), lambda keys: (keys,))
            scheduled = _scheduled(kept, wish, teams) if any(map(of_shifts, chosen)) else {}
            _merge(merged, scheduled, lambda keys: (keys,))
        rows, left = by_queues_rules(wish, _rows(wish, chosen, merged, parts), rule)
        said = [*_left_out(chosen, merged.values(), wish), *left]
        return Report(wish, chosen, tuple(rows), tuple(said), _rules(wish, chosen, rows, rule))

    async def _teams(self) -> dict[str, str]:
        """Of each login that has one, now."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(users.c.login, users.c.team).where(users.c.team.is_not(None)))
            return {row.login: row.team for row in rows}

    async def _skills(self) -> dict[str, tuple[str, ...]]:
        """Of each queue, now."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(queues.c.name, queues.c.skills))
            return {row.name: tuple(sorted(row.skills)) for row in rows}


def checked(wish: ReportWish) -> tuple[Measure, ...]:
    """Its measures. Raises Refused."""
    known = measures(wish.formula)
    if not 0 < len(wish.measures) <= MOST_MEASURES:
        raise Refused("measures", f"choose from 1 to {MOST_MEASURES} measures of {', '.join(known)}")
    for name in wish.measures:
        if name not in known:
            raise Refused("measures", f"there is no measure {name[:40]!r}; there are {', '.join(known)}")
    for name in (*wish.by, *wish.only):
        if name not in DIMENSIONS or (name in wish.only and name not in ONLY):
            raise Refused("by", f"there is no dimension {name[:40]!r}; there are {', '.join(DIMENSIONS)}")
    if len(set(wish.by)) < len(wish.by) or len(set(wish.measures)) < len(wish.measures):
        raise Refused("by", "name each measure and each dimension once")
    chosen = tuple(known[name] for name in wish.measures)
    _match(chosen, wish)
    return chosen


def _match(chosen: Sequence[Measure], wish: ReportWish) -> None:
    asked = {*wish.by, *wish.only}
    for one in chosen:
        if (of_states(one) or of_shifts(one)) and asked - {"agent", "team", "reason"}:
            raise Refused(
                "by",
                f"{one.key} is made of agents' states, which belong to no call; ask for it by agent, team and time",
            )
        if one.key == "talked" and "team" in asked and "agent" not in asked:
            raise Refused(
                "by", "talked counts a call once for each agent in it: by team, ask by agent too, or for talks"
            )
        if "reason" in wish.by and one.key != "paused":
            raise Refused("by", f"only paused is known by reason, {one.key} is not")
    if any(of_states(one) or of_shifts(one) for one in chosen) and wish.to - wish.from_ > LONGEST_STATES:
        raise Refused("to", f"figures of agents' states are for at most {LONGEST_STATES.days} days at once")


KEPT_BY: Final = {"skill": "queue", "team": "agent"}
"""Dimensions that are made of another one."""


def _asked(
    wish: ReportWish, chosen: Sequence[Measure], skills: Mapping[str, Sequence[str]], teams: Mapping[str, str]
) -> FigureWish:
    """The sums that it is made of: a skill's are those of the queues that ask for it now, a team's those of the agents
    who are in it now."""
    keys = tuple(dict.fromkeys(KEPT_BY.get(name, name) for name in wish.by if name != "reason"))
    only: dict[str, tuple[str, ...]] = {name: (value,) for name, value in wish.only.items() if name not in KEPT_BY}
    if "team" in wish.only:
        members = tuple(login for login, team in teams.items() if team == wish.only["team"])
        only["agent"] = tuple(login for login in members if login in only.get("agent", members)) or ("\x01",)
    if "skill" in wish.only:
        asking = tuple(queue for queue, needed in skills.items() if wish.only["skill"] in needed)
        named = only.get("queue")
        only["queue"] = asking if named is None else tuple(queue for queue in asking if queue in named)
        only["queue"] = only["queue"] or ("\x01",)  # no queue is called so: nothing is found
    needed = {name for one in chosen for name in one.needs if name in SUMS} | set(TOLD)
    sums = tuple(name for name in SUMS if name in needed)
    return FigureWish(
        wish.from_, wish.to, wish.each, wish.zone, keys, only, wish.target_seconds,
        None if wish.short_seconds is None else round(wish.short_seconds * MILLION), sums=sums,
    )  # fmt: skip


Placing = Callable[[tuple[str, ...]], Collection[tuple[str, ...]]]


def _placing(
    keys: Sequence[str], by: Sequence[str], skills: Mapping[str, Sequence[str]], teams: Mapping[str, str]
) -> Placing:
    """From the values of the keys to those of the dimensions: a queue counts for each of its skills, an agent for the
    team."""

    def place(values: tuple[str, ...]) -> Collection[tuple[str, ...]]:
        known = dict(zip(keys, values, strict=True))
        known["team"] = teams.get(known.get("agent", ""), "")
        needed = skills.get(known.get("queue", ""), ()) if "skill" in by else ()
        return [tuple(skill if name == "skill" else known[name] for name in by) for skill in needed or ("",)]

    return place


def _merge(into: dict[Key, dict[str, int]], cells: Mapping[Key, Mapping[str, int]], placed: Placing) -> None:
    for (values, place), sums in cells.items():
        for keys in placed(values):
            had = into.setdefault((keys, place), {})
            for name, value in sums.items():
                had[name] = max(had.get(name, 0), value) if name in MOST else had.get(name, 0) + value


def _of_team(times: Times, wish: ReportWish, teams: Mapping[str, str]) -> Times:
    team = wish.only.get("team")
    return times if team is None else {key: micros for key, micros in times.items() if teams.get(key[0]) == team}


def _stated(times: Times, by: Sequence[str], teams: Mapping[str, str]) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = {}
    for (agent, state, reason, place), micros in times.items():
        known = {"agent": agent, "reason": reason, "team": teams.get(agent, "")}
        if "reason" in by and state != "paused":
            continue
        sums = found.setdefault((tuple(known[name] for name in by), place), dict.fromkeys(STATE_SUMS, 0))
        sums[state] += micros
    return found


def _scheduled(kept: Kept, wish: ReportWish, teams: Mapping[str, str]) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = {}
    for name, sums in (("scheduled", kept.scheduled), ("adhered", kept.adhered)):
        for (agent, place), micros in sums.items():
            known = {"agent": agent, "team": teams.get(agent, "")}
            if wish.only.get("team", known["team"]) != known["team"]:
                continue
            cell = found.setdefault((tuple(known[key] for key in wish.by), place), dict.fromkeys(SHIFT_SUMS, 0))
            cell[name] += micros
    return found


def _rows(
    wish: ReportWish,
    chosen: Sequence[Measure],
    merged: Mapping[Key, Mapping[str, int]],
    parts: Sequence[tuple[datetime, datetime]],
) -> list[ReportRow]:
    lines = sorted({keys for keys, _ in merged}) if wish.by else [()]
    if len(lines) * len(parts) * len(chosen) > MOST_CELLS:
        raise Refused("by", too_many())
    needed = tuple(dict.fromkeys(name for one in chosen for name in one.needs))
    rows = []
    for keys in lines:
        for place, (begin, end) in enumerate(parts):
            sums = dict.fromkeys((*SUMS, *AGAIN_SUMS, *STATE_SUMS, *SHIFT_SUMS), 0) | dict(
                merged.get((keys, place), {})
            )
            values = {one.key: one.value(sums) for one in chosen}
            counts = {name: sums[name] for name in needed}
            rows.append(ReportRow(dict(zip(wish.by, keys, strict=True)), begin, end, values, counts))
    return rows


def by_queues_rules(wish: ReportWish, rows: Sequence[ReportRow], rule: Rule) -> tuple[list[ReportRow], list[str]]:
    """The rows, a service level of nothing as its queue's rule has it; and what was left out by them, in sentences.

    A row of several queues has no such rule: nothing is nothing.
    """
    if SERVICE_LEVEL not in wish.measures:
        return list(rows), []
    kept, gone = list[ReportRow](), Counter[str]()
    for row in rows:
        queue = row.keys.get("queue") or wish.only.get("queue")
        empty: EmptyInterval = rule.by(queue, last_of(row.from_, row.to)).empty_interval if queue else "none"
        if queue and empty == "left_out" and not any(row.counts.values()):
            gone[queue] += 1
            continue
        counts = Counts(*(row.counts[name] for name in SERVICE_LEVEL_SUMS))
        kept.append(replace(row, values={**row.values, SERVICE_LEVEL: shown_level(wish.formula, counts, empty)}))
    return kept, [left_out(*one) for one in gone.items()]


def _rules(wish: ReportWish, chosen: Sequence[Measure], rows: Sequence[ReportRow], rule: Rule) -> tuple[QueueRule, ...]:
    """Where a figure depends on them; of the queues that are named in the report, else of all that are known."""
    if not any(RULED & set(one.needs) for one in chosen):
        return ()
    named = {row.keys["queue"] for row in rows} if "queue" in wish.by else {wish.only.get("queue", "")}
    queues_ = sorted({queue for queue in named if queue} or rule.known)[:MOST_RULES]
    return tuple(QueueRule(queue, at, by) for queue in queues_ for at, by in rule.during(queue, wish.from_, wish.to))


def _left_out(chosen: Sequence[Measure], cells: Iterable[Mapping[str, int]], wish: ReportWish) -> list[str]:
    total: dict[str, int] = {}
    for sums in cells:
        for name, value in sums.items():
            total[name] = total.get(name, 0) + value

    def had(name: str) -> int:
        return total.get(name, 0)

    said = []
    if had("open"):
        said.append(f"{had('open')} calls last still: they count as offered, and as answered once an agent talked.")
    if any(set(one.needs) & set(TALK_SUMS) for one in chosen) and had("talking"):
        said.append(f"{had('talking')} talks last still and are in no time of talk.")
    if had("estimated"):
        said.append(f"{had('estimated')} calls are estimated in part: what happened in a gap was reconstructed.")
    other = had("offered") - had("answered") - had("abandoned") - had("open")
    if any("offered" in one.needs for one in chosen) and other > 0:
        said.append(
            f"{other} offered calls were neither answered nor abandoned: timed out, withdrawn, or still waiting."
        )
    if any("firsts" in one.needs for one in chosen):
        said.append(f"First contacts of the last {AGAIN_HOURS} hours, and calls without a number, are left out.")
    if "skill" in wish.by or "skill" in wish.only:
        said.append("Skills are those that the queues ask for today; a call counts for each skill of its queue.")
    if "team" in wish.by or "team" in wish.only:
        said.append("Teams are those of today: what an agent did before counts for the team that they are in now.")
    if any(of_states(one) or of_shifts(one) for one in chosen):
        said.append(
            "An agent whose state last changed over 24 hours before the time begins is not known until it changes."
        )
    return said


def exported(report: Report) -> tuple[list[str], list[list[Any]]]:
    """The same as a table: heads and rows, for every kind of file. Times are RFC 3339 in the report's zone."""
    heads = [*report.wish.by, "from", "to", *(one.key for one in report.measures)]
    zone = report.wish.zone
    rows = [
        [
            *row.keys.values(), row.from_.astimezone(zone).isoformat(), row.to.astimezone(zone).isoformat(),
            *row.values.values(),
        ]
        for row in report.rows
    ]  # fmt: skip
    return heads, rows
