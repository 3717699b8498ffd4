"""From the server's frame to the wallboard's screen: 1,000 agents, ten queues, 20 calls a second, a real Chromium.

``python -m tests.bench wallboard_screen``. Asterisk is played as in ``bench_ring``; Helin is the whole of it, in a
process of its own, and notes when it writes each message for the supervisor's socket. The supervisor's page is the one
that is shipped. A script that runs before the page's own counts, for each message as it comes, how many agents are in
each state; the page says the same in its row of states. A message counts as painted when the list or that row was
drawn anew, the row shows the counts that were true after it or after a later one, and the frame after that was drawn.
Where two messages within one drawing take each other back, the counts cannot tell whether they are in: they may count
as painted one drawing (a tenth of a second) too early. All clocks are this machine's.

Half of the time the list of agents stands, half of it it is scrolled by 40 pixels a frame. Exit status 1 when p99 is
250 ms or more in either half.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from cti.recorded import RecordedAsterisk
from cti.recorded_world import member
from tests.bench.bench_ring import CONTACTS, Child, play
from tests.bench.ring_calls import calls, interface
from tests.bench.table import Row, show
from tests.real.browser import running_browser

MOST = 0.250
QUEUES = tuple(f"queue{n}" for n in range(10))
WARM = 5.0
"""Seconds that are played before anything is measured."""
AHEAD, MADE_A_SECOND = 3.0, 20
"""Seconds, and calls, allowed for making the calls up before the first is played."""
LONG_FRAME_MS = 1000 / 60 * 1.5
"""One at least was left out."""

WATCH = """(() => {
  const STATES = ['ready', 'ringing', 'talking', 'hold', 'wrap_up', 'paused', 'offline'];
  const seen = window.seen = { sockets: 0, strange: 0, painted: [], long: [], frames: [] };
  const agents = new Map();
  const counts = new Map();
  let pending = [];
  const stateOf = ({ leg, state }) => (leg === 'none' ? state : leg);
  const more = (state, by) => counts.set(state, (counts.get(state) ?? 0) + by);
  const put = agent => {
    if (agents.has(agent.id)) more(agents.get(agent.id), -1);
    agents.set(agent.id, stateOf(agent));
    more(stateOf(agent), 1);
  };
  const hear = message => {
    if (message.type === 'result') return;
    if (message.type === 'snapshot') {
      agents.clear();
      counts.clear();
      pending = [];
      message.agents.forEach(put);
    }
    if (message.type === 'agent.state') put(message.agent);
    pending.push([message.seq, Date.now(), Date.parse(message.at), STATES.map(s => counts.get(s) ?? 0).join()]);
  };
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...words) {
      super(...words);
      seen.sockets += 1;
      this.addEventListener('message', ({ data }) => hear(JSON.parse(data)));
    }
  };
  let shown = '';
  const LIST = 'section[tabindex], fieldset';
  const ofTheList = ({ target }) => (target.closest ? target : target.parentElement)?.closest(LIST);
  new MutationObserver(changes => {
    if (pending.length === 0 || !changes.some(ofTheList)) return;
    const now = Array.from(document.querySelectorAll('fieldset b.digits'), each => each.textContent).join();
    const last = pending.findLastIndex(each => each[3] === now);
    if (last < 0) {
      seen.strange += now !== '' && now !== shown;
      return;
    }
    shown = now;
    const done = pending.splice(0, last + 1);
    requestAnimationFrame(() => setTimeout(() => {
      const at = Date.now();
      for (const [seq, came, happened] of done) seen.painted.push([seq, came, happened, at]);
    }));
  }).observe(document, { subtree: true, childList: true, characterData: true });
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries())
      seen.long.push([performance.timeOrigin + startTime, duration]);
  }).observe({ entryTypes: ['longtask'] });
  let before = 0;
  const frame = at => {
    if (before) seen.frames.push([performance.timeOrigin + at, at - before]);
    before = at;
    const list = window.scrolled;
    if (list) {
      const end = list.scrollHeight - list.clientHeight;
      if (list.scrollTop >= end - 1) window.by = -40;
      if (list.scrollTop <= 0) window.by = 40;
      list.scrollTop += window.by;
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()"""
SCROLL = """() => {
  window.scrolled = Array.from(document.querySelectorAll('section[tabindex]')).find(each => each.querySelector('li'));
  return window.scrolled.scrollHeight;
}"""


@dataclass(frozen=True, slots=True)
class Half:
    """Milliseconds from the frame's writing, from the page's hearing, from what the message tells of, to the screen."""

    name: str
    from_frame: list[float]
    from_heard: list[float]
    from_fact: list[float]
    frames: list[float]
    long_tasks: list[float]


def half(name: str, seen: dict[str, Any], written: list[float], begin: float, end: float) -> Half:
    """Of what was written, or drawn, between ``begin`` and ``end`` (seconds since 1970)."""
    painted = [each for each in seen["painted"] if begin <= written[each[0] - 1] < end]
    inside = [(at, long) for at, long in seen["frames"] if begin * 1000 <= at < end * 1000]
    return Half(
        name,
        [at - written[seq - 1] * 1000 for seq, _, _, at in painted],
        [at - came for _, came, _, at in painted],
        [at - happened for _, _, happened, at in painted],
        [long for _, long in inside],
        [long for at, long in seen["long"] if begin * 1000 <= at < end * 1000],
    )


async def opened(page: Page, at: dict[str, Any], agents: int) -> None:
    """The wallboard, with every agent in its list."""
    url = at["url"].replace("ws://", "http://").removesuffix("/panel")
    await page.context.add_cookies([{"name": "helin", "value": at["supervisor"], "url": url}])
    await page.goto(f"{url}/wall?hide=")
    await page.wait_for_selector(f"li[aria-setsize='{agents}']", timeout=60_000)


async def watched(asterisk: RecordedAsterisk, page: Page, given: argparse.Namespace) -> tuple[list[Half], int]:
    with tempfile.TemporaryDirectory() as folder:
        task = {"agents": given.agents, "contacts": CONTACTS, "queues": QUEUES}
        helin = await Child.start("ring_helin", ami=asterisk.port, folder=folder, **task)
        try:
            at = json.loads(await helin.hears())
            await opened(page, at, given.agents)
            began = time.time() + AHEAD + (WARM + given.seconds) * given.rate / MADE_A_SECOND
            count = int((WARM + given.seconds) * given.rate)
            said = await asyncio.to_thread(calls, count, given.rate, given.agents, CONTACTS, began, QUEUES)
            gc.collect()
            if time.time() > began:
                raise RuntimeError("this machine is too busy to measure anything: making up the calls took too long")
            playing = asyncio.create_task(play(asterisk, said, began))
            middle, end = began + WARM + given.seconds / 2, began + WARM + given.seconds
            await asyncio.sleep(middle - time.time())
            await page.evaluate(SCROLL)
            scrolls = time.time()
            await playing
            await asyncio.sleep(2)
            seen = await page.evaluate("window.seen")
            await helin.say("enough")
            (written,) = json.loads(await helin.hears())["written"]
        finally:
            await helin.end()
    if seen["sockets"] != 1 or seen["strange"]:
        raise RuntimeError(f"{seen['sockets']} sockets, and {seen['strange']} pictures that no message accounts for")
    halves = [
        half("standing", seen, written, began + WARM, middle),
        half("scrolling", seen, written, scrolls, end),
    ]
    return halves, len(written)


def at(share: float, times: list[float]) -> float:
    return statistics.quantiles(times, n=1000, method="inclusive")[int(share * 1000) - 1]


def rows(one: Half) -> list[Row]:
    dropped = sum(long > LONG_FRAME_MS for long in one.frames)
    p99 = at(0.99, one.from_frame)
    bound = f"under {MOST * 1000:g} ms"
    return [
        Row(f"{one.name}: frame to screen, median", f"{at(0.5, one.from_frame):,.0f} ms"),
        Row(f"{one.name}: frame to screen, p99", f"{p99:,.0f} ms", None, bound, p99 < MOST * 1000),
        Row(f"{one.name}: of it since the page heard it, p99", f"{at(0.99, one.from_heard):,.0f} ms"),
        Row(f"{one.name}: from Asterisk's event to screen, p99", f"{at(0.99, one.from_fact):,.0f} ms"),
        Row(f"{one.name}: frames drawn late", f"{dropped:,} of {len(one.frames):,}"),
        Row(f"{one.name}: frame to frame, p99", f"{at(0.99, one.frames):,.0f} ms"),
        Row(
            f"{one.name}: tasks over 50 ms", f"{len(one.long_tasks)}, longest {max(one.long_tasks, default=0):,.0f} ms"
        ),
    ]


async def measure(given: argparse.Namespace) -> tuple[list[Half], int]:
    async with running_browser() as browser, RecordedAsterisk() as asterisk:
        asterisk.world.queues.update(dict.fromkeys(QUEUES))
        for agent in range(given.agents):
            key = (QUEUES[agent % len(QUEUES)], interface(agent))
            asterisk.world.members[key] = member(*key, f"Agent {agent}")
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.add_init_script(WATCH)
        return await watched(asterisk, page, given)


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--agents", type=int, default=1_000)
    asked.add_argument("--rate", type=float, default=20.0, help="calls a second")
    asked.add_argument("--seconds", type=float, default=40.0)
    given = asked.parse_args(words)
    before = os.getloadavg()[0]
    halves, messages = asyncio.run(measure(given))
    title = f"Wallboard in Chromium: {given.agents:,} agents, {given.rate:g} calls/s, {messages:,} messages"
    load = Row("the machine's load, before and after", f"{before:.1f}, {os.getloadavg()[0]:.1f}")
    show(title, [*(row for one in halves for row in rows(one)), load])
    return 0 if all(at(0.99, one.from_frame) < MOST * 1000 for one in halves) else 1


if __name__ == "__main__":
    sys.exit(main())
