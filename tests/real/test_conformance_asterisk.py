"""A real Asterisk with the sample configuration passes the suite that the stand-in passes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.asterisk_folder.find import Asterisk
from cti.link import AsteriskAddress
from tests.cti import conformance
from tests.real.asterisk import running_shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(asterisk_home: Asterisk) -> AsyncIterator[AsteriskAddress]:
    async with running_shop(asterisk_home) as shop:
        asterisk = shop.asterisk
        yield AsteriskAddress("main", "127.0.0.1", asterisk.ports.ami, "helin", asterisk.secret)


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
async def test_conformance(address: AsteriskAddress, check: conformance.Check) -> None:
    await conformance.run(check, address)
