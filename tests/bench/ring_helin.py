"""Helin in ``bench_ring``: the product as ``config.app`` puts it together, with its database calls counted.

In: one JSON line ``{"ami": port, "folder": …, "agents": n, "contacts": n}``; with ``"queues": [name, …]`` the agents
serve these in turn. Out: ``{"url": …, "tickets": […], "supervisor": session}`` when READY. When stdin has another line:
``{"rings": n, "on_path": database calls between ring and socket, "all": …, "written": […]}``; ``written`` has, for each
socket of the supervisor, the seconds since 1970 at which each of its messages was written.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine as Executes

from agent_ui.hub import Hub, Panel
from config.app import Helin, build, settle_memory
from config.logs import configure
from config.settings import Settings
from crm_store.migrate import migrate
from crm_store.schema import stamp_text
from crm_store.store import Store
from cti.engine import Engine
from routing.facts import AgentRinging
from tests.bench.ring_calls import QUEUE, interface, number

SUPERVISOR = "chief"


class Counter:
    """Every statement and every look-up; and those that ran inside the step that took the ring to the sockets."""

    def __init__(self) -> None:
        self.calls = 0
        self.rings = 0
        self.on_path = 0
        self._rang = False

    def watch(self) -> None:
        looking, hearing, telling = Store.look_up, Engine._hear, Hub.call_changed

        async def look_up(store: Store, e164: str) -> Any:
            self.calls += 1
            return await looking(store, e164)

        def hear(engine: Engine, message: bytes) -> None:
            before, self._rang = self.calls, False
            hearing(engine, message)
            if self._rang:
                self.rings += 1
                self.on_path += self.calls - before

        def call_changed(hub: Hub, fact: Any, *more: Any) -> None:
            self._rang = self._rang or isinstance(fact, AgentRinging)
            telling(hub, fact, *more)

        Store.look_up = look_up  # type: ignore[method-assign]
        Engine._hear = hear  # type: ignore[method-assign]
        Hub.call_changed = call_changed  # type: ignore[method-assign]

        event.listen(Executes, "before_cursor_execute", self._executes)

    def _executes(self, *_: Any) -> None:
        self.calls += 1


class Written:
    """When each message left for the supervisor's sockets, by the wall clock that the browser has too."""

    def __init__(self) -> None:
        self._of: dict[Panel, list[float]] = {}

    @property
    def times(self) -> list[list[float]]:
        return list(self._of.values())

    def watch(self) -> None:
        one, many, whole = Panel.send, Panel.send_all, Panel.send_snapshot

        def send(panel: Panel, head: bytes, tail: bytes) -> None:
            self._note(panel, 1)
            one(panel, head, tail)

        def send_all(panel: Panel, messages: Iterable[tuple[bytes, bytes]]) -> None:
            all_of_them = list(messages)
            self._note(panel, len(all_of_them))
            many(panel, all_of_them)

        def send_snapshot(panel: Panel, tail: bytes) -> None:
            self._note(panel, 1)
            whole(panel, tail)

        Panel.send = send  # type: ignore[method-assign]
        Panel.send_all = send_all  # type: ignore[method-assign]
        Panel.send_snapshot = send_snapshot  # type: ignore[method-assign]

    def _note(self, panel: Panel, messages: int) -> None:
        if panel.me.login == SUPERVISOR:
            self._of.setdefault(panel, []).extend([time.time()] * messages)


def fill(database: Path, agents: int, contacts: int, queues: Sequence[str]) -> None:
    """Agents who serve the queues in turn, and a supervisor; contacts with ten interactions each.

    By hand, because one by one takes minutes.
    """
    now = stamp_text(datetime.now(UTC))
    note = "Asked about the invoice of last month; will call again."
    with closing(sqlite3.connect(database)) as connection, connection:
        put = connection.executemany
        put(
            "INSERT INTO users (id, login, name, password_hash, role, interface, skills, active)"
            " VALUES (?, ?, ?, 'x', 'agent', ?, '{}', 1)",
            [(agent + 1, f"agent{agent}", f"Agent {agent}", interface(agent)) for agent in range(agents)],
        )
        put(
            "INSERT INTO users (login, name, password_hash, role, skills, active)"
            " VALUES (?, 'Chief', 'x', 'supervisor', '{}', 1)",
            [(SUPERVISOR,)],
        )
        put(
            "INSERT INTO queues (id, name, mode, target_seconds, max_wait_seconds, wrap_up_seconds, wrap_up_required,"
            " skills) VALUES (?, ?, 'assist', 20, 300, 0, 0, '{}')",
            [(number + 1, queue) for number, queue in enumerate(queues)],
        )
        put(
            "INSERT INTO queue_agents (queue_id, user_id) VALUES (?, ?)",
            [(agent % len(queues) + 1, agent + 1) for agent in range(agents)],
        )
        ids = range(1, contacts + 1)
        put(
            "INSERT INTO contacts (id, name, open_tickets, created_at, changed_at) VALUES (?, ?, 0, ?, ?)",
            [(id, f"Mari Maasikas {id}", now, now) for id in ids],
        )
        put("INSERT INTO numbers (e164, region) VALUES (?, 'EE')", [(number(id - 1),) for id in ids])
        put(
            "INSERT INTO contact_numbers (e164, contact_id, position) VALUES (?, ?, 0)",
            [(number(id - 1), id) for id in ids],
        )
        put(
            "INSERT INTO interactions (contact_id, at, channel, direction, agent, disposition, note)"
            " VALUES (?, ?, 'call', 'inbound', 'agent1', 'resolved', ?)",
            [(id, now, note) for id in ids for _ in range(10)],
        )


async def tickets_for(store: Store) -> tuple[list[str], str]:
    """One for each agent, good for as long as it takes to connect them all; and the supervisor's session."""
    now = datetime.now(UTC)
    tickets, supervisor = [], secrets.token_hex(16)
    for user in sorted(await store.users.all(), key=lambda user: int(user.id)):
        if user.login == SUPERVISOR:
            await store.sessions.open(user, supervisor, now, now + timedelta(hours=1))
            continue
        session = await store.sessions.open(user, secrets.token_hex(16), now, now + timedelta(hours=1))
        tickets.append(secrets.token_hex(16))
        await store.sessions.issue_ticket(tickets[-1], session, now + timedelta(minutes=10))
    return tickets, supervisor


def settings_of(task: dict[str, Any]) -> Settings:
    folder = Path(task["folder"])
    return Settings.model_validate(
        {
            "web": {"port": 0},
            "store": {"url": f"sqlite:///{folder}/helin.db"},
            "spool": {"dir": folder / "spool"},
            "logs": {"level": "info"},
            "asterisk": [{"name": "main", "port": task["ami"], "secret": "recorded"}],
        }
    )


async def until_ready(helin: Helin) -> str:
    assert helin.web is not None
    async with asyncio.timeout(30):
        while helin.web.hub.board.alarms or not helin.web.hub.board.picture.links:
            await asyncio.sleep(0.05)
    return f"ws://127.0.0.1:{helin.web.port}/panel"


async def main() -> None:
    loop = asyncio.get_running_loop()
    task = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    settings = settings_of(task)
    await migrate(settings.store.url)
    fill(Path(task["folder"]) / "helin.db", task["agents"], task["contacts"], task.get("queues", (QUEUE,)))
    async with await Store.open(settings.store.url) as store:
        tickets, supervisor = await tickets_for(store)
    configure(settings.logs.level)
    counter, written = Counter(), Written()
    counter.watch()
    written.watch()
    async with build(settings) as helin:
        settle_memory()
        ready = {"url": await until_ready(helin), "tickets": tickets, "supervisor": supervisor}
        print(json.dumps(ready), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        said = {"rings": counter.rings, "on_path": counter.on_path, "all": counter.calls, "written": written.times}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
