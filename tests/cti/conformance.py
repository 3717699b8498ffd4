"""What an AMI server must do for Helin: the suite that the stand-in and a real Asterisk both pass.

The account has the sample's classes (``manager.conf``), the Asterisk a queue ``support`` without PJSIP/1001 in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from cti import frames, snapshot
from cti.account import check_account
from cti.actions import confirmation_of, outcome_of, steps_of, words_of
from cti.engine import Engine
from cti.errors import Refused
from cti.link import AsteriskAddress, Counts, Link, Reply
from cti.translate import WANTED
from routing.actions import IssuePhonePassword, Place, PlayDigits, SendTo
from tests.cti.conftest import Ear, until
from tests.cti.test_engine import Book, found

READ, WRITE = "system,call,agent,user", "call,agent,originate,reporting"


class Peer:
    """A link that is logged in, and what it heard."""

    def __init__(self, address: AsteriskAddress) -> None:
        self.address = address
        self.ear = Ear()
        self.link = Link(address, Counts(WANTED), self.ear.hear, self.ear.lost.append)

    async def ask(self, action: str, **fields: str) -> Reply:
        return await self.link.ask([("Action", action), *fields.items()])

    async def event(self, name: bytes, holding: bytes = b"") -> dict[str, str]:
        def heard() -> list[bytes]:
            return [each for each in self.ear.messages if frames.name_of(each) == name and holding in each]

        await until(heard)
        return frames.parse(heard()[-1])


async def check_log_in(peer: Peer) -> None:
    await peer.link.booted.wait()
    assert peer.link.ended is None


async def check_wrong_secret(peer: Peer) -> None:
    wrong = Peer(replace(peer.address, secret="not this"))
    with pytest.raises(Refused, match=peer.address.username):
        await wrong.link.open()


async def check_time_and_boot(peer: Peer) -> None:
    assert (await snapshot.server_time(peer.link.ask) or 0) > 1_700_000_000
    boot = await snapshot.boot_of(peer.link.ask)
    assert len(boot) == 15
    assert boot == await snapshot.boot_of(peer.link.ask)


async def check_lists(peer: Peer) -> None:
    for action in ("CoreShowChannels", "Status", "QueueStatus", "DeviceStateList", "QueueSummary"):
        reply = await peer.ask(action)
        assert reply.ok, action
        assert reply.suspects == 0
    taken = await snapshot.take(peer.link.ask, lambda _: None, lambda: 0.0)
    assert "support" in taken.queues
    assert (taken.channels, taken.lacks) == ((), ())


async def check_refusals(peer: Peer) -> None:
    assert (await peer.ask("NoSuchAction")).unknown
    assert (await peer.ask("Command", Command="core show version")).denied
    assert (await peer.ask("DBPut", Family="x", Key="y", Val="z")).denied


async def check_account_is_enough(peer: Peer) -> None:
    assert await check_account(peer.link.ask) == ()


async def check_members(peer: Peer) -> None:
    member = {"Queue": "support", "Interface": "PJSIP/1001"}
    assert (await peer.ask("QueueAdd", **member, MemberName="Agent Õne", Paused="true")).ok
    assert (await peer.ask("QueueAdd", **member)).message.endswith("Already there")
    added = await peer.event(b"QueueMemberAdded")
    assert (added["MemberName"], added["Paused"], added["Interface"]) == ("Agent Õne", "1", "PJSIP/1001")
    assert (await peer.ask("QueuePause", Interface="PJSIP/1001", Paused="false", Reason="")).ok
    assert (await peer.event(b"QueueMemberPause"))["Paused"] == "0"
    assert (await peer.ask("QueuePause", Interface="PJSIP/1001", Paused="true", Reason="lunch")).ok
    assert (await peer.event(b"QueueMemberPause", b"lunch"))["PausedReason"] == "lunch"
    taken = await snapshot.take(peer.link.ask, lambda _: None, lambda: 0.0)
    seen = next(each for each in taken.members if each.interface == "PJSIP/1001")
    assert (seen.queue, seen.paused, seen.reason, seen.name) == ("support", True, "lunch", "Agent Õne")
    assert (await peer.ask("QueueRemove", **member)).ok
    assert (await peer.ask("QueueRemove", **member)).message.endswith("Not there")
    assert (await peer.event(b"QueueMemberRemoved"))["Queue"] == "support"


async def check_what_is_not_there(peer: Peer) -> None:
    assert "No such queue" in (await peer.ask("QueueAdd", Queue="nosuch", Interface="PJSIP/1001")).message
    assert "Interface not found" in (await peer.ask("QueuePause", Interface="PJSIP/none", Paused="true")).message
    assert "No such channel" in (await peer.ask("Hangup", Channel="nosuch-1.1")).message
    mute = {"Channel": "nosuch-1.1", "Direction": "both", "State": "1"}
    assert "No such channel" in (await peer.ask("MixMonitorMute", **mute)).message
    nobody = Place("PJSIP/none-1", "helin-held", "s", (("HELIN_PEER", "PJSIP/none-2"),))
    for wish in (SendTo((nobody, Place("PJSIP/none-2", "helin-back", "s"))), PlayDigits("PJSIP/none-1", "1")):
        for words in steps_of(wish):
            reply = await peer.link.ask(words)
            assert outcome_of(wish, reply.ok, reply.message).code == "not_possible", reply.message
    change = {"Queue": "support", "Caller": "PJSIP/none-1", "Priority": "1", "Immediate": "yes"}
    assert not (await peer.ask("QueueChangePriorityCaller", **change)).ok


async def check_a_device_tells_its_state(peer: Peer) -> None:
    for state in ("INUSE", "NOT_INUSE"):
        assert (await peer.ask("Setvar", Variable="DEVICE_STATE(Custom:conformance)", Value=state)).ok
        event = await peer.event(b"DeviceStateChange", b"State: " + state.encode())
        assert event["Device"] == "Custom:conformance"
        assert float(event["Timestamp"]) > 1_700_000_000


async def check_a_failed_originate(peer: Peer) -> None:
    words = {"Channel": "Local/nobody@nowhere", "Application": "Wait", "Data": "1", "Async": "true"}
    assert (await peer.ask("Originate", **words)).ok
    failed = await peer.event(b"OriginateResponse")
    assert (failed["Response"], failed["Uniqueid"]) == ("Failure", "<unknown>")


async def check_a_phone_password(peer: Peer) -> None:
    wish = IssuePhonePassword("1001", "0123456789abcdef0123456789abcdef")
    wanted = confirmation_of(wish)
    assert wanted is not None
    assert (await peer.link.ask(wanted.words)).fields.get("Value", "") != wanted.value
    assert (await peer.link.ask(words_of(wish))).ok
    async with asyncio.timeout(5):
        while (await peer.link.ask(wanted.words)).fields.get("Value") != wanted.value:
            await asyncio.sleep(0.02)


async def check_the_engine_gets_ready(peer: Peer) -> None:
    engine = Engine(peer.address, Book(), [], found, stream="s")
    task = asyncio.ensure_future(engine.run())
    await until(lambda: engine.status.ready)
    assert engine.status.lacks == ()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


Check = Callable[[Peer], Awaitable[None]]
CHECKS: list[Check] = [
    check_log_in, check_wrong_secret, check_time_and_boot, check_lists, check_refusals, check_account_is_enough,
    check_members, check_what_is_not_there, check_a_device_tells_its_state, check_a_failed_originate,
    check_a_phone_password,
    check_the_engine_gets_ready,
]  # fmt: skip


async def run(check: Check, address: AsteriskAddress) -> None:
    peer = Peer(address)
    await peer.link.open()
    try:
        await check(peer)
    finally:
        peer.link.close("test over")
