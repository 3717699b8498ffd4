"""The small parts by themselves: mailbox, pace, intake, snapshot's reading, metrics."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, generate_latest

from cti.engine import Engine
from cti.errors import Lost, Refused
from cti.frames import Splitter, parse
from cti.gauges import EngineCollector, Gauges
from cti.intake import Intake
from cti.link import AsteriskAddress, Reply
from cti.mailbox import Mailbox, Overflow
from cti.pace import Backoff, Limiter, Pace
from cti.snapshot import Words, boot_of, take
from tests.cti.conftest import CAPTURES
from tests.cti.test_engine import Book, found


async def test_the_mailbox_keeps_its_order_and_wakes_its_one_consumer() -> None:
    mailbox = Mailbox()
    waiting = asyncio.ensure_future(mailbox.wait())
    await asyncio.sleep(0)
    mailbox.put_messages([b"a", b"b"])
    mailbox.put("command")
    await waiting
    assert [mailbox.take(), mailbox.take(), mailbox.take()] == [[b"a", b"b"], "command", None]
    assert mailbox.messages == 0


def test_a_full_mailbox_drops_messages_only_and_says_how_many() -> None:
    mailbox = Mailbox(max_messages=3)
    mailbox.put("first")
    mailbox.put_messages([b"a", b"b"])
    mailbox.put_messages([b"c", b"d"])
    mailbox.put("last")
    mailbox.put_messages([b"e"])
    assert [mailbox.take() for _ in range(5)] == [Overflow(4), "first", "last", [b"e"], None]


def test_back_off_grows_to_its_bound_and_starts_again() -> None:
    pace, backoff = Pace(), Backoff(Pace())
    pauses = [backoff.after(Lost("x")) for _ in range(30)]
    assert 0.05 <= pauses[0] <= 0.1
    assert all(pause <= pace.tries_most for pause in pauses)
    assert pauses[-1] >= pace.tries_most / 2
    assert backoff.after(Refused("x")) >= pace.refused_first / 2
    assert backoff.after(Refused("x")) > pace.refused_first / 2
    backoff.reset()
    assert backoff.after(Lost("x")) <= 0.1


def test_a_limiter_counts_what_it_holds_back() -> None:
    limiter = Limiter(2, 10.0)
    assert [limiter.allows(now) for now in (0.0, 1.0, 2.0, 10.0)] == [True, True, False, True]
    assert (limiter.take_held_back(), limiter.take_held_back()) == (1, 0)


def test_intake_without_asterisks_clock_goes_by_receipt() -> None:
    intake = Intake()
    intake.hold()
    assert not intake.admits(b"Event: X\r\nTimestamp: 1.0")
    assert intake.fence(None) == [b"Event: X\r\nTimestamp: 1.0"]
    assert not intake.admits(b"Event: X\r\nTimestamp: 1.0")
    assert len(intake.release()) == 1
    assert intake.open


def replies(name: str) -> dict[str, Reply]:
    """The recorded lists by action, made from a real Asterisk's words."""
    parsed = [parse(message) for message in Splitter().feed((CAPTURES / name).read_bytes())]
    found: dict[str, Reply] = {}
    actions = {"QueueParams": "QueueStatus", "CoreShowChannel": "CoreShowChannels", "Status": "Status"}
    for fields in parsed:
        action = actions.get(fields.get("Event", ""))
        if action is not None:
            items = tuple(each for each in parsed if each.get("ActionID") == fields["ActionID"])
            found.setdefault(action, Reply({"Response": "Success"}, items))
        if "CoreStartupDate" in fields:
            found["CoreStatus"] = Reply(fields)
    return found


async def test_a_snapshot_of_what_a_real_asterisk_listed() -> None:
    known = replies("list_actions.txt")

    async def ask(words: Words, _: float) -> Reply:
        return known.get(words[0][1], Reply({"Response": "Success", "Timestamp": "1.5"}))

    stamps: list[float | None] = []
    taken = await take(ask, stamps.append, lambda: 2.0)
    assert await boot_of(ask) == "20261123T205032"
    assert (taken.fence, stamps, taken.lacks) == (1.5, [1.5], ())
    assert sorted(seen.id for seen in taken.channels) == [f"lab-1795467730.{n}" for n in (222, 223, 224)]
    one = next(seen for seen in taken.channels if seen.id.endswith("223"))
    assert (one.application, one.number, one.connected, one.seconds, one.bridge) == (
        "Queue", "+3725550012", "", 2, None,
    )  # fmt: skip
    assert taken.queues == ("support",)
    assert [(member.interface, member.paused, member.reason) for member in taken.members] == [
        ("PJSIP/1001", False, ""), ("PJSIP/1002", True, "Lunch"),
    ]  # fmt: skip
    assert [(entry.channel, entry.wait_seconds) for entry in taken.entries] == [("lab-1795467730.223", 3)]
    known["CoreShowChannels"] = Reply({"Response": "Error", "Message": "Permission denied"})
    assert set((await take(ask, stamps.append, lambda: 2.0)).channels) == set(taken.channels)


async def test_metrics() -> None:
    engine = Engine(AsteriskAddress("main", "127.0.0.1", 1, "helin", ""), Book(), [], found, stream="s")
    engine.counts.wanted[b"Hangup"] = 3
    for count in range(1000):
        engine.counts.count_unwanted(b"Name%d" % count)
    registry = CollectorRegistry()
    registry.register(EngineCollector([engine]))
    text = generate_latest(registry).decode()
    assert 'helin_ami_events_total{asterisk="main",event="Hangup",wanted="yes"} 3.0' in text
    assert 'event="other",wanted="no"} 800.0' in text
    assert 'helin_asterisk_ready{asterisk="main"} 0.0' in text


def test_lag_is_forgotten_after_a_while() -> None:
    gauges = Gauges()
    gauges.note_lag(2.0, 100.0)
    assert gauges.lag_seconds == 2.0
    for now in (106.0, 112.0):
        gauges.note_lag(0.1, now)
    assert gauges.lag_seconds == 0.1
