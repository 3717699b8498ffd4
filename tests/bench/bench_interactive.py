"""How soon the agent's page can be used: cold cache, 4 × slowed processor (DevTools), Helin on this machine.

``python -m tests.bench interactive``. Two loads, each in a fresh browser profile and with an empty cache:

* *the sign-in page*: from the address to a form that can be filled in;
* *the desk*, of an agent who is signed in already (only the cookie is there): from the address to the desk with its
  live picture. The softphone's script is fetched once the desk stands, and only for who talks in the browser: it is
  neither waited for nor part of the first load, and counted in a line of its own.

*Interactive* is as Lighthouse has it: what is waited for has been drawn, and the main thread was not busy for longer
than 50 ms at a time from then on for 2 s; the time is the end of the last such long task, or of the drawing. Scripts
are counted as they came over the wire. Exit status 1 when a median is over 1.5 s or a first load is over 250 KB.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from config.asterisk_folder.find import find_or_make
from tests.bench.table import Row, show
from tests.real.browser import FAKE_MICROPHONE, running_browser
from tests.real.service import PASSWORD
from tests.real.softphones import running_office

SLOWED = 4
MOST_SECONDS = 1.5
MOST_BYTES = 250 * 1024
SIGN_IN, DESK = "form button[type=submit]", "#main h1:not(.for-ears)"
WATCH = """
window.busy = [];
new PerformanceObserver(list => {
  for (const each of list.getEntries()) window.busy.push(each.startTime + each.duration);
}).observe({ type: 'longtask', buffered: true });
"""
INTERACTIVE = """async wanted => {
  const frame = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
  while (!document.querySelector(wanted)) await frame();
  await frame();
  const drawn = performance.now();
  const last = () => Math.max(drawn, ...window.busy);
  while (performance.now() - last() < 2000) await new Promise(resolve => setTimeout(resolve, 50));
  const scripts = performance.getEntriesByType('resource').filter(each => /\\.js$/.test(each.name));
  const bytes = of => of.reduce((sum, each) => sum + each.encodedBodySize, 0);
  const phone = scripts.filter(each => /\\/softphone-/.test(each.name));
  return { drawn, interactive: last(), phone: bytes(phone), first: bytes(scripts) - bytes(phone) };
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds, and bytes of scripts: the first load's, and the softphone's."""

    drawn: float
    interactive: float
    first: int
    phone: int


async def load(browser: Browser, url: str, wanted: str, state: Any, worker: bool = True) -> Load:
    """``worker``: with the page's service worker, which fetches what it keeps meanwhile and hides how it came."""
    async with await browser.new_context(
        locale="et",
        viewport={"width": 1280, "height": 860},
        permissions=["microphone"],
        storage_state=state,
        service_workers="allow" if worker else "block",
    ) as context:
        await context.add_init_script(WATCH)
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("Network.clearBrowserCache")
        await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        await page.goto(url, wait_until="commit")
        said = await page.evaluate(INTERACTIVE, wanted)
        return Load(said["drawn"] / 1000, said["interactive"] / 1000, said["first"], said["phone"])


async def signed_in(browser: Browser, url: str) -> Any:
    async with await browser.new_context() as context:
        answer = await context.request.post(f"{url}/api/v1/session", data={"login": "agent1", "password": PASSWORD})
        assert answer.ok, await answer.text()
        return await context.storage_state()


async def measure(times: int) -> dict[str, tuple[list[Load], Load]]:
    """For each page the loads for the time, and one for the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running_office(find_or_make(print), Path(folder), {}) as (_, helin),
            running_browser(*FAKE_MICROPHONE) as browser,
        ):
            state = await signed_in(browser, helin.url)
            wanted = {"the sign-in page": (SIGN_IN, None), "the desk": (DESK, state)}
            return {
                name: (
                    [await load(browser, helin.url, what, known) for _ in range(times)],
                    await load(browser, helin.url, what, known, worker=False),
                )
                for name, (what, known) in wanted.items()
            }


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=9)
    times: int = words.parse_args().times
    rows, good = [], True
    for name, (loads, bare) in asyncio.run(measure(times)).items():
        seconds = statistics.median(each.interactive for each in loads)
        shown = statistics.median(each.drawn for each in loads)
        fast, small = seconds <= MOST_SECONDS, bare.first <= MOST_BYTES
        rows += [
            Row(f"{name}: drawn, median", f"{shown:.2f} s"),
            Row(f"{name}: interactive, median", f"{seconds:.2f} s", None, f"at most {MOST_SECONDS} s", fast),
            Row(f"{name}: scripts", f"{bare.first / 1024:.1f} KB", None, "at most 250 KB", small),
        ]
        rows += [Row(f"{name}: and the softphone's", f"{bare.phone / 1024:.1f} KB")] if bare.phone else []
        good = good and fast and small
    show(f"The page on a cold cache, the processor slowed {SLOWED} times, {times} loads of each", rows)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
