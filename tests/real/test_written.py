"""Written requests through the whole of it: a form and a mail reach an agent's panel, over Redis, through restarts."""

from __future__ import annotations

import asyncio
import json
import signal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp

from tests.real.asterisk import Shop
from tests.real.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.real.redis_server import RedisServer, redis_server
from tests.real.scenarios import Caller
from tests.real.service import Person, Service, configured, signed_in

__all__ = ["mail_server", "redis_server"]

FORM = "webshop-form"
HOSTILE = '<script>alert("x")</script> \u202eevil'


def settings(mail: MailServer) -> str:
    return f"""
[written]
most_per_agent = 2
offer_seconds = 60
[[forms]]
key = "{FORM}"
queue = "support"
origins = ["https://shop.example"]
[[mailboxes]]
name = "help"
queue = "support"
imap_host = "127.0.0.1"
imap_port = {mail.imap_port}
imap_tls = "none"
username = "{USER}"
password = "{PASSWORD}"
every_seconds = 0.5
sender = "Shop <{USER}>"
smtp_host = "127.0.0.1"
smtp_port = {mail.smtp_port}
smtp_tls = "none"
"""


async def fill_in(service: Service, **fields: str) -> int:
    given = {"name": "Mari", "email": "mari@home.example", "message": "What does it cost?", **fields}
    async with aiohttp.ClientSession() as http, http.post(f"{service.url}/api/v1/forms/{FORM}", json=given) as answer:
        return answer.status


async def offered(agent: Person) -> dict[str, Any]:
    while True:
        message = await agent.hears("request.changed", 60)
        if message["request"]["state"] == "offered" and not message.get("gone"):
            found: dict[str, Any] = message["request"]
            return found


async def test_a_form_and_a_mail_reach_the_panel_and_outlive_the_engine(
    shop: Shop, tmp_path: Path, postgres_url: str, redis_server: RedisServer, mail_server: MailServer
) -> None:
    async with configured(tmp_path, shop.asterisk, postgres_url, redis_server.url, settings(mail_server)) as service:
        engine = service.start("engine")
        service.start("web")
        await service.until_ready()
        await shop.log_in("1001")
        async with signed_in(service.url, "agent1") as anna, signed_in(service.url, "supervisor") as chief:
            mari = (await chief.post("/contacts", {"name": "Mari", "email": "mari@home.example"}))["id"]
            assert await fill_in(service, subject=HOSTILE) == 202
            form = await offered(anna)
            assert (form["kind"], form["contact"], form["name"]) == ("form", mari, "Mari")
            assert "script" in form["title"]
            await anna.did("accept", request=form["id"])
            assert (await anna.command("accept", request=form["id"]))["ok"] is False

            mail = EmailMessage()
            mail["From"], mail["Message-ID"], mail["Subject"] = (
                "Mari <mari@home.example>",
                "<q1@home.example>",
                "Later?",
            )
            mail.set_content("And when does it come?")
            mail_server.arrive(mail)
            letter = await offered(anna)
            await anna.did("accept", request=letter["id"])
            async with anna.http.post(
                f"{anna.url}/api/v1/requests/{letter['id']}/replies",
                json={"text": "Tomorrow."}, headers={"Idempotency-Key": "k1"},
            ) as answer:  # fmt: skip
                assert (answer.status, (await answer.json())["state"]) == (200, "sent")
            (sent,) = mail_server.sent()
            assert (sent["In-Reply-To"], sent["Subject"]) == ("<q1@home.example>", "Re: Later?")

            engine.send_signal(signal.SIGKILL)
            engine.wait()
            assert await fill_in(service, message="While the engine was away") == 202
            service.start("engine")
            await service.until_ready()
            waiting = await _until_waiting(chief, 1)
            assert (waiting[0]["title"], waiting[0]["position"]) == ("While the engine was away", 1)
            assert waiting[0]["score"] == round(sum(part["points"] for part in waiting[0]["reasons"]), 4)
            await anna.did("park", request=form["id"], until="2099-01-01T08:00:00Z")
            third = await offered(anna)
            await anna.did("decline", request=third["id"])
            await anna.did("done", request=letter["id"], note="Told her when.")
            history = (await anna.get(f"/contacts/{mari}/interactions"))["items"]
            assert [one["note"] for one in history] == ["Later?\nTold her when.", "Later?\nTomorrow."]
        states = {one["title"] if "title" in one else one["subject"]: one["state"] for one in await _all(service)}
        assert sorted(states.values()) == ["done", "parked", "waiting"]


async def test_a_call_takes_an_offer_s_place_and_nothing_is_lost(
    shop: Shop, tmp_path: Path, mail_server: MailServer
) -> None:
    async with configured(tmp_path, shop.asterisk, more=settings(mail_server)) as service:
        service.start()
        await service.until_ready()
        await shop.log_in("1001")
        async with signed_in(service.url, "agent1") as anna:
            assert await fill_in(service) == 202
            letter = await offered(anna)
            with shop.phone("1001"), shop.calls(Caller("+37255501000", talk_ms=500)) as caller:
                await anna.hears("call.ringing", 60)
                gone = await anna.hears("request.changed", 60, gone=True)
                assert gone["request"]["state"] == "waiting"
                await caller.done()
                assert (await offered(anna))["id"] == letter["id"]
                await anna.did("accept", request=letter["id"])


async def _until_waiting(chief: Person, count: int) -> list[dict[str, Any]]:
    for _ in range(600):
        found: list[dict[str, Any]] = (await chief.get("/queues/support/waiting"))["items"]
        if len(found) == count:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{json.dumps(found)[:500]}")


async def _all(service: Service) -> list[dict[str, Any]]:
    async with signed_in(service.url, "supervisor") as chief:
        items: list[dict[str, Any]] = (await chief.get("/requests"))["items"]
        return items
