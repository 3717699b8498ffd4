"""One engine: an Asterisk's link, its Switchboard, and who hears its facts."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from agent_ui.bus.port import Bus
from config.alarming import Alarming
from config.callbacks import Outcomes, keep
from config.campaign_lines import CampaignLines
from config.campaigns import Dialer
from config.courses import with_lead
from config.reconciling import Gaps, Reconciling
from config.requests import follow_requests, move
from config.settings import Asterisk
from crm_store.errors import StoreError
from crm_store.journal import Journal
from crm_store.numbers import dialable, to_e164
from crm_store.public_holidays import holidays_of
from crm_store.records import NOBODY, Found
from crm_store.store import Store
from cti.engine import Engine
from cti.link import AsteriskAddress
from routing.commands import Command, Result
from routing.events import Directory
from routing.picture import Picture
from routing.switchboard import Switchboard
from routing.written import WrittenRules

LOOK_AT_DIRECTORY_SECONDS = 3.0
"""How soon a change made by another process (``helin apply``) counts."""

log = structlog.get_logger(__name__)


class Desk:
    """The engine as its bus sees it."""

    def __init__(self, engine: Engine, dialer: Dialer) -> None:
        self._engine = engine
        self._dialer = dialer
        self.stale = asyncio.Event()

    async def submit(self, command: Command) -> Result:
        if command.name == "dial_lead":
            return await self._dialer.dial_lead(command)
        return await self._engine.submit(command)

    def picture(self) -> Picture:
        return self._engine.picture()

    def directory_changed(self) -> None:
        self.stale.set()

    def panels_open(self, agents: Sequence[str], others: Sequence[str]) -> None:
        self._engine.present(agents, others)


@asynccontextmanager
async def running_engine(
    one: Asterisk,
    country: str,
    store: Store,
    bus: Bus,
    journal: Journal,
    rules: WrittenRules = WrittenRules(),  # noqa: B008 - frozen, so one for all
) -> AsyncIterator[Engine]:
    """Attached from entry to exit. What the store holds open is settled by the first snapshot."""
    directory = await store.directory()
    switchboard = Switchboard(
        one.name,
        directory,
        frozenset(one.inbound_contexts),
        stream := f"{one.name}-{secrets.token_hex(6)}",
        normalise=lambda text: to_e164(text, country),
        outside=lambda text: dialable(text, country),
        dial=one.dial,
        written=rules,
        holidays=holidays_of,
    )
    open_calls = await store.calls.open_calls(one.name)
    switchboard.restore(open_calls)
    link = (await store.calls.links()).get(one.name)

    async def look_up(number: str) -> Found:
        e164 = to_e164(number, country)
        return await store.look_up(e164) if e164 else NOBODY

    gaps = Gaps(link.alive_at if link else None)
    reconciling = Reconciling(one, country, store, journal.append, journal.settled)
    end = bus.engine(one.name)
    engine = Engine(
        AsteriskAddress(one.name, one.host, one.port, one.username, one.secret, one.tls),
        switchboard,
        (
            end.publish,
            journal.append,
            lambda recorded: outcomes.hear(recorded),
            lambda recorded: dialer.hear(recorded),
            gaps.hear,
            lambda recorded: alarming.hear(recorded),
        ),
        look_up,
        stream=stream,
        last_alive=link.alive_at if link else None,
        open_calls=open_calls,
        move_request=lambda wish: move(store, wish),
        ask_callback=lambda wish: keep(store, wish),
        add_to_pop=lambda call, pop: with_lead(store, call, pop),
    )
    outcomes = Outcomes(store, engine.picture())
    dialer = Dialer(
        store,
        engine,
        one.dial,
        open_calls,
        lambda campaign: campaign.queue in engine.picture().queues,
    )
    desk = Desk(engine, dialer)
    alarming = Alarming(store, engine, directory, await store.queue_alarms.open(one.name))
    async with end.serve(desk), asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(engine.run()),
            tasks.create_task(_follow(store, engine, desk, directory, alarming)),
            tasks.create_task(alarming.run()),
            tasks.create_task(follow_requests(store, engine)),
            tasks.create_task(outcomes.run()),
            tasks.create_task(dialer.run()),
            tasks.create_task(CampaignLines(store, one.name, dialer, end.tell).run()),
            tasks.create_task(reconciling.run(gaps)),
        ]
        try:
            yield engine
        finally:
            for task in running:
                task.cancel()


async def _follow(store: Store, engine: Engine, desk: Desk, known: Directory, alarming: Alarming) -> None:
    """Tells the engine when users, phones or queues have changed."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AT_DIRECTORY_SECONDS):
                await desk.stale.wait()
        desk.stale.clear()
        try:
            now = await store.directory()
        except StoreError as away:
            log.debug("directory not read", why=str(away))
            continue
        if now != known:
            known = now
            engine.tell(now)
            alarming.use(now)
