"""A real Asterisk with the shop's configuration, whose carrier and agents' phones are SIPp's, as fixtures.

``shop`` is a fresh one for the test, ``asterisk`` its Asterisk. For one that a whole module shares, write a fixture of
module scope around ``running_shop``.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from config.asterisk_folder.adapt import Changes
from config.asterisk_folder.find import Asterisk, find_or_make
from config.asterisk_folder.instance import Instance, running_asterisk
from config.asterisk_folder.ports import LOOPBACK, free_port
from config.demo import AGENTS, SHOP_CONF, merged, towards
from tests.real.scenarios import Caller, Phone
from tests.real.sipp import Sipp, answering, calling

FRONT_DESK = "1000"


@dataclass(frozen=True, slots=True)
class Shop:
    """``phones`` and ``carrier`` are the ports where the Asterisk looks for them; a SIPp may come and go there."""

    asterisk: Instance
    phones: Mapping[str, int]
    carrier: int

    def phone(self, extension: str, does: Phone = Phone()) -> AbstractContextManager[Sipp]:  # noqa: B008 - frozen
        """The phone 1000 (front desk), 1001, 1002 or 1003."""
        return answering(does, self.phones[extension])

    def called(self, does: Phone = Phone()) -> AbstractContextManager[Sipp]:  # noqa: B008 - frozen
        """The far end of what the shop dials through its carrier."""
        return answering(does, self.carrier)

    def calls(self, caller: Caller = Caller(), count: int = 1, rate: float = 5) -> AbstractContextManager[Sipp]:  # noqa: B008
        """Customers who call in."""
        return calling(self.asterisk.ports.sip, caller, count, rate)

    async def log_in(self, extension: str, queue: str = "support") -> None:
        await self.asterisk.rx(f"queue add member PJSIP/{extension} to {queue}")

    async def log_out(self, extension: str, queue: str = "support") -> None:
        await self.asterisk.rx(f"queue remove member PJSIP/{extension} from {queue}")


@asynccontextmanager
async def running_shop(home: Asterisk, changes: Changes | None = None) -> AsyncIterator[Shop]:
    """A shop until the context closes; ``changes`` are to its configuration."""
    phones = {extension: free_port(socket.SOCK_DGRAM) for extension in (FRONT_DESK, *AGENTS)}
    carrier = free_port(socket.SOCK_DGRAM)
    contacts = {
        (f"[{extension}](aor)", "contact"): f"sip:{extension}@{LOOPBACK}:{port}" for extension, port in phones.items()
    }
    wanted = merged(merged(towards(carrier), {"pjsip.conf": contacts}), changes or {})
    async with running_asterisk(home, SHOP_CONF, "main", wanted) as asterisk:
        yield Shop(asterisk, phones, carrier)


@pytest.fixture(scope="session")
def asterisk_home() -> Asterisk:
    """The Asterisk of this machine, or the one in a folder, made on first use."""
    return find_or_make(print)


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home) as running:
        yield running


@pytest.fixture
def asterisk(shop: Shop) -> Instance:
    return shop.asterisk
