"""The API over a real store and a real socket: every route in every role, problems, sign-in's bounds, the document."""

from __future__ import annotations

import gzip
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from agent_ui.bus.in_process import InProcessBus
from agent_ui.http import entry as entry_module
from agent_ui.http import site as site_module
from agent_ui.http.entry import TRIES, Entry
from agent_ui.http.routes import PREFIX, ROUTES, Route
from agent_ui.web_server import WebServer, running_web
from crm_store.store import Store

PASSWORD = "a-good-password"
ROLES = ("agent", "leader", "supervisor", "campaign_manager", "admin", "partner", "api", "viewer")


@dataclass
class Site:
    url: str
    store: Store
    web: WebServer

    async def ask(self, method: str, path: str, token: str = "", **more: Any) -> tuple[int, Any]:
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, self.url + path, headers=headers, **more) as answer,
        ):
            text = await answer.text()
            return answer.status, await answer.json(content_type=None) if text else None

    async def token(self, login: str) -> str:
        status, said = await self.ask("POST", f"{PREFIX}/session", json={"login": login, "password": PASSWORD})
        assert status == 200, said
        return str(said["token"])


@pytest.fixture
async def site(sqlite_url: str) -> AsyncIterator[Site]:
    async with await Store.open(sqlite_url) as store:
        serving = running_web("127.0.0.1", 0, "http://127.0.0.1:8080", store, InProcessBus(), {}, CollectorRegistry())
        async with serving as web:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            for role in ROLES:
                await store.users.put(role, role.title(), role, team="North", password_hash=hashed)  # type: ignore[arg-type]
            yield Site(f"http://127.0.0.1:{web.port}", store, web)


def path_of(route: Route) -> str:
    return PREFIX + route.path.replace("{id}", "999").replace("{name}", "none").replace("{n}", "1").replace(
        "{key}", "no-form-1"
    ).replace("{number}", "1").replace("{login}", "nobody")


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_in_this_role(site: Site, role: str) -> None:
    """Generated from the table: a new route is tried without being named here."""
    token = await site.token(role)
    for route in sorted(ROUTES, key=lambda route: route.path == "/session"):
        if route.open:
            continue
        status, _ = await site.ask(route.method, path_of(route), token, json={} if route.takes else None)
        assert (status == 403) == (role not in route.roles), (route.method, route.path, status)
        assert status < 500


async def test_without_a_session_nothing_but_the_open_routes(site: Site) -> None:
    for route in ROUTES:
        status, said = await site.ask(route.method, path_of(route), json={} if route.takes else None)
        if route.open:
            assert status in (200, 404, 422)
        else:
            assert (status, said["status"], said["detail"]) == (401, 401, "Sign in first.")


async def test_the_document_has_every_route(site: Site) -> None:
    _, document = await site.ask("GET", f"{PREFIX}/openapi.json")
    assert document["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert named == {(route.method, PREFIX + route.path) for route in ROUTES}
    assert {"CallShape", "Contact", "ContactBody", "AgentShape"} <= set(document["components"]["schemas"])


async def test_a_contact_s_life(site: Site) -> None:
    token = await site.token("supervisor")
    status, made = await site.ask(
        "POST", f"{PREFIX}/contacts", token, json={"name": "<b>Mari</b>", "numbers": ["5550 1000"]}
    )
    assert (status, made["name"], made["numbers"]) == (201, "<b>Mari</b>", ["+37255501000"])
    at = f"{PREFIX}/contacts/{made['id']}"
    assert (await site.ask("GET", f"{PREFIX}/contacts?number=%2B37255501000", token))[1]["items"] == [made]
    status, changed = await site.ask("PATCH", at, token, json={"note": "calls on Fridays"})
    assert (changed["note"], changed["name"]) == ("calls on Fridays", made["name"])
    assert (await site.ask("GET", f"{at}/interactions", token))[1] == {"items": [], "next": None}
    assert (await site.ask("DELETE", at, token))[0] == 204
    assert (await site.ask("GET", at, token))[0] == 404


async def test_somebody_asks_to_be_forgotten(site: Site) -> None:
    token = await site.token("supervisor")
    for number in ("+37255501001", "+37255501002"):
        fields = {"name": "Mari", "numbers": [number]}
        _, made = await site.ask("POST", f"{PREFIX}/contacts", token, json=fields)
        how = "?forget=true" if number.endswith("2") else ""
        assert (await site.ask("DELETE", f"{PREFIX}/contacts/{made['id']}{how}", token))[0] == 204
        assert await site.store.suppressions.is_erased(number) == bool(how)


REFUSALS: list[tuple[Any, int, str]] = [
    ({"nam": "x"}, 422, "name: Field required"),
    ({"name": "x", "more": 1}, 422, "more: Extra inputs"),
    ({"name": 5}, 422, "name: Input should be a valid string"),
    ({"name": "x", "numbers": ["no number"]}, 422, "number"),
    (b"{", 400, "not valid JSON"),
    (b"[" * 100_000, 400, "not valid JSON"),
    (b'"' + b"x" * 1_100_000 + b'"', 413, "exceeded"),
]
BAD_QUERIES = ("limit=0", "limit=x", "from=never", "state=odd", "number=abc", "cursor=%00", "state=active&cursor=x")


async def test_a_refusal_is_a_sentence(site: Site) -> None:
    token = await site.token("agent")
    for body, status, says in REFUSALS:
        sent: dict[str, Any] = {"json": body}
        if isinstance(body, bytes):
            sent = {"data": io.BytesIO(body), "headers": {"Content-Type": "application/json"}}
        got, said = await site.ask("POST", f"{PREFIX}/contacts", token, **sent)
        assert (got, said["status"]) == (status, status)
        assert says in said["detail"]


async def test_bad_queries_are_refused(site: Site) -> None:
    token = await site.token("admin")
    for query in BAD_QUERIES:
        status, said = await site.ask("GET", f"{PREFIX}/calls?{query}", token)
        assert (status, said["title"]) == (422, "Refused"), query


async def test_an_agent_sees_own_calls_only(site: Site) -> None:
    assert (await site.ask("GET", f"{PREFIX}/calls?agent=supervisor", await site.token("agent")))[0] == 403


async def test_too_many_tries(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "TRIES", 3)
    wrong = {"login": "agent", "password": "wrong"}
    for _ in range(3):
        assert (await site.ask("POST", f"{PREFIX}/session", json=wrong))[0] == 401
    status, said = await site.ask("POST", f"{PREFIX}/session", json={"login": "agent", "password": PASSWORD})
    assert (status, said["title"]) == (429, "Too many")


async def test_a_cookie_from_another_site_is_refused(site: Site) -> None:
    cookies = {"helin": await site.token("agent")}
    for origin, status in (("https://evil.example", 403), ("http://127.0.0.1:8080", 201), (site.url, 201)):
        async with aiohttp.ClientSession(cookies=cookies) as http:
            at, body = f"{site.url}{PREFIX}/contacts", {"name": "x"}
            async with http.post(at, json=body, headers={"Origin": origin}) as answer:
                assert answer.status == status, origin


async def test_signed_out_is_out(site: Site) -> None:
    token = await site.token("agent")
    assert (await site.ask("DELETE", f"{PREFIX}/session", token))[0] == 204
    assert (await site.ask("GET", f"{PREFIX}/me", token))[0] == 401


async def test_health_and_headers(site: Site) -> None:
    assert (await site.ask("GET", "/health/live")) == (200, {"status": "ok"})
    assert (await site.ask("GET", "/health/ready"))[0] == 200
    async with aiohttp.ClientSession() as http, http.get(f"{site.url}/health/live") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_panel_s_files_come_gzipped(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As they lie beside each other; whoever does not take gzip gets the other one."""
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "door.html", "assets/page.js"):
        (tmp_path / name).write_text("the same" * 200)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    monkeypatch.setattr(site_module, "STATIC", tmp_path)
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        for path in ("/", "/assets/page.js"):
            for accepted, encoding, size in (("gzip", "gzip", range(100)), ("identity", None, range(1600, 1601))):
                async with http.get(site.url + path, headers={"Accept-Encoding": accepted}) as answer:
                    assert answer.headers.get("Content-Encoding") == encoding
                    assert len(await answer.read()) in size
                    assert "html" in answer.content_type or "javascript" in answer.content_type


async def test_who_has_no_session_gets_the_door(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("index.html", "door.html"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(site_module, "STATIC", tmp_path)
    async with aiohttp.ClientSession() as http:
        for path, cookie, found in (
            ("/", "", "door.html"),
            ("/", "helin=abc", "index.html"),
            ("/", "__Host-helin=abc", "index.html"),
            ("/calls/c1", "other=1", "door.html"),
            ("/index.html", "", "index.html"),
        ):
            async with http.get(site.url + path, headers={"Cookie": cookie}) as answer:
                assert await answer.text() == found
                assert answer.headers["Vary"] == "Cookie"


async def test_a_proxy_here_is_believed_about_addresses(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "TRIES_OF_MANY", 3)
    wrong = {"login": "nobody", "password": "wrong"}
    for number in range(5):
        headers = {"X-Forwarded-For": f"10.9.9.9, 203.0.113.{number}"}
        status, _ = await site.ask(
            "POST", f"{PREFIX}/session", json=wrong | {"login": f"nobody{number}"}, headers=headers
        )
        assert status == 401
    for number in range(3):
        await site.ask("POST", f"{PREFIX}/session", json=wrong | {"login": f"nobody{number}"})
    assert (await site.ask("POST", f"{PREFIX}/session", json=wrong))[0] == 429


async def test_a_right_password_does_not_count_as_a_failed_try(site: Site) -> None:
    for _ in range(TRIES + 2):
        await site.token("agent")


async def test_an_interaction_is_written_down(site: Site) -> None:
    token = await site.token("agent")
    _, made = await site.ask("POST", f"{PREFIX}/contacts", token, json={"name": "Mari"})
    at = f"{PREFIX}/contacts/{made['id']}/interactions"
    status, added = await site.ask("POST", at, token, json={"channel": "note", "note": "<i>calls on Fridays</i>"})
    assert (status, added["agent"], added["note"]) == (201, "agent", "<i>calls on Fridays</i>")
    assert (await site.ask("GET", at, token))[1]["items"] == [added]
    assert (await site.ask("POST", at, token, json={"channel": "call"}))[0] == 422


async def test_a_user_who_changes_is_signed_out_of_the_panel(site: Site) -> None:
    admin, agent = await site.token("admin"), await site.token("agent")
    user = {"login": "agent", "name": "Agent", "role": "supervisor"}
    assert (await site.ask("POST", f"{PREFIX}/users", admin, json=user))[0] == 200
    assert (await site.ask("GET", f"{PREFIX}/me", agent))[1]["role"] == "supervisor"
    status, _ = await site.ask("POST", f"{PREFIX}/users", admin, json=user | {"password": "another-password"})
    assert status == 200
    assert (await site.ask("GET", f"{PREFIX}/me", agent))[0] == 401
    assert (await site.ask("POST", f"{PREFIX}/users", admin, json=user | {"login": "new"}))[0] == 422


async def test_every_answer_has_an_id_and_says_nothing_of_what_went_wrong_inside(site: Site) -> None:
    token = await site.token("admin")
    await site.store.close()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        async with http.get(f"{site.url}{PREFIX}/contacts") as answer:
            assert answer.headers["X-Request-Id"]
        async with http.get(f"{site.url}/nothing/here") as answer:
            assert answer.status in (200, 503)
        async with http.get(f"{site.url}{PREFIX}/nothing") as answer:
            assert (answer.status, answer.content_type) == (404, "application/problem+json")
        async with http.get(f"{site.url}/metrics") as answer:
            assert "helin_http_seconds_count" in await answer.text()


@pytest.mark.parametrize(
    ("public_url", "host", "url"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8081", "ws://127.0.0.1:8081/panel"),
        ("http://127.0.0.1:8080", "localhost:8080", "ws://localhost:8080/panel"),
        ("http://127.0.0.1:8080", "evil.example", "ws://127.0.0.1:8080/panel"),
        ("https://helin.example", "127.0.0.1:8080", "wss://helin.example/panel"),
    ],
)
async def test_the_socket_s_address(site: Site, public_url: str, host: str, url: str) -> None:
    entry = Entry(site.store, public_url)
    assert entry.socket_url(host, "/panel") == url
    assert (entry.cookie, entry.secure) == (("__Host-helin", True) if url.startswith("wss") else ("helin", False))
    entry.close()
