"""What Asterisk's own records say of a call, and where that differs from ours.

The journal is made of what was heard. While nobody listened (the link was cut, Helin was not running) Asterisk went on
writing: queue_log, CDR, CEL. :func:`compare` sets both side by side. What was estimated here, or is missing here, is
repaired by facts that are estimated themselves; what was seen here is never overwritten, only listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from routing.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallQueued,
    CallReconciled,
    CallTransferred,
    CallUnqueued,
    EndedBy,
    LegEnded,
    LegStarted,
    Outcome,
    QueueLeft,
    SegmentEnded,
    TalkReconciled,
)
from routing.story import Call, Segment, end_is_estimated

TOLERANCE = 2.5
"""Seconds: CDR and queue_log are written in whole ones, and each rounds in its own way."""
OF_ESTIMATES = 1.0
"""The same for what was estimated here: then theirs is the better one."""
OF_EXACT = 0.1
"""The same where theirs has microseconds (CEL)."""

LONG_OVER = 4 * 3600.0
"""Seconds: CDR has lines of a call while it is still up, one for each ring."""

OUTWARD = ("helin-call", "helin-dialled", "helin-consult", "helin-transfer")
"""Beginnings of contexts of Helin's dialplan in which it is not a caller who came in."""

_OWN_ID = re.compile(r"(?:^|-)\d{9,11}\.\d+$")
"""A channel that Asterisk named itself: those that Helin dials have ids of Helin's."""

WHOLE_SECOND = timedelta(seconds=1)
"""By so much theirs may be earlier: a call that ended in the second in which the gap begins is not among those read."""

Kind = Literal["missing_here", "missing_there", "end", "outcome", "open"]


@dataclass(frozen=True, slots=True)
class Talked:
    """One agent's talk; ``interface`` is the phone, like ``PJSIP/1001``.

    ``begin_known``: else ``began_at`` is when the phone began to ring. ``lost``: the phone went away, nobody hung up.
    """

    interface: str
    leg: str
    began_at: datetime
    ended_at: datetime
    begin_known: bool = True
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A call as Asterisk's records have it. ``linked``: its linkedid; ``leg``: the unique id of its first channel.

    ``interface``: that channel's, without its number. ``answered_at``: when it went up, which says nothing of an agent.
    ``left``: how it left the queue. ``contexts``: of the dialplan, in which it was. ``exact``: to the millisecond.
    """

    linked: str
    leg: str
    interface: str
    number: str | None
    started_at: datetime
    ended_at: datetime
    answered_at: datetime | None = None
    queue: str | None = None
    queued_at: datetime | None = None
    unqueued_at: datetime | None = None
    left: QueueLeft | None = None
    ended_by: EndedBy | None = None
    talks: tuple[Talked, ...] = ()
    sources: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    exact: bool = False

    @property
    def doubt(self) -> float:
        """Seconds by which an estimate of ours must be off to be worth less than this."""
        return OF_EXACT if self.exact else OF_ESTIMATES

    @property
    def outcome(self) -> Outcome:
        if self.talks:
            return "answered"
        if self.left is not None:
            return self.left
        return "answered" if self.answered_at is not None else "abandoned"


@dataclass(frozen=True, slots=True)
class Difference:
    """``text``: one sentence. ``repaired``: estimated facts were written; else somebody should look."""

    kind: Kind
    call: str
    text: str
    repaired: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """``witnessed``: how many calls were compared. ``facts``: in the order in which they are to be written."""

    witnessed: int
    differences: tuple[Difference, ...]
    facts: tuple[CallFact, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a comparison stands on. ``asterisk``: its name; ``begin``, ``end``: the gap; ``now``: when it is made.

    ``agents``: logins by interface. ``inbound``: the contexts in which callers begin. ``call_id``: of a linkedid at its
    time, None where it cannot be known. ``complete`` from ``covered_from`` on: the records hold all calls (CDR or CEL),
    so that one that they lack is a difference.
    """

    asterisk: str
    begin: datetime
    end: datetime
    now: datetime
    agents: Mapping[str, str]
    inbound: frozenset[str]
    call_id: Callable[[Witnessed], str | None]
    number: Callable[[str], str | None]
    complete: bool
    covered_from: datetime | None


def compare(witnessed: Sequence[Witnessed], ours: Iterable[Call], ground: Ground) -> Findings:
    """``ours``: all of this Asterisk that were up at any time of the gap."""
    by_linked: dict[str, Call] = {}
    for call in ours:
        by_linked[linked_of(call.id, ground.asterisk)] = call
        for leg in call.legs:
            by_linked.setdefault(safe(leg.leg), call)
    differences: list[Difference] = []
    facts: list[CallFact] = []
    met: set[str] = set()
    for one in witnessed:
        had = by_linked.get(safe(one.linked)) or by_linked.get(safe(one.leg))
        if had is None:
            found, more = _missing(one, ground)
        else:
            met.add(had.id)
            whole = linked_of(had.id, ground.asterisk) == safe(one.linked)
            found, more = _differing(one, had, ground) if whole else ([], [])
        differences += found
        facts += more
    differences += [_not_there(call) for call in by_linked.values() if call.id not in met and _expected(call, ground)]
    return Findings(len(witnessed), tuple(dict.fromkeys(differences)), tuple(facts))


def linked_of(id_: str, asterisk: str) -> str:
    """The part of a call's id that is Asterisk's linkedid."""
    return id_.removeprefix(f"{asterisk}-").partition("-")[2]


def safe(linked: str) -> str:
    """As it stands in a call's id."""
    return "".join(mark if mark.isascii() and (mark.isalnum() or mark in "-._~") else "_" for mark in linked[:100])


def _missing(one: Witnessed, ground: Ground) -> tuple[list[Difference], list[CallFact]]:
    """A call that nobody here has heard of. Only a caller's is made up for; of other phones Helin knows nothing."""
    id_, what = ground.call_id(one), f"a call of {one.started_at:%H:%M:%S} UTC is in Asterisk's records and not here"
    if not ground.begin <= one.started_at <= ground.end:
        if one.started_at < ground.begin:
            return [], []
        id_ = None
    if one.interface not in ground.agents and not _came_in(one, ground):
        return [], []
    if one.interface in ground.agents or id_ is None:
        return [Difference("missing_here", one.linked, what, False)], []
    return [Difference("missing_here", id_, what, True)], _story(one, id_, ground)


def _came_in(one: Witnessed, ground: Ground) -> bool:
    if _OWN_ID.search(one.linked) is None:
        return False
    own = [name for name in one.contexts if name.startswith("helin-")]
    dialled = any(name.startswith(OUTWARD) for name in own)
    return one.queued_at is not None or bool(ground.inbound.intersection(one.contexts)) or (bool(own) and not dialled)


def _story(one: Witnessed, id_: str, ground: Ground) -> list[CallFact]:
    number = (ground.number(one.number) or one.number) if one.number else None
    facts: list[CallFact] = [
        CallArrived(id_, one.started_at, ground.asterisk, "inbound", number, None, None, True),
        LegStarted(id_, one.started_at, one.leg, "caller", None, number, True),
    ]
    if one.queue is not None and one.queued_at is not None:
        facts.append(CallQueued(id_, one.queued_at, one.queue))
        facts.append(CallUnqueued(id_, one.unqueued_at or one.ended_at, one.queue, one.left or "abandoned", True))
    for n, talk in enumerate(one.talks):
        agent = ground.agents.get(talk.interface, talk.interface)
        by = one.ended_by if talk is one.talks[-1] else None
        to = _passed_to(talk, one.talks[n + 1 : n + 2], ground)
        facts += [
            LegStarted(id_, talk.began_at, talk.leg, "agent", agent, None, True),
            CallAnswered(id_, talk.began_at, agent, talk.leg, True),
            *([CallTransferred(id_, talk.ended_at, agent, to, "redirect")] if to is not None else []),
            SegmentEnded(id_, talk.ended_at, agent, talk.leg, by, to, True),
            LegEnded(id_, talk.ended_at, talk.leg, None, True),
        ]
    ended_by: EndedBy | None = one.ended_by or ("caller" if one.left == "abandoned" else None)
    facts.append(LegEnded(id_, one.ended_at, one.leg, None, True))
    facts.append(CallEnded(id_, one.ended_at, one.outcome, ended_by, True))
    return facts


def _differing(one: Witnessed, had: Call, ground: Ground) -> tuple[list[Difference], list[CallFact]]:
    if had.ended_at is None:
        if (ground.now - one.ended_at).total_seconds() < LONG_OVER:
            return [], []
        what = f"it is up here, and over since {one.ended_at:%H:%M:%S} UTC in Asterisk's records"
        return [Difference("open", had.id, what, False)], []
    off = (one.ended_at - had.ended_at).total_seconds()
    talked = bool(_of_agents(one, had)) and not had.segments
    other = talked or (one.left is not None and not had.segments and had.outcome != one.outcome)
    estimated = end_is_estimated(had)
    ends_alike = abs(off) <= (one.doubt if estimated else TOLERANCE)
    if ends_alike and (not other or had.estimated):
        return _in_between(one, had, ground)
    kind: Kind = "outcome" if other else "end"
    what = f"it was {one.outcome} and ended {abs(off):.0f} s {'later' if off > 0 else 'earlier'} in Asterisk's records"
    if not estimated:
        return [Difference(kind, had.id, what, False)], []
    return [Difference(kind, had.id, what, True)], [_mended(one, had, ground)]


def _in_between(one: Witnessed, had: Call, ground: Ground) -> tuple[list[Difference], list[CallFact]]:
    """A call whose end is right, and perhaps not how it came to its queue, nor its talks."""
    mended = _mended(one, had, ground)
    if not had.estimated or had.ended_at is None:
        return [], []
    same = mended.outcome == had.outcome or not end_is_estimated(had)
    if mended.queue is None and not mended.talks and mended.started_at is None and same:
        return [], []
    who = ", ".join(talk.agent for talk in mended.talks)
    parts = (
        f"began at {mended.started_at:%H:%M:%S} UTC" if mended.started_at else "",
        f"came to the queue {mended.queue} first" if mended.queue else "",
        f"was with {who}" if who else "",
    )
    what = " and ".join(part for part in parts if part) or f"was {mended.outcome}"
    mended = msgspec.structs.replace(mended, ended_at=had.ended_at, ended_by=had.ended_by)
    return [Difference("outcome", had.id, f"it {what} in Asterisk's records", True)], [mended]


def _mended(one: Witnessed, had: Call, ground: Ground) -> CallReconciled:
    talks = _talks(one, had, ground)
    queue = _queue_of(one, had)
    waited = had.queued_at is not None or queue is not None
    outcome = "answered" if had.segments or talks else one.left or ("abandoned" if waited else one.outcome)
    return CallReconciled(
        had.id, ground.now, "+".join(one.sources), one.ended_at, outcome, one.ended_by, talks,
        queue, one.queued_at if queue is not None else None,
        one.started_at if (had.started_at - one.started_at).total_seconds() > one.doubt else None,
    )  # fmt: skip


def _queue_of(one: Witnessed, had: Call) -> str | None:
    """Where a caller came to wait first, if it is not known here: met later, or when the wait was already over."""
    if not (had.estimated and had.direction == "inbound" and one.queue is not None and one.queued_at is not None):
        return None
    if had.queue is None or had.queued_at is None:
        return one.queue
    earlier = (had.queued_at - one.queued_at).total_seconds()
    if had.queue == one.queue:
        # In queue_log it may stand late: whom Helin hands out it enters there itself, when it is back.
        return one.queue if (abs(earlier) if one.exact else earlier) > one.doubt else None
    return one.queue if earlier > 0 else None


def _of_agents(one: Witnessed, had: Call) -> list[Talked]:
    if had.direction != "inbound":
        return []
    return [talk for talk in one.talks if talk.interface != one.interface]


def _talks(one: Witnessed, had: Call, ground: Ground) -> tuple[TalkReconciled, ...]:
    """Those of Asterisk's records that are not here, or are here by an estimate that is farther off than ``doubt``."""
    theirs, left = _of_agents(one, had), list(had.segments)
    found: list[TalkReconciled] = []
    before = had.started_at
    for n, talk in enumerate(theirs):
        agent = ground.agents.get(talk.interface, talk.interface)
        to = _passed_to(talk, theirs[n + 1 : n + 2], ground)
        mine = next((it for it in left if it.leg == talk.leg), None) or next(
            (it for it in left if it.agent == agent and _overlap(it, talk)), None
        )
        if mine is None:
            before = max(talk.began_at, before) if n else talk.began_at  # whole seconds must not turn the order
            found.append(TalkReconciled(agent, talk.leg, before, max(talk.ended_at, before), to))
            continue
        left.remove(mine)
        before = mine.started_at
        late = abs((mine.started_at - talk.began_at).total_seconds()) > one.doubt and talk.begin_known
        if mine.estimated and (late or (to is not None and mine.transferred_to is None)):
            began = talk.began_at if late else mine.started_at
            found.append(TalkReconciled(agent, mine.leg, began, talk.ended_at, to))
    return tuple(found)


def _overlap(it: Segment, talk: Talked) -> bool:
    """The same talk, by its times, of which one side may be an estimate."""
    slack = timedelta(seconds=TOLERANCE)
    return it.started_at <= talk.ended_at + slack and (it.ended_at or it.started_at) >= talk.began_at - slack


def _passed_to(talk: Talked, behind: Sequence[Talked], ground: Ground) -> str | None:
    """Whom the caller was given on to: the agent of the next talk, unless this one's phone was lost."""
    if talk.lost or not behind or behind[0].interface == talk.interface:
        return None
    if behind[0].began_at < talk.ended_at - WHOLE_SECOND:
        return None
    return ground.agents.get(behind[0].interface, behind[0].interface)


def _expected(call: Call, ground: Ground) -> bool:
    """Whether Asterisk's records must have this call."""
    if not ground.complete or call.direction != "inbound" or call.ended_at is None:
        return False
    early = ground.covered_from is not None and call.ended_at <= ground.covered_from
    begin, since = ground.begin + WHOLE_SECOND, (ground.now - call.ended_at).total_seconds()
    return not early and begin <= call.ended_at <= ground.end and since > 10


def _not_there(call: Call) -> Difference:
    return Difference("missing_there", call.id, "it is here and not in Asterisk's records", False)
