"""A supervisor steps into an agent's call, on a real Asterisk with all three in real browsers.

Who hears whom is judged by tones that the browsers' sound has in it: the customer says 440 Hz, the agent 1000, the
supervisor 1500. The customer of the first test is a third browser, so that what a customer hears is measured too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance
from tests.real.browser import FAKE_MICROPHONE, running_browser
from tests.real.scenarios import Caller
from tests.real.service import Person, Service, signed_in
from tests.real.sipp import calling
from tests.real.softphones import ANSWER, agent_phone, hears, running_office, says, until
from tests.real.test_spine import logged

CUSTOMER, AGENT, SUPERVISOR = 440, 1000, 1500
ALL = (CUSTOMER, AGENT, SUPERVISOR)
BOSS = {
    "login": "supervisor",
    "name": "Super Visor",
    "role": "supervisor",
    "extension": "1003",
    "interface": "PJSIP/1003",
}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Floor:
    """Pages are phones; persons give commands."""

    asterisk: Instance
    helin: Service
    customer: Page
    agent: Page
    supervisor: Page
    admin: Person
    boss: Person
    one: Person
    two: Person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(asterisk_home: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Floor]:
    async with (
        running_office(asterisk_home, tmp_path_factory.mktemp("floor"), {}) as (asterisk, helin),
        signed_in(helin.url, "admin") as admin,
        running_browser(*FAKE_MICROPHONE) as browser,
    ):
        await admin.post("/users", BOSS)
        async with (
            agent_phone(browser, helin, "agent2", says(CUSTOMER)) as customer,
            agent_phone(browser, helin, "agent1", says(AGENT)) as agent,
            agent_phone(browser, helin, "supervisor", says(SUPERVISOR)) as supervisor,
            signed_in(helin.url, "supervisor") as boss,
            signed_in(helin.url, "agent1") as one,
            signed_in(helin.url, "agent2") as two,
        ):
            yield Floor(asterisk, helin, customer.page, agent.page, supervisor.page, admin, boss, one, two)


async def answers(page: Page) -> None:
    """By the button, which is there once the phone rings too."""
    await page.get_by_role("button", name=ANSWER).first.click(timeout=90_000)
    await expect(page.locator("article[data-phase=talking]")).to_be_visible()


async def test_listen_whisper_barge_by_tones(floor: Floor) -> None:
    customer, agent, supervisor, boss = floor.customer, floor.agent, floor.supervisor, floor.boss
    before = len((await floor.admin.get("/calls", state="ended"))["items"])
    await floor.two.did("call", to="agent1")
    await answers(agent)
    await hears(customer, AGENT, among=ALL)

    refused = await floor.two.command("listen", agent="agent1")
    assert refused["error"]["code"] == "not_allowed"
    await boss.did("listen", agent="agent1")
    began = (await boss.hears("listen.changed"))["listening"]
    assert (began["listener"], began["agent"], began["mode"]) == ("supervisor", "agent1", "listen")
    assert (await floor.one.hears("listen.changed"))["listening"]["listener"] == "supervisor"
    await hears(supervisor, CUSTOMER, AGENT, among=ALL)
    await hears(agent, CUSTOMER, among=ALL)
    await hears(customer, AGENT, among=ALL)

    await boss.did("whisper", agent="agent1")
    await hears(agent, CUSTOMER, SUPERVISOR, among=ALL)
    await hears(customer, AGENT, among=ALL)
    await hears(supervisor, CUSTOMER, AGENT, among=ALL)

    await boss.did("barge", agent="agent1")
    await hears(customer, AGENT, SUPERVISOR, among=ALL)
    await hears(agent, CUSTOMER, SUPERVISOR, among=ALL)
    await hears(supervisor, CUSTOMER, AGENT, among=ALL)

    states = {one["id"]: (one["state"], one["leg"]) for one in (await floor.admin.get("/agents"))["items"]}
    assert states["supervisor"] == ("offline", "none")
    assert states["agent1"][1] == "talking"
    await boss.did("stop_listening")
    await hears(agent, CUSTOMER, among=ALL)
    await floor.asterisk.rx("channel request hangup all")
    call = (await logged(floor.admin, before + 1))[0]
    facts = (await floor.admin.get(f"/calls/{call['id']}"))["facts"]
    assert {leg.get("agent") for leg in facts if leg["kind"] == "LegStarted"} == {"agent1", "agent2"}
    assert "supervisor" not in str(facts)

    async def written_down() -> bool:
        deeds = (await floor.admin.get("/audit", subject="agent:agent1", who="supervisor"))["items"]
        said = [(deed["what"], deed["detail"].get("mode")) for deed in deeds]
        wanted = [("listened live", mode) for mode in ("listen", "whisper", "barge")]
        return {*wanted, ("listen", None), ("whisper", None), ("barge", None)} == set(said)

    await until(written_down)
    assert len((await floor.admin.get("/calls", state="ended"))["items"]) == before + 1


async def test_a_call_is_taken_over_while_listening(floor: Floor) -> None:
    before = len((await floor.admin.get("/calls", state="ended"))["items"])
    await floor.asterisk.rx("queue add member PJSIP/1001 to support")
    with calling(floor.asterisk.ports.sip, Caller(talk_ms=None)) as caller:
        await answers(floor.agent)
        await caller.noted("answered")
        await floor.one.did("help", text="<b>stuck</b>")
        assert (await floor.boss.hears("help.changed"))["help"]["text"] == "<b>stuck</b>"
        await expect(floor.supervisor.get_by_text("<b>stuck</b>")).to_be_visible()
        await floor.supervisor.get_by_role("button", name="Listen", exact=True).click()
        assert (await floor.boss.hears("help.changed", by="supervisor"))["gone"]
        await expect(floor.agent.get_by_text("Super Visor listens to this call")).to_be_visible()
        await hears(floor.supervisor, CUSTOMER, AGENT, among=ALL)
        await floor.supervisor.get_by_role("button", name="Take over").click()
        await hears(floor.supervisor, CUSTOMER, among=ALL)
        taken = (await floor.boss.hears("call.answered", agent="supervisor"))["call"]
        assert taken["segments"][0]["ended_at"]
        assert caller.notes() == {"answered": 1}
        await floor.boss.did("force_state", agent="agent1", state="paused", reason="lunch")
        paused = (await floor.one.hears("agent.state"))["agent"]
        while paused["state"] != "paused":
            paused = (await floor.one.hears("agent.state"))["agent"]
        assert (paused["reason"], paused["by"]) == ("lunch", "supervisor")
        await floor.boss.did("hang_up", call=taken["id"])
        assert (await caller.done()).notes["got_bye"] == 1
    call = (await logged(floor.admin, before + 1))[0]
    assert [(one["agent"], one["transferred_to"]) for one in call["segments"]] == [
        ("agent1", "supervisor"), ("supervisor", None),
    ]  # fmt: skip
    assert len((await floor.admin.get("/calls", state="ended"))["items"]) == before + 1


async def test_an_agent_is_moved_and_read_a_message(floor: Floor) -> None:
    boss, one = floor.boss, floor.one
    await floor.asterisk.rx("queue add member PJSIP/1001 to support")
    await boss.did("move_agent", agent="agent1", queues="sales", skills="billing=3")
    moved = (await one.hears("agent.state"))["agent"]
    while moved["queues"] != ["sales"]:
        moved = (await one.hears("agent.state"))["agent"]
    (kept,) = [user for user in (await floor.admin.get("/users"))["items"] if user["login"] == "agent1"]
    assert (kept["queues"], kept["skills"]) == (["sales"], {"billing": 3})
    await boss.did("message", agent="agent1", text="<script>alert(1)</script>")
    assert (await one.hears("message"))["text"] == "<script>alert(1)</script>"
    assert (await boss.command("message", agent="nobody", text="x"))["error"]["code"] == "unknown"
    assert (await one.command("message", all="yes", text="x"))["error"]["code"] == "not_allowed"
    await expect(floor.agent.get_by_text("<script>alert(1)</script>")).to_be_visible()
    await floor.agent.get_by_role("button", name="Close").last.click()
    await expect(floor.agent.get_by_text("<script>alert(1)</script>")).to_be_hidden()
