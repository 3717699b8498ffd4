"""The measures that reports are made of: what each is, as a formula and as a function of sums. Pure.

A measure is a function of sums of the whole time (:mod:`routing.figures`), never of the measures of its parts. Where
nothing counts there is no value: None, neither 0 nor 100 %. ``behind`` names the count whose calls are the figure's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from routing.figures import MILLION, SERVICE_LEVEL_SUMS, SUMS
from routing.service_level import Counts, Formula, service_level

Unit = Literal["count", "seconds", "share"]
AGAIN_HOURS: Final = 24
AGAIN_SUMS: Final = ("repeats", "firsts", "resolved")
"""``repeats``: offered calls whose number had come in to a queue within AGAIN_HOURS before; ``firsts``: answered ones
that are no repeats, with a number, and old enough to know; ``resolved``: of these, who did not call within AGAIN_HOURS.
"""
STATE_SUMS: Final = ("ready", "ringing", "in_talk", "wrap_up", "paused")
"""Microseconds of agents' time, cut where the interval ends. ``ready``: free for calls."""
SHIFT_SUMS: Final = ("scheduled", "adhered")
"""Microseconds that agents were to work, or to have a break, and in which they did: see routing.adherence."""
DIMENSIONS: Final = ("queue", "agent", "team", "tier", "direction", "skill", "reason")
Values = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """``needs``: sums. ``behind`` None: there are no calls behind it, but agents' states."""

    key: str
    unit: Unit
    formula: str
    source: str
    needs: tuple[str, ...]
    value: Callable[[Values], float | None]
    behind: str | None


CALLS = "calls' records"
TALKS = "segments: one for each agent's talk"
STATES = "agents' states in the journal"
PLANS = "shifts, and agents' states in the journal"


def _count(name: str, formula: str, source: str = CALLS, behind: str | None = None) -> Measure:
    return Measure(name, "count", formula, source, (name,), lambda of: of[name], behind or name)


def _ratio(
    key: str, unit: Unit, formula: str, above: tuple[str, ...], below: tuple[str, ...], behind: str | None,
    source: str = CALLS, less: tuple[str, ...] = (),
) -> Measure:  # fmt: skip
    """Sums above by sums below, ``less`` taken off both; seconds from microseconds."""

    def value(of: Values) -> float | None:
        off = sum(of[name] for name in less)
        whole = sum(of[name] for name in below) - off
        part = sum(of[name] for name in above) - off
        return part / whole / (MILLION if unit == "seconds" else 1) if whole > 0 else None

    return Measure(key, unit, formula, source, (*above, *below, *less), value, behind)


def _time(key: str, name: str, formula: str, source: str, behind: str | None) -> Measure:
    return Measure(key, "seconds", formula, source, (name,), lambda of: of[name] / MILLION, behind)


_ALL: Final = (
    _count("calls", "all calls that began in this time, in any direction"),
    _count("offered", "calls that came in to a queue"),
    _count("answered", "offered calls that an agent answered; by agent: whom this one answered first"),
    _count("answered_within", "answered after a wait of at most the target"),
    _count("abandoned", "offered calls whose caller hung up while waiting"),
    _count("abandoned_short", "abandoned sooner than what is short"),
    _count("connected", "calls in any direction that somebody answered"),
    _count("open", "calls that last still"),
    _count("estimated", "calls of which something had to be reconstructed"),
    _count("transferred", "calls that were given on at least once"),
    _count("talked", "calls in which an agent talked; by agent: this one", TALKS),
    _count("talks", "talks of agents that are over", TALKS),
    Measure("transfers", "count", "talks that ended by giving the call on", TALKS, ("passed_on",),
            lambda of: of["passed_on"], "passed_on"),
    _ratio("abandonment", "share", "abandoned ÷ offered", ("abandoned",), ("offered",), "abandoned"),
    _ratio("abandonment_without_short", "share", "(abandoned − short) ÷ (offered − short)", ("abandoned",),
           ("offered",), "abandoned", less=("abandoned_short",)),
    _ratio("transfer_share", "share", "talks that ended by a transfer ÷ talks", ("passed_on",), ("talks",), "passed_on",
           TALKS),
    _ratio("asa", "seconds", "waits of answered calls ÷ answered", ("answer_wait",), ("answered",), "answered"),
    _time("longest_wait", "longest_wait", "the longest wait of an offered call", CALLS, "offered"),
    _time("talk", "talk", "time of talks, hold included", TALKS, "talks"),
    _time("hold", "hold", "time on hold in talks", TALKS, "talks"),
    _ratio("average_talk", "seconds", "talk ÷ talks, hold included", ("talk",), ("talks",), "talks", TALKS),
    _ratio("average_hold", "seconds", "hold ÷ talks", ("hold",), ("talks",), "talks", TALKS),
    _ratio("aht", "seconds", "(talk + wrap-up) ÷ talks", ("talk", "wrap_up"), ("talks",), "talks",
           f"{TALKS}; {STATES}"),
    _count("repeats", f"offered calls whose number had come in to a queue within {AGAIN_HOURS} h before"),
    _ratio("repeat_share", "share", f"offered calls whose number had called within {AGAIN_HOURS} h ÷ offered",
           ("repeats",), ("offered",), "repeats"),
    _ratio("first_contact_resolution", "share", "answered calls that are no repeats and whose number did not come "
           f"in to a queue within {AGAIN_HOURS} h after ÷ answered calls that are no repeats; only with a number, and "
           f"older than {AGAIN_HOURS} h", ("resolved",), ("firsts",), "firsts"),
    _time("ready", "ready", "time that agents were free for calls", STATES, None),
    _time("in_talk", "in_talk", "time that agents had a call on the phone", STATES, None),
    _time("wrap_up", "wrap_up", "time that agents wrapped up", STATES, None),
    _time("paused", "paused", "time of pauses without a call on the phone", STATES, None),
    _ratio("occupancy", "share", "(in talk + wrap-up) ÷ (ready + ringing + in talk + wrap-up); pauses do not count",
           ("in_talk", "wrap_up"), ("ready", "ringing", "in_talk", "wrap_up"), None, STATES),
    _time("scheduled", "scheduled", "time of shifts until now", PLANS, None),
    _ratio("adherence", "share", "time in the scheduled activity (at work in a shift, not at work in a break) ÷ "
           "scheduled time until now", ("adhered",), ("scheduled",), None, PLANS),
)  # fmt: skip
SERVICE_LEVEL: Final = "service_level"
FORMULA_TEXTS: Final[Mapping[Formula, str]] = {
    "offered": "answered within ÷ offered",
    "asterisk": "answered within ÷ answered (ServiceLevelPerf of app_queue)",
    "asterisk2": "(answered within + abandoned within) ÷ (answered + abandoned) (ServiceLevelPerf2 of app_queue)",
    "genesys": "answered within ÷ (answered + abandoned − short abandons) (Genesys)",
}


def measures(formula: Formula = "offered") -> dict[str, Measure]:
    """All, by key; the service level by this formula."""

    def level(of: Values) -> float | None:
        return service_level(formula, Counts(*(of[name] for name in SERVICE_LEVEL_SUMS)))

    first = Measure(SERVICE_LEVEL, "share", FORMULA_TEXTS[formula], CALLS, SERVICE_LEVEL_SUMS, level, "offered")
    return {one.key: one for one in (first, *_ALL)}


def of_calls(measure: Measure) -> bool:
    return any(name in SUMS for name in measure.needs)


def of_states(measure: Measure) -> bool:
    return any(name in STATE_SUMS for name in measure.needs)


def of_shifts(measure: Measure) -> bool:
    return any(name in SHIFT_SUMS for name in measure.needs)


def of_again(measure: Measure) -> bool:
    return any(name in AGAIN_SUMS for name in measure.needs)
