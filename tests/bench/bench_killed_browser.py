"""A caller is talking, and the agent's browser is killed (SIGKILL) or reloaded: who has the caller then, and how soon?

``python -m tests.bench killed_browser``: the shop as it is shipped, real Chromiums, SIPp as the caller. In turn

* *killed, a colleague takes over*: the caller is kept 20 s for the same agent, then a colleague is rung and answers;
* *killed, started anew*: the agent signs in again in a new browser, is rung and answers;
* *reloaded*: the page comes back and answers by itself.

The time runs from the kill (or the page being back) until sound goes both ways again. A caller is lost who hears a
good-bye that no agent said, or to whom nobody talks within two minutes. Exit status 1 when one was lost, or when a
reloaded page took over 5 s.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Error, Page, expect

from config.asterisk_folder.find import find_or_make
from config.asterisk_folder.instance import Instance
from tests.bench.table import Row, show
from tests.real.browser import FAKE_MICROPHONE, running_browser
from tests.real.scenarios import Caller
from tests.real.service import Service
from tests.real.sipp import Sipp, calling
from tests.real.softphones import (
    ANSWER,
    agent_phone,
    browsers_of_this_process,
    carries_sound,
    kill_browser,
    running_office,
    until,
)
from tests.real.tones import write_tone_file

COLLEAGUE, ANEW, RELOADED = "killed, a colleague takes over", "killed, started anew", "reloaded"
KINDS = (COLLEAGUE, ANEW, RELOADED)
BACK_WITHIN = 5.0
PATIENCE_SECONDS = 120
LAST_LINES = 60
"""Of Asterisk's log, shown where a caller was lost."""


@dataclass
class Office:
    """``colleague`` is in no queue until a caller talks to the first agent, whose browser is made when it is needed."""

    asterisk: Instance
    helin: Service
    colleague: Page
    tone: Path
    agent: Page | None = None
    pids: set[int] = field(default_factory=set)
    end: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def browser(self, stack: AsyncExitStack) -> Browser:
        hears = f"--use-file-for-fake-audio-capture={self.tone}"
        return await stack.enter_async_context(running_browser(*FAKE_MICROPHONE, hears))

    async def agents_page(self) -> Page:
        if self.agent is None:
            others = browsers_of_this_process()
            browser = await self.browser(self.end)
            self.pids = browsers_of_this_process() - others
            self.agent = (await self.end.enter_async_context(agent_phone(browser, self.helin, "agent1"))).page
        return self.agent

    async def kill(self) -> None:
        kill_browser(self.pids)
        await self.leave()

    async def leave(self) -> None:
        """A browser that was killed complains when it is put away."""
        end, self.end, self.agent = self.end, AsyncExitStack(), None
        with suppress(Error, AssertionError):
            await end.aclose()


async def one(office: Office, kind: str) -> float:
    """Seconds until somebody talks with the caller again. Raises what says that the caller is lost."""
    page = await office.agents_page()
    await office.asterisk.rx("queue add member PJSIP/1001 to support")
    with calling(office.asterisk.ports.sip, Caller(talk_ms=None)) as caller:
        await talks(page)
        await caller.noted("answered")
        who, began = await TURNS[kind](office, page)
        await talks(who)
        seconds = time.monotonic() - began
        assert caller.notes() == {"answered": 1}, f"the caller was told {dict(caller.notes())}"
        await ends(who, caller)
    return seconds


async def to_a_colleague(office: Office, page: Page) -> tuple[Page, float]:
    await office.asterisk.rx("queue add member PJSIP/1002 to support")
    began = time.monotonic()
    await office.kill()
    return office.colleague, began


async def anew(office: Office, page: Page) -> tuple[Page, float]:
    began = time.monotonic()
    await office.kill()
    return await office.agents_page(), began


async def reloaded(office: Office, page: Page) -> tuple[Page, float]:
    await page.reload()
    return page, time.monotonic()


TURNS: dict[str, Callable[[Office, Page], Awaitable[tuple[Page, float]]]] = {
    COLLEAGUE: to_a_colleague,
    ANEW: anew,
    RELOADED: reloaded,
}


async def talks(page: Page) -> None:
    """Until sound goes both ways; what rings and is not answered by itself the agent answers, as often as it rings.

    A page that was opened before Asterisk missed the last one shows the old talk for a moment: that does not count.
    """
    answering = asyncio.create_task(answers(page))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await carries_sound(page, seconds=PATIENCE_SECONDS)
    finally:
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering


async def answers(page: Page) -> None:
    rings = page.get_by_role("button", name=ANSWER)
    while True:
        with suppress(Error):
            if await rings.is_visible():
                await rings.click(timeout=1_000)
        await asyncio.sleep(0.05)


async def ends(page: Page, caller: Sipp) -> None:
    """The agent hangs up and puts the wrap-up away; the caller was told so, once."""
    await page.keyboard.press("x")
    assert (await caller.done()).notes["got_bye"] == 1
    await page.get_by_role("button", name="Skip").click()
    await expect(page.get_by_role("article")).to_have_count(0)


async def clear(office: Office) -> None:
    for extension in ("1001", "1002"):
        await office.asterisk.rx(f"queue remove member PJSIP/{extension} from support")
    await office.asterisk.rx("channel request hangup all")

    async def quiet() -> bool:
        return "0 active channels" in await office.asterisk.rx("core show channels count")

    await until(quiet, 60)


async def measure(times: int) -> dict[str, list[float | None]]:
    """For each kind what each time took; None: the caller was lost."""
    took: dict[str, list[float | None]] = {kind: [] for kind in KINDS}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asterisk, helin = await stack.enter_async_context(running_office(find_or_make(print), folder, {}))
        tone = write_tone_file(folder / "agent.wav", 1000)
        office = Office(asterisk, helin, colleague=None, tone=tone)  # type: ignore[arg-type]
        browser = await office.browser(stack)
        office.colleague = (await stack.enter_async_context(agent_phone(browser, helin, "agent2"))).page
        stack.push_async_callback(office.leave)
        for turn in range(times):
            kind = KINDS[turn % len(KINDS)]
            try:
                seconds: float | None = await one(office, kind)
                said = f"{seconds:.1f} s"
            except (AssertionError, TimeoutError, Error) as lost:
                log = asterisk.full_log().splitlines()[-LAST_LINES:]
                seconds, said = None, "\n    ".join(["LOST:", *str(lost).splitlines(), *log])
                await office.leave()
                await office.colleague.reload()
            took[kind].append(seconds)
            print(f"{turn + 1:3} {time.strftime('%H:%M:%S')} {kind}: {said}", flush=True)
            await clear(office)
    return took


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=50)
    times: int = words.parse_args().times
    took = asyncio.run(measure(times))
    kept = [seconds for all_ in took.values() for seconds in all_ if seconds is not None]
    late = [seconds for seconds in took[RELOADED] if seconds is not None and seconds > BACK_WITHIN]
    rows = [Row("callers kept", f"{len(kept)} of {times}", None, "all", len(kept) == times)]
    for kind, all_ in took.items():
        known = [seconds for seconds in all_ if seconds is not None]
        if known:
            figure = f"{len(known)} times, median {statistics.median(known):.1f} s, longest {max(known):.1f} s"
            bound = (f"at most {BACK_WITHIN:g} s", not late) if kind == RELOADED else ("", None)
            rows.append(Row(kind, figure, None, *bound))
    show(f"The agent's browser goes while a caller talks, {times} times", rows)
    return 0 if len(kept) == times and not late else 1


if __name__ == "__main__":
    sys.exit(main())
