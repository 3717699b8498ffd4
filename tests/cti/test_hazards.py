"""Each hazard of panoramisk 1.4 twice: what it does alone, and that the fence holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from cti.errors import Lost, NoAnswer, NotSent
from cti.frames import END, Splitter, value_of
from cti.link import Reply
from cti.recorded import RecordedAsterisk
from tests.cti.conftest import linked, until

NAMED = b"Event: Newchannel\r\nPrivilege: call,all\r\nCallerIDName: %s\r\nUniqueid: 1.1\r\nLinkedid: 1.1"


@asynccontextmanager
async def alone(asterisk: RecordedAsterisk, **more: Any) -> AsyncIterator[Manager]:
    """panoramisk as it comes, logged in."""
    manager = Manager(
        host=asterisk.host, port=asterisk.port, username="helin", secret="recorded", reconnect_timeout=0, **more
    )
    manager.loop = asyncio.get_running_loop()
    await manager.connect()
    await until(lambda: manager.authenticated)
    try:
        yield manager
    finally:
        manager.config["protocol_factory"] = None
        manager.connect = lambda: None
        manager.close()
        await asyncio.sleep(0.01)


def heard(asterisk: RecordedAsterisk, action: str) -> int:
    return sum(fields.get("Action") == action for fields in asterisk.heard)


async def test_line_breaks_alone_make_a_second_action(asterisk: RecordedAsterisk) -> None:
    async with alone(asterisk) as manager:
        manager.send_action({"Action": "QueuePause", "Reason": "x\r\n\r\nAction: Originate"})
        await until(lambda: heard(asterisk, "Originate"))


@pytest.mark.parametrize("bad", ["x\r\n\r\nAction: Originate", "a\nb", "a\rb", "a\0b", "x" * 1100, "\ud800"])
async def test_a_bad_value_never_leaves(asterisk: RecordedAsterisk, bad: str) -> None:
    async with linked(asterisk) as (link, _):
        before = len(asterisk.heard)
        with pytest.raises(NotSent):
            await link.ask([("Action", "QueuePause"), ("Reason", bad)])
        with pytest.raises(NotSent):
            await link.ask([("Action", "QueuePause"), (bad, "x")])
        await link.ask([("Action", "Ping")])
        assert len(asterisk.heard) == before + 1


async def test_more_lines_than_asterisk_takes_never_leave(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (link, _):
        with pytest.raises(NotSent):
            await link.ask([("Action", "Originate"), ("Async", "true"), *[("Variable", f"a={i}") for i in range(126)]])


async def split_letter(asterisk: RecordedAsterisk) -> None:
    whole = NAMED % "Tõnu".encode() + END
    at = whole.index("õ".encode()) + 1
    asterisk.send_raw(whole[:at])
    await asyncio.sleep(0.05)
    asterisk.send_raw(whole[at:])


async def test_a_letter_split_over_two_reads_is_lost_alone(asterisk: RecordedAsterisk) -> None:
    names = []
    async with alone(asterisk) as manager:
        manager.register_event("Newchannel", lambda _, event: names.append(event.calleridname))
        await split_letter(asterisk)
        await until(lambda: names)
    assert names == ["Tnu"]


async def test_a_letter_split_over_two_reads_is_whole(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (_, ear):
        await split_letter(asterisk)
        await until(lambda: ear.messages)
        assert value_of(ear.messages[0], b"CallerIDName") == "Tõnu".encode()


DIAL = {"Action": "Originate", "Channel": "PJSIP/1@trunk", "Async": "true"}


async def test_an_unanswered_originate_is_sent_again_alone(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("originate")
    async with alone(asterisk) as manager:
        manager.send_action(dict(DIAL))
        await asyncio.sleep(0.05)
        asterisk.faults.mute.clear()
        asterisk.cut()
        await until(lambda: heard(asterisk, "Originate") == 2)


async def test_an_unanswered_originate_is_never_sent_again(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("originate")
    async with linked(asterisk) as (link, ear):
        asking = asyncio.ensure_future(link.ask(list(DIAL.items())))
        await asyncio.sleep(0.05)
        asterisk.faults.mute.clear()
        asterisk.cut()
        with pytest.raises(Lost):
            await asking
        assert len(ear.lost) == 1
    async with linked(asterisk) as (link, _):
        await link.booted.wait()
        await link.ask([("Action", "Ping")])
        await asyncio.sleep(0.05)
        assert heard(asterisk, "Originate") == 1


async def test_no_deadline_alone(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("corestatus")
    async with alone(asterisk) as manager:
        answer = manager.send_action({"Action": "CoreStatus"})
        await asyncio.sleep(0.2)
        assert not answer.done()


async def test_a_deadline_ends_an_ask_and_a_late_answer_harms_nobody(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.mute.add("corestatus")
    async with linked(asterisk) as (link, _):
        with pytest.raises(NoAnswer):
            await link.ask([("Action", "CoreStatus")], 0.05)
        asterisk.send_raw(b"Response: Success\r\nActionID: " + asterisk.heard[-1]["ActionID"].encode() + END)
        assert (await link.ask([("Action", "Ping")])).ok
        assert link.counts.late == 1


async def test_callbacks_of_panoramisk_alone_run_out_of_order(asterisk: RecordedAsterisk) -> None:
    order: list[str] = []

    async def slow_first(_: Manager, event: Any) -> None:
        if event.calleridname == "0":
            await asyncio.sleep(0.02)
        order.append(event.calleridname)

    async with alone(asterisk) as manager:
        manager.register_event("Newchannel", slow_first)
        asterisk.send_raw(b"".join(NAMED % b"%d" % i + END for i in range(3)))
        await until(lambda: len(order) == 3)
    assert order != ["0", "1", "2"]


async def test_events_arrive_in_order(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (_, ear):
        asterisk.send_raw(b"".join(NAMED % b"%d" % i + END for i in range(500)))
        await until(lambda: len(ear.messages) == 500)
        assert [value_of(message, b"CallerIDName") for message in ear.messages] == [b"%d" % i for i in range(500)]


def fail(*_: object) -> None:
    raise RuntimeError("on purpose")


async def test_a_raising_callback_drops_the_link_alone(asterisk: RecordedAsterisk) -> None:
    lost = []
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with alone(asterisk, on_disconnect=lambda *_: lost.append(1)) as manager:
        manager.register_event("Newchannel", fail)
        asterisk.send_raw(NAMED % b"x" + END)
        await until(lambda: lost)


async def test_a_raising_callback_is_counted(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk, fail) as (link, _):
        asterisk.send_raw(NAMED % b"x" + END)
        await until(lambda: link.counts.failed == 1)
        assert (await link.ask([("Action", "Ping")])).ok


async def test_a_list_that_is_refused_never_resolves_alone(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.missing.add("queuestatus")
    async with alone(asterisk) as manager:
        answer = manager.send_action({"Action": "QueueStatus"}, as_list=True)
        await asyncio.sleep(0.2)
        assert not answer.done()


async def test_a_list_that_is_refused_is_answered(asterisk: RecordedAsterisk) -> None:
    asterisk.faults.missing.add("queuestatus")
    async with linked(asterisk) as (link, _):
        reply = await link.ask([("Action", "QueueStatus")])
        assert (reply.ok, reply.unknown) == (False, True)


ADD = {"Action": "QueueAdd", "Queue": "support", "Interface": "PJSIP/1001"}


async def test_queue_adds_answer_never_comes_alone(asterisk: RecordedAsterisk) -> None:
    async with alone(asterisk) as manager:
        answer = manager.send_action(dict(ADD))
        await asyncio.sleep(0.2)
        assert not answer.done()


async def test_queue_adds_answer_comes(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (link, _):
        assert (await link.ask(list(ADD.items()))).message == "Added interface to queue"


@pytest.mark.parametrize("more", [[], [("Async", "false")], [("async", "yes")]])
async def test_originate_without_async_never_leaves(asterisk: RecordedAsterisk, more: list[tuple[str, str]]) -> None:
    async with linked(asterisk) as (link, _):
        with pytest.raises(NotSent, match="Async"):
            await link.ask([("action", "originate"), ("Channel", "PJSIP/1"), *more])
        assert heard(asterisk, "Originate") == 0


class Fenced:
    """Our splitter under panoramisk's name for reading."""

    def __init__(self) -> None:
        self.splitter = Splitter(limit=1 << 30)
        self.splitter.greeting = "known"

    def data_received(self, data: bytes) -> None:
        self.splitter.feed(data)


def unfinished(protocol: AMIProtocol | Fenced, megabytes: int) -> float:
    """CPU seconds that an unfinished message of this size costs, in reads of 64 kB."""
    started = time.process_time()
    for _ in range(megabytes << 4):
        protocol.data_received(b"x" * (1 << 16))
    return time.process_time() - started


async def test_an_endless_message_costs_panoramisk_much(asterisk: RecordedAsterisk) -> None:
    async with alone(asterisk) as manager:
        manager.protocol.version = "known"
        assert unfinished(manager.protocol, 4) > 10 * unfinished(Fenced(), 4)
        assert len(manager.protocol.queue[0]) >= 4 << 20


async def test_an_endless_message_cuts_the_link_and_says_why(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (link, ear):
        started = time.process_time()
        asterisk.send_raw(b"Event: Endless\r\nX: " + b"x" * (8 << 20))
        await until(lambda: ear.lost)
        assert time.process_time() - started < 1.0
        assert "has not ended" in ear.lost[0]
        with pytest.raises(Lost):
            await link.ask([("Action", "Ping")])


async def test_a_second_connection_is_never_made_by_itself(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (_, ear):
        asterisk.cut()
        await until(lambda: ear.lost)
        await asyncio.sleep(0.2)
        assert not asterisk.sessions


async def test_a_dead_peer_shows_in_heard_at(asterisk: RecordedAsterisk) -> None:
    async with linked(asterisk) as (link, _):
        await link.ask([("Action", "Ping")])
        asterisk.moving.clear()
        before = link.heard_at
        with pytest.raises(NoAnswer):
            await link.ask([("Action", "Ping")], 0.1)
        assert link.heard_at == before


async def test_a_list_is_ended_by_no_callers_name(asterisk: RecordedAsterisk) -> None:
    asterisk.tell(NAMED.replace(b"Uniqueid", b"Channel: PJSIP/a-1\r\nUniqueid") % b"x\r\nEventList: Complete")
    asterisk.tell(NAMED.replace(b"1.1", b"1.2").replace(b"Uniqueid", b"Channel: PJSIP/b-1\r\nUniqueid") % b"y")
    async with linked(asterisk) as (link, _):
        reply: Reply = await link.ask([("Action", "CoreShowChannels")])
        assert [item["Uniqueid"] for item in reply.items] == ["1.1", "1.2"]
