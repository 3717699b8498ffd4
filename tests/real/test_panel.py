"""The panel in a real Chromium while real calls ring in: what an agent sees, and what a caller cannot do to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from config.asterisk_folder.find import Asterisk
from tests.real.asterisk import Shop, running_shop
from tests.real.browser import ChromiumMissing, chromium_program, panel
from tests.real.scenarios import Caller, Phone
from tests.real.service import Service, configured, signed_in
from tests.real.test_spine import NUMBER, add_caller, logged

PHASES = ("ringing", "talking", "ended")
STRANGER = "+37255509999"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    """One for all tests here, with agent1 logged in."""
    async with running_shop(asterisk_home) as running:
        await running.log_in("1001")
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def helin(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with configured(tmp_path_factory.mktemp("helin"), shop.asterisk) as service:
        service.start()
        await service.until_ready()
        yield service


async def test_the_page_shows_who_calls_while_the_phone_rings(shop: Shop, helin: Service, browser: Browser) -> None:
    """Twice the same caller: the second ring shows what the first one left, and both end in the log's page."""
    async with signed_in(helin.url, "admin") as admin, panel(browser, helin.url, "agent1") as agent:
        await add_caller(admin)
        with shop.phone("1001", Phone(answer_ms=200)), shop.calls(Caller(number=NUMBER, talk_ms=500)):
            await logged(admin)
        ringing, talking, ended = (agent.page.locator(f"article[data-phase={each}]") for each in PHASES)
        with (
            shop.phone("1001", Phone(answer_ms=10_000)) as phone,
            shop.calls(Caller(number=NUMBER, talk_ms=None)) as caller,
        ):
            await expect(ringing.get_by_role("heading", name="Mari Maasikas")).to_be_visible()
            await expect(ringing.get_by_text("Maasikas OÜ")).to_be_visible()
            await expect(ringing.get_by_role("listitem")).to_have_count(1)
            await expect(ringing.get_by_role("listitem")).to_contain_text("Incoming call")
            await expect(ringing.get_by_role("listitem")).to_contain_text("Agent One")
            assert "answered" not in phone.notes(), "the phone was answered before the page had it all"
            await talking.get_by_role("button", name="Hang up").click()
            await caller.done()
            await expect(ended.get_by_role("heading", name="Mari Maasikas")).to_be_visible()
        second, _ = await logged(admin, 2)
        await agent.page.goto(f"{helin.url}/calls")
        rows = agent.page.get_by_role("row").filter(has_text="Mari Maasikas")
        await expect(rows).to_have_count(2)
        for row in (rows.nth(0), rows.nth(1)):
            await expect(row).to_contain_text("Answered")
            await expect(row).to_contain_text("support")
        await rows.nth(0).get_by_role("link").click()
        await expect(agent.page).to_have_url(f"{helin.url}/calls/{second['id']}")
        await expect(agent.page.get_by_role("heading", name="Mari Maasikas")).to_be_visible()


async def test_a_caller_s_name_is_text(shop: Shop, helin: Service, browser: Browser) -> None:
    """Script tags, and 3,000 characters (Asterisk passes on the first some): neither runs, neither bursts the page."""
    async with signed_in(helin.url, "agent1") as told, panel(browser, helin.url, "agent1") as agent:
        for name in ("<script>alert(1)</script><img src=x onerror=alert(2)>", "Õnne" * 750):
            with shop.phone("1001", Phone(answer_ms=None)), shop.calls(Caller(STRANGER, name=name, cancel_ms=5_000)):
                said = (await told.hears("call.ringing"))["call"]["name"]
                assert len(said) > 40
                assert name.startswith(said)
                form = agent.page.locator("article[data-phase=ringing]").get_by_label("Name")
                await expect(form).to_have_value(said)
                await expect(agent.page.locator("main img, main script")).to_have_count(0)
                assert await agent.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                await told.hears("call.missed")
        await agent.page.goto(f"{helin.url}/calls")
        for name in ("<script>alert(1)</script><img src=x onerror=alert(2)>", "ÕnneÕnne"):
            await expect(agent.page.get_by_role("cell", name=name)).to_be_visible()


def test_without_chromium_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("HELIN_CHROMIUM", raising=False)
    with pytest.raises(ChromiumMissing, match=r"config/setup-machine\.sh"):
        chromium_program()
