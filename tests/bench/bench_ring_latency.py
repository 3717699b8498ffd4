"""From the caller's INVITE to the ring on the agent's screen, beside a plain SIP phone that the same call rings.

``python -m tests.bench ring_latency``: the shop as it is shipped but for the queue's strategy, which is ``ringall``
here: each call of SIPp's rings an agent's panel in a real Chromium and a plain SIP phone (SIPp) at once. The caller
gives up after two seconds, and the next one comes. SIPp writes down when the INVITE left and when the phone's INVITE
came, the page when the ring had been drawn (the frame after it was in the document), all by the clock of this machine.
Exit status 1 when the median difference is over 250 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import socket
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from playwright.async_api import Page

from config.asterisk_folder.find import find_or_make
from config.asterisk_folder.ports import LOOPBACK, free_port
from config.demo import merged, towards
from tests.bench.table import Row, show
from tests.real.browser import FAKE_MICROPHONE, running_browser
from tests.real.scenarios import Caller, Phone, caller_scenario, phone_scenario
from tests.real.service import signed_in
from tests.real.sipp import Sipp, write_tone
from tests.real.softphones import agent_phone, running_office
from tests.real.test_spine import NUMBER, add_caller

MOST_MORE = 0.250
PHONE = "1003"
RINGS = {"queues.conf": {("[support](helin-queue)", "strategy"): "ringall"}}
GIVES_UP_MS = 2_000
DRAWN = """
window.drawn = [];
let rings = false;
new MutationObserver(() => {
  const now = document.querySelector('article[data-phase=ringing] h2') !== null;
  if (now && !rings) requestAnimationFrame(() => setTimeout(() =>
    window.drawn.push((performance.timeOrigin + performance.now()) / 1000)));
  rings = now;
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
MESSAGE = re.compile(
    r"^-+ (\d{4}-\d\d-\d\d)[ \t]+(\d\d:\d\d:\d\d\.\d+).*?\n\w+ message (sent|received).*?\n\n(\w+) ", re.MULTILINE
)


def invites(path: Path, direction: str) -> list[float]:
    """When SIPp's log says that an INVITE was ``sent`` or ``received``: seconds since 1970, repetitions left out."""
    text = path.read_text(errors="replace")
    found = [
        (datetime.fromisoformat(f"{day} {clock[:15]}").timestamp(), text[match.end() : match.end() + 900])
        for match in MESSAGE.finditer(text)
        for day, clock, way, method in [match.groups()]
        if (way, method) == (direction, "INVITE")
    ]
    first: dict[str, float] = {}
    for at, rest in found:
        call = re.search(r"^Call-ID: *(\S+)", rest, re.MULTILINE | re.IGNORECASE)
        first.setdefault(call.group(1) if call else rest, at)
    return list(first.values())


def sipp(folder: Path, scenario: str, words: list[str], port: int = 0) -> Sipp:
    folder.mkdir()
    write_tone(folder, 440)
    return Sipp(folder, scenario, [*words, "-trace_msg", "-message_file", "messages.txt"], port)


async def measure(calls: int) -> tuple[list[float], list[float]]:
    """Seconds from each INVITE to the plain phone's, and to the ring on the panel."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port(socket.SOCK_DGRAM)
        changes = merged(towards(port, agents=(PHONE,)), RINGS)
        asterisk, helin = await stack.enter_async_context(running_office(find_or_make(print), folder, changes))
        browser = await stack.enter_async_context(running_browser(*FAKE_MICROPHONE))
        agent = await stack.enter_async_context(agent_phone(browser, helin, "agent1", DRAWN))
        async with signed_in(helin.url, "admin") as admin:
            await add_caller(admin)
        for extension in ("1001", PHONE):
            await asterisk.rx(f"queue add member PJSIP/{extension} to support")
        phone = sipp(folder / "phone", phone_scenario(Phone(answer_ms=None), "tone.ulaw"), [], port)
        stack.callback(phone.kill)
        scenario = caller_scenario(Caller(NUMBER, cancel_ms=GIVES_UP_MS), "tone.ulaw")
        words = [f"{LOOPBACK}:{asterisk.ports.sip}", "-m", str(calls), "-l", "1", "-r", "1", "-rp", "3000"]
        caller = sipp(folder / "caller", scenario, words)
        stack.callback(caller.kill)
        await caller.done(60 + calls * 6)
        return matched(
            invites(folder / "caller/messages.txt", "sent"),
            invites(folder / "phone/messages.txt", "received"),
            await drawn(agent.page),
        )


async def drawn(page: Page) -> list[float]:
    return [float(at) for at in await page.evaluate("window.drawn")]


def matched(sent: list[float], rung: list[float], drawn: list[float]) -> tuple[list[float], list[float]]:
    """Each call rings each of the two once, before the next call. The first is left out: everything is cold then."""
    if not len(sent) == len(rung) == len(drawn):
        raise RuntimeError(f"{len(sent)} calls, but {len(rung)} rings of the phone and {len(drawn)} of the panel")
    pairs = list(zip(sent, rung, drawn, strict=True))[1:]
    return [there - from_ for from_, there, _ in pairs], [there - from_ for from_, _, there in pairs]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--calls", type=int, default=41)
    plain, panel = asyncio.run(measure(words.parse_args().calls))
    more = statistics.median(there - beside for there, beside in zip(panel, plain, strict=True))
    met = more <= MOST_MORE
    show(
        f"From the caller's INVITE to the ring: {len(panel)} calls, each rings both",
        [
            Row("a plain SIP phone (its INVITE), median", f"{statistics.median(plain) * 1000:,.0f} ms", 1.0),
            Row(
                "the panel (drawn), median",
                f"{statistics.median(panel) * 1000:,.0f} ms",
                statistics.median(panel) / statistics.median(plain),
            ),
            Row("the panel, longest", f"{max(panel) * 1000:,.0f} ms"),
            Row(
                "later than the phone, median", f"{more * 1000:,.0f} ms", None, f"at most {MOST_MORE * 1000:g} ms", met
            ),
        ],
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
