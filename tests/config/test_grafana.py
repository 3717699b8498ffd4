"""The dashboards ask only for what /metrics gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, generate_latest

from agent_ui.board import Board
from agent_ui.http.problems import problems
from agent_ui.http.watch import watching
from agent_ui.webhooks.delivering import Counts, Delivery
from config.metrics import BoardCollector, ProcessCollector, WebhookCollector
from crm_store.journal import Journal
from crm_store.store import Store
from cti.engine import Engine
from cti.gauges import EngineCollector
from cti.link import AsteriskAddress
from routing.events import Directory, QueuePlan
from routing.facts import AgentChanged, CallArrived, CallQueued, Recorded
from routing.picture import Picture
from routing.switchboard import Switchboard
from tests.crm_store.conftest import database_url
from tests.crm_store.story import at
from tests.real.databases import sqlite_template, sqlite_url, store

__all__ = ["database_url", "sqlite_template", "sqlite_url", "store"]

FOLDER = Path(__file__).parent.parent.parent / "config" / "grafana"
DASHBOARDS = sorted(FOLDER.glob("*.json"))
NAME = re.compile(r"\bhelin_[a-z_]+")
LABELS = re.compile(r"\{\{(\w+)\}\}")


async def exported(store: Store, folder: Path) -> str:
    """All that a process of role ``all`` has at /metrics, with a call in it."""
    registry = CollectorRegistry()
    watched, app = watching(registry, "/panel"), web.Application()
    app.middlewares.extend((watched, problems))
    async with TestClient(TestServer(app)) as client:
        await client.get("/nothing")
    directory = Directory(queues=(QueuePlan("support"),))
    picture = Picture()
    since = at(0)
    for seq, fact in enumerate(
        (
            CallArrived("c", since, "main", "inbound", None, None, None), CallQueued("c", since, "support"),
            AgentChanged("anna", since, "ready", "none", None, since, (), None, True),
        ),
        1,
    ):  # fmt: skip
        assert picture.apply(Recorded("s", seq, fact))
    delivery = Delivery(store, ())
    delivery.counts["shop"] = Counts(1, 1, 1, True, since)

    async def nobody(_: str) -> Any:
        raise AssertionError("no caller is looked up here")

    engine = Engine(
        AsteriskAddress("main", "127.0.0.1", 1, "helin", "x"), Switchboard("main", directory, frozenset(), "s"), (),
        nobody, stream="s",
    )  # fmt: skip
    engine.counts.wanted[b"Hangup"] += 1
    async with Journal(store, folder) as journal:
        registry.register(EngineCollector([engine]))
        registry.register(ProcessCollector(journal, lambda: 1))
        registry.register(WebhookCollector(delivery))
        registry.register(BoardCollector(Board(picture, directory)))
        return generate_latest(registry).decode()


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
async def test_every_metric_and_label_that_a_panel_asks_for_is_exported(
    path: Path, store: Store, tmp_path: Path
) -> None:
    text = await exported(store, tmp_path)
    there = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    there |= {f"{name}_{part}" for name in there for part in ("bucket", "sum", "count")}
    dashboard = json.loads(path.read_text())
    places = set()
    for panel in dashboard["panels"]:
        assert tuple(panel["gridPos"].values()) not in places
        places.add(tuple(panel["gridPos"].values()))
        for target in panel["targets"]:
            names = set(NAME.findall(target["expr"]))
            assert names, panel["title"]
            assert names <= there, f"{panel['title']}: /metrics has no {names - there}"
            for label in LABELS.findall(target["legendFormat"]):
                lines = [line for line in text.splitlines() if line.startswith(tuple(names))]
                assert any(f'{label}="' in line for line in lines), f"{panel['title']}: no label {label}"
    for variable in dashboard["templating"]["list"][1:]:
        assert set(NAME.findall(variable["query"])) <= there


def test_there_are_dashboards_with_names_of_their_own() -> None:
    assert len({json.loads(path.read_text())["uid"] for path in DASHBOARDS}) == len(DASHBOARDS) == 2


def test_the_queue_that_a_caller_waits_in_is_counted() -> None:
    picture = Picture()
    for seq, fact in enumerate(
        (CallArrived("c", at(0), "main", "inbound", None, None, None), CallQueued("c", at(0), "support")), 1
    ):
        picture.apply(Recorded("s", seq, fact))
    board = Board(picture, Directory(queues=(QueuePlan("support"),)))
    registry = CollectorRegistry()
    registry.register(BoardCollector(board))
    assert registry.get_sample_value("helin_calls", {"asterisk": "main", "direction": "inbound"}) == 1.0
