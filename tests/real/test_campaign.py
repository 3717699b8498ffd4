"""Campaigns on a real Asterisk: who is dialled, who gets an agent, what the attempts say; nobody is dialled twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.asterisk_folder.find import Asterisk
from crm_store.campaigns import CampaignFields
from crm_store.lead_import import LeadFile, import_leads
from crm_store.store import Store
from tests.real.asterisk import Shop, running_shop
from tests.real.outside import number, of_numbers, outside
from tests.real.scenarios import Phone
from tests.real.service import PEOPLE, QUEUES, Service, configured, signed_in, until
from tests.real.test_direct import DAYS
from tests.real.test_spine import nothing_is_up

LAW = """
[[profiles]]
key = "EE"
version = "test"
effective_from = 2024-01-01
name = "A country that never sleeps"
countries = ["EE"]
holidays = ""
attempts_per_24_hours = 9
abandonment = { limit = 0.03, window_days = 30, per_campaign = true }
predictive = "allowed"
consent = "none"
[profiles.hours]
"""
LAW += "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)


@pytest.fixture
async def shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home) as running:
        yield running


@pytest.fixture
async def helin(shop: Shop, tmp_path: Path) -> AsyncIterator[Service]:
    (tmp_path / "law.toml").write_text(LAW)
    async with configured(tmp_path, shop.asterisk, more=f'[law]\nprofiles = "{tmp_path}/law.toml"\n') as service:
        queues = QUEUES.replace('"assist"', '"direct"\nwrap_up_seconds = 0\nauto_pause = false')
        people = PEOPLE.replace('role = "agent"', 'role = "agent"\nphone = "sip"')
        (tmp_path / "direct.toml").write_text(people + queues)
        done = service.run("apply", str(tmp_path / "direct.toml"))
        assert done.returncode == 0, done.stderr
        yield service


async def make(
    helin: Service, numbers: Sequence[str], mode: str = "progressive", name: str = "spring", **settings: Any
) -> str:
    """A running campaign with these leads; its id."""
    now = datetime.now(UTC)
    path = helin.folder / f"{name}.csv"
    path.write_text("\n".join(("Name,Phone", *(f"Lead {n},{one}" for n, one in enumerate(numbers)), "")))
    async with await Store.open(f"sqlite:///{helin.folder}/helin.db") as store:
        campaign = await store.campaigns.add(
            CampaignFields(
                name=name, queue="support", mode=mode, profile="EE", caller_number="+3725550100", company="Shop",
                script="Good day, {name}.", settings={"ring_seconds": 15, "amd": False, "attempts": 1} | settings,
            ), "admin", now,
        )  # fmt: skip
        report = await import_leads(store, LeadFile(path=path, campaign=campaign.id, list="all"), now)
        assert report.added == len(numbers), report
        await store.campaigns.start(campaign.id, "admin", now)
    return campaign.id


def rows(helin: Service, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(helin.folder / "helin.db")) as database:
        return database.execute(query).fetchall()


async def all_over(helin: Service, seconds: float = 90) -> None:
    """Waits until nobody is left to be called, and every attempt has its end."""
    deadline = time.monotonic() + seconds
    open_ = "SELECT state, count(*) FROM leads WHERE state NOT IN ('done', 'skipped') GROUP BY state"
    while (left := rows(helin, open_)) or rows(helin, "SELECT id FROM attempts WHERE ended_at IS NULL"):
        assert time.monotonic() < deadline, (left, rows(helin, "SELECT * FROM attempts"), helin.log[-3000:])
        await asyncio.sleep(0.2)


async def test_a_progressive_campaign_to_its_end(shop: Shop, helin: Service) -> None:
    numbers = [number(n, does) for n, does in enumerate("01234567801")]
    await make(helin, numbers)
    helin.start()
    await helin.until_ready()
    async with AsyncExitStack() as people:
        one, two, supervisor = [
            await people.enter_async_context(signed_in(helin.url, login))
            for login in ("agent1", "agent2", "supervisor")
        ]
        with (
            shop.phone("1001", Phone(bye_ms=700)),
            shop.phone("1002", Phone(bye_ms=700)),
            outside(shop.carrier) as world,
        ):
            for each in (one, two):
                await each.did("log_in", queues="support")
            rings = await one.hears("call.ringing")
            assert rings["campaign"]["script"]["steps"]["start"]["text"]["en"] == "Good day, {name}."
            assert rings["lead"]["name"].startswith("Lead ")
            assert rings["call"]["number"] == rings["lead"]["number"]
            await all_over(helin)
            invited = of_numbers(world.notes(), "invite")
        assert invited == Counter(numbers), "each lead once, and nobody else"
        persons = sum(each[-1] not in "5678" for each in numbers)
        shown: dict[str, Any] = {}
        while [shown.get(key) for key in ("leads_left", "ringing", "connected_now", "answered")] != [0, 0, 0, persons]:
            (shown,) = (await supervisor.hears("campaigns.changed"))["campaigns"]
        assert (shown["name"], shown["mode"], shown["abandoned"], shown["limit"]) == ("spring", "progressive", 0, 0.03)
        assert shown["pace"] == "progressive"
        outcomes = dict(rows(helin, "SELECT number, outcome FROM attempts"))
        wanted = {"5": "busy", "6": "no_answer", "7": "no_answer", "8": "unreachable"}
        assert outcomes == {each: wanted.get(each[-1], "person") for each in numbers}
        for answered, connected in rows(
            helin, "SELECT answered_at, connected_at FROM attempts WHERE outcome = 'person'"
        ):
            gap = datetime.fromisoformat(connected) - datetime.fromisoformat(answered)
            assert gap.total_seconds() <= 2, "an agent was there in time"
        calls = (await supervisor.get("/calls", queue="support"))["items"]
        assert len(calls) == 7
        assert {call["direction"] for call in calls} == {"outbound"}
        assert {len(call["segments"]) for call in calls} == {1}
        await nothing_is_up(supervisor, shop)


async def test_killed_at_any_moment_nobody_is_dialled_twice_and_all_is_counted(shop: Shop, helin: Service) -> None:
    """N3 and N7. The witnesses are SIPp's: who was invited, who answered, how often an agent's phone was answered."""
    numbers = [number(n, "0") for n in range(12)]
    await make(helin, numbers)
    dice = random.Random(5)
    helin.start()
    await helin.until_ready()
    for extension in ("1001", "1002"):
        await shop.log_in(extension)
    with (
        shop.phone("1001", Phone(bye_ms=600)) as first,
        shop.phone("1002", Phone(bye_ms=900)) as second,
        outside(shop.carrier, answer_ms=500) as world,
    ):
        for kills in (1, 2):
            await until(lambda n=kills: world.notes().total() > 6 * n, "calls go on")
            await asyncio.sleep(dice.uniform(0, 0.8))
            os.kill(helin.processes[-1].pid, signal.SIGKILL)
            helin.processes[-1].wait()
            helin.start()
            await helin.until_ready()
        await all_over(helin)
        invited, answered = (of_numbers(world.notes(), word) for word in ("invite", "answered"))
        talked = first.notes()["answered"] + second.notes()["answered"]
    attempts = rows(helin, "SELECT number, outcome, cause FROM attempts")
    assert invited == Counter(number for number, _, _ in attempts)
    assert max(invited.values()) == 1
    met = Counter(outcome for _, outcome, _ in attempts)
    assert met["person"] + met["abandoned"] == len(answered), met
    assert met["person"] == talked
    assert set(met) <= {"person", "abandoned"}, met
    counted = rows(helin, "SELECT l.attempts, n.attempts FROM leads l JOIN lead_numbers n ON n.lead_id = l.id")
    assert set(counted) == {(1, 1)}


async def test_without_an_agent_in_time_the_dialplan_plays_the_message(shop: Shop, helin: Service) -> None:
    """Also when Helin is gone when the customer answers; and whoever asked not to be called is not called again."""
    await make(helin, [number(n, "0") for n in range(2)], attempts=3, retry={"abandoned": 1})
    helin.start()
    await helin.until_ready()
    await shop.log_in("1001")
    with shop.phone("1001", Phone(answer_ms=None)) as phone, outside(shop.carrier, answer_ms=300) as world:
        await until(lambda: world.notes()[f"invite:{number(0, '0')}"] == 1, "it rings")
        async with signed_in(helin.url, "admin") as admin:
            await admin.post("/do-not-call", {"number": number(0, "0"), "scope": "marketing"})
        await until(lambda: len(of_numbers(world.notes(), "got_bye")) == 2, "both have heard it")
        assert phone.notes()["answered"] == 0
        await until(
            lambda: len(rows(helin, "SELECT id FROM attempts WHERE ended_at IS NOT NULL")) == 2, "both are over"
        )
        said = shop.asterisk.full_log()
        assert said.count('Playback("PJSIP/trunk-') >= 2
        for answered, ended, outcome in rows(helin, "SELECT answered_at, ended_at, outcome FROM attempts"):
            assert outcome == "abandoned"
            assert answered < ended
        now = datetime.now(UTC)
        async with await Store.open(f"sqlite:///{helin.folder}/helin.db") as store:
            for lead in ("1", "2"):
                await store.attempts.put_off(lead, now, now)
        await until(lambda: of_numbers(world.notes(), "invite")[number(1, "0")] == 2, "the other one is called again")
        await until(
            lambda: len(rows(helin, "SELECT id FROM attempts WHERE ended_at IS NOT NULL")) == 3, "and only that"
        )
        assert of_numbers(world.notes(), "invite")[number(0, "0")] == 1


async def test_a_lead_is_looked_at_first_and_a_machine_gets_no_agent(shop: Shop, helin: Service) -> None:
    """Preview: kept for the agent, dialled at their word, and nobody else gets them. Then answering machines."""
    campaign = await make(helin, [number(n, "0") for n in range(2)], "preview")
    helin.start()
    await helin.until_ready()
    async with AsyncExitStack() as people:
        mine, other = [await people.enter_async_context(signed_in(helin.url, login)) for login in ("agent1", "agent2")]
        with shop.phone("1001", Phone(bye_ms=700)), shop.phone("1002", Phone(bye_ms=700)) as idle:
            await other.did("log_in", queues="support")
            await mine.did("log_in", queues="support")
            with outside(shop.carrier) as world:
                shown = await mine.get("/leads/previews")
                assert [each["id"] for each in shown["items"]] == [campaign]
                kept = await mine.post("/leads/next")
                assert (kept["lead"]["name"], kept["campaign"]["id"]) == ("Lead 0", campaign)
                assert (await mine.post("/leads/next"))["lead"] == kept["lead"], "the same, until it is dialled"
                refused = await other.command("dial_lead", lead=kept["lead"]["id"])
                assert refused["error"]["code"] == "not_possible"
                assert not of_numbers(world.notes(), "invite")
                await mine.did("dial_lead", lead=kept["lead"]["id"])
                answered = await mine.hears("call.answered")
                assert answered["call"]["number"] == number(0, "0")
                await until(lambda: rows(helin, "SELECT id FROM attempts WHERE ended_at IS NOT NULL"), "it is over")
                again = await mine.command("dial_lead", lead=kept["lead"]["id"])
                assert not again["ok"]
                assert idle.notes()["answered"] == 0
            await make(helin, [number(n, "1") for n in range(5, 8)], name="autumn", amd=True)
            with outside(shop.carrier):
                await until(lambda: len(rows(helin, MACHINES)) == 3, "three machines were heard")
            assert idle.notes()["answered"] == 0


MACHINES = "SELECT id FROM attempts WHERE outcome = 'machine' AND ended_at IS NOT NULL"
