"""Which Asterisk the demonstration plays on, and who rings in there.

In this order: the one that the settings name; else this machine's own, else one in a folder, both with the shop's
configuration and a world around it (:mod:`config.demo`); else, where none can be had, recorded calls
(:mod:`cti.recorded`). Whichever it is, the screen says so, and what that means.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from config.asterisk_folder.adapt import Changes
from config.asterisk_folder.find import NoAsterisk, find_or_make
from config.asterisk_folder.instance import AsteriskFailed, Instance
from config.demo import AGENTS, running_demo
from config.errors import HelinError
from config.settings import Asterisk
from cti.errors import LinkError
from cti.link import AsteriskAddress, Counts, Link
from cti.recorded import Account, RecordedAsterisk, perform
from cti.recorded_world import member
from cti.tape import read_tape

QUEUES = ("support", "sales")
RECORDINGS = Path(__file__).parent / "recordings"
RING_EVERY_SECONDS = 15.0
RECORDED_SPEED = 0.4
"""The recordings' phones pick up after a second: slowed down, a ring can be seen."""
HEADSET = (
    "A customer rings in every 15 seconds. agent1's phone is the browser: sign in, go ready, answer. "
    "Phones that need no headset answer for agent2 and agent3."
)
ROBOTS = AGENTS[1:]
"""Phones that need no headset. The first agent's phone is the browser of whoever signs in as that agent."""

Say = Callable[[str], None]


RECORDED: Changes = {"extensions.conf": {("[globals]", "HELIN_RECORD_support"): "yes"}}


@dataclass(frozen=True, slots=True)
class Stage:
    """``which`` Asterisk, and what that ``means``: sentences for the screen. ``ring_in`` goes on for ever, if it is.

    ``recordings``: the folder that it records into, if it is here. ``own_world``: nothing that it dials reaches
    anybody's telephone, so that it may have a campaign to look at.
    """

    which: str
    means: str
    asterisks: tuple[Asterisk, ...]
    ring_in: Callable[[Sequence[str], Say], Awaitable[None]] | None = None
    recordings: Path | None = None
    own_world: bool = False


@asynccontextmanager
async def opened_stage(configured: Sequence[Asterisk], progress: Say) -> AsyncIterator[Stage]:
    """``progress`` gets a line for each step. Raises HelinError when an Asterisk that was asked for cannot be had."""
    async with AsyncExitStack() as stack:
        if configured:
            yield await _configured(configured)
            return
        try:
            stage = await stack.enter_async_context(_own(progress))
        except (NoAsterisk, AsteriskFailed) as why:
            if os.environ.get("HELIN_ASTERISK_FOLDER"):
                raise
            stage = await stack.enter_async_context(_recorded(str(why)))
        yield stage


async def _configured(asterisks: Sequence[Asterisk]) -> Stage:
    for one in asterisks:
        await _let_in(one)
    names = ", ".join(f"{one.name} at {one.host}:{one.port}" for one in asterisks)
    means = (
        "Nobody is made to ring there and no queue is touched: call in yourself. "
        "The customers are invented, and kept in var/demo, not in your store."
    )
    return Stage(f"The Asterisk of your settings: {names}.", means, tuple(asterisks))


async def _let_in(one: Asterisk) -> None:
    address = AsteriskAddress(one.name, one.host, one.port, one.username, one.secret, one.tls)
    link = Link(address, Counts([]), lambda _: None, lambda _: None)
    try:
        await link.open()
    except LinkError as error:
        raise HelinError(
            f"the Asterisk {one.name} of the settings cannot be used: {error}; mend that (helin doctor), "
            "or take it out of the settings to try Helin with another one"
        ) from None
    link.close("tried")


@asynccontextmanager
async def _own(progress: Say) -> AsyncIterator[Stage]:
    asterisk = await asyncio.to_thread(find_or_make, progress)
    async with running_demo(asterisk, RECORDED, agents=ROBOTS) as demo:
        for extension in ROBOTS:
            for queue in QUEUES:
                await demo.shop.rx(f"queue add member PJSIP/{extension} to {queue}")

        async def ring_in(numbers: Sequence[str], said: Say) -> None:
            await demo.ring_in(numbers, said, RING_EVERY_SECONDS)

        place = (
            f"in the folder {asterisk.root}" if asterisk.in_folder else "of this machine, with a configuration apart"
        )
        yield Stage(
            f"A real Asterisk {asterisk.version} {place}.",
            HEADSET,
            (_settings_of(demo.shop),),
            ring_in,
            demo.shop.folder / "spool/monitor",
            own_world=True,
        )


def _settings_of(shop: Instance) -> Asterisk:
    url = f"ws://127.0.0.1:{shop.ports.http}/ws"
    return Asterisk(port=shop.ports.ami, secret=shop.secret, websocket_url=url, records=str(shop.folder / "log"))


@asynccontextmanager
async def _recorded(why: str) -> AsyncIterator[Stage]:
    tapes = [read_tape(path) for path in sorted(RECORDINGS.glob("*.txt"))]
    secret = secrets.token_hex(16)
    async with RecordedAsterisk([Account(secret=secret)]) as asterisk:
        for queue in QUEUES:
            asterisk.world.queues[queue] = None
            for extension in AGENTS:
                one = member(queue, f"PJSIP/{extension}", f"Agent {extension[-1]}")
                asterisk.world.members[queue, f"PJSIP/{extension}"] = one

        async def ring_in(numbers: Sequence[str], said: Say) -> None:
            def calls(number: bytes) -> None:
                said(f"{number.decode()}, a recorded call")

            callers = [number.encode() for number in numbers]
            await perform(asterisk, tapes, callers, RING_EVERY_SECONDS, RECORDED_SPEED, calls)

        means = (
            "Every 15 seconds a call that was recorded on a real one is played as a new customer's, always to agent1: "
            "panel, log and reports are real, but no sound flows, nobody can be dialled, and a pause keeps no call off."
        )
        yield Stage(
            f"No Asterisk, but recorded calls. {why}",
            means,
            (Asterisk(port=asterisk.port, secret=secret),),
            ring_in,
            own_world=True,
        )
