"""Forty callers of three tiers and eight agents of three skills: who got whom is what the what-if says."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

from config.asterisk_folder.find import Asterisk
from tests.real.floor import (
    SKILLS,
    all_over,
    free_to_ring,
    not_least_recent,
    out_of_turn,
    rings,
    running_floor,
    unlike,
    what_happened,
)
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


async def test_app_queue_serves_each_queue_in_the_order_of_the_rules(asterisk_home: Asterisk, tmp_path: Path) -> None:
    """All callers are there before the first agent is. What app_queue can express: the order in each queue, and of the
    agents of a queue the one who has been free for longest. Which of their queues an agent serves next is its own."""
    callers = rings(40)
    async with (
        running_floor(asterisk_home, tmp_path, "assist", callers) as floor,
        signed_in(floor.helin.url, "supervisor") as supervisor,
    ):
        with floor.answered(), floor.calls(callers, 8) as calling:
            await until(lambda: calling.notes()["answered"] == len(callers), "all are in line")
            # Who came last must have waited long enough for tiers to count for more than age.
            await asyncio.sleep(6)
            await floor.log_in()
            await calling.done(180)
        await all_over(supervisor, floor)
        done = what_happened(floor, callers)
    assert [one.ring.number for one in done if one.agent is None] == []
    assert all(one.ring.queue in SKILLS[str(one.agent)[1:]] for one in done)
    assert out_of_turn(done, LOOKS) == []
    assert not_least_recent(done, LOOKS) == []
    in_order_of_coming = sorted(done, key=lambda one: one.rang) == sorted(done, key=lambda one: one.queued)
    assert not in_order_of_coming, "it was a day on which tiers decided"
