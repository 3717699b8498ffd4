"""Forty callers of three tiers and eight agents of three skills: who got whom is what the what-if says."""

from __future__ import annotations

import asyncio
import itertools
import statistics
from pathlib import Path

from config.asterisk_folder.find import Asterisk
from tests.real.floor import ONE_POOL, all_over, free_to_ring, played, rings, running_floor, unlike, what_happened
from tests.real.service import signed_in, until

LOOKS = 1.5
"""app_queue looks once a second."""


async def test_who_gets_whom_is_what_the_what_if_says(asterisk_home: Asterisk, tmp_path: Path) -> None:
    callers = rings(40)
    async with running_floor(asterisk_home, tmp_path, "direct", callers) as floor:
        await floor.log_in()
        async with signed_in(floor.helin.url, "supervisor") as supervisor:
            with floor.answered(), floor.calls(callers, 5) as calling:
                await calling.done(120)
            await all_over(supervisor, floor)
            done = what_happened(floor, callers)
    assert len(done) == len(callers)
    assert unlike(done) == []
    assert sum(1 for one in done if one.rang - one.queued > 1) > 10, "it was a day on which callers waited"
    assert statistics.median(free_to_ring(done)) < 1


async def test_app_queue_serves_one_pool_in_the_order_of_the_what_if(asterisk_home: Asterisk, tmp_path: Path) -> None:
    """All callers are there before the first agent is: from then on tiers decide, and app_queue can do that."""
    callers = rings(24, queues=("estonian",))
    async with (
        running_floor(asterisk_home, tmp_path, "assist", callers, ONE_POOL) as floor,
        signed_in(floor.helin.url, "supervisor") as supervisor,
    ):
        with floor.answered(), floor.calls(callers, 8) as calling:
            await until(lambda: calling.notes()["answered"] == len(callers), "all are in line")
            # Who came last must have waited long enough for tiers to count for more than age.
            await asyncio.sleep(6)
            await floor.log_in()
            await calling.done(120)
        await all_over(supervisor, floor)
        done = what_happened(floor, callers)
    first = min(one.rang for one in done)
    said = played(done, ONE_POOL, open_at=first)
    order = sorted(zip(done, said, strict=True), key=lambda pair: pair[0].queued + pair[1].waited)
    for (before, _), (after, _) in itertools.pairwise(order):
        assert before.rang < after.rang + LOOKS
