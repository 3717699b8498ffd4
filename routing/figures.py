"""Sums over calls and talks, and how times are cut for reports. Pure.

A *sum* adds up over time and over queues, so figures of long times are made of the sums of their parts and never of
the parts' averages. All of them belong to the interval in which their call came in, so that each figure is a list of
calls.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

By = Literal["half_hour", "hour", "day", "week", "month"]
BYS: Final[tuple[By, ...]] = get_args(By)
CALL_SUMS: Final = (
    "calls", "offered", "answered", "answered_within", "abandoned", "abandoned_within", "abandoned_short", "connected",
    "open", "estimated", "transferred", "answer_wait", "longest_wait",
)  # fmt: skip
"""``offered`` came in to a queue; what is answered and abandoned are of these. ``connected``: any call, to anybody.
``transferred``: given on at least once. Waits are whole microseconds; ``longest_wait`` is no sum but the most."""
SERVICE_LEVEL_SUMS: Final = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "abandoned_short",
)  # fmt: skip
"""In the order of service_level.Counts."""
TALK_SUMS: Final = ("talked", "talks", "talk", "hold", "passed_on", "talking")
"""Of the segments: ``talked`` calls, ``talks`` segments that are over, ``talk`` their microseconds, hold included;
``passed_on`` ended by a transfer, ``talking`` go on."""
SUMS: Final = (*CALL_SUMS, *TALK_SUMS)
MOST: Final = frozenset({"longest_wait"})

Sums = dict[str, int]


def nothing() -> Sums:
    return dict.fromkeys(SUMS, 0)


def add(into: Sums, more: Mapping[str, int]) -> None:
    for name, value in more.items():
        into[name] = max(into[name], value) if name in MOST else into[name] + value


def intervals(begin: datetime, end: datetime, by: By | None, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The parts between two moments by the clock of ``zone``, the first and the last one cut; UTC.

    Days on which the clock changes have 23 or 25 hours; weeks begin on Monday. ``by`` None: all in one.
    """
    found, at = list[tuple[datetime, datetime]](), begin.astimezone(UTC)
    end = end.astimezone(UTC)
    while at < end:
        until = end if by is None else min(end, _next(at, by, zone))
        found.append((at, until))
        at = until
    return found


def _next(at: datetime, by: By, zone: ZoneInfo) -> datetime:
    there = at.astimezone(zone)
    if by in ("hour", "half_hour"):
        length = 60 if by == "hour" else 30
        over = timedelta(minutes=there.minute % length, seconds=there.second, microseconds=there.microsecond)
        return at + timedelta(minutes=length) - over
    days = {"day": 1, "week": 7 - there.weekday(), "month": 32 - there.day}[by]
    then = (there + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (then.replace(day=1) if by == "month" else then).astimezone(UTC)


Span = tuple[int, int]
"""From, until."""
QUARTER: Final = 900
HOUR: Final = 3600
DAY: Final = 86_400
MILLION: Final = 1_000_000


@dataclass(slots=True)
class Cover:
    """How a time is read: whole blocks by their length, in seconds since 1970, and what is counted call by call
    (``raw``, in microseconds)."""

    blocks: dict[int, list[Span]]
    raw: list[Span]


def cover(cells: Iterable[Span], lengths: Sequence[int], hours: Collection[int], days: Collection[int]) -> Cover:
    """Each cell (microseconds) of the longest blocks that are whole in it and not stale, and of calls.

    ``lengths`` in seconds, the longest first, each a multiple of the next; ``hours``, ``days``: the beginnings of those
    that are stale. A day with a stale hour is stale, what is shorter is so with its hour.
    """
    stale_hours = set(hours)
    stale = {DAY: set(days) | {hour // DAY * DAY for hour in stale_hours}, HOUR: stale_hours}
    found = Cover({length: [] for length in lengths}, [])

    def fresh(length: int, at: int) -> bool:
        unit = max(length, HOUR)
        return at // unit * unit not in stale[unit]

    def fill(begin: int, end: int, rest: Sequence[int]) -> None:
        if begin >= end:
            return
        if not rest:
            found.raw.append((begin, end))
            return
        length = rest[0]
        first, last = -(-begin // (length * MILLION)) * length, end // (length * MILLION) * length
        if first >= last:
            fill(begin, end, rest[1:])
            return
        fill(begin, first * MILLION, rest[1:])
        for good, start, stop in _runs(first, last, length, fresh):
            if good:
                found.blocks[length].append((start, stop))
            else:
                fill(start * MILLION, stop * MILLION, rest[1:])
        fill(last * MILLION, end, rest[1:])

    for begin, end in cells:
        fill(begin, end, lengths)
    found.blocks = {length: joined(spans) for length, spans in found.blocks.items()}
    found.raw = joined(found.raw)
    return found


def _runs(begin: int, end: int, length: int, fresh: Callable[[int, int], bool]) -> Iterator[tuple[bool, int, int]]:
    """The blocks between these, fresh and stale in turn."""
    at, since, good = begin, begin, fresh(length, begin)
    while at < end:
        if fresh(length, at) is not good:
            yield good, since, at
            since, good = at, not good
        at += length
    yield good, since, end


def joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours in one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found
