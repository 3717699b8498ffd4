"""The engine on the stand-in Asterisk: ready, resync, fences, faults. What calls mean is the Switchboard's affair:
this one writes down what it is told and does what the test tells it to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cti.engine import Engine
from cti.frames import END
from cti.pace import Pace
from cti.recorded import RecordedAsterisk
from routing import events as said
from routing.actions import Action, AddMember, Answer, AskAbout, HangUp, LookUp
from routing.commands import Command, Result
from routing.facts import Drifted, Fact, LinkAlive, LinkChanged, Recorded
from tests.cti.conftest import account, address_of, until

QUICK = Pace(
    ping=0.1, ping_answer=0.3, alive=0.2, tick=0.2, resync_first=0.1, resync_most=0.4, boot=0.5, answer=0.3,
    refused_first=0.2, refused_most=0.4, distrust=0.1, command=1.0, tries_most=0.4,
)  # fmt: skip


@dataclass
class Book:
    """``acts``: the actions for an event's type, once each."""

    events: list[Any] = field(default_factory=list)
    acts: dict[type, list[Action]] = field(default_factory=dict)
    fails_at: type | None = None

    def receive(self, event: Any, now: datetime) -> tuple[Sequence[Fact], Sequence[Action]]:
        self.events.append(event)
        if type(event) is self.fails_at:
            raise RuntimeError("on purpose")
        facts = [Drifted("main", now, event.what)] if isinstance(event, said.Suspicious) else []
        return facts, self.acts.pop(type(event), [])

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if type(event) is kind]


@dataclass
class Found:
    contacts: tuple[str, ...] = ("c1",)
    tier: str | None = "A"
    pop: str = "{}"
    preferred_agent: str | None = None
    last_agent: str | None = None


@dataclass
class Running:
    engine: Engine
    book: Book
    facts: list[Recorded]

    @property
    def states(self) -> list[str]:
        return [each.fact.state for each in self.facts if isinstance(each.fact, LinkChanged)]

    async def ready(self) -> None:
        await until(lambda: self.engine.status.ready)

    async def down(self) -> None:
        await until(lambda: self.engine.status.state == "down")


async def found(number: str) -> Found:
    return Found()


@asynccontextmanager
async def engine_on(asterisk: RecordedAsterisk, *, secret: str = "recorded", **more: Any) -> AsyncIterator[Running]:  # noqa: S107
    book, facts = more.pop("book", Book()), []
    hears = [*more.pop("first_hears", ()), facts.extend]
    look_up = more.pop("look_up", found)
    pace = more.pop("pace", QUICK)
    engine = Engine(address_of(asterisk, secret), book, hears, look_up, stream="s", pace=pace, **more)
    task = asyncio.ensure_future(engine.run())
    try:
        yield Running(engine, book, facts)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [each.seq for each in facts] == list(range(1, len(facts) + 1))


def channel(unique: str, stamp: float | None = None, event: str = "Newchannel", name: str = "x") -> bytes:
    at = b"" if stamp is None else b"Timestamp: %f\r\n" % stamp
    return (
        f"Event: {event}\r\nPrivilege: call,all\r\n".encode() + at +
        f"Channel: PJSIP/trunk-{unique}\r\nChannelState: 4\r\nChannelStateDesc: Ring\r\nCallerIDNum: +3725550011\r\n"
        f"CallerIDName: {name}\r\nContext: from-trunk\r\nExten: 100\r\nUniqueid: {unique}\r\nLinkedid: {unique}\r\n"
        "Cause: 16".encode()
    )  # fmt: skip


async def test_ready_means_logged_in_booted_and_merged(asterisk: RecordedAsterisk) -> None:
    asterisk.booted = False
    asterisk.tell(channel("1.1"))
    async with engine_on(asterisk, pace=Pace(tick=0.2)) as running:
        await until(lambda: "syncing" in running.states)
        await asyncio.sleep(0.1)
        assert not running.engine.status.ready
        asterisk.boot()
        await running.ready()
        up, snapshot = [event for event in running.book.events if type(event) in (said.LinkUp, said.Snapshot)]
        assert len(up.boot) == 15
        assert [seen.id for seen in snapshot.channels] == ["1.1"]
        assert snapshot.gap_from is None
        assert running.states == ["connecting", "syncing", "ready"]
        asterisk.tell(channel("1.2"))
        await until(lambda: running.book.of(said.ChannelStarted))


async def test_the_stored_sign_of_life_begins_the_first_gap(asterisk: RecordedAsterisk) -> None:
    alive = datetime(2026, 11, 24, tzinfo=UTC)
    async with engine_on(asterisk, last_alive=alive) as running:
        await running.ready()
        assert running.book.of(said.Snapshot)[0].gap_from == alive


async def test_a_wrong_secret_is_one_clear_sentence_and_tried_again_slowly(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk, secret="wrong") as running:
        await running.down()
        await asyncio.sleep(0.5)
        reason = running.engine.status.reason
        assert "'helin'" in reason
        assert "manager.conf" in reason
        assert "wrong" not in reason
        assert running.states == ["connecting", "down"]
        assert 1 <= len(asterisk.heard) <= 4
        asterisk.accounts["helin"] = account()
        object.__setattr__(asterisk.accounts["helin"], "secret", "wrong")
        await running.ready()


async def test_nobody_listens_then_someone_does(asterisk: RecordedAsterisk) -> None:
    await asterisk.stop()
    async with engine_on(asterisk) as running:
        await running.down()
        assert "nobody listens" in running.engine.status.reason
        await asterisk.start()
        await running.ready()


async def test_a_lost_link_gives_a_gap_from_the_last_sign_of_life(asterisk: RecordedAsterisk) -> None:
    asterisk.tell(channel("1.1"))
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.tell(channel("1.2"))
        await until(lambda: running.book.of(said.ChannelStarted))
        before = datetime.now(UTC)
        await asterisk.restart()
        await until(lambda: len(running.book.of(said.Snapshot)) == 2)
        first, second = running.book.of(said.LinkUp)
        assert first.boot != second.boot
        assert len(running.book.of(said.LinkDown)) == 1
        gap = running.book.of(said.Snapshot)[1]
        assert gap.channels == ()
        assert (before - gap.gap_from).total_seconds() < 1
        assert gap.gap_from <= before < gap.at


async def test_a_link_lost_before_anything_was_heard_has_a_gap_too(asterisk: RecordedAsterisk) -> None:
    """The snapshot itself was sight of everything: a call that it had and that is gone ended inside a known gap."""
    cuts = 0

    def cut_once_ready(facts: Sequence[Recorded]) -> None:
        nonlocal cuts
        if any(isinstance(each.fact, LinkChanged) and each.fact.state == "ready" for each in facts) and not cuts:
            cuts += 1
            asterisk.cut()

    asterisk.tell(channel("1.1"))
    async with engine_on(asterisk, first_hears=[cut_once_ready]) as running:
        await until(lambda: len(running.book.of(said.Snapshot)) == 2)
        first, gap = running.book.of(said.Snapshot)
        assert gap.gap_from is not None
        assert first.at <= gap.gap_from <= gap.at


@pytest.mark.parametrize("bytes_sent", range(1, 700, 41))
async def test_cut_at_any_byte_it_comes_back(asterisk: RecordedAsterisk, bytes_sent: int) -> None:
    asterisk.tell(channel("1.1", name="Tõnu"))
    asterisk.faults.cut_after = bytes_sent
    async with engine_on(asterisk) as running:
        await until(lambda: running.engine.status.state in ("down", "ready") and running.engine.gauges.reconnects)
        asterisk.faults.cut_after = None
        await running.ready()
        assert [seen.caller_name for seen in running.book.of(said.Snapshot)[-1].channels] == ["Tõnu"]


async def test_a_half_open_link_is_found_dead(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.moving.clear()
        await running.down()
        assert "not said a word" in running.engine.status.reason
        asterisk.moving.set()
        await running.ready()


async def test_a_loop_that_was_blocked_does_not_take_its_peer_for_dead(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk, pace=replace(QUICK, ping_answer=1.0)) as running:
        await running.ready()
        for _ in range(3):
            time.sleep(1.3)
            await asyncio.sleep(0.05)
        await until(lambda: running.engine.gauges.lag_seconds > 1)
        assert running.states == ["connecting", "syncing", "ready"]
        assert running.engine.gauges.reconnects == 0


async def test_a_flapping_link_is_told_without_end_but_slowly(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        for _ in range(4):
            await running.ready()
            asterisk.cut()
            await running.down()
        await running.ready()
        assert running.states.count("ready") == 5
        assert running.engine.gauges.reconnects == 4


async def test_without_reporting_channels_come_by_status(asterisk: RecordedAsterisk) -> None:
    asterisk.tell(channel("1.1"))
    asterisk.accounts["helin"] = account(write="call,agent")
    async with engine_on(asterisk) as running:
        await running.ready()
        assert [seen.id for seen in running.book.of(said.Snapshot)[0].channels] == ["1.1"]
        assert "reporting" in running.engine.status.reason
        assert running.book.of(said.LinkUp)[0].boot == "0"


async def test_with_no_list_of_channels_at_all_it_is_not_ready(asterisk: RecordedAsterisk) -> None:
    asterisk.accounts["helin"] = account(write="agent,originate")
    async with engine_on(asterisk) as running:
        await running.down()
        assert "write=call,reporting" in running.engine.status.reason
        assert running.book.of(said.Snapshot) == []


async def test_without_read_system_it_goes_on_and_says_so(asterisk: RecordedAsterisk) -> None:
    asterisk.accounts["helin"] = account(read="call,agent,user")
    async with engine_on(asterisk) as running:
        await running.ready()
        assert "read=system" in running.engine.status.reason


@pytest.mark.parametrize(("read", "lack"), [("system,agent,user", "read=call"), ("system,call,user", "read=agent")])
async def test_a_missing_read_class_shows_by_an_event_that_does_not_come(
    asterisk: RecordedAsterisk, monkeypatch: pytest.MonkeyPatch, read: str, lack: str
) -> None:
    monkeypatch.setattr("cti.account.PATIENCE", 0.2)
    asterisk.accounts["helin"] = account(read=read)
    async with engine_on(asterisk) as running:
        await running.ready()
        assert running.engine.status.lacks == ()
        running.book.acts = {said.Tick: [ADD]}
        await until(lambda: any(lack in each for each in running.engine.status.lacks))
        assert running.states == ["connecting", "syncing", "ready", "ready"]


async def test_an_account_that_hears_all_lacks_nothing(
    asterisk: RecordedAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.account.PATIENCE", 0.2)
    async with engine_on(asterisk) as running:
        await running.ready()
        running.book.acts = {said.Tick: [ADD]}
        await asyncio.sleep(0.8)
        assert running.engine.status.lacks == ()
        assert running.engine.gauges.resyncs == 0


async def test_without_queues_the_rest_is_there(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.missing |= {"queuestatus", "devicestatelist"}
    asterisk.tell(channel("1.1"))
    async with engine_on(asterisk) as running:
        await running.ready()
        assert len(running.engine.status.lacks) == 2
        assert len(running.book.of(said.Snapshot)[0].channels) == 1


async def test_events_before_the_fence_go_before_the_snapshot_and_later_ones_behind(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("devicestatelist")
    async with engine_on(asterisk, pace=Pace(tick=9, resync_first=0.05)) as running:
        await until(lambda: any(fields["Action"] == "DeviceStateList" for fields in asterisk.heard))
        asterisk.send_raw(channel("past", 1000.0) + END + channel("later", 4e9) + END + channel("unstamped") + END)
        await until(lambda: running.book.of(said.ChannelStarted))
        await asyncio.sleep(0.05)
        assert [event.id for event in running.book.of(said.ChannelStarted)] == ["past"]
        asterisk.faults.mute.clear()
        lists = [fields["ActionID"] for fields in asterisk.heard if fields["Action"] == "DeviceStateList"]
        asterisk.send_raw(f"Response: Error\r\nActionID: {lists[-1]}\r\nMessage: no".encode() + END)
        await running.ready()
        await until(lambda: len(running.book.of(said.ChannelStarted)) == 3)
        kinds = [getattr(event, "id", type(event).__name__) for event in running.book.events]
        assert kinds == ["LinkUp", "past", "Snapshot", "later", "unstamped"]


async def test_doubt_takes_a_fresh_snapshot_but_not_every_time(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        for count in range(20):
            running.book.acts[said.ChannelStarted] = [AskAbout("x", "a test")]
            asterisk.tell(channel(f"1.{count}"))
            await asyncio.sleep(0.02)
        await until(lambda: len(running.book.of(said.Snapshot)) >= 2)
        await asyncio.sleep(0.2)
        assert len(running.book.of(said.Snapshot)) <= 5
        assert running.book.of(said.Snapshot)[1].gap_from is None
        assert running.states == ["connecting", "syncing", "ready"]


async def test_forged_messages_are_thrown_away(asterisk: RecordedAsterisk) -> None:
    forged = "x\r\n\r\n" + channel("victim", event="Hangup").decode() + "\r\n\r\nCallerIDName: y"
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.send_raw(channel("1.1", name=forged) + END + channel("1.2") + END)
        await until(lambda: running.book.of(said.ChannelStarted))
        assert [event.id for event in running.book.of(said.ChannelStarted)] == ["1.2"]
        assert running.book.of(said.ChannelEnded) == []
        assert running.engine.gauges.quarantined == 3
        assert any(isinstance(each.fact, Drifted) for each in running.facts)
        await until(lambda: len(running.book.of(said.Snapshot)) == 2)


async def test_behind_an_honest_cut_all_is_heard_after_a_moment(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.send_raw(channel("1.1").partition(b"\r\nUniqueid")[0] + END + channel("1.2") + END)
        await until(lambda: running.book.of(said.ChannelStarted))
        assert running.engine.gauges.quarantined == 1


async def test_a_repeated_key_is_quarantined_and_told(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.send_raw(channel("1.1", event="Hangup", name="x\r\nUniqueid: victim") + END)
        await until(lambda: running.engine.gauges.quarantined == 1)
        assert running.book.of(said.ChannelEnded) == []


async def test_many_drifts_are_held_back(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.send_raw(b"".join(channel("1", name="x\r\nUniqueid: y") + END for _ in range(500)))
        await until(lambda: running.engine.gauges.quarantined == 500)
        assert sum(isinstance(each.fact, Drifted) for each in running.facts) <= 20


COMMAND = Command("k1", "anna", "agent", "pause", "anna")
ADD = AddMember("support", "PJSIP/1001", "Anna", False, "k1")


async def test_a_command_is_carried_out_and_answered(asterisk: RecordedAsterisk) -> None:
    book = Book()
    async with engine_on(asterisk, book=book) as running:
        await running.ready()
        book.acts = {Command: [ADD], said.ActionDone: [Answer("anna", Result("k1", True))]}
        assert await running.engine.submit(COMMAND) == Result("k1", True)
        assert [(done.ok, done.code) for done in book.of(said.ActionDone)] == [(True, "")]
        assert ("support", "PJSIP/1001") in asterisk.world.members
        await until(lambda: book.of(said.MemberChanged))


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (HangUp("gone-1.1", "k1"), "not_possible"),
        (AddMember("nosuch", "PJSIP/1001", "Anna", False, "k1"), "not_possible"),
        (AddMember("support", "Local/1001@agents", "Anna", False, "k1"), "invalid"),
        (AddMember("support", "PJSIP/1001", "An\r\nna", False, "k1"), "invalid"),
    ],
)
async def test_what_cannot_be_done_says_why(asterisk: RecordedAsterisk, action: Action, code: str) -> None:
    book = Book()
    async with engine_on(asterisk, book=book) as running:
        await running.ready()
        book.acts = {Command: [action], said.ActionDone: [Answer("anna", Result("k1", False))]}
        await running.engine.submit(COMMAND)
        done = book.of(said.ActionDone)[0]
        assert (done.ok, done.code) == (False, code)
        assert done.message


async def test_no_action_leaves_without_ready(asterisk: RecordedAsterisk) -> None:
    book = Book()
    async with engine_on(asterisk, book=book) as running:
        await running.ready()
        await asterisk.stop()
        await running.down()
        book.acts = {Command: [ADD], said.ActionDone: [Answer("anna", Result("k1", False, "not_ready"))]}
        assert (await running.engine.submit(COMMAND)).code == "not_ready"
        assert book.of(said.ActionDone)[0].code == "not_ready"
        await asterisk.start()
        await running.ready()
        assert asterisk.world.members == {}


async def test_an_unanswered_action_has_a_deadline(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("queueadd")
    book = Book()
    async with engine_on(asterisk, book=book) as running:
        await running.ready()
        book.acts = {Command: [ADD]}
        assert (await running.engine.submit(COMMAND)).code == "no_answer"
        assert book.of(said.ActionDone)[0].code == "no_answer"


async def test_an_engine_that_does_not_run_refuses(asterisk: RecordedAsterisk) -> None:
    engine = Engine(address_of(asterisk), Book(), [], found, stream="s")
    assert (await engine.submit(COMMAND)).code == "not_ready"


async def test_look_ups_come_back_through_the_mailbox(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await running.ready()
        running.book.acts[said.ChannelStarted] = [LookUp("call", "+3725550011")]
        asterisk.tell(channel("1.1"))
        await until(lambda: running.book.of(said.CallerFound))
        assert running.book.of(said.CallerFound)[0].contacts == ("c1",)


async def test_a_look_up_that_fails_harms_nothing(asterisk: RecordedAsterisk) -> None:
    async def broken(number: str) -> Found:
        raise OSError("no database")

    async with engine_on(asterisk, look_up=broken) as running:
        await running.ready()
        running.book.acts[said.ChannelStarted] = [LookUp("call", "+3725550011")]
        asterisk.tell(channel("1.1"))
        await until(lambda: running.engine.gauges.look_ups_failed == 1)
        assert running.engine.status.ready


async def test_a_step_that_fails_is_not_the_end(asterisk: RecordedAsterisk) -> None:
    book = Book(fails_at=said.ChannelStarted)
    async with engine_on(asterisk, book=book) as running:
        await running.ready()
        asterisk.tell(channel("1.1"))
        await until(lambda: running.engine.gauges.failures == 1)
        asterisk.tell(channel("1.1", event="Hangup"))
        await until(lambda: book.of(said.ChannelEnded))
        await until(lambda: len(book.of(said.Snapshot)) == 2)


async def test_one_who_hears_and_fails_stops_no_other(asterisk: RecordedAsterisk) -> None:
    def broken(_: Sequence[Recorded]) -> None:
        raise OSError("disk full")

    async with engine_on(asterisk, first_hears=[broken]) as running:
        await running.ready()
        assert running.states[-1] == "ready"
        assert running.engine.gauges.failures > 0


async def test_signs_of_life(asterisk: RecordedAsterisk) -> None:
    async with engine_on(asterisk) as running:
        await until(lambda: sum(isinstance(each.fact, LinkAlive) for each in running.facts) >= 2)
        assert running.book.of(said.Tick)


async def test_a_storm_is_bounded_and_followed_by_a_fresh_snapshot(
    asterisk: RecordedAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.mailbox.Mailbox.__init__.__defaults__", (1000, 1 << 24))
    async with engine_on(asterisk) as running:
        await running.ready()
        asterisk.send_raw(b"".join(channel(f"1.{count}") + END for count in range(5000)))
        await until(lambda: len(running.book.of(said.Snapshot)) == 2)
        assert running.engine.gauges.discarded > 0
        assert running.book.of(said.Snapshot)[1].gap_from is not None
        assert running.engine.depth == 0


async def test_stopping_tells_the_end_and_leaves_no_task(asterisk: RecordedAsterisk) -> None:
    before = len(asyncio.all_tasks())
    async with engine_on(asterisk) as running:
        await running.ready()
    assert running.states[-1] == "down"
    assert running.book.of(said.LinkDown)
    await until(lambda: not asterisk.sessions)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before
