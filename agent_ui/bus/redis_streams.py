"""The bus over Redis Streams: engines and web nodes in processes, or on machines, of their own.

Streams, all bounded (``MAXLEN ~``)::

    helin:facts:ENGINE    engine → nodes   {"f": lines of facts} or {"b": "STREAM SEQ"}, the beat
    helin:asked:ENGINE    nodes → engine   {"k": command | picture, "id", "to": NODE, "until": ms, "body"}
    helin:replies:NODE    engine → node    {"id", "body"}
    helin:notices         all → all        {"from": NODE or ENGINE, "body"}

Plain ``XREAD`` from the last id seen, no consumer groups: every node wants every fact, and each engine is the only one
that reads what it is asked. Pub/sub is not used: it loses what comes while a connection is down, and says nothing.

Each side has one reader and one writer, each with its own connection (:mod:`agent_ui.bus.redis_link`), and both outlive
Redis. What is sent twice, nodes drop by its ``seq``; what is lost shows as a hole in it.

Until when a command may be started is told on Redis's own clock (``TIME``, sampled every second), so that neither
clocks that differ nor a Redis that hung with the command in its hands let an engine begin on it too late.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis

from agent_ui.bus.port import (
    BEAT_EVERY,
    MAY_WAIT,
    SILENT_AFTER,
    Desk,
    DirectoryChanged,
    Ear,
    EngineAway,
    Notice,
    PanelsOpen,
)
from agent_ui.bus.redis_link import BATCH, Clock, Fields, Reader, RedisLink, Writer, command, here_ms, running
from agent_ui.bus.words import decode_notice, decode_picture, encode_notice, encode_picture
from crm_store.codec import CodecError, decode, decode_command, decode_result, encode, encode_command, encode_result
from routing.commands import Command, Result
from routing.facts import Recorded
from routing.picture import Picture

FACTS_KEPT = 5_000
ASKED_KEPT = 1_000
REPLIES_KEPT = 100
REPLIES_LIVE_S = 300
PICTURE_WITHIN = 5.0
AT_ONCE = 64
"""Commands under way at one engine; more are refused."""
NOTICES = "helin:notices"


class RedisBus:
    """``url`` as redis-py takes it. Connects to nothing until an end of it is entered."""

    def __init__(self, url: str) -> None:
        self._link = RedisLink(url)

    @property
    def trouble(self) -> str:
        return next(iter(self._link.troubles.values()), "")

    def engine(self, name: str) -> RedisEngine:
        return RedisEngine(self._link, name)

    def web(self, engines: Sequence[str]) -> RedisWeb:
        return RedisWeb(self._link, engines)


class RedisEngine:
    def __init__(self, link: RedisLink, name: str) -> None:
        self._link = link
        self._name = name
        self._waiting: deque[Recorded] = deque(maxlen=MAY_WAIT)
        self._in_hand: list[Recorded] = []
        self._sent = ("", 0)
        self._wake = asyncio.Event()
        self._clock = Clock()
        self._replies = Writer(self._clock)
        self._under_way: set[asyncio.Task[None]] = set()
        self._desk: Desk

    def publish(self, facts: Sequence[Recorded]) -> None:
        self._waiting.extend(facts)
        self._wake.set()

    def tell(self, notice: Notice) -> None:
        body = encode_notice(notice)
        self._replies.put("XADD", NOTICES, "MAXLEN", "~", ASKED_KEPT, "*", "from", self._name, "body", body)

    @asynccontextmanager
    async def serve(self, desk: Desk) -> AsyncIterator[None]:
        self._desk = desk
        reader = Reader((f"helin:asked:{self._name}", NOTICES), self._take)
        async with running(
            self._link.keep(f"{self._name} facts", self._send),
            self._link.keep(f"{self._name} replies", self._replies.write),
            self._link.keep(f"{self._name} asked", reader.read),
        ):
            try:
                yield
            finally:
                for task in self._under_way:
                    task.cancel()

    async def _send(self, redis: Redis) -> None:
        """Facts as they come, and a beat each second with the place that was sent."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(beat_at):
                    await self._wake.wait()
            self._wake.clear()
            await self._send_facts(redis)
            if loop.time() >= beat_at:
                await self._add(redis, "b", f"{self._sent[0]} {self._sent[1]}".encode())
                beat_at = loop.time() + BEAT_EVERY

    async def _send_facts(self, redis: Redis) -> None:
        while self._in_hand or self._waiting:
            while self._waiting and len(self._in_hand) < BATCH:
                self._in_hand.append(self._waiting.popleft())
            await self._add(redis, "f", b"\n".join(map(encode, self._in_hand)))
            self._sent = (self._in_hand[-1].stream, self._in_hand[-1].seq)
            self._in_hand.clear()

    async def _add(self, redis: Redis, field: str, body: bytes) -> None:
        key = f"helin:facts:{self._name}"
        await command(redis, "XADD", key, "MAXLEN", "~", FACTS_KEPT, "*", field, body)

    def _take(self, key: str, fields: Fields) -> None:
        if key == NOTICES:
            self._note(decode_notice(fields[b"body"]))
            return
        left = self._left(int(fields[b"until"]))
        if left > 0:
            to, ask = fields[b"to"].decode(), fields[b"id"]
            if fields[b"k"] == b"picture":
                self._reply(to, ask, encode_picture(self._desk.picture()))
            else:
                self._start(to, ask, decode_command(fields[b"body"]), left)

    def _note(self, notice: Notice) -> None:
        if isinstance(notice, DirectoryChanged):
            self._desk.directory_changed()
        elif isinstance(notice, PanelsOpen):
            self._desk.panels_open(notice.agents, notice.others)

    def _left(self, until_ms: int) -> float:
        """Seconds that are left. Before the clock was ever sampled nothing is: the engine has only just come."""
        now_ms = self._clock.now_ms()
        return -1.0 if now_ms is None else (until_ms - now_ms) / 1000

    def _start(self, to: str, ask: bytes, command: Command, within: float) -> None:
        if len(self._under_way) >= AT_ONCE:
            self._reply(to, ask, encode_result(Result(command.id, False, "not_ready", "Too much is under way.")))
            return
        task = asyncio.create_task(self._carry_out(to, ask, command, within))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry_out(self, to: str, ask: bytes, command: Command, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                result = await self._desk.submit(command)
        except TimeoutError:
            return
        self._reply(to, ask, encode_result(result))

    def _reply(self, to: str, ask: bytes, body: bytes) -> None:
        key = f"helin:replies:{to}"
        self._replies.put("XADD", key, "MAXLEN", "~", REPLIES_KEPT, "*", "id", ask, "body", body)
        self._replies.put("EXPIRE", key, REPLIES_LIVE_S)


class RedisWeb:
    def __init__(self, link: RedisLink, engines: Sequence[str]) -> None:
        self._link = link
        self._engines = {f"helin:facts:{name}": name for name in engines}
        self._node = secrets.token_urlsafe(12)
        self._replies = f"helin:replies:{self._node}"
        self._asked: dict[bytes, asyncio.Future[bytes]] = {}
        self._heard_at: dict[str, float] = {}
        self._clock = Clock()
        self._writer = Writer(self._clock)
        self._reader = Reader((*self._engines, self._replies, NOTICES), self._take)
        self._ear: Ear

    @asynccontextmanager
    async def listen(self, ear: Ear) -> AsyncIterator[None]:
        self._ear = ear
        async with running(
            self._link.keep("web reads", self._reader.read), self._link.keep("web writes", self._writer.write)
        ):
            yield

    async def picture(self, engine: str) -> Picture:
        try:
            return decode_picture(await self._answer(engine, "picture", b"", PICTURE_WITHIN))
        except (TimeoutError, CodecError):
            raise EngineAway(f"The engine of {engine} does not answer.") from None

    async def ask(self, engine: str, command: Command, within: float) -> Result:
        silent_ms = here_ms() - self._heard_at.get(engine, float("-inf"))
        if silent_ms > SILENT_AFTER * 1000 or not self._reader.reading.is_set():
            return Result(command.id, False, "not_ready", f"No engine serves {engine} now; nothing was done.")
        try:
            return decode_result(await self._answer(engine, "command", encode_command(command), within))
        except (TimeoutError, CodecError):
            return Result(command.id, False, "no_answer", "Nobody answered in time; see what the panel shows.")

    def tell(self, notice: Notice) -> None:
        body = encode_notice(notice)
        self._writer.put("XADD", NOTICES, "MAXLEN", "~", ASKED_KEPT, "*", "from", self._node, "body", body)

    async def _answer(self, engine: str, kind: str, body: bytes, within: float) -> bytes:
        now_ms = self._clock.now_ms()
        if now_ms is None:
            raise TimeoutError
        ask = secrets.token_hex(8).encode()
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[ask] = answer
        fields = ("k", kind, "id", ask, "to", self._node, "until", int(now_ms + within * 1000), "body", body)
        self._writer.put("XADD", f"helin:asked:{engine}", "MAXLEN", "~", ASKED_KEPT, "*", *fields)
        try:
            async with asyncio.timeout(within):
                return await answer
        finally:
            del self._asked[ask]

    def _take(self, key: str, fields: Fields) -> None:
        if key == self._replies:
            answer = self._asked.get(fields[b"id"])
            if answer is not None and not answer.done():
                answer.set_result(fields[b"body"])
        elif key == NOTICES:
            if fields[b"from"].decode() != self._node:
                self._ear.noticed(decode_notice(fields[b"body"]))
        else:
            self._take_from(self._engines[key], fields)

    def _take_from(self, engine: str, fields: Fields) -> None:
        self._heard_at[engine] = here_ms()
        if b"b" in fields:
            stream, _, seq = fields[b"b"].decode().rpartition(" ")
            self._ear.beat(engine, stream, int(seq))
            return
        for line in fields[b"f"].split(b"\n"):
            self._ear.heard(engine, decode(line))
