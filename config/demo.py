"""A contact centre to try out, without a carrier and without a headset: two Asterisks and the people around them.

The *shop* runs ``config/asterisk``, the configuration that a shop would install. The *world* (``config/world``) is its
carrier and its agents' telephones: customers ring in from it, and it picks up when an agent's phone rings. Helin is
attached to the shop and knows nothing of the world.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from config.asterisk_folder.adapt import Changes
from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance, running_asterisk
from config.asterisk_folder.ports import LOOPBACK

HERE = Path(__file__).parent
SHOP_CONF = HERE / "asterisk"
WORLD_CONF = HERE / "world"
AGENTS = ("1001", "1002", "1003")
# What callers dial, and how often: support is asked for twice as much as sales.
DIALLED = (("+3725550100", "support", 2), ("+3725550200", "sales", 1))
PATIENCE_SECONDS = (60, 120)


@dataclass(frozen=True, slots=True)
class Ring:
    """One call of a customer. ``patience`` is how long they wait, ``talk`` how long they talk at most, in seconds."""

    number: str
    to: str
    patience: int
    talk: int
    what: str


@dataclass(frozen=True, slots=True)
class Demo:
    shop: Instance
    world: Instance

    async def ring_in(self, numbers: Sequence[str], said: Callable[[str], None], every_seconds: float = 15) -> None:
        """A customer calls every so many seconds, until cancelled; ``said`` gets a line for each."""
        count, dice = 0, random.Random()  # noqa: S311 - who calls is no secret
        while True:
            count += 1
            ring = a_ring(numbers, dice)
            said(ring.what)
            self.place(f"caller-{count}", ring)
            await asyncio.sleep(every_seconds)

    def place(self, name: str, ring: Ring) -> None:
        """Lets this customer call now."""
        self.world.place_call(name, call_file(ring))


@asynccontextmanager
async def running_demo(
    asterisk: Asterisk, changes: Changes | None = None, agents: Sequence[str] = AGENTS
) -> AsyncIterator[Demo]:
    """Runs shop and world, connected. ``changes`` are to the shop's configuration; ``agents`` have robots for
    phones.
    """
    async with AsyncExitStack() as undo:
        world = await undo.enter_async_context(running_asterisk(asterisk, WORLD_CONF, "world"))
        wanted = merged(towards(world.ports.sip, agents), changes or {})
        shop = await undo.enter_async_context(running_asterisk(asterisk, SHOP_CONF, "main", wanted))
        world.change("pjsip.conf", {("[shop]", "contact"): f"sip:{LOOPBACK}:{shop.ports.sip}"})
        await world.rx("module reload res_pjsip.so")
        yield Demo(shop, world)


def towards(sip_port: int, agents: Sequence[str] = AGENTS) -> Changes:
    """The shop's trunk and these agents' phones are at this port of 127.0.0.1, as SIP phones instead of browsers."""
    here = f"{LOOPBACK}:{sip_port}"
    return {
        "pjsip.conf": {
            ("[trunk]", "contact"): f"sip:{here}",
            **{
                (f"[{agent}](softphone)", key): "no"
                for agent in agents
                for key in ("webrtc", "dtls_auto_generate_cert")
            },
            **{(f"[{agent}](aor)", "contact"): f"sip:{agent}@{here}" for agent in agents},
        }
    }


def a_ring(numbers: Sequence[str], dice: random.Random) -> Ring:
    """Mostly somebody we know; one in eight is a stranger, one in eight loses patience after a few seconds."""
    to, queue, _ = dice.choices(DIALLED, weights=[weight for *_, weight in DIALLED])[0]
    if numbers and dice.random() > 1 / 8:
        number, who = dice.choice(numbers), "a customer"
    else:
        number, who = f"+3725559{dice.randrange(10_000):04}", "a stranger"
    if dice.random() < 1 / 8:
        patience = dice.randint(6, 12)
        return Ring(number, to, patience, patience, f"{number}, {who}, calls {queue} and will not wait long")
    patience = dice.randint(*PATIENCE_SECONDS)
    return Ring(number, to, patience, patience + 30, f"{number}, {who}, calls {queue}")


def call_file(ring: Ring) -> str:
    """For the world's spool folder."""
    return "\n".join(
        (
            f"Channel: PJSIP/{ring.to}@shop",
            f"CallerID: <{ring.number}>",
            f"WaitTime: {ring.patience}",
            "Context: talk",
            "Extension: customer",
            f"Setvar: TALK_SECONDS={ring.talk}",
            "",
        )
    )


def merged(one: Changes, other: Changes) -> Changes:
    """Both; where they differ, ``other`` counts."""
    return {file: {**one.get(file, {}), **other.get(file, {})} for file in {*one, *other}}
