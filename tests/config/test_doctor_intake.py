"""What the doctor says of queues, skills, calendars, forms and mailboxes: one sentence each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.doctor_intake import intake, mailboxes
from config.sending_reports import findings as reports
from config.settings import Settings
from crm_store.calendars import CalendarFile, ExceptionDay
from crm_store.store import Store

pytestmark = pytest.mark.usefixtures("sqlite_url")

BOX = {"name": "help", "imap_host": "127.0.0.1", "imap_port": 1, "imap_tls": "none", "username": "u", "password": "p"}


async def found(folder: Path, **parts: object) -> list[str]:
    url = f"sqlite:///{folder}/helin.db"
    async with await Store.open(url) as store:
        await store.users.put("anna", "Anna", "agent", password_hash="x", skills={"estonian": 3})
        await store.queues.put("support", skills={"estonian": 4})
        await store.queues.put("sales", skills={"estonian": 3})
        past = ExceptionDay(date=date(2020, 1, 1), hours=["09:00-17:00"])
        await store.calendars.put(
            CalendarFile(name="old", time_zone="UTC", queues=["sales"], hours={}, exceptions=(past,)), None
        )
        settings = Settings.model_validate({"store": {"url": url}, **parts})
        return [f"{one.level}: {one.what}" for one in await intake(settings, store)]


async def test_what_would_never_reach_an_agent_is_said(tmp_path: Path) -> None:
    forms = [{"key": "form-one-1", "queue": "support", "queues": ["nowhere"], "kind": "callback"}]
    boxes = [{**BOX, "queue": "gone", "skills": {"latin": 0, "estonian": 1}}]
    said = await found(tmp_path, forms=forms, mailboxes=boxes, written={"tickets_queue": "lost"})
    assert "fail: Form form-one-1: there is no queue 'nowhere', so nothing of it reaches an agent." in said
    assert "fail: Mailbox help: there is no queue 'gone', so nothing of it reaches an agent." in said
    assert "fail: Tickets that are due soon: there is no queue 'lost', so nothing of it reaches an agent." in said
    latin = "asks for the skill 'latin', which no agent has so well: who asks for it would wait for ever."
    assert f"fail: Mailbox help {latin}" in said
    assert f"warn: Queue support {latin.replace('latin', 'estonian')}" in said
    assert any(one.startswith("warn: Calendar old: From today on it does not open within a year") for one in said)
    assert not any("'support'" in one or "Queue sales" in one for one in said)


async def test_a_mailbox_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    box = {**BOX, "queue": "support", "sender": "a@b.ee", "smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_tls": "none"}
    reads, sends = await mailboxes(Settings.model_validate({"mailboxes": [box]}))
    assert reads.what.startswith("Mailbox help cannot be read: 127.0.0.1:1 cannot be reached")
    assert sends.what.startswith("Mailbox help cannot send: 127.0.0.1:1 cannot be reached")
    assert (reads.do, sends.do) == ("until then mails wait in it", "until then answers are not sent")


async def test_a_report_that_was_not_sent_is_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/helin.db"
    box = {**BOX, "queue": "support", "sender": "a@b.ee", "smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_tls": "none"}
    sends, reads = (Settings.model_validate({"mailboxes": [one]}) for one in (box, {**BOX, "queue": "support"}))
    async with await Store.open(url) as store:
        assert await reports(reads, store) == []
        wish = {"name": "Mondays", "measures": ["offered"], "every": "day", "recipients": ["boss@shop.example"]}
        saved = await store.saved_reports.add("boss", wish, datetime.now(UTC))
        assert [one.level for one in await reports(sends, store)] == ["ok"]
        assert [(one.level, "no mailbox sends" in one.what) for one in await reports(reads, store)] == [("fail", True)]
        await store.saved_reports.failed(saved, "127.0.0.1:1 cannot be reached", datetime.now(UTC))
        [found] = await reports(sends, store)
        assert found.what == "Report Mondays of boss was not sent: 127.0.0.1:1 cannot be reached."
