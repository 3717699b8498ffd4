"""The figures of the recorded calls are what a small count of the recordings' own words says, which knows no fact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from crm_store.figures import FigureWish
from crm_store.journal import Journal
from crm_store.store import Store
from tests.crm_store.test_captures import CAPTURES, facts_of

Words = dict[str, str]
LIMIT = 2.5
"""Seconds: no recorded wait is near."""


def said(path: Path) -> Iterator[Words]:
    """AMI's messages."""
    for block in path.read_text().replace("\r", "").split("\n\n"):
        yield dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)


def callers(path: Path) -> dict[str, list[Words]]:
    """What was said of each caller who came in to a queue, by the caller's channel."""
    of: dict[str, list[Words]] = defaultdict(list)
    inbound = set()
    for words in said(path):
        if words.get("Event") == "Newchannel" and words["Context"] == "from-trunk" and words["ChannelState"] == "4":
            inbound.add(words["Uniqueid"])
        if words.get("Event") in ("QueueCallerJoin", "AgentConnect", "QueueCallerAbandon"):
            of[words["Uniqueid"]].append(words)
        if words.get("Variable") == "QUEUESTATUS" and words["Value"] in ("TIMEOUT", "WITHDRAW"):
            of[words["Uniqueid"]].append({"Event": "sent away"})
    return {channel: told for channel, told in of.items() if channel in inbound}


def counted_by_hand() -> tuple[dict[str, Counter[str]], list[float]]:
    """By queue; and the waits of the answered."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    waits = []
    for path in sorted(CAPTURES.glob("*.txt")):
        for told in callers(path).values():
            joined = next(words for words in told if words["Event"] == "QueueCallerJoin")
            met = next((words for words in told if words["Event"] == "AgentConnect"), None)
            of = found[joined["Queue"]]
            of["offered"] += 1
            if met is not None:
                waits.append(float(met["Timestamp"]) - float(joined["Timestamp"]))
                of["answered"] += 1
                of["answered_within"] += waits[-1] <= LIMIT
            else:
                words_ = {words["Event"] for words in told}
                of["abandoned"] += "QueueCallerAbandon" in words_ and "sent away" not in words_
    return found, waits


async def test_the_recorded_calls_count_as_their_words_do(store: Store, tmp_path: Path) -> None:
    by_hand, waits = counted_by_hand()
    assert sum(of["offered"] for of in by_hand.values()) > 20
    assert all(abs(wait - LIMIT) > 0.1 for wait in waits)
    async with Journal(store, tmp_path) as journal:
        for path in sorted(CAPTURES.glob("*.txt")):
            journal.append(facts_of(path))
        assert await journal.settled(30)
    names = ("offered", "answered", "answered_within", "abandoned", "answer_wait")
    wish = FigureWish(
        datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), keys=("queue",), target_seconds=LIMIT,
        sums=names,
    )  # fmt: skip
    cells = (await store.figures.of(wish)).cells
    theirs = {
        queue: {name: sums[name] for name in names[:4]} for ((queue,), _), sums in cells.items() if sums["offered"]
    }
    assert theirs == {queue: {name: of[name] for name in names[:4]} for queue, of in by_hand.items()}
    assert abs(sum(sums["answer_wait"] for sums in cells.values()) / 1e6 - sum(waits)) < 0.05 * len(waits)
