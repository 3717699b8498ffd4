"""The composition root: every part is made here, by hand, and given what it needs. Nothing else knows all of them.

``build`` makes what a role needs and gives it back running; tests call it too. In one process (``all``) facts reach the
panels by plain calls; an engine and web processes are joined by the bus.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import structlog
from prometheus_client import CollectorRegistry

from agent_ui.bus.in_process import InProcessBus
from agent_ui.bus.port import Bus
from agent_ui.bus.redis_streams import RedisBus
from agent_ui.commands import STEERING, Policy
from agent_ui.mail.mailbox import MailboxReader
from agent_ui.web_server import WebServer, running_web
from agent_ui.webhooks.addresses import networks
from agent_ui.webhooks.delivering import delivering
from config.engines import running_engine
from config.errors import SettingsError
from config.intake import form_plan, senders, taking_in
from config.lead_keeping import keeping_leads
from config.logs import configure
from config.metrics import BoardCollector, ProcessCollector, WebhookCollector
from config.retaining import retaining
from config.rolling_up import rolling_up
from config.sending_reports import sending_reports
from config.settings import Settings
from config.stores import open_store
from config.tiering import reckoning_tiers
from crm_store.journal import Journal
from crm_store.store import Store
from cti.gauges import EngineCollector
from routing.written import WrittenRules

Role = Literal["all", "engine", "web"]
FULL_COLLECTION_EVERY = 200
"""Collections of the middle generation before everything is looked at (Python's default: 10)."""
ENDS_WITHIN = 8.0
"""Seconds that SIGTERM may take; then the process leaves all the same: the spool has what the database has not."""

SETTLES_WITHIN = 30.0
"""Seconds given to the spool that a killed run left."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Helin:
    """What runs. ``web`` is None in the engine role."""

    store: Store
    bus: Bus
    web: WebServer | None


@asynccontextmanager
async def build(settings: Settings, role: Role = "all") -> AsyncIterator[Helin]:
    """Raises a HelinError with one sentence when a part cannot be had."""
    _check(settings, role)
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings))
        bus: Bus = RedisBus(settings.bus.url) if settings.bus.url else InProcessBus()
        journal = None
        readers: tuple[MailboxReader, ...] = ()
        unsent: dict[str, str] = {}
        if role != "web":
            folder = settings.spool.dir
            journal = Journal(store, folder, settings.spool.max_megabytes * 1_000_000)
            await stack.enter_async_context(journal)
            # What a killed run left in the spool must be in the records before they say which calls are open.
            await journal.settled(SETTLES_WITHIN)
            country = settings.numbers.country
            rules = WrittenRules(settings.written.most_per_agent, settings.written.offer_seconds)
            attach = [running_engine(one, country, store, bus, journal, rules) for one in settings.asterisk]
            registry.register(EngineCollector([await stack.enter_async_context(engine) for engine in attach]))
            await stack.enter_async_context(retaining(settings.recordings, store))
            await stack.enter_async_context(reckoning_tiers(settings.tiers.hour, store))
            await stack.enter_async_context(keeping_leads(store))
            await stack.enter_async_context(rolling_up(store))
            unsent = await stack.enter_async_context(sending_reports(settings, store))
            readers = await stack.enter_async_context(taking_in(settings, store))
            telling = delivering(store, networks(settings.webhooks.allow_inside))
            registry.register(WebhookCollector(await stack.enter_async_context(telling)))
        web = None
        if role != "engine":
            names = {one.name: one.websocket_url for one in settings.asterisk}
            at = settings.web
            sounds = settings.recordings.folder
            serving = running_web(
                at.host,
                at.port,
                at.public_url,
                store,
                bus,
                names,
                registry,
                _trouble_of(journal),
                sounds,
                [form_plan(form) for form in settings.forms],
                senders(settings),
                lambda: _troubles(readers) | unsent,
                _policy(settings),
            )
            web = await stack.enter_async_context(serving)
            log.info("serving", url=at.public_url)
        hub = web.hub if web is not None else None
        if hub is not None:
            registry.register(BoardCollector(hub.board))
        registry.register(ProcessCollector(journal, lambda: len(hub.panels()) if hub is not None else 0))
        yield Helin(store, bus, web)


def _policy(settings: Settings) -> Policy:
    of = settings.supervision
    return Policy(
        of.agent_is_told, of.leaders_hear_recordings, {name: frozenset(getattr(of, name)) for name in STEERING}
    )


def _troubles(readers: Sequence[MailboxReader]) -> dict[str, str]:
    """Mailboxes that are not read now: mails wait in them, and nothing else is the worse for it."""
    return {f"mailbox {reader.plan.name}": reader.trouble for reader in readers if reader.trouble}


def _trouble_of(journal: Journal | None) -> Callable[[], Awaitable[dict[str, str]]]:
    """What is wrong with writing the journal, if this process does it."""

    async def trouble() -> dict[str, str]:
        if journal is None:
            return {}
        status = journal.status
        if status.refusing:
            return {"journal": "the spool is full: facts are refused; bring the database back or make room"}
        if status.away_since is not None:
            return {"journal": f"the database is away since {status.away_since:%H:%M:%S} UTC; facts wait in the spool"}
        return {}

    return trouble


def _check(settings: Settings, role: Role) -> None:
    if not settings.asterisk:
        raise SettingsError(
            "there is no [[asterisk]] in the settings; add one with the AMI account's username and secret"
        )
    if role != "all" and not settings.bus.url:
        raise SettingsError(f"--role {role} needs [bus] url = redis://…, which joins engine and web processes")


def settle_memory() -> None:
    """Takes what was made at start (modules, mostly) out of the garbage collector's sight, and lets it look rarely.

    A full collection of everything stops the loop for a tenth of a second, under load several times a minute, and a
    ring waits behind it. Young things are collected as before; what is older every few minutes instead of seconds.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_COLLECTION_EVERY)


async def serve(settings: Settings, role: Role) -> None:
    """Runs until SIGTERM or SIGINT."""
    configure(settings.logs.level, settings.logs.format)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, told.set)
    stack = AsyncExitStack()
    await stack.enter_async_context(build(settings, role))
    settle_memory()
    await told.wait()
    log.info("ending")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ENDS_WITHIN):
            await stack.aclose()
