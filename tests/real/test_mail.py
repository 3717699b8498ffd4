"""A mailbox on a real server: each mail once, large ones left, wrong passwords said in one line."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent_ui.mail.answering import Answering, SmtpPlan
from agent_ui.mail.imap import ImapPlan, try_out
from agent_ui.mail.mailbox import MailboxPlan, reading
from agent_ui.mail.sending_reports import send_due
from crm_store.requests import Request, RequestFilter
from crm_store.store import Store
from routing.facts import CallAnswered, CallArrived, CallEnded, CallQueued, CallUnqueued
from tests.crm_store.story import at
from tests.crm_store.test_calls import record
from tests.real.mail_server import PASSWORD, USER, MailServer, mail_server

__all__ = ["mail_server"]

MEGABYTE = 1_000_000


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def plan_of(server: MailServer, password: str = PASSWORD) -> MailboxPlan:
    imap = ImapPlan("help", "127.0.0.1", server.imap_port, "none", USER, password, "INBOX", MEGABYTE)
    return MailboxPlan(imap, "support", every=0.2)


def mail(number: int, text: str = "Help me.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "Mari Maasikas <mari@home.example>", headers.pop("Subject", f"Question {number}")
    made["Message-ID"] = headers.pop("id", f"<{number}@home.example>")
    made.set_content(text)
    return made


async def found(store: Store) -> list[Request]:
    return list((await store.requests.page(RequestFilter())).items)


async def until(store: Store, count: int) -> list[Request]:
    for _ in range(600):
        if len(there := await found(store)) >= count:
            assert len(there) == count
            return there
        await asyncio.sleep(0.1)
    raise AssertionError(f"{[one.subject for one in there]}")


async def until_true(true: Callable[[], object]) -> None:
    for _ in range(600):
        if true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError


async def test_each_mail_once_whatever_is_in_it(store: Store, mail_server: MailServer) -> None:
    await store.queues.put("support")
    rich = mail(2, Subject="=?utf-8?q?=3Cb=3Eh=C3=B5issa?=\u202e")
    rich.add_alternative("<style>p{}</style><p>Seen &amp; <b>read</b></p><script>steal()</script>", subtype="html")
    rich.add_attachment(b"x" * 5000, maintype="image", subtype="png", filename="../../etc/pass\u202ewd.png")
    mail_server.arrive(mail(1))
    mail_server.arrive(rich)
    async with reading((plan_of(mail_server), plan_of(mail_server)), store):
        mail_server.arrive(mail(1, "The same, once more."))
        mail_server.arrive(
            b"Subject: no end\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/"
        )
        mail_server.arrive(mail(3))
        there = await until(store, 4)
    by_subject = {one.subject: one for one in there}
    first = by_subject["Question 1"]
    assert (first.kind, first.name, first.email, first.text) == (
        "mail",
        "Mari Maasikas",
        "mari@home.example",
        "Help me.",
    )
    assert first.due_at is not None
    (attachment,) = next(one for one in there if one.details["attachments"]).details["attachments"]
    assert attachment == {
        "n": 1, "name": "../../etc/pass wd.png", "type": "image/png", "size": 5000, "kept": True,
    }  # fmt: skip
    kept = await store.attachments.get(next(one.id for one in there if one.details["attachments"]), 1)
    assert kept is not None
    assert kept.body == b"x" * 5000
    async with reading((plan_of(mail_server),), store):
        mail_server.arrive(mail(4))
        await until(store, 5)


async def test_a_mail_of_50_mb_stays_where_it_is(store: Store, mail_server: MailServer) -> None:
    await store.queues.put("support")
    large = mail(1, Subject="Our holiday").as_bytes() + b"\n" + (b"0123456789" * 7 + b"\n") * 710_000
    mail_server.arrive(large)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with reading((plan_of(mail_server),), store) as (reader,):
        mail_server.arrive(mail(2))
        there = await until(store, 2)
        assert reader.trouble == ""
    noted = next(one for one in there if one.subject == "Our holiday")
    assert noted.email == "mari@home.example"
    assert noted.text is not None
    assert "read it in the mailbox" in noted.text
    assert noted.details["too_large"] is True
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 20_000, "kilobytes: it was never fetched"


async def test_a_wrong_password_is_one_sentence_and_the_mail_comes_when_it_is_right(
    store: Store, mail_server: MailServer
) -> None:
    await store.queues.put("support")
    mail_server.arrive(mail(1))
    assert try_out(plan_of(mail_server).imap) == ""
    assert "refused the login" in try_out(plan_of(mail_server, "wrong").imap)
    assert "has no folder 'Lost'" in try_out(replace(plan_of(mail_server).imap, folder="Lost"))
    async with reading((plan_of(mail_server, "wrong"),), store) as (reader,):
        await until_true(lambda: reader.trouble)
        while not (told := await store.mailboxes.troubles()):
            await asyncio.sleep(0.05)
        assert [(one.name, one.text) for one in told] == [("help", reader.trouble)]
        assert f"127.0.0.1 refused the login of {USER}" in reader.trouble
        assert "wrong" not in reader.trouble
        reader.plan = plan_of(mail_server)
        await until(store, 1)
        await until_true(lambda: not reader.trouble)
        while await store.mailboxes.troubles():
            await asyncio.sleep(0.05)
        mail_server.stop()
        await until_true(lambda: "cannot be reached" in reader.trouble)
        mail_server.start_imap()
        mail_server.arrive(mail(2))
        await until(store, 2)
        reader.plan = replace(plan_of(mail_server), queue="nowhere")
        mail_server.arrive(mail(3))
        await until_true(lambda: "there is no queue" in reader.trouble)
        reader.plan = plan_of(mail_server)
        await until(store, 3)


async def test_an_answer_is_sent_once_and_in_the_mail_s_thread(store: Store, mail_server: MailServer) -> None:
    await store.queues.put("support")
    smtp = SmtpPlan("help", "support", f"The Shop <{USER}>", "127.0.0.1", mail_server.smtp_port, "none", "", "")
    details = {"mailbox": "help", "message_id": "<1@home.example>", "references": ["<0@home.example>"]}
    fields = {"name": 'Mari "<x>"', "email": "mari@home.example", "details": details}
    subject = "Price?\r\nBcc: victim@else.example"
    request = (await store.requests.add("mail", "support", subject, datetime.now(UTC), fields)).request
    answering = Answering((smtp,), store)
    first, again = await asyncio.gather(*(answering.send(request, "anna", "anna/c1", "Ten euros.\n") for _ in range(2)))
    assert {first.state, again.state} <= {"sent", "sending"}
    await answering.send(request, "anna", "anna/c1", "Ten euros.")
    (sent,) = mail_server.sent()
    assert sent["Bcc"] is None
    assert sent["To"].addresses[0].addr_spec == "mari@home.example"
    assert (sent["In-Reply-To"], sent["References"]) == ("<1@home.example>", "<0@home.example> <1@home.example>")
    assert sent.get_content().strip() == "Ten euros."
    (kept,) = await store.replies.of(request.id)
    assert (kept.state, kept.agent, kept.message_id) == ("sent", "anna", sent["Message-ID"])
    mail_server.stop()
    failed = await answering.send(request, "anna", "anna/c2", "And?")
    assert failed.state == "failed"
    assert failed.trouble is not None
    assert "cannot be reached" in failed.trouble


async def test_a_report_goes_out_once_also_when_the_server_was_away(
    store: Store, mail_server: MailServer, tmp_path: Path
) -> None:
    """Away at first and once more between two tries: said in words, tried again ever later, nothing lost or doubled."""
    facts = [
        CallArrived("a", at(0), "main", "inbound", None, None, None), CallQueued("a", at(1), "õhtune"),
        CallUnqueued("a", at(5), "õhtune", "answered"), CallAnswered("a", at(5), "agent1", "a.2"),
        CallEnded("a", at(60), "answered", "caller"),
    ]  # fmt: skip
    await record(store, tmp_path / "spool", facts)
    await store.users.put("boss", "Boss", "supervisor", password_hash="x")
    made = datetime(2026, 11, 24, 12, tzinfo=UTC)
    wish = {
        "name": "Õhtune\r\nBcc: all@shop.example", "measures": ["offered", "asa"], "by": ["queue"], "every": "day",
        "at": "07:30", "time_zone": "Europe/Tallinn", "recipients": ["boss@shop.example", "owner@shop.example"],
    }  # fmt: skip
    due = (await store.saved_reports.add("boss", wish, made)).next_at
    assert due is not None
    smtp = SmtpPlan("help", "support", f"The Shop <{USER}>", "127.0.0.1", mail_server.smtp_port, "none", "", "")
    mail_server.stop_smtp()
    assert await send_due(store, smtp, due - timedelta(seconds=1)) == 0
    for minutes in (0, 5, 10):
        assert await send_due(store, smtp, due + timedelta(minutes=minutes)) == 0
        [one] = await store.saved_reports.all("boss")
        assert one.trouble is not None
        assert one.trouble.startswith(f"127.0.0.1:{mail_server.smtp_port} cannot be reached")
        assert (one.next_at, one.sent_at) == (due, None)
    mail_server.start_smtp()
    later = due + timedelta(minutes=15)
    assert await send_due(store, smtp, later - timedelta(seconds=1)) == 0, "the third try is five minutes after"
    sent = await asyncio.gather(*(send_due(store, smtp, later) for _ in range(3)))
    assert (sum(sent), await send_due(store, smtp, later + timedelta(hours=1))) == (1, 0)
    [one] = await store.saved_reports.all("boss")
    assert (one.trouble, one.sent_at, one.next_at) == (None, later, due + timedelta(days=1))
    [message] = mail_server.sent()
    assert (message["To"], message["Bcc"]) == ("boss@shop.example, owner@shop.example", None)
    assert message["Subject"].startswith("Õhtune Bcc: all@shop.example, 2026-11-24")
    day = "2026-11-24"
    files = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert list(files) == [f"report-{day}.{kind}" for kind in ("csv", "xlsx", "pdf")]
    assert "õhtune,2026-11-24T00:00:00+02:00,2026-11-25T00:00:00+02:00,1," in files[f"report-{day}.csv"]
    assert (files[f"report-{day}.xlsx"][:2], files[f"report-{day}.pdf"][:5]) == (b"PK", b"%PDF-")
    text = message.get_body()
    assert text is not None
    assert "asa: waits of answered calls ÷ answered" in text.get_content()
