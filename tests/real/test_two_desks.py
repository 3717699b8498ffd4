"""Two agents at their desks in real browsers who pass a caller on to each other, and one who dials by a click.

Who hears whom is judged by tones: the caller says 440 Hz, the first agent 1000, the second 1500.
"""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance
from config.asterisk_folder.ports import free_port
from config.demo import merged, towards
from tests.real.browser import FAKE_MICROPHONE, running_browser
from tests.real.scenarios import Caller, Phone
from tests.real.service import PASSWORD, Person, Service, signed_in
from tests.real.sipp import answering, calling
from tests.real.softphones import (
    ANSWER,
    agent_phone,
    carries_sound,
    hears,
    registered,
    running_office,
    says,
)
from tests.real.test_spine import NUMBER, add_caller, logged
from tests.real.tones import seconds_of

CALLER, FIRST, SECOND = 440, 1000, 1500
ALL = (CALLER, FIRST, SECOND)
CHANGES = {
    "extensions.conf": {("[globals]", "HELIN_RECORD_support"): "yes"},
    # A phone that no browser understands.
    "pjsip.conf": {("[1003](softphone)", "allow"): "!all,gsm"},
}
NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
"""
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Desks:
    """``first`` serves the queue that is called, ``second`` another one; ``contact`` is who calls."""

    asterisk: Instance
    helin: Service
    browser: Browser
    carrier: int
    first: Page
    second: Page
    admin: Person
    contact: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desks(asterisk_home: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desks]:
    carrier = free_port(socket.SOCK_DGRAM)
    changes = merged(CHANGES, towards(carrier, agents=()))
    async with (
        running_office(asterisk_home, tmp_path_factory.mktemp("desks"), changes) as (asterisk, helin),
        signed_in(helin.url, "admin") as admin,
        running_browser(*FAKE_MICROPHONE) as browser,
        agent_phone(browser, helin, "agent1", says(FIRST)) as first,
        agent_phone(browser, helin, "agent2", says(SECOND)) as second,
    ):
        contact = await add_caller(admin)
        await asterisk.rx("queue add member PJSIP/1001 to support")
        await asterisk.rx("queue add member PJSIP/1002 to sales")
        yield Desks(asterisk, helin, browser, carrier, first.page, second.page, admin, contact)


def card(page: Page, phase: str) -> Locator:
    return page.locator(f"article[data-phase={phase}]")


async def answers(page: Page) -> None:
    """By the key, once the pop says who it is."""
    await expect(card(page, "ringing").get_by_role("heading", name="Mari Maasikas")).to_be_visible()
    await page.keyboard.press("a")
    await expect(card(page, "talking")).to_be_visible()


async def passes_on(page: Page, to: str, keys: str) -> None:
    """By the transfer window: the name typed, then the keys."""
    await page.keyboard.press("t")
    window = page.get_by_role("dialog")
    await expect(window.get_by_label("Colleague, queue or number")).to_be_focused()
    await page.keyboard.type(to)
    await expect(window.get_by_role("listitem")).to_have_text(re.compile(f"Agent {to}.*Free"))
    await page.keyboard.press(keys)
    await expect(window).to_be_hidden()


async def writes(page: Page, words: str) -> None:
    await page.keyboard.press("n")
    await expect(page.get_by_role("textbox", name="Note")).to_be_focused()
    await page.keyboard.press("End")
    await page.keyboard.type(words)
    await page.keyboard.press("Escape")
    await page.get_by_role("textbox", name="Note").blur()


async def wraps_up(page: Page) -> None:
    """Two actions: a digit for what came of it, and the key that saves."""
    await expect(card(page, "ended")).to_be_visible()
    await page.keyboard.press("1")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_a_consultation_becomes_a_conference_that_the_first_agent_leaves(desks: Desks) -> None:
    first, second = desks.first, desks.second
    before = len((await desks.admin.get("/calls", state="ended"))["items"])
    with calling(desks.asterisk.ports.sip, Caller(number=NUMBER, talk_ms=None)) as caller:
        await answers(first)
        await writes(first, "Wants the invoice again")
        await passes_on(first, "Two", "Enter")
        await expect(first.get_by_text("Ringing Agent Two")).to_be_visible()
        await answers(second)
        await expect(second.get_by_text("Begun by Agent One")).to_be_visible()
        await expect(second.get_by_role("textbox", name="Note")).to_have_value("Wants the invoice again")
        await hears(second, FIRST, among=ALL)
        await hears(first, SECOND, among=ALL)
        await first.keyboard.press("s")
        await expect(first.get_by_text("You talk with the caller")).to_be_visible()
        await hears(first, CALLER, among=ALL)
        await first.keyboard.press("s")
        await expect(first.get_by_text("You talk with Agent Two")).to_be_visible()
        await first.keyboard.press("e")
        await expect(first.get_by_text("All together")).to_be_visible()
        await hears(first, CALLER, SECOND, among=ALL)
        await hears(second, CALLER, FIRST, among=ALL)
        await first.keyboard.press("x")
        await wraps_up(first)
        await hears(second, CALLER, among=ALL)
        assert caller.notes() == {"answered": 1}, "the caller has noticed nothing"
        await second.keyboard.press("x")
        assert (await caller.done()).notes["got_bye"] == 1
        await wraps_up(second)
    call = (await logged(desks.admin, before + 1))[0]
    assert (call["ended_by"], call["outcome"]) == ("agent", "answered")
    told = [(each["agent"], each["transferred_to"]) for each in call["segments"]]
    assert told == [("agent1", "agent2"), ("agent2", None)]
    recording = max((desks.asterisk.folder / "spool/monitor").glob("*/*/*/support-*.wav"))
    assert min(seconds_of(recording, hertz) for hertz in ALL) > 1, "the caller heard both"
    done = (await desks.admin.get(f"/contacts/{desks.contact}/interactions"))["items"]
    assert done[0]["note"] == "Wants the invoice again"


async def test_a_caller_goes_there_and_back_and_hangs_up(desks: Desks) -> None:
    """Attended to the colleague, blind back to the first, and the note with them; the caller ends it."""
    first, second = desks.first, desks.second
    before = len((await desks.admin.get("/calls", state="ended"))["items"])
    with calling(desks.asterisk.ports.sip, Caller(number=NUMBER, talk_ms=None)) as caller:
        await answers(first)
        await writes(first, "One.")
        await passes_on(first, "Two", "Enter")
        await answers(second)
        await expect(first.get_by_text("You talk with Agent Two")).to_be_visible()
        await first.keyboard.press("c")
        await hears(second, CALLER, among=ALL)
        await wraps_up(first)
        await writes(second, " Two.")
        await passes_on(second, "One", "Control+Enter")
        await answers(first)
        await expect(first.get_by_role("textbox", name="Note")).to_have_value("One. Two.")
        await hears(first, CALLER, among=ALL)
        await wraps_up(second)
        await first.keyboard.press("x")
        assert (await caller.done()).notes["got_bye"] == 1
        await wraps_up(first)
    call = (await logged(desks.admin, before + 1))[0]
    told = [(each["agent"], each["transferred_to"]) for each in call["segments"]]
    assert told == [("agent1", "agent2"), ("agent2", "agent1"), ("agent1", None)]
    assert call["transfers"] == 2
    with calling(desks.asterisk.ports.sip, Caller(number=NUMBER, talk_ms=1_500)) as caller:
        await answers(first)
        assert (await caller.done()).notes["said_bye"] == 1
        await wraps_up(first)
    assert (await logged(desks.admin, before + 2))[0]["ended_by"] == "caller"


async def test_a_number_is_called_by_a_click(desks: Desks) -> None:
    """And whom the agent dialled outlives the agent's page, as a caller does."""
    page = desks.first
    before = len((await desks.admin.get("/calls", state="ended"))["items"])
    await page.goto(f"{desks.helin.url}/contacts/{desks.contact}")
    with answering(Phone(), desks.carrier) as far:
        await page.get_by_role("button", name=re.compile("5550")).click()
        await far.noted("answered")
        await page.get_by_role("link", name="Desk").click()
        await expect(card(page, "talking").get_by_role("heading", name="Mari Maasikas")).to_be_visible()
        await carries_sound(page)
        await page.reload()
        await expect(card(page, "talking").get_by_role("heading", name="Mari Maasikas")).to_be_visible()
        await carries_sound(page)
        assert far.notes()["got_bye"] == 0
        await page.keyboard.press("x")
        await far.noted("got_bye")
        await wraps_up(page)
    call = (await logged(desks.admin, before + 1))[0]
    assert (call["direction"], call["number"], call["ended_by"]) == ("outbound", NUMBER, "agent")


async def test_what_is_wrong_with_the_phone_is_said_and_the_call_goes_on(desks: Desks) -> None:
    """No sound format in common, no microphone, a refused sign-on. The same caller all the way."""
    three = {"login": "agent3", "name": "Agent Three", "extension": "1003", "interface": "PJSIP/1003"}
    await desks.admin.post("/users", {**three, "password": PASSWORD})
    async with agent_phone(desks.browser, desks.helin, "agent3", NO_MICROPHONE) as agent:
        page = agent.page
        await desks.asterisk.rx("queue remove member PJSIP/1001 from support")
        await desks.asterisk.rx("queue add member PJSIP/1003 to support")
        with calling(desks.asterisk.ports.sip, Caller(number=NUMBER, talk_ms=None)) as caller:
            await expect(page.get_by_text("have no sound format in common")).to_be_visible()
            await desks.asterisk.rx("queue remove member PJSIP/1003 from support")
            await desks.first.context.add_init_script(NO_MICROPHONE)
            await desks.first.reload()
            await registered(desks.first)
            await desks.asterisk.rx("queue add member PJSIP/1001 to support")
            await desks.first.get_by_role("button", name=ANSWER).click()
            await caller.noted("answered")
            await expect(desks.first.get_by_text("No microphone was found, so nobody hears you")).to_be_visible()
            await hears(desks.first, CALLER, among=ALL)
            await desks.first.keyboard.press("x")
            await caller.done()
        await page.route("**/api/v1/softphone", wrong_password)
        await page.reload()
        await expect(page.get_by_text("The telephone system refused your phone")).to_be_visible()
        await page.unroute_all(behavior="wait")
        await page.get_by_role("button", name="Try again").click()
        await registered(page)


async def wrong_password(route: Route) -> None:
    answer = await route.fetch()
    said = await answer.json()
    for phone in said["phones"]:
        phone["password"] = "not this one"
    await route.fulfill(response=answer, json=said)
