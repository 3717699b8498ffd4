"""Adherence to shift: the share of the scheduled time in which an agent was in the scheduled activity. Pure.

    adherence = time in the scheduled activity ÷ scheduled time

as contact centres' planners measure it (ICMI: "the time agents are working when they are supposed to"). A shift's time
asks for work: ready, ringing, in a call, or wrapping up. A break asks for none of it: paused, or logged out. Where a
break lies in a shift, the break holds. Work beside the shift counts nowhere.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

ShiftKind = Literal["work", "break"]
AT_WORK: Final = frozenset(("ready", "ringing", "in_talk", "wrap_up"))
MICRO: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """One agent is to work, or to have a break, from ``begin`` to before ``end``."""

    agent: str
    begin: datetime
    end: datetime
    kind: ShiftKind = "work"


def pieces(shifts: Iterable[Planned]) -> dict[str, list[Planned]]:
    """By agent, in order and none over another: breaks are cut out of the work around them, and hold by themselves."""
    by_agent = defaultdict[str, list[Planned]](list)
    for one in shifts:
        by_agent[one.agent].append(one)
    return {agent: _cut(agent, some) for agent, some in by_agent.items()}


def _cut(agent: str, some: Sequence[Planned]) -> list[Planned]:
    edges = sorted({edge for one in some for edge in (one.begin, one.end)})
    found: list[Planned] = []
    for begin, end in pairwise(edges):
        kinds = {one.kind for one in some if one.begin <= begin and end <= one.end}
        if not kinds:
            continue
        kind: ShiftKind = "break" if "break" in kinds else "work"
        last = found[-1] if found else None
        if last is not None and (last.end, last.kind) == (begin, kind):
            found[-1] = Planned(agent, last.begin, end, kind)
        else:
            found.append(Planned(agent, begin, end, kind))
    return found


Sums = dict[tuple[str, int], int]
"""Microseconds by agent and the place of the interval."""


class Kept:
    """Adds up, change by change. ``parts``: the report's intervals, in order and without a hole; ``until``: what is
    planned for later is no time yet."""

    def __init__(
        self, planned: Mapping[str, Sequence[Planned]], parts: Sequence[tuple[datetime, datetime]], until: datetime
    ) -> None:
        self._planned = planned
        self._begins = [begin for begin, _ in parts]
        self._parts = parts
        self._end = min(parts[-1][1], until)
        self.scheduled: Sums = {}
        self.adhered: Sums = {}
        for agent, some in planned.items():
            for one in some:
                self._add(self.scheduled, agent, one.begin, one.end)

    def was(self, agent: str, state: str | None, begin: datetime, end: datetime) -> None:
        """The agent was in this state (None: logged out). An agent of whom nothing is known keeps to nothing."""
        for one in self._planned.get(agent, ()):
            if one.end <= begin:
                continue
            if one.begin >= end:
                break
            if (state in AT_WORK) == (one.kind == "work"):
                self._add(self.adhered, agent, max(begin, one.begin), min(end, one.end))

    def _add(self, to: Sums, agent: str, begin: datetime, end: datetime) -> None:
        begin, end = max(begin, self._begins[0]), min(end, self._end)
        if begin >= end:
            return
        place = bisect.bisect_right(self._begins, begin) - 1
        while begin < end:
            until = min(end, self._parts[place][1])
            to[agent, place] = to.get((agent, place), 0) + (until - begin) // MICRO
            begin, place = until, place + 1
