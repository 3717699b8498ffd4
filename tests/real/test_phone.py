"""The softphone: real Chromiums with a fake microphone, the shipped Asterisk configuration, and SIPp as the callers.

What is true is judged by SIPp's notes, by Asterisk's recording and log, and by Helin's API.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, expect

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance
from tests.real.browser import Panel, running_browser
from tests.real.scenarios import Caller
from tests.real.service import Service, signed_in
from tests.real.sipp import calling
from tests.real.softphones import (
    AGENT_HERTZ,
    ANSWER,
    agent_phone,
    browsers_of_this_process,
    carries_sound,
    kill_browser,
    registered,
    running_office,
    talking_browser,
    until,
)
from tests.real.test_spine import logged
from tests.real.tones import seconds_of

PATIENT = Caller(talk_ms=None)
CHANGES = {
    "extensions.conf": {("[globals]", "HELIN_RECORD_support"): "yes", ("[globals]", "HELIN_KEEP"): "6"},
    "pjsip.conf": {("[softphone](!,any)", "rtp_timeout"): "3"},
}
Office = tuple[Instance, Service]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(asterisk_home: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_office(asterisk_home, tmp_path_factory.mktemp("helin"), CHANGES) as office:
        yield office


@pytest_asyncio.fixture
async def office(shared: Office) -> AsyncIterator[Office]:
    """With nobody in a queue and no calls, before and after."""
    yield shared
    asterisk, _ = shared
    for extension in ("1001", "1002"):
        await asterisk.rx(f"queue remove member PJSIP/{extension} from support")
    await asterisk.rx("channel request hangup all")
    await until(lambda: quiet(asterisk))


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with talking_browser(tmp_path) as running:
        yield running


KEPT_SECONDS = 20
"""HELIN_KEEP of the dialplan: after that the caller is the first in the queue."""


async def test_a_call_is_answered_held_keyed_and_ended(office: Office, browser: Browser) -> None:
    """Audio both ways is proved by bytes in the browser and by both tones in Asterisk's own recording."""
    asterisk, helin = office
    await asterisk.rx("logger add channel digits dtmf")
    async with agent_phone(browser, helin, "agent1") as agent, signed_in(helin.url, "admin") as admin:
        before = len((await admin.get("/calls"))["items"])
        await serves(asterisk, "1001")
        with calling(asterisk.ports.sip, PATIENT) as caller:
            card = agent.page.get_by_role("article")
            await expect(card).to_have_attribute("data-phase", "ringing")
            await expect(agent.page).to_have_title(
                "☎ +372 5550 1000 – Ringing".replace(" 5550 1000", "\u00a05550\u00a01000")
            )
            await agent.page.keyboard.press("a")
            await expect(card).to_have_attribute("data-phase", "talking")
            await caller.noted("answered")
            await carries_sound(agent.page, 16_000)
            for _ in range(3):  # faster than SIP: the last wish counts
                await agent.page.keyboard.press("h")
            await expect(card).to_have_attribute("data-phase", "hold")
            await until(lambda: hears_music(asterisk))
            await agent.page.keyboard.press("h")
            await expect(card).to_have_attribute("data-phase", "talking")
            await agent.page.keyboard.press("d")
            await expect(agent.page.get_by_role("dialog", name="Digits")).to_be_focused()
            for digit in "4*2":
                await agent.page.keyboard.press(digit)
            digits = asterisk.folder / "log/digits"
            for digit in "4*2":
                await until(lambda digit=digit: contains(digits, f"DTMF end '{digit}' received on PJSIP/1001"))  # type: ignore[misc]
            await agent.page.keyboard.press("Escape")
            await agent.page.get_by_role("button", name="Hang up").click()
            assert (await caller.done()).notes["got_bye"] == 1
        call = (await logged(admin, before + 1))[0]
        assert (call["outcome"], call["ended_by"]) == ("answered", "agent")
        assert [(one["agent"], one["ended_by"]) for one in call["segments"]] == [("agent1", "agent")]
        assert call["segments"][0]["held_seconds"] > 0
    recording = max((asterisk.folder / "spool/monitor").glob("*/*/*/support-*.wav"))
    assert seconds_of(recording, 440) > 1
    assert seconds_of(recording, AGENT_HERTZ) > 1
    assert seconds_of(recording, 700) < 0.6, "the measure takes any sound for any tone"


async def test_after_a_reload_the_same_agent_talks_again(office: Office, browser: Browser) -> None:
    """By itself; the caller is never told good-bye. How soon is measured by ``tests.bench killed_browser``."""
    asterisk, helin = office
    async with agent_phone(browser, helin, "agent1") as agent, signed_in(helin.url, "admin") as admin:
        before = len((await admin.get("/calls", state="ended"))["items"])
        await serves(asterisk, "1001")
        with calling(asterisk.ports.sip, PATIENT) as caller:
            await agent.page.get_by_role("button", name=ANSWER).click()
            await caller.noted("answered")
            await carries_sound(agent.page)
            await agent.page.reload()
            back = time.monotonic()
            await expect(agent.page.get_by_role("button", name="Mute")).to_be_visible()
            seconds = time.monotonic() - back
            await carries_sound(agent.page)
            assert caller.notes() == {"answered": 1}
            assert seconds < KEPT_SECONDS
            await agent.page.keyboard.press("x")
            await caller.done()
        call = (await logged(admin, before + 1))[0]
        assert {one["agent"] for one in call["segments"]} == {"agent1"}


async def test_a_window_that_takes_over_takes_the_call_with_it(office: Office, browser: Browser) -> None:
    asterisk, helin = office
    async with agent_phone(browser, helin, "agent1") as agent:
        await serves(asterisk, "1001")
        with calling(asterisk.ports.sip, PATIENT) as caller:
            await agent.page.get_by_role("button", name=ANSWER).click()
            await carries_sound(agent.page)
            second = await agent.page.context.new_page()
            await second.goto(helin.url)
            await expect(second.get_by_text("only watches")).to_be_visible()
            await expect(second.locator("[data-phone]")).to_have_count(0)
            await second.get_by_role("button", name="Use here").click()
            await registered(second)
            await expect(agent.page.get_by_text("another window")).to_be_visible()
            await expect(second.get_by_role("button", name="Mute")).to_be_visible()
            await carries_sound(second)
            assert caller.notes() == {"answered": 1}
            await second.keyboard.press("x")
            await caller.done()


async def test_a_killed_browser_s_caller_goes_to_a_colleague(office: Office, browser: Browser, tmp_path: Path) -> None:
    asterisk, helin = office
    async with agent_phone(browser, helin, "agent2") as colleague:
        others = browsers_of_this_process()
        async with running_browser_to_kill(tmp_path, helin) as answer:
            await serves(asterisk, "1001")
            with calling(asterisk.ports.sip, PATIENT) as caller:
                await answer()
                await caller.noted("answered")
                await serves(asterisk, "1002")
                kill_browser(browsers_of_this_process() - others)
                await colleague.page.get_by_role("button", name=ANSWER).click(timeout=60_000)
                await carries_sound(colleague.page)
                assert caller.notes() == {"answered": 1}
                await colleague.page.keyboard.press("x")
                await caller.done()


async def test_without_a_microphone_the_agent_is_told_and_the_call_goes_on(office: Office) -> None:
    asterisk, helin = office
    without = running_browser("--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required")
    async with without as deaf, agent_phone(deaf, helin, "agent1") as agent:
        await serves(asterisk, "1001")
        with calling(asterisk.ports.sip, PATIENT) as caller:
            await agent.page.get_by_role("button", name=ANSWER).click()
            await caller.noted("answered")
            await expect(agent.page.get_by_text("nobody hears you")).to_be_visible()
            await carries_sound(agent.page)
            await agent.page.keyboard.press("x")
            await caller.done()


@asynccontextmanager
async def running_browser_to_kill(folder: Path, helin: Service) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A browser of agent1's whose end is nobody's fault; gives what answers the call."""
    folder.joinpath("doomed").mkdir()
    with contextlib.suppress(Error):
        async with talking_browser(folder / "doomed") as doomed:
            context = await doomed.new_context(locale="en", permissions=["microphone"])
            page = await context.new_page()
            opened = Panel(page, helin.url)
            await opened.sign_in("agent1")
            await registered(page)
            yield page.get_by_role("button", name=ANSWER).click


# ----------------------------------------------------------------------------------------------------------------------


async def serves(asterisk: Instance, extension: str) -> None:
    await asterisk.rx(f"queue add member PJSIP/{extension} to support")


async def quiet(asterisk: Instance) -> bool:
    return "0 active channels" in await asterisk.rx("core show channels count")


async def hears_music(asterisk: Instance) -> bool:
    return "Started music on hold" in asterisk.full_log() and "helin" in asterisk.full_log()


async def contains(path: Path, words: str) -> bool:
    return path.exists() and words in path.read_text(errors="replace")
