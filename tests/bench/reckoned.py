"""What a day's calls were, reckoned from SIPp's own messages and from queue_log alone. It imports nothing of Helin.

Two witnesses. SIPp's short message logs have each message with its time in microseconds, at the callers' end and at the
agents' phones; its notes say whose call it was. ``queue_log`` has what app_queue did, in whole seconds. From SIPp:

* a call came in when its INVITE was sent, and began to wait with the first 183 or 200 that its caller heard (the
  dialplan sends it right before the queue), but for what Asterisk listens after a 200;
* it was answered when an agent's phone sent its 200, and was given up when its caller left without such a 200;
* a talk lasts from the phone's 200 to the BYE at that phone. It was passed on if the phone was sent the BYE while the
  caller had neither sent nor got one.

queue_log says the same of callers whom app_queue had, but for the fractions of a second, and nothing trustworthy of
those whom Helin hands out itself: their lines are Helin's. Neither knows agents' states (ready, paused, wrap-up).

What a moment's doubt decides (a wait within ``slack`` of a limit) is not guessed: such a count is a range.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

CROSSED: Final = 0.25
"""Seconds: a phone's 200 and its caller's good-bye that are this near crossed each other; then queue_log decides."""
ARRIVING: Final = 0.2
"""Seconds that the dialplan waits before it lets the caller hear anything."""
AGAIN_SECONDS: Final = 24 * 3600
NUMBER: Final = re.compile(r"\+\d+")
TO: Final = re.compile(r"sip:([^@>;\s]+)@")


class Range(NamedTuple):
    """At least and at most."""

    least: float
    most: float


class Message(NamedTuple):
    at: float
    sent: bool
    call: str
    method: str
    line: str


@dataclass(slots=True)
class Talk:
    """At one phone. ``taken``: its 200 was acknowledged. ``bye``: sent by the phone, or received."""

    agent: str
    number: str
    rang: float
    answered: float = 0.0
    taken: float = 0.0
    ended: float = 0.0
    bye: str = ""


@dataclass(slots=True)
class Call:
    """A caller's. ``left``: by CANCEL or BYE of the caller (sent), or the exchange's BYE or refusal (received).

    ``rang``: when phones began to ring for it. ``doubts``: phones that answered in the moment in which the caller left.
    ``late``: by how much what its caller heard first came later than the dialplan alone takes.
    """

    number: str
    dialled: str
    invited: float
    entered: float = 0.0
    late: float = 0.0
    ended: float = 0.0
    left: str = ""
    talks: list[Talk] = field(default_factory=list)
    rang: list[float] = field(default_factory=list)
    doubts: list[Talk] = field(default_factory=list)

    @property
    def answered(self) -> float:
        return self.talks[0].answered if self.talks else 0.0

    @property
    def doubtful(self) -> bool:
        """Whether it was answered at all."""
        return bool(self.doubts) and not self.talks

    @property
    def blur(self) -> float:
        """Seconds: how far off the wait may be by what SIPp itself saw of the machine's delays."""
        taken = self.talks[0].taken - self.talks[0].answered if self.talks and self.talks[0].taken else 0.0
        return self.late + max(0.0, taken)

    @property
    def waited(self) -> float:
        return (self.answered or self.ended) - self.entered


def messages(path: Path) -> list[Message]:
    found = []
    for line in path.read_text(errors="replace").splitlines():
        parts = line.split("\t")
        if len(parts) >= 6 and parts[3] in "RS":
            method = parts[5].rpartition(" ")[2]
            found.append(Message(float(parts[2]), parts[3] == "S", parts[4], method, "\t".join(parts[6:])))
    return found


def noted(path: Path) -> dict[str, str]:
    """Of each call id the number that the scenario wrote beside it."""
    found: dict[str, str] = {}
    for line in path.read_text(errors="replace").splitlines():
        word, _, rest = line.partition(" ")
        number = NUMBER.search(rest.partition(" ")[2])
        if word == "call" and number is not None:
            found[rest.split()[0]] = number[0]
    return found


def callers(folders: Iterable[Path], settled: Mapping[str, float]) -> list[Call]:
    """In the order of their calls. ``settled``: by what was dialled, the seconds between what the caller hears and the
    queue: after its 200 Asterisk's Answer() listens half a second for sound, and a caller without sound waits it out.
    """
    found: dict[tuple[Path, str], Call] = {}
    for folder in folders:
        numbers = noted(folder / "notes.txt")
        for one in messages(folder / "short.txt"):
            key = (folder, one.call)
            if key not in found:
                to = TO.search(one.line)
                found[key] = Call(numbers[one.call], to[1] if to else "", one.at)
            _at_caller(found[key], one)
    for call in found.values():
        call.late = max(0.0, call.entered - call.invited - ARRIVING) if call.entered else 0.0
        call.entered += settled.get(call.dialled, 0.0) if call.entered else 0.0
    return sorted(found.values(), key=lambda call: call.invited)


def _at_caller(call: Call, one: Message) -> None:
    if not one.sent and one.method == "INVITE" and one.line.startswith(("SIP/2.0 183", "SIP/2.0 200")):
        call.entered = call.entered or one.at
    over = one.line.startswith(("CANCEL ", "BYE ")) or (
        not one.sent and one.method == "INVITE" and re.match(r"SIP/2\.0 [3-6]", one.line) is not None
    )
    if over and not call.ended:
        call.ended, call.left = one.at, "sent" if one.sent else "received"


def talks(folders: Iterable[Path]) -> list[Talk]:
    """Of all phones, in the order in which they answered; who did not has no ``answered``."""
    found: dict[tuple[Path, str], Talk] = {}
    for folder in folders:
        numbers = noted(folder / "notes.txt")
        for one in messages(folder / "short.txt"):
            key = (folder, one.call)
            if key not in found:
                to = TO.search(one.line)
                found[key] = Talk(to[1] if to else "", numbers.get(one.call, ""), one.at)
            talk = found[key]
            if one.sent and one.method == "INVITE" and one.line.startswith("SIP/2.0 200") and not talk.answered:
                talk.answered = one.at
            if one.line.startswith("ACK ") and talk.answered:
                talk.taken = talk.taken or one.at
            if one.line.startswith("BYE ") and not talk.ended:
                talk.ended, talk.bye = one.at, "sent" if one.sent else "received"
    return sorted(found.values(), key=lambda talk: talk.answered)


def joined(calls: Sequence[Call], of_phones: Sequence[Talk], log: Sequence[Sequence[str]]) -> list[str]:
    """Gives each call its talks; what does not fit is said. queue_log decides where answer and good-bye crossed."""
    odd: list[str] = []
    by_number: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_number[call.number].append(call)
    connected = connections(log)
    for talk in of_phones:
        for call in by_number[talk.number]:
            if call.invited <= talk.rang <= (call.ended or talk.rang) + CROSSED:
                call.rang.append(talk.rang)
        if not talk.answered:
            continue
        of = [c for c in by_number[talk.number] if c.invited <= talk.rang <= (c.ended or talk.rang) + CROSSED]
        if not of:
            odd.append(f"{talk.agent}'s phone answered {talk.number}, who did not call then")
            continue
        call = of[-1]
        if call.ended and talk.answered > call.ended - CROSSED and call.left == "sent":
            times = connected.get((talk.number, talk.agent), [])
            if not any(abs(at - talk.answered) <= 2 for at in times):
                call.doubts.append(talk)
                odd.append(
                    f"{talk.number}: {talk.agent}'s 200 and the caller's good-bye crossed, queue_log has no answer"
                )
                continue
        call.talks.append(talk)
    odd += [f"{call.number} called and heard nothing" for call in calls if not call.entered]
    odd += [f"{call.number} is not over" for call in calls if not call.ended]
    return odd


def connections(log: Sequence[Sequence[str]]) -> dict[tuple[str, str], list[float]]:
    """By number and extension, when queue_log says that they were connected."""
    numbers: dict[str, str] = {}
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in log:
        if len(row) > 6 and row[4] == "ENTERQUEUE":
            numbers[row[1]] = row[6]
        elif row[4] == "CONNECT":
            found[numbers.get(row[1], ""), row[3].rpartition("/")[2]].append(float(row[0]))
    return found


def passed_on(call: Call) -> list[Talk]:
    """Talks that ended by giving the caller on: the phone was told good-bye while the caller stayed, or in the moment
    in which the caller left, and the next phone rang already."""
    return [
        talk
        for talk in call.talks
        if talk.bye == "received"
        and (talk.ended < call.ended or any(talk.answered < rang <= talk.ended + CROSSED for rang in call.rang))
    ]


@dataclass(frozen=True, slots=True)
class Rule:
    """Seconds. ``slack``: of a call, how far its wait may be from what anybody else measured."""

    target: float
    short: float
    slack: Callable[[Call], float]


def at_most(calls: Iterable[Call], seconds: float, slack: Callable[[Call], float]) -> Range:
    """How many waited so long at the most."""
    some = list(calls)
    return Range(
        sum(1 for call in some if call.waited <= seconds - slack(call)),
        sum(1 for call in some if call.waited <= seconds + slack(call)),
    )


def figures(calls: Sequence[Call], every: Sequence[Call], rule: Rule) -> dict[str, Range]:
    """Of these calls, ``every`` being all that there were. Counts and seconds; shares are :func:`shares` of them."""
    sure = [call for call in calls if not call.doubtful]
    answered = [call for call in sure if call.talks]
    abandoned = [call for call in sure if not call.talks and call.left == "sent"]
    doubt = len(calls) - len(sure)
    all_talks = [talk for call in calls for talk in call.talks]
    waits, talked = sum(call.waited for call in answered), sum(talk.ended - talk.answered for talk in all_talks)
    short = at_most(abandoned, rule.short, rule.slack)
    within = at_most(answered, rule.target, rule.slack)
    given = [talk for call in calls for talk in passed_on(call)]
    return {
        "calls": _exactly(len(calls)),
        "offered": _exactly(len(calls)),
        "answered": Range(len(answered), len(answered) + doubt),
        "answered_within": Range(within.least, within.most + doubt),
        "abandoned": Range(len(abandoned), len(abandoned) + doubt),
        "abandoned_short": Range(short.least, short.most + doubt),
        "connected": Range(len(answered), len(answered) + doubt),
        "open": _exactly(0),
        "transferred": _exactly(sum(1 for call in calls if passed_on(call))),
        "talked": Range(len(answered), len(answered) + doubt),
        "talks": Range(len(all_talks), len(all_talks) + sum(len(call.doubts) for call in calls)),
        "transfers": _exactly(len(given)),
        "repeats": _exactly(sum(1 for call in calls if _called_before(call, every))),
        "asa": _exactly(waits / len(answered) if answered else 0),
        "longest_wait": _exactly(max((call.waited for call in calls), default=0)),
        "talk": _exactly(talked),
        "average_talk": _exactly(talked / len(all_talks) if all_talks else 0),
    }


def shares(of: Mapping[str, Range]) -> dict[str, Range]:
    """Of :func:`figures`; from 0 to 1. What is nothing of nothing is left out."""
    offered, gone, short = of["offered"].least, of["abandoned"], of["abandoned_short"]
    found: dict[str, Range] = {}
    if offered:
        found["abandonment"] = Range(gone.least / offered, gone.most / offered)
        found["repeat_share"] = _exactly(of["repeats"].least / offered)
    if offered > short.most:
        low = (gone.least - short.most) / (offered - short.most)
        found["abandonment_without_short"] = Range(low, (gone.most - short.least) / (offered - short.least))
    if of["talks"].least:
        found["transfer_share"] = Range(
            of["transfers"].least / of["talks"].most, of["transfers"].least / of["talks"].least
        )
    return found


def begun(calls: Iterable[Call], length: int, slack: Callable[[Call], float]) -> dict[int, Range]:
    """How many came in, by the begin of the stretch of so many seconds."""
    some = list(calls)
    found = {}
    for begin in sorted({int(call.invited // length) * length for call in some}):
        sure = [c for c in some if begin + slack(c) <= c.invited < begin + length - slack(c)]
        maybe = [c for c in some if begin - slack(c) <= c.invited < begin + length + slack(c)]
        found[begin] = Range(len(sure), len(maybe))
    return found


def of_agents(calls: Sequence[Call]) -> dict[str, dict[str, Range]]:
    """Answered: whom this one answered first."""
    found: dict[str, dict[str, Range]] = {}
    for agent in sorted({talk.agent for call in calls for talk in call.talks}):
        mine = [talk for call in calls for talk in call.talks if talk.agent == agent]
        given = [talk for call in calls for talk in passed_on(call) if talk.agent == agent]
        talked = sum(talk.ended - talk.answered for talk in mine)
        first = sum(1 for call in calls if call.talks and call.talks[0].agent == agent)
        met = sum(1 for call in calls if any(talk.agent == agent for talk in call.talks))
        maybe = [call for call in calls if any(talk.agent == agent for talk in call.doubts)]
        found[agent] = {
            "answered": Range(first, first + sum(1 for call in maybe if call.doubtful)),
            "talked": Range(met, met + len(maybe)),
            "talks": Range(len(mine), len(mine) + len(maybe)),
            "transfers": _exactly(len(given)),
            "talk": _exactly(talked),
            "average_talk": _exactly(talked / len(mine)),
        }
    return found


def _called_before(call: Call, every: Sequence[Call]) -> bool:
    return any(
        other.number == call.number and other.invited < call.invited <= other.invited + AGAIN_SECONDS for other in every
    )


def _exactly(value: float) -> Range:
    return Range(value, value)


def levels(of: Mapping[str, float], abandoned_within: float) -> dict[str, float | None]:
    """The four formulas that go by the name of service level."""
    answered, within, gone = of["answered"], of["answered_within"], of["abandoned"]
    pairs = {
        "offered": (within, of["offered"]),
        "asterisk": (within, answered),
        "asterisk2": (within + abandoned_within, answered + gone),
        "genesys": (within, answered + gone - of["abandoned_short"]),
    }
    return {name: good / counted if counted else None for name, (good, counted) in pairs.items()}


def clear_limit(calls: Iterable[Call], near: float, slack: Callable[[Call], float]) -> tuple[float, float]:
    """The limit within a quarter of ``near`` that is farthest from each call's wait, and how far:
    there nobody can count a call on another side than somebody else does."""
    edges = [(call.waited - slack(call), call.waited + slack(call)) for call in calls]
    steps = [near * (0.75 + n / 2000) for n in range(1001)]

    def far(limit: float) -> float:
        return min((max(low - limit, limit - high) for low, high in edges), default=near)

    best = max(steps, key=far)
    return round(best, 3), far(best)


@dataclass(slots=True)
class Queued:
    """A stay in app_queue, by queue_log."""

    number: str
    queue: str
    agents: list[str] = field(default_factory=list)
    end: str = ""


def stays(log: Sequence[Sequence[str]]) -> dict[str, list[Queued]]:
    """Of each caller's channel, in the order of entering."""
    found: dict[str, list[Queued]] = defaultdict(list)
    for row in log:
        if row[4] == "ENTERQUEUE":
            found[row[1]].append(Queued(row[6] if len(row) > 6 else "", row[2]))
        elif found.get(row[1]):
            stay = found[row[1]][-1]
            if row[4] == "CONNECT":
                stay.agents.append(row[3].rpartition("/")[2])
            elif row[4] in ("ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY"):
                stay.end = row[4]
    return found


def by_queue_log(log: Sequence[Sequence[str]], queue: str) -> dict[str, int]:
    """Offered, answered, abandoned and overflowed of whoever came in to this queue first."""
    mine = [of for of in stays(log).values() if of[0].queue == queue]
    answered = [of for of in mine if any(stay.agents for stay in of)]
    return {
        "offered": len(mine),
        "answered": len(answered),
        "abandoned": sum(1 for of in mine if of not in answered and of[-1].end == "ABANDON"),
        "overflowed": sum(1 for of in mine if len({stay.queue for stay in of}) > 1),
    }
