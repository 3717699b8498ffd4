"""Opening hours on a real Asterisk: what callers meet when Helin has written ahead, and is away."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from config.asterisk_folder.find import Asterisk
from cti.actions import steps_of
from routing.actions import Closed, SayHours
from tests.real.asterisk import Shop, running_shop
from tests.real.scenarios import Caller, Phone
from tests.real.service import Person, configured, signed_in
from tests.real.test_dialplan import QUICK, _no_channels, _waits_in, after, until

SUPPORT = "+3725550100"
DIRECT = "+3725550300"
LONG = {"extensions.conf": {**QUICK["extensions.conf"], ("[globals]", "HELIN_HOLD"): "30"}}
HOUR = 3600


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_shop(asterisk_home: Asterisk) -> AsyncIterator[Shop]:
    async with running_shop(asterisk_home, LONG) as running:
        yield running


@pytest.fixture
async def office(one_shop: Shop) -> AsyncIterator[Shop]:
    """Open, with nobody logged in and no calls, before and after."""
    yield one_shop
    await one_shop.asterisk.rx("channel request hangup all")
    for agent, queue in (("1001", "support"), ("1002", "sales")):
        await one_shop.log_out(agent, queue)
    for queue in ("support", "sales"):
        await say(one_shop, SayHours(queue))
    await until(lambda: _no_channels(one_shop.asterisk))


def now() -> int:
    return int(time.time())


async def say(shop: Shop, hours: SayHours) -> None:
    """What Helin would write by AMI."""
    for words in steps_of(hours):
        fields = dict(words)
        await shop.asterisk.rx(f'dialplan set global {fields["Variable"]} "{fields["Value"]}"')


def closed(**more: object) -> SayHours:
    shut = (Closed(0, now() + HOUR),)
    return replace(SayHours("support", shut, closed_sound="helin/we-are-closed"), **more)  # type: ignore[arg-type]


async def test_who_calls_while_it_is_closed_hears_so_and_the_call_ends(office: Shop) -> None:
    await office.log_in("1001")
    await say(office, closed())
    seen = len(office.asterisk.full_log())
    with office.phone("1001") as phone, office.calls(Caller(talk_ms=None)) as caller:
        assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
        assert phone.notes() == {}
    log = after(office, seen)
    assert "helin/we-are-closed" in log
    assert "State: closed" in log
    # A message that nobody has recorded yet is said with Asterisk's own words.
    assert "please-try-call-later" in log


async def test_hours_that_nobody_writes_any_more_run_out_open(office: Shop) -> None:
    """Helin was stopped: what it wrote last closed yesterday, and the next closure is tomorrow."""
    await office.log_in("1001")
    over = (Closed(0, now() - 1), Closed(now() + 20 * HOUR, now() + 30 * HOUR, now() + 20 * HOUR))
    await say(office, SayHours("support", over))
    with office.phone("1001"), office.calls(Caller(talk_ms=300)) as caller:
        assert (await caller.done()).notes["said_bye"] == 1


async def test_on_a_holiday_the_message_is_another_one_and_another_queue_takes_the_call(office: Shop) -> None:
    await office.log_in("1002", "sales")
    holiday = (Closed(0, now() + HOUR, 0, True),)
    await say(office, SayHours("support", holiday, holiday_sound="helin/a-holiday", closed_queue="sales"))
    seen = len(office.asterisk.full_log())
    with office.phone("1002"), office.calls(Caller(talk_ms=300)) as caller:
        assert (await caller.done()).notes["said_bye"] == 1
    assert "helin/a-holiday" in after(office, seen)


async def test_queues_that_are_closed_in_a_circle_let_the_caller_go(office: Shop) -> None:
    await say(office, closed(closed_queue="sales"))
    await say(office, replace(closed(closed_queue="support"), queue="sales"))
    with office.calls(Caller(talk_ms=None)) as caller:
        assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}


@pytest.mark.parametrize("did", [SUPPORT, DIRECT])
async def test_who_waits_when_it_closes_is_told_after_the_minutes_of_grace(office: Shop, did: str) -> None:
    await office.log_in("1001")
    await say(office, SayHours("support", (Closed(now() + 1, now() + HOUR, now() + 4),), late_sound="helin/too-late"))
    seen = len(office.asterisk.full_log())
    with office.phone("1001", Phone(answer_ms=None)), office.calls(Caller(to=did, talk_ms=None)) as caller:
        assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
    assert "helin/too-late" in after(office, seen)


async def test_overflow_after_some_seconds_and_at_once_when_nobody_is_there(office: Shop) -> None:
    await office.log_in("1001")
    await office.log_in("1002", "sales")
    await say(office, SayHours("support", overflow_queue="sales", overflow_after_seconds=2, overflow_when_alone=True))
    had = len(office.asterisk.queue_log())
    with office.phone("1001", Phone(answer_ms=None)), office.phone("1002"):
        with office.calls(Caller(talk_ms=300)) as caller:
            assert (await caller.done()).notes["said_bye"] == 1
        await office.log_out("1001")
        with office.calls(Caller(talk_ms=300)) as caller:
            assert (await caller.done()).notes["said_bye"] == 1
    entered = [line[2] for line in office.asterisk.queue_log()[had:] if line[4] == "ENTERQUEUE"]
    assert entered == ["support", "sales", "sales"]


async def test_an_emergency_comes_first_and_ends_by_itself(office: Shop) -> None:
    await office.log_in("1001")
    alarm = SayHours("support", emergency_until=now() + HOUR, emergency_sound="helin/power-cut")
    await say(office, alarm)
    seen = len(office.asterisk.full_log())
    with office.phone("1001") as phone:
        with office.calls(Caller(talk_ms=None)) as caller:
            assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
        assert "helin/power-cut" in after(office, seen)
        assert phone.notes() == {}
        await say(office, replace(alarm, emergency_then="wait"))
        seen = len(office.asterisk.full_log())
        with office.calls(Caller(talk_ms=300)) as caller:
            assert (await caller.done()).notes["said_bye"] == 1
        assert "helin/power-cut" in after(office, seen)
        await say(office, replace(alarm, emergency_until=now() - 1))
        seen = len(office.asterisk.full_log())
        with office.calls(Caller(talk_ms=300)) as caller:
            assert (await caller.done()).notes["said_bye"] == 1
        assert '"helin/power-cut"' not in after(office, seen)


async def test_who_was_served_is_not_sent_away_by_the_clock(office: Shop) -> None:
    """The phone dies after closing time: the caller comes back to the queue, and does not hear that it is late."""
    await office.log_in("1001")
    await say(office, SayHours("support", (Closed(now() + 2, now() + HOUR, now() + 3),)))
    seen = len(office.asterisk.full_log())
    gone = Phone(bye_ms=4000, reason="Q.850;cause=44")
    with office.phone("1001", gone) as phone, office.calls(Caller(talk_ms=None)):
        await phone.noted("said_bye")
        phone.kill()
        await until(lambda: _waits_in(office, "support"), 30)
    assert "helin-late" not in after(office, seen)


async def test_what_a_supervisor_sets_holds_in_asterisk_also_when_helin_is_killed(shop: Shop, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    shut = [{"date": str(today + timedelta(days=ahead))} for ahead in (0, 1)]
    calendar = {
        "name": "shop",
        "time_zone": "UTC",
        "queues": ["support"],
        "hours": {day: ["00:00-24:00"] for day in week},
        "exceptions": shut,
        "closed_sound": "helin/we-are-closed",
    }

    async def told(word: str) -> None:
        await until(lambda: _global_has(shop, word), 20)

    async with configured(tmp_path, shop.asterisk) as helin:
        process = helin.start()
        await helin.until_ready()
        await shop.log_in("1001")
        async with signed_in(helin.url, "supervisor") as chief:
            made = await chief.post("/calendars", calendar)
            assert made["now"]["kind"] == "exception"
            await told("HELIN_RULES_support=helin/we-are-closed")
            with shop.calls(Caller(talk_ms=None)) as caller:
                assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
            assert "has the opening hours of support" in helin.run("doctor").stdout
            await switch(chief, on=True)
            await until(lambda: _global_has(shop, "HELIN_EMERGENCY_support=1"), 20)
            await switch(chief, on=False)
            await told("HELIN_EMERGENCY_support=\n")
        os.kill(process.pid, signal.SIGKILL)
        with shop.calls(Caller(talk_ms=None)) as caller:
            assert (await caller.done()).notes == {"answered": 1, "got_bye": 1}
        helin.start()
        await helin.until_ready()
        async with signed_in(helin.url, "supervisor") as chief:
            async with chief.http.delete(f"{chief.url}/api/v1/calendars/shop") as answer:
                assert answer.status == 204
            await told("HELIN_HOURS_support=\n")
        with shop.phone("1001"), shop.calls(Caller(talk_ms=300)) as caller:
            assert (await caller.done()).notes["said_bye"] == 1


async def switch(chief: Person, on: bool) -> None:
    async with chief.http.put(f"{chief.url}/api/v1/calendars/shop/emergency", json={"on": on}) as answer:
        assert answer.status == 200, await answer.text()


async def _global_has(shop: Shop, word: str) -> bool:
    return word in await shop.asterisk.rx("dialplan show globals")
