"""What the document promises, tried at random by schemathesis on a real application with a real store."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from prometheus_client import CollectorRegistry
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agent_ui.bus.in_process import InProcessBus
from agent_ui.http.routes import document
from agent_ui.web_server import running_web
from crm_store.store import Store

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
TOKEN = "the token of an admin"
schema = schemathesis.openapi.from_dict(document()).exclude(path_regex="/session$|/users$")
"""Signing in or out and changing the own user would end the session that all the others are tried with."""


async def serve(url: str, started: threading.Event, ended: threading.Event, port: list[int]) -> None:
    async with await Store.open(url) as store:
        user = (await store.users.put("admin", "Admin", "admin", password_hash="x")).value
        now = datetime.now(UTC)
        await store.sessions.open(user, TOKEN, now, now + timedelta(hours=1))
        serving = running_web("127.0.0.1", 0, "http://127.0.0.1:8080", store, InProcessBus(), {}, CollectorRegistry())
        async with serving as web:
            port.append(web.port)
            started.set()
            await asyncio.to_thread(ended.wait)


@pytest.fixture(scope="module")
def url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """In a thread with a loop of its own: schemathesis is no friend of loops. On a copy: others use the template."""
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("openapi") / "helin.db")
    started, ended, port = threading.Event(), threading.Event(), list[int]()
    work = serve(f"sqlite:///{database}", started, ended, port)
    thread = threading.Thread(target=asyncio.run, args=(work,))
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{port[0]}"
    ended.set()
    thread.join(20)


@schema.parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_document_says(case: schemathesis.Case, url: str) -> None:
    answer = case.call(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"})
    case.validate_response(answer, checks=CHECKS)
