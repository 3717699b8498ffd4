"""Webhooks against a real receiver: signed, in order, again until taken, from where a dead process stopped."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from agent_ui.webhooks.addresses import Inside, allowed, check_literal, networks
from agent_ui.webhooks.delivering import Delivery
from crm_store.errors import Refused
from crm_store.journal import Journal
from crm_store.store import Store
from crm_store.webhooks import fresh_secret, secret_bytes, settled
from routing.facts import Fact, Recorded
from tests.crm_store.story import answered, at

HERE = networks(["127.0.0.0/8"])
Behave = Callable[[str, int], int]


@dataclass
class Receiver:
    """Answers what ``behave`` says of an event and of how often it came; checks nothing by itself."""

    secret: str
    behave: Behave = lambda _id, _times: 204
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    url: str = ""

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        id_, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{id_}.{stamp}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert request.headers["webhook-signature"] == f"v1,{mine}"
        assert abs(int(stamp) - time.time()) < 300
        event = json.loads(body)
        assert event["id"] == id_
        self.got.append((id_, event))
        status = self.behave(id_, [one for one, _ in self.got].count(id_))
        if status == 204:
            self.taken.append(id_)
        return web.Response(status=status, headers={"Location": "/elsewhere"} if 300 <= status < 400 else None)

    def types(self) -> list[str]:
        """Of what was taken, each once, in order."""
        types = {id_: str(event["type"]) for id_, event in self.got}
        return [types[id_] for id_ in dict.fromkeys(self.taken)]


@asynccontextmanager
async def receiving(behave: Behave | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(fresh_secret())
    if behave is not None:
        receiver.behave = behave
    app = web.Application()
    app.router.add_post("/helin", receiver.post)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    receiver.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/helin"  # type: ignore[attr-defined]
    try:
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def delivering(store: Store, inside: Any = HERE) -> AsyncIterator[Delivery]:
    delivery = Delivery(store, inside, pace=0.02)
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not done():
            await asyncio.sleep(0.01)


async def write(store: Store, folder: Path, stream: str, facts: list[Fact]) -> None:
    async with Journal(store, folder) as journal:
        journal.append([Recorded(stream, place, fact) for place, fact in enumerate(facts, 1)])
        assert await journal.settled(20)


async def hook(store: Store, receiver: Receiver, name: str = "shop", events: tuple[str, ...] = ("call",)) -> None:
    await store.webhooks.put(name, datetime.now(UTC), url=receiver.url, secret=receiver.secret, events=list(events))


async def test_what_happens_to_a_call_is_told_signed_and_in_order(store: Store, tmp_path: Path) -> None:
    await write(store, tmp_path, "before", answered("main-1-0.1"))
    async with receiving() as receiver, delivering(store):
        await hook(store, receiver)
        await write(store, tmp_path, "s", answered("main-1-1.1"))
        await until(lambda: "call.ended" in receiver.types())
        assert {event["data"]["call"] for _, event in receiver.got} == {"main-1-1.1"}  # nothing from before
        types = receiver.types()
        assert types[0] == "call.arrived"
        assert types.index("call.ringing") < types.index("call.answered") < types.index("call.ended")
        assert all("pop" not in event["data"] for _, event in receiver.got)


async def test_a_receiver_that_is_away_gets_all_of_it_later_and_keeps_nobody_waiting(
    store: Store, tmp_path: Path
) -> None:
    """Another process goes on where the first one ended, in the middle."""
    well = False
    async with receiving(lambda _id, _times: 204 if well else 503) as bad, receiving() as good:
        await hook(store, bad, "bad")
        await hook(store, good, "good")
        async with delivering(store) as delivery:
            await write(store, tmp_path, "s", [*answered("main-1-1.1"), *answered("main-1-2.1", begin=1)])
            await until(lambda: good.types().count("call.ended") == 2 and len(bad.got) > 4)
            assert delivery.counts["bad"].away
            assert delivery.counts["bad"].oldest == at(0)
            shown = {one.name: one for one in await store.webhooks.all()}
            assert (shown["bad"].state, shown["bad"].trouble) == ("away", "it answered 503")
        assert bad.taken == []
        well = True
        async with delivering(store):
            await until(lambda: bad.types().count("call.ended") == 2)
            async with asyncio.timeout(20):
                while {(one.state, one.trouble) for one in await store.webhooks.all()} != {("on", None)}:
                    await asyncio.sleep(0.02)
        assert set(bad.taken) == set(good.taken)
        for call in ("main-1-1.1", "main-1-2.1"):
            mine = [id_ for id_, event in bad.got if event["data"]["call"] == call]
            first_taken = [id_ for id_ in dict.fromkeys(bad.taken) if id_ in mine]
            assert first_taken == sorted(first_taken, key=lambda id_: int(id_.removeprefix("fact_")))


async def test_an_event_that_is_refused_for_good_is_put_aside_and_can_be_told_again(
    store: Store, tmp_path: Path
) -> None:
    poison: set[str] = set()

    def behave(id_: str, _: int) -> int:
        poison.update({id_} if not poison else ())
        return 422 if id_ in poison else 204

    async with receiving(behave) as receiver, delivering(store):
        await hook(store, receiver)
        await write(store, tmp_path, "s", [*answered("main-1-1.1"), *answered("main-1-2.1", begin=1)])
        await until(lambda: receiver.types().count("call.ended") == 2)
        (failure,) = await store.webhooks.failures("shop")
        assert (f"fact_{failure.fact}" in poison, failure.why) == (True, "it answered 422")
        assert [id_ for id_, _ in receiver.got].count(next(iter(poison))) == 5
        receiver.behave = lambda _id, _times: 204
        had = len(receiver.taken)
        await store.webhooks.replay("shop", at(0), at(0) + timedelta(seconds=0.5), "admin", datetime.now(UTC))
        await until(lambda: len(receiver.taken) > had)
        assert receiver.taken[had] in poison
        assert await store.webhooks.failures("shop") == ()
        async with asyncio.timeout(20):
            while any(one.replaying for one in await store.webhooks.all()):
                await asyncio.sleep(0.02)
        assert len(receiver.taken) == had + 1  # the other call arrived a second later


async def test_redirects_are_not_followed_and_gone_means_off(store: Store, tmp_path: Path) -> None:
    async with receiving(lambda _id, _times: 302) as moved, receiving(lambda _id, _times: 410) as gone:
        await hook(store, moved, "moved")
        await hook(store, gone, "gone")
        async with delivering(store):
            await write(store, tmp_path, "s", answered("main-1-1.1"))
            async with asyncio.timeout(20):
                while {one.name: one.state for one in await store.webhooks.all()} != {"moved": "away", "gone": "off"}:
                    await asyncio.sleep(0.02)
        assert len(gone.got) == 1


async def test_inside_addresses_are_refused_also_behind_a_name(store: Store, tmp_path: Path) -> None:
    async with receiving() as receiver, delivering(store, inside=()):
        receiver.url = receiver.url.replace("127.0.0.1", "localhost")
        await hook(store, receiver)
        await write(store, tmp_path, "s", answered("main-1-1.1"))
        async with asyncio.timeout(20):
            while not (trouble := (await store.webhooks.all())[0].trouble):
                await asyncio.sleep(0.02)
    assert "inside address" in trouble
    assert receiver.got == []


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "ff02::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_an_inside_address(text: str) -> None:
    assert not allowed(ip_address(text), (), plain=False)
    if "%" not in text and text != "::":
        with pytest.raises(Inside):
            check_literal(f"[{text}]" if ":" in text else text, (), plain=False)


def test_outside_addresses_are_reached_by_https_and_allowed_networks_also_without() -> None:
    outside, mine = ip_address("93.184.216.34"), ip_address("10.1.2.3")
    assert allowed(outside, (), plain=False)
    assert not allowed(outside, (), plain=True)
    assert allowed(mine, networks(["10.1.0.0/16"]), plain=True)
    assert not allowed(ip_address("10.2.0.1"), networks(["10.1.0.0/16"]), plain=False)
    assert allowed(ip_address("::ffff:10.1.2.3"), networks(["10.1.0.0/16"]), plain=True)


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "https://", "https://me:secret@x.example/", "https://x.example/#a", "https://x y/", "x"]
)
async def test_an_address_that_is_none_is_refused(store: Store, url: str) -> None:
    with pytest.raises(Refused, match="url must be an address"):
        await store.webhooks.put("x", datetime.now(UTC), url=url, secret=fresh_secret())


async def test_two_processes_do_not_deliver_the_same(store: Store) -> None:
    now = datetime.now(UTC)
    await store.webhooks.put("x", now, url="https://x.example/", secret=fresh_secret())
    (mine,) = await store.webhooks.take("one", now, 10)
    assert await store.webhooks.take("two", now, 10) == ()
    (theirs,) = await store.webhooks.take("two", now + timedelta(seconds=11), 10)
    assert theirs.id == mine.id
    assert not await store.webhooks.came_to(mine.id, "one", 5, now)
    assert secret_bytes("whsec_" + base64.b64encode(b"x" * 24).decode()) == b"x" * 24
    assert repr(mine) == "Receiver('x')"


def test_a_hole_in_the_numbers_stops_until_it_is_filled_or_old() -> None:
    assert settled([1, 2, 3], 0, hole_old=False) == 3
    assert settled([5, 6, 8], 4, hole_old=False) == 6
    assert settled([6, 7], 4, hole_old=False) == 4
    assert settled([6, 7, 9], 4, hole_old=True) == 7
    assert settled([], 4, hole_old=True) == 4


WORKER = """
import asyncio, sys
from agent_ui.webhooks.addresses import networks
from agent_ui.webhooks.delivering import Delivery
from crm_store.store import Store

async def main():
    async with await Store.open(sys.argv[1]) as store:
        delivery = Delivery(store, networks(["127.0.0.0/8"]), pace=0.02)
        print(delivery.holder, flush=True)
        await delivery.run()

asyncio.run(main())
"""


async def test_killed_in_the_middle_it_tells_some_again_and_leaves_out_none(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    """kill -9 of the process that delivers; another one takes over what it had."""
    took, go_on = asyncio.Event(), asyncio.Event()
    async with receiving() as receiver:

        def behave(_id: str, _times: int) -> int:
            if len(receiver.got) > 20 and not go_on.is_set():
                took.set()
                return 503
            return 204

        receiver.behave = behave
        await hook(store, receiver)
        calls = [f"main-1-{n}.1" for n in range(30)]
        await write(store, tmp_path, "s", [fact for n, call in enumerate(calls) for fact in answered(call, begin=n)])
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, database_url, stdout=asyncio.subprocess.PIPE
        )
        assert worker.stdout is not None
        try:
            holder = (await worker.stdout.readline()).decode().strip()
            async with asyncio.timeout(60):
                await took.wait()
        finally:
            worker.kill()
            await worker.wait()
        await store.webhooks.let_go(holder)  # else its hold ends by itself, some seconds later
        go_on.set()
        async with delivering(store):
            await until(lambda: receiver.types().count("call.ended") == len(calls))
        for call in calls:
            mine = dict.fromkeys(id_ for id_, event in receiver.got if event["data"]["call"] == call)
            numbers = [int(id_.removeprefix("fact_")) for id_ in receiver.taken if id_ in mine]
            first = list(dict.fromkeys(numbers))
            assert first == sorted(first)
            assert len(first) == len(receiver.types()) / len(calls)
