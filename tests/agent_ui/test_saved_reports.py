"""Saved reports: whose they are, who sees them, when they are due. That they are sent: tests/real/test_mail.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_ui.http.routes import PREFIX
from agent_ui.mail.answering import SmtpPlan
from agent_ui.mail.sending_reports import send_due
from routing.report_times import next_due, time_of
from tests.agent_ui.test_api import Site, site

__all__ = ["site"]

PATH = f"{PREFIX}/reports/saved"
WISH: dict[str, Any] = {"name": "Monday's figures", "measures": ["offered", "asa"], "by": ["queue"], "each": "day"}
DAILY = WISH | {"every": "day", "at": "07:30", "time_zone": "Europe/Tallinn", "recipients": ["boss@shop.example"]}
PLAN = SmtpPlan("support", "support", "Shop <help@shop.example>", "127.0.0.1", 1, "none", "", "")
"""Nobody listens there."""
TALLINN = ZoneInfo("Europe/Tallinn")


async def test_own_and_shared_ones(site: Site) -> None:
    chief, admin = await site.token("supervisor"), await site.token("admin")
    status, mine = await site.ask("POST", PATH, chief, json=WISH)
    assert (status, mine["owner"], mine["next_at"], mine["wish"]["measures"]) == (
        201,
        "supervisor",
        None,
        ["offered", "asa"],
    )
    await site.ask("POST", PATH, chief, json=WISH | {"name": "for all", "shared": True})
    seen = [[one["name"] for one in (await site.ask("GET", PATH, token))[1]["items"]] for token in (chief, admin)]
    assert seen == [["Monday's figures", "for all"], ["for all"]]
    one = f"{PATH}/{mine['id']}"
    assert (await site.ask("PUT", one, admin, json=WISH))[0] == 404
    assert (await site.ask("DELETE", one, admin))[0] == 404
    status, changed = await site.ask("PUT", one, chief, json=DAILY)
    assert (status, changed["every"], changed["at"], changed["next_at"] is not None) == (200, "day", "07:30", True)
    assert (await site.ask("DELETE", one, chief))[0] == 204


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"measures": ["happiness"]}, "there is no measure"),
        ({"measures": ["occupancy"]}, "belong to no call"),
        ({"every": "day", "recipients": []}, "to which addresses"),
        ({"every": "day", "recipients": ["boss@shop.example\r\nBcc: all@shop.example"]}, "no mail address"),
        ({"at": "25:00"}, "a time of the day"),
        ({"time_zone": "Mars/Olympus"}, "Europe/Tallinn"),
        ({"time_zone": "Europe/\0"}, "Europe/Tallinn"),
        ({"name": "a\0b"}, "no text"),
        ({"only": {"queue": "a\0b"}}, "no text"),
        ({"only": {"moon": "full"}}, "only"),
        ({"measures": ["offered"] * 5_000}, "measures"),
        ({"by": ["queue"] * 5_000}, "by"),
        ({"formula": "best"}, "formula"),
        ({"each": "second"}, "each"),
        ({"recipients": ["a@b.example"] * 5_000}, "recipients"),
        ({"recipients": ["a@b.example", "c\0@b.example"]}, "no mail address"),
    ],
)
async def test_what_cannot_be_saved_is_one_sentence(site: Site, change: dict[str, Any], says: str) -> None:
    status, said = await site.ask("POST", PATH, await site.token("supervisor"), json=WISH | change)
    assert (status, says in said["detail"]) == (422, True), said


async def test_what_was_claimed_and_never_ended_is_not_sent_again(site: Site) -> None:
    _, saved = await site.ask("POST", PATH, await site.token("supervisor"), json=DAILY)
    due = datetime.fromisoformat(saved["next_at"])
    [one] = await site.store.saved_reports.due(due)
    assert [await site.store.saved_reports.claim(one, due) for _ in range(2)] == [True, False]
    assert await send_due(site.store, PLAN, due + timedelta(hours=1)) == 0
    [one] = await site.store.saved_reports.all("supervisor")
    assert one.next_at == due + timedelta(days=1)
    assert "nobody knows" in (one.trouble or "")


def test_when_they_are_due_and_what_they_are_about() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert next_due("day", 450, TALLINN, before) == datetime(2026, 10, 25, 5, 30, tzinfo=UTC), "winter time since 4:00"
    assert next_due("week", 450, TALLINN, before) == datetime(2026, 10, 26, 5, 30, tzinfo=UTC)
    assert next_due("month", 0, TALLINN, before) == datetime(2026, 10, 31, 22, tzinfo=UTC)
    begin, end = time_of("day", TALLINN, datetime(2026, 10, 26, 5, 30, tzinfo=UTC))
    assert (begin.isoformat()[:16], end - begin) == ("2026-10-24T21:00", timedelta(hours=25))
    begin, end = time_of("week", TALLINN, datetime(2026, 10, 26, 5, 30, tzinfo=UTC))
    assert (begin.isoformat()[:16], end - begin) == ("2026-10-18T21:00", timedelta(days=7, hours=1))
    begin, end = time_of("month", TALLINN, datetime(2026, 10, 31, 22, tzinfo=UTC))
    assert (begin.isoformat()[:16], end.isoformat()[:16]) == ("2026-09-30T21:00", "2026-10-31T22:00")
