"""A caller whom Helin knows stands at the right place of Asterisk's queue from the first moment, not after a move."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from tests.real.asterisk import Shop
from tests.real.scenarios import Caller
from tests.real.service import configured

GOOD, STRANGER = "+37255501000", "+37255509999"


async def waiting(shop: Shop, count: int, seconds: float = 30) -> list[tuple[str, int]]:
    """Channels and priorities of those who wait, first to last, once they are so many."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = await shop.asterisk.rx("queue show support")
        found = [(channel, int(priority)) for channel, priority in re.findall(r"\d+\. (\S+) .*prio: (\d+)", said)]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {count} waiting after {seconds} s: {said}")


async def test_a_good_customer_who_comes_second_is_first_in_the_queue_at_once(shop: Shop, tmp_path: Path) -> None:
    async with configured(tmp_path, shop.asterisk) as helin:
        (tmp_path / "people.csv").write_text(f"Name,Phone,Company,Tier\nMari Maasikas,{GOOD},Maasikas OÜ,A\n")
        done = helin.run("import", "contacts", str(tmp_path / "people.csv"))
        assert done.returncode == 0, done.stderr
        helin.start()
        await helin.until_ready()
        with shop.calls(Caller(number=STRANGER, cancel_ms=60_000)):
            ((first, _),) = await waiting(shop, 1)
            with shop.calls(Caller(number=GOOD, cancel_ms=60_000)):
                line = await waiting(shop, 2)
        assert [priority for _, priority in line] == [4, 0]
        assert line[1][0] == first
        entered = [row for row in shop.asterisk.queue_log() if row[4] == "ENTERQUEUE"]
        assert [(row[6], row[7]) for row in entered] == [(STRANGER, "1"), (GOOD, "1")], "first on entry, not by a move"
