"""A web process put together: the live picture, the panels, the API, on one port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from websockets.typing import Origin

from agent_ui.board import Board
from agent_ui.bus.port import Bus, Notice, PanelsOpen
from agent_ui.commands import EVERYBODY, Policy
from agent_ui.counting import keep_counting
from agent_ui.door import Door
from agent_ui.follow import Follower
from agent_ui.http.entry import Entry
from agent_ui.http.flood import FormPlan, Forms
from agent_ui.http.listening import Listening
from agent_ui.http.node import NODE, Node
from agent_ui.http.problems import problems
from agent_ui.http.routes import add_routes
from agent_ui.http.site import add_site, headed
from agent_ui.http.upgrade import upgrading
from agent_ui.http.watch import watching
from agent_ui.hub import Hub
from agent_ui.looking import Looking, keep_learning
from agent_ui.mail.answering import Answering, SmtpPlan
from agent_ui.socket import Sockets
from agent_ui.softphones import Softphones
from agent_ui.together import Together
from agent_ui.wire import Wire
from agent_ui.wishes import Wishes
from config.errors import HelinError
from crm_store.errors import StoreError
from crm_store.records import Session
from crm_store.sound import SoundFolder
from crm_store.store import Store
from routing.events import Directory
from routing.picture import Picture

SOCKET_PATH = "/panel"
LARGEST_BODY = 1_000_000
CONNECTIONS_AT_ONCE = 2_048
"""Connections that may wait to be accepted: all panels come back within a second of a restart."""
LOOK_AT_DIRECTORY_SECONDS = 5.0
CHECK_SECONDS = 30.0
"""How soon a panel is closed whose user was changed by another process, or whose session is over."""
SWEEP_SECONDS = 600.0
TELL_PAGES_SECONDS = 4.0
ENDS_WITHIN = 5.0

log = structlog.get_logger("web")
MoreTrouble = Callable[[], Awaitable[dict[str, str]]]


class PortTaken(HelinError):
    """The address to serve on cannot be had."""


@dataclass(frozen=True, slots=True)
class WebServer:
    host: str
    port: int
    hub: Hub


@asynccontextmanager
async def running_web(
    host: str,
    port: int,
    public_url: str,
    store: Store,
    bus: Bus,
    engines: Mapping[str, str],
    registry: CollectorRegistry,
    more_trouble: MoreTrouble | None = None,
    recordings: Path | None = None,
    forms: Sequence[FormPlan] = (),
    senders: Sequence[SmtpPlan] = (),
    more_warnings: Callable[[], dict[str, str]] = dict,
    policy: Policy = EVERYBODY,
) -> AsyncIterator[WebServer]:
    """Serves from entry to exit. ``engines``: each Asterisk's name, and where its softphones connect to ("": nowhere).

    ``more_trouble``: what else of this process may be unwell. ``recordings``: the folder that they are in, for
    the player. ``forms``: web forms that are taken; ``senders``: where answers to mails go out.
    ``more_warnings``: what of this process works with less than it should. ``policy``: who may step into agents'
    calls. Raises PortTaken.
    """
    stale = asyncio.Event()
    names = tuple(engines)
    end = bus.web(names)
    known = await store.directory()
    board = Board(Picture(), known, policy)
    hub = Hub(board, _now, end.tell, stale.set)
    follower = Follower(end, names, hub)
    board.picture = follower.picture
    entry = Entry(store, public_url)

    looking = Looking(board)

    def tell(notice: Notice) -> None:
        hub.noticed(notice)
        end.tell(notice)

    redeem = Together[str, Session | None](lambda tickets: store.sessions.redeem_all(tickets, _now()))
    carry_out = Wishes(end, names, board, store, tell).carry_out
    sockets = Sockets(hub, redeem, carry_out)

    softphones = Softphones(end, {name: url for name, url in engines.items() if url}, store)

    origins: list[Origin | None] = []

    async def trouble() -> dict[str, str]:
        return await _trouble(store, bus, follower, more_trouble)

    def wire(done: Callable[[], None] | None = None) -> Wire:
        return Wire(sockets, origins, SOCKET_PATH, done)

    watched = watching(registry, SOCKET_PATH)
    app = web.Application(middlewares=[watched, headed, problems], client_max_size=LARGEST_BODY)
    app[NODE] = Node(
        store,
        hub.board,
        entry,
        tell,
        SOCKET_PATH,
        SoundFolder(recordings),
        Listening(store),
        softphones,
        carry_out,
        Forms(tuple(forms)),
        Answering(senders, store),
        looking,
    )
    app.router.add_get(SOCKET_PATH, upgrading(wire))
    add_routes(app)
    add_site(app, trouble, lambda: _warnings(follower) | more_warnings(), registry)
    async with AsyncExitStack() as stack:
        stack.callback(entry.close)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=ENDS_WITHIN)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await stack.enter_async_context(hub.running())
        await stack.enter_async_context(follower.running())
        await stack.enter_async_context(_task(_tell_pages(hub, end.tell)))
        await stack.enter_async_context(_task(keep_counting(hub, store, _now)))
        await stack.enter_async_context(_task(keep_learning(looking, store, _now)))
        await stack.enter_async_context(_task(_upkeep(store, hub, stale, softphones, known)))
        server = await _listen(host, port, runner, wire)
        origins += _origins(public_url, server.sockets[0].getsockname()[1])
        stack.push_async_callback(_stop, server, sockets)
        yield WebServer(host, server.sockets[0].getsockname()[1], hub)


def _now() -> datetime:
    return datetime.now(UTC)


def _origins(public_url: str, port: int) -> list[Origin | None]:
    """Pages that may open a socket: our own. None: programs that are no browser; they need a ticket like all."""
    own = [f"http://{name}:{port}" for name in ("127.0.0.1", "localhost")]
    return [None, *(Origin(url) for url in (public_url, *own))]


async def _listen(host: str, port: int, runner: web.AppRunner, wire: Callable[[], Wire]) -> asyncio.Server:
    http = runner.server
    # The caller has set the runner up, which makes its server; aiohttp's type does not know.
    assert http is not None  # noqa: S101

    def door() -> Door:
        return Door(wire, http, SOCKET_PATH.encode())

    try:
        return await asyncio.get_running_loop().create_server(
            door, host, port, reuse_address=True, backlog=CONNECTIONS_AT_ONCE
        )
    except OSError as error:
        raise PortTaken(f"{host}:{port} cannot be served on ({error.strerror}); set another [web] port") from None


async def _stop(server: asyncio.Server, sockets: Sockets) -> None:
    server.close()
    sockets.close_all()


async def _trouble(store: Store, bus: Bus, follower: Follower, more: MoreTrouble | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    try:
        async with asyncio.timeout(3):
            await store.ping()
    except (StoreError, TimeoutError) as away:
        wrong["store"] = str(away) or "the database does not answer"
    if bus.trouble:
        wrong["bus"] = bus.trouble
    for name in follower.away():
        wrong[f"engine {name}"] = "nothing is heard from it, or its picture is still being fetched"
    for name, link in follower.picture.links.items():
        if link.state != "ready":
            wrong[f"asterisk {name}"] = link.reason or f"the link is {link.state}"
    return wrong | (await more() if more is not None else {})


def _warnings(follower: Follower) -> dict[str, str]:
    """What a link lacks that is ready."""
    links = follower.picture.links.items()
    return {f"asterisk {name}": link.reason for name, link in links if link.state == "ready" and link.reason}


async def _tell_pages(hub: Hub, tell: Callable[[Notice], None]) -> None:
    """Whose page is open here, so that no engine lets a phone ring that has vanished with its page."""
    while True:
        tell(PanelsOpen(hub.pages(), hub.sockets()))
        await asyncio.sleep(TELL_PAGES_SECONDS)


async def _upkeep(store: Store, hub: Hub, stale: asyncio.Event, softphones: Softphones, known: Directory) -> None:
    """Users and queues as they are now, also when another process changed them; what is over goes."""
    checked, swept = 0.0, 0.0
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AT_DIRECTORY_SECONDS):
                await stale.wait()
        stale.clear()
        try:
            directory = await store.directory()
            hub.mailboxes(await store.mailboxes.troubles())
            if loop.time() - checked > CHECK_SECONDS:
                checked = loop.time()
                users = [user for user in await store.users.all() if user.active]
                teams = {user.login: user.team for user in users if user.team}
                hub.sign_out_all_but({user.login: user.role for user in users}, teams)
                await softphones.sweep(_now())
            if loop.time() - swept > SWEEP_SECONDS:
                swept = loop.time()
                await store.sessions.sweep(_now())
                await store.drafts.sweep(_now())
        except StoreError as away:
            log.debug("directory not read", why=str(away))
            continue
        if directory != known:
            known = directory
            hub.use(directory)


@asynccontextmanager
async def _task(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
