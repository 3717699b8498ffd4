"""Web forms and requests over HTTP: bounded, once, and nothing of it believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from agent_ui.bus.in_process import InProcessBus
from agent_ui.http.flood import FormPlan
from agent_ui.http.requests import file_name
from agent_ui.http.routes import PREFIX
from agent_ui.web_server import running_web
from crm_store.attachments import Attachment
from crm_store.requests import RequestFilter
from crm_store.store import Store
from tests.agent_ui.test_api import PASSWORD, ROLES, Site

SHOP = FormPlan("shop-form-1", "support", "Shop", frozenset({"https://shop.example"}), per_address=4, per_minute=6)
PLAIN = FormPlan("plain-form-1", "support", "Plain", thanks_url="https://shop.example/thanks", per_address=100)
CALL = FormPlan(
    "call-form-1", "support", "Call me", frozenset({"https://shop.example"}), per_address=100, per_minute=100,
    kind="callback", queues=frozenset({"sales"}),
)  # fmt: skip
FEW = replace(CALL, key="call-form-2", per_minute=10)
FORM = f"{PREFIX}/forms/{SHOP.key}"
CALL_FORM = f"{PREFIX}/forms/{CALL.key}"
GOOD = {"name": "Mari", "email": "mari@home.example", "message": "What does it cost?"}


@pytest.fixture
async def site(sqlite_url: str) -> AsyncIterator[Site]:
    async with await Store.open(sqlite_url) as store:
        await store.queues.put("support")
        await store.queues.put("sales")
        serving = running_web(
            "127.0.0.1", 0, "http://127.0.0.1:8080", store, InProcessBus(), {}, CollectorRegistry(),
            forms=(SHOP, PLAIN, CALL, FEW),
        )  # fmt: skip
        async with serving as web:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            for role in ROLES:
                await store.users.put(role, role.title(), role, team="North", password_hash=hashed)  # type: ignore[arg-type]
            yield Site(f"http://127.0.0.1:{web.port}", store, web)


async def kept(site: Site) -> list[dict[str, object]]:
    items = (await site.store.requests.page(RequestFilter())).items
    return [{"subject": one.subject, "text": one.text, "email": one.email, **one.details} for one in items]


async def test_a_form_becomes_a_request_and_only_its_own_pages_may_send_it(site: Site) -> None:
    origin = {"Origin": "https://shop.example"}
    status, said = await site.ask("POST", FORM, json={**GOOD, "order": "77 <b>"}, headers=origin)
    assert (status, said) == (202, {"received": True})
    async with aiohttp.ClientSession() as http:
        asking = {**origin, "Access-Control-Request-Method": "POST"}
        async with http.options(site.url + FORM, headers=asking) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "https://shop.example")
        async with http.options(site.url + FORM, headers={"Origin": "https://evil.example"}) as answer:
            assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (403, False)
        plain = site.url + FORM.replace(SHOP.key, PLAIN.key)
        async with http.post(plain, data={**GOOD, "message": "Õhtul?\r\nJah"}, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "https://shop.example/thanks")
    assert (await site.ask("POST", FORM, json=GOOD, headers={"Origin": "https://evil.example"}))[0] == 403
    assert await kept(site) == [
        {"subject": "What does it cost?", "text": "What does it cost?", "email": "mari@home.example",
         "form": "Shop", "fields": {"order": "77 <b>"}},
        {"subject": "Õhtul? Jah", "text": "Õhtul?\r\nJah", "email": "mari@home.example", "form": "Plain", "fields": {}},
    ]  # fmt: skip


async def test_what_a_machine_filled_in_is_thrown_away_without_a_word(site: Site) -> None:
    assert await site.ask("POST", FORM, json={**GOOD, "website": "http://spam"}) == (202, {"received": True})
    assert await kept(site) == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"message": "Hi"}, 422),
        ({"email": "mari@home.example"}, 422),
        ({**GOOD, "email": "no address"}, 422),
        ({**GOOD, "message": "x" * 20_001}, 422),
        ({**GOOD, "message": "x" * 70_000}, 413),
        ({**GOOD, "message": ["x"]}, 422),
        ({**GOOD, "message": "a\0b"}, 422),
        ({**GOOD, "number": "12"}, 422),
        ({**GOOD, **{f"own{n}": "x" for n in range(21)}}, 422),
        (["x"], 422),
    ],
)
async def test_a_form_that_cannot_be(site: Site, given: object, status: int) -> None:
    assert (await site.ask("POST", FORM, json=given))[0] == status
    assert await kept(site) == []
    assert (await site.ask("POST", f"{PREFIX}/forms/other-form-1", json=GOOD))[0] == 404
    assert (await site.ask("POST", FORM, data=b"\xff", headers={"Content-Type": "text/plain"}))[0] == 415
    assert (await site.ask("POST", FORM, data=b"{", headers={"Content-Type": "application/json"}))[0] == 400


async def test_a_flood_is_stopped_by_address_and_in_all(site: Site) -> None:
    async def send(address: str) -> tuple[int, str]:
        headers = {"X-Forwarded-For": address, "Origin": "https://shop.example"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(site.url + FORM, json=GOOD, headers=headers) as answer,
        ):
            assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
            return answer.status, answer.headers.get("Retry-After", "")

    one = await asyncio.gather(*(send("203.0.113.1") for _ in range(20)))
    assert sorted(status for status, _ in one) == [202] * 4 + [429] * 16
    assert all(0 < int(wait) <= 601 for status, wait in one if status == 429)
    many = await asyncio.gather(*(send(f"203.0.113.{n}") for n in range(2, 40)))
    assert [status for status, _ in many].count(202) == 2
    assert len(await kept(site)) == 6


async def test_requests_for_programs(site: Site) -> None:
    api, agent, chief = [await site.token(role) for role in ("api", "agent", "supervisor")]
    wish = {"queue": "support", "subject": "From the shop", "number": "5550 1000"}
    key = {"Idempotency-Key": "order-1"}
    status, made = await site.ask("POST", f"{PREFIX}/requests", api, json=wish, headers=key)
    assert (status, made["kind"], made["state"], made["number"]) == (201, "form", "waiting", "+37255501000")
    assert made["due_at"] is not None
    status, again = await site.ask("POST", f"{PREFIX}/requests", api, json=wish, headers=key)
    assert (status, again["id"]) == (200, made["id"])
    for wrong in ({"queue": "nowhere"}, {"skills": {"magic": 1}}, {"contact": "99"}, {"number": "abc"}):
        assert (await site.ask("POST", f"{PREFIX}/requests", api, json={**wish, **wrong}))[0] == 422
    one = f"{PREFIX}/requests/{made['id']}"
    assert (await site.ask("GET", one, agent))[0] == 404, "not theirs, and not of a queue of theirs"
    assert (await site.ask("GET", one, chief))[1]["subject"] == "From the shop"
    contact = (await site.ask("POST", f"{PREFIX}/contacts", chief, json={"name": "Mari"}))[1]["id"]
    assert (await site.ask("PATCH", one, chief, json={"contact": contact}))[1]["contact_name"] == "Mari"
    assert (await site.ask("POST", f"{one}/replies", chief, json={"text": "x"}, headers=key))[0] == 409
    assert (await site.ask("POST", f"{one}/cancel", chief))[1]["state"] == "cancelled"
    assert (await site.ask("POST", f"{one}/cancel", chief))[0] == 409
    assert (await site.ask("GET", f"{PREFIX}/requests?open=true", chief))[1]["items"] == []


async def test_only_who_has_a_request_keeps_an_answer_half_written(site: Site) -> None:
    chief = await site.token("supervisor")
    made = await site.store.requests.add("form", "support", "Price?", datetime.now(UTC), {"email": "mari@home.example"})
    path, wish = f"{PREFIX}/requests/{made.request.id}/draft", {"json": {"text": '{"reply":"Dear"}'}}
    status, said = await site.ask("PUT", path, chief, **wish)
    assert (status, said["detail"]) == (409, "Accept the request first.")
    assert await site.store.requests.move(
        made.request.id, "taken", datetime.now(UTC), was=("waiting",), agent="supervisor"
    )
    assert (await site.ask("PUT", path, chief, **wish))[0] == 200
    assert (await site.ask("GET", path, chief))[1]["text"] == '{"reply":"Dear"}'
    assert (await site.ask("PUT", path, chief, json={"text": "x" * 250_001}))[0] == 422
    assert (await site.ask("GET", path, await site.token("api")))[0] == 403
    assert (await site.ask("GET", path, await site.token("agent")))[0] == 404


async def test_an_attachment_is_saved_and_never_shown_and_only_by_who_may_see_the_mail(site: Site) -> None:
    page = Attachment(1, "..\\up/bill\u202e\r\nX: y.html", b"<script>alert(1)</script>")
    wish = {"details": {"attachments": [{"n": 1}]}}
    added = await site.store.requests.add("mail", "support", "Bill", datetime.now(UTC), wish, attachments=[page])
    path = f"{PREFIX}/requests/{added.request.id}/attachments/"
    chief = {"Authorization": f"Bearer {await site.token('supervisor')}"}
    async with aiohttp.ClientSession(site.url, headers=chief) as http:
        async with http.get(path + "1") as answer:
            assert (answer.status, await answer.read()) == (200, page.body)
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''bill___X_%20y.html"
        for wrong, status in (("2", 404), ("0", 404), ("-1", 404), ("x", 404), ("1" * 30, 404), ("%00", 422)):
            async with http.get(path + wrong) as answer:
                assert answer.status == status
    assert (await site.ask("GET", path + "1", await site.token("agent")))[0] == 404, "not a queue of theirs"
    assert (await site.ask("GET", path + "1"))[0] == 401


@pytest.mark.parametrize(
    ("said", "saved"),
    [
        ("plan.pdf", "plan.pdf"), ("../../etc/passwd", "passwd"), ("C:\\x\\y.txt", "y.txt"), ("..", "attachment"),
        ("", "attachment"), ("a" * 300 + ".exe", "a" * 120 + ".exe"), ("bill.pdf. . ", "bill.pdf"), ('"<|>"', "_____"),
        (".htaccess", "htaccess"), ("õhtu.õ", "õhtu.õ"),
    ],
)  # fmt: skip
def test_a_file_is_saved_where_it_should_be_and_shows_its_ending(said: str, saved: str) -> None:
    assert file_name(said) == saved


async def test_a_form_asks_for_a_callback_at_a_time_that_is_wished_for(site: Site) -> None:
    moment = datetime.now(UTC)
    noon = (moment + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    wish = {"number": "5550 1000", "name": "Mari <b>", "message": "About the bill", "order": "77"}
    page = {"Origin": "https://shop.example", "Accept-Language": "et-EE,en;q=0.5"}
    given = {**wish, "queue": "sales", "at": noon.isoformat()}
    status, said = await site.ask("POST", CALL_FORM, json=given, headers=page)
    assert status == 202, said
    assert datetime.fromisoformat(said["not_before"]) == noon
    assert said["text"].startswith("Helistame tagasi numbril +37255501000, mitte enne kui ")
    (one,) = (await site.store.requests.page(RequestFilter())).items
    assert (one.kind, one.queue, one.number, one.name, one.text) == (
        "callback", "sales", "+37255501000", "Mari <b>", "About the bill",
    )  # fmt: skip
    assert (one.since, one.not_before, one.details["fields"]) == (noon, noon, {"order": "77"})
    assert (await site.ask("POST", CALL_FORM, json=wish))[0] == 202
    assert len((await site.store.requests.page(RequestFilter())).items) == 1, "one for a number at a time"
    for _ in range(3):
        await site.store.requests.cancel_of("+37255501000", moment)
        status, said = await site.ask("POST", CALL_FORM, json=wish)
    assert (status, said["detail"]) == (422, "this number was called back often enough today; please call us")
    local = (noon + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M")
    status, said = await site.ask("POST", CALL_FORM, json={"number": "+37255501001", "at": local, "language": "ru"})
    assert (status, local[-5:] in said["text"], "Мы перезвоним" in said["text"]) == (202, True, True)


REFUSED = [
    ({"number": ""}, "leave a telephone number"),
    ({"number": "nobody"}, "write a telephone number"),
    ({"number": "112"}, "telephone number"),
    ({"number": "+372 900 1234"}, "premium rate"),
    ({"number": "+37255501009"}, "do-not-call list"),
    ({"at": "tonight"}, "write a time like"),
    ({"at": "2020-01-01T10:00"}, "this time is over"),
    ({"at": "2999-01-01T10:00"}, "within the next 14 days"),
    ({"number": "+12125550100", "at": "2999-01-01T10:00"}, "within the next 14 days"),
    ({"number": "+18005550100", "at": "2999-01-01T10:00"}, "with its offset"),
    ({"queue": "secret"}, "does not ask for 'secret'"),
    ({"name": "x" * 201}, "at most 200"),
]


async def test_a_callback_that_cannot_be_is_refused_with_one_sentence(site: Site) -> None:
    await site.store.do_not_call.add("+37255501009", "all", "chief", None, datetime.now(UTC))
    async with aiohttp.ClientSession(site.url, headers={"Origin": "https://shop.example"}) as http:
        for wrong, says in REFUSED:
            async with http.post(CALL_FORM, json={"number": "+37255501000", **wrong}) as answer:
                said = await answer.json()
                assert (answer.status, says in said["detail"], "\n" in said["detail"]) == (422, True, False), said
                assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert (await site.store.requests.page(RequestFilter())).items == ()


async def test_a_flood_of_callbacks_is_stopped_like_any_other(site: Site) -> None:
    few = f"{PREFIX}/forms/{FEW.key}"
    said = await asyncio.gather(*(site.ask("POST", few, json={"number": f"+3725550{1000 + n}"}) for n in range(14)))
    assert [status for status, _ in said].count(429) == 4
    assert len((await site.store.requests.page(RequestFilter())).items) == 10
    trap = {"number": "+37255502000", "website": "http://spam"}
    assert (await site.ask("POST", few, json=trap))[0] == 429
