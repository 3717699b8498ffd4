"""Reads what Asterisk itself wrote down of its calls: CDR (Master.csv), CEL and queue_log, the end of each file first.

These files are Asterisk's, written by a program that may be killed in the middle of a line, and callers choose some of
what stands in them: a line that is not understood is counted and passed over.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from cti import cel
from routing.facts import EndedBy, QueueLeft
from routing.parties import interface_of
from routing.places import held_for
from routing.witness import WHOLE_SECOND, Talked, Witnessed

BLOCK = 1 << 20
MOST_BYTES = 256 << 20
"""Of one file: more is not read, and what is before it counts as not covered."""
LONGEST_CALL = 6 * 3600.0
"""Seconds before a gap in which a call may have begun that ended in it."""

CDR = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
)  # fmt: skip
LEFT: dict[str, QueueLeft] = {
    "ABANDON": "abandoned", "EXITWITHTIMEOUT": "timed_out", "EXITEMPTY": "queue_empty", "EXITWITHKEY": "withdrawn",
    "CONNECT": "answered",
}  # fmt: skip
ENDS: dict[str, EndedBy] = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent"}


@dataclass(frozen=True, slots=True)
class Records:
    """``sources``: those that were there; ``troubles``: a sentence for each that was not or could not be read.

    ``covered_from``: from when on the records of calls reach, None: from before the gap.
    """

    calls: tuple[Witnessed, ...]
    sources: tuple[str, ...]
    troubles: tuple[str, ...]
    complete: bool
    covered_from: datetime | None


@dataclass(slots=True)
class _Wait:
    """What queue_log says of one caller."""

    queue: str = ""
    queued_at: datetime | None = None
    unqueued_at: datetime | None = None
    left: QueueLeft | None = None
    ended_by: EndedBy | None = None
    ended_at: datetime | None = None
    number: str | None = None
    talks: list[Talked] = field(default_factory=list)
    talking: tuple[str, str, datetime] | None = None


def read(folder: Path, begin: datetime, end: datetime, utc: bool = True) -> Records:
    """Calls that were up at any time from ``begin`` to ``end``. ``utc``: CDR's times are (usegmtime=yes). Blocks."""
    since = begin.timestamp() - 60
    troubles: list[str] = []
    sources: list[str] = []
    whole: dict[str, Witnessed] = {}
    covered: list[datetime | None] = []
    for name, path, take in (
        ("cel", folder / "cel-custom/Master.csv", cel.calls),
        ("cdr", folder / "cdr-csv/Master.csv", lambda rows: _of_cdr(rows, utc)),
    ):
        lines, why, early = _lines(path, since - (LONGEST_CALL if name == "cel" else 0), _time_of(name, utc))
        if why:
            troubles.append(why)
            continue
        sources.append(name)
        covered.append(early)
        for one in take([row for line in lines if (row := _row(line))]):
            whole.setdefault(one.linked, one)
    complete = bool(sources)
    lines, why, _ = _lines(folder / "queue_log", since - LONGEST_CALL, _time_of("queue_log", utc))
    if why:
        troubles.append(why)
    else:
        sources.append("queue_log")
    for linked, wait in _waits(lines).items():
        if linked in whole:
            whole[linked] = _with_wait(whole[linked], wait)
        elif (alone := _alone(linked, wait)) is not None:
            whole[linked] = alone
    calls = tuple(sorted((one for one in whole.values() if one.ended_at >= begin and one.started_at <= end),
                         key=lambda one: (one.started_at, one.linked)))  # fmt: skip
    starts = [at for at in covered if at is not None]
    early = min(starts) if starts and len(starts) == len(covered) else None
    return Records(calls, tuple(sources), tuple(troubles), complete, early)


# Files


def _lines(path: Path, since: float, time_of: Callable[[str], float | None]) -> tuple[list[str], str, datetime | None]:
    """Its lines from ``since`` on, why there are none, and when the first one was if that is later than ``since``."""
    found: list[str] = []
    first: float | None = None
    try:
        if not path.exists():
            return [], f"there is no {path}", None
        for each in (path, path.with_name(path.name + ".1")):
            if not each.exists():
                break
            lines = _tail(each, since, time_of)
            found = lines + found
            first = next((at for line in found if (at := time_of(line)) is not None), None)
            if first is not None and first < since:
                break
    except OSError as problem:
        return [], f"{path} cannot be read: {problem.strerror}", None
    late = first is None or first > since
    return found, "", datetime.fromtimestamp(first, UTC) if late and first is not None else None


def _tail(path: Path, since: float, time_of: Callable[[str], float | None]) -> list[str]:
    """The file's end, a block at a time, until a line is older."""
    with path.open("rb") as file:
        at = size = file.seek(0, 2)
        text = b""
        while at > 0 and size - at < MOST_BYTES:
            step = min(BLOCK, at)
            at -= step
            file.seek(at)
            text = file.read(step) + text
            head = text.split(b"\n", 2)
            if at > 0 and len(head) == 3 and (when := time_of(head[1].decode("utf-8", "replace"))) and when < since:
                break
    whole = text if at == 0 else text.partition(b"\n")[2]
    return whole.decode("utf-8", "replace").replace("\0", "").split("\n")[:-1]


def _time_of(source: str, utc: bool) -> Callable[[str], float | None]:
    def time_of(line: str) -> float | None:
        try:
            if source == "queue_log":
                return float(line.partition("|")[0])
            row = _row(line)
            if source == "cel":
                return float(row[1])
            return _stamp(row[11], utc).timestamp()
        except (ValueError, IndexError):
            return None

    return time_of


def _row(line: str) -> list[str]:
    """Each line by itself: a quotation mark that does not close must not swallow the next call."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _stamp(text: str, utc: bool) -> datetime:
    at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    return at.replace(tzinfo=UTC) if utc else at.astimezone(UTC)


def _epoch(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)


# CDR


def _of_cdr(rows: Iterable[Sequence[str]], utc: bool) -> Iterator[Witnessed]:
    """One call for each linkedid; its first channel is the one that has this very id."""
    about: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        named = dict(zip(CDR, row, strict=False))
        if len(row) >= len(CDR) and named["linkedid"] and named["end"]:
            about.setdefault(named["linkedid"], []).append(named)
    for linked, parts in about.items():
        first = next((part for part in parts if part["uniqueid"] == linked), parts[0])
        try:
            answers = [_stamp(part["answer"], utc) for part in parts if part["answer"]]
            one = Witnessed(
                linked, first["uniqueid"], interface_of(first["channel"]), first["src"] or None,
                min(_stamp(part["start"], utc) for part in parts), max(_stamp(part["end"], utc) for part in parts),
                min(answers, default=None), sources=("cdr",),
                contexts=tuple(sorted({part["dcontext"] for part in parts})),
            )  # fmt: skip
            yield _given_up_in_hold(replace(one, talks=tuple(_dialled(parts, utc))), parts)
        except ValueError:
            continue


def _dialled(parts: Iterable[dict[str, str]], utc: bool) -> Iterator[Talked]:
    """Talks with phones that Dial rang and that answered. When they did stands nowhere here, only when they rang."""
    for part in sorted(parts, key=lambda part: part["start"]):
        if part["lastapp"] == "Dial" and part["dstchannel"] and part["disposition"] == "ANSWERED":
            phone, name = interface_of(part["dstchannel"]), part["dstchannel"]
            yield Talked(phone, name, _stamp(part["start"], utc), _stamp(part["end"], utc), begin_known=False)


def _given_up_in_hold(one: Witnessed, parts: Sequence[dict[str, str]]) -> Witnessed:
    """Who was held for Helin to the end gave up there. In queue_log such a caller is only if Helin was there."""
    last = max(parts, key=lambda part: (part["end"], int(part["sequence"] or 0)))
    queue = held_for(last["lastdata"].partition(",")[0]) if last["lastapp"] == "BridgeWait" else ""
    if not queue or one.answered_at is None or one.talks:
        return one
    return replace(one, queue=queue, queued_at=one.answered_at, unqueued_at=one.ended_at, left="abandoned")


# queue_log


def _waits(lines: Iterable[str]) -> dict[str, _Wait]:
    """By the caller's unique id."""
    found: dict[str, _Wait] = {}
    for line in lines:
        parts = line.split("|")
        if len(parts) < 5 or parts[1] in ("NONE", "MANAGER", "CLI", "REALTIME", ""):
            continue
        try:
            _note(found.setdefault(parts[1], _Wait()), _epoch(parts[0]), parts)
        except (ValueError, IndexError, OverflowError):
            continue
    return found


def _note(wait: _Wait, at: datetime, parts: Sequence[str]) -> None:
    queue, member, event = parts[2], parts[3], parts[4]
    if event == "ENTERQUEUE":
        if wait.queued_at is None:
            wait.queue, wait.queued_at, wait.number = queue, at, parts[6] or None
    elif event in LEFT:
        wait.left = wait.left if wait.left == "answered" else LEFT[event]
        wait.unqueued_at = wait.unqueued_at if wait.talks or wait.talking else at
        wait.ended_at = at
        if event == "CONNECT":
            wait.talking = (member, parts[6] if len(parts) > 6 else "", at)
    elif event in ENDS or event in ("BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"):
        wait.ended_by = ENDS.get(event)
        wait.ended_at = at
        if wait.talking is not None:
            wait.talks.append(Talked(wait.talking[0], wait.talking[1], wait.talking[2], at))
            wait.talking = None


def _with_wait(one: Witnessed, wait: _Wait) -> Witnessed:
    """CEL's word goes before that of queue_log, which has whole seconds; CDR knows less than both."""
    sources = (*one.sources, "queue_log")
    if one.exact:
        left = one.left or (None if one.talks else wait.left)
        return replace(one, left=left, ended_by=one.ended_by or wait.ended_by, sources=sources)
    talks = tuple(_in_turn([*_queued_talks(one, wait), *one.talks]))
    if wait.queued_at is None:
        return replace(one, ended_by=wait.ended_by, talks=talks, sources=sources)
    left = "answered" if talks else wait.left or one.left
    return replace(
        one, queue=wait.queue or None, queued_at=wait.queued_at, unqueued_at=wait.unqueued_at or one.unqueued_at,
        left=left, ended_by=wait.ended_by, talks=talks, number=one.number or wait.number, sources=sources,
    )  # fmt: skip


def _queued_talks(one: Witnessed, wait: _Wait) -> Iterator[Talked]:
    yield from wait.talks
    if wait.talking is not None:
        member, leg, at = wait.talking
        yield Talked(member, leg, at, max(at, one.ended_at))


def _in_turn(talks: list[Talked]) -> Iterator[Talked]:
    """Each once, though Helin writes into queue_log what Dial did, and one after the other: of a caller who was
    redirected app_queue notes the end late."""
    known = [talk for talk in talks if talk.begin_known]
    more = [talk for talk in talks if not talk.begin_known and not any(_same(talk, one) for one in known)]
    in_order = sorted([*known, *more], key=lambda talk: talk.began_at)
    for talk, behind in zip_longest(in_order, in_order[1:]):
        until = min(talk.ended_at, behind.began_at) if behind is not None else talk.ended_at
        yield replace(talk, ended_at=max(talk.began_at, until))


def _same(dialled: Talked, one: Talked) -> bool:
    inside = dialled.began_at - WHOLE_SECOND <= one.began_at <= dialled.ended_at + WHOLE_SECOND
    return inside and one.interface == dialled.interface


def _alone(linked: str, wait: _Wait) -> Witnessed | None:
    """A caller of whom only queue_log knows; None for one who still waits or talks, as far as it goes."""
    if wait.queued_at is None or wait.ended_at is None or wait.talking is not None:
        return None
    bare = Witnessed(linked, linked, "", wait.number, wait.queued_at, wait.ended_at, sources=())
    return _with_wait(bare, wait)
