"""How the bus holds on to Redis: a connection that comes back, a reader that follows streams, a writer, Redis's clock.

Every reader and writer has a connection of its own. Any error (refused, cut, hung for longer than the time-outs, a
reply that makes no sense) closes it; after a pause all begins anew. What a writer had in its hands it sends again. A
reader goes on from the last id it saw, or from the end if Redis was emptied and its clock is behind that id.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from crm_store.codec import CodecError

log = structlog.get_logger("bus")

BATCH = 500
READ_BLOCKS_MS = 1_000
HUNG_AFTER = 3.0
"""Seconds in which Redis must answer (a blocking read: on top of its own second)."""
BACK_OFF = (0.1, 2.0)
SAMPLE_EVERY = 1.0
MOST_WAITING = 1_000
TROUBLES = (RedisError, OSError, TimeoutError)

Fields = Mapping[bytes, bytes]


class RedisLink:
    """``troubles``: who cannot reach Redis now, and why."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.troubles: dict[str, str] = {}

    async def keep(self, who: str, work: Callable[[Redis], Awaitable[None]]) -> None:
        """Runs ``work`` on a connection of its own, again and again until cancelled, whatever Redis does."""
        pause = BACK_OFF[0]
        while True:
            redis = self._client()
            try:
                await command(redis, "PING")
                if self.troubles.pop(who, None):
                    log.info("redis is back", who=who)
                pause = BACK_OFF[0]
                await work(redis)
            except TROUBLES as problem:
                if who not in self.troubles:
                    log.warning("redis is away", who=who, problem=type(problem).__name__)
                self.troubles[who] = f"Redis is away ({type(problem).__name__}); trying again."
            except Exception:
                log.exception("the bus stumbled", who=who)
            finally:
                with suppress(*TROUBLES):
                    await redis.aclose()
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACK_OFF[1])

    def _client(self) -> Redis:
        return Redis.from_url(
            self._url,
            protocol=2,
            socket_timeout=READ_BLOCKS_MS / 1000 + HUNG_AFTER,
            socket_connect_timeout=HUNG_AFTER,
            retry=Retry(NoBackoff(), 0),
            single_connection_client=True,
        )


class Reader:
    """Follows some streams. The places survive a reconnect."""

    def __init__(self, keys: Sequence[str], take: Callable[[str, Fields], None]) -> None:
        self._keys = keys
        self._take = take
        self._places: dict[str, str] = {}
        self.reading = asyncio.Event()

    async def read(self, redis: Redis) -> None:
        try:
            for key in self._keys:
                newest = await command(redis, "XREVRANGE", key, "+", "-", "COUNT", 1)
                end = newest[0][0].decode() if newest else "0-0"
                self._places[key] = min(self._places.get(key, end), end, key=_order)
            self.reading.set()
            while True:
                await self._once(redis)
        finally:
            self.reading.clear()

    async def _once(self, redis: Redis) -> None:
        places = [self._places[key] for key in self._keys]
        reading = ("XREAD", "COUNT", BATCH, "BLOCK", READ_BLOCKS_MS, "STREAMS", *self._keys, *places)
        found = await command(redis, *reading, within=READ_BLOCKS_MS / 1000 + HUNG_AFTER)
        for name, entries in found or ():
            key = name.decode()
            for place, fields in entries:
                self._places[key] = place.decode()
                try:
                    self._take(key, fields)
                except (CodecError, KeyError, ValueError) as problem:
                    log.warning("an entry on the bus makes no sense", key=key, problem=type(problem).__name__)


class Clock:
    """Redis's clock, as far as it was sampled."""

    def __init__(self) -> None:
        self._ahead_ms: float | None = None

    async def sample(self, redis: Redis) -> None:
        seconds, micros = await command(redis, "TIME")
        self._ahead_ms = int(seconds) * 1000 + int(micros) / 1000 - here_ms()

    def now_ms(self) -> float | None:
        return None if self._ahead_ms is None else here_ms() + self._ahead_ms


class Writer:
    """Sends what is put here, in order, one command after the other. Bounded: the oldest go first."""

    def __init__(self, clock: Clock) -> None:
        self._waiting: deque[tuple[Any, ...]] = deque(maxlen=MOST_WAITING)
        self._wake = asyncio.Event()
        self._clock = clock

    def put(self, *words: Any) -> None:
        self._waiting.append(words)
        self._wake.set()

    async def write(self, redis: Redis) -> None:
        while True:
            await self._clock.sample(redis)
            while self._waiting:
                first = self._waiting[0]
                await command(redis, *first)
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SAMPLE_EVERY):
                    await self._wake.wait()


async def command(redis: Redis, *words: Any, within: float = HUNG_AFTER) -> Any:
    """Redis's answer; TimeoutError when it hangs.

    redis-py swallows a cancellation that comes in the same turn of the loop as the answer: then it is raised here.
    """
    async with asyncio.timeout(within):
        answer = await redis.execute_command(*words)  # type: ignore[no-untyped-call]
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    return answer


def here_ms() -> float:
    """This process's monotonic clock."""
    return asyncio.get_running_loop().time() * 1000


def _order(place: str) -> tuple[int, int]:
    ms, _, number = place.partition("-")
    return int(ms), int(number)


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Tasks that live as long as it is entered."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
