"""What is kept summed up is what the calls say: while they change, after a rebuild, and when a target changes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from crm_store.figures import FigureWish
from crm_store.journal import Journal
from crm_store.rebuild import rebuild
from crm_store.records import CallFilter
from crm_store.rollup_schema import agent_rollups, queue_rollups
from crm_store.schema import queue_rules
from crm_store.store import Store
from routing.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerKnown,
    CallHeld,
    CallQueued,
    CallResumed,
    CallTransferred,
    CallUnqueued,
    Fact,
    SegmentEnded,
)
from routing.figures import SUMS, By, Sums, add, nothing
from routing.story import Call
from tests.crm_store.story import at, numbered, parts

LATER = datetime(2027, 1, 1, tzinfo=UTC)
TARGET = 20
WAYS: tuple[tuple[By | None, str], ...] = (
    (None, "UTC"), ("half_hour", "Asia/Kathmandu"), ("hour", "Europe/Tallinn"), ("day", "UTC"),
    ("day", "Asia/Kathmandu"), ("week", "Europe/Tallinn"),
)  # fmt: skip
CHANGES = at(20 * 3600)
CHANGED = 5, 61
"""From then on the queue support has this target, and this is short."""
WAITS = (0.0, 4.999999, 5.0, 19.999999, 20.0, 20.000001, 61.0)


def life(dice: random.Random, call: str) -> Iterator[Fact]:
    """Of a call, with whatever may become of it; some never end."""
    begin, waited = dice.uniform(0, 40 * 3600), dice.choice(WAITS)
    direction = dice.choice(["inbound"] * 6 + ["outbound", "internal"])
    yield CallArrived(call, at(begin), "main", direction, "+37255501000", None, "600")  # type: ignore[arg-type]
    if tier := dice.choice([None, "A", "B"]):
        yield CallerKnown(call, at(begin), None, tier)
    over = at(begin + 1) + timedelta(seconds=waited)
    ending = dice.choice(["answered", "answered", "abandoned", "timed_out", "waits"])
    if direction == "inbound" and dice.random() < 0.9:
        yield CallQueued(call, at(begin + 1), queue := dice.choice(["support", "sales"]))
        if ending == "waits":
            return
        yield CallUnqueued(call, over, queue, ending)  # type: ignore[arg-type]
    if ending == "answered":
        over = yield from talks(dice, call, over)
        if over is None:
            return
    yield CallEnded(call, over, ending if ending != "waits" else "failed", "caller", dice.random() < 0.1)  # type: ignore[arg-type]


def talks(dice: random.Random, call: str, since: datetime) -> Any:
    """With one agent, or one after the other; when it is over, None: never."""
    for n in range(dice.choice([1, 1, 1, 2, 3])):
        agent, leg, until = f"agent{dice.randrange(4)}", f"{call}.{n}", since + timedelta(seconds=dice.uniform(1, 900))
        yield CallAnswered(call, since, agent, leg)
        if dice.random() < 0.3:
            yield CallHeld(call, since + timedelta(seconds=0.5), agent, leg)
            yield CallResumed(call, since + timedelta(seconds=dice.uniform(0.6, 0.9)), agent, leg)
        if dice.random() < 0.05:
            return None
        if n:
            yield CallTransferred(call, since, f"agent{n}", f"agent{n + 1}", "attended")
        yield SegmentEnded(call, until, agent, leg, "agent", dice.choice([None, "agent9"]))
        since = until
    return since


def some_days(count: int = 180) -> list[Fact]:
    dice = random.Random(11)
    return [fact for n in range(count) for fact in life(dice, f"c{n:03d}")]


async def all_calls(store: Store) -> list[Call]:
    found: list[Call] = []
    after = None
    while True:
        page = await store.calls.page(CallFilter(), after, 200)
        found += page.items
        after = page.next
        if after is None:
            return found


def one_by_one(calls: list[Call], begin: datetime, end: datetime, keys: tuple[str, ...]) -> dict[Any, Sums]:
    """The same figures, reckoned from the records without any of the code that makes them."""
    found: defaultdict[Any, Sums] = defaultdict(nothing)

    def of(call: Call, agent: str) -> Sums:
        known = {"queue": call.queue or "", "direction": call.direction, "tier": call.tier or "", "agent": agent}
        return found[tuple(known[key] for key in keys)]

    for call in calls:
        if not begin <= call.started_at < end:
            continue
        first = call.segments[0].agent if call.segments else ""
        add(of(call, first), sums_of(call))
        agents = {segment.agent for segment in call.segments}
        for agent in agents if "agent" in keys else {first} if agents else ():
            of(call, agent)["talked"] += 1
        for segment in call.segments:
            sums, over = of(call, segment.agent), segment.ended_at is not None
            sums["talks" if over else "talking"] += 1
            if segment.ended_at is not None:
                sums["talk"] += (segment.ended_at - segment.started_at) // timedelta(microseconds=1)
                sums["hold"] += round(segment.held_seconds * 1e6)
                sums["passed_on"] += segment.transferred_to is not None
    return {key: sums for key, sums in found.items() if any(sums.values())}


def counted_by(call: Call) -> tuple[float, float]:
    """Target and short, of the queues as the first test sets them up."""
    return CHANGED if call.queue == "support" and call.started_at >= CHANGES else (TARGET, 5.0)


def sums_of(call: Call) -> dict[str, int]:
    target, short = counted_by(call)
    offered = call.direction == "inbound" and call.queue is not None
    waited = call.waited_seconds()
    answered = offered and call.answered_at is not None
    abandoned = offered and call.outcome == "abandoned" and call.answered_at is None
    within = waited is not None and waited <= target
    whole = round((waited or 0.0) * 1e6)
    return {
        "calls": 1, "offered": offered, "answered": answered, "answered_within": answered and within,
        "abandoned": abandoned, "abandoned_within": abandoned and within,
        "abandoned_short": abandoned and (waited or 0.0) < short, "connected": call.answered_at is not None,
        "open": call.active, "estimated": call.estimated, "transferred": call.transfers > 0,
        "answer_wait": whole if answered else 0, "longest_wait": whole if offered else 0,
    }  # fmt: skip


async def kept(store: Store) -> list[Any]:
    async with store.database.reading() as connection:
        return [
            sorted(map(tuple, (await connection.execute(select(table))).all()), key=str)
            for table in (queue_rollups, agent_rollups)
        ]


async def check(store: Store, begin: datetime, end: datetime) -> None:
    """Every way to ask, against the calls one by one."""
    calls = await all_calls(store)
    for keys in ((), ("queue",), ("direction", "tier"), ("agent",), ("agent", "queue"), ("agent", "tier")):
        for by, zone in WAYS:
            found = await store.figures.of(FigureWish(begin, end, by, ZoneInfo(zone), keys))
            expected = {
                (key, place): sums
                for place, (since, until) in enumerate(found.parts)
                for key, sums in one_by_one(calls, since, until, keys).items()
            }
            assert found.cells == expected, (keys, by, zone)


async def test_summed_up_is_counted_one_by_one_and_rebuilt(store: Store, tmp_path: Path) -> None:
    """Facts come in parts, some hours are summed up between them, and are summed up again. What a queue is counted by
    changes in the middle: what came before keeps the old rule, also when all is made anew."""
    await store.queues.put("support", target_seconds=TARGET)
    await store.queues.put("support", target_seconds=CHANGED[0], short_seconds=CHANGED[1])
    async with store.database.writing() as connection:
        for version, since in ((1, at(-86400)), (2, CHANGES)):
            await connection.execute(update(queue_rules).where(queue_rules.c.version == version).values(at=since))
    recorded = numbered(sorted(some_days(), key=lambda fact: fact.at))
    async with Journal(store, tmp_path / "spool") as journal:
        for part in parts(recorded, 1 + len(recorded) // 4):
            journal.append(part)
            assert await journal.settled(20)
            await store.rollups.roll(part[-1].fact.at)
    begin, end = at(-1800.5), at(45 * 3600)
    await check(store, begin, end)
    await store.rollups.roll(LATER)
    assert await store.rollups.stale() == 0
    await check(store, begin, end)
    incrementally = await kept(store)
    assert all(incrementally)
    async with store.database.reading() as connection:
        of = queue_rollups.c
        rows = await connection.execute(
            select(of.short_seconds).where(of.queue == "support", of.span == 3600).distinct()
        )
        assert {row.short_seconds for row in rows} == {5, CHANGED[1]}, "each hour is kept with what it was counted by"
    await rebuild(store)
    assert await store.rollups.stale() == 0
    assert await kept(store) == incrementally
    await check(store, begin, end)


async def test_what_is_kept_is_what_reports_read(store: Store, tmp_path: Path) -> None:
    """Else the test above would prove nothing: spoil it, and the report shows it; rebuilt, it is right again."""
    async with Journal(store, tmp_path / "spool") as journal:
        journal.append(numbered(some_days(60)))
        assert await journal.settled(20)
    await store.rollups.roll(LATER)
    wish = FigureWish(at(-86400), at(90 * 3600))
    right = (await store.figures.of(wish)).cells[(), 0]["calls"]
    async with store.database.writing() as connection:
        await connection.execute(update(queue_rollups).values(calls=queue_rollups.c.calls + 1))
    assert (await store.figures.of(wish)).cells[(), 0]["calls"] > right == 60
    for exact in ({"exactly": True}, {"target_seconds": 7}):
        found = await store.figures.of(FigureWish(at(-86400), at(90 * 3600), **exact))  # type: ignore[arg-type]
        assert found.cells[(), 0]["calls"] == right
    await rebuild(store)
    assert (await store.figures.of(wish)).cells[(), 0]["calls"] == right


async def test_a_new_target_holds_from_its_quarter_of_an_hour(store: Store, tmp_path: Path) -> None:
    """What came before keeps its target, also when the rule is older than anybody summed up."""
    facts: list[Fact] = []
    for n in range(8):
        facts += [
            CallArrived(f"c{n}", at(n * 600), "main", "inbound", None, None, None),
            CallQueued(f"c{n}", at(n * 600), "support"),
            CallUnqueued(f"c{n}", at(n * 600 + 30), "support", "answered"),
            CallAnswered(f"c{n}", at(n * 600 + 30), "agent1", f"c{n}.1"),
            CallEnded(f"c{n}", at(n * 600 + 60), "answered", "caller"),
        ]
    async with Journal(store, tmp_path / "spool") as journal:
        journal.append(numbered(facts))
        assert await journal.settled(20)
    await store.rollups.roll(LATER)
    whole = FigureWish(at(-3600), at(7200), keys=("queue",))

    async def within() -> int:
        return (await store.figures.of(whole)).cells[("support",), 0]["answered_within"]

    assert await within() == 0
    await store.queues.put("support", target_seconds=40)
    assert await within() == 8, "a queue's first target holds for what came before it too"
    await store.queues.put("support", target_seconds=20)
    async with store.database.writing() as connection:
        for version, since in ((1, at(-86400)), (2, at(31 * 60))):
            await connection.execute(update(queue_rules).where(queue_rules.c.version == version).values(at=since))
    for rolled in (False, True):
        if rolled:
            await store.rollups.roll(LATER)
        await store.rollups.forget()
        assert await within() == 5, "those until 09:45, the first quarter that begins under the new target"
    await store.rollups.roll(LATER)
    async with store.database.reading() as connection:
        of = queue_rollups.c
        rows = await connection.execute(select(of.begin, of.target_seconds).where(of.span == 900).order_by(of.begin))
        assert [row.target_seconds for row in rows] == [40, 40, 40, 20, 20]
        day = await connection.execute(select(of.target_seconds).where(of.span == 86400))
        assert day.scalar_one() is None
    assert await within() == 5


def test_all_sums_are_kept() -> None:
    for table in (queue_rollups, agent_rollups):
        assert set(SUMS) < set(table.c.keys())
