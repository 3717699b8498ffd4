"""From a free agent to the ring, and who got whom: mode *direct* beside ``app_queue``, on a real Asterisk with SIPp.

``python -m tests.bench direct``: callers of three tiers and three skills, eight agents (:mod:`tests.real.floor`), first
in mode *direct*, then the same callers in mode *assist* with a queue for each skill. The time runs from the moment in
which caller and agent were both there (Asterisk's stamps of the wait's beginning and of the end of the agent's leg
before) until Asterisk dials the agent's phone. Each day as it happened is played by the what-if. Exit status 1 when the
median in mode *direct* is over 300 ms, or somebody got another agent than the what-if says.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from config.asterisk_folder.find import find_or_make
from tests.bench.table import Row, show
from tests.real.floor import Done, Mode, all_over, free_to_ring, rings, running_floor, unlike, what_happened
from tests.real.service import signed_in

MOST_SECONDS = 0.300
PER_SECOND = 4.0
MODES: tuple[Mode, ...] = ("direct", "assist")


async def day(mode: Mode, count: int) -> list[Done]:
    callers = rings(count)
    with tempfile.TemporaryDirectory() as folder:
        async with running_floor(find_or_make(print), Path(folder), mode, callers) as floor:
            await floor.log_in()
            async with signed_in(floor.helin.url, "supervisor") as supervisor:
                with floor.answered(), floor.calls(callers, PER_SECOND) as calling:
                    await calling.done(60 + count)
                await all_over(supervisor, floor)
                return what_happened(floor, callers)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--calls", type=int, default=120)
    count: int = words.parse_args().calls
    direct, assist = (asyncio.run(day(mode, count)) for mode in MODES)
    ours, theirs = free_to_ring(direct), free_to_ring(assist)
    same = count - len(unlike(direct))
    median, peer = statistics.median(ours), statistics.median(theirs)
    soon = median <= MOST_SECONDS
    waited = [
        statistics.fmean(one.rang - one.queued for one in done if one.agent is not None) for done in (direct, assist)
    ]
    show(
        f"From a free agent to the ring: {count} callers, three tiers and skills, eight agents",
        [
            Row("app_queue (assist), median", f"{peer * 1000:,.0f} ms", 1.0),
            Row("app_queue, longest", f"{max(theirs) * 1000:,.0f} ms"),
            Row(
                "direct, median", f"{median * 1000:,.0f} ms", median / peer, f"at most {MOST_SECONDS * 1000:g} ms", soon
            ),
            Row("direct, longest", f"{max(ours) * 1000:,.0f} ms"),
            Row("direct: got whom the what-if says", f"{same} of {count}", None, "all", same == count),
            Row("mean wait, app_queue", f"{waited[1]:.1f} s", 1.0),
            Row("mean wait, direct", f"{waited[0]:.1f} s", waited[0] / waited[1]),
        ],
    )
    return 0 if soon and same == count else 1


if __name__ == "__main__":
    sys.exit(main())
