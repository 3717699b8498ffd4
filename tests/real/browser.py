"""A real Chromium, the machine's own, whose pages are agents' panels.

``browser`` is one for the test, in the test's loop, with a profile of its own. Tests that need a microphone open theirs
by ``running_browser(*FAKE_MICROPHONE)``. ``panel`` signs somebody in as a person would, by the form.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, ConsoleMessage, Dialog, Error, Page, async_playwright, expect

from tests.real.service import PASSWORD

# Nothing but the panel under test is spoken to, and nothing is updated, synced or drawn by a graphics card.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# A beep every second instead of a microphone, and nobody is asked whether it may be used.
FAKE_MICROPHONE = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
# How long the page may take to show what it should, on a machine that has other things to do.
PATIENCE_SECONDS = 30


class ChromiumMissing(RuntimeError):
    """The machine has no Chromium, or one that does not start."""


def chromium_program() -> str:
    """Where it is: ``HELIN_CHROMIUM``, else Debian's. Raises ChromiumMissing, which says what to do."""
    found = shutil.which(os.environ.get("HELIN_CHROMIUM") or "chromium")
    if found is None:
        raise ChromiumMissing(
            "Chromium is missing: run config/setup-machine.sh (as root), or install chromium, "
            "or name another one in HELIN_CHROMIUM."
        )
    return found


@asynccontextmanager
async def running_browser(*more: str) -> AsyncIterator[Browser]:
    """Chromium until the context closes; ``more`` are flags of its command line."""
    program = chromium_program()
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=program, headless=True, args=[*QUIET, *more], timeout=60_000
            )
        except Error as error:
            raise ChromiumMissing(f"{program} does not start; try it by hand. {error.message[:500]}") from None
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@dataclass
class Panel:
    """One tab. ``faults``: uncaught errors of its script, dialogs, and what the content security policy forbade."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    async def sign_in(self, login: str) -> None:
        """By the form, until the picture is there."""
        await self.page.goto(self.url)
        await self.page.locator("[name=login]").fill(login)
        await self.page.locator("[name=password]").fill(PASSWORD)
        await self.page.locator("button[type=submit]").click()
        await expect(self.page.locator("#main h1, #main h2").first).to_be_attached()

    def watch(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(message.text)

    async def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"{dialog.type}: {dialog.message}")
        await dialog.dismiss()


@asynccontextmanager
async def panel(browser: Browser, url: str, login: str, language: str = "en", *scripts: str) -> AsyncIterator[Panel]:
    """Somebody's panel, with cookies of its own; ``scripts`` run before the page's. It must have had no faults."""
    async with await browser.new_context(locale=language) as context:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        for script in scripts:
            await context.add_init_script(script)
        opened = Panel(await context.new_page(), url)
        opened.watch()
        await opened.sign_in(login)
        yield opened
        assert opened.faults == []
