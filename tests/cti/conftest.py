"""The stand-in Asterisk, and links to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cti.link import AsteriskAddress, Counts, Link
from cti.recorded import Account, RecordedAsterisk
from cti.translate import WANTED

CAPTURES = Path(__file__).parent.parent / "captures"


@pytest.fixture
async def asterisk() -> AsyncIterator[RecordedAsterisk]:
    async with RecordedAsterisk() as running:
        running.world.queues["support"] = None
        yield running


def address_of(asterisk: RecordedAsterisk, secret: str = "recorded") -> AsteriskAddress:  # noqa: S107
    return AsteriskAddress("main", asterisk.host, asterisk.port, "helin", secret)


class Ear:
    """Collects what a link gives."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.lost: list[str] = []

    def hear(self, batch: list[bytes]) -> None:
        self.messages += batch


@asynccontextmanager
async def linked(
    asterisk: RecordedAsterisk, hear: Callable[[list[bytes]], None] | None = None
) -> AsyncIterator[tuple[Link, Ear]]:
    ear = Ear()
    link = Link(address_of(asterisk), Counts(WANTED), hear or ear.hear, ear.lost.append)
    await link.open()
    try:
        yield link, ear
    finally:
        link.close("test over")


async def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until it is so; the test fails when it never is."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.005)


def account(read: str = "all", write: str = "all") -> Account:
    return Account(read=frozenset(read.split(",")), write=frozenset(write.split(",")))
