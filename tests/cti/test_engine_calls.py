"""Engine, stand-in Asterisk and the real Switchboard together: what calls come to when the link misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from cti.engine import Engine
from cti.frames import END
from cti.pace import Pace
from cti.recorded import RecordedAsterisk
from cti.tape import Tape, read_tape, stamped
from routing.events import Directory, Person, QueuePlan
from routing.facts import AgentRinging, CallFact, Recorded
from routing.story import Call, fold
from routing.switchboard import Switchboard
from tests.cti.conftest import CAPTURES, address_of, until
from tests.cti.test_engine import QUICK, found

DIRECTORY = Directory(
    tuple(Person(f"agent{n}", f"Agent {n}", f"PJSIP/100{n}", f"100{n}", ("support",)) for n in (1, 2, 3)),
    (QueuePlan("support"), QueuePlan("short")),
)


class Shop:
    """Folds what it hears into calls, as the store does."""

    def __init__(self, asterisk: RecordedAsterisk, pace: Pace) -> None:
        self.asterisk = asterisk
        self.heard: list[Recorded] = []
        self.calls: dict[str, Call] = {}
        switchboard = Switchboard("main", DIRECTORY, frozenset({"from-trunk"}), "s")
        self.engine = Engine(address_of(asterisk), switchboard, [self.hear], found, stream="s", pace=pace)

    def hear(self, facts: list[Recorded]) -> None:
        self.heard += facts
        for recorded in facts:
            if isinstance(recorded.fact, CallFact):
                call = fold(self.calls.get(recorded.fact.call), recorded.fact)
                if call is not None:
                    self.calls[call.id] = call

    @property
    def one(self) -> Call:
        (call,) = self.calls.values()
        return call

    async def ready(self) -> None:
        await until(lambda: self.engine.status.ready)

    async def settled(self) -> None:
        """Everything that was said is heard, and a second look found nothing new."""
        snapshots = self.engine.gauges.resyncs
        self.engine._keeper.doubt()
        await until(lambda: self.engine.gauges.resyncs > snapshots)
        await asyncio.sleep(0.05)
        await until(lambda: self.engine.status.ready and self.engine.depth == 0)


@asynccontextmanager
async def shop_on(asterisk: RecordedAsterisk, pace: Pace = QUICK) -> AsyncIterator[Shop]:
    shop = Shop(asterisk, pace)
    task = asyncio.ensure_future(shop.engine.run())
    try:
        yield shop
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def answered() -> Tape:
    return read_tape(CAPTURES / "queue_answered_caller_hangup.txt")


def part(tape: Tape, until_event: bytes) -> tuple[Tape, Tape]:
    """The tape up to and with the first event of this kind, and the rest."""
    at = next(i for i, (_, each) in enumerate(tape.events) if each.startswith(b"Event: " + until_event + b"\r")) + 1
    return Tape(tape.name, tape.events[:at]), Tape(tape.name, tape.events[at:])


async def test_a_whole_call(asterisk: RecordedAsterisk, answered: Tape) -> None:
    async with shop_on(asterisk) as shop:
        await shop.ready()
        await asterisk.play(answered)
        await until(lambda: shop.calls and not shop.one.active)
        assert (shop.one.outcome, shop.one.ended_by, shop.one.estimated) == ("answered", "caller", False)
        assert shop.engine.picture().calls == {}
        assert any(isinstance(each.fact, AgentRinging) for each in shop.heard)


@pytest.mark.parametrize("after", [b"Newchannel", b"QueueCallerJoin", b"AgentCalled", b"AgentConnect"])
async def test_a_call_that_ended_in_a_gap_gets_an_estimated_end_inside_it(
    asterisk: RecordedAsterisk, answered: Tape, after: bytes
) -> None:
    first, _ = part(answered, after)
    async with shop_on(asterisk) as shop:
        await shop.ready()
        await asterisk.play(first)
        await until(lambda: shop.calls)
        await asyncio.sleep(0.05)
        before = datetime.now(UTC)
        await asterisk.restart()
        await until(lambda: not shop.one.active)
        assert shop.one.estimated
        assert shop.one.ended_at is not None
        assert shop.one.started_at <= shop.one.ended_at <= datetime.now(UTC)
        assert abs((shop.one.ended_at - before).total_seconds()) < 2
        assert shop.engine.picture().calls == {}


@pytest.mark.parametrize("after", [b"Newchannel", b"QueueCallerJoin", b"AgentCalled", b"AgentConnect"])
async def test_a_call_that_goes_on_through_a_gap_is_one_call(
    asterisk: RecordedAsterisk, answered: Tape, after: bytes
) -> None:
    first, rest = part(answered, after)
    async with shop_on(asterisk) as shop:
        asterisk.world.seed(message for _, message in answered.events)
        await shop.ready()
        await asterisk.play(first)
        await until(lambda: shop.calls)
        asterisk.cut()
        await until(lambda: shop.engine.status.state == "down")
        await shop.ready()
        await asterisk.play(rest)
        await until(lambda: not shop.one.active)
        await shop.settled()
        assert (shop.one.outcome, len(shop.one.segments)) == ("answered", 1)


async def test_a_call_that_was_there_before_helin(asterisk: RecordedAsterisk, answered: Tape) -> None:
    first, rest = part(answered, b"AgentConnect")
    await asterisk.play(first)
    async with shop_on(asterisk) as shop:
        await shop.ready()
        await until(lambda: shop.calls)
        assert shop.one.active
        await asterisk.play(rest)
        await until(lambda: not shop.one.active)
        assert shop.one.outcome == "answered"


@pytest.mark.thorough
@pytest.mark.parametrize("nth", range(0, 60, 6))
async def test_cut_anywhere_in_the_stream_the_call_is_closed_once(
    asterisk: RecordedAsterisk, answered: Tape, nth: int
) -> None:
    """The link breaks at a byte inside the nth event, sometimes inside its first line, sometimes its last."""
    events = [message for _, message in answered.events]
    async with shop_on(asterisk) as shop:
        asterisk.world.seed(events)
        await shop.ready()
        session = next(iter(asterisk.sessions))
        for index, message in enumerate(events):
            if index == nth:
                asterisk.world.apply(message)
                session.send_raw(message[: (nth * 37) % len(message)])
                session.writer.close()
                await until(lambda: shop.engine.status.state == "down")
            else:
                asterisk.tell(stamped(message, datetime.now(UTC).timestamp()))
        await shop.ready()
        await shop.settled()
        assert all(not call.active for call in shop.calls.values())
        assert len(shop.calls) <= 1


@pytest.mark.parametrize("change", ["doubled", "swapped"])
async def test_doubled_and_swapped(asterisk: RecordedAsterisk, answered: Tape, change: str) -> None:
    asterisk.faults.double = change == "doubled"
    events = list(answered.events)
    if change == "swapped":
        for i in range(0, len(events) - 1, 2):
            if _channel(events[i][1]) != _channel(events[i + 1][1]):
                events[i], events[i + 1] = events[i + 1], events[i]
    async with shop_on(asterisk) as shop:
        await shop.ready()
        for _, message in events:
            asterisk.tell(stamped(message, 1.8e9 + events.index((_, message)) / 1000))
        await until(lambda: shop.calls and not shop.one.active)
        await shop.settled()
        assert (shop.one.outcome, len(shop.one.segments)) == ("answered", 1)


def _channel(message: bytes) -> bytes:
    return message.partition(b"\r\nUniqueid: ")[2].partition(b"\r")[0]


async def test_a_forged_hangup_ends_nobodys_call(asterisk: RecordedAsterisk, answered: Tape) -> None:
    first, rest = part(answered, b"AgentConnect")
    victim = _channel(first.events[3][1]).decode()
    forged = (
        "Event: Newchannel\r\nPrivilege: call,all\r\nChannel: PJSIP/trunk-00000fff\r\nChannelState: 4\r\n"
        "ChannelStateDesc: Ring\r\nCallerIDNum: +1\r\nCallerIDName: x\r\n\r\n"
        f"Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/t-1\r\nUniqueid: {victim}\r\nLinkedid: {victim}\r\n"
        "Cause: 16\r\n\r\ny\r\nContext: from-trunk\r\nExten: 1\r\nUniqueid: lab-9.9\r\nLinkedid: lab-9.9"
    )
    async with shop_on(asterisk) as shop:
        asterisk.world.seed(message for _, message in answered.events)
        await shop.ready()
        await asterisk.play(first)
        await until(lambda: shop.calls)
        asterisk.send_raw(forged.encode() + END)
        await until(lambda: shop.engine.gauges.quarantined >= 3)
        await shop.settled()
        assert shop.one.active
        await asterisk.play(rest)
        await until(lambda: not shop.one.active)
        assert (shop.one.outcome, shop.one.estimated) == ("answered", False)


async def test_after_a_storm_that_was_dropped_there_is_no_ghost(
    asterisk: RecordedAsterisk, answered: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.mailbox.Mailbox.__init__.__defaults__", (100, 1 << 24))
    now = datetime.now(UTC).timestamp()
    many = [
        stamped(message, now).replace(b"lab-17954", b"lab-%05d" % run)
        for run in range(400)
        for _, message in answered.events
    ]
    async with shop_on(asterisk) as shop:
        await shop.ready()
        asterisk.send_raw(b"".join(message + END for message in many))
        await until(lambda: shop.engine.gauges.discarded)
        await shop.settled()
        await until(lambda: all(not call.active for call in shop.calls.values()))
        assert shop.engine.picture().calls == {}
